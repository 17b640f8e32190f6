"""Put the reference database of a study together and write it, in every form, beside a comparison with the one before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .. import paths, provenance
from ..disclosure.audit import Audit, verify
from ..errors import CompendiumError
from ..notebook import ORIGIN_NAMES
from ..qualitative.practices import load_practices
from ..results import weakest_origin
from ..study.context import BRANCHES, Context
from ..study.context_file import load
from ..study.study import Study
from ..text import SOURCE_LANGUAGE
from . import definitions
from .answers import answers, write_answers
from .changes import changes, read_tables
from .dictionary import DICTIONARY, as_rows, hold_references, load_dictionary, shaped
from .handover import handover, write_handover
from .indicators import indicators
from .published import published
from .store import write_store
from .words import write_words

LICENCE = "CC-BY-4.0, with the exceptions named in LICENSE-DATA"
_VERSION = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True)
class Made:
    """A release of the reference database.

    Attributes
    ----------
    folder : Path
        Where it lies.
    tables : mapping of str to pandas.DataFrame
        The tables, as the dictionary says.
    changes : pandas.DataFrame
        What differs from the release before; see :func:`.changes.changes`.
    previous : str
        Name of that release; empty where there is none.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    changes: pd.DataFrame
    previous: str


def build(study: Study, version: str, previous: Path | None = None) -> Made:
    """Make the reference database from what the pages publish, the country facts and the definitions.

    Parameters
    ----------
    study : Study
        The study; its site must be there and as it was examined.
    version : str
        Name of the release: small letters, digits, points, dashes.
    previous : Path, optional
        Folder of the release to compare with; by default the last other one that lies beside it.

    Returns
    -------
    Made
        What was written to :func:`compendium.paths.reference`.

    Raises
    ------
    CompendiumError
        The name is not legal, the site is missing or not as it was examined, there is no such earlier release, or the tables do
        not fit the dictionary.

    Notes
    -----
    Nothing is taken from products: a number that no page publishes is not there. The same site gives the same bytes of Parquet,
    CSV, SQLite and JSON; a DuckDB file holds the same rows, and its bytes may differ.
    """
    if not _VERSION.fullmatch(version):
        raise CompendiumError(
            f"release {version!r} is not legal; legal are small letters, digits, points and dashes, such as 2026-11-24"
        )
    folder = paths.reference(study.folder, version)
    before = previous or _last_other(folder)
    earlier = read_tables(before) if before else None
    log = verify(study.folder, study.disclosure)
    frames = tables(study, log, version, before.name if before else "")
    found = changes(frames, earlier)
    write_store(folder, frames, found)
    write_words(folder, study, frames, found)
    write_handover(folder, handover(study, frames))
    write_answers(folder / "answers", answers(study, study.waves[-1]))
    return Made(folder, frames, found, before.name if before else "")


def tables(study: Study, log: Audit, version: str, previous: str) -> dict[str, pd.DataFrame]:
    """Return every table of the database, each in the shape of the dictionary and held against the others."""
    context = load(study.folder)
    estimates, pages, standing = published(study, log)
    facts = _facts(context)
    dictionary = load_dictionary()
    rows: dict[str, Any] = {
        "release": [_release(study, log, version, previous, estimates)],
        "places": _places(study, context),
        "units": _units(context, estimates, facts),
        "indicators": indicators(study, context, estimates["indicator"]),
        "pages": pages,
        "estimates": estimates,
        "estimate_pages": standing,
        "facts": facts,
        **_context(study, context),
        **definitions.instruments(),
        "profiles": definitions.profiles(study, estimates),
        **definitions.competences(study),
        **definitions.what_to_do(),
        "labels": definitions.labels(study, estimates),
        DICTIONARY: as_rows(dictionary),
    }
    frames = {name: shaped(table, pd.DataFrame(rows[name])) for name, table in dictionary.tables.items()}
    hold_references(dictionary, frames)
    return frames


def _last_other(folder: Path) -> Path | None:
    others = [one for one in folder.parent.glob("*") if one.is_dir() and one != folder and (one / "parquet").is_dir()]
    return max(others, key=lambda one: [int(number) for number in re.findall(r"\d+", one.name)], default=None)


def _release(study: Study, log: Audit, version: str, previous: str, estimates: pd.DataFrame) -> dict[str, Any]:
    commit = provenance.commit()
    answered = set(estimates["origin"]) - {"context"}
    origin = weakest_origin(answered) if answered else "context"
    return {
        "version": version,
        "previous": previous,
        "study": study.id,
        "title": study.title[SOURCE_LANGUAGE],
        "dictionary_version": load_dictionary().version,
        "commit": commit.hash,
        "commit_date": commit.date.isoformat() if commit.date else "",
        "origin": origin,
        "notice": ORIGIN_NAMES[origin],
        "smallest_n": study.disclosure.minimum_cell,
        "rules": str(log.rules["hash"]),
        "licence": LICENCE,
    }


def _places(study: Study, context: Context) -> list[dict[str, str]]:
    own = {code: "pooled" if study.is_pooled(code) else "study_country" for code in study.units}
    others = {code: place for code, place in context.places.items() if code not in own}
    return [
        *({"place": code, "kind": kind, "name": study.name(code, SOURCE_LANGUAGE)} for code, kind in own.items()),
        *({"place": code, "kind": one.kind, "name": one.name[SOURCE_LANGUAGE]} for code, one in others.items()),
    ]


def _units(context: Context, estimates: pd.DataFrame, facts: pd.DataFrame) -> list[dict[str, str]]:
    met = dict.fromkeys([*context.units, *facts["unit"], *sorted(set(estimates["unit"]))])
    return [{"unit": unit, "kind": context.units.get(unit, {}).get("kind", "")} for unit in met if unit]


def _facts(context: Context) -> pd.DataFrame:
    read = [
        context.found_in.get((row.country, row.indicator, row.period), "")
        for row in context.facts.itertuples(index=False)
    ]
    named = context.facts.rename(columns={"estimate": "value", "part": "topic", "method": "source_kind"})
    columns = load_dictionary().tables["facts"].columns
    return named.assign(found_in=read)[list(columns)]


def _context(study: Study, context: Context) -> dict[str, pd.DataFrame]:
    statuses = context.statuses.rename(columns={"status_id": "status"})
    policies = context.policies.rename(columns={"policy_id": "policy", "description_in_own_words": "description"})
    actors = context.actors.rename(columns={"actor_id": "actor", "place": "town"})
    practices = load_practices(study, context).table.rename(columns={"practice_id": "practice", "where": "where_done"})
    found = {"statuses": statuses, "policies": policies, "actors": actors, "practices": practices}
    known = load_dictionary().tables
    assert set(BRANCHES) <= set(known["statuses"].columns)
    return {name: frame.reindex(columns=list(known[name].columns)) for name, frame in found.items()}
