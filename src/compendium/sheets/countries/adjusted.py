"""Country means beside what they would be with people composed alike, and beside what is left when they borrow strength."""

from __future__ import annotations

import pandas as pd

from ...comparison import CELLS, DIFFERENCE, SHRUNKEN, SPREAD, STANDARDISED
from ...comparison.standardisation import FEWEST
from ...comparison.standardised_rows import BY
from ...figures.pairs import pairs
from ...persons import POINTS
from ...tables import Table
from ...wording import NO_VALUE, interval, note, value, withheld
from ..base import Several, several
from ..factsheet import Sentence, folded
from .page import Sheet


def composition(sheet: Sheet) -> Several | Sentence:
    """Draw each country's mean scores as answered and with people composed alike; say to what, and what could not be."""
    t = sheet.t
    rows = sheet.rows(method=STANDARDISED)
    if rows.loc[rows["estimand"] == "mean", "estimate"].isna().all():
        return Sentence(t("Nothing is adjusted: the study names no composition, or no mean may be compared."))
    to = rows["reference_group"].iloc[0].split(BY)
    title = t("Mean scores as answered, and with people composed alike in every country")
    shares = _differences(sheet, rows)
    figure = pairs(
        _beside(sheet, rows[rows["estimand"] == "mean"]),
        first="mean", second=STANDARDISED, places=sheet.places, t=t, title=title, label=sheet.label, focus=sheet.focus,
    )  # fmt: skip
    return several(Sentence(f"{_moved(sheet)} {_to_what(sheet, to)}"), folded(figure, t), folded(shares, t))


def _beside(sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the means as answered of the same measures and countries before them."""
    known = set(zip(rows["indicator"], rows["country"], strict=True))
    means = sheet.rows(method="mean", group_by="")
    kept = [pair in known for pair in zip(means["indicator"], means["country"], strict=True)]
    return pd.concat([means[kept], rows], ignore_index=True)


def _moved(sheet: Sheet) -> str:
    """Say which mean score moves most."""
    t = sheet.t
    rows = sheet.rows(method=STANDARDISED, estimand="mean")
    rows = rows[rows["country"] == sheet.focus] if sheet.focus else rows
    means = sheet.rows(method="mean", group_by="").set_index(["indicator", "country"])["estimate"]
    moves = rows.set_index(["indicator", "country"])["estimate"] - means.reindex(
        pd.MultiIndex.from_frame(rows[["indicator", "country"]])
    )
    if moves.isna().all():
        return t("No mean score can be adjusted.")
    measure, country = moves.abs().idxmax()
    return t(
        "The mean score that moves most, when the people are composed alike, moves by {points} points: {measure}, {country}.",
        points=t.number(moves[measure, country], 1),
        measure=sheet.label("indicator", measure),
        country=sheet.label("country", country),
    )


def _to_what(sheet: Sheet, to: list[str]) -> str:
    t = sheet.t
    cells = sheet.rows(method=CELLS)
    most = {group: own["estimate"].max() for group, own in cells.groupby("group")}
    least = {group: own["estimate"].min() for group, own in cells.groupby("group")}

    def between(group: str) -> str:
        low, high = t.number(int(least[group])), t.number(int(most[group]))
        return low if low == high else t("{low} to {high}", low=low, high=high)

    said = [
        t(
            "Adjusted to the composition of all countries together, each counting the same, by: {variables}; who did not "
            "say counts as a group of their own.",
            variables=sheet.variables(to),
        ),
        t(
            "Depending on the measure, {used} cells are made alike. A combination with fewer than {fewest} people in some "
            "country was taken together with the next one, so that nobody is left out: {merged} of the cells hold several; "
            "{empty} combinations had nobody in some country.",
            used=between("used"),
            merged=between("merged"),
            empty=between("empty"),
            fewest=t.number(FEWEST),
        ),
        t(
            "Not adjusted: everything else in which the people of the countries may differ. Those who answered are composed "
            "alike, which does not make them stand for everybody."
        ),
    ]
    return " ".join(said)


def _differences(sheet: Sheet, standardised: pd.DataFrame) -> Table:
    """List differences from the other countries as answered and with people composed alike."""
    t = sheet.t
    rows = sheet.rows(method=DIFFERENCE)
    rows = rows[(rows["country"] == sheet.focus)] if sheet.focus else rows
    by = {(row.indicator, row.country, row.unit, row.group_by): row for row in rows.itertuples()}
    answered = rows[rows["group_by"] == ""]
    shown = []
    for row in answered.itertuples():
        like = by.get((row.indicator, row.country, row.unit, STANDARDISED))
        if like is not None:
            cells = [_cell(one, sheet) for one in (row, like)]
            kind = t("mean score") if row.unit == POINTS else t("share exposed")
            names = [sheet.label("indicator", row.indicator), kind, sheet.label("country", row.country)]
            shown.append([*names, *cells])
    columns = [
        t("Measure"),
        t("Quantity"),
        t("Country"),
        t("Points from the other countries, as answered"),
        t("Points from the other countries, people composed alike"),
    ]
    return Table(
        pd.DataFrame(shown, columns=columns),
        t("Differences between countries, as answered and with people composed alike"),
        t,
        row_headers=3,
        note=f"{t('No verdict is given on adjusted differences: they are not tested.')} {note(standardised, t, sheet.label)}",
    )


def _cell(row: object, sheet: Sheet) -> str:
    hidden = withheld(row, sheet.t)
    if hidden:
        return hidden
    middle = value(row.estimate, 1, sheet.t)  # type: ignore[attr-defined]
    ends = interval(row, 1, sheet.t)
    return middle if ends == NO_VALUE else f"{middle} ({ends})"


def shrunken(sheet: Sheet) -> Several | Sentence:
    """Draw each country's mean scores as answered and drawn towards the common mean, with the spread between countries."""
    t = sheet.t
    rows = sheet.rows(method=SHRUNKEN)
    if rows.empty:
        return Sentence(t("No spread between countries can be estimated: three that may be compared are needed."))
    title = t("Mean scores as answered, and drawn towards the mean of the countries")
    figure = pairs(
        _beside(sheet, rows), first="mean", second=SHRUNKEN, places=sheet.places, t=t, title=title, label=sheet.label,
        focus=sheet.focus,
    )  # fmt: skip
    said = t(
        "A mean that rests on few or scattered answers is drawn further. How much countries differ at all is itself poorly "
        "known from {n} countries: the interval of each drawn mean holds that doubt, and the table shows how wide it is.",
        n=t.number(rows["country"].nunique()),
    )
    return several(Sentence(said), folded(figure, t), folded(_spread(sheet), t))


def _spread(sheet: Sheet) -> Table:
    t, rows = sheet.t, sheet.rows(method=SPREAD)
    table = pd.DataFrame(
        {
            t("Measure"): [sheet.label("indicator", code) for code in rows["indicator"]],
            t("Standard deviation between countries, points"): [value(one, 1, t) for one in rows["estimate"]],
            t("95% interval"): [NO_VALUE if row.suppressed else interval(row, 1, t) for row in rows.itertuples()],
        }
    )
    said = t(
        "Standard deviation by restricted maximum likelihood; interval from a flat prior on it, which leans to the large "
        "side where countries are few."
    )
    caption = t("How much the countries differ, beyond the chance of who answered")
    return Table(table, caption, t, note=f"{said} {note(rows, t, sheet.label)}")
