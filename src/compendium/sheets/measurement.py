"""Show how well the questions of a study measure: how far those of a scale go together, and which one does not fit.

:mod:`.answered` shows what was answered, :mod:`.item_bias` where groups with the same score answer apart. Where a study
measures nothing by several questions the first sentence of each part says so, and the rest of it shows nothing.
"""

from __future__ import annotations

import pandas as pd

from ..figures import intervals
from ..figures.base import Figure
from ..invariance.axes import COUNTRY, LANGUAGE
from ..measurement import names
from ..study.questionnaire import Measure
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from ..wording import NO_VALUE, Label, interval, value, withheld
from .base import UnitSheet
from .factsheet import Folded, Sentence
from .synthesis import Points

TOGETHER = (names.OMEGA, names.ALPHA, names.SPEARMAN_BROWN)
"""What tells how far the questions of a scale go together, the one that is read first at the head."""
IN_WORDS = (names.OMEGA, names.ALPHA, names.ORDINAL_ALPHA, names.SPEARMAN_BROWN)
"""The coefficients that stand beside the words, where a study has them."""
VERDICTS = ("well", "fairly", "poorly", "unknown")


class Sheet(UnitSheet):
    """How well the questions measure, for one page: the product ``measurement``."""

    @property
    def measures(self) -> list[Measure]:
        """Return the measures that somebody answered, in the order of the questionnaire."""
        known = set(self.results.loc[self.results["group_by"] == names.BAND, "indicator"])
        return [measure for measure in self.study.questionnaire.measures.values() if measure.id in known]

    def rows(self, **wanted: str) -> pd.DataFrame:
        """Return the rows with these codes."""
        found = self.results
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    def label(self, column: str, code: str) -> str:
        """Return the text of a code; this room's own words translated."""
        t = self.t
        own = {
            names.OMEGA: t("omega"),
            names.ALPHA: t("alpha"),
            names.SPEARMAN_BROWN: t("Spearman-Brown"),
            "negligible": t("negligible"),
            "moderate": t("moderate"),
            "large": t("large"),
        }
        if column == "group" and code.isdigit():
            return self._band(int(code))
        return own[code] if code in own else self.fallback(column, code)

    def axis(self, code: str) -> str:
        """Return the name of what groups are made by."""
        t, banding = self.t, self.study.questionnaire.banding(code)
        own = {COUNTRY: t("Country"), LANGUAGE: t("Language of the form")}
        name = own.get(code) or (t.pick(banding.label) if banding else t(code.replace("_", " ")))
        return name[:1].upper() + name[1:]

    def _band(self, start: int) -> str:
        ends = {low: high - 1 for low, high in zip(names.BANDS, names.BANDS[1:], strict=False)}
        return self.t.interval(start, ends.get(start, 100))


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, label: Label) -> Sheet:
    """Open the results of measurement for one page."""
    return Sheet(study, unit, results, t, label)


def in_words(sheet: Sheet) -> Points | Sentence:
    """Say which scales go together and how well, which measures are indexes, and what was not measured."""
    t = sheet.t
    if not sheet.measures:
        return nothing(sheet)
    said = []
    found: dict[str, list[str]] = {verdict: [] for verdict in VERDICTS}
    for measure in sheet.measures:
        if measure.kind != "index":
            found[_verdict(_first(sheet, measure))].append(sheet.label("indicator", measure.id))
    sentences = {
        "well": t("Questions that go together well: {names}.", names=t.join(found["well"])),
        "fairly": t("Questions that go together fairly: {names}.", names=t.join(found["fairly"])),
        "poorly": t(
            "Questions that go together poorly: {names}. Read these scores with care, or question by question.",
            names=t.join(found["poorly"]),
        ),
        "unknown": t("It cannot be told whether the questions go together: {names}.", names=t.join(found["unknown"])),
    }
    said += [sentence for verdict, sentence in sentences.items() if found[verdict]]
    indexes = [sheet.label("indicator", measure.id) for measure in sheet.measures if measure.kind == "index"]
    if indexes:
        said.append(t("Indexes, which need not go together: {names}.", names=t.join(indexes)))
    absent = [code for code in sheet.study.questionnaire.measures if code not in {one.id for one in sheet.measures}]
    if absent:
        listed = t.join([sheet.label("indicator", code) for code in absent])
        said.append(t("Not measured here, as nobody was asked or nobody answered: {names}.", names=listed))
    if sheet.study.is_pooled(sheet.unit):
        said.append(
            t(
                "All countries together, and each person counts the same: this is about the questions, not the countries."
            )
        )
    return Points(tuple(said))


