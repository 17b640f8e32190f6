"""Group the statuses of different countries by how they protect, and say what that hangs on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ... import protection
from ...study.context import BRANCHES
from ...tables import Table
from ..base import Several, several
from ..factsheet import Sentence, Sheet, folded, gap
from .words import branches, title


def alike(sheet: Sheet, found: pd.DataFrame) -> Several | Sentence:
    """Show the groups of statuses that protect alike, and behind a line what each status hangs on.

    Parameters
    ----------
    sheet : Sheet
        The page.
    found : pandas.DataFrame
        What :func:`compendium.protection.grouped` returns for the countries of the study.

    Notes
    -----
    On the page of one country the groups are those of all countries that hold a status of its own; these are marked.
    """
    if found.empty:
        return gap(sheet)
    rank = {place: at for at, place in enumerate(sheet.places)}
    members = found[found["indicator"] == protection.GROUP]
    members = members.assign(_number=members["estimand"].astype(int), _rank=members["country"].map(rank))
    members = members.sort_values(["_number", "_rank"], kind="stable")
    if sheet.focus:
        members = members[members["_number"].isin(members.loc[members["country"] == sheet.focus, "_number"])]
    if members.empty:
        return gap(sheet)
    turns = found[found["indicator"] == protection.TURNS].groupby("group")["estimand"].agg(set).to_dict()
    apart = found[found["indicator"] == protection.APART].pivot(index="group", columns="estimand", values="estimate")
    return several(_groups(sheet, members), folded(_members(sheet, members, turns, apart), sheet.t))


def _groups(sheet: Sheet, members: pd.DataFrame) -> Table:
    t, rows = sheet.t, []
    statuses = sheet.context.statuses.set_index("status_id")
    for number, group in members.groupby("_number"):
        cover = _cover(statuses.loc[list(group["group"])], sheet)
        for place, own in group.groupby("country", sort=False):
            low, high = (t.number(share, 0) for share in (own["estimate"].min(), own["estimate"].max()))
            rows.append(
                {
                    t("Group and what it covers"): t("Group {number}, {cover}", number=number, cover=cover),
                    t("Country"): sheet.label("country", str(place)),
                    t("Statuses"): "; ".join(_marked(row, sheet) for row in own.to_dict("records")),
                    t("Stay in the group, per cent of draws"): _range(low, high, sheet),
                }
            )
    marked = (
        t("▸ marks the statuses of this country; groups that hold none of them are not shown.") if sheet.focus else ""
    )
    caption = t("Legal statuses of different countries that protect alike")
    return Table(pd.DataFrame(rows), caption, t, row_headers=2, note=" ".join(filter(None, [marked, _note(sheet)])))


def _range(low: str, high: str, sheet: Sheet) -> str:
    return low if low == high else sheet.t("{low} to {high}", low=low, high=high)


def _members(sheet: Sheet, members: pd.DataFrame, turns: Mapping[str, set[str]], apart: pd.DataFrame) -> Table:
    t, names = sheet.t, branches(sheet.t)
    rows = [
        {
            t("Group"): t("Group {number}", number=row["_number"]),
            t("Status"): _marked(row, sheet),
            t("Country"): sheet.label("country", row["country"]),
            t("Stays in its group, per cent of draws"): t.number(row["estimate"], 0),
            t("Branches apart from the others of its group"): _apart(row["group"], apart, sheet),
            t("Cells that alone would move it"): ", ".join(
                names[branch] for branch in BRANCHES if branch in turns.get(row["group"], set())
            )
            or t("none alone"),
        }
        for row in members.to_dict("records")
    ]
    return Table(pd.DataFrame(rows), t("Each status: how surely it belongs to its group"), t, row_headers=2)


def _apart(status: str, apart: pd.DataFrame, sheet: Sheet) -> str:
    """Return by how many branches a status differs from its group on average: from least to most, as unknown cells resolve."""
    if status not in apart.index:
        return sheet.t("stands alone")
    low, high = (sheet.t.number(float(apart.loc[status, name]), 1) for name in ("least", "most"))
    return _range(low, high, sheet)


def _marked(row: Mapping[Hashable, Any], sheet: Sheet) -> str:
    statuses = sheet.context.statuses.set_index("status_id")
    status = title(statuses.loc[row["group"]].to_dict(), sheet)
    return f"▸\N{NO-BREAK SPACE}{status}" if row["country"] == sheet.focus else status


def _note(sheet: Sheet) -> str:
    t, rule = sheet.t, protection.rules()
    own = protection.in_force(sheet.context.statuses)
    own = own[own["country"].isin(sheet.places)]
    stricter, looser = (int(protection.groups(own, rule[side]).max()) for side in ("stricter", "looser"))
    return t(
        "Groups differ from one another by more than {branches} branches of {n} on average, cover in part counting half; the "
        "limit is our choice (a limit of {stricter} makes {more} groups, one of {looser} makes {fewer}). All cells are a first "
        "draft: they were redrawn {draws} times, each cell one step off with a probability of {off} per cent, which is an "
        "assumption. Where a status seldom stays, its group hangs on few cells: check first those that alone would move it.",
        branches=_short(rule["alike"] * len(BRANCHES), sheet),
        n=t.number(len(BRANCHES), 0),
        stricter=_short(rule["stricter"] * len(BRANCHES), sheet),
        more=t.number(stricter, 0),
        looser=_short(rule["looser"] * len(BRANCHES), sheet),
        fewer=t.number(looser, 0),
        draws=t.number(rule["draws"], 0),
        off=t.number(100 * rule["draft_off"], 0),
    )


def _short(value: float, sheet: Sheet) -> str:
    """Write a number with no more decimals than it has."""
    return sheet.t.number(value, len(f"{value:g}".partition(".")[2]))


def _cover(own: pd.DataFrame, sheet: Sheet) -> str:
    """Say in words what the statuses of a group have in common."""
    t, names = sheet.t, branches(sheet.t)
    by: dict[str, list[str]] = {}
    for branch in BRANCHES:
        by.setdefault(_extent(own[branch]), []).append(names[branch])
    texts = {
        "all": t("covered: {branches}"),
        "most": t("covered for most: {branches}"),
        "part": t("in part, or not for all: {branches}"),
        "few": t("seldom covered: {branches}"),
        "none": t("not covered: {branches}"),
    }
    return "; ".join(text.format(branches=t.join(by[extent])) for extent, text in texts.items() if extent in by)


def _extent(cells: pd.Series[str]) -> str:
    """Return for how many statuses of a group a branch is covered; most and few are more than two of three."""
    yes, no = float((cells == "yes").mean()), float((cells == "no").mean())
    if yes > 2 / 3:
        return "all" if yes == 1 else "most"
    if no > 2 / 3:
        return "none" if no == 1 else "few"
    return "part"
