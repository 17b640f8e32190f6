"""The product ``action`` of one unit on one page, with what its working group entered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...action import WHOLE, risk_table
from ...diagnosis.exposure.families import OTHER_RULE
from ...study.situations import load_situations
from ...study.study import Study
from ...text import Catalogue
from ...wording import Label
from ..base import UnitSheet
from ..factsheet import Sentence


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``action`` on the page of one unit.

    Attributes
    ----------
    table : pandas.DataFrame
        The risk-assessment table (:func:`compendium.action.risk_table`), all work units.
    """

    table: pd.DataFrame

    @property
    def whole(self) -> pd.DataFrame:
        """The rows of everybody, the most frequent situation first; withheld ones last."""
        return self.ordered(self.table[self.table["work_unit"] == WHOLE])

    def ordered(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows of one work unit, the most frequent situation first; withheld ones last, in no order."""
        return rows.sort_values("estimate", ascending=False, kind="stable", na_position="last")

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the one shape of a result behind rows of the table, in their order."""
        return rows[self.results.columns]

    def share(self, row: Any) -> str:
        """Return the share of a row that is shown, with its interval where it has one."""
        if pd.isna(row.ci_low):
            return self.t.percent(row.estimate)
        interval = self.t.interval(row.ci_low, row.ci_high)
        return self.t("{share} ({interval})", share=self.t.percent(row.estimate), interval=interval)

    @property
    def is_measured(self) -> bool:
        """Tell whether any situation has a share that may be shown."""
        return bool(self.whole["estimate"].notna().any())

    @property
    def has_table(self) -> bool:
        """Tell whether there is anything to show in a table: a share, or what a group entered."""
        return self.is_measured or bool((self.table["entered_by"] != "").any())

    def situation(self, code: str) -> str:
        """Return the name of a situation."""
        return self.t.pick(load_situations()[code].name)

    def situations(self, codes: Iterable[str]) -> str:
        """Return the names of situations in a line; semicolons part them, since a name may hold a comma."""
        return "; ".join(map(self.situation, codes))

    def unit_name(self, group_by: str, group: str) -> str:
        """Return the name of a work unit."""
        return self.fallback(group_by, group) if group_by else self.t("everyone")

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: situations by their name."""
        if column == "indicator" and code in load_situations():
            return self.situation(code)
        if code == OTHER_RULE:
            return self.t("share under a looser or a stricter rule")
        return self.fallback(column, code)


def open_sheet(
    study: Study, unit: str, results: pd.DataFrame, entries: pd.DataFrame, t: Catalogue, fallback: Label
) -> Sheet:
    """Make the sheet of a page from the product ``action`` after the gate and from what was entered.

    Parameters
    ----------
    results : pandas.DataFrame
        The product ``action``, protected.
    entries : pandas.DataFrame
        The product ``assessment``.
    """
    own = results[results["indicator"].isin(list(load_situations())) & (results["threshold_id"] == "")]
    return Sheet(study, unit, results, t, fallback, risk_table(own, entries))


def nothing(sheet: Sheet) -> Sentence:
    """Say that no share can be shown."""
    return Sentence(
        sheet.t(
            "No situation of work can be shown with a number here: it was not asked about, or its numbers are withheld."
        )
    )
