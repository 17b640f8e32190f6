"""What every figure has in common: one style, clean SVG with text as text, alternative text, caption and data.

A figure form lives in a module of its own beside this one: it draws on a :func:`canvas` with the colours of
:mod:`compendium.palette` and returns a :class:`Figure`.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import Table, digest

if TYPE_CHECKING:
    from ..text import Catalogue

WIDTH: Final = 5.2  # inches: about the width of a phone, so that text keeps its size there
FONT_SIZE: Final = 10.5

STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",  # always there, and wider than the reader's own fonts: nothing can overlap later
    "font.size": FONT_SIZE,
    "text.color": LIGHT["ink"],
    "axes.labelcolor": LIGHT["ink"],
    "axes.labelsize": FONT_SIZE,
    "axes.edgecolor": LIGHT["grid"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": LIGHT["grid"],
    "grid.linewidth": 0.8,
    "xtick.color": LIGHT["grid"],
    "ytick.color": LIGHT["grid"],
    "xtick.labelcolor": LIGHT["ink"],
    "ytick.labelcolor": LIGHT["ink"],
    "xtick.labelsize": FONT_SIZE - 1,
    "ytick.labelsize": FONT_SIZE,
    "legend.frameon": False,
    "legend.fontsize": FONT_SIZE - 0.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "compendium",
}

_NAMES: Final = {colour: name for name, colour in LIGHT.items()}
_STYLE_ATTRIBUTE = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"(?:(?P<weight>bold|\d+) )?(?P<size>[\d.]+px) .*")


@dataclass(frozen=True, repr=False)
class Figure:
    """A chart with what a reader needs who sees it, hears it or wants its numbers.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The drawing, made on a :func:`canvas`, without a title of its own.
    title : str
        What the figure shows; stands above it as text.
    alt : str
        What the chart says, in sentences made from the data: never a placeholder.
    caption : str
        How to read it, n, source and origin.
    data : pandas.DataFrame
        The numbers drawn, display-ready; shown behind a disclosure element.
    t : Catalogue
        Language of the words around the chart.
    row_headers : int
        How many leading columns of `data` name its rows.
    id : str, optional
        Prefix of the ids of the drawing; made from the content when not given.
    results : pandas.DataFrame, optional
        The rows of results behind the figure, after the gate; a link beside its data then saves them as a file.
    """

    fig: Drawing
    title: str
    alt: str
    caption: str
    data: pd.DataFrame
    t: Catalogue
    row_headers: int = 1
    id: str | None = None
    results: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for part in ("title", "alt", "caption"):
            if not getattr(self, part).strip():
                raise CompendiumError(f"a figure needs a text for {part!r}; figure {self.title!r} has none")
        if self.data.empty:
            raise CompendiumError(f"figure {self.title!r} has no data to show behind it")
        with matplotlib.rc_context(STYLE):
            self.fig.draw_without_rendering()
            self.fig.set_layout_engine("none")  # laying out again would move everything by a hair: other bytes

    def __repr__(self) -> str:
        return f"Figure: {self.title}. {self.alt}"

    def _repr_html_(self) -> str:
        caption = self.t("Data of the figure: {title}", title=self.title)
        table = Table(self.data, caption, self.t, self.row_headers, results=self.results)
        return (
            f'<figure class="chart" id="{self.anchor}"><figcaption>{escape(self.title)}</figcaption>{self.svg()}'
            f'<p class="figure-note">{escape(self.caption)}</p>'
            f"<details><summary>{escape(self.t('Data of this figure'))}</summary>{table._repr_html_()}</details>"
            "</figure>"
        )

    @property
    def anchor(self) -> str:
        """Address of the figure on its page."""
        return self.id or f"figure-{digest(self.title, self.data)}"

    def svg(self) -> str:
        """Return the drawing as an SVG element: text as text, own ids, no style attribute, the same bytes each time."""
        buffer = io.StringIO()
        with matplotlib.rc_context(STYLE):
            self.fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return clean_svg(buffer.getvalue(), self.anchor, self.alt)

    def save_png(self, path: Path) -> None:
        """Write the drawing as a picture on white, to be looked at."""
        with matplotlib.rc_context(STYLE):
            self.fig.savefig(path, format="png", dpi=150, facecolor="white")


def canvas(height: float, width: float = WIDTH) -> tuple[Drawing, Axes]:
    """Return an empty drawing in the house style.

    Parameters
    ----------
    height, width : float
        Size in inches. Keep the width: it is about that of a phone, so text stays readable there.

    Returns
    -------
    tuple of matplotlib.figure.Figure and matplotlib.axes.Axes
        A drawing outside ``pyplot``, so that a notebook does not show it a second time.
    """
    with matplotlib.rc_context(STYLE):
        drawing = Drawing(figsize=(width, height), layout="constrained")
        return drawing, drawing.add_subplot()


def clean_svg(source: str, prefix: str, alt: str) -> str:
    """Make matplotlib's SVG fit to stand in a page: accessible, themable, without ids or styles that leak.

    Parameters
    ----------
    source : str
        SVG document as matplotlib writes it.
    prefix : str
        Put before every id, so that two figures of a page share none.
    alt : str
        Alternative text.

    Returns
    -------
    str
        One ``<svg>`` element. Style attributes become presentation attributes, because a strict content policy blocks
        the former; each colour of the palette becomes a class besides (``fill-ink``, ``stroke-series-1``), so that a
        page can give it its dark version; the font is left to the page.
    """
    source = source[source.index("<svg") :]
    source = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->", "", source, flags=re.DOTALL)
    source = re.sub(r"<defs>\s*</defs>", "", source)
    source = re.sub(r'\bid="', f'id="{prefix}-', source)
    source = re.sub(r"url\(#", f"url(#{prefix}-", source)
    source = re.sub(r'xlink:href="#', f'href="#{prefix}-', source)
    source = _STYLE_ATTRIBUTE.sub(lambda found: _attributes(found[1]), source)
    box = re.search(r'viewBox="([^"]*)"', source)
    assert box is not None, "matplotlib writes a viewBox"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box[1]}" role="img" aria-label="{escape(alt)}" '
        'width="100%" stroke-linejoin="round" stroke-linecap="butt">'
    )
    return re.sub(r"\s*\n\s*", " ", head + source[source.index(">") + 1 :].strip())


def _attributes(style: str) -> str:
    found: dict[str, str] = {}
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        font = _FONT.fullmatch(value) if name == "font" else None
        if font:
            found["font-size"] = font["size"]
            if font["weight"]:
                found["font-weight"] = font["weight"]
        elif name != "font-family":
            found[name] = value
    classes = [f"{name}-{_NAMES[found[name]]}" for name in ("fill", "stroke") if found.get(name) in _NAMES]
    for name in ("fill", "stroke"):
        if found.get(name) == LIGHT["ink"]:
            found[name] = "currentColor"  # readable on the dark theme of JupyterLab, which has none of our classes
    if classes:
        found["class"] = " ".join(classes)
    return "".join(f' {name}="{escape(value)}"' for name, value in found.items())
