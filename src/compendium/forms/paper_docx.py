"""The form as a text document, for partners who want to lay it out themselves or to print it from their own desk."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..reading import write_atomically
from ..study.study import Study
from ..text import Catalogue, load, spaced
from .archive import steady
from .sheet import Piece, Sheet, sheet

ROUND, SQUARE, LINE, SHADE = "○", "☐", "_", "EDEDED"
LOCALES: Final = {"en": "en-GB", "fr": "fr-FR", "pt": "pt-PT", "pl": "pl-PL", "de": "de-DE"}
"""Variety of each language, for spelling and for voices that read aloud."""
WIDTH: Final = 178
"""Millimetres between the margins of an A4 page."""
FIXED: Final = datetime(2000, 1, 1)


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


class _Writer:
    """Puts a sheet on paper, piece by piece."""

    def __init__(self, made: Sheet) -> None:
        self.made = made
        self.t: Catalogue = load(made.language)
        self.document = docx.Document()
        self._set_up()

    def bytes(self) -> bytes:
        made = self.made
        self.document.add_heading(self._said(made.title), level=0)
        for name, value in made.facts:
            self._paragraph(f"{name}: {value}" if made.language != "fr" else f"{name} : {value}", after=2)
        self.document.add_heading(self._said(self.t("How to fill in this form")), level=1)
        for line in made.instructions:
            self._paragraph(line, style="List Bullet", after=2)
        for chapter in made.chapters:
            self.document.add_heading(self._said(chapter.title), level=1)
            self._route(chapter.route)
            if chapter.intro:
                self._paragraph(chapter.intro, follows=True)
            for section in chapter.sections:
                self._route(section.route)
                for piece in section.pieces:
                    self._piece(piece)
        self._paragraph(made.closing, bold=True)
        buffer = io.BytesIO()
        self.document.save(buffer)
        return steady(buffer.getvalue())

    def _piece(self, piece: Piece) -> None:
        if piece.kind == "table":
            self._items(piece)
            return
        if piece.kind == "note":
            for line in piece.first.text.splitlines():
                self._paragraph(line, style="Intense Quote")
            return
        self._question(piece)
        match piece.kind:
            case "one" | "several":
                sign = ROUND if piece.kind == "one" else SQUARE
                last = len(piece.choices) - 1
                for place, choice in enumerate(piece.choices):
                    self._paragraph(
                        f"{sign}  {choice.label}", indent=5, after=8 if place == last else 2, follows=place < last
                    )
            case "number":
                self._paragraph(f"{LINE * 12} {piece.unit}", indent=5, after=8)
            case "shares":
                self._shares(piece)
            case "text":
                for _ in range(4 if piece.is_long else 1):
                    self._paragraph(LINE * 72, after=8)
        self._route(piece.ending)

    def _question(self, piece: Piece) -> None:
        asked = piece.first
        paragraph = self._paragraph(f"{asked.number}  ", bold=True, after=2, follows=True)
        paragraph.add_run(self._said(asked.text)).bold = True
        for hint in filter(None, (asked.help, piece.rule)):
            self._paragraph(hint, muted=True, after=2, follows=True)

    def _items(self, piece: Piece) -> None:
        for mark, route in piece.marks:
            self._route(f"{mark} {route}")
        if piece.help:
            self._paragraph(piece.help, muted=True, after=2, follows=True)
        table = self._table([piece.rule, *(choice.label for choice in piece.choices)], first=0.4)
        for row in piece.rows:
            cells = self._row(table)
            text = f"{row.number}  {row.text}" + (f"\N{NO-BREAK SPACE}{row.mark}" if row.mark else "")
            self._fill(cells[0], "\n".join(filter(None, (text, row.help))))
            for cell in cells[1:]:
                self._fill(cell, ROUND, centred=True, size=14)
        for place, choice in enumerate(piece.choices, start=1):
            if choice.is_apart:
                for row in table.rows:
                    _shade(row.cells[place])
        self._paragraph("", after=4)

    def _shares(self, piece: Piece) -> None:
        table = self._table([self.t("Category"), self.t("Share")], first=0.7)
        for label in (*(choice.label for choice in piece.choices), self.t("Total")):
            cells = self._row(table)
            self._fill(cells[0], label)
            self._fill(cells[1], f"{LINE * 6} %", centred=True)
        self._fill(cells[1], "100 %", centred=True)
        self._paragraph("", after=4)

    def _table(self, header: list[str], first: float) -> Any:
        """A table with a header row that comes again on every page; ``first`` is the share of its first column."""
        table = self.document.add_table(rows=1, cols=len(header), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        widths = [first, *[(1 - first) / (len(header) - 1)] * (len(header) - 1)]
        for column, share in zip(table.columns, widths, strict=True):
            column.width = Mm(WIDTH * share)
        head = table.rows[0]
        head._tr.get_or_add_trPr().append(_flag("w:tblHeader"))
        head._tr.get_or_add_trPr().append(_flag("w:cantSplit"))
        for place, (cell, text, share) in enumerate(zip(head.cells, header, widths, strict=True)):
            cell.width = Mm(WIDTH * share)
            self._fill(cell, text, centred=place > 0, size=8.5, follows=True)
        return table

    def _row(self, table: Any) -> Any:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(_flag("w:cantSplit"))
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width
        return row.cells

    def _fill(self, cell: Any, text: str, centred: bool = False, size: float = 11, follows: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.text = self._said(text)
        paragraph.alignment = 1 if centred else 0
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.paragraph_format.keep_with_next = follows
        for run in paragraph.runs:
            run.font.size = Pt(size)

    def _route(self, text: str) -> None:
        if text:
            self._paragraph(text, style="Quote", follows=True)

    def _paragraph(
        self,
        text: str,
        style: str | None = None,
        bold: bool = False,
        muted: bool = False,
        indent: float = 0,
        after: float = 6,
        follows: bool = False,
    ) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        run = paragraph.add_run(self._said(text))
        run.bold = bold or None
        if muted:
            run.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
        layout = paragraph.paragraph_format
        layout.space_after = Pt(after)
        layout.keep_with_next = follows or None
        if indent:
            layout.left_indent = Mm(indent)
        return paragraph

    def _said(self, text: str) -> str:
        return spaced(text, self.made.language)

    def _set_up(self) -> None:
        """Page, styles in black and grey, language, footer, and properties that do not change from day to day."""
        made, document = self.made, self.document
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
        section.top_margin = section.bottom_margin = Mm(18)
        document.styles["Normal"].font.size = Pt(12)
        for style in document.styles:
            if getattr(style, "font", None) is not None:
                style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
                _speak(style, LOCALES.get(made.language, made.language))
                _plain_fonts(style)
        for name, size in (("Title", 22), ("Heading 1", 16)):
            document.styles[name].font.size = Pt(size)
        for name in ("Title", "Intense Quote"):
            for border in list(document.styles[name].element.iter(qn("w:pBdr"))):  # blue lines of the theme
                border.getparent().remove(border)
        document.styles["Intense Quote"].font.bold = document.styles["Intense Quote"].font.italic = False
        properties = document.core_properties
        properties.title, properties.author, properties.last_modified_by = made.title, made.facts[0][1], ""
        properties.language, properties.version = LOCALES.get(made.language, made.language), made.version
        properties.comments, properties.revision = "", 1
        properties.created = properties.modified = FIXED
        footer = section.footer.paragraphs[0]
        document.styles["Footer"].paragraph_format.tab_stops.clear_all()
        footer.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        footer.add_run(f"{made.version}\t{self.t('Page')} ")
        _field(footer, "PAGE")
        footer.add_run(" / ")
        _field(footer, "NUMPAGES")
        for run in footer.runs:
            run.font.size = Pt(9)


def _speak(style: Any, locale: str) -> None:
    """Declare the language of everything written in a style."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), locale)
    properties.append(language)


def _plain_fonts(style: Any) -> None:
    """One family for everything: the theme's fonts are not on every machine."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), "Arial")
    properties.insert(0, fonts)


def _flag(name: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    return element


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _field(paragraph: Any, code: str) -> None:
    """Insert a field that the word processor works out, such as the number of the page."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)
