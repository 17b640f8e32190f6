"""Bodies on a map of Europe: one numbered mark a place, kinds told apart by shape, the same numbers in the list beside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from .. import paths
from ..errors import CompendiumError
from ..palette import LIGHT, MARKERS, SERIES
from .base import FONT_SIZE, STYLE, WIDTH, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

Floats = NDArray[np.float64]

CENTRE: Final = (10.0, 52.0)
"""Longitude and latitude around which the map is flat, degrees; that of European statistics."""
FRAME: Final = (-1700.0, 1950.0, -1900.0, 2150.0)
"""West, east, south and north of the whole map, km from the centre."""
ROOM: Final = (0.07, 0.03)
"""Width and height of a mark with its number, in shares of the map's width."""


def project(
    longitude: Any, latitude: Any, centre: tuple[float, float] = CENTRE, radius: float = 6371.0072
) -> tuple[Floats, Floats]:
    """Project degrees on a plane on which areas keep their size (Lambert's azimuthal equal-area projection of a sphere).

    Parameters
    ----------
    longitude, latitude : array-like
        Degrees east and north.
    centre : tuple of float
        Longitude and latitude of the middle, degrees.
    radius : float
        Radius of the sphere; that of the sphere with the surface of the Earth, in km, unless another is given.

    Returns
    -------
    x, y : arrays
        East and north of the middle, in the unit of the radius.

    Notes
    -----
    ``k = sqrt(2 / (1 + sin p1 sin p + cos p1 cos p cos(l - l0)))``, ``x = R k cos p sin(l - l0)``,
    ``y = R k (cos p1 sin p - sin p1 cos p cos(l - l0))``.

    References
    ----------
    Snyder 1987, *Map Projections: A Working Manual*, US Geological Survey Professional Paper 1395, p. 185.
    """
    turn, high = (
        np.radians(np.asarray(longitude, dtype=float) - centre[0]),
        np.radians(np.asarray(latitude, dtype=float)),
    )
    middle = np.radians(centre[1])
    together = np.sin(middle) * np.sin(high) + np.cos(middle) * np.cos(high) * np.cos(turn)
    scale = radius * np.sqrt(2 / (1 + together))
    x = scale * np.cos(high) * np.sin(turn)
    y = scale * (np.cos(middle) * np.sin(high) - np.sin(middle) * np.cos(high) * np.cos(turn))
    return x, y


@cache
def outlines() -> Mapping[str, list[Floats]]:
    """Return the rings of each country by ISO 3166-1 alpha-2 code, projected, km; ``""`` is land without a code."""
    content = json.loads((paths.DEFINITIONS / "outlines" / "europe.json").read_text(encoding="utf-8"))
    return {
        code: [np.column_stack(project(*np.array(ring, dtype=float).T)) for ring in rings]
        for code, rings in content["places"].items()
    }


