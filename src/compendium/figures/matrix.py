"""Small bars in a grid, groups by indicators: many shares at one glance, each with its number, readable without colour."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import NO_VALUE, Label, is_withheld, note, plain, value
from .base import FONT_SIZE, STYLE, Figure, canvas
from .intervals import describe

if TYPE_CHECKING:
    from ..text import Catalogue

ROW_HEIGHT: Final = 0.5  # inches: a number above a bar
LINE_HEIGHT: Final = 0.16  # inches of a line of a row's name: four lines need more than a number above a bar
HEAD_HEIGHT: Final = 2.1  # inches for the slanted names of the columns
LONGEST_LINE: Final = 24  # characters of a row's name on one line
BAR: Final = 0.86  # width of a full bar in a column of width 1


def matrix(
    results: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    t: Catalogue,
    title: str,
    label: Label = plain,
    limits: tuple[float, float] = (0.0, 100.0),
    digits: int = 0,
    starred: str = "",
) -> Figure:
    """Draw one small bar with its number per row and column.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate; one row a cell, one unit of measure.
    rows, columns : str
        Columns of `results` whose codes name the rows and the columns of the grid, such as ``"group"`` and
        ``"indicator"``; both keep the order of `results`.
    t : Catalogue
        Language of words and numbers.
    title : str
        What the figure shows, in the reader's language.
    label : callable
        Gives the text of a code of a column.
    limits : tuple of float
        Values of an empty and of a full bar, in the unit of the results.
    digits : int
        Decimals of the numbers.
    starred : str
        Code of a flag; numbers that carry it have a star, which the label of the flag explains in the caption.

    Returns
    -------
    Figure
        Intervals and n stand in the data behind it. A withheld cell holds a dash; one that may not be compared with the
        others stands in brackets, its bar grey.

    Raises
    ------
    CompendiumError
        When there is nothing to draw, more than one unit, or two estimates for one cell.
    """
    _check(results, rows, columns, title)
    down, across = list(results[rows].drop_duplicates()), list(results[columns].drop_duplicates())
    row_names = [textwrap.fill(label(rows, code), LONGEST_LINE) for code in down]
    lines = max(name.count("\n") + 1 for name in row_names)
    fig, ax = canvas(height=HEAD_HEIGHT + max(ROW_HEIGHT, LINE_HEIGHT * (lines + 0.7)) * len(down))
    with matplotlib.rc_context(STYLE):
        for row in results.itertuples(index=False):
            at = across.index(getattr(row, columns)), down.index(getattr(row, rows))
            _cell(ax, row, *at, limits, t, digits, bool(starred) and row.flag == starred)
        _frame(ax, row_names, [label(columns, code) for code in across])
    said = [
        t(
            "Each bar runs from {low} to {high}; the number stands above it.",
            low=value(limits[0], 0, t),
            high=value(limits[1], 0, t),
        )
    ]
    if results["suppressed"].any():
        said.append(t("Dash: withheld to protect the people who answered."))
    apart = results[(results["comparable"] == "no") & ~results["suppressed"]]
    for reason, cells in apart.groupby("reason", sort=False):
        names = t.join([label(columns, code) for code in cells[columns].drop_duplicates()])
        said.append(
            t(
                "In brackets and grey, not comparable ({reason}): {names}.",
                reason=label("reason", str(reason)),
                names=names,
            )
        )
    if starred and (results["flag"] == starred).any():
        said.append(t("Star: {flag}.", flag=label("flag", starred)))
    keys = [rows, columns]
    return Figure(
        fig,
        title=title,
        alt=describe(results, keys, t=t, label=label, title=title, digits=digits),
        caption=" ".join([*said, note(results, t, label)]),
        data=labelled(results, keys, t, label, digits),
        t=t,
        row_headers=2,
    )


def _check(results: pd.DataFrame, rows: str, columns: str, title: str) -> None:
    if results.empty:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    units = list(results["unit"].drop_duplicates())
    if len(units) > 1:
        raise CompendiumError(f"figure {title!r} mixes the units {', '.join(units)}; one grid carries one unit")
    twice = results.duplicated([rows, columns])
    if twice.any():
        first = results[twice].iloc[0]
        raise CompendiumError(f"figure {title!r} has two estimates for {first[rows]!r}, {first[columns]!r}; select one")


def _cell(
    ax: Axes, row: object, x: int, y: int, limits: tuple[float, float], t: Catalogue, digits: int, is_starred: bool
) -> None:
    left = x - BAR / 2
    ax.plot([left, left + BAR], [y + 0.22, y + 0.22], color=LIGHT["grid"], linewidth=1.2, solid_capstyle="butt")
    estimate = row.estimate  # type: ignore[attr-defined]
    if is_withheld(row) or pd.isna(estimate):
        ax.text(left, y - 0.08, NO_VALUE, va="center", ha="left", color=LIGHT["muted"], fontsize=FONT_SIZE - 1)
        return
    # a drawing can be measured: nothing stands in it more finely than the words beside it
    share = min(max((round(float(estimate), digits) - limits[0]) / (limits[1] - limits[0]), 0.0), 1.0)
    comparable = row.comparable == "yes"  # type: ignore[attr-defined]
    colour = LIGHT["series-1"] if comparable else LIGHT["grid"]
    ax.plot([left, left + BAR * share], [y + 0.22, y + 0.22], color=colour, linewidth=6, solid_capstyle="butt")
    number = value(estimate, digits, t) + ("*" if is_starred else "")
    ax.text(
        left,
        y - 0.08,
        number if comparable else f"({number})",
        va="center",
        ha="left",
        fontsize=FONT_SIZE - 1,
        color=LIGHT["ink"] if comparable else LIGHT["muted"],
    )


def _frame(ax: Axes, down: list[str], across: list[str]) -> None:
    ax.set_xlim(-0.6, len(across) - 0.3)
    ax.set_ylim(len(down) - 0.4, -0.6)
    ax.set_yticks(range(len(down)), down)
    ax.xaxis.tick_top()
    ax.set_xticks(
        [at - BAR / 2 for at in range(len(across))],
        across,
        rotation=50,
        ha="left",
        rotation_mode="anchor",
        fontsize=FONT_SIZE - 1,
    )
    ax.tick_params(axis="both", length=0)
    for side in ("left", "bottom", "top"):
        ax.spines[side].set_visible(False)
