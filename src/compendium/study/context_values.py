"""Make results of the table of published values: whose they are, in which unit, and what brackets in a source say."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from .. import results
from .context import CAVEATS, Gap, Place, Topic
from .context_tables import YEAR, fail
from .eurostat.extract import FLAGS

_PLAIN_DOUBTS = ("year: to verify", "survey year to verify", "undated")
_BRACKET = re.compile(r"\s*\[([^\]]*)\]")
_FLAG = re.compile(r"flag ([a-z]):")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def owners(values: pd.DataFrame, topics: Mapping[str, Topic], home: Path) -> dict[str, str]:
    """Return the one topic of each indicator."""
    owner: dict[str, str] = {}
    used: set[str] = set()
    for indicator, line in values.drop_duplicates("indicator")[["indicator", "line"]].itertuples(index=False):
        found = [(topic.id, one) for topic in topics.values() for one in topic.patterns if re.fullmatch(one, indicator)]
        if len(found) != 1:
            belongs = "to no topic" if not found else "to " + ", ".join(topic for topic, _ in found)
            own = pd.notna(line)  # else it came with a fresh official table
            raise fail(
                home / ("indicators.csv" if own else "eurostat.yml"),
                int(line) if own else None,
                f"indicator {indicator!r} belongs {belongs}; topics.yml must name it once",
            )
        owner[indicator] = found[0][0]
        used.add(found[0][1])
    unused = [one for topic in topics.values() for one in topic.patterns if one not in used]
    if unused:
        raise fail(
            home / "topics.yml", None, f"the pattern {unused[0]!r} holds for no indicator; remove it or add the values"
        )
    return owner


def check_values(values: pd.DataFrame, units: Mapping[str, Any], home: Path) -> None:
    path = home / "indicators.csv"
    seen: dict[tuple[str, str, str], tuple[str, int]] = {}
    for row in values.itertuples(index=False):
        if row.unit not in units:
            raise fail(
                path, row.line, f"unit {row.unit!r} is unknown; legal are those of units.yml: {', '.join(units)}"
            )
        if not _NUMBER.fullmatch(row.value):
            raise fail(path, row.line, f"value {row.value!r} is no number; leave the row out where there is no value")
        if not YEAR.fullmatch(row.year):
            raise fail(path, row.line, f"year {row.year!r} is not legal; legal is a year such as 2022")
        if units[row.unit]["kind"] == "share" and not 0 <= float(row.value) <= 100:
            raise fail(path, row.line, f"value {row.value} is not legal in {row.unit!r}; legal is 0 to 100")
        for remark in filter(lambda one: one.startswith("flag"), _BRACKET.findall(row.source)):
            own = _FLAG.match(remark)
            if own is None or own.group(1) not in FLAGS:
                legal = ", ".join(f"[flag {code}: {words}]" for code, (_, words) in FLAGS.items())
                raise fail(path, row.line, f"[{remark}] in the source is no flag of the office; legal are {legal}")
        key = (row.country, row.indicator, row.year)
        before = seen.setdefault(key, (row.value, row.line))
        if before[1] != row.line:
            what = "another value" if before[0] != row.value else "the same value"
            raise fail(
                path,
                row.line,
                f"{', '.join(key)} stands already on line {before[1]} with {what} ({before[0]}, here {row.value})",
            )


def labels(values: pd.DataFrame) -> dict[str, str]:
    return dict(values.drop_duplicates("indicator")[["indicator", "label"]].itertuples(index=False))


def make_facts(values: pd.DataFrame, topics: Mapping[str, Topic], owner: Mapping[str, str]) -> pd.DataFrame:
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
    if own := _FLAG.match(remark):  # Eurostat's own; its b stands at the first year after a break
        return FLAGS[own.group(1)][0] if own.group(1) in FLAGS else ""
    if "definition differs" in remark:
        return "definition"
    return "derived" if remark.startswith("derived") else ""


def says_more(remark: str) -> bool:
    """Return whether a bracket says more than its flag does."""
    if remark.startswith("year from"):  # the year was read from the name of the variable: it is sure
        return False
    return flag_of(remark) == "" or (flag_of(remark) == "doubt" and remark not in _PLAIN_DOUBTS)


def open_gaps(
    path: Path, declared: Sequence[Mapping[str, Any]], facts: pd.DataFrame, places: Mapping[str, Place]
) -> tuple[Gap, ...]:
    """Return the declared gaps that are still open, each for the countries that have no value which would close it."""
    countries = [code for code, place in places.items() if place.kind == "country"]
    found = []
    for one in declared:
        of = frozenset(one.get("places", ()))
        if "filled_by" in one:
            if one["filled_by"]["indicator"] not in set(facts["indicator"]):
                raise fail(
                    path, None, f"filled_by: indicator {one['filled_by']['indicator']!r} is unknown to the study"
                )
            filled = _filled(one["filled_by"], facts) & set(countries)
            of = of - filled if of or not filled else frozenset(countries) - filled
            if filled and not of:
                continue
        found.append(Gap(one["topic"], of, one["what"]))
    return tuple(found)


def _filled(by: Mapping[str, Any], facts: pd.DataFrame) -> set[str]:
    """Return the places with a value that closes a gap."""
    rows = facts[facts["indicator"] == by["indicator"]]
    years = rows["period"].astype(int)
    closes = (years >= by.get("since", 0)) & (years != by.get("other_than", 0))
    return set(rows.loc[closes, "country"])
