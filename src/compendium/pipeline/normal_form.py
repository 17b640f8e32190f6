"""The form in which notebooks are stored: source only, nothing of the machine or the run it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from compendium import reading
from compendium.errors import ChainError
from compendium.paths import shown

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}

_KEPT_OF_CELL = ("tags", "alt")


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook.

    Raises
    ------
    ChainError
        The file is missing or is no notebook.
    """
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except FileNotFoundError:
        raise ChainError(f"{shown(path)}: the notebook is missing") from None
    except Exception as error:
        raise ChainError(f"{shown(path)}: not readable as a Jupyter notebook: {str(error).splitlines()[0]}") from None


def normal_text(notebook: Mapping[str, Any]) -> str:
    """Return a notebook's text in its normal form.

    Parameters
    ----------
    notebook : mapping
        A notebook of format 4, as a dict or a ``NotebookNode``.

    Returns
    -------
    str
        JSON without outputs, execution counts and machine metadata. Kept are the sources, the cells' ids, tags
        and alternative texts, and what the notebook declares under ``compendium``.
    """
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    if "compendium" in notebook["metadata"]:
        metadata["compendium"] = notebook["metadata"]["compendium"]
    taken: set[str] = set()
    cells = [_normal_cell(cell, place, taken) for place, cell in enumerate(notebook["cells"], start=1)]
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.writes(nbformat.from_dict(content), version=4) + "\n"


def _normal_cell(cell: Mapping[str, Any], place: int, taken: set[str]) -> dict[str, Any]:
    source = cell["source"]
    source = source if isinstance(source, str) else "".join(source)
    identity = cell.get("id")
    if not identity or identity in taken:
        identity = next(name for name in _names(place) if name not in taken)
    taken.add(identity)
    normal: dict[str, Any] = {
        "id": identity,
        "cell_type": cell["cell_type"],
        "metadata": {key: cell["metadata"][key] for key in _KEPT_OF_CELL if cell["metadata"].get(key)},
        "source": "\n".join(line.rstrip() for line in source.splitlines()),
    }
    if cell["cell_type"] == "code":
        normal.update(outputs=[], execution_count=None)
    return normal


def _names(place: int) -> Iterable[str]:
    yield f"cell-{place:02}"
    yield from (f"cell-{place:02}-{count}" for count in range(2, 1000))


def untidy(folder: Path) -> list[Path]:
    """Return the notebooks of a folder that are not stored in their normal form."""
    notebooks = sorted(folder.glob("*.ipynb"))
    return [path for path in notebooks if path.read_text(encoding="utf-8") != normal_text(read_notebook(path))]


def tidy(folder: Path) -> list[Path]:
    """Rewrite the notebooks of a folder that are not in their normal form; return them."""
    changed = untidy(folder)
    for path in changed:
        reading.write_atomically(path, normal_text(read_notebook(path)).encode())
    return changed
