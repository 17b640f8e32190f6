"""The country questionnaire, ready to fill in: a text document to think and write in, a workbook to enter statements in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import CompendiumError
from ..reading import write_atomically
from ..study.study import Study
from ..study.voices import CHECKED, load_codebook
from ..text import Catalogue, load
from .voices_table import workbook
from .word import LINE, Paper

LANGUAGES = ("en", "fr", "pt", "pl", "de")
"""Languages in which the codebook is written."""
_LINES = 6


def write(study: Study, country: str, folder: Path, languages: Iterable[str] = ()) -> list[Path]:
    """Write the country questionnaire of a country: one document and one workbook a language.

    Parameters
    ----------
    study : Study
        The study.
    country : str
        Whose form.
    folder : Path
        Where to. Never the folder of what is received: an empty form is no answer.
    languages : iterable of str
        Languages; none are those of the country in which the form is written, or else English.

    Returns
    -------
    list of Path
        ``voices_<country>_<language>.docx`` and ``.xlsx``; the same form gives the same bytes.

    Raises
    ------
    CompendiumError
        The country is none of the study, or the form is not written in a language.
    """
    codes = [one.code for one in study.countries]
    if country not in codes:
        raise CompendiumError(f"voices: the country {country!r} is not in the study; legal are {', '.join(codes)}")
    own = [language for language in study.country(country).languages if language in LANGUAGES]
    written = []
    for language in tuple(languages) or own or ["en"]:
        if language not in LANGUAGES:
            raise CompendiumError(f"voices: the form is not written in {language!r}; legal are {', '.join(LANGUAGES)}")
        name = f"voices_{country}_{language}"
        for ending, content in (
            ("docx", document(study, country, language)),
            ("xlsx", workbook(country, language)),
        ):
            path = folder / f"{name}.{ending}"
            write_atomically(path, content)
            written.append(path)
    return written


def document(study: Study, country: str, language: str) -> bytes:
    """Return the document of a country in one language: help, open questions by subject, practices, code sheet."""
    t = load(language)
    title = t("Country questionnaire: {country}", country=study.name(country, language))
    paper = Paper(language, title, t.pick(study.title), f"voices {country}")
    paper.heading(title, 0)
    paper.paragraph(t.pick(study.title), muted=True)
    paper.paragraph(
        t(
            "This form gathers what people in the field say about work in culture in your country. It stands beside the "
            "survey and the official figures and is mixed with neither."
        )
    )
    paper.heading(t("How to fill in this form"), 1)
    for step in _steps(country, language, t):
        paper.paragraph(step, style="List Number", after=3)
    book = load_codebook()
    for number, subject in enumerate(book.subjects.values(), start=1):
        paper.heading(f"{number}. {t.pick(subject.label)}", 1)
        for question in subject.questions:
            paper.paragraph(t.pick(question), bold=True, after=4, follows=True)
            for line in range(_LINES):
                paper.paragraph(LINE * 72, after=8, follows=line < _LINES - 1)
    _practices(paper)
    _codes(paper)
    return paper.saved()


def _steps(country: str, language: str, t: Catalogue) -> list[str]:
    return [
        t(
            "Answer the open questions in a few sentences, alone or with colleagues. Documents that you have already "
            "written may serve as well: name each as a source."
        ),
        t(
            "Then cut the answers into statements, one idea each, in your own words, and enter them in the workbook "
            "{file}: one row a statement.",
            file=f"voices_{country}_{language}.xlsx",
        ),
        t(
            'Who speaks is a role such as "support officer", never a name. Write no e-mail address, no telephone number '
            "and nothing that shows one person; such rows are refused. Roles are never published."
        ),
        t(
            "Choose theme and code from the lists of the workbook; the code sheet at the end of this form says what each "
            "means. What fits nowhere goes under the nearest theme, with a note."
        ),
        t(
            'Hold each statement against the country facts and say in the column "checked" what came of it. Supported and '
            "contradicted need the identifier of the fact; when in doubt, leave it unchecked."
        ),
        t(
            "Send the workbook back as it is. It is put, unchanged, into the folder of your country as {file}; the program "
            "then names every row that does not fit.",
            file=f"raw/{country}/statements.xlsx",
        ),
    ]


def verdicts(t: Catalogue) -> dict[str, str]:
    """Return what the codes of the column ``checked`` mean."""
    meaning = (
        t("a fact of the study says the same"),
        t("a fact of the study says otherwise, for a part at least"),
        t("a view, a question or a proposal: there is nothing to check"),
        t("it could be checked, and nothing in the study does"),
    )
    return dict(zip(CHECKED, meaning, strict=True))


def _practices(paper: Paper) -> None:
    """Add the register of good practices: one table to be copied for each practice."""
    t = paper.t
    paper.document.add_page_break()
    paper.heading(t("Good practices"), 1)
    paper.paragraph(
        t(
            "Something that is done and that others might take over. Copy the table for each; leave empty what you do not know."
        )
    )
    table = paper.table([t("Practice"), ""], first=0.4)
    for asked in (
        t("Where is it done, and by whom?"),
        t("For whom?"),
        t("What is done?"),
        t(
            "How is it known that it helps: nothing is known, those who run it say so, they count, people with and without it were compared, others evaluated it?"
        ),
        t("What would others need to take it over?"),
        t("Where can one read about it?"),
    ):
        cells = paper.row(table)
        paper.fill(cells[0], asked)
        paper.fill(cells[1], "\n\n")
    paper.paragraph("", after=4)


def _codes(paper: Paper) -> None:
    """Add the code sheet: verdicts, then themes and codes by subject."""
    t, book = paper.t, load_codebook()
    paper.heading(t("Code sheet"), 1)
    table = paper.table(["checked", t("Meaning")], first=0.25)
    for verdict, meaning in verdicts(t).items():
        cells = paper.row(table)
        paper.fill(cells[0], verdict)
        paper.fill(cells[1], meaning)
    for subject in book.subjects.values():
        paper.paragraph("", after=2)
        paper.paragraph(t.pick(subject.label), bold=True, after=4, follows=True)
        table = paper.table([t("Theme"), t("Code"), t("Meaning")], first=0.3)
        for theme in book.of_subject(subject.id):
            first = len(table.rows)
            for code in theme.codes.values():
                cells = paper.row(table)
                paper.fill(cells[1], f"{t.pick(code.label)} ({code.id})", size=9.5)
                paper.fill(cells[2], t.pick(code.description), size=9.5)
            whole = table.cell(first, 0).merge(table.cell(len(table.rows) - 1, 0))
            paper.fill(whole, f"{t.pick(theme.label)} ({theme.id})\n{t.pick(theme.description)}", size=9.5)
