"""What came in and from whom: counts of received answers, completeness, duration, and where the answers come from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import results
from ..study.questionnaire import Questionnaire
from ..study.routing import asked
from ..study.study import Study

Row = dict[str, Any]
RECEIVED = "received"
COMPLETENESS = "completeness"
DURATION = "duration"
CROSSWALK = "crosswalk"
NOT_GIVEN = "not_given"
WEEK = "week"
NO_CONSENT, WITHDRAWN = "no_consent", "withdrawn"


def fieldwork(study: Study, unit: str, wave: str, collected: pd.DataFrame | Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Describe what came in from one country, or from all of them side by side.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Code of the country or of the pooled unit, and the wave.
    collected : DataFrame, or mapping of country to DataFrame
        The received rows.

    Returns
    -------
    pandas.DataFrame
        Results with the indicators ``received`` (count of answers received; in all, by ``week``, by language, and by each
        grouping question that is a category), ``completeness`` (mean share of the questions asked that were answered, in %, by
        module), ``duration`` (median, in minutes) and ``crosswalk`` (rows of a crosswalk that were not used, as a
        warning). For the pooled unit, the rows of every country stand under its own code, after those of all together.

    Notes
    -----
    Who did not agree, or withdrew, is counted among the received and described in nothing else.
    """
    if isinstance(collected, pd.DataFrame):
        return _describe(study, unit, wave, {unit: collected})
    frames = dict(collected)
    parts = [_describe(study, unit, wave, frames)]
    parts += [_describe(study, country, wave, {country: frame}) for country, frame in frames.items()]
    return results.concat(parts)


