"""The first two axes of a correspondence analysis: what lies near what, and where the profiles stand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from ..errors import CompendiumError
from ..palette import LIGHT, MARKERS, SERIES
from ..wording import Label, note, plain
from .base import FONT_SIZE, STYLE, WIDTH, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

PROFILE: Final = "profile"
Floats = NDArray[np.float64]
_LINE: Final = 20  # characters of a label before it breaks
_GAP: Final = 4.0  # points kept free around a label
_REACH: Final = (7.0, 14.0, 24.0, 36.0, 50.0)  # points from a mark at which its label is tried
_ANGLES: Final = (0, 180, 90, 270, 45, 135, 315, 225, 22, 158, 202, 338, 67, 113, 247, 293)


@dataclass(frozen=True)
class Mark:
    """A point of the plane: a category of answers or the centre of a profile."""

    x: float
    y: float
    text: str
    n: float
    group_by: str
    group: str

    @property
    def is_profile(self) -> bool:
        return self.group_by == PROFILE

    @property
    def from_middle(self) -> float:
        return float(np.hypot(self.x, self.y))


def plane(
    results: pd.DataFrame, *, t: Catalogue, title: str, label: Label = plain, axes: tuple[int, int] = (1, 2)
) -> Figure:
    """Draw categories and profile centres on two axes, every label beside its mark and on no other.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate: indicator ``axis_<number>`` with the mean place of a group
        as estimate (``group_by`` is a question or ``profile``); rows without ``group_by`` hold the rate of the axis in per
        cent.
    t : Catalogue
        Language of words and numbers.
    title : str
        What the figure shows, in the reader's language.
    label : callable
        Gives the text of a code; it is asked for ``(question, code)``, and for ``("profile", "P1")``.
    axes : tuple of int
        The two axes, the horizontal one first.

    Returns
    -------
    Figure
        Categories for which no free place is found keep their mark and are named in the data behind the figure; withheld
        groups are not drawn.

    Raises
    ------
    CompendiumError
        When there is nothing to draw.
    """
    wanted = tuple(f"axis_{axis}" for axis in axes)
    results = results[results["indicator"].isin(wanted)]
    marks = _marks(results, wanted, label)
    if not marks:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    rates = {str(row.indicator): float(row.estimate) for row in results[results["group_by"] == ""].itertuples()}
    words = [_axis(axis, rates, t) for axis in wanted]
    profiles = [mark for mark in marks if mark.is_profile]
    fig, ax = canvas(height=WIDTH * 1.05)
    with matplotlib.rc_context(STYLE):
        _frame(ax, marks, words)
        for number, mark in enumerate(profiles):
            _profile(ax, mark, number)
        # Profiles first: they are what the figure is about; then the categories from the rim inwards, where places are free.
        ordered = profiles + sorted((mark for mark in marks if not mark.is_profile), key=lambda mark: -mark.from_middle)
        unnamed = place_labels(fig, ax, ordered)
        for mark in marks:
            if not mark.is_profile:
                fill = LIGHT["ground"] if mark in unnamed else LIGHT["muted"]
                ax.plot(mark.x, mark.y, "o", markersize=3.8, markerfacecolor=fill, markeredgecolor=LIGHT["muted"])
    return Figure(
        fig,
        title=title,
        alt=_alt(marks, axes, t, title),
        caption=_caption(results, unnamed, t, label),
        data=_data(marks, axes, t, label),
        t=t,
        row_headers=2,
    )


def _marks(results: pd.DataFrame, wanted: Sequence[str], label: Label) -> list[Mark]:
    rows = results[(results["group_by"] != "") & ~results["suppressed"]]
    marks = []
    for (group_by, group), found in rows.groupby(["group_by", "group"], sort=False):
        place = found.set_index("indicator")["estimate"]
        if set(wanted) <= set(place.index):
            text = label(str(group_by), str(group))
            marks.append(Mark(place[wanted[0]], place[wanted[1]], text, found["n"].iloc[0], str(group_by), str(group)))
    profiles = sorted((mark for mark in marks if mark.is_profile), key=lambda mark: mark.group)
    return profiles + [mark for mark in marks if not mark.is_profile]


def _axis(axis: str, rates: dict[str, float], t: Catalogue) -> str:
    number = axis.removeprefix("axis_")
    if axis not in rates:
        return t("Axis {number}", number=number)
    return t("Axis {number}: {rate} of the structure", number=number, rate=t.percent(rates[axis]))


def _frame(ax: Axes, marks: Sequence[Mark], words: Sequence[str]) -> None:
    x, y = np.array([(mark.x, mark.y) for mark in marks]).T
    for low, high, limit, room in (
        (x.min(), x.max(), ax.set_xlim, 0.22),
        (y.min(), y.max(), ax.set_ylim, 0.12),
    ):
        pad = room * (high - low or 1.0)
        limit(low - pad, high + pad)
    ax.axhline(0, color=LIGHT["grid"], linewidth=1.0, zorder=0)
    ax.axvline(0, color=LIGHT["grid"], linewidth=1.0, zorder=0)
    ax.set_xlabel(words[0], fontsize=FONT_SIZE - 0.5, color=LIGHT["muted"])
    ax.set_ylabel(words[1], fontsize=FONT_SIZE - 0.5, color=LIGHT["muted"])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])


def _profile(ax: Axes, mark: Mark, number: int) -> None:
    ax.plot(
        mark.x,
        mark.y,
        marker=MARKERS[number % len(MARKERS)],
        markersize=11,
        color=LIGHT[SERIES[number % len(SERIES)]],
        markeredgecolor=LIGHT["ground"],
        linestyle="none",
        zorder=3,
    )


def place_labels(fig: Drawing, ax: Axes, marks: Sequence[Mark]) -> list[Mark]:
    """Put each label at the nearest free place around its mark; return the marks whose label found none."""
    fig.draw_without_rendering()
    fig.set_layout_engine("none")  # from here on nothing may move, or the places found would not be free
    pixel = fig.dpi / 72
    points = ax.transData.transform([(mark.x, mark.y) for mark in marks])
    sizes = [(15 if mark.is_profile else 5) * pixel for mark in marks]
    ground = _Ground(
        inside=Bbox(ax.bbox.get_points()),
        marks=points,
        taken=[_box(x, y, size, size) for (x, y), size in zip(points, sizes, strict=True)],
    )
    series = {mark.group: number for number, mark in enumerate(mark for mark in marks if mark.is_profile)}
    unnamed = []
    for at, mark in enumerate(marks):
        colour = LIGHT[SERIES[series[mark.group] % len(SERIES)]] if mark.is_profile else LIGHT["ink"]
        text = ax.text(
            0, 0, textwrap.fill(mark.group if mark.is_profile else mark.text, _LINE), transform=None, ha="center", va="center",
            linespacing=1.05, color=colour, fontsize=FONT_SIZE + 1 if mark.is_profile else FONT_SIZE - 1.5,
            fontweight="bold" if mark.is_profile else "normal",
        )  # fmt: skip
        place = ground.free_place(at, text.get_window_extent(), pixel, mark.is_profile)
        if place is None:
            text.remove()
            unnamed.append(mark)
        else:
            _settle(ax, text, place, points[at])
    return unnamed


@dataclass
class _Ground:
    """What is already drawn, in pixels: labels and marks as boxes, leader lines as the points they run through."""

    inside: Bbox
    marks: Floats
    taken: list[Bbox]
    lines: list[Floats] = field(default_factory=list)

    def free_place(self, at: int, label: Bbox, pixel: float, is_profile: bool) -> _Place | None:
        """Find and take the nearest place at which a label covers nothing and belongs to its own mark."""
        for place in _places(self.marks[at], label.width, label.height, pixel):
            box = _box(*place.centre, label.width + _GAP * pixel, label.height + _GAP * pixel)
            line = np.linspace(self.marks[at], place.centre, 24) if place.is_far else np.empty((0, 2))
            if self._is_free(at, box, line, place.is_far, is_profile):
                self.taken.append(box)
                if place.is_far:
                    self.lines.append(line)
                return place
        return None

    def _is_free(self, at: int, box: Bbox, line: Floats, is_far: bool, is_profile: bool) -> bool:
        inside = self.inside
        if box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1:
            return False
        if any(box.overlaps(other) for other in self.taken) or any(_crosses(box, other) for other in self.lines):
            return False
        if is_profile:  # bold and in the colour of its mark: it cannot be taken for another's
            return True
        if any(_meet(line, other) for other in self.lines):
            return False
        if is_far:
            return not any(_crosses(other, line) for number, other in enumerate(self.taken) if number != at)
        # Without a line, a reader takes the nearest mark for the label's own.
        away = np.maximum(
            np.abs(self.marks - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2]) - [box.width / 2, box.height / 2],
            0,
        )
        return int((away**2).sum(axis=1).argmin()) == at


class _Place(NamedTuple):
    centre: tuple[float, float]
    is_far: bool


def _places(mark: Floats, width: float, height: float, pixel: float) -> Iterator[_Place]:
    """Try places around a mark, near ones first: the label's rim stands at the reach, whatever its shape."""
    for reach in _REACH:
        for angle in _ANGLES:
            dx, dy = float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle)))
            centre = (mark[0] + dx * (reach * pixel + width / 2), mark[1] + dy * (reach * pixel + height / 2))
            yield _Place(centre, reach > _REACH[1])


