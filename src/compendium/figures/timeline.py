"""What came when: one row an event, from its first year to its last, grouped by kind."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..errors import CompendiumError
from ..palette import LIGHT, SERIES
from .base import FONT_SIZE, STYLE, Figure, canvas
from .panels import SMALL

if TYPE_CHECKING:
    from ..text import Catalogue

LINE: Final = 0.165  # inches of one line of a name
MARK: Final = 0.17
HEAD: Final = 0.42
CHARACTERS: Final = 66


def timeline(
    frame: pd.DataFrame,
    *,
    name: str,
    kind: str,
    t: Catalogue,
    title: str,
    caption: str,
    data: pd.DataFrame,
    doubtful: str,
) -> Figure:
    """Draw events in time, the kinds under one another, each event with its name above its mark.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an event in the order to be drawn; ``year_from`` and ``year_to`` (missing where open or not known).
        Events without ``year_from`` are not drawn: they stand in `data`.
    name, kind : str
        Columns with the display names of the event and of its kind.
    t, title, caption
        Language; what the figure shows; how to read it and where it comes from.
    data : pandas.DataFrame
        The display table behind the figure.
    doubtful : str
        Column that is true where the row is still to verify; the mark is then hollow.

    Returns
    -------
    Figure
        A dot is the first year, a line runs to the last year where one is known.

    Raises
    ------
    CompendiumError
        There is no event with a year.
    """
    dated = frame[frame["year_from"].notna()]
    if dated.empty:
        raise CompendiumError(f"figure {title!r} has no event with a year; leave the figure out or say why it is empty")
    names = [textwrap.fill(f"{row['year_from']}  {row[name]}", CHARACTERS) for row in dated.to_dict("records")]
    lines = [text.count("\n") + 1 for text in names]
    kinds = dated[kind].drop_duplicates()
    heads = {one: textwrap.fill(one, CHARACTERS - 8) for one in kinds}
    height = (
        sum(HEAD + LINE * text.count("\n") for text in heads.values())
        + sum(LINE * n + MARK + 0.06 for n in lines)
        + 0.1
    )
    fig, ax = canvas(height=height + 0.45)
    first, last = int(dated["year_from"].min()), int(dated[["year_from", "year_to"]].max().max())
    with matplotlib.rc_context(STYLE):
        ax.set_xlim(first - 1, last + 1.5)
        ax.set_ylim(height, 0)
        at, before, number = 0.0, None, -1
        for row, text, count in zip(dated.to_dict("records"), names, lines, strict=True):
            if row[kind] != before:
                before, number = row[kind], number + 1
                shown = heads[before]
                ax.text(
                    0,
                    at + 0.26,
                    shown,
                    transform=ax.get_yaxis_transform(),
                    fontweight="bold",
                    fontsize=FONT_SIZE - 0.5,
                    va="top" if "\n" in shown else "center",
                    color=LIGHT["ink"],
                )
                at += HEAD + LINE * shown.count("\n")
            ax.text(0, at, text, transform=ax.get_yaxis_transform(), fontsize=SMALL + 0.5, va="top", linespacing=1.15)
            at += LINE * count
            _mark(ax, row, at + MARK / 2, LIGHT[SERIES[number % len(SERIES)]], doubtful)
            at += MARK + 0.06
        ax.yaxis.set_visible(False)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
        ax.tick_params(axis="x", length=0, labelsize=SMALL, labeltop=True)
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    return Figure(
        fig,
        title=title,
        alt=_describe(dated, frame, name, kind, title, t),
        caption=caption,
        data=data,
        t=t,
        row_headers=2,
    )


def _mark(ax: Axes, row: Any, at: float, colour: str, doubtful: str) -> None:
    ends = row["year_to"] if pd.notna(row["year_to"]) else row["year_from"]
    ax.plot([row["year_from"], ends], [at, at], color=colour, linewidth=3.0, solid_capstyle="butt")
    ground = LIGHT["ground"] if row[doubtful] else colour
    ax.plot([row["year_from"]], [at], "o", color=colour, markerfacecolor=ground, markersize=6, markeredgewidth=1.4)


def _describe(dated: pd.DataFrame, frame: pd.DataFrame, name: str, kind: str, title: str, t: Catalogue) -> str:
    said = [f"{title}."]
    for one in dated[kind].drop_duplicates():
        rows = dated[dated[kind] == one]
        events = "; ".join(f"{row['year_from']} {row[name]}" for row in rows.to_dict("records"))
        said.append(t("{kind}: {events}.", kind=one, events=events))
    undated = len(frame) - len(dated)
    if undated:
        said.append(t("Without a year, in the data only: {n}.", n=undated))
    return " ".join(said)
