"""Say once what a study does not show: sections that would repeat it become a list under the first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import nbformat

from ..text import Catalogue
from .pages import heading_of

_HEADING = re.compile(r"#{1,6} ")
_GAP = re.compile(r'<p class="gap">.*?</p>', re.DOTALL)


@dataclass
class _Section:
    """A heading with all that follows it up to the next one of any level."""

    cells: list[nbformat.NotebookNode] = field(default_factory=list)

    @property
    def said(self) -> list[str] | None:
        """The sentences that stand where something would be shown; none where anything is shown."""
        shown = ["".join(_html(cell)) for cell in self.cells if cell.cell_type == "code" and cell.get("outputs")]
        if not shown or any(_GAP.sub("", one).strip() for one in shown):
            return None
        return [sentence for one in shown for sentence in _GAP.findall(one)]

    @property
    def heading(self) -> str:
        return heading_of(self.cells[0].source)


def gather(cells: Sequence[nbformat.NotebookNode], t: Catalogue) -> list[nbformat.NotebookNode]:
    """Take out the sections that only repeat a gap, and name them where it was said first.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Cells of an executed notebook, translated.
    t : Catalogue
        Language of the page.

    Returns
    -------
    list of NotebookNode
        The cells that stay. A section goes where all it shows are sentences on what is missing, and each of them stands in
        one section before it; that one ends with a line that names the headings of those that went. Nothing is lost: the
        same sentence holds for each of them.
    """
    sections = _sections(cells)
    first: dict[str, _Section] = {}
    same: dict[int, list[str]] = {}
    kept = []
    for section in sections:
        said = section.said
        # dict.fromkeys keeps the order, so that a gap is listed where its first sentence stands
        if said and all(sentence in first for sentence in said):
            same.setdefault(id(first[said[0]]), []).append(section.heading)
            continue
        for sentence in said or ():
            first.setdefault(sentence, section)
        kept.append(section)
    for section in kept:
        if id(section) in same:
            section.cells.append(_line(same[id(section)], t))
    return [cell for section in _without_empty(kept) for cell in section.cells]


def _sections(cells: Sequence[nbformat.NotebookNode]) -> list[_Section]:
    found = [_Section()]
    for cell in cells:
        if cell.cell_type == "markdown" and _HEADING.match(cell.source):
            found.append(_Section())
        found[-1].cells.append(cell)
    return [section for section in found if section.cells]


def _html(cell: nbformat.NotebookNode) -> list[str]:
    return ["".join(one.get("data", {}).get("text/html", one.get("text", "x"))) for one in cell.outputs]


def _line(headings: Sequence[str], t: Catalogue) -> nbformat.NotebookNode:
    text = t("The same holds for: {headings}.", headings="; ".join(headings))
    cell = nbformat.v4.new_code_cell()
    cell.outputs = [
        nbformat.v4.new_output("display_data", {"text/html": f'<p class="gap">{escape(text)}</p>', "text/plain": text})
    ]
    return cell


def _without_empty(sections: Sequence[_Section]) -> list[_Section]:
    """Leave out a heading whose parts all went and that holds nothing but itself."""
    kept: list[_Section] = []
    for section in reversed(sections):
        alone = len(section.cells) == 1 and _is_bare(section.cells[0])
        follows = _level(kept[-1]) if kept else 0
        if not (alone and follows <= _level(section)):
            kept.append(section)
    return kept[::-1]


def _is_bare(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(_HEADING.match(cell.source)) and "\n" not in cell.source.strip()


def _level(section: _Section) -> int:
    source = section.cells[0].source if section.cells[0].cell_type == "markdown" else ""
    return len(source) - len(source.lstrip("#"))
