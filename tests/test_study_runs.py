"""The real rooms end to end: a new country runs without a line of Python, a notebook runs by itself."""

import ast
import shutil

import nbformat
import papermill
import pytest
import yaml

from compendium import paths, reading
from compendium.new_country import new_country
from compendium.pipeline.run import reproduce
from compendium.study.study import load_study

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))


def _two_countries(folder):
    """Write a study of two countries, one of them new, with the country facts and the first one's answers."""
    source = paths.study_file(paths.DEFAULT_STUDY).read_text(encoding="utf-8").splitlines()
    starts = [at for at, line in enumerate(source) if line.startswith("  - code:")]
    end = next(at for at in range(starts[-1], len(source)) if not source[at].strip())
    kept = yaml.safe_load("\n".join(source[: starts[1]] + source[end:]))
    for of_countries in ("targets", "contacts"):
        kept.pop(of_countries)
    folder.mkdir()
    paths.study_file(folder).write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8")
    first = load_study(folder).countries[0].code
    for place in ("context", first):
        shutil.copytree(paths.raw(paths.DEFAULT_STUDY) / place, paths.raw(folder) / place)
    new_country(folder, "ES")
    return folder


def test_a_new_country_runs(tmp_path):
    folder = _two_countries(tmp_path / "étude")
    assert reproduce(folder, only=["ES"], workers=2).exit_code == 0
    study = load_study(folder)
    for notebook in NOTEBOOKS:
        page = paths.page(folder, "ES", study.waves[0], "en", notebook.stem)
        wanted = "country" in nbformat.read(notebook, as_version=4).metadata["compendium"]["scope"]
        assert page.exists() == wanted
        if wanted:
            text = page.read_text(encoding="utf-8")
            source = notebook.read_text(encoding="utf-8")
            of_answers = "no answer" if "answers=False" in source else "Synthetic answers"
            banner = "No such record was received" if "record=" in source else of_answers
            assert "Spain" in text and banner in text[: text.index("<h2")], notebook.stem
            shown = reading.read_parquet(paths.published(folder, "ES", study.waves[0], "en", notebook.stem))
            assert set(shown["origin"]) <= {"synthetic", "context"}
            bare = ("04_themes", "04_voices", "06_pathways", "06_poles", "08_action_research")
            assert len(shown) or notebook.stem in bare, "nobody has sent anything there yet, and the page says so"
    assert "Spain" in (paths.site(folder) / "index.html").read_text(encoding="utf-8")
    assert not paths.page(folder, study.countries[0].code, study.waves[0], "en", NOTEBOOKS[0].stem).exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_default_parameters_are_those_of_a_page_of_the_study(path):
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    given = {node.target.id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}
    study = load_study(paths.study_folder(given["study"]))
    assert given["wave"] in study.waves and given["seed"] == study.seed
    assert given["language"] in study.languages_of(given["country"])
    kind = "pooled" if study.is_pooled(given["country"]) else "country"
    assert kind in notebook.metadata["compendium"]["scope"]


def test_a_notebook_runs_by_itself_on_its_default_parameters(tmp_path):
    executed = papermill.execute_notebook(
        paths.notebook("02_cleaning"), tmp_path / "executed.ipynb", kernel_name="compendium", progress_bar=False
    )
    shown = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("<figure" in output.get("data", {}).get("text/html", "") for output in shown) >= 1
    assert not [output for output in shown if output.output_type in ("error", "stream")]
