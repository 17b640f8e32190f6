"""What the profiles are: how many have which, what made them, where they lie, what goes with them.

Everything is made from the results of one unit that passed the gate; where there is no typology, a sentence says why.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from ...figures import intervals
from ...figures.base import Figure
from ...figures.plane import plane
from ...figures.stacked import stacked
from ...figures.tree import tree
from ...intervals import LEVEL
from ...tables import Table, estimates
from ...typology import BUILT, EVERYBODY, PLACE, PROFILE, RATE, STRONG, SUPPLEMENTARY, answer_label
from ...typology.profiles import ASSIGNED, UNASSIGNED
from ...wording import NO_VALUE, interval, note, value, withheld
from ..factsheet import Sentence
from .sheet import Sheet, each, of_profiles

STRONGEST: Final = 6
"""Answers shown for each profile."""
NOTABLE: Final = 1.96
"""A v-test below this marks nothing."""


@each
def assigned(sheet: Sheet) -> Sentence:
    """Say how many respondents have a profile, and why the others have none."""
    t, found = sheet.t, sheet.rows(ASSIGNED)
    said = [
        t("Too few respondents have a profile to be counted.")
        if row.suppressed
        else t("{n} respondents have a profile.", n=t.number(row.estimate))
        for row in found.itertuples(index=False)
    ]
    for row in sheet.rows(UNASSIGNED).itertuples(index=False):
        if row.suppressed:
            said.append(t("Others have none: {reason}.", reason=t(row.group)))
        else:
            said.append(t("{n} have none: {reason}.", n=t.number(row.estimate), reason=t(row.group)))
    return Sentence(" ".join(said))


@each
def made_of(sheet: Sheet) -> Sentence:
    """Say which questions made the profiles, and that no measure is among them, or that the study's file allows it."""
    t, questionnaire = sheet.t, sheet.study.questionnaire
    said = []
    for declared in (one for one in questionnaire.analysis.typology if one.population == sheet.population):
        asked = [t("“{text}”", text=questionnaire.question_text(name, t.language)) for name in declared.active]
        said.append(t("Questions that make the profiles: {questions}.", questions=t.join(asked)))
        said.append(
            t(
                "The file of this study lets measured questions make profiles: where profiles differ in them, this is no finding."
            )
            if declared.allow_measures
            else t(
                "Exposure, health, competences and needs are never among them, so that it can be asked afterwards whether they differ."
            )
        )
    return Sentence(" ".join(said) or t("This study declares no questions that make profiles."))


@of_profiles
def sizes(sheet: Sheet) -> Table | Sentence:
    """Show the share of each profile, country by country where there are several."""
    rows = sheet.rows(PROFILE)
    if len(sheet.study.countries) == 1:
        rows = rows[rows["country"] == sheet.unit]
    return estimates(
        rows,
        rows="country",
        columns="group",
        caption=sheet.t("Share of each profile in per cent, with its 95% interval"),
        t=sheet.t,
        label=sheet.short_label,
        digits=0,
    )


