"""What figures of several small panels have in common: a grid at the width of a phone, and titles that fit it."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from ..palette import LIGHT
from ..wording import Label
from .base import FONT_SIZE, STYLE, WIDTH, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

TITLE_SIZE: Final = FONT_SIZE - 0.5
SMALL: Final = FONT_SIZE - 2.0
TITLE_LINE: Final = 0.2  # inches for one line of a panel's title

DRAWN: Final = ("break", "doubt")
"""Flags that a figure draws: a cut line, a hollow mark."""

NAMED: Final = 6
"""Flagged values that a caption names; more are counted."""


def grid(
    titles: list[str], *, columns: int, height: float, beside: float = 0.0, **shared: Any
) -> tuple[Drawing, list[Axes]]:
    """Return a drawing with one titled panel per title, filled row by row.

    Parameters
    ----------
    titles : list of str
        One title a panel; wrapped to the panel's width.
    columns : int
        Panels side by side.
    height : float
        Inches of one panel without its title.
    beside : float
        Inches at the left that labels of the rows take.
    **shared
        ``sharex`` and ``sharey`` as matplotlib takes them.

    Returns
    -------
    tuple of matplotlib.figure.Figure and list of matplotlib.axes.Axes
        Panels that have no title left over are removed.
    """
    rows = math.ceil(len(titles) / columns)
    # About 8.3 characters of DejaVu Sans an inch at the size of a panel's title.
    characters = int((WIDTH - beside) / columns * 11.5)
    wrapped = [textwrap.fill(title, characters) for title in titles]
    lines = max(text.count("\n") + 1 for text in wrapped)
    drawing, first = canvas(height=rows * (height + TITLE_LINE * lines) + 0.35)
    with matplotlib.rc_context(STYLE):
        first.remove()
        axes = list(drawing.subplots(rows, columns, squeeze=False, **shared).flat)
        for ax, text in zip(axes, wrapped, strict=False):
            ax.set_title(text, fontsize=TITLE_SIZE, loc="left", color=LIGHT["ink"], pad=5)
        for ax in axes[len(titles) :]:
            ax.remove()
    return drawing, axes[: len(titles)]


def flagged(results: pd.DataFrame, t: Catalogue, label: Label) -> list[str]:
    """Say in words which published values of a figure carry a flag, besides breaks (cut) and doubts (hollow).

    Parameters
    ----------
    results : pandas.DataFrame
        The rows drawn; those that rest on answers use flags for verdicts and are left out.
    t : Catalogue
        Language.
    label : callable
        Gives the text of a code of a column.

    Returns
    -------
    list of str
        One sentence, or none where nothing is flagged; more than :data:`NAMED` values are counted, the data name them.
    """
    where: dict[str, dict[str, None]] = {}
    for row in results[results["origin"] == "context"].itertuples(index=False):
        for code in filter(None, row.flag.split("; ")):
            if code not in DRAWN:
                where.setdefault(code, {})[f"{label('country', row.country)} {row.period}"] = None
    if not where:
        return []
    said = [
        t("{flag} ({values})", flag=label("flag", code), values=", ".join(found))
        if len(found) <= NAMED
        else t("{flag} ({n} values, see the data)", flag=label("flag", code), n=t.number(len(found), 0))
        for code, found in where.items()
    ]
    return [t("Flags: {flags}.", flags="; ".join(said))]


def is_doubtful(row: Any) -> bool:
    """Return whether a published value is still to verify, as a whole or in its year."""
    return row.confidence == "to verify" or "doubt" in row.flag.split("; ")
