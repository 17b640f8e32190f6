"""The search page: every page, section, figure and table of a language in one list, which one script narrows to words.

The list is whole without the script. The script is inside the page and allowed by its hash alone; it asks nothing of the network,
so that the page works from a folder as well as from a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from .. import paths
from ..study.study import Study
from ..text import Catalogue
from .pages import Place, declared_places, href

KINDS = {"h1": "page", "h2": "section", "caption": "table", "figcaption": "figure"}
"""Element -> what it heads."""


_UNREAD = re.compile(r'<svg.*?</svg>|(?<=href=")data:[^"]*', re.DOTALL)
"""Drawings and files inside a page: nine tenths of it, with nothing that is listed."""


@dataclass(frozen=True)
class Entry:
    """Something that can be found: what it is (a value of :data:`KINDS`), its words, and its place in the page."""

    kind: str
    text: str
    anchor: str


@cache
def script() -> str:
    """Return the one script that a page of the site may run."""
    return (paths.TEMPLATES / "search.js").read_text(encoding="utf-8").strip()


def content(study: Study, shown: Iterable[Place], t: Catalogue, at: Path) -> dict[str, Any]:
    """Return what the template of the search page is filled with.

    Parameters
    ----------
    study : Study
        The study.
    shown : iterable of Place
        Pages that are there; those in other languages are left out.
    t : Catalogue
        Language of the search page.
    at : Path
        Where it lies.
    """
    own = {place for place in shown if place.language == t.language}
    pages = [place for place in declared_places(study) if place in own]
    return {"entries": [one for place in pages for one in _of_page(study, place, t, at)], "script": script()}


def _of_page(study: Study, place: Place, t: Catalogue, at: Path) -> Iterator[dict[str, str]]:
    path = place.path(study.folder)
    whose = study.name(place.unit, t.language)
    if len(study.waves) > 1:
        whose = t("{name}, {wave}", name=whose, wave=place.wave)
    found = entries(path.read_text(encoding="utf-8"))
    page = next((one.text for one in found if one.kind == "page"), "")
    kinds = {"page": t("Page"), "section": t("Section"), "table": t("Table of numbers"), "figure": t("Figure")}
    for one in found:
        link = href(at, path) + (f"#{one.anchor}" if one.anchor else "")
        where = whose if one.kind == "page" else f"{page} · {whose}"
        yield {"text": one.text, "href": link, "where": where, "kind": kinds[one.kind]}


def entries(html: str) -> list[Entry]:
    """Return the title, sections, tables and figures of a page, in its order; the data behind a figure are found with it."""
    reader = _Reader()
    reader.feed(_UNREAD.sub("", html))
    reader.close()
    figures = tuple(one.text for one in reader.found if one.kind == "figure")
    return [one for one in reader.found if one.kind != "table" or not one.text.endswith(figures)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Entry] = []
        self._kind = self._anchor = self._figure = ""
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs).get("id") or ""
        if tag == "figure":
            self._figure = own
        if tag in KINDS and not self._kind:
            self._kind, self._words = KINDS[tag], []
            self._anchor = own or (self._figure if tag == "figcaption" else "")

    def handle_data(self, data: str) -> None:
        if self._kind:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._kind and KINDS.get(tag) == self._kind:
            text = " ".join("".join(self._words).split())
            if text:
                self.found.append(Entry(self._kind, text, "" if self._kind == "page" else self._anchor))
            self._kind = ""
