"""The form as a text document, for partners who want to lay it out themselves or to print it from their own desk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..reading import write_atomically
from ..study.study import Study
from .sheet import Piece, Sheet, sheet
from .word import LINE, Paper, shade

ROUND, SQUARE = "○", "☐"


def write(study: Study, country: str, wave: str, languages: Iterable[str], folder: Path) -> list[Path]:
    """Write a form as ``.docx``, one file a language.

    Parameters
    ----------
    study : Study
        The study.
    country, wave : str
        Whose form.
    languages : iterable of str
        Languages; one document each.
    folder : Path
        Where to.

    Returns
    -------
    list of Path
        The documents: real headings, tables whose first row is a header that comes again on every page, the language of
        the text declared, version of the form and number of the page in the footer. The same form gives the same bytes.

    Raises
    ------
    CompendiumError
        The study has no such form, or it lacks a language or the wording of an instrument.
    """
    written = []
    for language in languages:
        made = sheet(study, country, wave, language)
        path = folder / f"{study.form(country, wave).id}_{country}_{wave}_{language}.docx"
        write_atomically(path, document(made))
        written.append(path)
    return written


def document(made: Sheet) -> bytes:
    """Return the document of a form."""
    return _Writer(made).bytes()


class _Writer(Paper):
    """Puts a sheet on paper, piece by piece."""

    def __init__(self, made: Sheet) -> None:
        super().__init__(made.language, made.title, made.facts[0][1], made.version)
        self.made = made

    def bytes(self) -> bytes:
        made = self.made
        self.heading(made.title, 0)
        for name, value in made.facts:
            self.paragraph(f"{name}: {value}" if made.language != "fr" else f"{name} : {value}", after=2)
        self.heading(self.t("How to fill in this form"), 1)
        for line in made.instructions:
            self.paragraph(line, style="List Bullet", after=2)
        for chapter in made.chapters:
            self.heading(chapter.title, 1)
            self._route(chapter.route)
            if chapter.intro:
                self.paragraph(chapter.intro, follows=True)
            for section in chapter.sections:
                self._route(section.route)
                for piece in section.pieces:
                    self._piece(piece)
        self.paragraph(made.closing, bold=True)
        return self.saved()

    def _piece(self, piece: Piece) -> None:
        if piece.kind == "table":
            self._items(piece)
            return
        if piece.kind == "note":
            for line in piece.first.text.splitlines():
                self.paragraph(line, style="Intense Quote")
            return
        self._question(piece)
        match piece.kind:
            case "one" | "several":
                sign = ROUND if piece.kind == "one" else SQUARE
                last = len(piece.choices) - 1
                for place, choice in enumerate(piece.choices):
                    self.paragraph(
                        f"{sign}  {choice.label}", indent=5, after=8 if place == last else 2, follows=place < last
                    )
            case "number":
                self.paragraph(f"{LINE * 12} {piece.unit}", indent=5, after=8)
            case "shares":
                self._shares(piece)
            case "text":
                for _ in range(4 if piece.is_long else 1):
                    self.paragraph(LINE * 72, after=8)
        self._route(piece.ending)

    def _question(self, piece: Piece) -> None:
        asked = piece.first
        paragraph = self.paragraph(f"{asked.number}  ", bold=True, after=2, follows=True)
        paragraph.add_run(self.said(asked.text)).bold = True
        for hint in filter(None, (asked.help, piece.rule)):
            self.paragraph(hint, muted=True, after=2, follows=True)

    def _items(self, piece: Piece) -> None:
        for mark, route in piece.marks:
            self._route(f"{mark} {route}")
        if piece.help:
            self.paragraph(piece.help, muted=True, after=2, follows=True)
        table = self.table([piece.rule, *(choice.label for choice in piece.choices)], first=0.4)
        for row in piece.rows:
            cells = self.row(table)
            text = f"{row.number}  {row.text}" + (f"\N{NO-BREAK SPACE}{row.mark}" if row.mark else "")
            self.fill(cells[0], "\n".join(filter(None, (text, row.help))))
            for cell in cells[1:]:
                self.fill(cell, ROUND, centred=True, size=14)
        for place, choice in enumerate(piece.choices, start=1):
            if choice.is_apart:
                for row in table.rows:
                    shade(row.cells[place])
        self.paragraph("", after=4)

    def _shares(self, piece: Piece) -> None:
        table = self.table([self.t("Category"), self.t("Share")], first=0.7)
        for label in (*(choice.label for choice in piece.choices), self.t("Total")):
            cells = self.row(table)
            self.fill(cells[0], label)
            self.fill(cells[1], f"{LINE * 6} %", centred=True)
        self.fill(cells[1], "100 %", centred=True)
        self.paragraph("", after=4)

    def _route(self, text: str) -> None:
        if text:
            self.paragraph(text, style="Quote", follows=True)
