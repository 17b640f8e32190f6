"""A VV survey file of LimeSurvey: two rows of names, and signs written as words."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compendium.collection import doors
from compendium.collection.received import BOM

HEADER = (
    "Response ID\tDate submitted\tLast page\tStart language\tWhat are you?\tTools: pen\tRemarks\n"
    "id\tsubmitdate\tlastpage\tstartlanguage\tstatus\ttools_SQ001\tremarks\n"
)


def test_codes_become_the_names_and_words_become_signs(tmp_path: Path) -> None:
    file = tmp_path / "vvexport.csv"
    file.write_text(
        HEADER
        + "1\t2026-05-01 10:00:00\t3\tfr\tA1\tY\tone{newline}two {lbrace}newline}\n"
        + "2\tNULL\t1\tpl\t{question_not_shown}\t{question_not_shown}\t{quote}x\n",
        encoding="utf-8",
    )
    received = doors.read(file)
    assert received.record["kind of export"] == "VV survey file"
    assert received.record["rows"] == "2"
    assert received.record["unfinished rows"] == "1"
    assert received.record["cells that say the question was not shown"] == "2"
    assert received.wordings["tools_SQ001"] == "Tools: pen"
    assert received.table["submitted"].tolist() == ["2026-05-01 10:00:00", ""]
    assert received.table["status"].tolist() == ["A1", ""]
    assert received.table["remarks"].tolist() == ["one\ntwo {newline}", '"x']


def test_other_exports_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id,submitdate,lastpage,startlanguage,remarks\n1,,2,fr,{newline}\n", encoding="utf-8")
    received = doors.read(file)
    assert "kind of export" not in received.record
    assert received.table["remarks"].tolist() == ["{newline}"]


def _written(text: str) -> str:
    """Write a cell as LimeSurvey does: the brace first, so that the words of the others stay apart from it."""
    for sign, word in (("{", "{lbrace}"), ("\n", "{newline}"), ("\r", "{cr}"), ("\t", "{tab}")):
        text = text.replace(sign, word)
    return "{quote}" + text[1:] if text.startswith('"') else text


_cells = st.text(st.characters(codec="utf-8", exclude_characters="\0" + BOM), min_size=1, max_size=12).filter(
    lambda text: '"' not in text[1:]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(_cells, min_size=1, max_size=5))
def test_whatever_was_written_comes_back(tmp_path: Path, cells: list[str]) -> None:
    file = tmp_path / "vvexport.csv"
    rows = "".join(f"{place}\tNULL\t1\tfr\t\t\t{_written(cell)}\n" for place, cell in enumerate(cells))
    file.write_text(HEADER + rows, encoding="utf-8", newline="\n")
    assert doors.read(file, "limesurvey").table["remarks"].tolist() == cells
