"""Where pages are, what they are called, and what each says of the others; the frame that all of them share."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import babel
import jinja2

from .. import paths
from ..errors import ChainError, CompendiumError
from ..reading import write_atomically
from ..study.study import Study
from ..text import Catalogue, spaced
from .checks import faults
from .style import policy, style

REGIONS = ("before", "notice", "after")


@dataclass(frozen=True, order=True)
class Place:
    """One page: whose, of which wave, in which language, from which notebook."""

    unit: str
    wave: str
    language: str
    notebook: str

    def path(self, folder: Path) -> Path:
        """Return the file of the page in the site of a study."""
        return paths.page(folder, self.unit, self.wave, self.language, self.notebook)


LAST = 99
"""Place in its chapter of a room that declares none."""


def front_page(study: Study, language: str, name: str = "index") -> Path:
    """Return the file of a page about the whole study; those in its first language lie at the top of the site."""
    site = paths.site(study.folder)
    return (site if language == study.languages[0] else site / language) / f"{name}.html"


def href(start: Path, target: Path) -> str:
    """Return the link from one page to another, which works from a folder and from any web server."""
    return Path(os.path.relpath(target, start.parent)).as_posix()


def declared_places(study: Study, notebooks: Path = paths.NOTEBOOKS) -> list[Place]:
    """Return the places of all pages that the study's notebooks declare, in the order in which they are read.

    Chapters go by their number, rooms of a chapter by the ``place`` that they declare, then by name.
    """
    declared = {
        path: json.loads(path.read_text(encoding="utf-8"))["metadata"]["compendium"]
        for path in notebooks.glob("*.ipynb")
    }
    places = []
    for path in sorted(declared, key=lambda one: (one.stem[:2], declared[one].get("place", LAST), one.stem)):
        scope = declared[path]["scope"]
        for unit in study.units:
            if ("pooled" if study.is_pooled(unit) else "country") in scope:
                places += [
                    Place(unit, wave, language, path.stem)
                    for wave in study.waves
                    for language in study.languages_of(unit)
                ]
    return places


@cache
def _title_message(notebook: str) -> str:
    path = paths.notebook(notebook)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    prose = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return next((source for source in prose if source.startswith("# ")), f"# {notebook}")


def title(notebook: str, t: Catalogue) -> str:
    """Return the title of a notebook in the reader's language: the heading of its first cell of prose."""
    return heading_of(t(_title_message(notebook)))


def heading_of(source: str) -> str:
    """Return the text of the first heading of a cell of prose."""
    return source.partition("\n")[0].lstrip("# ").strip()


def short(heading: str) -> str:
    """Return the first part of a title, up to its colon, for places where several titles stand side by side."""
    return re.split(r"\s?:\s", heading, maxsplit=1)[0]


def language_name(code: str) -> str:
    """Return the name that speakers of a language give it."""
    return (babel.Locale(code).get_display_name() or code).capitalize()


@cache
def environment() -> jinja2.Environment:
    """Return the templates; everything put into them is escaped."""
    loader = jinja2.FileSystemLoader(paths.TEMPLATES)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(
    template: str,
    t: Catalogue,
    at: Path,
    home: Path,
    study_title: str,
    script: str = "",
    is_alone: bool = False,
    **values: Any,
) -> str:
    """Render a whole page: the frame that all pages share around what one template adds.

    `script` is what it may run; one that `is_alone` has no site beside it.
    """
    html = (
        environment()
        .get_template(template)
        .render(
            t=t,
            policy=policy(script),
            script=script,
            style=style(),
            home=href(at, home),
            search="" if is_alone else href(at, home.with_name("search.html")),
            study_title=study_title,
            **values,
        )
    )
    head, end, body = html.partition("</head>")  # the style sheet must keep its hash
    return head + end + spaced(body, t.language)


def write_by_itself(
    template: str, study: Study, t: Catalogue, target: Path, title: str, asked: str, **values: Any
) -> Path:
    """Write a page that is handed on by itself: there is no site beside it.

    Parameters
    ----------
    template : str
        What it adds to the frame that all pages share.
    study, t
        The study and the language of the page.
    target : Path
        Where it is written.
    title : str
        Its own title.
    asked : str
        What the page was asked for with, for messages.
    **values
        For the template.

    Raises
    ------
    CompendiumError
        Not everyone could read the page.
    """
    name = t.pick(study.title)
    html = render(
        template,
        t,
        at=target,
        home=target,
        study_title=name,
        is_alone=True,
        title=f"{title} – {name}",
        languages=[],
        **values,
    )
    found = faults(html)
    if found:
        raise CompendiumError(f"{asked}: the page {'; '.join(found)}")
    write_atomically(target, html.encode())
    return target


def regions(
    study: Study, place: Place, present: Collection[Place], t: Catalogue, kept: str = "", why: str = ""
) -> dict[str, str]:
    """Return what a page says of the other pages of its unit, and of its own age.

    Parameters
    ----------
    study : Study
        The study.
    place : Place
        The page.
    present : collection of Place
        Pages that are there; only these are linked.
    t : Catalogue
        Language of the page.
    kept, why : str
        Date of the last complete version, and why there is none newer; empty for a page that is up to date.

    Returns
    -------
    dict of str to str
        One entry for each of :data:`REGIONS`.
    """
    at = place.path(study.folder)
    own = {
        other
        for other in present
        if (other.unit, other.wave, other.language) == (place.unit, place.wave, place.language)
    }
    order = {one: at for at, one in enumerate(declared_places(study))}
    same = sorted(own, key=lambda one: (order.get(one, len(order)), one))
    pages = [
        {
            "title": short(title(other.notebook, t)),
            "href": href(at, other.path(study.folder)),
            "is_current": other == place,
        }
        for other in same
    ]
    here = next((number for number, page in enumerate(pages) if page["is_current"]), 0)
    module = (
        environment()
        .get_template("regions.html.j2")
        .make_module(
            {
                "t": t,
                "unit": study.name(place.unit, t.language),
                "pages": pages,
                "previous": pages[here - 1] if here > 0 else None,
                "next": pages[here + 1] if here + 1 < len(pages) else None,
                "kept": kept,
                "why": why,
            }
        )
    )
    return {name: spaced(str(getattr(module, name)()), t.language) for name in REGIONS}


def put_regions(html: str, new: Mapping[str, str]) -> str:
    """Replace the regions of a page that was made earlier; the rest stays as it is.

    Raises
    ------
    ChainError
        The page does not hold such a region.
    """
    for name, content in new.items():
        pattern = re.compile(rf"(?<=<!--{name}-->).*?(?=<!--/{name}-->)", re.DOTALL)
        html, count = pattern.subn(lambda _, content=content: str(content), html, count=1)  # type: ignore[misc]
        if not count:
            raise ChainError(f"a page of the site holds no region {name!r}; legal are pages made by the export")
    return html
