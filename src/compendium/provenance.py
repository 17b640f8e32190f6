"""Where a page comes from: origin of its answers, commit, date, versions, parameters."""

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import metadata

from . import paths
from .collection import records
from .collection.provenance import source_of
from .results import weakest_origin
from .study.study import Study

PACKAGES = ("compendium", "pandas", "numpy", "scipy", "statsmodels", "pingouin", "matplotlib", "seaborn")
"""Packages whose version can change a number or a figure, named in the colophon."""


@dataclass(frozen=True)
class Commit:
    """State of the program: hash (empty where unknown), date, and whether uncommitted changes lie on top."""

    hash: str
    date: date | None
    is_dirty: bool


def origin(study: Study, unit: str, wave: str) -> str:
    """Return the origin of the answers behind a page: the weakest of all countries that it rests on."""
    countries = [country.code for country in study.countries] if study.is_pooled(unit) else [unit]
    return weakest_origin(source_of(study, country, wave).origin for country in countries)


def origin_of_record(study: Study, unit: str, wave: str, name: str) -> str:
    """Return the weakest origin among the records of that name behind a page; ``context`` where none was received."""
    countries = [country.code for country in study.countries] if study.is_pooled(unit) else [unit]
    found = [one for country in countries if (one := records.received(study, country, wave, name)) is not None]
    return weakest_origin(one.origin for one in found) if found else "context"


@cache
def commit() -> Commit:
    """Return the commit the pages are made from; its date is that of ``SOURCE_DATE_EPOCH`` where that is set.

    Outside a checkout the hash is empty and the date unknown: a page then says so, rather than the day it was made,
    which would differ between two equal runs.
    """
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        head, seconds = _git("log", "-1", "--format=%H %ct").split()
        dirty = bool(_git("status", "--porcelain", "--untracked-files=no", "--", "src", "notebooks", "uv.lock"))
    except (OSError, ValueError, subprocess.CalledProcessError):
        head, seconds, dirty = "", "", False
    day = datetime.fromtimestamp(int(stamp or seconds), tz=UTC).date() if stamp or seconds else None
    return Commit(head, day, dirty)


def versions() -> dict[str, str]:
    """Return the installed version of each of :data:`PACKAGES`."""
    return {name: metadata.version(name) for name in PACKAGES}


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(paths.REPOSITORY), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()
