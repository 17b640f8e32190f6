"""Show what would read otherwise had everybody answered: estimates from filled-in answers beside those of who answered."""

from __future__ import annotations

import pandas as pd

from ..diagnosis.associations import ASSOCIATION
from ..diagnosis.correlates import DIFFERENCE
from ..diagnosis.imputed import DUE_TO_GAPS, IMPUTATIONS, IMPUTED, REACH, TIPPING
from ..tables import Table
from ..text import Catalogue
from ..wording import NO_VALUE, note, withheld
from .factsheet import Sentence
from .outcomes import absent
from .risks import Sheet


def side_by_side(sheet: Sheet, outcome: str) -> Table | None:
    """Set the estimates of those who answered beside those from filled-in answers; nothing where nothing is filled in."""
    outcome = sheet.outcome(outcome)
    t, pairs = sheet.t, _beside(sheet, outcome)
    if not pairs:
        return None
    lines, apart = [], {}
    for at, (row, filled) in enumerate(pairs):
        by, group = row["group_by"], row["group"]
        digits = 2 if by == "exposure" else 1
        if row["comparable"] == "no":
            apart[at] = sheet.label("reason", row["reason"])
        line = {
            t("What it is about"): t("Exposure, in standard deviations")
            if by == "exposure"
            else t("Status, in points"),
            t("Group"): sheet.label_of(by)("group", group),
            t("Those who answered"): _with_interval(row, digits, sheet),
            t("As if all asked had"): _with_interval(filled, digits, sheet),
            t("Reads"): _reading(row, filled, t),
            t("Shift that would change it"): _tipping(sheet, outcome, filled),
        }
        lines.append(line)
    frame, shift = pd.DataFrame(lines), t("Shift that would change it")
    if (frame[shift] == NO_VALUE).all():  # nobody's outcome was filled in
        frame = frame.drop(columns=shift)
    caption = t("{measure}: those who answered, and as if all asked had", measure=sheet.label("indicator", outcome))
    return Table(frame, caption, t, row_headers=2, set_apart=apart, note=_how_filled(sheet, outcome))


def what_would_change(sheet: Sheet, outcome: str) -> Sentence:
    """Say in words which conclusions would read otherwise had everybody asked answered, and how much rests on it."""
    outcome = sheet.outcome(outcome)
    t, pairs = sheet.t, [pair for pair in _beside(sheet, outcome) if _is_shown(*pair) and _may_be_read(*pair)]
    if not set(sheet.rows(indicator=outcome)["method"]) & {ASSOCIATION, DIFFERENCE}:
        return absent(sheet, outcome)
    if not pairs:
        return Sentence(
            t("Nothing is shown here: fewer persons left a gap in what counts than may be shown, or nobody did.")
        )
    changed = [sheet.label_of(row["group_by"])("group", row["group"]) for row, new in pairs if _side(row) != _side(new)]
    said = [
        t(
            "Had everybody who was asked answered everything, {names} would read otherwise, as far as the answers given "
            "can tell: an interval that leaves out nought would hold it, or the reverse.",
            names=t.join([f"“{name}”" for name in changed]),
        )
        if changed
        else t(
            "Had everybody who was asked answered everything, none of the {n} estimates would read otherwise, as far as "
            "the answers given can tell.",
            n=t.number(len(pairs)),
        )
    ]
    said.append(
        t(
            "Estimates move by at most {share} of the distance from an estimate to the end of its interval.",
            share=t.percent(100 * max(_move(*pair) for pair in pairs)),
        )
    )
    due = sheet.rows(indicator=outcome, method=DUE_TO_GAPS)["estimate"].max()
    if pd.notna(due):
        said.append(
            t("At most {share} of the uncertainty of an estimate comes from missing answers.", share=t.percent(due))
        )
    tipping = sheet.rows(indicator=outcome, method=TIPPING)
    if tipping.empty:
        said.append(
            t(
                "Nobody who was asked about it left it out, so nothing is to be shifted. Who did not agree to be asked is "
                "not filled in: whether those differ, no answer here can tell."
            )
        )
    return Sentence(" ".join(said))


