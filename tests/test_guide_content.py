"""The content of the guide: nine blocks that fill a day, definitions with who says them, and what follows on Monday."""

from pathlib import Path

import pytest
import yaml

from compendium import paths
from compendium.errors import DefinitionError
from compendium.study.guide import load_guide


def test_the_nine_blocks_fill_one_day_with_its_breaks() -> None:
    guide = load_guide()
    assert len(guide.blocks) == 9
    assert guide.people == 12
    assert all(one.ends == other.begins for one, other in zip(guide.day[:-1], guide.day[1:], strict=True))
    assert guide.day[-1].ends <= "17:30"
    assert sum(slot.minutes for slot in guide.day if slot.kind == "break") >= 90
    longest = 0
    for slot in guide.day:
        longest = 0 if slot.kind == "break" else longest + slot.minutes
        assert longest <= 125, "nobody listens longer than two hours without a break"


def test_each_block_leads_to_a_page_that_is_made() -> None:
    for block in load_guide().blocks.values():
        assert paths.notebook(block["page"]).is_file()


def test_definitions_say_who_when_and_what_was_read() -> None:
    for one in load_guide().definitions:
        assert (one["confidence"] == "sourced") <= ("read" in one)
        assert one["who"]


def test_monday_has_a_step_for_every_span() -> None:
    assert {one["when"] for one in load_guide().monday} == {"monday", "week", "month", "quarter"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes: 75", "minutes: 175", "the day takes 595 minutes; legal are 510"),
        ("{block: signals, kind: block}", "{block: signs, kind: block}", "the block 'signals' must stand once"),
        ("{block: signals, kind: block}", "{block: burnout, kind: block}", "the block 'signals' must stand once"),
    ],
)
def test_a_day_that_does_not_fit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    text = (paths.DEFINITIONS / "guide.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "guide.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(paths, "DEFINITIONS", tmp_path)
    with pytest.raises(DefinitionError, match=said):
        load_guide.__wrapped__()


def test_every_text_has_the_languages_of_pages() -> None:
    def texts(node: object) -> list[dict[str, str]]:
        if isinstance(node, dict):
            return [node] if set(node) == {"en", "fr"} else [one for part in node.values() for one in texts(part)]
        return [one for part in node for one in texts(part)] if isinstance(node, list) else []

    content = yaml.safe_load((paths.DEFINITIONS / "guide.yml").read_text(encoding="utf-8"))
    assert len(texts(content)) > 100
    assert all(one["en"] != one["fr"] for one in texts(content) if len(one["en"]) > 12)
