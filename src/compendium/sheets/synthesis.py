"""Bring the rooms together for the pooled countries: what stands out, what protects, what is not known.

Every sentence is made from results that passed the gate; a number stands with its interval and its n, or is not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import chain
from typing import Any

import pandas as pd

from .. import results
from ..comparison import DIFFERENCE
from ..invariance.axes import COUNTRY
from ..persons import POINTS
from ..study.context import BRANCHES, COVERAGE, Context
from ..tables import Table
from ..text import Catalogue
from ..typology import PROFILE
from ..wording import interval, value
from . import countries, invariance, profiles
from .factsheet import Sentence
from .factsheet import Sheet as FactSheet

STATUSES = "legal statuses"


@dataclass(frozen=True, repr=False)
class Points:
    """A list of sentences."""

    sentences: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in self.sentences)}</ul>"


def highlights(sheet: countries.Sheet, groups: profiles.Sheets) -> Points | Sentence:
    """Say in a few sentences what stands out in the answers of all countries together.

    Parameters
    ----------
    sheet : countries.Sheet
        The compared answers of the pooled unit.
    groups : tuple of profiles.Sheet
        The profiles of each population.
    """
    said = [
        *chain.from_iterable(_profile(sheet, group) for group in groups),
        *_exposure(sheet),
        *_spread(sheet),
        *_competence(sheet),
    ]
    return (
        Points(tuple(said))
        if said
        else Sentence(sheet.t("Nothing of this study may be said for all countries together."))
    )


def _profile(sheet: countries.Sheet, group: profiles.Sheet) -> Iterator[str]:
    row = _extreme(group.rows(PROFILE, country=sheet.pooled))
    if row is None or row.group not in profiles.trusted(group):
        return  # a profile that does not come back gets no name here
    said = sheet.t(
        "The most frequent of {n} profiles is “{name}”: {number} of the people who have a profile.",
        n=len(group.names), name=group.names[row.group], number=_number(row, sheet.t, percent=True),
    )  # fmt: skip
    yield f"{group.title}: {said}" if group.title else said


def _exposure(sheet: countries.Sheet) -> Iterator[str]:
    families = [m.id for m in sheet.study.questionnaire.measures.values() if m.family]
    rows = sheet.rows(method="share", country=sheet.pooled)
    rows = rows[rows["indicator"].isin(families) & (rows["group_by"] == "")]
    high, low = _extreme(rows), _extreme(rows, largest=False)
    if high is not None and low is not None and high.indicator != low.indicator:
        yield sheet.t(
            "All countries together, most people are exposed to “{high}”: {most}; fewest to “{low}”: {least}.",
            high=sheet.label("indicator", high.indicator), most=_number(high, sheet.t, percent=True),
            low=sheet.label("indicator", low.indicator), least=_number(low, sheet.t, percent=True),
        )  # fmt: skip


def _spread(sheet: countries.Sheet) -> Iterator[str]:
    """Name the difference between countries that lies furthest beyond chance, or say that none does."""
    rows = sheet.rows(method=DIFFERENCE, unit=POINTS)  # of scores; shares of exposed people have points of their own
    rows = rows[rows["p_adjusted"].notna()]  # differences among people composed alike are not tested
    if rows.empty:
        return
    beyond = rows[rows["p_adjusted"] < 0.05]
    if beyond.empty:
        yield sheet.t("Between countries, no difference in the means that may be compared lies beyond chance.")
        return
    row = beyond.iloc[int(beyond["estimate"].abs().argmax())]
    yield sheet.t(
        "The largest difference that lies beyond chance: {country} on “{measure}”, {number} points of 100 from the mean "
        "of the other countries ({n} such differences of means among {all} tested).",
        country=sheet.label("country", row["country"]), measure=sheet.label("indicator", row["indicator"]),
        number=_number(row, sheet.t), n=len(beyond), all=len(rows),
    )  # fmt: skip


def _competence(sheet: countries.Sheet) -> Iterator[str]:
    row = _extreme(sheet.rows(indicator="competence_gap", country=sheet.pooled))
    if row is not None and row.ci_low > 0:
        yield sheet.t(
            "The competence whose importance most exceeds its mastery is “{name}”: {number} points of 100.",
            name=sheet.label("group", row.group), number=_number(row, sheet.t),
        )  # fmt: skip


def _extreme(rows: pd.DataFrame, *, largest: bool = True) -> Any:
    known = rows[rows["estimate"].notna() & ~rows["suppressed"]].sort_values("estimate", kind="stable")
    if known.empty:
        return None
    return next(known.iloc[[-1 if largest else 0]].itertuples(index=False))


def _number(row: Any, t: Catalogue, *, percent: bool = False) -> str:
    shown = t.percent(row.estimate) if percent else value(row.estimate, 1, t)
    return t(
        "{value} (95% interval {interval}, n = {n})",
        value=shown,
        interval=interval(row, 0 if percent else 1, t),
        n=value(row.n, 0, t),
    )


def protection_counts(context: Context, places: list[str]) -> pd.DataFrame:
    """Count the legal statuses of each country by branch of social protection and how far it covers them.

    Returns
    -------
    pandas.DataFrame
        Results, origin ``context``: ``indicator`` the branch, ``group`` the cover, ``unit`` legal statuses (of which the
        sources hold some, so a count says nothing about how many people each covers). Confidence is ``to verify``
        where the column is a first draft.
    """
    rows = []
    for place in places:
        own = context.statuses[context.statuses["country"] == place]
        for branch in BRANCHES if len(own) else ():
            confidence = "to verify" if branch in context.draft else "sourced"
            rows += [
                {"country": place, "indicator": branch, "group_by": "cover", "group": code, "confidence": confidence,
                 "estimate": float((own[branch] == code).sum()), "unit": STATUSES, "method": "count"}
                for code in COVERAGE
            ]  # fmt: skip
    return results.make(rows, origin="context", estimand="legal statuses known to the study")


def protection(facts: FactSheet) -> Table | Sentence:
    """Show for each country how many of the statuses known to the study each branch covers."""
    t = facts.t
    found = protection_counts(facts.context, list(facts.places))
    if found.empty:
        return Sentence(t("On this subject there are no facts in our sources."))
    branches = {
        "unemployment": t("unemployment"),
        "sickness": t("sickness"),
        "pension": t("pension"),
        "work_accident": t("work accident"),
        "maternity": t("maternity"),
    }
    rows = []
    for place, own in found.groupby("country", sort=False):
        row = {t("Country"): facts.label("country", str(place))}
        for branch, name in branches.items():
            by = dict(
                zip(
                    own.loc[own["indicator"] == branch, "group"],
                    own.loc[own["indicator"] == branch, "estimate"],
                    strict=True,
                )
            )
            said = {code: t.number(by[code]) for code in COVERAGE}
            row[name] = t("{yes} yes, {partial} partial, {no} no", **said)
            if by["unknown"]:
                row[name] = t("{cover}, {unknown} unknown", cover=row[name], **said)
        rows.append(row)
    return Table(
        pd.DataFrame(rows),
        t("How many of the legal statuses known to the study each branch covers"),
        t,
        note=t(
            "Counts of statuses, not of people: a status that few people have counts as much as one that many have. "
            "The cells are a first draft that each partner is still to check."
        ),
    )


def not_known(sheet: countries.Sheet, verdicts: invariance.Sheet, facts: FactSheet) -> Points:
    """List what this study cannot say: scales that may not be compared, what nobody was asked, facts to verify, gaps."""
    t, questionnaire = sheet.t, sheet.study.questionnaire
    said = []
    first = verdicts.verdicts[verdicts.verdicts["axis"] == COUNTRY].drop_duplicates("measure")
    said += [
        t(
            "Whether countries differ on “{scale}”: {reason}.",
            scale=verdicts.measure(row.measure),
            reason=invariance.why(row.verdict, row.reason, t),
        )
        for row in first[first["verdict"] != "means"].itertuples(index=False)
    ]
    measured = {measure.family for measure in questionnaire.measures.values()}
    said += [
        t("“{family}”: no question of this study asks about it.", family=t.pick(family.label))
        for code, family in questionnaire.families.items()
        if code not in measured
    ]
    statuses = facts.context.statuses[facts.context.statuses["country"].isin(facts.places)]
    open_rows = int((statuses["confidence"] == "to verify").sum())
    if open_rows:
        said.append(
            t(
                "Which branch covers which status: {n} of {all} statuses are still to verify, and the cover of every status is a first draft.",
                n=t.number(open_rows),
                all=t.number(len(statuses)),
            )
        )
    missing = [place for place in facts.places if not facts.context.has(place)]
    if missing:
        said.append(
            t(
                "Anything published on {countries}: no facts in our sources.",
                countries=t.join([facts.label("country", code) for code in missing]),
            )
        )
    said += [
        t("{gap}: not in our sources.", gap=t.pick(gap.what))
        for gap in facts.context.gaps
        if not gap.places or gap.places & set(facts.places)
    ]
    return Points(tuple(said) or (t("Nothing is marked as missing."),))