def _beside(sheet: Sheet, outcome: str) -> list[tuple[pd.Series, pd.Series]]:
    """Return each estimate of those who answered with its like from filled-in answers, where there is one."""
    rows = sheet.rows(indicator=outcome)
    answered = rows[rows["method"].isin((ASSOCIATION, DIFFERENCE))]
    filled = {(row["group_by"], row["group"]): row for _, row in rows[rows["method"] == IMPUTED].iterrows()}
    both = [(row, filled.get((row["group_by"], row["group"]))) for _, row in answered.iterrows()]
    return [(row, like) for row, like in both if like is not None]


def _is_shown(*rows: pd.Series) -> bool:
    return not any(row["suppressed"] for row in rows)


def _may_be_read(*rows: pd.Series) -> bool:
    return all(row["comparable"] == "yes" for row in rows)


def _side(row: pd.Series) -> int:
    """Return on which side of nought an interval lies; 0 where it holds nought."""
    return int(row["ci_low"] > 0) - int(row["ci_high"] < 0)


def _move(row: pd.Series, filled: pd.Series) -> float:
    """Return how far filling in moves an estimate, as a share of half its interval."""
    return float(abs(filled["estimate"] - row["estimate"]) / ((row["ci_high"] - row["ci_low"]) / 2))


def _with_interval(row: pd.Series, digits: int, sheet: Sheet) -> str:
    t = sheet.t
    return withheld(row, t) or t(
        "{estimate} ({interval})",
        estimate=t.number(row["estimate"], digits),
        interval=t.interval(row["ci_low"], row["ci_high"], digits),
    )


def _reading(row: pd.Series, filled: pd.Series, t: Catalogue) -> str:
    if not _is_shown(row, filled):
        return ""
    before, after = _side(row), _side(filled)
    if before == after:
        return t("alike")
    if after == 0:
        return t("otherwise: the interval would hold nought")
    return t("otherwise: the interval would leave out nought")


def _tipping(sheet: Sheet, outcome: str, filled: pd.Series) -> str:
    t = sheet.t
    rows = sheet.rows(indicator=outcome, group_by=filled["group_by"], group=filled["group"], method=TIPPING)
    if rows.empty or filled["suppressed"] or rows["suppressed"].iloc[0]:
        return NO_VALUE
    points = rows["estimate"].iloc[0]
    if pd.isna(points):
        return t("none up to {n} points", n=t.number(REACH))
    return t("{n} points more", n=t.number(points)) if points > 0 else t("{n} points less", n=t.number(-points))


def _how_filled(sheet: Sheet, outcome: str) -> str:
    t, times = sheet.t, sheet.rows(indicator=outcome, method=IMPUTATIONS)["estimate"].max()
    asked = sheet.rows(indicator=outcome, method=IMPUTATIONS)["n"].max()
    said = [
        t("Persons asked: {n}.", n=t.number(asked)) if pd.notna(asked) else "",
        t(
            "Estimate with its 95% interval. What a person left out was filled in {m} times over with the answers of "
            "persons alike, and the results pooled (multiple imputation, chained equations, Rubin’s rules).",
            m=t.number(times),
        ),
        t(
            "Nothing is filled in for who was not asked, did not agree to be asked, or whom a question does not apply to."
        ),
        t("The estimates of those who answered lead on this page; the others show how far they rest on who answered."),
    ]
    if not sheet.rows(indicator=outcome, method=TIPPING).empty:
        said.append(
            t(
                "Shift: how many points more, or less, those who did not answer would have to have than persons alike who "
                "did, before an estimate reads otherwise."
            )
        )
    return " ".join([*filter(None, said), note(sheet.rows(indicator=outcome, method=IMPUTED), t, sheet.label)])
