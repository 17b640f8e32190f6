"""Show what was answered: how answers and scores are spread, who stands at the ends of a score, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from ..figures.base import Figure
from ..figures.stacked import stacked
from ..measurement import names
from ..study.questionnaire import Measure
from ..tables import Table
from ..wording import NO_VALUE, Label
from .factsheet import Sentence
from .measurement import Sheet, nothing, number


@dataclass(frozen=True, repr=False)
class Folds:
    """Figures behind one disclosure element each, the first one open."""

    figures: tuple[tuple[str, Figure], ...]

    def __repr__(self) -> str:
        return "\n".join(repr(figure) for _, figure in self.figures)

    def _repr_html_(self) -> str:
        return "".join(
            f"<details{' open' if at == 0 else ''}><summary>{escape(name)}</summary>{figure._repr_html_()}</details>"
            for at, (name, figure) in enumerate(self.figures)
        )


def answers(sheet: Sheet) -> Folds | Sentence:
    """Draw how the answers to each question are spread, measure by measure."""
    t, shown = sheet.t, []
    if not sheet.measures:
        return nothing(sheet)
    for measure in sheet.measures:
        rows = sheet.rows(group_by=names.ANSWER)
        rows = rows[rows["indicator"].isin(measure.items)]
        name = sheet.label("indicator", measure.id)
        title = t("{measure}: the answers to each question, among those who gave one", measure=name)
        shown.append(
            (name, stacked(rows, y="indicator", pieces="group", t=t, title=title, label=_answers_of(sheet, measure)))
        )
    return Folds(tuple(shown))


def spread(sheet: Sheet) -> Figure | None:
    """Draw how the scores of each measure are spread over their range."""
    rows = sheet.rows(group_by=names.BAND)
    if rows.empty:
        return None
    title = sheet.t("How the scores of each measure are spread, in points from 0 to 100")
    return stacked(rows, y="indicator", pieces="group", t=sheet.t, title=title, label=sheet.label)


def ends(sheet: Sheet) -> Table | None:
    """Show who stands at the ends of each score, and how much of a measure does not apply or stays unanswered."""
    t, shown = sheet.t, []
    if not sheet.measures:
        return None
    for measure in sheet.measures:
        at_ends = sheet.rows(indicator=measure.id)
        at_ends = at_ends[at_ends["group_by"].isin((names.FLOOR, names.CEILING))].set_index("group")
        without = sheet.rows(indicator=measure.id, group_by=names.ANSWERED).set_index("group")
        cells = {
            t("At the lowest score"): at_ends.loc[names.FLOOR],
            t("At the highest score"): at_ends.loc[names.CEILING],
            t("Does not apply"): without.loc["not_applicable"] if "not_applicable" in without.index else None,
            t("Not answered"): without.loc["not_answered"] if "not_answered" in without.index else None,
        }
        shown.append(
            {
                t("Measure"): sheet.label("indicator", measure.id),
                **{name: NO_VALUE if row is None else number(row, t, 0) for name, row in cells.items()},
                t("Tells people apart"): _ends_in_words(sheet, measure, at_ends),
            }
        )
    said = t(
        "The first two: share of persons, in %; the next two: share of the questions asked, on average over persons, in %. "
        "In brackets: 95% intervals. With {crowded} or more at one end a score cannot tell people apart there (Terwee and "
        "others 2007, to verify). Too few people: fewer than may be shown stand there, or nobody.",
        crowded=t.percent(names.CROWDED),
    )
    return Table(pd.DataFrame(shown), t("The ends of each score, and what is missing from it"), t, note=said)


def _answers_of(sheet: Sheet, measure: Measure) -> Label:
    def label(column: str, code: str) -> str:
        return sheet.fallback(measure.items[0], code) if column == "group" else sheet.label(column, code)

    return label


def _ends_in_words(sheet: Sheet, measure: Measure, at_ends: pd.DataFrame) -> str:
    """Say where a score tells people apart; a withheld end counts as free where so few cannot crowd it."""
    t = sheet.t
    scored = sheet.rows(indicator=measure.id, group_by=names.BAND)["n"].max()
    least = sheet.study.disclosure.minimum_cell
    # Withheld ends have fewer persons than the minimum, or all but so few: then every band is withheld, and n with it.
    shares = at_ends["estimate"].fillna(100 * least / scored)
    if shares.isna().any() or (at_ends["suppressed"] & (shares >= names.CROWDED)).any():
        return t("cannot be told")
    crowded = shares >= names.CROWDED
    if crowded.all():
        return t("at neither end")
    if crowded[names.FLOOR]:
        return t("not at the low end")
    return t("not at the high end") if crowded[names.CEILING] else t("over the whole range")
