"""Show the statements themselves: by subject, with what became of each when it was held against the facts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape

import pandas as pd

from ...qualitative.evidence import Fact
from ...study.voices import CHECKED
from ...tables import Table
from ...text import Catalogue
from ..base import Several, several
from ..factsheet import Sentence
from ..law.words import branches, covers, source
from .page import Entries, Sheet, in_language, none_to_show, not_filled_in


def contradicted(sheet: Sheet) -> Entries | Sentence:
    """Show the statements that a fact contradicts, before all others."""
    if sheet.statements.empty:
        return not_filled_in(sheet)
    found = picked(sheet, checked="contradicted")
    return found or Sentence(sheet.t("No fact in our sources contradicts one of the statements."))


def picked(sheet: Sheet, *, theme: str = "", checked: str = "", country: str = "") -> Entries | None:
    """Return the statements of a theme, with a verdict, of a country; all where one is empty, nothing where none fits."""
    rows = sheet.statements
    for column, wanted in (("theme", theme), ("checked", checked), ("country", country)):
        rows = rows[rows[column] == wanted] if wanted else rows
    return Entries((("", tuple(_item(row, sheet) for row in rows.to_dict("records"))),)) if len(rows) else None


def statements(sheet: Sheet) -> Several | Sentence:
    """Show how many statements stand how, then all of them by subject, those that a fact contradicts first."""
    t = sheet.t
    if sheet.statements.empty:
        return none_to_show(sheet)
    order = {"contradicted": 0, "supported": 1, "unchecked": 2, "opinion": 3}
    groups: list[tuple[str, tuple[str, ...]]] = []
    for subject in sheet.voices.codebook.subjects.values():
        names = [theme.id for theme in sheet.voices.codebook.of_subject(subject.id)]
        rows = sheet.statements[sheet.statements["theme"].isin(names)]
        if rows.empty:
            groups.append((t.pick(subject.label), (f"<li><p>{escape(t('No statement on this subject.'))}</p></li>",)))
            continue
        rows = rows.assign(_order=rows["checked"].map(order)).sort_values("_order", kind="stable")
        groups.append((t.pick(subject.label), tuple(_item(row, sheet) for row in rows.to_dict("records"))))
    return several(_verdict_table(sheet), Entries(tuple(groups)))


def _verdict_table(sheet: Sheet) -> Table:
    """Say how many statements are supported, contradicted, opinions or unchecked, and what these words mean."""
    t, words = sheet.t, verdicts(sheet.t)
    meaning = {
        "contradicted": t("a fact says otherwise, for a part of the statement at least"),
        "supported": t("a fact says what the statement says; the note names what no fact is about"),
        "unchecked": t("it could be checked, and no fact in our sources does"),
        "opinion": t("a view, a question or a proposal: nothing to check"),
    }
    counted = sheet.statements["checked"].value_counts()
    frame = pd.DataFrame(
        {
            t("Checked against the facts"): [words[code] for code in meaning],
            t("Statements"): [int(counted.get(code, 0)) for code in meaning],
            t("What that means"): list(meaning.values()),
        }
    )
    return Table(frame, t("What the facts say of the statements"), t)


def _item(row: Mapping[Hashable, str], sheet: Sheet) -> str:
    """Return one statement with theme, source, verdict, note and facts."""
    t, translations = sheet.t, sheet.voices.translations
    theme = sheet.voices.codebook.themes[row["theme"]]
    text = in_language(row["statement"], translations, t, row["language"])
    is_foreign = text == row["statement"] and row["language"] != t.language
    language = f' lang="{escape(row["language"])}"' if is_foreign else ""
    # Documents go by number: the name of one, beside what is said in it, may tell who said it.
    own = sheet.statements[sheet.statements["country"] == row["country"]]
    document = list(dict.fromkeys(own["source"])).index(row["source"]) + 1
    about = [t.pick(theme.label), t.pick(theme.codes[row["code"]].label), t("document {n}", n=document)]
    if not sheet.facts.focus:
        about.insert(0, sheet.facts.label("country", row["country"]))
    note = f" {escape(in_language(row['note'], translations, t, row['language']))}" if row["note"] else ""
    facts = "".join(f"<li>{_fact(fact, sheet)}</li>" for fact in sheet.voices.facts[row["statement_id"]])
    return (
        f"<li><p{language}>{escape(text)}</p>"
        f'<p class="table-note">{escape(" · ".join(dict.fromkeys(about)))}</p>'
        f"<p><strong>{escape(verdicts(t)[row['checked']])}</strong>{'.' + note if note else ''}</p>"
        f"{f'<ul>{facts}</ul>' if facts else ''}</li>"
    )


def _fact(fact: Fact, sheet: Sheet) -> str:
    """Return a fact in words, with its source and a link to the page on which it stands."""
    t, row, facts = sheet.t, fact.row, sheet.facts
    if fact.kind == "indicator":
        words = t(
            "{what}: {value} {unit}, {country}, {year}",
            what=facts.label("indicator", row["indicator"]),
            value=t.number(row["estimate"], facts.context.units[row["unit"]]["digits"]),
            unit=facts.label("unit", row["unit"]),
            country=facts.label("country", row["country"]),
            year=row["period"],
        )
    elif fact.kind == "status":
        said = (
            t("{branch}: {cover}", branch=branches(t)[fact.branch], cover=covers(t)[row[fact.branch]])
            if fact.branch
            else ""
        )
        words = t("{name}: {text}", name=facts.say(row["english_name"]), text=said or facts.say(row["legal_basis"]))
    elif fact.kind == "actor":
        words = t("{name}: {text}", name=row["name"], text=facts.say(row["what_they_do"]))
    else:
        name = facts.say(row["english_name"])
        dated = name if pd.isna(row["year_from"]) else t("{name}, {year}", name=name, year=row["year_from"])
        words = t("{name}: {text}", name=dated, text=facts.say(row["description_in_own_words"]))
    page = "04_facts.html" if fact.kind == "indicator" else "04_law.html"
    is_doubtful = row["confidence"] == "to verify" or fact.branch in facts.context.draft
    doubt = f" ({t('to verify')})" if is_doubtful and row["source"] != "to verify" else ""
    return f'<a href="{page}">{escape(words)}</a> <span class="table-note">{escape(source(row["source"], t) + doubt)}</span>'


def verdicts(t: Catalogue) -> dict[str, str]:
    """Return the words for what holding a statement against the facts gave."""
    words = (
        t("Supported by a fact"),
        t("Contradicted by a fact"),
        t("Opinion, question or proposal"),
        t("Not checked: no fact in our sources"),
    )
    return dict(zip(CHECKED, words, strict=True))
