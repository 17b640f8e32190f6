"""Shares that grow with time since a start: a mark and its interval at each month read, joined by lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..disclosure import rounded
from ..errors import CompendiumError
from ..palette import LIGHT, MARKERS, SERIES
from ..tables import labelled
from ..wording import Label, note, plain
from .base import STYLE, Figure, canvas
from .intervals import describe

if TYPE_CHECKING:
    from ..text import Catalogue

DASHES: Final = ("-", "--", ":", "-.")
HEIGHT: Final = 3.3
APART: Final = 0.35
"""Months by which the marks of lines stand beside one another, so that no interval hides another."""


def curves(
    results: pd.DataFrame, *, line: str, lines: Mapping[str, str], t: Catalogue, title: str, label: Label = plain
) -> Figure:
    """Draw one line a code: at each month a mark with its interval.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate, in per cent; ``period`` holds the month.
    line : str
        Column whose codes tell the lines apart.
    lines : mapping of str to str
        Code of a line -> its words; four at most.
    t, title, label
        As for :func:`compendium.figures.intervals`.

    Returns
    -------
    Figure
        Lines differ in colour, shape and dash. A withheld month has no mark, and its line is broken there.

    Raises
    ------
    CompendiumError
        Nothing to draw, more than one unit of measure, or more than four lines.
    """
    if results.empty or len(set(results["unit"])) != 1 or len(lines) > len(DASHES):
        raise CompendiumError(f"figure {title!r} needs rows of one unit and four lines at most; select the rows first")
    drawn = rounded(results)
    fig, ax = canvas(HEIGHT)
    with matplotlib.rc_context(STYLE):
        for number, code in enumerate(lines):
            _line(ax, drawn[drawn[line] == code], number, (number - (len(lines) - 1) / 2) * APART)
        months = sorted({float(month) for month in results["period"]})
        ax.set_xlim(0, months[-1] + 1.5)
        ax.set_xticks([0, *months], [t.number(month, 0) for month in (0, *months)])
        top = np.nanmax([drawn["ci_high"].max(), drawn["estimate"].max(), 10.0])
        ax.set_ylim(0, min(100, np.ceil(top / 10) * 10))
        ax.grid(axis="y")
        ax.tick_params(length=0)
        ax.set_xlabel(t("months since the start"), color=LIGHT["muted"])
        ax.set_ylabel(label("unit", results["unit"].iloc[0]), color=LIGHT["muted"])
        handles = [
            Line2D([], [], color=LIGHT[SERIES[at]], marker=MARKERS[at], linestyle=DASHES[at], label=words)
            for at, words in enumerate(lines.values())
        ]
        fig.legend(handles=handles, loc="outside upper left", ncols=1)
    keys = [line, "period"]
    return Figure(
        fig,
        title=title,
        alt=describe(results, keys, t=t, label=label, title=title, digits=0),
        caption=f"{t('Mark: estimate at that month; upright: 95% interval.')} {note(results, t, label)}",
        data=labelled(results, keys, t, label, 0),
        t=t,
        row_headers=2,
        results=results,
    )


def _line(ax: Axes, rows: pd.DataFrame, number: int, beside: float) -> None:
    """Draw one line from nought at the start through its marks; missing numbers break it."""
    months = rows["period"].astype(float).to_numpy()
    order = np.argsort(months)
    x = months[order] + beside
    values = {name: rows[name].to_numpy(dtype=float)[order] for name in ("estimate", "ci_low", "ci_high")}
    colour = LIGHT[SERIES[number]]
    ax.vlines(x, values["ci_low"], values["ci_high"], color=colour, linewidth=1.4)
    ax.plot(
        np.concatenate([[0.0], x]),
        np.concatenate([[0.0], values["estimate"]]),
        color=colour,
        linestyle=DASHES[number],
        linewidth=1.6,
    )
    ax.plot(x, values["estimate"], color=colour, marker=MARKERS[number], markersize=5.5, linestyle="none")
