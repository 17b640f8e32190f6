"""The form as one page a language: to be printed and filled in by hand, or read and filled in on a screen."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import jinja2

from .. import paths
from ..reading import write_atomically
from ..study.study import Study
from ..text import Catalogue, load, spaced
from .sheet import Sheet, sheet


def write(study: Study, country: str, wave: str, languages: Iterable[str], folder: Path) -> list[Path]:
    """Write the printable page of a form, one file a language.

    Parameters
    ----------
    study : Study
        The study.
    country, wave : str
        Whose form.
    languages : iterable of str
        Languages; one page each.
    folder : Path
        Where to.

    Returns
    -------
    list of Path
        The pages. Each stands alone: its style inside, no script, nothing loaded, nothing sent.

    Raises
    ------
    CompendiumError
        The study has no such form, or it lacks a language or the wording of an instrument.
    """
    written = []
    for language in languages:
        made = sheet(study, country, wave, language)
        path = folder / f"{study.form(country, wave).id}_{country}_{wave}_{language}.html"
        write_atomically(path, html(made).encode())
        written.append(path)
    return written


def html(made: Sheet) -> str:
    """Return the page of a form."""
    t = load(made.language)
    style = _style(made, t)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    page = _environment().get_template("paper.html.j2").render(sheet=made, t=t, style=style, policy=policy)
    head, end, body = page.lstrip().partition("</head>")  # the style must keep its hash
    return head + end + spaced(body, made.language)


def _style(made: Sheet, t: Catalogue) -> str:
    """Return the rules of ``paper.css``, and those of the printed margin: version of the form, number of the page."""
    rules = (paths.FORM_TEMPLATES / "paper.css").read_text(encoding="utf-8")
    left, right = (json.dumps(words, ensure_ascii=False) for words in (made.version, t("Page")))
    font = "font: 9pt system-ui, sans-serif; color: #555;"
    return (
        f"{rules}@page {{ @bottom-left {{ content: {left}; {font} }} "
        f'@bottom-right {{ content: {right} " " counter(page) " / " counter(pages); {font} }} }}\n'
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.FORM_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
