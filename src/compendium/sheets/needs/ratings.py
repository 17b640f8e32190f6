"""What people rated: discrepancies with their ranks, the four quadrants, and needs by group."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...figures import intervals
from ...figures.base import Figure
from ...figures.quadrants import quadrants
from ...figures.stacked import stacked
from ...needs.estimates import ALL, DISCREPANCY, FOLLOWED, IMPORTANCE, MASTERY, NEED, RANK, RANKED, SHARE, WANTED
from ...study.training_rules import load_training_rules
from ...tables import Table, estimates
from ...typology import PROFILE
from ...wording import NO_VALUE, interval, note, value, withheld
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence
from ..profiles.sheet import Sheets, parts_of_a_continuum
from .sheet import Sheet, nothing

FIRST = 3
"""Needs that are named for each group."""


def discrepancies(sheet: Sheet) -> Figure | Sentence:
    """Draw Borich's discrepancy of each competence, the greatest need first."""
    if not sheet.is_measured:
        return nothing(sheet)
    rows = sheet.of(method=DISCREPANCY, group_by="")
    title = sheet.t("How far mastery falls short of importance")
    return intervals(rows, y="indicator", t=sheet.t, title=title, label=sheet.label, digits=1, zero=True)


def table(sheet: Sheet) -> Table | None:
    """Show importance, mastery, both discrepancies and the ranks that cannot be ruled out."""
    if not sheet.is_measured:
        return None
    t = sheet.t
    heads = {
        t("Importance"): (IMPORTANCE, 1),
        t("Mastery"): (MASTERY, 1),
        t("Discrepancy (95% interval)"): (DISCREPANCY, 1),
        t("Falls short, less exceeds, in % of persons (95% interval)"): (RANKED, 0),
        t("Rank (95% interval)"): (RANK, 0),
    }
    own = sheet.of(group_by="")
    lines = []
    for code in sheet.ordered:
        rows = own[own["indicator"] == code].set_index("method", drop=False)
        cells = {head: _cell(rows.loc[method], digits, sheet) for head, (method, digits) in heads.items()}
        n = {t("n"): withheld(rows.loc[DISCREPANCY], t) or t.number(rows.loc[DISCREPANCY, "n"])}
        lines.append({t("Competence"): sheet.name(code), **cells, **n})
    said = t(
        "Importance and mastery: means on the scale from {low} to {high}. Discrepancy: mean gap times mean importance (Borich 1980). The "
        "next column counts persons and uses the order of answers alone (ranked discrepancy model). Ranks: persons, or the "
        "organisations through which they answered, were drawn again, and competences ranked anew each time.",
        **_ends(sheet),
    )
    shown = own[own["method"].isin([one for one, _ in heads.values()])]
    return Table(
        pd.DataFrame(lines), t("Needs by competence"), t, note=f"{said} {_origin(shown, sheet)}", results=shown
    )


def ways(sheet: Sheet) -> Folded | None:
    """Draw how many rate their mastery below, at and above the importance."""
    rows = sheet.of(group_by="way")
    if not sheet.is_measured or rows["estimate"].isna().all():
        return None
    order = {code: at for at, code in enumerate(sheet.ordered)}
    rows = rows.assign(_at=rows["indicator"].map(order)).sort_values("_at", kind="stable")[sheet.results.columns]
    title = sheet.t("Persons whose mastery is below, at or above the importance they see")
    return Folded(title, stacked(rows, y="indicator", pieces="group", t=sheet.t, title=title, label=sheet.label))


def places(sheet: Sheet) -> Figure | Sentence | None:
    """Draw importance beside mastery, cut at the means of all competences."""
    if not sheet.is_measured:
        return None
    t = sheet.t
    cuts = sheet.results[sheet.results["indicator"] == ALL].set_index("method")["estimate"]
    at = (cuts.get("mastery_cut"), cuts.get("importance_cut"))
    if at[0] is None or at[1] is None or pd.isna(at[0]) or pd.isna(at[1]):
        return Sentence(t("Where the quadrants would be cut is withheld."))
    own = sheet.of(group_by="")
    corners = {
        "low high": t("matters, is not mastered"),
        "high high": t("matters, is mastered"),
        "low low": t("matters less, is not mastered"),
        "high low": t("matters less, is mastered"),
    }
    return quadrants(
        own[own["method"].isin([IMPORTANCE, MASTERY])], across=MASTERY, up=IMPORTANCE, cuts=(float(at[0]), float(at[1])),
        corners=corners, t=t, title=t("Importance beside mastery"), label=sheet.label,
    )  # fmt: skip


