"""What differs between two releases of the reference database: added, changed, withheld, withdrawn, row by row."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from .. import paths
from ..errors import CompendiumError
from ..reading import read_parquet
from .dictionary import Table, load_dictionary

COLUMNS = ["table_name", "key", "change", "column_name", "before", "after", "about"]
ADDED, CHANGED, WITHHELD, WITHDRAWN = "added", "changed", "withheld", "withdrawn"
ESTIMATES = "estimates"
NOT_COMPARED = ("release", "dictionary")
"""Tables about the release itself."""
_SEPARATOR = " | "


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of a release.

    Raises
    ------
    CompendiumError
        The folder holds none.
    """
    home = folder / "parquet"
    found = {path.stem: read_parquet(path) for path in sorted(home.glob("*.parquet"))}
    if "release" not in found:
        raise CompendiumError(f"{paths.shown(folder)}: holds no release of the reference database; legal is its folder")
    return found


def changes(now: Mapping[str, pd.DataFrame], before: Mapping[str, pd.DataFrame] | None) -> pd.DataFrame:
    """Compare a release with the one before.

    Parameters
    ----------
    now, before : mapping of str to pandas.DataFrame
        Table -> rows; nothing before where it is the first release.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`: one row a row that was added or withdrawn, one a cell that changed. A number that was shown and is
        now withheld is ``withheld``: neither its value nor its n is said again.
    """
    if before is None:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    parts = [
        _of_table(table, now[table.id], before.get(table.id, now[table.id].iloc[:0]))
        for table in load_dictionary().tables.values()
        if table.id not in NOT_COMPARED
    ]
    return pd.concat(parts, ignore_index=True).astype("str")


def _of_table(table: Table, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    new, old = (_keyed(table, frame) for frame in (now, before))
    rows: list[tuple[str, ...]] = []
    for change, here, there in ((ADDED, new, old), (WITHDRAWN, old, new)):
        only = here.loc[~here.index.isin(there.index)]
        rows += [(str(key), change, "", "", "", about) for key, about in _about(table, only).items()]
    both = new.index.intersection(old.index, sort=False)
    left, right = new.loc[both], old.loc[both]
    gone = _suppressed(left) & ~_suppressed(right)
    rows += [(str(key), WITHHELD, "", "", "", about) for key, about in _about(table, left[gone]).items()]
    kept, were = left[~gone], right[~gone]
    for column in [name for name in table.columns if name not in table.key]:
        was = were[column] if column in were else pd.Series("", index=were.index)
        differs = kept[column] != was
        told = _about(table, kept[differs])
        rows += [(str(key), CHANGED, column, was[key], kept.loc[key, column], told[key]) for key in kept.index[differs]]
    found = pd.DataFrame(rows, columns=COLUMNS[1:], dtype="str")
    found.insert(0, "table_name", table.id)
    return found


def _keyed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return every cell as text, by key: a number is written the same way whatever release it was read from."""
    words = pd.DataFrame({name: frame[name].map(_written) for name in frame}, index=frame.index, dtype="str")
    return words.set_index(
        words[list(table.key)].agg(_SEPARATOR.join, axis=1) if len(words) else pd.Index([], dtype="str")
    )


def _written(cell: object) -> str:
    if cell is None or cell is pd.NA or cell != cell:
        return ""
    return repr(float(cell)) if isinstance(cell, float) else str(cell)


def _suppressed(frame: pd.DataFrame) -> pd.Series:
    return frame["suppressed"] == "True" if "suppressed" in frame else pd.Series(False, index=frame.index)


def _about(table: Table, frame: pd.DataFrame) -> dict[str, str]:
    names = [
        name for name in ("wave", "country", "population", "indicator", "group_by", "group", "method") if name in frame
    ]
    if table.id != ESTIMATES:
        return dict.fromkeys(frame.index, "")
    return {
        key: ", ".join(filter(None, cells)) for key, cells in zip(frame.index, frame[names].to_numpy(), strict=True)
    }
