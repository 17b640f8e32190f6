"""Execute a notebook and make its page, or leave nothing that looks finished."""

from __future__ import annotations

import ast
import importlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from compendium.errors import ChainError
from compendium.paths import shown
from compendium.pipeline.normal_form import read_notebook
from compendium.reading import write_atomically

PARAMETERS: dict[str, type] = {"study": str, "country": str, "wave": str, "language": str, "seed": int}
"""The parameters of every notebook, and their types."""


@dataclass(frozen=True)
class Declared:
    """What a notebook says of itself under ``compendium`` in its metadata.

    A third key, ``place``, is the place of its page in the chapter, where names alone would give another order.

    Attributes
    ----------
    scope : tuple of str
        Units it runs for: ``country``, ``pooled`` or both.
    needs : tuple of str
        Products it reads: of its own unit (``answers``) or of the pooled unit (``pooled.answers``).
    """

    scope: tuple[str, ...]
    needs: tuple[str, ...]


class NotebookFailed(ChainError):
    """A cell of a notebook stopped.

    Attributes
    ----------
    cell : str
        The cell as a reader finds it.
    kept : str
        Path of the notebook as far as it got.
    """

    def __init__(self, message: str, cell: str = "", kept: str = "") -> None:
        super().__init__(message, cell, kept)
        self.cell = cell
        self.kept = kept

    def __str__(self) -> str:
        return str(self.args[0])


def declared(path: Path, notebook: nbformat.NotebookNode) -> Declared:
    """Return what a notebook declares, held against what it does.

    Raises
    ------
    ChainError
        The declaration is missing or not legal, or a cell reads a product that it does not name: the graph would
        not run the notebook again when that product changes.
    """
    content = notebook.metadata.get("compendium")
    if not isinstance(content, Mapping) or set(content) - {"place"} != {"scope", "needs"}:
        raise ChainError(
            f"{shown(path)}: the notebook's metadata must hold 'compendium' with the keys scope and needs, and place at most"
        )
    scope, needs = tuple(content["scope"]), tuple(content["needs"])
    if not scope or set(scope) - {"country", "pooled"}:
        raise ChainError(f"{shown(path)}: scope {list(scope)} is not legal; legal are country, pooled or both")
    for place, name in _read_products(notebook):
        if name not in needs:
            raise ChainError(
                f"{shown(path)}, code cell {place}: reads the product {name!r}, which the notebook's metadata does not"
                f" declare; declared are {', '.join(needs) or 'none'}"
            )
    return Declared(scope, needs)


def _read_products(notebook: nbformat.NotebookNode) -> list[tuple[int, str]]:
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for place, cell in enumerate(code, start=1):
        for node in _walk(cell.source):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="read" | "microdata" | "verdicts", value=ast.Name(id="page")),
                    args=[ast.Constant(value=str() as name), *_],
                    keywords=keywords,
                ):
                    is_pooled = any(
                        keyword.arg == "pooled" and ast.unparse(keyword.value) == "True" for keyword in keywords
                    )
                    found.append((place, f"pooled.{name}" if is_pooled else name))
    return found


def _walk(source: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:  # the kernel says so, with the place
        return []


def check_parameters(path: Path, notebook: nbformat.NotebookNode, given: Mapping[str, Any]) -> None:
    """Hold the parameters about to be passed against the cell tagged ``parameters``: same names, same types.

    Raises
    ------
    ChainError
        No such cell, a parameter without a type, an unknown one, one that is not given, or one of another type.

    Notes
    -----
    papermill only warns about an unknown parameter and runs on the default, so that one country's results would
    get another's name.
    """
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise ChainError(f"{shown(path)}: {len(tagged)} cells are tagged 'parameters'; exactly one is legal")
    known: dict[str, str] = {}
    for node in ast.parse(tagged[0].source).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=kind), value=value) if (
                value is not None
            ):
                known[name] = kind
            case _:
                raise ChainError(
                    f"{shown(path)}: the cell tagged 'parameters' holds {ast.unparse(node)!r}; legal are lines such as"
                    " 'country: str = \"XX\"'"
                )
    legal = ", ".join(f"{name}: {kind}" for name, kind in known.items())
    for name in [*given, *known]:
        if name not in known:
            raise ChainError(f"{shown(path)}: has no parameter {name!r}; legal are {legal}")
        if name not in given:
            raise ChainError(
                f"{shown(path)}: the parameter {name!r} is not given a value; given are {', '.join(given)}"
            )
        if type(given[name]).__name__ != known[name]:
            kind = type(given[name]).__name__
            raise ChainError(
                f"{shown(path)}: the parameter {name!r} is {given[name]!r} of type {kind}; legal are {legal}"
            )


