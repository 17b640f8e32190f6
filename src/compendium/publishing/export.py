"""From an executed notebook to a page that everyone can read: translated, accessible, without network or script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .. import paths, text
from ..errors import ChainError
from ..reading import read_parquet, write_atomically
from ..results import weakest_origin
from ..study.study import load_study
from .checks import faults
from .gaps import gather
from .pages import Place, declared_places, front_page, heading_of, href, language_name, regions, render

LEFT_OUT = {"parameters", "injected-parameters", "explore"}
"""Tags of cells that a page does not show."""

_SHOWN = ("text/html", "text/plain")
_MADE_FROM_ANSWERS = ("synthetic", "real_other")


def export(executed: Path, page: Path, *, study: Path, unit: str, wave: str, language: str) -> None:
    """Make the page of an executed notebook; it appears only when it may go out.

    Parameters
    ----------
    executed : Path
        Executed copy of a notebook.
    page : Path
        The page to write.
    study : Path
        Folder of the study.
    unit, wave, language : str
        Whose page, of which wave, in which language.

    Raises
    ------
    ChainError
        A cell failed or warned, shows what cannot be shown to everyone, or the page does not say that its numbers are
        synthetic: one sentence with the cell.
    """
    loaded = load_study(study)
    t = replace(text.load(language), missing=set())
    notebook = nbformat.read(executed, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not LEFT_OUT & set(cell.metadata.get("tags", []))]
    _refuse(notebook, executed)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = t(cell.source)
    notebook.cells = gather(notebook.cells, t)
    title = next((heading_of(cell.source) for cell in notebook.cells if cell.source.startswith("# ")), executed.stem)
    body, _ = _exporter().from_notebook_node(notebook)
    numbers = count(1)
    body = re.sub(r"<h2>", lambda _: f'<h2 id="section-{next(numbers)}">', body)
    _refuse_unmarked(body, paths.published(study, unit, wave, language, executed.stem))
    place = Place(unit, wave, language, executed.stem)
    others = declared_places(loaded)
    html = render(
        "page.html.j2",
        t,
        at=page,
        home=front_page(loaded, language if language in loaded.languages else loaded.languages[0]),
        study_title=t.pick(loaded.title),
        title=f"{title} – {loaded.name(unit, language)}",
        languages=[
            {
                "code": other,
                "name": language_name(other),
                "href": "" if other == language else href(page, replace(place, language=other).path(study)),
            }
            for other in loaded.languages_of(unit)
        ],
        regions=regions(loaded, place, others, t),
        body=body,
        untranslated=len(t.missing),
    )
    found = faults(html)
    if found:
        raise ChainError(f"{paths.shown(executed)}: the page {'; '.join(found)}")
    write_atomically(page, html.encode())


@cache
def _exporter() -> TemplateExporter:
    exporter = TemplateExporter(
        template_name="compendium",
        extra_template_basedirs=[str(paths.TEMPLATES)],
        exclude_input=True,
        file_extension=".html",
    )
    renderer = IPythonRenderer(escape=True, exclude_anchor_links=True)  # a screen reader reads the pilcrow out
    exporter.register_filter("prose", MarkdownWithMath(renderer=renderer).render)
    exporter.register_filter("filter_data_type", lambda data: [kind for kind in _SHOWN if kind in data][:1])
    return exporter


def _refuse(notebook: nbformat.NotebookNode, executed: Path) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for place, cell in enumerate(code, start=1):
        first = next((line for line in cell.source.splitlines() if line.strip()), "")[:60]
        for output in cell.get("outputs", []):
            fault = _fault(output)
            if fault:
                raise ChainError(f"{paths.shown(executed)}: code cell {place} of the page ({first!r}) {fault}")


def _fault(output: Any) -> str:
    if output.output_type == "error":
        return f"stopped with {output.ename}: {output.evalue}"
    if output.output_type == "stream":
        said = " ".join(output.text.split())[:300]
        return (
            f"warned: {said}; a page shows no warning and drops none, so put its cause right"
            if output.name == "stderr"
            else ""
        )
    kinds: Iterable[str] = output.data
    pictures = [kind for kind in kinds if kind.startswith("image/")]
    if "text/html" not in kinds and pictures:
        return f"shows a picture ({pictures[0]}) without alternative text; show a compendium figure instead"
    widgets = [kind for kind in kinds if "widget" in kind or "javascript" in kind]
    if widgets:
        return f"shows {widgets[0]}, which needs a script; tag the cell 'explore'"
    return "" if set(kinds) & set(_SHOWN) else f"shows {', '.join(kinds)}; legal are {', '.join(_SHOWN)}"


def _refuse_unmarked(body: str, published: Path) -> None:
    """Stop a page whose numbers are not findings but whose first lines do not say so."""
    if not published.is_file():
        raise ChainError(f"{paths.shown(published)} is missing: the last cell of the notebook publishes its estimates")
    origins: pd.Series = read_parquet(published)["origin"]
    origin = weakest_origin(origins) if len(origins) else "context"
    if origin in _MADE_FROM_ANSWERS and f'class="origin origin-{origin}"' not in body:
        raise ChainError(
            f"{paths.shown(published)}: numbers are {origin}, but no banner on the page says so; show the page first"
        )