def _describe(study: Study, unit: str, wave: str, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    counted = countable(study, frames)
    everything = pd.concat(counted.frames.values(), ignore_index=True)
    common = {
        "study": study.id,
        "wave": wave,
        "country": unit,
        "part": "collection",
        "population": "agreed",
        "origin": results.weakest_origin(pd.concat([frame["origin"] for frame in frames.values()])),
        "source": "; ".join(dict.fromkeys(source for frame in frames.values() for source in frame["source"])),
    }
    rows: list[Row] = [
        {
            **_count(len(everything), len(everything)),
            "population": "received",
            "period": _period(everything),
            "caveat": counted.caveat,
        }
    ]
    rows += _weeks(everything["submitted"])
    consent = study.questionnaire.cleaning.consent
    agreed = everything if consent is None else everything[everything[consent.question].isin(consent.codes)]
    for variable in ("language", *described(study.questionnaire)):
        rows += _counts(agreed, variable, _order(study, variable))
    rows += _completeness(agreed, study.questionnaire)
    if agreed["duration_min"].notna().any():
        rows.append(_duration(agreed["duration_min"].dropna()))
    rows += [row for country, frame in frames.items() for row in _warnings(country, frame)]
    return results.make(rows, **common)


@dataclass(frozen=True)
class Countable:
    """The received rows that may be counted, by country.

    Attributes
    ----------
    frames : Mapping of str to DataFrame
        Country -> rows.
    withdrawn : int
        Rows that were left out at the door because the person withdrew; nought where these are too few to be counted.
    uncounted : frozenset of str
        Reasons of exclusion of which nothing may be said: ``no_consent``, ``withdrawn``.
    """

    frames: Mapping[str, pd.DataFrame]
    withdrawn: int
    uncounted: frozenset[str]

    @property
    def caveat(self) -> str:
        """What was left out of the count; empty where nothing was."""
        return f"without {' and '.join(sorted(self.uncounted))}: too few to be counted" if self.uncounted else ""


def countable(study: Study, frames: Mapping[str, pd.DataFrame]) -> Countable:
    """Leave out who refused or withdrew where they are too few in a country: the number of the others would tell theirs."""
    minimum, consent = study.disclosure.minimum_cell, study.questionnaire.cleaning.consent
    uncounted: set[str] = set()
    gone = [int(frame.attrs.get(WITHDRAWN, 0)) for frame in frames.values()]
    if any(0 < count < minimum for count in gone):
        uncounted.add(WITHDRAWN)
    if consent is not None:
        refused = {country: ~frame[consent.question].isin(consent.codes) for country, frame in frames.items()}
        if any(0 < rows.sum() < minimum for rows in refused.values()):
            uncounted.add(NO_CONSENT)
            frames = {
                country: frame[~frame["respondent"].isin(frame.loc[refused[country], "respondent"])].reset_index(
                    drop=True
                )
                for country, frame in frames.items()
            }
    return Countable(frames, 0 if WITHDRAWN in uncounted else sum(gone), frozenset(uncounted))


def _period(frame: pd.DataFrame) -> str:
    """First and last day on which an answer came in, as ``2026-09-14/2026-10-25``; empty where no moment was kept."""
    days = frame["submitted"].dropna().str[:10]
    return f"{days.min()}/{days.max()}" if len(days) else ""


def _weeks(submitted: pd.Series) -> Iterator[Row]:
    """Count what came in week by week, each named by its Monday; weeks in which nothing came stand between."""
    days = pd.to_datetime(submitted.dropna().str[:10], errors="coerce").dropna()
    if days.empty:
        return
    mondays = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    counts = mondays.value_counts()
    for monday in pd.date_range(mondays.min(), mondays.max(), freq="7D"):
        yield {
            **_count(int(counts.get(monday, 0)), len(submitted), WEEK, monday.date().isoformat()),
            "population": "received",
        }


def described(questionnaire: Questionnaire) -> list[str]:
    """Return the closed questions that say who answered: the population, then what the analysis groups by."""
    eligible = questionnaire.cleaning.eligible
    wanted = [eligible.question] if eligible else []
    wanted += [group for group in questionnaire.groups if group in questionnaire.questions]
    return [name for name in dict.fromkeys(wanted) if questionnaire.questions[name].type == "single"]


def _count(count: int, total: int, by: str = "", group: str = "") -> Row:
    return {
        "indicator": RECEIVED,
        "group_by": by,
        "group": group,
        "estimate": float(count),
        "n": float(total),
        "unit": "answers received",
        "method": "count",
        "estimand": "answers received, before any is excluded",
    }


def _order(study: Study, variable: str) -> Sequence[str]:
    questions = study.questionnaire.questions
    return questions[variable].codes if variable in questions else ()


def _counts(frame: pd.DataFrame, variable: str, order: Sequence[str]) -> Iterator[Row]:
    """Count each code, in the questionnaire's order, what was not given last; nothing where nobody gave any."""
    counts = frame[variable].astype("str").fillna(NOT_GIVEN).value_counts()
    if set(counts.index) == {NOT_GIVEN}:
        return
    for group in [*(order or sorted(set(counts.index) - {NOT_GIVEN})), NOT_GIVEN]:
        if group in counts:
            yield _count(int(counts[group]), len(frame), variable, group)


def _completeness(frame: pd.DataFrame, questionnaire: Questionnaire) -> Iterator[Row]:
    for module, questions in questionnaire.questions_by_module().items():
        wanted = [question for question in questions if questionnaire.questions[question].type != "text"]
        if not wanted:
            continue
        applies = pd.DataFrame({question: asked(frame, questionnaire, question) for question in wanted})
        answered = frame[wanted].notna() & applies
        share = 100 * answered.sum(axis=1) / applies.sum(axis=1).where(applies.sum(axis=1) > 0)
        yield {
            "indicator": COMPLETENESS,
            "group_by": "module",
            "group": module,
            "estimate": float(share.mean()),
            "n": float(share.notna().sum()),
            "unit": "%",
            "method": "mean of persons",
            "estimand": "share of the questions asked that were answered",
        }


def _duration(minutes: pd.Series) -> Row:
    return {
        "indicator": DURATION,
        "estimate": float(minutes.median()),
        "n": float(len(minutes)),
        "unit": "minutes",
        "method": "median",
        "estimand": "time between opening and sending the form",
    }


def _warnings(country: str, frame: pd.DataFrame) -> Iterator[Row]:
    notes = frame.attrs.get("crosswalk", {})
    for kind in ("unused", "unnamed"):
        if notes.get(kind):
            yield {
                "indicator": CROSSWALK,
                "group_by": "warning",
                "group": kind,
                "estimate": float(len(notes[kind])),
                "unit": "entries",
                "method": "count",
                "caveat": f"{country}: " + "; ".join(notes[kind]),
            }
    if frame.attrs.get("unmatched"):
        yield {
            "indicator": CROSSWALK,
            "group_by": "warning",
            "group": "unmatched",
            "estimate": float(frame.attrs["unmatched"]),
            "unit": "entries",
            "method": "count",
            "caveat": f"{country}: tokens of withdrawn.csv that met no answer",
        }