@of_profiles
def compared(sheet: Sheet) -> Figure | Sentence:
    """Draw the share of each profile: here, and in all countries together."""
    rows = sheet.rows(PROFILE)
    shown = (
        [sheet.unit] if len(sheet.study.countries) == 1 else list(dict.fromkeys([sheet.unit, sheet.study.pooled.code]))
    )
    rows = rows[rows["country"].isin(shown)]
    return intervals(
        rows,
        y="group",
        hue="country" if len(shown) > 1 else None,
        t=sheet.t,
        title=sheet.t("How many have which profile"),
        label=sheet.short_label,
        sort=False,
        limits=(0, 10 * (rows["ci_high"].max() // 10 + 1)),
    )


@of_profiles
def built(sheet: Sheet) -> Table | Sentence:
    """Show the answers that built each profile: how many of the profile gave them, how many of all, and the v-test."""
    return _marked(sheet, BUILT, sheet.t("What built each profile: its strongest answers"))


@of_profiles
def beside(sheet: Sheet) -> Table | Sentence:
    """Show the strongest answers of each profile among those that did not build it: age, gender, place and the like."""
    if sheet.rows(flag=SUPPLEMENTARY, method="v-test").empty:
        return Sentence(sheet.t("No question of this study is set beside the profiles."))
    return _marked(
        sheet, SUPPLEMENTARY, sheet.t("What goes with each profile and did not build it: its strongest answers")
    )


def _marked(sheet: Sheet, flag: str, caption: str) -> Table | Sentence:
    t, rows = sheet.t, sheet.rows(flag=flag)
    shares = rows[rows["method"] == "share"].set_index(["group", "indicator"])
    # An answer that nobody gives in this unit has a v-test over all countries, and no share here.
    given = rows["indicator"].isin(rows.loc[rows["method"] == "share", "indicator"])
    strength = rows[given & (rows["method"] == "v-test") & (rows["estimate"] >= NOTABLE)]
    strength = strength[~(strength["p_adjusted"] >= 1 - LEVEL)]
    strength = strength.sort_values(["group", "estimate"], ascending=[True, False], kind="stable")
    people = shares["n"].groupby("group").max()
    table = [
        {
            t("Profile"): t("{name} (n = {n})", name=sheet.label("group", row.group), n=value(people[row.group], 0, t)),
            t("Question"): _question(sheet, row.indicator),
            t("Answer"): answer_label(sheet.study, row.indicator, t, alone=False),
            t("Of the profile (%)"): _cell(shares.loc[(row.group, row.indicator)], sheet),
            t("Of all (%, n = {n})", n=value(people[EVERYBODY], 0, t)): _cell(
                shares.loc[(EVERYBODY, row.indicator)], sheet
            ),
            t("v-test"): t.number(row.estimate, 1),
        }
        for row in strength.groupby("group", sort=True).head(STRONGEST).itertuples(index=False)
    ]
    shown = rows[rows["method"] == "share"]
    said = t(
        "Ordered by the v-test over all countries, which says how far the share lies from that of all; it describes and tests nothing."
    )
    if flag == SUPPLEMENTARY:
        said = t(
            "Ordered by the v-test over all countries, which says how far the share lies from that of all. Listed is what "
            "lies beyond chance at 5 per cent after adjusting for all the answers tried (Benjamini-Hochberg)."
        )
    return Table(pd.DataFrame(table), caption, t, row_headers=2, note=f"{said} {note(shown, t, sheet.label)}")


@of_profiles
def lives(sheet: Sheet) -> Table | Sentence:
    """Show the means of what did not build the profiles, by profile."""
    rows = sheet.rows(flag=SUPPLEMENTARY, method="mean")
    if rows.empty:
        return Sentence(sheet.t("No scale of this study can be set beside the profiles."))
    return estimates(
        rows.assign(flag=""),
        rows="indicator",
        columns="group",
        caption=sheet.t("Measures by profile, in points of 100; supplementary, they did not build the profiles"),
        t=sheet.t,
        label=sheet.short_label,
        digits=0,
    )


@of_profiles
def crossed(sheet: Sheet) -> Table | Sentence:
    """Show how the groups of the first active variable, the declared status, spread over the profiles."""
    rows = _by_status(sheet)
    if rows.empty:
        return Sentence(
            sheet.t("Every question that makes the profiles takes several answers a person; none is crossed with them.")
        )
    question = rows["group_by"].iloc[0]
    return estimates(
        rows,
        rows="group",
        columns="indicator",
        caption=sheet.t(
            "“{question}” and profile: of each answer, the share that has the profile, over all countries",
            question=_question(sheet, f"{question}__"),
        ),
        t=sheet.t,
        label=lambda column, code: (
            sheet.label(question, code) if column == "group" else sheet.short_label(column, code)
        ),
        digits=0,
    )


@of_profiles
def statuses(sheet: Sheet) -> Figure | Sentence:
    """Draw how the groups of the first active variable, the declared status, spread over the profiles."""
    rows = _by_status(sheet)
    rows = rows.groupby("group", sort=False).filter(lambda own: own["n"].notna().any())
    if rows.empty:
        return Sentence(sheet.t("No question that makes the profiles takes one answer a person."))
    question = rows["group_by"].iloc[0]

    def label(column: str, code: str) -> str:
        if column == "indicator":
            return code.removeprefix(f"{PROFILE}__")  # a name has no room in the legend
        return sheet.label(question if column == "group" else column, code)

    title = sheet.t("“{question}” and profile, over all countries", question=_question(sheet, f"{question}__"))
    return stacked(rows, y="group", pieces="indicator", t=sheet.t, title=title, label=label)


def _by_status(sheet: Sheet) -> pd.DataFrame:
    rows = sheet.results[sheet.results["indicator"].str.startswith(f"{PROFILE}__")]
    return rows.sort_values("indicator", kind="stable")


@of_profiles
def branches(sheet: Sheet) -> Figure | Sentence:
    """Draw the top of the tree, and where it was cut."""
    return tree(
        sheet.rows("tree"), t=sheet.t, title=sheet.t("The tree of profiles and its cut"), label=sheet.short_label
    )


@of_profiles
def moved(sheet: Sheet) -> Table | Sentence:
    """Show where people went when, after the cut, everybody was put to the nearest centre."""
    rows = sheet.results[sheet.results["indicator"].str.startswith("moved__")]
    return estimates(
        rows.assign(indicator=rows["indicator"].str.removeprefix("moved__")),
        rows="group",
        columns="indicator",
        caption=sheet.t("Of each profile of the cut tree, the share that ended in each profile, in per cent"),
        t=sheet.t,
        label=sheet.short_label,
        digits=0,
    )


@of_profiles
def map_of_answers(sheet: Sheet, horizontal: int = 1, vertical: int = 2) -> Figure | Sentence:
    """Draw answers and profiles on two axes of the correspondence analysis."""
    axes = (f"axis_{horizontal}", f"axis_{vertical}")
    here = sheet.results[sheet.results["indicator"].isin(axes)]
    if here["indicator"].nunique() < 2:
        return Sentence(sheet.t("These profiles need no axis {number}.", number=max(horizontal, vertical)))
    strong = here.loc[here["estimand"] == STRONG, ["group_by", "group"]].drop_duplicates()
    places = here[here["estimand"] == PLACE]
    marked = pd.MultiIndex.from_frame(places[["group_by", "group"]]).isin(pd.MultiIndex.from_frame(strong))
    shown = pd.concat([here[here["estimand"] == RATE], places[marked | (places["group_by"] == PROFILE)]])
    title = sheet.t("Which answers go together: axes {first} and {second}", first=horizontal, second=vertical)
    return plane(shown, t=sheet.t, title=title, label=sheet.label, axes=(horizontal, vertical))


def _question(sheet: Sheet, indicator: str) -> str:
    question = indicator.split("__", 1)[0]
    return (
        sheet.t("Country")
        if question == "country"
        else sheet.study.questionnaire.question_text(question, sheet.t.language)
    )


def _cell(row: pd.Series, sheet: Sheet) -> str:
    t = sheet.t
    words = withheld(row, t)
    if words or pd.isna(row["estimate"]):
        return words or NO_VALUE
    return t("{value} ({interval})", value=t.number(row["estimate"]), interval=interval(row, 0, t))
