"""A portrait of each profile on a page: a composite of several people, what they answered, what weighs on them, what they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from ...figures import intervals
from ...figures.base import Figure
from ...tables import Table
from ...text import Catalogue
from ...typology import BUILT, EVERYBODY, PROFILE, SUPPLEMENTARY, answer_label
from ...typology.portraits import COMBINATION
from ...typology.trust.product import CLASS
from ...wording import NO_VALUE, interval, note, value, withheld
from ..base import Several, Shown, several
from ..factsheet import Sentence, folded
from .sheet import Heading, Sheet, of_profiles

NEEDS: Final = 4
"""Answers of each question about needs that a portrait shows."""

BARS: Final = 20
"""Answers and exposures that the figure of a portrait has room for; its table has all."""


@of_profiles
def portraits(sheet: Sheet) -> Several | Sentence:
    """Show one portrait a profile: who, status, income, hours, exposures, needs; each with everybody beside it."""
    parts: list[Shown] = []
    for profile in sheet.names:
        heading = Heading(sheet.label("group", profile), 3 if sheet.is_alone else 4)
        parts += [heading, composite(sheet, profile), drawn(sheet, profile), folded(facts(sheet, profile), sheet.t)]
    return several(*parts)


def composite(sheet: Sheet, profile: str) -> Sentence:
    """Say the combination of answers that several people near the centre of a profile share, or why there is none."""
    t, rows = sheet.t, sheet.rows(COMBINATION, group=profile)
    if rows.empty or rows.iloc[0]["suppressed"] or not rows.iloc[0]["estimand"]:
        return Sentence(t("No portrait: too few people share even the commonest answers."))
    row = rows.iloc[0]
    answers = [_told(sheet, mark) for mark in row["estimand"].split()]
    return Sentence(
        t(
            "Composed of those nearest the centre, and nobody in particular: {answers}. {n} people gave all these answers.",
            answers="; ".join(answers), n=value(row["estimate"], 0, t),
        )
    )  # fmt: skip


def drawn(sheet: Sheet, profile: str) -> Figure | Sentence:
    """Draw the commonest answers and the exposures of a profile, each beside those of everybody."""
    t, own, everybody = sheet.t, *_shares(sheet, profile)
    keys = [key for *_, key in [*_who(sheet, own), *_exposures(sheet, own)] if key in everybody.index][:BARS]
    if not keys:
        return Sentence(t("No answer of this profile may be shown."))
    rows = pd.concat([own.loc[keys], everybody.loc[keys]]).reset_index()

    def label(column: str, code: str) -> str:
        return t("this profile") if (column, code) == ("group", profile) else _named(sheet, column, code)

    return intervals(
        rows.assign(flag=""), y="indicator", hue="group", t=t, title=t("Portrait: {profile}", profile=sheet.label("group", profile)),
        label=label, sort=False, limits=(0, 100),
    )  # fmt: skip


def _named(sheet: Sheet, column: str, code: str) -> str:
    if column != "indicator":
        return sheet.label(column, code)
    return _told(sheet, code) if "__" in code else sheet.t("exposed: {measure}", measure=sheet.label(column, code))


def _shares(sheet: Sheet, profile: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shares that a profile and everybody have of each answer and exposure, by indicator."""
    rows = sheet.results[(sheet.results["group_by"] == PROFILE) & sheet.results["group"].isin([profile, EVERYBODY])]
    rows = rows[(rows["method"] == "share") & (rows["country"] == sheet.unit)]
    rows = rows[~rows["indicator"].str.startswith((PROFILE, CLASS))]
    own, everybody = (rows[rows["group"] == group].set_index("indicator") for group in (profile, EVERYBODY))
    return own, everybody