def _settle(ax: Axes, text: Text, place: _Place, mark: Floats) -> None:
    back = ax.transData.inverted()
    (x0, y0), (x1, y1) = back.transform(mark), back.transform(place.centre)
    text.set_transform(ax.transData)
    text.set_position((x1, y1))
    if place.is_far:
        ax.plot([x0, x1], [y0, y1], color=LIGHT["muted"], linewidth=0.6, zorder=0.6)
    text.set_bbox({"facecolor": LIGHT["ground"], "edgecolor": "none", "pad": 0.6})


def _crosses(box: Bbox, line: Floats) -> bool:
    return bool(((line >= [box.x0, box.y0]) & (line <= [box.x1, box.y1])).all(axis=1).any()) if len(line) else False


def _meet(first: Floats, second: Floats) -> bool:
    """Tell whether two leader lines cross."""
    if not len(first) or not len(second):
        return False
    (a, b), (c, d) = (first[0], first[-1]), (second[0], second[-1])

    def side(p: Floats, q: Floats, r: Floats) -> bool:
        return bool((q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)


def _box(x: float, y: float, width: float, height: float) -> Bbox:
    return Bbox([[x - width / 2, y - height / 2], [x + width / 2, y + height / 2]])


def _alt(marks: Sequence[Mark], axes: tuple[int, int], t: Catalogue, title: str) -> str:
    said = [f"{title}."]
    categories = [mark for mark in marks if not mark.is_profile]
    for number, side in zip(axes, ("x", "y"), strict=True):
        if len(categories) > 1:
            ends = sorted(categories, key=lambda mark: float(getattr(mark, side)))
            low, high = (t("“{text}”", text=mark.text) for mark in (ends[0], ends[-1]))
            said.append(t("Axis {number} sets {low} against {high}.", number=number, low=low, high=high))
    widest = max(mark.from_middle for mark in marks)
    for mark in marks:
        if not mark.is_profile or not categories:
            continue
        if mark.from_middle < widest / 3:
            said.append(t("{profile} lies near the middle of these two axes.", profile=mark.group))
        else:
            near = sorted(categories, key=lambda other: float(np.hypot(other.x - mark.x, other.y - mark.y)))[:3]
            words = t.join([t("“{text}”", text=other.text) for other in near])
            said.append(t("{profile} lies nearest to {answers}.", profile=mark.group, answers=words))
    return " ".join(said)


def _caption(results: pd.DataFrame, unnamed: Sequence[Mark], t: Catalogue, label: Label) -> str:
    said = [
        t("Each dot is an answer, placed at the mean of those who gave it; each large mark is the centre of a profile. "
          "Answers that lie close together are often given by the same people; the middle is the average. "
          "A profile near the middle may stand apart on another axis.")
    ]  # fmt: skip
    if unnamed:
        said.append(t("Open dots are answers named in the data only, for want of room: {n}.", n=len(unnamed)))
    return " ".join([*said, note(results[results["group_by"] != ""], t, label)])


def _data(marks: Sequence[Mark], axes: tuple[int, int], t: Catalogue, label: Label) -> pd.DataFrame:
    rows = [
        (
            t("Profile") if mark.is_profile else label("group_by", mark.group_by),
            f"{mark.group}: {mark.text}" if mark.is_profile else mark.text,
            t.number(mark.x, 2),
            t.number(mark.y, 2),
            t.number(mark.n, 0),
        )
        for mark in marks
    ]
    places = [t("Axis {number}", number=number) for number in axes]
    return pd.DataFrame(rows, columns=[t("Question"), t("Answer"), *places, t("n")])
