"""Two lines a panel: an outcome along one condition, where another is low and where it is high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..disclosure import rounded
from ..errors import CompendiumError
from ..palette import LIGHT, MARKERS, SERIES
from ..tables import labelled
from ..wording import Label, note, withheld
from .base import STYLE, Figure
from .intervals import describe
from .panels import SMALL, grid

if TYPE_CHECKING:
    from ..text import Catalogue

HEIGHT: Final = 1.45
APART: Final = 0.07
"""Half the distance between the marks of the two lines, so that their intervals do not lie on one another."""
DASHES: Final = ("-", "--")


def slopes(
    results: pd.DataFrame,
    *,
    steps: Sequence[str],
    lines: Mapping[str, str],
    t: Catalogue,
    title: str,
    label: Label,
    digits: int = 0,
    reading: str = "",
) -> Figure:
    """Draw a panel for each code of ``group_by``, with a line for each level of the second condition.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of one unit of measure; ``group`` is a step and a line, joined by ``_``.
    steps : sequence of str
        Codes of the levels along the axis, from left to right.
    lines : mapping of str to str
        Code of a line -> its words; two.
    t, title, label, digits
        As for :func:`compendium.figures.intervals`; ``label("group_by", code)`` gives the title of a panel, and
        ``label("step", code)`` the words of a step.
    reading : str
        A sentence on how to read the lines, where there is one to say.

    Returns
    -------
    Figure
        Lines differ in colour, shape and dash; a withheld panel says so.

    Raises
    ------
    CompendiumError
        Nothing to draw, or more than one unit of measure.
    """
    units = list(results["unit"].drop_duplicates())
    if len(units) != 1:
        raise CompendiumError(f"figure {title!r} needs rows of one unit; it has {len(units)} units")
    panels = list(results["group_by"].drop_duplicates())
    fig, axes = grid([label("group_by", code) for code in panels], columns=2, height=HEIGHT, sharex=True, sharey=True)
    drawn = rounded(results)
    with matplotlib.rc_context(STYLE):
        for ax, code in zip(axes, panels, strict=True):
            _panel(ax, drawn[drawn["group_by"] == code], steps, list(lines), t, label)
        for ax in axes[-2:]:
            ax.tick_params(labelbottom=True)
        axes[0].set_xticks(range(len(steps)), [label("step", step) for step in steps])
        axes[0].yaxis.set_major_formatter(lambda number, _: t.number(number, 0))
        handles = [
            Line2D([], [], color=LIGHT[SERIES[at]], marker=MARKERS[at], linestyle=DASHES[at], label=words)
            for at, words in enumerate(lines.values())
        ]
        fig.legend(handles=handles, loc="outside upper left", ncols=1)
    keys = ["group_by", "group"]
    said = " ".join(filter(None, [t("Mark: estimate in points; upright: 95% interval."), reading]))
    return Figure(
        fig,
        title=title,
        alt=describe(results, keys, t=t, label=label, title=title, digits=digits),
        caption=f"{said} {note(results, t, label)}",
        data=labelled(results, keys, t, label, digits),
        t=t,
        row_headers=2,
        results=results,
    )


def _panel(ax: Axes, own: pd.DataFrame, steps: Sequence[str], lines: Sequence[str], t: Catalogue, label: Label) -> None:
    ax.grid(axis="y")
    ax.axhline(0, color=LIGHT["muted"], linewidth=1.0, zorder=0.5)
    ax.tick_params(length=0, labelsize=SMALL)
    if own["suppressed"].any():
        words = withheld(next(own[own["suppressed"]].itertuples(index=False)), t)
        ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", style="italic", fontsize=SMALL)
        return
    by_group = own.set_index("group")
    for number, line in enumerate(lines):
        rows = by_group.loc[[f"{step}_{line}" for step in steps]]
        places = [at + (2 * number - 1) * APART for at in range(len(steps))]
        colour = LIGHT[SERIES[number]]
        ax.vlines(places, rows["ci_low"], rows["ci_high"], color=colour, linewidth=1.4)
        ax.plot(
            places,
            rows["estimate"],
            color=colour,
            marker=MARKERS[number],
            markersize=5,
            linestyle=DASHES[number],
            linewidth=1.6,
        )
