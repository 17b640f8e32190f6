"""The contract of the notebooks: parameters by name and type, declared products, stored in the normal form."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import minichain
import nbformat
import pytest

from compendium import paths
from compendium.errors import ChainError
from compendium.pipeline.jupyter_config import strip_on_save
from compendium.pipeline.normal_form import normal_text, read_notebook, tidy, untidy
from compendium.pipeline.notebooks import PARAMETERS, Assignment, check_parameters, declared, make_page

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
GIVEN: dict[str, Any] = {"study": "data", "country": "AA", "wave": "2026", "language": "en", "seed": 7}


def write(folder: Path, parameters: str = minichain.PARAMETERS, needs: tuple[str, ...] = (), *cells: str) -> Path:
    path = folder / "01_x.ipynb"
    minichain.write_notebook(path, cells or ["1"], ["country"], needs)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = parameters
    nbformat.write(notebook, path)
    return path


def check(path: Path, **given: Any) -> None:
    check_parameters(path, read_notebook(path), {**GIVEN, **given})


def test_the_five_parameters_pass(tmp_path: Path) -> None:
    check(write(tmp_path))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"contry": "AA"},
            "01_x.ipynb: has no parameter 'contry'; legal are study: str, country: str, wave: str, language: str, seed: int",
        ),
        ({"seed": "7"}, "the parameter 'seed' is '7' of type str; legal are study: str"),
        ({"seed": True}, "the parameter 'seed' is True of type bool"),
        ({"wave": 2026}, "the parameter 'wave' is 2026 of type int"),
    ],
)
def test_a_parameter_that_does_not_fit_is_one_sentence(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ChainError) as caught:
        check(write(tmp_path), **given)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (minichain.PARAMETERS + '\nweight: str = "none"', "the parameter 'weight' is not given a value"),
        (minichain.PARAMETERS.replace(": int", ""), "holds 'seed = 1'; legal are lines such as"),
        ("import os\n" + minichain.PARAMETERS, "holds 'import os'"),
    ],
)
def test_a_tagged_cell_that_does_not_fit_is_one_sentence(tmp_path: Path, cell: str, sentence: str) -> None:
    with pytest.raises(ChainError) as caught:
        check(write(tmp_path, cell))
    assert sentence in str(caught.value)


def test_a_mistyped_parameter_stops_before_the_kernel_and_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, minichain.PARAMETERS.replace("country", "land"))
    outputs = [tmp_path / "out" / name for name in ("a.ipynb", "a.parquet", "a.html")]
    task = Assignment(path, *outputs, GIVEN, tmp_path, kernel="no kernel of this name", export="minichain:export")
    with pytest.raises(ChainError, match="has no parameter 'country'"):
        make_page(task)
    assert not (tmp_path / "out").exists()


def test_a_product_that_is_read_must_be_declared(tmp_path: Path) -> None:
    path = write(tmp_path, minichain.PARAMETERS, ("answers",), "page.read('answers')", "x = page.microdata('profiles')")
    with pytest.raises(ChainError, match=r"code cell 3: reads the product 'profiles'.* declared are answers"):
        declared(path, read_notebook(path))


def test_a_notebook_without_declaration_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    notebook = nbformat.read(path, as_version=4)
    del notebook.metadata["compendium"]
    with pytest.raises(ChainError, match="must hold 'compendium' with the keys scope and needs"):
        declared(path, notebook)


def test_what_is_no_notebook_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "01_x.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ChainError, match="not readable as a Jupyter notebook"):
        read_notebook(tmp_path / "01_x.ipynb")


def soiled(folder: Path) -> Path:
    path = write(folder, minichain.PARAMETERS, (), "print(1)  ")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].update(outputs=[nbformat.v4.new_output("stream", text="1")], execution_count=3)
    notebook.cells[1].metadata = {"collapsed": True, "tags": ["explore"], "alt": "A bar"}
    notebook.metadata.update(kernelspec={"name": "mine", "display_name": "Mine", "language": "python"}, toc={"base": 1})
    notebook.cells[0]["id"] = "kept"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def test_the_normal_form_keeps_the_source_and_nothing_of_the_machine(tmp_path: Path) -> None:
    path = soiled(tmp_path)
    assert untidy(tmp_path) == [path]
    assert tidy(tmp_path) == [path]
    assert untidy(tmp_path) == []
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "compendium"}
    assert notebook.cells[1].source == "print(1)"
    assert notebook.cells[1].metadata == {"tags": ["explore"], "alt": "A bar"}
    assert (notebook.cells[1].outputs, notebook.cells[1].execution_count) == ([], None)
    assert notebook.cells[0]["id"] == "kept"
    assert normal_text(notebook) == path.read_text(encoding="utf-8")


def test_cells_without_an_id_of_their_own_get_a_stable_one() -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "a"}
    content = {"metadata": {}, "cells": [{**cell, "id": "same"}, {**cell, "id": "same"}, cell]}
    assert [cell["id"] for cell in json.loads(normal_text(content))["cells"]] == ["same", "cell-02", "cell-03"]


def test_saving_in_jupyterlab_strips_the_compendiums_notebooks_only(tmp_path: Path) -> None:
    content = json.loads(soiled(tmp_path).read_text(encoding="utf-8"))
    manager = SimpleNamespace(root_dir=str(paths.REPOSITORY))
    elsewhere = {"type": "notebook", "content": json.loads(json.dumps(content))}
    strip_on_save(elsewhere, "data/processed/AA/x.ipynb", manager)
    assert elsewhere["content"] == content
    ours = {"type": "notebook", "content": content}
    strip_on_save(ours, "notebooks/01_x.ipynb", manager)
    assert json.dumps(content) == json.dumps(json.loads(normal_text(content)))
    assert content["cells"][1]["outputs"] == []


@pytest.mark.skipif(not NOTEBOOKS, reason="the repository has no notebooks yet")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestStoredNotebooks:
    """What holds for each notebook of the repository."""

    def test_is_stored_in_its_normal_form(self, path: Path) -> None:
        assert path.read_text(encoding="utf-8") == normal_text(read_notebook(path)), "run: compendium tidy"

    def test_declares_what_it_reads_and_has_the_five_parameters(self, path: Path) -> None:
        notebook = read_notebook(path)
        declared(path, notebook)
        assert set(GIVEN) == set(PARAMETERS)
        check_parameters(path, notebook, GIVEN)

    def test_is_thin(self, path: Path) -> None:
        code = [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]
        assert len(code) <= 25
        for place, cell in enumerate(code, start=1):
            assert len(cell.source.splitlines()) <= 15, f"code cell {place}"
            tree = ast.parse(cell.source)
            legal = "explore" in cell.metadata.get("tags", [])
            defined = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For))]
            assert legal or not defined, f"code cell {place} holds a definition or a loop"

    def test_begins_with_one_title_and_ends_by_publishing(self, path: Path) -> None:
        cells = read_notebook(path).cells
        titles = [cell for cell in cells if cell.cell_type == "markdown" and cell.source.startswith("# ")]
        assert len(titles) == 1
        last = [cell for cell in cells if "explore" not in cell.metadata.get("tags", [])][-1]
        assert last.source.strip().endswith("page.publish()")
