"""Show the voices of a page: themes counted in sources, statements with what facts say of them, good practices, gaps.

What stands on a public page and what does not: theme, code, the statement in our own words, the document it comes from, the
verdict and its fact. **Who speaks does not**: few people stand behind the statements, several roles occur once, and a role
within a named document is often one person. The role stays in the file, for the analyst; grouping roles would not help where
a group has one member. For the same reason nothing is counted in persons: counts are of documents.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from .. import qualitative
from ..qualitative.evidence import Fact
from ..study.study import Study
from ..study.voices import CHECKED
from ..tables import Table
from ..text import Catalogue
from . import factsheet
from .factsheet import Sentence
from .law.words import branches, covers, source


@dataclass(frozen=True, repr=False)
class Sheet:
    """The voices of a study for one page.

    Attributes
    ----------
    facts : factsheet.Sheet
        The country facts of the page: whose page it is, in which language.
    voices : Voices
        The coded statements.
    practices : Practices
        The register of good practices.
    counts : pandas.DataFrame
        Themes counted in sources; the one shape of a result.
    """

    facts: factsheet.Sheet
    voices: qualitative.Voices
    practices: qualitative.Practices
    counts: pd.DataFrame

    @property
    def t(self) -> Catalogue:
        """Return the language of the page."""
        return self.facts.t

    @property
    def of_page(self) -> list[str]:
        """Return the countries that the page is about."""
        return [self.facts.focus] if self.facts.focus else list(self.facts.places)

    @property
    def received(self) -> list[str]:
        """Return the countries of the page whose form has come in."""
        return [country for country in self.of_page if country in self.voices.received]

    @property
    def statements(self) -> pd.DataFrame:
        """Return the statements of the countries of the page."""
        rows = self.voices.statements
        return rows[rows["country"].isin(self.of_page)]


@dataclass(frozen=True, repr=False)
class Statements:
    """Statements one under another, each with its verdict and facts; `groups` holds a heading and the items under it."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]

    def __repr__(self) -> str:
        return f"{sum(len(items) for _, items in self.groups)} statements"

    def _repr_html_(self) -> str:
        return "".join(
            (f"<h3>{escape(heading)}</h3>" if heading else "") + f'<ul class="voices">{"".join(items)}</ul>'
            for heading, items in self.groups
        )


def of_study(study: Study, unit: str, t: Catalogue) -> Sheet:
    """Load the voices of a study for the page of one of its countries, or of all of them together."""
    facts = factsheet.of_study(study, unit, t)
    voices = qualitative.load_voices(study, facts.context)
    places = [facts.focus] if facts.focus else list(facts.places)
    return Sheet(
        facts, voices, qualitative.load_practices(study, facts.context), qualitative.in_sources(voices, places)
    )


