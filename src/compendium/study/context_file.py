"""Load the country facts of a study from ``raw/context`` and hold definitions against one another; see :mod:`.context`."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .. import paths, results
from ..reading import read_yaml
from .actors import read_actors
from .context import Break, Context, Gap, Kind, Place, Reference, Topic
from .context_tables import empty, fail, read_policies, read_rows, read_statuses
from .context_values import check_values, labels, make_facts, open_gaps, owners
from .eurostat import declaration
from .eurostat.merging import Merged, merge

_STATISTICAL = ("country", "aggregate")
"""Kinds of places that official statistics are about."""


def load(folder: Path) -> Context:
    """Load the country facts of a study.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    Context
        Frozen; empty when the study has no ``raw/context``.

    Raises
    ------
    DefinitionError
        An unknown unit, country, confidence, coverage or indicator, a value that is no number or has no source, a
        duplicate with another value, or a definition that nothing uses: file, line, value and what is legal. The same
        for fresh official tables, and one that nothing declares.

    Notes
    -----
    Values are those of ``indicators.csv``; fresh official tables in ``eurostat/`` then replace or extend series as
    ``eurostat.yml`` declares. No file is changed, and the same files give the same facts.
    """
    home = paths.context(folder)
    if not home.is_dir():
        return Context(results.make([]), empty("legal_statuses"), empty("policies"))
    units = read_yaml(home / "units.yml", "context_units")["units"]
    where = read_yaml(home / "places.yml", "context_places")
    places = {code: Place(code, one["kind"], one["name"]) for code, one in where["places"].items()}
    topics = {
        one["id"]: Topic(
            one["id"],
            one["label"],
            one["shown"],
            one["kind"],
            one["scope"],
            one["comparable"],
            one.get("reason", {}),
            tuple(one["indicators"]),
        )
        for one in read_yaml(home / "topics.yml", "context_topics")["topics"]
    }
    known = read_yaml(home / "kinds.yml", "context_kinds")
    kinds = {one["id"]: Kind(one["id"], one["group"], one["label"], one.get("instrument", "")) for one in known["kinds"]}
    status_kinds = {one["id"]: one["label"] for one in known.get("status_kinds", ())}
    own = read_rows(home, "indicators", places)
    if own.empty:
        raise fail(home / "indicators.csv", None, "a header and no row; legal is one value or more")
    check_values(own, units, home)
    merged = _with_official_files(home, own, places, units)
    values = merged.values
    owner = owners(values, topics, home)
    provenance = read_yaml(home / "sources.yml", "context_sources")
    facts = make_facts(values, topics, owner)
    actors, actor_kinds = read_actors(home, places)
    context = Context(
        facts=facts,
        statuses=read_statuses(home, places, status_kinds),
        policies=read_policies(home, places, kinds),
        labels=labels(values),
        found_in={(row.country, row.indicator, row.year): row.where for row in values.itertuples(index=False)},
        units=units,
        places=places,
        topics=topics,
        kinds=kinds,
        status_kinds=status_kinds,
        breaks=(*_declared_breaks(home, merged), *merged.breaks),
        references=tuple(
            Reference(one["place"], one.get("since", 0), one.get("until", 9999)) for one in where["references"]
        ),
        gaps=_gaps(home / "gaps.yml", facts, places),
        draft=frozenset(column for one in provenance["files"] for column in one.get("draft", ())),
        actors=actors,
        actor_kinds=actor_kinds,
        translations=_translations(home),
        extracts=merged.extracts,
        revisions=merged.revisions,
    )
    _check_codes(context, home)
    return context


def _with_official_files(
    home: Path, own: pd.DataFrame, places: Mapping[str, Place], units: Mapping[str, Any]
) -> Merged:
    """Put fresh official tables in the place of the study's own values; hidden files are none."""
    path = home / declaration.NAME
    folder = home / declaration.FOLDER
    files = sorted(one for one in folder.glob("*") if one.is_file() and not one.name.startswith("."))
    if not path.is_file():
        if files:
            raise fail(path, None, f"the file is missing; it must declare what {files[0].name} holds")
        return Merged.of_own(own)
    held = {row.indicator: (row.label, row.unit) for row in own.itertuples(index=False)}
    declared = declaration.load(path, units, held)
    _check_places(declared, places)
    statistical = {code: one.kind for code, one in places.items() if one.kind in _STATISTICAL}
    return merge(own, files, declared, statistical, units)


def _check_places(declared: declaration.Declaration, places: Mapping[str, Place]) -> None:
    """Hold the places that the office's codes stand for against ours; a country that the study leaves aside is legal."""
    legal = [code for code, one in places.items() if one.kind in _STATISTICAL]
    for code, place in declared.geo.items():
        aside = place not in places and re.fullmatch("[A-Z]{2}", place)
        if place not in legal and not aside:
            raise fail(
                declared.path,
                None,
                f"geo {code}: place {place!r} is no place of statistics; legal are {', '.join(legal)}, or another country",
            )


def _declared_breaks(home: Path, merged: Merged) -> list[Break]:
    made = []
    for one in read_yaml(home / "breaks.yml", "context_breaks")["breaks"]:
        between = (one["between"][0], one["between"][1])
        lifted = merged.lifts(between) if one.get("extracts") else frozenset()
        made.append(Break(tuple(one["indicators"]), frozenset(one.get("places", ())), between, one["reason"], lifted))
    return made


def _gaps(path: Path, facts: pd.DataFrame, places: Mapping[str, Place]) -> tuple[Gap, ...]:
    return open_gaps(path, read_yaml(path, "context_gaps")["gaps"], facts, places)


def _translations(home: Path) -> dict[str, dict[str, str]]:
    return {
        path.name.split(".")[1]: read_yaml(path, "context_translations")["texts"]
        for path in sorted(home.glob("translations.*.yml"))
    }


def _check_codes(context: Context, home: Path) -> None:
    """Hold the codes that definitions use of one another against what is there."""
    used: Iterable[tuple[str, str]] = [
        *(("breaks.yml", place) for one in context.breaks for place in one.places),
        *(("gaps.yml", place) for one in context.gaps for place in one.places),
        *(("places.yml", one.place) for one in context.references),
    ]
    for name, place in used:
        if place not in context.places:
            raise fail(home / name, None, f"place {place!r} is unknown; legal are {', '.join(context.places)}")
    for gap in context.gaps:
        if gap.topic not in context.topics:
            raise fail(
                home / "gaps.yml", None, f"topic {gap.topic!r} is unknown; legal are {', '.join(context.topics)}"
            )
    for topic in context.topics.values():
        if topic.comparable == "no" and not topic.reason:
            raise fail(home / "topics.yml", None, f"topic {topic.id!r} may not be compared but gives no reason")
    for cut in context.breaks:
        for pattern in cut.patterns:
            if not any(re.fullmatch(pattern, indicator) for indicator in context.labels):
                raise fail(home / "breaks.yml", None, f"the pattern {pattern!r} holds for no indicator")
