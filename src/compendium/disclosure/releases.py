"""What has left the house: the numbers of every release, kept so that the next one gives nobody away by what changed."""

import re
from pathlib import Path

import pandas as pd

from .. import paths, results
from ..errors import DisclosureError
from ..reading import read_parquet, write_parquet
from .quantities import same
from .rounding import rounded

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def given_away(frame: pd.DataFrame, before: pd.DataFrame, minimum: int) -> pd.Series:
    """Tell which numbers would show few persons by their difference from what was published before.

    Parameters
    ----------
    frame : pandas.DataFrame
        Results that are to be published.
    before : pandas.DataFrame
        Results that were.
    minimum : int
        Smallest number of persons that may be shown.

    Returns
    -------
    pandas.Series of bool
        True where the same quantity was shown before, and

        - the number of persons differs by fewer than the minimum, or not at all while the estimate differs: whoever knows
          both can work out the answers of the few who came or went;
        - more came or went, and of these fewer than the minimum count in a share, or fewer do not.
    """
    # what left the house was rounded: only with the same digits can it be told what changed
    pairs = same(rounded(frame), rounded(before))
    pairs = pairs[~pairs["suppressed"] & ~pairs["suppressed_before"] & pairs["n"].notna() & pairs["n_before"].notna()]
    came = (pairs["n"] - pairs["n_before"]).abs()
    changed = (pairs["estimate"] - pairs["estimate_before"]).abs() > 1e-9
    few = ((came > 0) & (came < minimum)) | ((came == 0) & changed)
    is_share = pairs["method"].str.startswith("share")
    counted = (pairs["persons"] - pairs["persons_before"]) * (pairs["n"] - pairs["n_before"]).map(
        lambda number: 1.0 if number >= 0 else -1.0
    )
    lopsided = is_share & (came >= minimum) & ((counted < minimum) | (came - counted < minimum))
    told = pd.Series(False, index=range(len(frame)))
    told[pairs.loc[few | lopsided, "position"].unique()] = True
    return told.set_axis(frame.index)


def ledger(folder: Path) -> pd.DataFrame:
    """Return everything that a study has released, one release under the other; empty where it has released nothing.

    Parameters
    ----------
    folder : Path
        The study's folder.
    """
    return results.concat(read_parquet(path) for path in releases(folder))


def releases(folder: Path) -> list[Path]:
    """Return the files of the releases of a study, the oldest first by name."""
    return sorted(paths.released(folder).glob("*.parquet"))


def write_release(folder: Path, name: str, published: pd.DataFrame) -> Path:
    """Keep the numbers of a release in the ledger of the study.

    Parameters
    ----------
    folder : Path
        The study's folder.
    name : str
        Name of the release, such as ``2026-11-23``: small letters, digits, points, dashes.
    published : pandas.DataFrame
        Every number that leaves the house, after the gate; official figures are left out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DisclosureError
        The name is not legal, or a release of that name is already there: what has left the house is never rewritten.
    """
    if not _NAME.fullmatch(name):
        raise DisclosureError(
            f"release {name!r} is not legal; legal are small letters, digits, points and dashes, such as 2026-11-23"
        )
    path = paths.released(folder) / f"{name}.parquet"
    if path.exists():
        raise DisclosureError(
            f"{paths.shown(path)} is already there; name the release otherwise, an old one is never rewritten"
        )
    own = published[published["origin"] != "context"].drop_duplicates(ignore_index=True)
    write_parquet(path, results.validate(own))
    return path
