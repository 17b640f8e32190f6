"""The product ``signs`` of one unit on one page, and the words for its codes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...diagnosis.signs.change import FALL, NONE, RISE
from ...diagnosis.signs.rules import load_rules
from ...study.cooperative_indicators import load_indicators
from ...study.study import Study
from ...text import Catalogue
from ...wording import Label
from ..base import UnitSheet


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``signs`` on the page of one unit."""

    def rows(self, **wanted: str) -> pd.DataFrame:
        """Return the rows with these codes."""
        found = self.results
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    def outcome(self, code: str) -> str:
        """Return the name of what is to be seen coming."""
        return self.t.pick(load_rules().outcome(code).label)

    def kind_of_group(self, variable: str) -> str:
        """Return what the groups that a question makes are called."""
        question = self.study.questionnaire.questions[variable]
        widest = next(one.id for one in self.study.questionnaire.questions.values() if one.group)
        return self.t("organisations") if question.id == widest else self.t("poles and trade communities")

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: signs by the name of their measure, signals by their question, quantities in words."""
        t = self.t
        if column in ("estimand", "method", "caveat", "reason", "unit"):
            return t(code)
        if column == "group" and code in (RISE, FALL, NONE):
            return t(code)
        if column == "group" and code in {outcome.id for outcome in load_rules().outcomes}:
            return self.outcome(code)
        if column == "indicator" and "+" in code:
            first, second = code.split("+")
            return t("{first} · {second}", first=self.signal(first), second=self.signal(second))
        if column == "group" and code.isdigit():
            return {"0": t("no signal"), "1": t("one signal")}.get(code) or t("{n} signals", n=code)
        if column == "group" and code.endswith("_or_more"):
            return t("{n} signals or more", n=code.removesuffix("_or_more"))
        if column == "indicator" and code in load_indicators().indicators and code not in self._measures:
            return t.pick(load_indicators().indicators[code].name)
        return self.fallback(column, code)

    @property
    def _measures(self) -> set[str]:
        return set(self.study.questionnaire.measures)

    def signal(self, item: str) -> str:
        """Return the wording of a signal, without its full stop."""
        return self.study.questionnaire.question_text(item, self.t.language).rstrip(".")


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a page from the product ``signs`` after the gate."""
    return Sheet(study, unit, results, t, fallback)
