"""Counts and shares without an interval: one bar a code, its number written at its end."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
import seaborn

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, is_withheld, note, plain, value, withheld
from .base import FONT_SIZE, STYLE, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

ROW: Final = 0.4  # inches of one bar
LINE: Final = 26  # characters of a label before it breaks


def bars(
    results: pd.DataFrame,
    *,
    y: str,
    t: Catalogue,
    title: str,
    label: Label = plain,
    digits: int = 0,
) -> Figure:
    """Draw one bar a row of results, in their order.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate; one row a code of `y`, one unit of measure, numbers of
        nought or more that have no interval because they describe what was received, not a population.
    y : str
        Column whose codes name the bars, such as ``"group"``.
    t, title, label
        As for :func:`compendium.figures.intervals`.
    digits : int
        Decimals of the numbers.

    Returns
    -------
    Figure
        Withheld rows keep their place with the reason in words.

    Raises
    ------
    CompendiumError
        Nothing to draw, two rows for one bar, or more than one unit of measure.
    """
    if results.empty or results.duplicated(y).any() or len(set(results["unit"])) != 1:
        raise CompendiumError(f"figure {title!r} needs one row for each {y} in one unit; select the rows first")
    names = [textwrap.fill(label(y, code), LINE) for code in results[y]]
    unit = label("unit", results["unit"].iloc[0])
    rows = list(results.itertuples(index=False))
    fig, ax = canvas(ROW * sum(0.7 + 0.3 * (name.count("\n") + 1) for name in names) + 0.7)
    with matplotlib.rc_context(STYLE):
        places = [str(at) for at in range(len(rows))]  # two codes may have the same name
        seaborn.barplot(
            x=results["estimate"].fillna(0),
            y=places,
            orient="h",
            width=0.55,
            color=LIGHT["series-1"],
            saturation=1,
            ax=ax,
        )
        room = float(results["estimate"].max()) if results["estimate"].notna().any() else 1.0
        for at, row in enumerate(rows):
            words = withheld(row, t)
            start = 0.0 if is_withheld(row) else float(row.estimate)
            ax.text(
                start + 0.015 * room,
                at,
                words or value(row.estimate, digits, t),
                va="center",
                style="italic" if words else "normal",
                fontsize=FONT_SIZE - 1,
            )
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, 1.18 * room)
        ax.set(xlabel=unit, ylabel="")
        ax.tick_params(length=0)
    said = "; ".join(
        t("{name}: {count}", name=label(y, code), count=withheld(row, t) or value(row.estimate, digits, t))
        for code, row in zip(results[y], rows, strict=True)
    )
    return Figure(
        fig,
        title=title,
        alt=t("{title}, in {unit}. {said}.", title=title, unit=unit, said=said),
        caption=note(results, t, label),
        data=labelled(results, [y], t, label, digits),
        t=t,
    )
