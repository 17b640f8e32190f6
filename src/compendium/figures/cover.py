"""Statuses against branches of protection: a matrix of words and signs, never of colour alone."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from ..errors import CompendiumError
from ..palette import LIGHT
from .base import FONT_SIZE, STYLE, WIDTH, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

SIGNS: Final[Mapping[str, str]] = {"yes": "●", "partial": "◐", "no": "○", "unknown": "?"}
COLOURS: Final[Mapping[str, str]] = {
    "yes": LIGHT["series-3"],
    "partial": LIGHT["series-5"],
    "no": LIGHT["series-2"],
    "unknown": LIGHT["muted"],
}
ROW: Final = 0.5  # inches: one line for the name, one for the cells
GROUP: Final = 0.32
CHARACTERS: Final = 72
"""Of a name and what stands in brackets after it; the name gives way, the remark never does."""


def cover(
    frame: pd.DataFrame,
    *,
    name: str,
    columns: Mapping[str, str],
    words: Mapping[str, str],
    t: Catalogue,
    title: str,
    caption: str,
    data: pd.DataFrame,
    group: str | None = None,
    remarks: Sequence[str] | None = None,
) -> Figure:
    """Draw a matrix whose cells hold a code: a sign and a word each, the names of the rows above their cells.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a row of the matrix; cells hold keys of `words`.
    name : str
        Column with the display name of a row.
    columns : mapping of str to str
        Columns of `frame` that are drawn -> their header.
    words : mapping of str to str
        Code -> word, in the order of the legend; signs are those of :data:`SIGNS`.
    t, title
        Language, and what the figure shows.
    caption : str
        How to read it and where it comes from.
    data : pandas.DataFrame
        The display table behind the figure.
    group : str, optional
        Column with the display name of a group of rows; rows of one group follow one another.
    remarks : sequence of str, optional
        What stands in brackets after the name of each row, such as that it is to verify; nothing where empty.

    Returns
    -------
    Figure
        Its alternative text counts the codes of each column.

    Raises
    ------
    CompendiumError
        Nothing to draw, or a code without a word.
    """
    if frame.empty:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    codes = set(frame[list(columns)].to_numpy().ravel())
    if not codes <= set(words):
        raise CompendiumError(
            f"figure {title!r} has no word for {sorted(codes - set(words))[0]!r}; legal are {', '.join(words)}"
        )
    groups = list(frame[group].drop_duplicates()) if group else []
    headers = [textwrap.fill(text, 13, break_long_words=False) for text in columns.values()]
    head = 0.2 * (max(text.count("\n") for text in headers) + 1) + 0.15
    height = head + ROW * len(frame) + GROUP * len(groups) + 0.1
    fig, ax = canvas(height=height)
    with matplotlib.rc_context(STYLE):
        ax.set_xlim(0, WIDTH)
        ax.set_ylim(height, 0)
        ax.set_axis_off()
        centres = [WIDTH * (at + 0.5) / len(columns) for at in range(len(columns))]
        for centre, text in zip(centres, headers, strict=True):
            ax.text(centre, head - 0.12, text, ha="center", va="bottom", fontsize=FONT_SIZE - 1.5, fontweight="bold")
        at, before = head, None
        for position, row in enumerate(frame.to_dict("records")):
            if group and row[group] != before:
                before = row[group]
                ax.text(
                    0,
                    at + GROUP * 0.62,
                    before,
                    fontweight="bold",
                    fontsize=FONT_SIZE + 0.5,
                    color=LIGHT["accent"],
                    va="center",
                )
                at += GROUP
            _row(ax, row, name, list(columns), words, centres, at, remarks[position] if remarks else "", t)
            at += ROW
    return Figure(
        fig,
        title=title,
        alt=_describe(frame, columns, words, remarks, title, t),
        caption=caption,
        data=data,
        t=t,
        row_headers=2 if group else 1,
    )


def _row(
    ax: Axes,
    row: Mapping[Any, Any],
    name: str,
    columns: Sequence[str],
    words: Mapping[str, str],
    centres: Sequence[float],
    at: float,
    remark: str,
    t: Catalogue,
) -> None:
    ax.axhline(at, color=LIGHT["grid"], linewidth=0.8)
    text = textwrap.shorten(str(row[name]), CHARACTERS - len(remark), placeholder="…")
    if remark:
        text = t("{name} ({remark})", name=text, remark=remark)
    ax.text(0, at + 0.15, text, va="center", fontsize=FONT_SIZE - 1)
    for column, centre in zip(columns, centres, strict=True):
        code = row[column]
        cell = f"{SIGNS[code]} {words[code]}"
        ax.text(
            centre,
            at + 0.36,
            cell,
            ha="center",
            va="center",
            fontsize=FONT_SIZE - 1,
            color=COLOURS[code],
            fontweight="bold",
        )


def _describe(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    words: Mapping[str, str],
    remarks: Sequence[str] | None,
    title: str,
    t: Catalogue,
) -> str:
    said = [f"{title}.", t("{n} rows.", n=len(frame))]
    for column, header in columns.items():
        counted = frame[column].value_counts()
        cells = ", ".join(f"{word} {counted[code]}" for code, word in words.items() if code in counted)
        said.append(t("{name}: {cells}.", name=header, cells=cells))
    counts = Counter(remark for remark in remarks or () if remark)
    said += [t("Rows marked '{remark}': {n}.", remark=remark, n=n) for remark, n in sorted(counts.items())]
    return " ".join(said)