@dataclass(frozen=True)
class Assignment:
    """One notebook for one unit, wave and language, and where its results go.

    Attributes
    ----------
    notebook, executed, published, page : Path
        The stored notebook; its executed copy; the estimates its last cell writes; its page.
    parameters : dict
        The values of :data:`PARAMETERS`.
    study_folder : Path
        Folder of the study.
    kernel : str
        Name of the kernel to run it on.
    export : str
        ``module:function`` that makes the page.
    """

    notebook: Path
    executed: Path
    published: Path
    page: Path
    parameters: dict[str, Any]
    study_folder: Path
    kernel: str
    export: str


def make_page(task: Assignment) -> dict[str, Any]:
    """Execute a notebook and export its page; the outputs appear only when all went well.

    Returns
    -------
    dict
        ``cells_s`` (time of the cells themselves, seconds), ``memory_mb`` (peak resident memory of the kernel,
        MB, shared pages included), ``run_s`` and ``export_s``.

    Raises
    ------
    ChainError
        The parameters do not fit; nothing was run.
    NotebookFailed
        A cell stopped; the notebook as far as it got is kept as ``<name>.failed.ipynb``.
    """
    began = time.monotonic()
    notebook = read_notebook(task.notebook)
    check_parameters(task.notebook, notebook, task.parameters)
    failed = task.executed.with_suffix(".failed.ipynb")
    failed.unlink(missing_ok=True)
    executed, figures = _execute(task, notebook, failed)
    write_atomically(task.executed, (nbformat.writes(executed) + "\n").encode())
    ran = time.monotonic()
    module, _, name = task.export.partition(":")
    export = getattr(importlib.import_module(module), name)
    who = {name: task.parameters[name] for name in ("wave", "language")}
    try:
        export(task.executed, task.page, study=task.study_folder, unit=task.parameters["country"], **who)
    except Exception:
        task.executed.replace(failed)  # it ran, but its page may not go out: kept to be looked at
        raise
    return {**figures, "run_s": round(ran - began, 3), "export_s": round(time.monotonic() - ran, 3)}


def _execute(
    task: Assignment, notebook: nbformat.NotebookNode, failed: Path
) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
    import papermill  # heavy; only the processes of tasks need it

    from compendium.pipeline.measuring import ENGINE, KernelGone

    notebook.cells = [cell for cell in notebook.cells if "explore" not in cell.metadata.get("tags", [])]
    beside = failed.with_name(f".{failed.stem}.part.ipynb")
    beside.parent.mkdir(parents=True, exist_ok=True)
    try:
        executed = papermill.execute_notebook(
            notebook,
            beside,
            parameters=task.parameters,
            engine_name=ENGINE,
            kernel_name=task.kernel,
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=task.notebook.parent,
            coalesce_streams=True,
        )
    except papermill.PapermillExecutionError as error:
        reason = " ".join(str(error.evalue).split()) or error.ename
        _keep(failed, nbformat.read(beside, as_version=4))
        raise _failure(notebook, error.source, f"stopped with {error.ename}: {reason}", failed) from None
    except KernelGone as error:
        _keep(failed, error.notebook)
        raise _failure(
            notebook, error.source, "lost its kernel, which was killed or ran out of memory", failed
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    seconds = sum(cell.metadata.papermill.get("duration") or 0 for cell in executed.cells if cell.cell_type == "code")
    figures = {"cells_s": round(seconds, 3), "memory_mb": executed.metadata.papermill["memory_mb"]}
    return _clean(executed), figures


def _keep(failed: Path, notebook: nbformat.NotebookNode) -> None:
    write_atomically(failed, (nbformat.writes(_clean(notebook)) + "\n").encode())


def _failure(notebook: nbformat.NotebookNode, source: str, what: str, failed: Path) -> NotebookFailed:
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if source in code:
        first = next((line for line in source.splitlines() if line.strip()), "")
        cell = f"code cell {code.index(source) + 1} of {len(code)} ({first[:80]!r})"
    else:
        cell = "the cell with the injected parameters"
    return NotebookFailed(f"{cell} {what}; kept as {shown(failed)}", cell, shown(failed))


def _clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out what differs between two runs of the same notebook: paths, times and random ids."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    return notebook
