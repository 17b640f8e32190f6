"""Show whether conditions go together with an outcome more, or less, than their sum, and whether resources do so."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.interactions import BUFFER, INTERACTION, LEVELS, LINE, NOT_ASKED, PRODUCT, SLOPE, Term, terms
from ...figures.base import Figure
from ...figures.slopes import slopes
from ...tables import Table
from ...wording import Label, note, withheld
from ..factsheet import Sentence
from ..outcomes import absent, p_value
from ..risks import Sheet
from .words import quoted


def interplay_said(sheet: Sheet, outcome: str) -> Sentence:
    """Say which of the products that were fixed beforehand can be told from nought, and what is left open."""
    outcome = sheet.outcome(outcome)
    t, rows = sheet.t, _products(sheet, outcome, INTERACTION, BUFFER)
    shown = rows[~rows["suppressed"]]
    if shown.empty:
        return absent(sheet, outcome)
    told = shown[shown["p_adjusted"] < 0.05]
    numbers = {"n": t.number(len(shown)), "measure": sheet.label("indicator", outcome).lower()}
    if told.empty:
        widest = float(shown[["ci_low", "ci_high"]].abs().to_numpy().max())
        said = [
            t(
                "None of the {n} products fixed beforehand can be told from nought for {measure}: nothing here speaks against "
                "conditions simply adding up. The intervals leave room for a slope that is steeper or flatter by up to "
                "{size} where the other condition is one standard deviation higher.",
                size=t.number(widest, 2),
                **numbers,
            )
        ]
    else:
        listed = [
            t(
                "{name} ({estimate}, interval {interval})",
                name=quoted(sheet, _name(sheet, row.group)),
                estimate=t.number(row.estimate, 2),
                interval=t.interval(row.ci_low, row.ci_high, 2),
            )
            for row in told.itertuples(index=False)
        ]
        said = [
            t(
                "Of the {n} products fixed beforehand these can be told from nought for {measure}: {names}.",
                names=t.join(listed),
                **numbers,
            )
        ]
    left_out = sheet.rows(indicator=outcome, reason=NOT_ASKED)
    if len(left_out):
        names = t.join([quoted(sheet, _name(sheet, code)) for code in left_out["group"]])
        said.append(t("Not tested, since this study does not ask about both: {names}.", names=names))
    return Sentence(" ".join(said))


def interplay_table(sheet: Sheet, outcome: str) -> Table | None:
    """Show every product of two conditions with the slopes it stands for, and what the literature expects."""
    return _table(sheet, outcome, INTERACTION)


def buffer_table(sheet: Sheet, outcome: str) -> Table | None:
    """Show every product of a resource and an exposure with the slopes it stands for."""
    return _table(sheet, outcome, BUFFER)


def interplay(sheet: Sheet, outcome: str) -> Figure | None:
    """Draw an outcome along one condition, where the other is low and where it is high."""
    t, name = sheet.t, sheet.label("indicator", sheet.outcome(outcome)).lower()
    title = t("Two conditions at once and {measure}: points above or below the average person", measure=name)
    lines = {"low": t("the second condition is low"), "high": t("the second condition is high")}
    return _figure(sheet, outcome, INTERACTION, title, lines)


def buffers(sheet: Sheet, outcome: str) -> Figure | Sentence:
    """Draw an outcome along each exposure, where support is low and where it is high."""
    t, name = sheet.t, sheet.label("indicator", sheet.outcome(outcome)).lower()
    title = t("Exposure, support and {measure}: points above or below the average person", measure=name)
    lines = {"low": t("little of the resource"), "high": t("much of the resource")}
    found = _figure(sheet, outcome, BUFFER, title, lines)
    return found or Sentence(t("This study does not measure support beside exposure and exhaustion: nothing is shown."))


def _figure(sheet: Sheet, outcome: str, kind: str, title: str, lines: dict[str, str]) -> Figure | None:
    outcome = sheet.outcome(outcome)
    codes = list(_products(sheet, outcome, kind)["group"])
    rows = sheet.rows(indicator=outcome, method=LINE)
    rows = rows[rows["group_by"].isin(codes)]
    if rows.empty:
        return None
    reading = sheet.t("Lines that run side by side show no interplay.")
    label = _label(sheet, kind)
    return slopes(rows, steps=list(LEVELS), lines=lines, t=sheet.t, title=title, label=label, reading=reading)


def _table(sheet: Sheet, outcome: str, kind: str) -> Table | None:
    outcome = sheet.outcome(outcome)
    t, rows, known = sheet.t, _products(sheet, outcome, kind), _terms(sheet)
    if rows.empty:
        return None
    expected = {"more": t("steeper"), "less": t("flatter")}
    heads = (
        (t("Slope, second condition low"), t("Slope, second condition high"))
        if kind == INTERACTION
        else (t("Slope, little of the resource"), t("Slope, much of the resource"))
    )
    table = []
    for _, row in rows.iterrows():
        slope = sheet.rows(indicator=outcome, group_by=row["group"], method=SLOPE).set_index("group")
        hidden = withheld(row, t)
        cells = {
            heads[0]: t.number(slope.loc["low", "estimate"], 2),
            heads[1]: t.number(slope.loc["high", "estimate"], 2),
            t("Product"): t.number(row["estimate"], 2),
            t("95% interval"): t.interval(row["ci_low"], row["ci_high"], 2),
            t("p, adjusted for several tests"): p_value(row["p_adjusted"], t),
            t("Expected"): expected[known[row["group"]].expected],
            t("n"): t.number(row["n"]),
        }
        name = (
            {t("Exposure"): sheet.label("indicator", known[row["group"]].exposure)}
            if kind == BUFFER
            else {t("Exposure and second condition"): _name(sheet, row["group"])}
        )
        table.append({**name, **(dict.fromkeys(cells, hidden) if hidden else cells)})
    measure = sheet.label("indicator", outcome).lower()
    caption = (
        t("Do two conditions go with {measure} more than their sum?", measure=measure)
        if kind == INTERACTION
        else t("Does exposure go with {measure} less where support is high?", measure=measure)
    )
    sources = "; ".join(dict.fromkeys(known[code].source for code in rows["group"]))
    stands_in = [known[code].stands_in for code in rows["group"] if known[code].stands_in]
    how = t(
        "Slope: standard deviations of the outcome for one standard deviation more exposure, where the second condition is one "
        "standard deviation below or above its mean. Product: how much steeper for each standard deviation of the second. "
        "Bent lines of both are taken out first. Where many stand at an end of the scale of answers, that alone can make "
        "slopes differ. p values by Holm over all products of this outcome. Expected by: {sources}.",
        sources=sources,
    )
    if stands_in:
        how += " " + t("The study's own choice: {choices}.", choices="; ".join(map(t.pick, stands_in)))
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def _products(sheet: Sheet, outcome: str, *kinds: str) -> pd.DataFrame:
    rows = sheet.rows(indicator=outcome, method=PRODUCT)
    return rows[rows["group_by"].isin(kinds)]


def _terms(sheet: Sheet) -> dict[str, Term]:
    return {term.id: term for term in terms(sheet.exposures)}


def _name(sheet: Sheet, code: str) -> str:
    term = _terms(sheet)[code]
    if term.label:
        return sheet.t.pick(term.label)
    names = [sheet.label("indicator", one) for one in (term.exposure, term.beside)]
    return sheet.t("{exposure}, with {beside}", exposure=names[0], beside=names[1].lower())


def _label(sheet: Sheet, kind: str) -> Label:
    words = {"low": sheet.t("low"), "average": sheet.t("average"), "high": sheet.t("high")}

    def label(column: str, code: str) -> str:
        if column == "group_by":
            term = _terms(sheet)[code]
            return sheet.label("indicator", term.exposure) if kind == BUFFER else _name(sheet, code)
        if column == "step":
            return words[code]
        if column == "group":
            first, _, second = code.partition("_")
            return sheet.t("{first}, the second {second}", first=words[first], second=words[second])
        return sheet.label(column, code)

    return label
