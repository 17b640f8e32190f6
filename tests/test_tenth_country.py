"""Another country takes a line in the study file, and nothing else: with facts of others on it, or with none at all."""

import ast
import shutil
from pathlib import Path

import nbformat
import pytest

from compendium import paths
from compendium.sheets import factsheet
from compendium.study.study import load_study
from compendium.text import load as catalogue

LINES = (
    '  - {code: "ES", name: {en: "Spain", fr: "Espagne"}, languages: [es]}',  # facts are in our sources, law is not
    '  - {code: "DK", name: {en: "Denmark", fr: "Danemark"}, languages: [da]}',  # nothing is in our sources
)
ROOMS = [
    path for path in sorted(paths.NOTEBOOKS.glob("04_*.ipynb")) if '"needs": []' in path.read_text(encoding="utf-8")
]
"""Pages that rest on no answers: on facts, law, voices."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study with two more countries on one line each, and the facts of the repository."""
    made = tmp_path_factory.mktemp("study")
    lines = paths.study_file(paths.DEFAULT_STUDY).read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("countries:"))
    end = next(at for at in range(start, len(lines)) if not lines[at].strip())
    paths.study_file(made).write_text("\n".join([*lines[:end], *LINES, *lines[end:]]) + "\n", encoding="utf-8")
    shutil.copytree(paths.context(paths.DEFAULT_STUDY), paths.context(made))
    return made


def test_a_line_is_enough(folder: Path) -> None:
    study = load_study(folder)
    assert [country.code for country in study.countries][-2:] == ["ES", "DK"]
    spain, denmark = (factsheet.of_study(study, code, catalogue("en")) for code in ("ES", "DK"))
    assert factsheet.nothing(spain) is None
    assert "no facts on Denmark" in str(factsheet.nothing(denmark))
    assert "ES" in spain.known
    assert "DK" not in denmark.known


@pytest.mark.parametrize("code", ["ES", "DK"])
@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.stem)
def test_pages_that_rest_on_no_answers_run_for_it(folder: Path, path: Path, code: str) -> None:
    given = {"study": str(folder), "country": code, "wave": load_study(folder).waves[-1], "language": "en", "seed": 1}
    room: dict[str, object] = {}
    texts = []
    for cell in nbformat.read(path, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if "parameters" in tags:
            room.update(given)
        elif cell.cell_type == "code" and "explore" not in tags:
            shown = _run(cell.source, room)
            texts.append(shown._repr_html_() if hasattr(shown, "_repr_html_") else str(shown))
    assert any("Denmark" in text or "Spain" in text for text in texts)
    if code == "DK" and path.stem != "04_voices":
        assert any("no facts on Denmark in our sources" in text for text in texts)


def _run(source: str, room: dict[str, object]) -> object:
    """Run a cell and return what its last line shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), room)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), room) if isinstance(last, ast.Expr) else None
