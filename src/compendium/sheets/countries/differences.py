"""How each country differs from the others, and what may be said of it: different, equivalent, undecided."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...comparison import DIFFERENCE, DIFFERENT, EFFECT, EQUIVALENCE, EQUIVALENT, FAMILY, MARGIN, RANK, SMALL, UNDECIDED
from ...comparison.groups import SHARE_POINTS
from ...persons import POINTS
from ...tables import Table
from ...wording import NO_VALUE, interval, note, value, withheld
from ..base import Several, Shown, several
from ..factsheet import Sentence, folded
from .page import Sheet


def tested(sheet: Sheet) -> Several | Sentence:
    """Say how many comparisons showed what, then list them: mean scores, and shares of people exposed behind a line.

    Parameters
    ----------
    sheet : Sheet
        The page.

    Returns
    -------
    Several or Sentence
        On the page of a country its own mean scores lie open; the long table of all countries is behind a line too.
    """
    means, shares = differences(sheet), differences(sheet, SHARE_POINTS)
    if isinstance(means, Sentence) and isinstance(shares, Sentence):
        return means
    parts: list[Shown] = [Sentence(_counted(sheet))]
    if sheet.focus is None and isinstance(means, Table):
        parts.append(_grid(sheet))
    parts.append(means if sheet.focus else folded(means, sheet.t))
    if isinstance(shares, Table):
        parts.append(folded(shares, sheet.t))
    return several(*parts)


def _rows(sheet: Sheet, method: str) -> pd.DataFrame:
    rows = sheet.rows(method=method, group_by="")
    return rows[rows["country"] == sheet.focus] if sheet.focus else rows


def _counted(sheet: Sheet) -> str:
    """Count the verdicts of the page, and the tests that they were adjusted for."""
    t, rows = sheet.t, _rows(sheet, DIFFERENCE)
    found = rows["flag"].where(~rows["suppressed"]).value_counts()
    codes = (DIFFERENT, EQUIVALENT, UNDECIDED, *((SMALL,) if SMALL in found else ()))
    said = [f"{sheet.label('flag', code)} ({t.number(int(found.get(code, 0)))})" for code in codes]
    family = sheet.rows(method=FAMILY)["estimate"]
    return t(
        "{n} comparisons of a country with the others: {counts}. Undecided means that the answers show neither a "
        "difference nor that there is none. All {tests} tests of the wave, on the pages of all countries, are adjusted "
        "together: in at most 5 of 100 such surveys would even one of these statements be wrong.",
        n=t.number(int(found.sum())),
        counts=t.join(said),
        tests=t.number(int(family.iloc[0])) if len(family) and pd.notna(family.iloc[0]) else NO_VALUE,
    )


def _grid(sheet: Sheet) -> Table:
    """Lay out the verdicts on all countries: measures by countries, each cell with its points and the verdict in words."""
    t, rows = sheet.t, _rows(sheet, DIFFERENCE)
    rows = rows[rows["unit"] == POINTS]
    by = {(row.indicator, row.country): row for row in rows.itertuples()}
    measures = list(rows["indicator"].drop_duplicates())
    table = pd.DataFrame({t("Measure"): [sheet.label("indicator", one) for one in measures]})
    for code in sheet.places:
        if (rows["country"] == code).any():
            table[sheet.label("country", code)] = [_said(by.get((one, code)), sheet) for one in measures]
    caption = t("Points of each country from the mean of the others, and the verdict")
    said = t("How each verdict was reached stands in the table behind the next line.")
    return Table(table, caption, t, note=f"{said} {note(rows, t, sheet.label)}")


def _said(row: Any, sheet: Sheet) -> str:
    if row is None:
        return NO_VALUE
    hidden = withheld(row, sheet.t)
    return hidden or f"{value(row.estimate, 1, sheet.t)}, {sheet.label('flag', row.flag)}"


def differences(sheet: Sheet, unit: str = POINTS) -> Table | Sentence:
    """List how far the country of the page (or each country) lies from the others' mean, how sure and how large that is.

    Parameters
    ----------
    sheet : Sheet
        The page.
    unit : str
        Points of 100 for mean scores, percentage points for shares of people exposed.

    Returns
    -------
    Table or Sentence
        One row a measure and country, with the verdict in words.
    """
    t = sheet.t
    rows = _rows(sheet, DIFFERENCE)
    rows = rows[rows["unit"] == unit]
    if rows.empty:
        return Sentence(t("No mean of this study may be compared between countries, so no difference is given."))
    effects, equal, ranks = (_by(sheet, method, unit) for method in (EFFECT, EQUIVALENCE, RANK))
    keys = [(row.indicator, row.country) for row in rows.itertuples()]
    is_score = unit == POINTS
    table = pd.DataFrame(
        {
            t("Measure"): [sheet.label("indicator", code) for code in rows["indicator"]],
            **({} if sheet.focus else {t("Country"): [sheet.label("country", code) for code in rows["country"]]}),
            t("Verdict"): [NO_VALUE if row.suppressed else sheet.label("flag", row.flag) for row in rows.itertuples()],
            t("Points from the mean of the other countries"): [
                withheld(row, t) or value(row.estimate, 1, t) for row in rows.itertuples()
            ],
            t("95% interval"): [NO_VALUE if row.suppressed else interval(row, 1, t) for row in rows.itertuples()],
            t("Effect size g (95% interval)") if is_score else t("Effect size h (95% interval)"): [
                _with_interval(effects.get(key), 2, sheet) for key in keys
            ],
            t("p of a difference, adjusted"): [_p(row, sheet) for row in rows.itertuples()],
            t("p of equivalence, adjusted"): [_p(equal[key], sheet) for key in keys],
            **(
                {t("Rank (95% interval)"): [_with_interval(ranks.get(key), 0, sheet) for key in keys]}
                if is_score
                else {}
            ),
        }
    )
    captions = {
        POINTS: t("Differences between countries, means that may be compared"),
        SHARE_POINTS: t("Differences between countries, shares of people exposed"),
    }
    caption = captions[unit] if sheet.focus is None else f"{captions[unit]} ({sheet.label('country', sheet.focus)})"
    return Table(
        table, caption, t, row_headers=1 if sheet.focus else 2, note=f"{_how(sheet, unit)} {note(rows, t, sheet.label)}"
    )


def _by(sheet: Sheet, method: str, unit: str) -> dict[tuple[str, str], Any]:
    rows = sheet.rows(method=method)
    if method == EFFECT:
        rows = rows[rows["estimand"] == ("Hedges' g" if unit == POINTS else "Cohen's h")]
    elif method == EQUIVALENCE:
        rows = rows[rows["unit"] == unit]
    return {(row.indicator, row.country): row for row in rows.itertuples()}


def _with_interval(row: Any, digits: int, sheet: Sheet) -> str:
    if row is None or row.suppressed:
        return NO_VALUE
    return f"{value(row.estimate, digits, sheet.t)} ({interval(row, digits, sheet.t)})"


def _p(row: Any, sheet: Sheet) -> str:
    if row.suppressed or pd.isna(row.p_adjusted):
        return NO_VALUE
    least = 0.001
    return f"< {sheet.t.number(least, 3)}" if row.p_adjusted < least else sheet.t.number(row.p_adjusted, 3)


def _how(sheet: Sheet, unit: str) -> str:
    t = sheet.t
    margins = sheet.rows(method=MARGIN, unit=unit)["estimate"].dropna()
    widest, narrowest = (t.number(one, 1) for one in (margins.max(), margins.min()))
    said = [
        t(
            "Different: the difference is shown at 5 per cent. Equivalent: it is shown to be smaller than the margin, by two "
            "one-sided tests. Both are adjusted over all comparisons together (Holm, with Shaffer's count: a difference "
            "cannot be nought and beyond the margin at once). The interval of each row is not adjusted."
        )
    ]
    if unit == POINTS:
        said.append(
            t(
                "Margin of the study: {points} points and {sd} standard deviations, whichever is narrower for a scale; here "
                "{narrowest} to {widest} points. Effect size: Hedges' g, the difference in standard deviations.",
                points=t.number(sheet.study.equivalence.points, 1),
                sd=t.number(sheet.study.equivalence.sd, 1),
                narrowest=narrowest,
                widest=widest,
            )
        )
        said.append(
            t(
                "Rank: 1 is the highest mean; in brackets the ranks that the answers leave open, right for all countries "
                "together in 95 of 100 surveys."
            )
        )
    else:
        said.append(
            t(
                "Margin of the study: {points} percentage points. Effect size: Cohen's h, the difference of angles.",
                points=widest,
            )
        )
    return " ".join(said)