def wanted(sheet: Sheet) -> Table | None:
    """Show who needs training by the ratings, who wants one, and who had one."""
    if not sheet.is_measured:
        return None
    t = sheet.t
    names = {
        NEED: t("Gap of {n} or more", n=t.number(load_training_rules().least_gap)),
        WANTED: t("Would like training"),
        FOLLOWED: t("Had training in 24 months"),
    }
    rows = sheet.of(method=SHARE, group_by="")
    parts = rows["indicator"].str.split("__", expand=True)
    rows = rows.assign(indicator=parts[0], group=parts[1])
    rows = rows.sort_values("indicator", key=lambda column: column.map(sheet.ordered.index), kind="stable")

    def label(column: str, code: str) -> str:
        return names.get(code) or sheet.label(column, code)

    return estimates(rows, rows="indicator", columns="group", caption=t("Needed, wanted, had: share of persons, in %"), t=t, label=label, digits=0)  # fmt: skip


def by_group(sheet: Sheet, variable: str) -> Several | Sentence | None:
    """Show the greatest needs of each group, and all discrepancies behind a line that opens them."""
    rows = sheet.of(method=DISCREPANCY, group_by=variable)
    if not sheet.is_measured or rows["estimate"].isna().all():
        return None
    caption = sheet.t("The greatest needs, by: {variable}", variable=_variable(sheet, variable))
    return _groups(sheet, rows, caption, lambda code: sheet.fallback(variable, code))


def by_profile(sheet: Sheet, profiles: Sheets) -> Several | Sentence | None:
    """Show the same for each profile."""
    if not sheet.is_measured:
        return None
    t, shown = sheet.t, list[Shown]()
    for one in profiles:
        rows = sheet.of(method=DISCREPANCY, group_by=PROFILE)
        rows = rows[rows["group"].str.startswith(f"{one.population}:")]
        if rows["estimate"].isna().all() or not one.has_profiles:
            continue
        caption = t("The greatest needs of each profile: {population}", population=one.title or t("everyone"))
        if one.is_continuum:
            shown.append(parts_of_a_continuum(one))
        shown.append(_groups(sheet, rows, caption, lambda code, one=one: one.label(PROFILE, code.partition(":")[2])))
    if not shown:
        return Sentence(t("No profile can be told apart in these answers, so needs are not shown by profile."))
    said = t("Who belongs to which profile is not sure itself; these intervals do not hold that doubt.")
    return several(*shown, Sentence(said))


def _groups(sheet: Sheet, rows: pd.DataFrame, caption: str, name: Any) -> Several:
    t = sheet.t
    lines, ranks = [], sheet.of(method=RANK, group_by=rows["group_by"].iloc[0]).set_index(["group", "indicator"])
    for code in rows["group"].drop_duplicates():
        own = rows[rows["group"] == code].sort_values("estimate", ascending=False, kind="stable")
        said = [
            t(
                "{name} {value}, rank {ranks}",
                name=sheet.name(row.indicator),
                value=_cell(row, 1, sheet),
                ranks=_between(ranks, (code, row.indicator), sheet),
            )
            for row in own.head(FIRST).itertuples(index=False)
        ]
        words, n = "; ".join(said), t.number(own["n"].min())
        if own["estimate"].isna().all():
            words = n = t("withheld")
        elif own["estimate"].isna().any():  # the greatest may be among those
            words = t("some are withheld: which is the greatest is not said")
        lines.append({t("Group"): name(code), t("Greatest needs (95% intervals)"): words, t("n"): n})
    note_ = t(
        "In the order of this sample; where intervals overlap, chance may have made the order. {rest}",
        rest=_origin(rows, sheet),
    )

    def label(column: str, code: str) -> str:
        return str(name(code)) if column == "group" else sheet.label(column, code)

    every = t("All discrepancies: {caption}", caption=caption)
    whole = estimates(rows, rows="indicator", columns="group", caption=every, t=t, label=label, digits=1)
    return several(Table(pd.DataFrame(lines), caption, t, note=note_, results=rows), Folded(every, whole))


def _cell(row: Any, digits: int, sheet: Sheet) -> str:
    missing = withheld(row, sheet.t)
    if missing:
        return missing
    shown, span = value(row.estimate, digits, sheet.t), interval(row, digits, sheet.t)
    return shown if span == NO_VALUE else sheet.t("{value} ({interval})", value=shown, interval=span)


def _between(ranks: pd.DataFrame, key: tuple[str, str], sheet: Sheet) -> str:
    """Return between which ranks a competence stands in a group."""
    if key not in ranks.index or pd.isna(ranks.loc[key, "ci_low"]):
        return NO_VALUE
    low, high = ranks.loc[key, "ci_low"], ranks.loc[key, "ci_high"]
    return sheet.t.number(low) if low == high else sheet.t.interval(low, high)


def _origin(rows: pd.DataFrame, sheet: Sheet) -> str:
    return note(rows.assign(method=""), sheet.t, sheet.label)


def _variable(sheet: Sheet, variable: str) -> str:
    return sheet.t("country") if variable == "country" else sheet.fallback("group_by", variable)


def _ends(sheet: Sheet) -> dict[str, str]:
    questionnaire = sheet.study.questionnaire
    scale = questionnaire.questions[questionnaire.analysis.competences[0].importance].scale
    assert scale is not None
    return {"low": sheet.t.number(min(scale.values)), "high": sheet.t.number(max(scale.values))}
