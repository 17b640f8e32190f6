"""The files of an action research: structures, what was done there, what was measured, what came of it, and what people said of it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from .. import paths
from ..entries import REFUSED, Column, Form, day, kept, number, one_of, read_entries, typed, words
from ..errors import AnswersError
from ..reading import read_yaml
from ..study.field_rules import load_field_rules
from ..study.study import Study

SIDECAR: Final = "field_source.yml"
STRUCTURES, ACTIVITIES, MEASURES = "structures.csv", "activities.csv", "measures.csv"
DELIVERABLES, EVENTS, FEEDBACK = "deliverables.csv", "events.csv", "feedback.csv"
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
                            "state": code("states"), "reason": words(0)}, (), _deliverable),
        EVENTS: Form({"event": words(), "date": day(), "kind": code("events"), "audience": code("bodies"), "people": number(0, whole=True, empty=True)}, ["event"]),
        FEEDBACK: Form({"event": words(), "audience": code("bodies"), "subject": code("subjects"), "remarks": number(1, whole=True), "became": code("became")},
                       ["event", "audience", "subject", "became"]),
    }  # fmt: skip


def folder(study: Study, unit: str, wave: str) -> Path:
    """Return the folder in which the files lie."""
    return paths.answers_folder(study.folder, unit, wave)


def is_there(study: Study, unit: str, wave: str) -> bool:
    """Tell whether a unit holds any action research."""
    return any((folder(study, unit, wave) / name).is_file() for name in forms())


def read(study: Study, unit: str, wave: str) -> dict[str, pd.DataFrame]:
    """Read all files of an action research.

    Returns
    -------
    dict
        Name of a file -> its rows (:func:`compendium.entries.read_entries`), those of unknown structures and events refused as
        well; an empty frame for a file that is not there.

    Raises
    ------
    AnswersError
        A file cannot be read, or its columns are not legal.
    """
    home = folder(study, unit, wave)
    found = {
        name: read_entries(home / name, form) if (home / name).is_file() else typed([], form)
        for name, form in forms().items()
    }
    for name, column, of in (
        (ACTIVITIES, "structure", STRUCTURES),
        (MEASURES, "structure", STRUCTURES),
        (FEEDBACK, "event", EVENTS),
    ):
        found[name] = _known(found[name], column, set(kept(found[of])[column]), of)
    return found


def origin_of(study: Study, unit: str, wave: str) -> tuple[str, str]:
    """Return origin and source of the files.

    Raises
    ------
    AnswersError
        Nothing says where they come from.
    """
    path = folder(study, unit, wave) / SIDECAR
    if not path.is_file():
        raise AnswersError(f"{paths.shown(path)} is not there; legal is a file that says origin, source and licence")
    said = read_yaml(path, "answers_source")
    return said["origin"], said["source"]


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
    home = folder(study, unit, wave)
    rows = [
        (name, len(frame), int((frame[REFUSED] != "").sum()))
        for name, frame in read(study, unit, wave).items()
        if (home / name).is_file()
    ]
    return pd.DataFrame(rows, columns=["file", "rows", "refused"])


def _known(frame: pd.DataFrame, column: str, legal: set[str], file: str) -> pd.DataFrame:
    unknown = (frame[REFUSED] == "") & ~frame[column].isin(legal)
    said = [
        f"{column} {one!r} is not in {file}; legal is one of its rows that was not refused" for one in frame[column]
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
    return "declined without a reason; legal is words" if row["state"] == "declined" and not row["reason"] else ""
