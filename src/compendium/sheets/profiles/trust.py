"""How far to trust the profiles of a page: the verdict, what came back, what other ways of grouping find."""

from __future__ import annotations

import pandas as pd

from ...figures import intervals
from ...figures.base import Figure
from ...tables import Table, estimates
from ...typology.rules import rules
from ...typology.trust import CONTINUUM, NO_STRUCTURE, PROFILES
from ...typology.trust.product import (
    AGREEMENT,
    CLASS,
    COUNTRY,
    DISSOLVES,
    JACCARD,
    LEFT_OUT,
    METHOD,
    MODEL,
    RESIDUAL,
    STABLE,
    UNSURE,
    VERDICT,
)
from ...wording import Label, note, value
from ..factsheet import Sentence
from .sheet import Sheet, each, no_profiles, of_profiles


@each
def verdict(sheet: Sheet) -> Sentence:
    """Say whether there are profiles, a continuum cut into pieces, or no structure, and on what ground."""
    t, rows = sheet.t, sheet.rows(VERDICT)
    if rows.empty:
        return no_profiles(sheet)
    row = rows.iloc[0]
    said = {
        PROFILES: t("These answers hold profiles: groups of people that differ in kind."),
        CONTINUUM: t(
            "These answers hold no separate groups but gradual differences. What is called a profile below is a part of a "
            "continuum, cut where it was convenient: people near a border are like those on its other side."
        ),
        NO_STRUCTURE: t(
            "These answers hold no groups: any division of these people would be arbitrary, and none is shown."
        ),
    }[row["estimand"]]
    ground = t("Ground: {reason} (n = {n}).", reason=t(row["reason"]), n=value(row["n"], 0, t))
    returned = _who_comes_back(sheet) if sheet.has_profiles else []
    return Sentence(" ".join([said, ground, *returned]))


def _who_comes_back(sheet: Sheet) -> list[str]:
    t, rows = sheet.t, sheet.rows(JACCARD)
    by_flag = {
        flag: t.join([sheet.short_label("group", code) for code in rows.loc[rows["flag"] == flag, "group"]])
        for flag in set(rows["flag"])
    }
    if set(by_flag) == {STABLE}:
        return [t("All of them come back when the analysis is done again on samples of the answers.")]
    said = {
        UNSURE: t("Only in outline, with members that change, do these come back in other samples: {profiles}."),
        DISSOLVES: t("In other samples these do not come back, and should not be named: {profiles}."),
    }
    return [text.format(profiles=by_flag[flag]) for flag, text in said.items() if flag in by_flag]


@of_profiles
def came_back(sheet: Sheet) -> Figure | Sentence:
    """Draw how well each profile comes back when everything is done again on samples drawn from the answers."""
    t, rule = sheet.t, rules()
    return intervals(
        sheet.rows(JACCARD),
        y="group",
        t=t,
        title=t("How well each profile comes back"),
        label=sheet.short_label,
        sort=False,
        limits=(0, 1),
        digits=2,
        thresholds={
            rule.profile_unsure: t("in outline from {index}", index=t.number(rule.profile_unsure, 2)),
            rule.profile_stable: t("comes back from {index}", index=t.number(rule.profile_stable, 2)),
        },
    )


@of_profiles
def how_to_read_it(sheet: Sheet) -> Sentence:
    """Say what the index of the figure above means, with the thresholds of the rules."""
    t, rule = sheet.t, rules()
    return Sentence(
        t(
            "1: the same people every time; 0: nobody. From {stable} a profile comes back; below {unsure} it does not. The line "
            "spans 95% of {replicates} samples. A continuum cut into pieces may come back as well: this alone proves no groups.",
            stable=t.number(rule.profile_stable, 2), unsure=t.number(rule.profile_unsure, 2), replicates=t.number(rule.replicates),
        )
    )  # fmt: skip


