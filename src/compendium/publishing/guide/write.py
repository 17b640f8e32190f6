"""Write the guide: a page in the frame of the site, and a PDF with the same parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from ... import paths
from ...errors import CompendiumError
from ...reading import write_atomically
from ...study.study import Study
from ...text import Catalogue, spaced
from ..checks import faults
from ..pages import front_page, href, language_name, render
from .content import guide
from .document import Document

NAME = "guide"
_LAYOUT = paths.TEMPLATES / "guide.typ"


def write_guide(study: Study, t: Catalogue) -> Path:
    """Write the guide of a study in one language, beside its front page.

    Parameters
    ----------
    study : Study
        The study.
    t : Catalogue
        Language.

    Returns
    -------
    Path
        The page; the PDF lies beside it.

    Raises
    ------
    CompendiumError
        The page breaks a rule of pages, or the PDF cannot be made.
    """
    document, at = guide(study, t), front_page(study, t.language, NAME)
    printed = at.with_suffix(".pdf")
    html = render(
        "guide.html.j2",
        t,
        at=at,
        home=front_page(study, t.language),
        study_title=t.pick(study.title),
        title=document.title,
        languages=_languages(study, t.language, at),
        document=document,
        printed=href(at, printed),
    )
    found = faults(html)
    if found:
        raise CompendiumError(f"{paths.shown(at)}: the page {'; '.join(found)}")
    write_atomically(printed, as_pdf(document))
    write_atomically(at, html.encode())
    return at


def as_pdf(document: Document) -> bytes:
    """Return a document as a tagged PDF; the same document gives the same bytes, with the fonts that come with typst.

    Raises
    ------
    CompendiumError
        It cannot be set.
    """
    content = json.dumps(_spaced(asdict(document), document.language), ensure_ascii=False)
    try:
        return typst.compile(
            str(_LAYOUT),
            format="pdf",
            root=str(_LAYOUT.parent),
            ignore_system_fonts=True,
            sys_inputs={"document": content},
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        raise CompendiumError(f"{NAME}.pdf: cannot be set: {error}") from error


def _spaced(node: Any, language: str) -> Any:
    """Put the spaces that a language sets before its signs, as pages do."""
    if isinstance(node, str):
        return spaced(node, language)
    if isinstance(node, Mapping):
        return {
            name: part if name in ("kind", "id", "language") else _spaced(part, language) for name, part in node.items()
        }
    return [_spaced(part, language) for part in node] if isinstance(node, list | tuple) else node


def _languages(study: Study, language: str, at: Path) -> list[dict[str, str]]:
    named = [
        {
            "code": other,
            "name": language_name(other),
            "href": "" if other == language else href(at, front_page(study, other, NAME)),
        }
        for other in study.languages
    ]
    return named if len(named) > 1 else []
