"""Load the country facts of a study from ``raw/context`` and hold definitions against one another; see :mod:`.context`."""

import re
from collections.abc import Iterable
from pathlib import Path

from .. import paths, results
from ..reading import read_yaml
from .context import Break, Context, Gap, Kind, Place, Reference, Topic
from .context_tables import empty, fail, read_policies, read_rows, read_statuses
from .context_values import check_values, labels, make_facts, owners


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
        duplicate with another value, or a definition that nothing uses: file, line, value and what is legal.
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
    kinds = {one["id"]: Kind(one["id"], one["group"], one["label"]) for one in known["kinds"]}
    status_kinds = {one["id"]: one["label"] for one in known.get("status_kinds", ())}
    values = read_rows(home, "indicators", places)
    owner = owners(values, topics, home)
    check_values(values, units, home)
    provenance = read_yaml(home / "sources.yml", "context_sources")
    context = Context(
        facts=make_facts(values, topics, owner),
        statuses=read_statuses(home, places, status_kinds),
        policies=read_policies(home, places, kinds),
        labels=labels(values),
        found_in={(row.country, row.indicator, row.year): row.where for row in values.itertuples(index=False)},
        units=units,
        places=places,
        topics=topics,
        kinds=kinds,
        status_kinds=status_kinds,
        breaks=tuple(
            Break(
                tuple(one["indicators"]),
                frozenset(one.get("places", ())),
                (one["between"][0], one["between"][1]),
                one["reason"],
            )
            for one in read_yaml(home / "breaks.yml", "context_breaks")["breaks"]
        ),
        references=tuple(
            Reference(one["place"], one.get("since", 0), one.get("until", 9999)) for one in where["references"]
        ),
        gaps=tuple(
            Gap(one["topic"], frozenset(one.get("places", ())), one["what"])
            for one in read_yaml(home / "gaps.yml", "context_gaps")["gaps"]
        ),
        draft=frozenset(column for one in provenance["files"] for column in one.get("draft", ())),
        translations=_translations(home),
    )
    _check_codes(context, home)
    return context


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
