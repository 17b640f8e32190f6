"""A small tree of named things, joined from left to right where they are alike, each joint with how often it comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain, value
from .base import FONT_SIZE, STYLE, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

ROW: Final = 0.42  # inches of one leaf


def dendrogram(
    results: pd.DataFrame,
    *,
    again: pd.Series,
    joint: str,
    t: Catalogue,
    title: str,
    label: Label = plain,
    focus: str | None = None,
) -> Figure:
    """Draw a tree whose leaves stand at the left and whose branches join towards the right.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result, one a branch: ``group`` the codes of its leaves, ``estimate`` the distance at
        which they join. One row holds all leaves.
    again : pandas.Series
        How often each branch comes again, in per cent, by ``group``.
    joint : str
        What stands between the codes of a branch.
    t, title, label
        As for :func:`compendium.figures.intervals`; ``label("country", code)`` names a leaf.
    focus : str, optional
        The leaf that the page is about, in colour.

    Returns
    -------
    Figure
        The branch of all leaves has no percentage, for it always comes again.

    Raises
    ------
    CompendiumError
        No branch holds all leaves.
    """
    heights = {frozenset(row.group.split(joint)): float(row.estimate) for row in results.itertuples()}
    often = {frozenset(str(code).split(joint)): value for code, value in again.items()}
    leaves = frozenset().union(*heights)
    if leaves not in heights:
        raise CompendiumError(f"figure {title!r}: no branch holds all of {', '.join(sorted(leaves))}")
    order = _order(leaves, heights)
    fig, ax = canvas(height=ROW * len(order) + 0.75)
    with matplotlib.rc_context(STYLE):
        at = {frozenset([code]): (0.0, float(row)) for row, code in enumerate(order)}
        for branch in sorted(heights, key=lambda one: (heights[one], len(one))):
            parts = _parts(branch, heights)
            x, ends = heights[branch], [at[part] for part in parts]
            for start, y in ends:
                ax.plot([start, x], [y, y], color=LIGHT["ink"], linewidth=1.4)
            ax.plot([x, x], [min(y for _, y in ends), max(y for _, y in ends)], color=LIGHT["ink"], linewidth=1.4)
            at[branch] = (x, sum(y for _, y in ends) / len(ends))
            if branch != leaves:
                ax.annotate(
                    t.percent(often[branch]), at[branch], xytext=(3, 4), textcoords="offset points",
                    fontsize=FONT_SIZE - 1.5, color=LIGHT["ink"],
                )  # fmt: skip
        ax.set_yticks(range(len(order)), [label("country", code).split(" (")[0] for code in order])
        for tick, code in zip(ax.get_yticklabels(), order, strict=True):
            if code == focus:
                tick.set_color(LIGHT["series-1"])
                tick.set_fontweight("bold")
        ax.set_ylim(len(order) - 0.5, -0.6)
        ax.set_xlim(0, 1.08 * heights[leaves])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_formatter(lambda number, _: t.number(number, 1))
        ax.set_xlabel(t("Distance at which they join, in standard deviations"), color=LIGHT["muted"])

    def named(column: str, code: str) -> str:
        return (
            t.join([label("country", one) for one in code.split(joint)]) if column == "group" else label(column, code)
        )

    listed = results.sort_values("estimate", kind="stable")
    said = [
        t(
            "{names}: join at {height}, in {share} of the resamples.",
            names=named("group", row.group),
            height=value(row.estimate, 2, t),
            share=t.percent(often[frozenset(row.group.split(joint))]),
        )
        for row in listed.itertuples()
    ]
    data = labelled(listed, ["group"], t, named, 2)
    data[t("Comes again, % of resamples")] = [
        value(often[frozenset(code.split(joint))], 0, t) for code in listed["group"]
    ]
    return Figure(fig, title=title, alt=" ".join([f"{title}.", *said]), caption=note(results, t, label), data=data, t=t)


def _parts(branch: frozenset[str], heights: dict[frozenset[str], float]) -> list[frozenset[str]]:
    """Return the two branches or leaves that make a branch: the largest ones within it."""
    inside = sorted((one for one in heights if one < branch), key=len, reverse=True)
    parts: list[frozenset[str]] = []
    for one in inside:
        if not any(one < part for part in parts):
            parts.append(one)
    rest = branch - frozenset[str]().union(*parts)
    return [*parts, *(frozenset([code]) for code in sorted(rest))]


def _order(branch: frozenset[str], heights: dict[frozenset[str], float]) -> list[str]:
    """Return leaves in an order in which no branches cross, the larger part first."""
    if len(branch) == 1:
        return list(branch)
    parts = sorted(_parts(branch, heights), key=lambda part: (-len(part), sorted(part)))
    return [code for part in parts for code in _order(part, heights)]
