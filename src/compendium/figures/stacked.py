"""Shares that add up to a hundred, one bar a row: how answers or scores are spread, readable without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain
from .base import FONT_SIZE, STYLE, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

BAR: Final = 0.3  # inches of one bar with the room below it
LINE: Final = 0.175  # inches of one line of a row's name, which stands above its bar
CHARACTERS: Final = 62  # of one such line
AROUND: Final = 0.55  # inches for the axis below the bars
LEGEND: Final = 0.22  # inches of one line of the legend
FAINTEST: Final = 0.12  # strength of the first piece; the last one has 1
DARK_FROM: Final = 0.6  # strength of a piece from which its number stands in the colour of the ground
NARROWEST: Final = 5.0  # % of a piece that has room for its number


def stacked(
    results: pd.DataFrame,
    *,
    y: str,
    pieces: str,
    t: Catalogue,
    title: str,
    label: Label = plain,
    heading: str = "",
) -> Figure:
    """Draw one bar of a hundred per cent per row, cut into ordered pieces.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate: shares in %, one row per `y` and piece; the pieces of a
        bar add up to 100 before the gate.
    y, pieces : str
        Columns whose codes name the bars and the pieces; both keep the order of `results`.
    t, title, label
        As for :func:`compendium.figures.intervals`.
    heading : str
        Column whose codes part the bars into chapters, such as the measure of a question; none when empty.

    Returns
    -------
    Figure
        Each piece has its number and a strength of one colour that grows with its place; pieces that the gate withheld
        stand together at the end of their bar, without colour. Intervals and n stand in the data behind it.

    Raises
    ------
    CompendiumError
        When there is nothing to draw, or two estimates for one piece.
    """
    keys = [*([heading] if heading else []), y, pieces]
    if results.empty or results.duplicated(keys).any():
        raise CompendiumError(f"figure {title!r} needs one row for each {y} and {pieces}; select the rows first")
    codes = list(results[pieces].drop_duplicates())
    strengths = {code: FAINTEST + (1 - FAINTEST) * at / max(len(codes) - 1, 1) for at, code in enumerate(codes)}
    bars = [(keys_of, rows) for keys_of, rows in results.groupby(keys[:-1], sort=False)]
    names = [textwrap.wrap(label(y, key[-1]), CHARACTERS) for key, _ in bars]
    chapters = [
        key[0] if heading and (at == 0 or bars[at - 1][0][0] != key[0]) else "" for at, (key, _) in enumerate(bars)
    ]
    heights = [BAR + LINE * (len(name) + (2 if chapter else 0)) for name, chapter in zip(names, chapters, strict=True)]
    has_withheld = bool(results["suppressed"].any())
    fig, ax = canvas(sum(heights) + AROUND + LEGEND * (1 + (len(codes) + has_withheld) // 2))
    with matplotlib.rc_context(STYLE):
        top = 0.0
        for (_, rows), name, chapter, height in zip(bars, names, chapters, heights, strict=True):
            if chapter:
                ax.text(
                    0, top + 1.2 * LINE, label(heading, chapter), weight="bold", va="center", fontsize=FONT_SIZE - 0.5
                )
            place = top + height - 0.18
            words = place - 0.1 - LINE * len(name) / 2
            ax.text(0, words, "\n".join(name), va="center", fontsize=FONT_SIZE - 1.5, linespacing=1.1)
            _bar(ax, rows, place, strengths, pieces, t)
            top += height
        ax.set_ylim(top + 0.05, 0)
        ax.set_xlim(0, 100)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(label("unit", results["unit"].iloc[0]), color=LIGHT["muted"])
        _legend(fig, codes, strengths, pieces, has_withheld, t, label)
    said = [
        t("{name}: {values}.", name=label(y, key[-1]), values=_in_words(rows, pieces, t, label)) for key, rows in bars
    ]
    return Figure(
        fig,
        title=title,
        alt=" ".join([f"{title}.", *said]),
        caption=" ".join([*_how_to_read(has_withheld, t), note(results, t, label)]),
        data=labelled(results, keys, t, label, 0),
        t=t,
        row_headers=len(keys),
    )


def _bar(ax: Axes, rows: pd.DataFrame, at: float, strengths: dict[str, float], pieces: str, t: Catalogue) -> None:
    start = 0.0
    for row in rows[~rows["suppressed"]].itertuples(index=False):
        strength = strengths[getattr(row, pieces)]
        # a drawing can be measured: pieces end at whole per cents, as the words say, and still add up to 100
        before, end = round(start), start + row.estimate
        if row.estimate > 0:
            _piece(ax, before, round(end) - before, at, color=LIGHT["series-1"], alpha=strength)
        if row.estimate >= NARROWEST:
            ink = LIGHT["ground"] if strength >= DARK_FROM else LIGHT["ink"]
            centre = (before + round(end)) / 2
            ax.text(
                centre, at, t.number(row.estimate), ha="center", va="center_baseline", color=ink, fontsize=FONT_SIZE - 2
            )
        start = end
    if rows["suppressed"].any() and start < 100:
        _piece(ax, round(start), 100 - round(start), at, color=LIGHT["panel"], hatch="////", edgecolor=LIGHT["grid"])


def _piece(ax: Axes, start: float, width: float, at: float, **style: Any) -> None:
    ax.barh(at, width, left=start, height=0.2, linewidth=0.6, **{"edgecolor": LIGHT["ground"], **style})


def _legend(
    fig: Any,
    codes: Sequence[str],
    strengths: dict[str, float],
    pieces: str,
    has_withheld: bool,
    t: Catalogue,
    label: Label,
) -> None:
    handles = [Patch(facecolor=LIGHT["series-1"], alpha=strengths[code], label=label(pieces, code)) for code in codes]
    if has_withheld:
        handles.append(
            Patch(facecolor=LIGHT["panel"], hatch="////", edgecolor=LIGHT["grid"], label=t("withheld"))
        )
    fig.legend(handles=handles, loc="outside upper left", ncols=2)


def _how_to_read(has_withheld: bool, t: Catalogue) -> list[str]:
    said = [t("The numbers are shares in %; pieces run from the left in the order of the legend.")]
    if has_withheld:
        said.append(t("Hatched, at the end of a bar: what is withheld of it, wherever it belongs."))
    return said


def _in_words(rows: pd.DataFrame, pieces: str, t: Catalogue, label: Label) -> str:
    return ", ".join(
        t("{name} {value}", name=label(pieces, getattr(row, pieces)), value=t.percent(row.estimate))
        for row in rows[~rows["suppressed"]].itertuples(index=False)
    ) or t("nothing")
