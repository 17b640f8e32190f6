"""The products of an action research on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...field.estimates import CHANGE, DETECTABLE, DID, MEAN, OCCASIONS, PEOPLE, REACHED, STRUCTURES_COUNT
from ...field.synthetic import SOURCE
from ...study.field_rules import load_field_rules
from ...study.study import Study
from ...text import Catalogue
from ...wording import Label, value
from ..base import UnitSheet
from ..factsheet import Sentence


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``field`` on the page of one unit, with its registers.

    Attributes
    ----------
    made : pandas.DataFrame
        Deliverables and recommendations.
    told : pandas.DataFrame
        Events and what was said there.
    refused : pandas.DataFrame
        Rows of each file that were left out.
    """

    made: pd.DataFrame
    told: pd.DataFrame
    refused: pd.DataFrame

    def of(self, method: str, **where: str) -> pd.DataFrame:
        """Return the rows of a method with what else they must hold."""
        rows = self.results[self.results["method"] == method]
        for column, code in where.items():
            rows = rows[rows[column] == code]
        return rows

    def one(self, method: str, **where: str) -> Any:
        """Return the only row of a method with what else it must hold; nothing where there is none."""
        return next(self.of(method, **where).itertuples(index=False), None)

    def count(self, arm: str) -> int:
        """Return how many structures an arm has."""
        row = self.one(STRUCTURES_COUNT, population=arm, group_by="arm")
        return 0 if row is None else int(row.estimate)

    def name(self, kind: str, code: str) -> str:
        """Return the name of a code of the rules."""
        return self.t.pick(load_field_rules().names[kind][code])

    def heading(self, kind: str, code: str) -> str:
        """Return the name of a code at the head of a column."""
        name = self.name(kind, code)
        return name[:1].upper() + name[1:]

    def number(self, row: Any, digits: int = 0) -> str:
        """Return an estimate with its interval in words; ``withheld`` where it is."""
        t = self.t
        if row is None or pd.isna(row.estimate):
            return t("withheld") if row is not None and row.suppressed else t("not measured")
        said = value(row.estimate, digits, t)
        if pd.isna(row.ci_low):
            return said
        return t("{estimate} ({interval})", estimate=said, interval=t.interval(row.ci_low, row.ci_high, digits))

    def label(self, column: str, code: str) -> str:
        """Return the text of a code."""
        t, names = self.t, load_field_rules().names
        words = {
            "before": t("before"),
            "after": t("after"),
            STRUCTURES_COUNT: t("count of structures"),
            OCCASIONS: t("count of occasions"),
            REACHED: t("count of structures"),
            PEOPLE: t("people, each as often as they took part"),
            MEAN: t("mean of structures with Student's interval"),
            CHANGE: t("mean change of structures with Student's interval"),
            DID: t("difference in differences with Welch's interval over structures"),
            SOURCE: t("Declared synthetic files of an action research"),
            DETECTABLE: t("noncentral t; the interval is that of the spread between structures"),
        }
        if code in words:
            return words[code]
        for kind in ("outcomes", "roles", "activities", "themes", "arms", "chosen_by"):
            if code in names[kind]:
                return self.name(kind, code)
        return self.fallback(column, code)


def open_sheet(
    study: Study, unit: str, results: pd.DataFrame, registers: Sequence[pd.DataFrame], t: Catalogue, fallback: Label
) -> Sheet:
    """Make the sheet of a page.

    Parameters
    ----------
    results : pandas.DataFrame
        The product ``field`` after the gate.
    registers : sequence of pandas.DataFrame
        The products ``deliverables``, ``dissemination`` and ``field_refused``.
    """
    return Sheet(study, unit, results, t, fallback, *registers)


def nothing(sheet: Sheet) -> Sentence:
    """Say that nothing was received."""
    return Sentence(sheet.t("No action research was received for this country: there is nothing to show here."))
