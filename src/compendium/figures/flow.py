"""The way from what was received to what is kept: a column of counts, what leaves it on the side, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain, value, withheld
from .base import FONT_SIZE, STYLE, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

ROW: Final = 0.42  # inches of one reason
ENDS: Final = ("received", "kept")
STEM: Final = 0.17  # middle of the column, as a share of the width
SIDE: Final = 0.34  # where the reasons begin


def flow(
    results: pd.DataFrame,
    *,
    t: Catalogue,
    title: str,
    label: Label = plain,
) -> Figure:
    """Draw the flow of answers, from received to kept.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result: one with the indicator ``received``, one with ``kept``, and one
        ``excluded`` for each reason (in ``group``), in the order in which the rules ran.
    t : Catalogue
        Language of the figure.
    title : str
        What the figure shows.
    label : callable
        Words for codes, as ``label(column, code)``.

    Returns
    -------
    Figure
        Withheld counts are said in words.

    Raises
    ------
    CompendiumError
        A row for what was received or kept is missing, or stands twice.
    """
    for end in ENDS:
        if (results["indicator"] == end).sum() != 1:
            raise CompendiumError(f"figure {title!r} needs one row {end!r}; select the rows of one country first")
    reasons = results[results["indicator"] == "excluded"]
    shown = results[results["indicator"].isin((*ENDS, "excluded"))]
    words = [_count(row, t, label) for row in reasons.itertuples(index=False)]
    names = [label("reason", code) for code in reasons["group"]]
    first, last = (_count(next(results[results["indicator"] == end].itertuples(index=False)), t, label) for end in ENDS)
    fig, ax = canvas(ROW * (len(reasons) + 3.4))
    with matplotlib.rc_context(STYLE):
        ax.set_axis_off()
        ax.set_xlim(0, 1)
        ax.set_ylim(len(reasons) + 2.4, -1.0)
        _box(ax, 0.0, f"{label('indicator', 'received')}\n{first}")
        _box(ax, len(reasons) + 1.4, f"{label('indicator', 'kept')}\n{last}")
        ax.annotate(
            "",
            (STEM, len(reasons) + 0.75),
            (STEM, 0.65),
            arrowprops={"arrowstyle": "-|>", "color": LIGHT["ink"], "linewidth": 1.4},
        )
        for at, (name, count) in enumerate(zip(names, words, strict=True), start=1):
            ax.annotate(
                "", (SIDE - 0.01, at + 0.2), (STEM, at + 0.2), arrowprops={"arrowstyle": "-|>", "color": LIGHT["muted"]}
            )
            ax.text(SIDE, at + 0.2, name, va="center")
            ax.text(1.0, at + 0.2, count, va="center", ha="right", weight="bold")
    return Figure(
        fig,
        title=title,
        alt=_describe(names, words, first, last, t, title),
        caption=note(shown, t, label),
        data=labelled(shown, ["indicator", "group"], t, label, 0),
        t=t,
        row_headers=2,
    )


def _box(ax: Axes, at: float, text: str) -> None:
    ax.text(
        STEM,
        at,
        text,
        ha="center",
        va="center",
        weight="bold",
        fontsize=FONT_SIZE,
        bbox={"boxstyle": "round,pad=0.45", "facecolor": LIGHT["panel"], "edgecolor": LIGHT["accent"]},
    )


def _count(row: object, t: Catalogue, label: Label) -> str:
    return withheld(row, t) or value(row.estimate, 0, t)  # type: ignore[attr-defined]


def _describe(names: list[str], words: list[str], first: str, last: str, t: Catalogue, title: str) -> str:
    left = "; ".join(t("{reason}: {count}", reason=name, count=count) for name, count in zip(names, words, strict=True))
    return t(
        "{title}. Received: {first}. Left out, in this order: {left}. Kept: {last}.",
        title=title,
        first=first,
        left=left,
        last=last,
    )
