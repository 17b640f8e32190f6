"""Read JSON-stat 2.0 as Eurostat's statistics interface gives it: one array over all dimensions, or only its filled cells.

References
----------
X. Badosa, "JSON-stat Format", version 2.0: value and status are an array or an object keyed by position, the last
dimension varying fastest; ``category.index`` is an array or an object and may be left out for a single category.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...paths import shown
from ...reading import check
from .extract import Extract, cell, day, frame, refuse, text_of

TIME = ("time", "TIME_PERIOD")


def read(path: Path) -> Extract:
    """Read a file ``.json`` or ``.json.gz``.

    Parameters
    ----------
    path : Path
        The file: one object of the class ``dataset``, version 2.

    Returns
    -------
    Extract
        With its dataset and the day of the last update where the file says them.

    Raises
    ------
    DefinitionError
        Not JSON, not a dataset of JSON-stat 2, or sizes, categories and values do not fit one another.
    """
    whole = _whole(path)
    names, sizes = whole["id"], [int(one) for one in whole["size"]]
    axes = [_categories(path, whole["dimension"], name, size) for name, size in zip(names, sizes, strict=True)]
    across = [at for at, name in enumerate(names) if name in TIME or name in whole.get("role", {}).get("time", ())]
    if len(across) != 1:
        raise refuse(path, "id", f"one dimension of time is needed; the dimensions are {', '.join(names)}")
    length = math.prod(sizes)
    values = _by_position(path, "value", whole["value"], length)
    status = _by_position(path, "status", whole.get("status", {}), length)
    filled = sorted(values.keys() | status.keys())
    where = (
        np.unravel_index(np.array(filled, dtype=np.int64), sizes) if filled else [np.array([], dtype=int)] * len(sizes)
    )
    codes = [np.array(axis, dtype=object)[at] for axis, at in zip(axes, where, strict=True)]
    keys = pd.DataFrame(
        {name.lower(): codes[at] for at, name in enumerate(names) if at != across[0]}, dtype="str"
    ).reset_index(drop=True)

    def cells(wanted: pd.Series) -> pd.DataFrame:
        rows = []
        for row in np.flatnonzero(wanted.to_numpy()):
            place = f"value {filled[row]}"
            said = [_text(path, place, held.get(filled[row])) for held in (values, status)]
            value, flag = cell(path, place, *said)
            rows.append((int(row), str(codes[across[0]][row]), value, flag, place))
        return frame(rows)

    named = whole.get("extension", {}).get("id", "")
    updated = day(whole["updated"]) if whole.get("updated") else ""
    if updated is None:
        raise refuse(path, "updated", f"{whole['updated']!r} is no day; legal is a day such as 2024-07-01")
    return Extract(path, str(named).lower(), updated, keys, cells)


def _whole(path: Path) -> dict[str, Any]:
    try:
        # Numbers stay the text that was written: 4.20 is not made 4.2000000000000002 on the way.
        whole = json.loads(text_of(path), parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        raise refuse(path, f"line {error.lineno}", f"not readable as JSON: {error.msg}") from None
    if not isinstance(whole, dict):
        raise refuse(path, "", "no dataset of JSON-stat 2; legal is an object with version 2.0 and class dataset")
    check({key: one for key, one in whole.items() if key not in ("value", "status")}, "jsonstat", shown(path))
    absent = [name for name in whole["id"] if name not in whole["dimension"]]
    if absent:
        raise refuse(path, "dimension", f"{absent[0]!r} stands in id and not in dimension")
    if "value" not in whole or len(whole["id"]) != len(whole["size"]):
        raise refuse(path, "size", "value is missing, or id and size are not of the same length")
    return whole


def _categories(path: Path, dimensions: Mapping[str, Any], name: str, size: int) -> list[str]:
    """Return the codes of a dimension in their order."""
    category = dimensions[name]["category"]
    index = category.get("index", category.get("label"))
    codes = index if isinstance(index, list) else list(index)
    if isinstance(index, dict) and "index" in category:
        codes = sorted(index, key=lambda code: int(index[code]))
    if len(codes) != size:
        raise refuse(path, f"dimension {name}", f"{len(codes)} categories where size says {size}")
    return list(codes)


def _by_position(path: Path, what: str, held: Any, length: int) -> dict[int, Any]:
    """Return an array, an object keyed by position, or one text for all, as a mapping of what is there."""
    if isinstance(held, str) and what == "status":
        held = [held] * length
    if isinstance(held, list):
        if len(held) != length:
            raise refuse(path, what, f"{len(held)} entries where the sizes of the dimensions make {length}")
        return {at: one for at, one in enumerate(held) if one is not None}
    if not isinstance(held, dict):
        raise refuse(path, what, "legal is a list, or an object keyed by position")
    found = {int(at): one for at, one in held.items() if at.isdigit()}
    wrong = [at for at in held if not at.isdigit()] or [at for at in found if at >= length]
    if wrong:
        raise refuse(path, what, f"position {wrong[0]} lies outside the {length} cells of the dimensions")
    return {at: one for at, one in found.items() if one is not None}


def _text(path: Path, place: str, one: Any) -> str:
    """Return a number or flags as they were written."""
    if one is None or isinstance(one, str):
        return one or ""
    raise refuse(path, place, f"{one!r} is neither a number nor a flag")
