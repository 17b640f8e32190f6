"""Show what came in and from whom: the results of collection as sentences, figures and tables with their words."""

from __future__ import annotations

from datetime import date

import babel
import pandas as pd

from ..collection.fieldwork import COMPLETENESS, CROSSWALK, DURATION, NOT_GIVEN, RECEIVED, WEEK
from ..collection.provenance import source_of
from ..figures.bars import bars
from ..figures.base import Figure
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import Label, withheld
from .base import UnitSheet
from .factsheet import Sentence


class Sheet(UnitSheet):
    """What came in for one page: the product ``fieldwork``."""

    def own(self, indicator: str, group_by: str = "") -> pd.DataFrame:
        """Return the unit's own rows of an indicator."""
        found = self.results[(self.results["country"] == self.unit) & (self.results["indicator"] == indicator)]
        return found[found["group_by"] == group_by]

    def label(self, column: str, code: str) -> str:
        """Return the text of a code; this room's own words translated."""
        own = {
            NOT_GIVEN: self.t("Not asked or not given"),
            RECEIVED: self.t("Answers received"),
            COMPLETENESS: self.t("Questions answered"),
            DURATION: self.t("Median duration"),
            "answers received": self.t("answers received"),
            "minutes": self.t("minutes"),
            "count": self.t("count"),
            "median": self.t("median"),
            "mean of persons": self.t("mean over persons"),
        }
        return own[code] if code in own else self.fallback(column, code)

    def variable(self, code: str) -> str:
        """Return the name of a variable in the middle of a sentence."""
        t = self.t
        names = {
            "population": t("population"),
            "status": t("status"),
            "discipline": t("discipline"),
            "territory": t("territory"),
            "gender": t("gender"),
            "age_band": t("age"),
            "language": t("language"),
        }
        return names.get(code, code)

    def label_of(self, variable: str) -> Label:
        """Return a label function for the codes of one variable, which stand in the column ``group``."""

        def label(column: str, code: str) -> str:
            if column != "group" or code == NOT_GIVEN:
                return self.label(column, code)
            return _language(code, self.t) if variable == "language" else self.fallback(variable, code)

        return label


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, label: Label) -> Sheet:
    """Open the results of collection for one page."""
    return Sheet(study, unit, results, t, label)


def arrived(sheet: Sheet) -> Sentence:
    """Say how many answers came in, and when."""
    t, row = sheet.t, sheet.own(RECEIVED).iloc[0]
    count = withheld(row, t) or t.number(row["estimate"])
    if row["caveat"]:
        count = t("{n} (without those who did not agree or withdrew, who are too few to be counted)", n=count)
    if not row["period"]:
        return Sentence(t("{n} answers came in; when is not known.", n=count))
    first, last = (t.date(date.fromisoformat(day)) for day in row["period"].split("/"))
    return Sentence(t("{n} answers came in between {first} and {last}.", n=count, first=first, last=last))


def weeks(sheet: Sheet) -> Figure | Sentence:
    """Draw how many answers came in each week of the field work."""
    t, rows = sheet.t, sheet.own(RECEIVED, WEEK)
    if rows.empty:
        return Sentence(t("When the answers came in is not known."))

    def label(column: str, code: str) -> str:
        return t.date(date.fromisoformat(code)) if column == "group" else sheet.label(column, code)

    return bars(rows, y="group", t=t, title=t("Answers received, by week beginning on"), label=label)


def countries(sheet: Sheet) -> Figure | Sentence:
    """Draw how many answers each country gave; on the page of one country say so in words."""
    rows = sheet.results[(sheet.results["indicator"] == RECEIVED) & (sheet.results["group_by"] == "")]
    rows = rows[rows["country"] != sheet.study.pooled.code]
    if len(rows) < 2:
        return Sentence(sheet.t("The countries stand side by side on the page of all of them."))
    return bars(rows, y="country", t=sheet.t, title=sheet.t("Answers received, by country"), label=sheet.label)


def by(sheet: Sheet, variable: str) -> Figure | Sentence:
    """Draw how many answers came from each group of a question; say so where the study does not ask it."""
    t, rows = sheet.t, sheet.own(RECEIVED, variable)
    if rows.empty:
        return Sentence(
            t(
                "Who answered is not known by {variable}: this survey did not ask, or its file does not say.",
                variable=sheet.variable(variable),
            )
        )
    questions = sheet.study.questionnaire.questions
    asked = t.pick(questions[variable].text) if variable in questions else t("Language of the answers")
    return bars(rows, y="group", t=t, title=asked, label=sheet.label_of(variable))


def completeness(sheet: Sheet) -> Table:
    """Lay out the share of the questions asked that were answered, by module; countries side by side where there are several."""
    rows = sheet.results[sheet.results["indicator"] == COMPLETENESS]
    caption = sheet.t("Questions answered among those asked, by part of the form, in %")
    if len(set(rows["country"])) == 1:
        return estimates(rows, rows="group", caption=caption, t=sheet.t, label=sheet.label)
    return estimates(rows, rows="group", columns="country", caption=caption, t=sheet.t, label=sheet.label)


def duration(sheet: Sheet) -> Table | Sentence:
    """Lay out how long people took."""
    rows = sheet.results[sheet.results["indicator"] == DURATION]
    if rows.empty:
        return Sentence(sheet.t("How long people took is not known."))
    return estimates(rows, rows="country", caption=sheet.t("Time taken to answer"), t=sheet.t, label=sheet.label)


def origin(sheet: Sheet) -> Table:
    """Lay out where the answers of each country of the page come from: origin, source, licence."""
    t = sheet.t
    words = {"synthetic": t("synthetic"), "real_other": t("real, a survey by others"), "real": t("real")}
    places = [one.code for one in sheet.study.countries] if sheet.study.is_pooled(sheet.unit) else [sheet.unit]
    sources = [source_of(sheet.study, place, sheet.results["wave"].iloc[0]) for place in places]
    frame = pd.DataFrame(
        {
            t("Country"): [sheet.label("country", place) for place in places],
            t("Origin"): [words[source.origin] for source in sources],
            t("Source"): [source.source for source in sources],
            t("Licence"): [source.licence for source in sources],
        }
    )
    return Table(frame, t("Where the answers come from"), t)


def warnings(sheet: Sheet) -> Sentence:
    """Say what a crosswalk left unused; each such entry may be a mistake."""
    t, rows = sheet.t, sheet.results[sheet.results["indicator"] == CROSSWALK]
    rows = rows[rows["country"] != sheet.study.pooled.code] if len(set(rows["country"])) > 1 else rows
    if rows.empty:
        return Sentence(t("Every column and every label of the files found its place."))
    said = {
        "unused": t(
            "{n} labels of the crosswalk met no answer.",
            n=t.number(rows.loc[rows["group"] == "unused", "estimate"].max() or 0),
        ),
        "unnamed": t(
            "{n} columns of the file have no question here.",
            n=t.number(rows.loc[rows["group"] == "unnamed", "estimate"].max() or 0),
        ),
        "unmatched": t(
            "{n} codes of withdrawn persons met no answer: a slip in one keeps a person in.",
            n=t.number(rows.loc[rows["group"] == "unmatched", "estimate"].max() or 0),
        ),
    }
    return Sentence(" ".join(said[kind] for kind in rows["group"].drop_duplicates()))


def _language(code: str, t: Catalogue) -> str:
    name = babel.Locale.parse(code).get_display_name(t.language)
    return name or code
