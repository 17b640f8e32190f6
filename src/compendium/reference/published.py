"""What the pages publish, each number once: with its name, and with the pages on which it stands."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

import pandas as pd

from .. import downloads, paths, text
from ..disclosure import rounded
from ..disclosure.audit import Audit
from ..errors import CompendiumError
from ..publishing.pages import title
from ..reading import read_parquet
from ..study.study import Study

NAMED_BY: Final = (
    "study", "wave", "population", "country", "part", "indicator", "estimand", "group_by", "group", "period", "unit", "method",
    "reference_group", "weighted",
)  # fmt: skip
"""What makes a number the same number in another release, whatever its value."""
_DIGITS: Final = 16


def published(study: Study, log: Audit) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the published numbers, the pages, and which stands where.

    Parameters
    ----------
    study : Study
        The study.
    log : Audit
        The log of the site: only pages that it has, and that are as they were examined, count.

    Returns
    -------
    estimates, pages, estimate_pages : pandas.DataFrame
        As ``definitions/reference.yml`` says.

    Raises
    ------
    CompendiumError
        Two pages publish different numbers under one name.
    """
    languages: dict[tuple[str, str, str], list[str]] = {}
    for entry in log.entries:
        languages.setdefault((entry.unit, entry.wave, entry.page), []).append(entry.language)
    frames = {
        place: read_parquet(paths.published(study.folder, place[0], place[1], spoken[0], place[2]))
        for place, spoken in languages.items()
    }
    t = text.load(text.SOURCE_LANGUAGE)
    pages = pd.DataFrame(
        [
            {
                "page": "/".join(place),
                "place": place[0],
                "wave": place[1],
                "notebook": place[2],
                "title": title(place[2], t),
                "languages": " ".join(sorted(spoken)),
            }
            for place, spoken in languages.items()
        ]
    )
    estimates, standing = once({"/".join(place): frame for place, frame in frames.items()})
    return estimates, pages, standing


def once(frames: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each number of some pages once, and where it stands.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Page -> what it publishes, in the one shape of a result, after the gate.

    Returns
    -------
    estimates : pandas.DataFrame
        ``estimate_id`` and the columns of a file that a page offers: no more is said here than there.
    standing : pandas.DataFrame
        ``estimate_id page``.
    """
    parts = [_named(frame).assign(page=page) for page, frame in frames.items() if len(frame)]
    every = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["estimate_id", *downloads.COLUMNS, "page"])
    )
    estimates = every.drop(columns="page").drop_duplicates(ignore_index=True)
    twice = estimates[estimates.duplicated("estimate_id", keep=False)]
    if len(twice):
        row = twice.iloc[0]
        where = " and ".join(every.loc[every["estimate_id"] == row["estimate_id"], "page"].unique()[:2])
        about = ", ".join(str(row[name]) for name in NAMED_BY if str(row[name]))
        raise CompendiumError(f"{where}: two different numbers are published as {about}; each needs words of its own")
    return estimates, every[["estimate_id", "page"]].drop_duplicates(ignore_index=True)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    told = rounded(frame)
    told["suppression_reason"] = told["suppression_reason"].mask(told["suppressed"], downloads.PROTECTION)
    told = told[list(downloads.COLUMNS)].reset_index(drop=True)
    told.insert(0, "estimate_id", list(_ids(told)))
    return told


def _ids(frame: pd.DataFrame) -> Iterable[str]:
    for values in frame[list(NAMED_BY)].astype("str").itertuples(index=False, name=None):
        yield hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:_DIGITS]