def facts(sheet: Sheet, profile: str) -> Table:
    """Show the commonest answer to each question, the exposures and the needs of a profile, with those of everybody."""
    t, own, everybody = sheet.t, *_shares(sheet, profile)
    shown = [*_who(sheet, own), *_exposures(sheet, own), *_needs(sheet, own)]
    table = [
        {
            t("Part"): part,
            t("Question"): question,
            t("Answer"): answer,
            t("Of this profile (%, n = {n})", n=value(own["n"].max(), 0, t)): _cell(own.loc[key], t, sheet),
            t("Of all (%, n = {n})", n=value(everybody["n"].max(), 0, t)): _cell(everybody.loc[key], t, sheet),
        }
        for part, question, answer, key in shown
        if key in everybody.index
    ]
    said = t(
        "Commonest answer to each question that may be shown, in per cent with its 95% interval, which holds the doubt about who "
        "belongs to the profile."
    )
    return Table(
        pd.DataFrame(table),
        t("Portrait: {profile}", profile=sheet.label("group", profile)),
        t,
        row_headers=2,
        note=f"{said} {note(pd.concat([own, everybody]), t, sheet.label)}",
    )


Fact = tuple[str, str, str, str]
"""Part of the portrait, question, answer, indicator."""


def _who(sheet: Sheet, own: pd.DataFrame) -> Iterator[Fact]:
    """Yield the commonest answer to each question that built the profile or describes its people."""
    needs = set(sheet.study.questionnaire.analysis.needs)
    answers = own[own.index.str.contains("__")].reset_index()
    answers = answers.assign(question=answers["indicator"].str.split("__").str[0])
    answers = answers[~answers["question"].isin({*needs, "country"})]
    for flag, part in ((BUILT, sheet.t("How they work")), (SUPPLEMENTARY, sheet.t("Who they are"))):
        for question, given in answers[answers["flag"] == flag].groupby("question", sort=False):
            shown = given[given["estimate"].notna()].sort_values("estimate", ascending=False, kind="stable")
            # a withheld answer may be commoner than all that are shown
            if shown.empty or (len(shown) < len(given) and shown["estimate"].iloc[0] < 100 - shown["estimate"].sum()):
                continue
            mark = shown["indicator"].iloc[0]
            yield part, _question(sheet, str(question)), answer_label(sheet.study, mark, sheet.t, alone=False), mark


def _exposures(sheet: Sheet, own: pd.DataFrame) -> Iterator[Fact]:
    for measure in sheet.study.questionnaire.measures.values():
        if measure.family and measure.id in own.index:
            yield sheet.t("What weighs on them"), sheet.label("indicator", measure.id), sheet.t("exposed"), measure.id


def _needs(sheet: Sheet, own: pd.DataFrame) -> Iterator[Fact]:
    for question in sheet.study.questionnaire.analysis.needs:
        shares = own.loc[own.index.str.startswith(f"{question}__"), "estimate"].dropna()
        for mark in shares.sort_values(ascending=False, kind="stable").index[:NEEDS]:
            answer = answer_label(sheet.study, mark, sheet.t, alone=False)
            yield sheet.t("What they need"), _question(sheet, question), answer, mark


def _question(sheet: Sheet, question: str) -> str:
    return sheet.study.questionnaire.question_text(question, sheet.t.language)


def _told(sheet: Sheet, mark: str) -> str:
    """Return an answer that stands in a sentence: with the name of what was cut into bands, which says nothing alone."""
    question, t = mark.split("__", 1)[0], sheet.t
    if sheet.study.questionnaire.banding(question) is None:
        return answer_label(sheet.study, mark, t)
    return t(
        "{question}: {answer}",
        question=_question(sheet, question),
        answer=answer_label(sheet.study, mark, t, alone=False),
    )


def _cell(row: pd.Series, t: Catalogue, sheet: Sheet) -> str:
    words = withheld(row, t)
    if words or pd.isna(row["estimate"]):
        return words or NO_VALUE
    return t("{value} ({interval})", value=t.number(row["estimate"]), interval=interval(row, 0, t))