def together(sheet: Sheet) -> Figure | Sentence | None:
    """Draw how far the questions of each scale go together, with intervals."""
    if not sheet.measures:
        return None
    t, rows = sheet.t, sheet.results
    rows = rows[rows["method"].isin(TOGETHER) & rows["estimate"].notna()]
    if rows.empty:
        return Sentence(
            t("No scale of several questions was measured here: nothing can be said of how it goes together.")
        )
    order = {method: at for at, method in enumerate(TOGETHER)}
    rows = rows.assign(_at=rows["method"].map(order)).sort_values("_at", kind="stable").drop(columns="_at")
    return intervals(
        rows,
        y="indicator",
        hue="method",
        t=t,
        title=t("How far the questions of each scale go together, from 0 (not at all) to 1 (as one)"),
        label=sheet.label,
        limits=(0.0, 1.0),
        digits=2,
    )


def scales(sheet: Sheet) -> Table | None:
    """Say of each scale in words how far its questions go together, and which of them fits least."""
    t, shown = sheet.t, []
    reflective = [measure for measure in sheet.measures if measure.kind != "index"]
    if not reflective:
        return None
    rows = sheet.results[sheet.results["indicator"].isin([measure.id for measure in reflective])]
    methods = [method for method in IN_WORDS if (rows["method"] == method).any()]
    for measure in reflective:
        first = _first(sheet, measure)
        by_method = sheet.rows(indicator=measure.id).drop_duplicates("method").set_index("method")
        shown.append(
            {
                t("Scale"): sheet.label("indicator", measure.id),
                t("Its questions go together"): _word(first, t),
                **{
                    sheet.label("method", method): number(by_method.loc[method], t)
                    if method in by_method.index
                    else NO_VALUE
                    for method in methods
                },
                t("n"): NO_VALUE if first is None else value(first["n"], 0, t),
                t("The question that fits least"): _loosest(sheet, measure),
            }
        )
    said = [
        t("Well from {well}, fairly from {fairly}, poorly below: custom after Nunnally and Bernstein (1994), to verify.",
          well=t.number(names.WELL, 2), fairly=t.number(names.FAIRLY, 2)),
        t("Omega is read first, alpha where there is no omega; with two questions, the coefficient of Spearman and Brown. "
          "In brackets: 95% intervals that also hold on skewed answers. Ordinal alpha speaks of what lies behind the answers, "
          "not of the score, and has no interval."),
        t("A question fits poorly when it correlates with the sum of the others by less than {loose} (same source, to "
          "verify), or when the others go together better without it.", loose=t.number(names.LOOSE, 2)),
    ]  # fmt: skip
    skewed = [measure for measure in reflective if (sheet.rows(indicator=measure.id)["caveat"] == names.SKEWED).any()]
    if skewed:
        listed = t.join([sheet.label("indicator", measure.id) for measure in skewed])
        said.append(
            t("Answers so skewed that the interval may hold the truth less often than it says: {names}.", names=listed)
        )
    caption = t("How far the questions of each scale go together, in words")
    return Table(pd.DataFrame(shown), caption, t, note=" ".join(said))


