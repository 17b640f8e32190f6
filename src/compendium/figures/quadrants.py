"""Two means of the same thing on two axes, cut into four quadrants: what matters beside what is mastered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib
import pandas as pd

from ..disclosure import rounded
from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain
from .base import FONT_SIZE, STYLE, WIDTH, Figure, canvas
from .plane import Mark, place_labels

if TYPE_CHECKING:
    from ..text import Catalogue


def quadrants(
    results: pd.DataFrame,
    *,
    across: str,
    up: str,
    cuts: tuple[float, float],
    corners: Mapping[str, str],
    t: Catalogue,
    title: str,
    label: Label = plain,
    digits: int = 1,
) -> Figure:
    """Draw one dot per indicator, its name beside it, and the two cuts.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate: for each indicator one with method `across` and one with `up`, one unit.
    across, up : str
        Codes of ``method``: the horizontal and the vertical axis; ``label("method", code)`` names them.
    cuts : tuple of float
        Where the horizontal and the vertical axis are cut.
    corners : mapping of str to str
        Words in the corners: ``low high`` and so on, horizontal place first.
    t, title, label
        As for :func:`compendium.figures.intervals`.
    digits : int
        Decimals of the values.

    Returns
    -------
    Figure
        Indicators that are withheld on either axis are not drawn; those for which no free place is found are named in the data.

    Raises
    ------
    CompendiumError
        There is nothing to draw.
    """
    drawn = rounded(results)  # a drawing can be measured: it holds no more digits than what leaves the house
    wide = drawn.pivot(index="indicator", columns="method", values="estimate").reindex(columns=[across, up]).dropna()
    if wide.empty:
        raise CompendiumError(f"figure {title!r} has nothing to draw; leave the figure out or say why it is empty")
    marks = [
        Mark(float(row[across]), float(row[up]), label("indicator", str(code)), float("nan"), "indicator", str(code))
        for code, row in wide.iterrows()
    ]
    fig, ax = canvas(height=WIDTH * 1.3)
    with matplotlib.rc_context(STYLE):
        for at, (low, high) in enumerate(((wide[across].min(), wide[across].max()), (wide[up].min(), wide[up].max()))):
            low, high = min(low, cuts[at]), max(high, cuts[at])
            pad = 0.2 * (high - low or 1.0)
            (ax.set_xlim if at == 0 else ax.set_ylim)(low - pad, high + pad)
        ax.axvline(cuts[0], color=LIGHT["muted"], linewidth=1.1, linestyle=(0, (4, 3)), zorder=0)
        ax.axhline(cuts[1], color=LIGHT["muted"], linewidth=1.1, linestyle=(0, (4, 3)), zorder=0)
        for corner, words in corners.items():
            x, y = (0.99 if one == "high" else 0.01 for one in corner.split())
            ax.text(
                x, y, words, transform=ax.transAxes, ha="right" if x > 0.5 else "left", va="top" if y > 0.5 else "bottom",
                fontsize=FONT_SIZE - 1.5, style="italic", color=LIGHT["muted"],
            )  # fmt: skip
        for formatter in (ax.xaxis, ax.yaxis):
            formatter.set_major_formatter(lambda number, _: t.number(number, 1))
        ax.set_xlabel(label("method", across), fontsize=FONT_SIZE - 0.5, color=LIGHT["muted"])
        ax.set_ylabel(label("method", up), fontsize=FONT_SIZE - 0.5, color=LIGHT["muted"])
        unnamed = place_labels(fig, ax, marks)
        for mark in marks:
            fill = LIGHT["ground"] if mark in unnamed else LIGHT["series-1"]
            ax.plot(mark.x, mark.y, "o", markersize=5, markerfacecolor=fill, markeredgecolor=LIGHT["series-1"])
    said = t("Broken lines: {across} {x}, {up} {y}, the means of all competences.", across=label("method", across),
             x=t.number(cuts[0], digits), up=label("method", up), y=t.number(cuts[1], digits))  # fmt: skip
    if unnamed:
        said += " " + t("Open dots are named in the data only, for want of room: {n}.", n=len(unnamed))
    return Figure(
        fig,
        title=title,
        alt=_described(marks, cuts, corners, t, title),
        caption=f"{said} {note(results, t, label)}",
        data=labelled(results, ["indicator", "method"], t, label, digits),
        t=t,
        row_headers=2,
    )


def _described(
    marks: list[Mark], cuts: tuple[float, float], corners: Mapping[str, str], t: Catalogue, title: str
) -> str:
    said = [f"{title}."]
    for corner, words in corners.items():
        x, y = corner.split()
        own = [
            mark.text for mark in marks if (mark.x >= cuts[0]) == (x == "high") and (mark.y >= cuts[1]) == (y == "high")
        ]
        said.append(t("{quadrant}: {names}.", quadrant=words, names="; ".join(own) or t("none")))
    return " ".join(said)