def themes(sheet: Sheet) -> Table | Sentence:
    """Show how many sources bring up each theme, country by country; a form that has not come in is said in words."""
    t, counts = sheet.t, sheet.counts
    if counts.empty:
        return _no_statements(sheet)
    book = sheet.voices.codebook
    found = {(row.indicator, row.country): int(row.estimate) for row in counts.itertuples(index=False)}
    rows = []
    for subject in book.subjects.values():
        for theme in book.of_subject(subject.id):
            row = {t("Subject"): t.pick(subject.label), t("Theme"): t.pick(theme.label)}
            for country in sheet.of_page:
                number = found.get((theme.id, country))
                row[sheet.facts.label("country", country)] = (
                    t("form not filled in") if number is None else t.number(number) if number else t("no source")
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


def contradicted(sheet: Sheet) -> Statements | Sentence:
    """Show the statements that a fact contradicts, before all others."""
    if sheet.statements.empty:
        return _nothing(sheet)
    rows = sheet.statements[sheet.statements["checked"] == "contradicted"]
    if rows.empty:
        return Sentence(sheet.t("No fact in our sources contradicts one of the statements."))
    return Statements((("", tuple(_item(row, sheet) for row in rows.to_dict("records"))),))


def verdicts(sheet: Sheet) -> Table | Sentence:
    """Say how many statements are supported, contradicted, opinions or unchecked, and what these words mean."""
    t, words = sheet.t, _verdicts(sheet.t)
    if sheet.statements.empty:
        return _no_statements(sheet)
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


def statements(sheet: Sheet) -> Statements | Sentence:
    """Show all statements by subject, those that a fact contradicts first."""
    t = sheet.t
    if sheet.statements.empty:
        return _no_statements(sheet)
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
    return Statements(tuple(groups))


def practices(sheet: Sheet) -> Table | Sentence:
    """Show the register of good practices of the page: where, for whom, evidence, what a transfer would take."""
    t, words = sheet.t, _evidence(sheet.t)
    rows = sheet.practices.table
    rows = rows[rows["country"].isin(sheet.of_page)]
    if rows.empty:
        return Sentence(t("No good practice of this country stands in our register yet."))
    shown = rows.to_dict("records")
    said = {name: [_said(row[name], sheet.practices.translations, t) for row in shown] for name in rows.columns[2:]}
    columns = {
        t("Country"): [sheet.facts.label("country", code) for code in rows["country"]],
        t("Practice"): said["what"],
        t("Where"): said["where"],
        t("For whom"): said["for_whom"],
        t("Evidence"): [
            t("{level}: {evidence}", level=words[code], evidence=text) if text else words[code]
            for code, text in zip(rows["evidence_level"], said["evidence"], strict=True)
        ],
        t("Conditions of transfer"): [text or t("not in our sources") for text in said["conditions_of_transfer"]],
        t("Source"): said["source"],
        t("Confidence"): [factsheet.word(code, t) for code in rows["confidence"]],
    }
    if sheet.facts.focus:
        del columns[t("Country")]
    return Table(
        pd.DataFrame(columns),
        t("Good practices in our sources"),
        t,
        note=t(
            "A practice stands here because a source describes it, not because it is shown to work: see the column on evidence."
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


def _item(row: Mapping[Hashable, str], sheet: Sheet) -> str:
    """Return one statement with theme, source, verdict, note and facts."""
    t, translations = sheet.t, sheet.voices.translations
    theme = sheet.voices.codebook.themes[row["theme"]]
    text = _said(row["statement"], translations, t, row["language"])
    is_foreign = text == row["statement"] and row["language"] != t.language
    language = f' lang="{escape(row["language"])}"' if is_foreign else ""
    about = [
        t.pick(theme.label),
        t.pick(theme.codes[row["code"]].label),
        _said(row["source"], translations, t, row["language"]),
    ]
    if not sheet.facts.focus:
        about.insert(0, sheet.facts.label("country", row["country"]))
    note = f" {escape(_said(row['note'], translations, t, row['language']))}" if row["note"] else ""
    facts = "".join(f"<li>{_fact(fact, sheet)}</li>" for fact in sheet.voices.facts[row["statement_id"]])
    return (
        f"<li><p{language}>{escape(text)}</p>"
        f'<p class="table-note">{escape(" · ".join(dict.fromkeys(about)))}</p>'
        f"<p><strong>{escape(_verdicts(t)[row['checked']])}</strong>{'.' + note if note else ''}</p>"
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
        cover = (f"{name} {covers(t)[row[branch]]}" for branch, name in branches(t).items())
        words = t("{name}: {text}", name=facts.say(row["english_name"]), text=", ".join(cover))
    else:
        name = facts.say(row["english_name"])
        dated = name if pd.isna(row["year_from"]) else t("{name}, {year}", name=name, year=row["year_from"])
        words = t("{name}: {text}", name=dated, text=facts.say(row["description_in_own_words"]))
    page = "04_facts.html" if fact.kind == "indicator" else "04_law.html"
    is_draft = fact.kind == "status" and bool(facts.context.draft & set(branches(t)))
    is_doubtful = is_draft or (row["confidence"] == "to verify" != row["source"])
    doubt = f" ({t('to verify')})" if is_doubtful else ""
    return f'<a href="{page}">{escape(words)}</a> <span class="table-note">{escape(source(row["source"], t) + doubt)}</span>'


def _said(text: str, translations: object, t: Catalogue, language: str = "en") -> str:
    """Return a text in the language of the page where there is a translation; else as it was written, counted."""
    if not text or t.language == language:
        return text
    found = translations.get(t.language, {}).get(text) if isinstance(translations, dict) else None
    if found is None:
        t.missing.add(text)
    return found or text


def _verdicts(t: Catalogue) -> dict[str, str]:
    words = (
        t("Supported by a fact"),
        t("Contradicted by a fact"),
        t("Opinion, question or proposal"),
        t("Not checked: no fact in our sources"),
    )
    return dict(zip(CHECKED, words, strict=True))


def _evidence(t: Catalogue) -> dict[str, str]:
    words = (
        t("none in our sources"),
        t("own account of those who run it"),
        t("counted by those who run it"),
        t("people with and without it compared"),
        t("evaluated by others"),
    )
    return dict(zip(qualitative.EVIDENCE, words, strict=True))


def _nothing(sheet: Sheet) -> Sentence:
    t = sheet.t
    if sheet.facts.focus:
        country = sheet.facts.label("country", sheet.facts.focus)
        return Sentence(
            t("The country questionnaire of {country} is not filled in yet: no voices are there.", country=country)
        )
    return Sentence(t("No country questionnaire is filled in yet: no voices are there."))


def _no_statements(sheet: Sheet) -> Sentence:
    """Return the sentence of the sections that follow the one which says it in full."""
    return Sentence(sheet.t("There are no statements to show yet."))