def questions(sheet: Sheet) -> Folded | None:
    """List every question of every measure: its mean, and how it goes with the others."""
    t, shown = sheet.t, []
    if not sheet.measures:
        return None
    for measure in sheet.measures:
        for item in measure.items:
            rows = sheet.rows(indicator=item, group_by=names.OF_MEASURE, group=measure.id).set_index("method")
            cells = {method: number(rows.loc[method], t, 0 if method == "mean" else 2) for method in rows.index}
            shown.append(
                {
                    t("Measure"): sheet.label("indicator", measure.id),
                    t("Question"): sheet.label("indicator", item),
                    t("Mean, in points of 100"): cells.get("mean", NO_VALUE),
                    t("Correlation with the others"): cells.get(names.ITEM_REST, NO_VALUE),
                    t("Alpha without it"): cells.get(names.IF_DROPPED, NO_VALUE),
                    t("n"): value(rows.loc["mean"]["n"], 0, t),
                }
            )
    caption = t("Every question: its mean, and how it goes with the others of its scale")
    said = t(
        "Questions that ask the other way round are turned, so that high means what the measure's name says. In brackets: "
        "95% intervals. An index has no correlations: its questions need not go together."
    )
    return Folded(caption, Table(pd.DataFrame(shown), caption, t, row_headers=2, note=said))


def indexes(sheet: Sheet) -> Sentence | None:
    """Say what an index is and which measures are one."""
    t = sheet.t
    if not sheet.measures:
        return None
    found = [sheet.label("indicator", measure.id) for measure in sheet.measures if measure.kind == "index"]
    if not found:
        return Sentence(t("No measure of this page is an index: all are scales or attitudes."))
    return Sentence(
        t(
            "An index adds up circumstances: who meets one of them need not meet another. Whether its questions go "
            "together says nothing of its quality, so it has no coefficient; each of its questions is read by itself. "
            "Indexes: {names}.",
            names=t.join(found),
        )
    )


def nothing(sheet: Sheet) -> Sentence:
    """Say that there is no measure on this page."""
    return Sentence(sheet.t("This study measures nothing by several questions together: there is nothing to say here."))


def _first(sheet: Sheet, measure: Measure) -> pd.Series | None:
    """Return the coefficient that is read first; none where there is none."""
    rows = sheet.rows(indicator=measure.id)
    for method in TOGETHER:
        found = rows[(rows["method"] == method) & rows["estimate"].notna()]
        if len(found):
            return found.iloc[0]
    return None


def _verdict(row: pd.Series | None) -> str:
    if row is None:
        return "unknown"
    printed = round(row["estimate"], 2)  # who reads 0.80 must not find it under 0.80
    return "well" if printed >= names.WELL else "fairly" if printed >= names.FAIRLY else "poorly"


def _word(row: pd.Series | None, t: Catalogue) -> str:
    words = {
        "well": t("well"),
        "fairly": t("fairly"),
        "poorly": t("poorly"),
        "unknown": t("cannot be told"),
    }
    return words[_verdict(row)]


def _loosest(sheet: Sheet, measure: Measure) -> str:
    """Name the question that fits the others least, where one fits poorly."""
    t = sheet.t
    if len(measure.items) == 2:
        return NO_VALUE  # each fits the other as well as the other fits it
    rest = sheet.rows(group_by=names.OF_MEASURE, group=measure.id, method=names.ITEM_REST)
    whole = sheet.rows(indicator=measure.id, method=names.ALPHA)["estimate"]
    if rest["estimate"].isna().all() or whole.isna().all():
        return t("cannot be told")
    without = sheet.rows(group_by=names.OF_MEASURE, group=measure.id, method=names.IF_DROPPED)["estimate"]
    least = rest.loc[rest["estimate"].idxmin()]
    if least["estimate"] >= names.LOOSE and not (without > whole.iloc[0]).any():
        return t("every question fits")
    return t(
        "“{question}”: {correlation}",
        question=sheet.label("indicator", least["indicator"]),
        correlation=number(least, t),
    )


def number(row: pd.Series, t: Catalogue, digits: int = 2) -> str:
    """Write an estimate with its interval, or why it is withheld or absent."""
    words = withheld(row, t)
    if words or pd.isna(row["estimate"]):
        return words or NO_VALUE
    if pd.isna(row["ci_low"]):
        return value(row["estimate"], digits, t)
    return t("{value} ({interval})", value=value(row["estimate"], digits, t), interval=interval(row, digits, t))
