"""Group the statuses of different countries by how they protect, and say what that hangs on."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ... import protection
from ...study.context import BRANCHES
from ...tables import Table
from ..factsheet import Sentence, Sheet, gap
from .words import branches, title


def alike(sheet: Sheet, found: pd.DataFrame) -> Table | Sentence:
    """List the groups of statuses that protect alike, and how often each stays in its group when draft cells are redrawn.

    Parameters
    ----------
    sheet : Sheet
        The page.
    found : pandas.DataFrame
        What :func:`compendium.protection.grouped` returns for the countries of the study.

    Notes
    -----
    On the page of one country the groups are those of all countries; its own statuses are marked.
    """
    t = sheet.t
    if found.empty:
        return gap(sheet)
    statuses = sheet.context.statuses.set_index("status_id", drop=False)
    rows = []
    for number, group in found.groupby("estimand", sort=False):
        own = statuses.loc[list(group["group"])]
        name = t("{number}. {cover}", number=number, cover=_cover(own, sheet))
        for row in group.itertuples(index=False):
            status = title(statuses.loc[row.group].to_dict(), sheet)
            rows.append(
                {
                    t("Group and what it covers"): name,
                    t("Status"): t("▸ {status}", status=status) if row.country == sheet.focus else status,
                    t("Country"): sheet.label("country", row.country),
                    t("Stays in its group, per cent of draws"): t.number(row.estimate, 0),
                }
            )
    rule = protection.rules()
    marked = t("▸ marks the statuses of this country.") if sheet.focus else ""
    note = t(
        "Any two statuses of a group differ by {branches} branches of {n} at most, cover in part counting half. All cells are a "
        "first draft: they were redrawn {draws} times, each cell one step off with a probability of {off} per cent, which is an "
        "assumption. Where a status seldom stays, its group hangs on single cells.",
        branches=t.number(rule["alike"] * len(BRANCHES), 0),
        n=t.number(len(BRANCHES), 0),
        draws=t.number(rule["draws"], 0),
        off=t.number(100 * rule["draft_off"], 0),
    )
    return Table(
        pd.DataFrame(rows),
        t("Legal statuses of different countries that protect alike"),
        t,
        row_headers=2,
        note=" ".join(filter(None, [marked, note])),
    )


def _cover(own: pd.DataFrame, sheet: Sheet) -> str:
    """Say in words what the statuses of a group have in common."""
    t, names = sheet.t, branches(sheet.t)
    by: Mapping[str, set[str]] = {branch: set(own[branch]) for branch in BRANCHES}
    full = [names[branch] for branch in BRANCHES if by[branch] == {"yes"}]
    none = [names[branch] for branch in BRANCHES if by[branch] == {"no"}]
    mixed = [names[branch] for branch in BRANCHES if by[branch] not in ({"yes"}, {"no"})]
    if len(full) == len(BRANCHES):
        return t("covered in every branch")
    parts = [
        t("covered: {branches}", branches=t.join(full)) if full else "",
        t("in part, or not in all: {branches}", branches=t.join(mixed)) if mixed else "",
        t("not covered: {branches}", branches=t.join(none)) if none else "",
    ]
    return "; ".join(filter(None, parts))
