"""A text document of ours: page, styles, header rows, footer, language declared, and the same bytes every time."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..text import load, spaced
from .archive import steady

LINE, SHADE = "_", "EDEDED"
LOCALES: Final = {"en": "en-GB", "fr": "fr-FR", "pt": "pt-PT", "pl": "pl-PL", "de": "de-DE"}
"""Variety of each language, for spelling and for voices that read aloud."""
WIDTH: Final = 178
"""Millimetres between the margins of an A4 page."""
FIXED: Final = datetime(2000, 1, 1)


class Paper:
    """A document in one language, to which headings, paragraphs and tables are added from top to bottom.

    Parameters
    ----------
    language : str
        ISO 639-1 code.
    title, author : str
        What the document says of itself.
    version : str
        What stands in the footer beside the number of the page.
    """

    def __init__(self, language: str, title: str, author: str, version: str) -> None:
        self.language = language
        self.t = load(language)
        self.document: Any = docx.Document()
        self._set_up(title, author, version)

    def saved(self) -> bytes:
        """Return the file."""
        buffer = io.BytesIO()
        self.document.save(buffer)
        return steady(buffer.getvalue())

    def heading(self, text: str, level: int) -> None:
        """Add a heading; level 0 is the title."""
        self.document.add_heading(self.said(text), level=level)

    def table(self, header: list[str], first: float) -> Any:
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
            self.fill(cell, text, centred=place > 0, size=8.5, follows=True)
        return table

    def row(self, table: Any) -> Any:
        """Add a row that no page break cuts; return its cells."""
        row = table.add_row()
        row._tr.get_or_add_trPr().append(_flag("w:cantSplit"))
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width
        return row.cells

    def fill(self, cell: Any, text: str, centred: bool = False, size: float = 11, follows: bool = False) -> None:
        """Write into a cell."""
        paragraph = cell.paragraphs[0]
        paragraph.text = self.said(text)
        paragraph.alignment = 1 if centred else 0
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.paragraph_format.keep_with_next = follows
        for run in paragraph.runs:
            run.font.size = Pt(size)

    def paragraph(
        self,
        text: str,
        style: str | None = None,
        bold: bool = False,
        muted: bool = False,
        indent: float = 0,
        after: float = 6,
        follows: bool = False,
    ) -> Any:
        """Add a paragraph; `indent` is in millimetres, `after` in points, `follows` keeps it with the next."""
        paragraph = self.document.add_paragraph(style=style)
        run = paragraph.add_run(self.said(text))
        run.bold = bold or None
        if muted:
            run.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
        layout = paragraph.paragraph_format
        layout.space_after = Pt(after)
        layout.keep_with_next = follows or None
        if indent:
            layout.left_indent = Mm(indent)
        return paragraph

    def said(self, text: str) -> str:
        """Return a text with the spaces that its language keeps together."""
        return spaced(text, self.language)

    def _set_up(self, title: str, author: str, version: str) -> None:
        """Page, styles in black and grey, language, footer, and properties that do not change from day to day."""
        document = self.document
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
        section.top_margin = section.bottom_margin = Mm(18)
        document.styles["Normal"].font.size = Pt(12)
        for style in document.styles:
            if getattr(style, "font", None) is not None:
                style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
                _speak(style, LOCALES.get(self.language, self.language))
                _plain_fonts(style)
        for name, size in (("Title", 22), ("Heading 1", 16)):
            document.styles[name].font.size = Pt(size)
        for name in ("Title", "Intense Quote"):
            for border in list(document.styles[name].element.iter(qn("w:pBdr"))):  # blue lines of the theme
                border.getparent().remove(border)
        document.styles["Intense Quote"].font.bold = document.styles["Intense Quote"].font.italic = False
        properties = document.core_properties
        properties.title, properties.author, properties.last_modified_by = title, author, ""
        properties.language, properties.version = LOCALES.get(self.language, self.language), version
        properties.comments, properties.revision = "", 1
        properties.created = properties.modified = FIXED
        footer = section.footer.paragraphs[0]
        document.styles["Footer"].paragraph_format.tab_stops.clear_all()
        footer.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        footer.add_run(f"{version}\t{self.t('Page')} ")
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


def shade(cell: Any) -> None:
    """Shade a cell."""
    fill = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        fill.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(fill)


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
