"""What the README shows as a library runs as it stands there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_library_runs_as_the_readme_shows_it(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) == 1
    names: dict[str, object] = {}
    exec(compile(blocks[0], "README.md", "exec"), names)
    assert names["weights"].sum() == len(names["answers"])  # type: ignore[attr-defined, arg-type]
    assert set(names["steps"]["verdict"]) == {"means"}  # type: ignore[index]


def test_every_document_that_the_readme_names_is_there() -> None:
    named = re.findall(r"\]\((docs/[^)]+)\)", README)
    assert len(named) >= 4
    assert [name for name in named if not (ROOT / name).is_file()] == []
