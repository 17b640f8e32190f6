"""The top of a tree: branches that part from left to right, with the place where it was cut."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.ticker import FuncFormatter

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain, value
from .base import FONT_SIZE, STYLE, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

ROW: Final = 0.3  # inches of one branch at the right edge
LINE: Final = 24  # characters of a name before it breaks
SERIES: Final = ("series-1", "series-2", "series-3", "series-4", "series-5", "series-6")


@dataclass(frozen=True)
class _Node:
    code: str
    parts: tuple[str, ...]
    height: float
    n: float
    group: str


def tree(results: pd.DataFrame, *, t: Catalogue, title: str, label: Label = plain) -> Figure:
    """Draw a tree from its root at the left to its branches at the right.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate, one a node: ``group`` its number, ``estimand`` the numbers
        of its two parts (empty at an end), ``estimate`` what their merge loses, ``n`` its persons, ``flag`` the group that
        the cut put it in (empty above the cut). A node that the gate withheld ends the branch above it.
    t, title, label
        As for :func:`compendium.figures.intervals`; ``label("group", flag)`` names a group.

    Returns
    -------
    Figure
        The larger part lies above the smaller one; a broken line marks the cut; each group has its name and its colour.

    Raises
    ------
    CompendiumError
        There is no node, or no root, since a withheld root leaves nothing to draw.
    """
    nodes = _nodes(results)
    root = next((code for code in nodes if not any(code in node.parts for node in nodes.values())), None)
    if root is None or len(nodes) < 2:
        raise CompendiumError(f"figure {title!r} has no tree to draw; leave it out or say why")
    order = _ends(nodes, root)
    places = {code: float(at) for at, code in enumerate(order)}
    groups = list(dict.fromkeys(nodes[code].group for code in order if nodes[code].group))
    groups.sort(key=lambda code: (len(code), code))
    fig, ax = canvas(ROW * len(order) + 1.1)
    with matplotlib.rc_context(STYLE):
        widest = max(node.height for node in nodes.values())
        _draw(ax, nodes, root, places, groups)
        cut = _cut(nodes)
        if cut is not None:
            ax.axvline(cut, color=LIGHT["muted"], linewidth=1.2, linestyle=(0, (4, 3)), zorder=0.5)
        _names(ax, nodes, order, places, groups, label, t, widest)
        ax.set_xlim(1.02 * widest, -0.75 * widest)
        ax.set_ylim(len(order) - 0.4, -0.8)
        ax.set_yticks([])
        ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= widest])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda number, _: t.number(number, 0)))
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(t("Differences lost by merging (% of all)"), fontsize=FONT_SIZE - 1, loc="left")
    said = "; ".join(
        t("{name}: {count}", name=label("group", code), count=value(_persons(nodes, root, code), 0, t))
        for code in groups
    )
    return Figure(
        fig,
        title=title,
        alt=t("{title}. Below the cut lie {said}.", title=title, said=said),
        caption=note(results, t, label),
        data=labelled(results, ["group", "flag"], t, label, 1),
        t=t,
        row_headers=2,
    )


def _nodes(results: pd.DataFrame) -> dict[str, _Node]:
    shown = results[~results["suppressed"] & results["estimate"].notna()]
    codes = set(shown["group"])
    found = {}
    for row in shown.itertuples(index=False):
        parts = tuple(row.estimand.split())
        found[row.group] = _Node(row.group, parts if set(parts) <= codes else (), row.estimate, row.n, row.flag)
    return found


def _ends(nodes: dict[str, _Node], code: str) -> list[str]:
    """Return the ends of the branches below a node, from above."""
    parts = nodes[code].parts
    return [end for part in parts for end in _ends(nodes, part)] if parts else [code]


def _draw(ax: object, nodes: dict[str, _Node], code: str, places: dict[str, float], groups: list[str]) -> float:
    node = nodes[code]
    colour = LIGHT[SERIES[groups.index(node.group) % len(SERIES)]] if node.group else LIGHT["muted"]
    at = places[code] if not node.parts else 0.0
    if node.parts:
        heights = [_draw(ax, nodes, part, places, groups) for part in node.parts]
        at = sum(heights) / len(heights)
        ax.plot([node.height] * 2, [heights[0], heights[-1]], color=colour, linewidth=1.8)  # type: ignore[attr-defined]
        for part, height in zip(node.parts, heights, strict=True):
            below = nodes[part]
            own = LIGHT[SERIES[groups.index(below.group) % len(SERIES)]] if below.group else LIGHT["muted"]
            end = below.height if below.parts else 0.0
            ax.plot([node.height, end], [height] * 2, color=own, linewidth=1.8)  # type: ignore[attr-defined]
    return at


def _cut(nodes: dict[str, _Node]) -> float | None:
    """Return a height between the lowest merge of different groups and the highest within one."""
    above = [node.height for node in nodes.values() if not node.group]
    within = [node.height for node in nodes.values() if node.group]
    return (min(above) + max(within, default=0.0)) / 2 if above else None


def _names(
    ax: object,
    nodes: dict[str, _Node],
    order: list[str],
    places: dict[str, float],
    groups: list[str],
    label: Label,
    t: Catalogue,
    widest: float,
) -> None:
    for code in groups:
        ends = [places[end] for end in order if nodes[end].group == code]
        if not ends:
            continue
        colour = LIGHT[SERIES[groups.index(code) % len(SERIES)]]
        ax.plot([-0.03 * widest] * 2, [min(ends) - 0.3, max(ends) + 0.3], color=colour, linewidth=3)  # type: ignore[attr-defined]
        text = textwrap.fill(label("group", code), LINE)
        ax.text(-0.06 * widest, (min(ends) + max(ends)) / 2, text, va="center", fontsize=FONT_SIZE - 1)  # type: ignore[attr-defined]


def _persons(nodes: dict[str, _Node], code: str, group: str) -> float:
    """Return how many persons a group holds: those of its highest node, or of its nodes together."""
    node = nodes[code]
    if node.group == group:
        return node.n
    return sum(_persons(nodes, part, group) for part in node.parts)