def europe(
    frame: pd.DataFrame,
    *,
    kind: str,
    number: str,
    kinds: Sequence[str],
    places: Sequence[str],
    t: Catalogue,
    title: str,
    alt: str,
    caption: str,
    data: pd.DataFrame,
    focus: str | None = None,
) -> Figure:
    """Draw bodies on a map, marks that would cover one another side by side.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a body that has ``longitude`` and ``latitude`` (degrees), in the order of their numbers.
    kind, number : str
        Columns with the displayed kind and the number that the list gives the body.
    kinds : sequence of str
        Displayed kinds in the order of the legend; each has a shape and a colour.
    places : sequence of str
        Countries of the study, drawn a little darker.
    t, title, alt, caption, data
        As for :class:`~.base.Figure`.
    focus : str, optional
        A country to which the map is narrowed.

    Raises
    ------
    CompendiumError
        Nothing to draw, or more kinds than there are shapes.
    """
    if frame.empty:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    if len(kinds) > len(MARKERS):
        raise CompendiumError(f"figure {title!r} has {len(kinds)} kinds; at most {len(MARKERS)} can be told apart")
    west, east, south, north = _frame(focus)
    height = WIDTH * (north - south) / (east - west)
    fig, ax = canvas(height=height + 0.24 * frame[kind].nunique())
    with matplotlib.rc_context(STYLE):
        ax.set_xlim(west, east)
        ax.set_ylim(south, north)
        ax.set_aspect("equal")
        ax.set_axis_off()
        for code, rings in outlines().items():
            own = code in places
            colour = LIGHT["grid"] if own else LIGHT["panel"]
            ax.add_collection(
                PolyCollection(
                    rings, facecolors=colour, edgecolors=LIGHT["muted"], linewidths=0.5, zorder=2 if own else 1
                )
            )
        own_places = np.column_stack(project(frame["longitude"], frame["latitude"]))
        for row, place, drawn in zip(frame.to_dict("records"), own_places, _apart(frame, east - west), strict=True):
            _join(ax, place, drawn)
            _mark(ax, *drawn, str(row[number]), list(kinds).index(row[kind]))
        handles = [
            Line2D([], [], color=LIGHT[SERIES[at]], marker=MARKERS[at], markersize=8, linestyle="none", label=name)
            for at, name in enumerate(kinds)
            if name in set(frame[kind])
        ]
        fig.legend(handles=handles, loc="outside lower left", ncols=1)
    return Figure(fig, title=title, alt=alt, caption=caption, data=data, t=t, row_headers=1)


def _frame(focus: str | None) -> tuple[float, float, float, float]:
    """Return the edges of the map: the whole of it, or the largest ring of a country with some room."""
    if focus is None or focus not in outlines():
        return FRAME
    ring = max(outlines()[focus], key=lambda one: np.ptp(one[:, 0]) * np.ptp(one[:, 1]))
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    room = 0.12 * max(east - west, north - south)
    return west - room, east + room, south - room, north + room


def _apart(frame: pd.DataFrame, width: float) -> list[tuple[float, float]]:
    """Return where each mark is drawn: at its place, or where that is taken as near to it as there is room."""
    x, y = project(frame["longitude"], frame["latitude"])
    taken: list[tuple[float, float]] = []
    for own in zip(x.tolist(), y.tolist(), strict=True):
        free = (
            (own[0] + ROOM[0] * width * right, own[1] + ROOM[1] * width * up)
            for right, up in sorted(
                product(range(-3, 4), range(-6, 7)), key=lambda step: (2 * abs(step[0]) + abs(step[1]), step)
            )
        )
        taken.append(next(at for at in free if not any(_cover(at, other, width) for other in taken)))
    return taken


def _cover(one: tuple[float, float], other: tuple[float, float], width: float) -> bool:
    return all(abs(a - b) < 0.9 * room * width for a, b, room in zip(one, other, ROOM, strict=True))


def _join(ax: Axes, place: Floats, drawn: tuple[float, float]) -> None:
    """Join a mark that was moved aside to its place, or it would be read as standing in another town."""
    if not np.allclose(place, drawn):
        ax.plot(*zip(place, drawn, strict=True), color=LIGHT["ink"], linewidth=0.7, zorder=2.4)
        ax.plot(*place, marker=".", markersize=4, color=LIGHT["ink"], zorder=2.5)


def _mark(ax: Axes, x: float, y: float, number: str, at: int) -> None:
    colour = LIGHT[SERIES[at]]
    ax.plot([x], [y], marker=MARKERS[at], markersize=8, color=colour, markeredgecolor=LIGHT["ground"], zorder=3)
    text = ax.annotate(
        number, (x, y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=FONT_SIZE - 1, fontweight="bold",
        color=LIGHT["ink"], zorder=4,
    )  # fmt: skip
    text.set_path_effects([patheffects.withStroke(linewidth=2, foreground=LIGHT["ground"])])
