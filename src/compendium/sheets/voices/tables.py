"""Show what was counted, and what is still to be collected."""

from __future__ import annotations

import pandas as pd

from ...tables import Table
from ..factsheet import Sentence
from .page import Sheet, none_to_show


def themes(sheet: Sheet) -> Table | Sentence:
    """Show how many sources bring up each theme, country by country; a form that has not come in is said in words."""
    t, counts = sheet.t, sheet.counts
    if counts.empty:
        return none_to_show(sheet)
    book = sheet.voices.codebook
    found = {(row.indicator, row.country): int(row.estimate) for row in counts.itertuples(index=False)}
    rows = []
    for subject in book.subjects.values():
        for theme in book.of_subject(subject.id):
            row = {t("Subject"): t.pick(subject.label), t("Theme"): t.pick(theme.label)}
            for country in sheet.of_page:
                number = found.get((theme.id, country))
                row[sheet.facts.label("country", country)] = (
                    t("not received") if number is None else t.number(number) if number else t("no source")
                )
            rows.append(row)
    sources = sheet.statements.groupby("country")["source"].nunique()
    read = [
        t("{country}: {n}", country=sheet.facts.label("country", country), n=t.number(sources[country]))
        for country in sheet.received
    ]
    return Table(
        pd.DataFrame(rows),
        t("Themes, counted in sources"),
        t,
        row_headers=2,
        note=t(
            "A source is a document; however much it says, it counts once for a theme. Documents read: {read}. No intervals: "
            "the documents are not drawn from anything, so a count says that a theme is there, not how common it is.",
            read="; ".join(read),
        ),
    )


def missing(sheet: Sheet) -> Table | Sentence:
    """Say what is still to be collected: forms not filled in, subjects without a statement, countries without practices."""
    t, book = sheet.t, sheet.voices.codebook
    themes_of = {country: set(rows["theme"]) for country, rows in sheet.statements.groupby("country")}
    with_practices = set(sheet.practices.table["country"])
    rows = []
    for country in sheet.of_page:
        said = themes_of.get(country, set())
        silent = [
            t.pick(subject.label)
            for subject in book.subjects.values()
            if not any(theme.id in said for theme in book.of_subject(subject.id))
        ]
        has_form = country in sheet.voices.received
        rows.append(
            {
                t("Country"): sheet.facts.label("country", country),
                t("Country questionnaire"): t("filled in") if has_form else t("not filled in yet"),
                t("Subjects without a statement"): "; ".join(silent)
                if has_form and silent
                else t("none")
                if has_form
                else t("all"),
                t("Good practices"): t("in the register") if country in with_practices else t("none in the register"),
            }
        )
    return Table(
        pd.DataFrame(rows),
        t("What is still to be collected"),
        t,
        note=t("The form of a country, ready to fill in, is made by: compendium voices form CODE"),
    )
