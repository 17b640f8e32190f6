"""Read the country facts of a study from ``raw/context`` and hold them against their definitions; see :mod:`.context`."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .. import paths, results
from ..errors import DefinitionError
from ..reading import read_table, read_yaml
from .context import BRANCHES, CAVEATS, CONFIDENCES, COVERAGE, Break, Context, Gap, Kind, Place, Reference, Topic

_PLAIN_DOUBTS = ("year: to verify", "survey year to verify", "undated")
_COLUMNS = {
    "indicators": ["country", "indicator", "label", "unit", "year", "value", "source", "where", "confidence"],
    "legal_statuses": [
        "country",
        "status_id",
        "local_name",
        "english_name",
        "legal_basis",
        "unemployment",
        "sickness",
        "pension",
        "work_accident",
        "maternity",
        "threshold",
        "notes",
        "source",
        "confidence",
    ],
    "policies": [
        "country",
        "policy_id",
        "kind",
        "local_name",
        "english_name",
        "year_from",
        "year_to",
        "description_in_own_words",
        "source",
        "confidence",
    ],
}
_BRACKET = re.compile(r"\s*\[([^\]]*)\]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


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
        return Context(results.make([]), _frame("legal_statuses"), _frame("policies"))
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
    kinds = {
        one["id"]: Kind(one["id"], one["group"], one["label"])
        for one in read_yaml(home / "kinds.yml", "context_kinds")["kinds"]
    }
    values = _table(home, "indicators", places)
    owner = _owners(values, topics, home)
    _check_values(values, units, home)
    provenance = read_yaml(home / "sources.yml", "context_sources")
    context = Context(
        facts=_facts(values, topics, owner),
        statuses=_statuses(home, places),
        policies=_policies(home, places, kinds),
        labels=_labels(values),
        found_in={(row.country, row.indicator, row.year): row.where for row in values.itertuples(index=False)},
        units=units,
        places=places,
        topics=topics,
        kinds=kinds,
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


def _frame(name: str) -> pd.DataFrame:
    return pd.DataFrame(columns=_COLUMNS[name], dtype="str")


def _fail(path: Path, line: int | None, sentence: str) -> DefinitionError:
    place = f", line {line}" if line is not None else ""
    return DefinitionError(f"{paths.shown(path)}{place}: {sentence}")


def _table(home: Path, name: str, places: Mapping[str, Place]) -> pd.DataFrame:
    """Read one table with the line of each row, and hold columns, country, confidence and source against the schema."""
    path = home / f"{name}.csv"
    frame = read_table(path)
    if list(frame.columns) != _COLUMNS[name]:
        raise _fail(path, 1, f"the columns are {', '.join(frame.columns)}; legal are {', '.join(_COLUMNS[name])}")
    frame["line"] = _lines(path)
    for row in frame.itertuples(index=False):
        if row.country not in places:
            raise _fail(path, row.line, f"country {row.country!r} is unknown; legal are {', '.join(places)}")
        if row.confidence not in CONFIDENCES:
            raise _fail(path, row.line, f"confidence {row.confidence!r} is unknown; legal are {', '.join(CONFIDENCES)}")
        if not row.source.strip():
            raise _fail(path, row.line, "the row has no source; say where it was read, or 'to verify'")
    return frame


def _lines(path: Path) -> list[int]:
    """Return the line on which each row of a CSV starts, also where cells hold line breaks."""
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    next(rows)
    starts, start = [], rows.line_num + 1
    for row in rows:
        if row:
            starts.append(start)
        start = rows.line_num + 1
    return starts


def _owners(values: pd.DataFrame, topics: Mapping[str, Topic], home: Path) -> dict[str, str]:
    """Return the one topic of each indicator."""
    owner: dict[str, str] = {}
    used: set[str] = set()
    for indicator, line in values.drop_duplicates("indicator")[["indicator", "line"]].itertuples(index=False):
        found = [(topic.id, one) for topic in topics.values() for one in topic.patterns if re.fullmatch(one, indicator)]
        if len(found) != 1:
            belongs = "to no topic" if not found else "to " + ", ".join(topic for topic, _ in found)
            raise _fail(
                home / "indicators.csv",
                line,
                f"indicator {indicator!r} belongs {belongs}; topics.yml must name it once",
            )
        owner[indicator] = found[0][0]
        used.add(found[0][1])
    unused = [one for topic in topics.values() for one in topic.patterns if one not in used]
    if unused:
        raise _fail(
            home / "topics.yml", None, f"the pattern {unused[0]!r} holds for no indicator; remove it or add the values"
        )
    return owner


def _check_values(values: pd.DataFrame, units: Mapping[str, Any], home: Path) -> None:
    path = home / "indicators.csv"
    seen: dict[tuple[str, str, str], tuple[str, int]] = {}
    for row in values.itertuples(index=False):
        if row.unit not in units:
            raise _fail(
                path, row.line, f"unit {row.unit!r} is unknown; legal are those of units.yml: {', '.join(units)}"
            )
        if not _NUMBER.fullmatch(row.value):
            raise _fail(path, row.line, f"value {row.value!r} is no number; leave the row out where there is no value")
        if not _YEAR.fullmatch(row.year):
            raise _fail(path, row.line, f"year {row.year!r} is not legal; legal is a year such as 2022")
        if units[row.unit]["kind"] == "share" and not 0 <= float(row.value) <= 100:
            raise _fail(path, row.line, f"value {row.value} is not legal in {row.unit!r}; legal is 0 to 100")
        key = (row.country, row.indicator, row.year)
        before = seen.setdefault(key, (row.value, row.line))
        if before[1] != row.line:
            what = "another value" if before[0] != row.value else "the same value"
            raise _fail(
                path,
                row.line,
                f"{', '.join(key)} stands already on line {before[1]} with {what} ({before[0]}, here {row.value})",
            )


def _labels(values: pd.DataFrame) -> dict[str, str]:
    return dict(values.drop_duplicates("indicator")[["indicator", "label"]].itertuples(index=False))


def _facts(values: pd.DataFrame, topics: Mapping[str, Topic], owner: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for row in values.itertuples(index=False):
        topic = topics[owner[row.indicator]]
        remarks = _BRACKET.findall(row.source)
        rows.append(
            {
                "country": row.country,
                "part": topic.id,
                "indicator": row.indicator,
                "period": row.year,
                "estimate": float(row.value),
                "unit": row.unit,
                "method": topic.kind,
                "estimand": row.label,
                "source": _BRACKET.sub("", row.source).strip(),
                "confidence": row.confidence,
                "flag": "; ".join(dict.fromkeys(flag for remark in remarks if (flag := flag_of(remark)))),
                "caveat": CAVEATS.join(remark for remark in remarks if says_more(remark)),
                "comparable": topic.comparable,
                "reason": topic.id if topic.comparable == "no" else "",
            }
        )
    return results.make(rows, origin="context")


def flag_of(remark: str) -> str:
    """Return the code of :data:`FLAGS` for a bracket in a source, or an empty text for a plain remark."""
    if "to verify" in remark or "undated" in remark or "unknown" in remark:
        return "doubt"
    if remark.startswith(("flag b", "break in series")) or re.fullmatch(r"[A-Z]{2}: break \d{4}", remark):
        # The declared breaks say where the line is cut; only Eurostat's own flag stands at the first year after it.
        return "break" if remark.startswith("flag b") else ""
    if "definition differs" in remark:
        return "definition"
    return "derived" if remark.startswith("derived") else ""


def says_more(remark: str) -> bool:
    """Return whether a bracket says more than its flag does."""
    if remark.startswith("year from"):  # the year was read from the name of the variable: it is sure
        return False
    return flag_of(remark) == "" or (flag_of(remark) == "doubt" and remark not in _PLAIN_DOUBTS)


def _statuses(home: Path, places: Mapping[str, Place]) -> pd.DataFrame:
    frame = _table(home, "legal_statuses", places)
    path = home / "legal_statuses.csv"
    _unique(frame, "status_id", path)
    for row in frame.to_dict("records"):
        for branch in BRANCHES:
            if row[branch] not in COVERAGE:
                raise _fail(path, row["line"], f"{branch} {row[branch]!r} is unknown; legal are {', '.join(COVERAGE)}")
    return frame.drop(columns="line")


def _policies(home: Path, places: Mapping[str, Place], kinds: Mapping[str, Kind]) -> pd.DataFrame:
    frame = _table(home, "policies", places)
    path = home / "policies.csv"
    _unique(frame, "policy_id", path)
    for row in frame.itertuples(index=False):
        if row.kind not in kinds:
            raise _fail(
                path, row.line, f"kind {row.kind!r} is unknown; legal are those of kinds.yml: {', '.join(kinds)}"
            )
        for year in (row.year_from, row.year_to):
            if year and not _YEAR.fullmatch(year):
                raise _fail(path, row.line, f"year {year!r} is not legal; legal is a year such as 2022, or nothing")
        if row.year_from and row.year_to and row.year_to < row.year_from:
            raise _fail(path, row.line, f"year_to {row.year_to} lies before year_from {row.year_from}")
    years = {name: pd.to_numeric(frame[name], errors="coerce").astype("Int64") for name in ("year_from", "year_to")}
    return frame.drop(columns="line").assign(**years)


def _unique(frame: pd.DataFrame, column: str, path: Path) -> None:
    double = frame[frame.duplicated(column)]
    if len(double):
        row = double.iloc[0]
        raise _fail(path, int(row["line"]), f"{column} {row[column]!r} stands twice; each may stand once")


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
            raise _fail(home / name, None, f"place {place!r} is unknown; legal are {', '.join(context.places)}")
    for gap in context.gaps:
        if gap.topic not in context.topics:
            raise _fail(
                home / "gaps.yml", None, f"topic {gap.topic!r} is unknown; legal are {', '.join(context.topics)}"
            )
    for topic in context.topics.values():
        if topic.comparable == "no" and not topic.reason:
            raise _fail(home / "topics.yml", None, f"topic {topic.id!r} may not be compared but gives no reason")
    for cut in context.breaks:
        for pattern in cut.patterns:
            if not any(re.fullmatch(pattern, indicator) for indicator in context.labels):
                raise _fail(home / "breaks.yml", None, f"the pattern {pattern!r} holds for no indicator")