@of_profiles
def agreements(sheet: Sheet) -> Table:
    """Show how far other ways of grouping the same people agree with the profiles."""
    t = sheet.t
    rows = sheet.rows(AGREEMENT)
    words = {
        METHOD: t("Another method"),
        COUNTRY: t("The profiles that a country would have by itself"),
        LEFT_OUT: t("Without one of the questions"),
    }
    table = [
        {
            t("Compared with"): words[row.group_by],
            t("Which"): _compared(sheet, row.group_by, row.group),
            t("Agreement"): t.number(row.estimate, 2),
            "n": t.number(row.n, 0),
        }
        for row in rows[~rows["suppressed"]].itertuples(index=False)
    ]
    said = t(
        "Agreement is the adjusted Rand index: 1 for the same groups, 0 for no more than chance. It compares two ways of grouping "
        "the same people, so it has no interval."
    )
    return Table(
        pd.DataFrame(table),
        t("What other ways of grouping the same people find"),
        t,
        row_headers=2,
        note=f"{said} {note(rows, t, sheet.label)}",
    )


def _compared(sheet: Sheet, group_by: str, group: str) -> str:
    if group_by == LEFT_OUT:
        return sheet.study.questionnaire.question_text(group, sheet.t.language)
    return sheet.study.name(group, sheet.t.language) if group_by == COUNTRY else sheet.t("latent classes")


@each
def models(sheet: Sheet) -> Table | Sentence:
    """Show how well models of groups and of continuous differences fit."""
    t = sheet.t
    rows = sheet.rows(MODEL)
    if rows.empty:
        return no_profiles(sheet)
    residuals = sheet.rows(RESIDUAL).set_index("group")["estimate"]
    table = [
        {
            t("Model"): model_name(sheet, row.group),
            t("Distance from the best (BIC)"): t.number(row.estimate, 0),
            t("Left unexplained"): t.number(residuals[row.group], 1),
            t("Remark"): t(row.flag) if row.flag else "",
        }
        for row in rows.itertuples(index=False)
    ]
    said = t(
        "BIC weighs how well a model fits against how much it assumes: the smallest is best, and a distance of ten or more is clear. "
        "Left unexplained: mean bivariate residual for each pair of questions; about 1 or less when the model accounts for them. "
        "Both describe these answers and have no interval."
    )
    return Table(
        pd.DataFrame(table),
        t("Groups or gradual differences: which model fits"),
        t,
        note=f"{said} {note(rows, t, sheet.label)}",
    )


def model_name(sheet: Sheet, code: str) -> str:
    """Return the name of a model."""
    kind, number = code.rsplit("_", 1)
    if kind == "trait":
        return sheet.t("Gradual differences: {n}", n=number)
    return sheet.t("Nothing in common") if number == "1" else sheet.t("Separate groups: {n}", n=number)


@of_profiles
def crossed_classes(sheet: Sheet) -> Table | Sentence:
    """Show in which latent classes the people of each profile are."""
    rows = sheet.results[sheet.results["indicator"].str.startswith(f"{CLASS}__")]
    return estimates(
        rows.assign(caveat=""),
        rows="group",
        columns="indicator",
        caption=sheet.t("Profiles and latent classes: of each profile, the share in each class, in per cent"),
        t=sheet.t,
        label=_class_label(sheet),
        digits=0,
    )


def _class_label(sheet: Sheet) -> Label:
    def label(column: str, code: str) -> str:
        is_class = column == "indicator" and code.startswith(f"{CLASS}__")
        return (
            sheet.t("Class {number}", number=code.rpartition("C")[2]) if is_class else sheet.short_label(column, code)
        )

    return label


def trusted(sheet: Sheet) -> set[str]:
    """Return the profiles that may be named outside this page: they come back, and the verdict is that there are profiles."""
    found = sheet.rows(VERDICT)
    if found.empty or found["estimand"].iloc[0] != PROFILES:
        return set()
    rows = sheet.rows(JACCARD)
    return set(rows.loc[rows["flag"] != DISSOLVES, "group"])
