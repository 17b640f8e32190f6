"""The product ``pathways`` of one unit on one page, and the words for its codes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...pathways import OPEN
from ...pathways.capacity import QUANTITIES
from ...pathways.synthetic import SOURCE
from ...study.pathway_rules import CohortShare, load_pathway_rules
from ...study.study import Study
from ...text import Catalogue
from ...wording import Label
from ..base import UnitSheet
from ..factsheet import Sentence


@dataclass(frozen=True)
class Sheet(UnitSheet):
    """The product ``pathways`` on the page of one unit.

    Attributes
    ----------
    faults : pandas.DataFrame
        The product ``pathway_faults``: what is wrong with the logs, row by row.
    """

    faults: pd.DataFrame

    def rows(self, **wanted: str) -> pd.DataFrame:
        """Return the rows with these codes."""
        found = self.results
        for column, code in wanted.items():
            found = found[found[column] == code]
        return found

    @property
    def absent(self) -> Sentence | None:
        """Say that there is nothing to show, and why; nothing where there is something."""
        first = self.rows(indicator="received").iloc[0]
        if first["comparable"] == "yes":
            return None
        return Sentence(self.t("Nothing is estimated here: {reason}.", reason=self.t(first["reason"])))

    def share(self, wait: CohortShare) -> str:
        """Return the name of a share."""
        return self.t.pick(wait.name)

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: events, territories, scenarios and indicators by their name, quantities in words."""
        t, rules = self.t, load_pathway_rules()
        if column == "unit":
            return {"respondents": t("persons"), "%": t("per cent")}.get(code) or t(code)
        if column == "source":
            return t(code) if code == SOURCE else code
        if column in ("method", "reason", "estimand", "caveat"):
            return t(code)
        names = {event.id: t.pick(event.name) for event in rules.events.values()}
        names |= {OPEN: t("nothing yet"), "territory": t("territory"), "cohort": t("year of entry")}
        names |= {wait.id: self.share(wait) for wait in rules.shares}
        names |= {f"{wait.id}__exit": t("Left without it") for wait in rules.shares}
        names |= {one.id: t.pick(one.name) for one in rules.indicators.values()}
        names |= {one.id: t.pick(one.name) for one in rules.capacity.scenarios}
        if column == "group":
            names |= {row.outcome: t.pick(row.name) for row in rules.orientation}
            names |= {code: name for own in self.study.territories.values() for code, name in own.items()}
        if column == "period" and code.isdigit() and len(code) < len("2026"):
            return t("month {n}", n=code)
        if column in ("group", "period") and code not in names:
            return code
        if code in QUANTITIES:
            return self.quantity(code)
        return names.get(code) or self.fallback(column, code)

    def quantity(self, code: str) -> str:
        """Return the name of what a simulation tells."""
        t = self.t
        return {
            "capacity_entries": t("New contracts a year, per territory"),
            "capacity_waiting": t("Persons waiting for a contract"),
            "capacity_load": t("Files under contract per officer"),
            "capacity_monthly": t("Could be seen once a month (%)"),
            "capacity_incubator": t("Persons waiting for the project incubator"),
        }[code]


def open_sheet(
    study: Study, unit: str, results: pd.DataFrame, faults: pd.DataFrame, t: Catalogue, fallback: Label
) -> Sheet:
    """Make the sheet of a page from the product ``pathways`` after the gate, and ``pathway_faults``."""
    return Sheet(study, unit, results, t, fallback, faults)
