"""The files of an action research: structures, what was done there, what was measured, what came of it, and what people said of it."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import pandas as pd

from ..collection.entries import (
    REFUSED,
    Column,
    Form,
    day,
    files,
    kept,
    number,
    one_of,
    read_received,
    words,
)
from ..study.field_rules import load_field_rules
from ..study.study import Study

STRUCTURES, ACTIVITIES, MEASURES = "structures", "activities", "measures"
DELIVERABLES, EVENTS, FEEDBACK = "deliverables", "events", "feedback"
BEFORE, AFTER = "before", "after"
ACTION, COMPARISON = "action", "comparison"
LANGUAGES: Final = ("en", "fr", "pt", "pl", "de")
TITLE = "title_"


@cache
def forms() -> Mapping[str, Form]:
    """Return what each file may hold."""
    names = load_field_rules().names

    def code(kind: str) -> Column:
        return one_of(names[kind])

    said = {f"{TITLE}{language}": words(0) for language in LANGUAGES}
    return {
        STRUCTURES: Form({"structure": words(), "kind": code("kinds"), "arm": code("arms"), "chosen_by": code("chosen_by")}, ["structure"]),
        ACTIVITIES: Form({"structure": words(), "date": day(), "activity": code("activities"), "theme": one_of(["", *names["themes"]]),
                          "role": code("roles"), "people": number(1, whole=True)}),
        MEASURES: Form({"structure": words(), "time": one_of([BEFORE, AFTER]), "outcome": code("outcomes"), "role": code("roles"),
                        "n": number(1, whole=True), "mean": number(0, 100), "sd": number(0, 71, empty=True)},
                       ["structure", "time", "outcome", "role"], _spread),
        DELIVERABLES: Form({**said, "kind": code("deliverables"), "addressee": code("bodies"), "owner": code("bodies"), "due": day(),
                            "state": code("states"), "reason": one_of(["", *names["reasons"]])}, (), _deliverable),
        EVENTS: Form({"event": words(), "date": day(), "kind": code("events"), "audience": code("bodies"), "people": number(0, whole=True, empty=True)}, ["event"]),
        FEEDBACK: Form({"event": words(), "audience": code("bodies"), "subject": code("subjects"), "remarks": number(1, whole=True), "became": code("became")},
                       ["event", "audience", "subject", "became"]),
    }  # fmt: skip


def read(study: Study, unit: str, wave: str) -> dict[str, pd.DataFrame]:
    """Read all files of an action research.

    Returns
    -------
    dict
        Name of a file, without its ending -> its rows (:func:`compendium.collection.entries.read_entries`), those of unknown structures and events refused as
        well; an empty frame for a file that is not there.

    Raises
    ------
    AnswersError
        A file cannot be read, or its columns are not legal.
    """
    found = read_received(study, unit, wave, forms())
    for name, column, of in (
        (ACTIVITIES, "structure", STRUCTURES),
        (MEASURES, "structure", STRUCTURES),
        (FEEDBACK, "event", EVENTS),
    ):
        found[name] = _known(found[name], column, set(kept(found[of])[column]), of)
    return found


def deliverables(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Return the register of deliverables and recommendations: the product ``deliverables``, without numbers about people."""
    return kept(read(study, unit, wave)[DELIVERABLES])


def dissemination(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Return events with what was said there: the product ``dissemination``.

    Returns
    -------
    pandas.DataFrame
        ``event date kind audience people said_by subject remarks became``: a row for each kind of feedback, and one with empty feedback
        for an event without any.
    """
    rows = read(study, unit, wave)
    said = kept(rows[FEEDBACK]).rename(columns={"audience": "said_by"})
    both = kept(rows[EVENTS]).merge(said, on="event", how="left", sort=False)
    texts = ["said_by", "subject", "became"]
    both[texts] = both[texts].fillna("").astype("str")
    return both.sort_values(["date", "event"], kind="stable", ignore_index=True)


def refused(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Return how many rows of each file were left out: the product ``field_refused``; ``file rows refused``."""
    there = files(study, unit, wave, forms())
    rows = [
        (name, len(frame), int((frame[REFUSED] != "").sum()))
        for name, frame in read(study, unit, wave).items()
        if name in there
    ]
    return pd.DataFrame(rows, columns=["file", "rows", "refused"])


def _known(frame: pd.DataFrame, column: str, legal: set[str], file: str) -> pd.DataFrame:
    unknown = (frame[REFUSED] == "") & ~frame[column].isin(legal)
    said = [
        f"{column} {one!r} is not in {file}.csv; legal is one of its rows that was not refused" for one in frame[column]
    ]
    return frame.assign(**{REFUSED: frame[REFUSED].mask(unknown, pd.Series(said, frame.index, dtype="str"))})


def _spread(row: Mapping[str, str]) -> str:
    """Say what is wrong with the standard deviation of values from 0 to 100, of which two and more can be told apart."""
    n, mean, sd = float(row["n"]), float(row["mean"]), row["sd"]
    if n == 1:
        return f"sd {sd!r} of one person; legal is nothing" if sd else ""
    if not sd:
        return f"sd is empty and n is {row['n']}; legal is a number"
    most = (mean * (100 - mean) * n / (n - 1)) ** 0.5
    return f"sd {sd!r}; with this mean and n it cannot be more than {most:.1f}" if float(sd) > most + 0.051 else ""


def _deliverable(row: Mapping[str, str]) -> str:
    if not any(row[f"{TITLE}{language}"] for language in LANGUAGES):
        return "no title; legal is one in one language at least"
    if row["reason"] and row["state"] != "declined":
        return f"reason {row['reason']!r} of what is not declined; legal is nothing"
    return "declined without a reason; legal is one of them" if row["state"] == "declined" and not row["reason"] else ""
