"""Published values over time: one small panel a country, every break in series cut, gaps left as gaps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain, value
from .base import STYLE, Figure
from .panels import SMALL, TITLE_LINE, TITLE_SIZE, flagged, grid, is_doubtful

if TYPE_CHECKING:
    from ..text import Catalogue

Broken = Callable[[str, int, int], bool]
"""Tell whether a break in series lies between two years of a place: ``broken("XX", 2018, 2019)``."""

PANEL_HEIGHT: Final = 1.25
OWN, OTHER, EUROPE = LIGHT["series-1"], LIGHT["grid"], LIGHT["series-2"]


def series(
    results: pd.DataFrame,
    *,
    places: Sequence[str],
    references: Sequence[str],
    broken: Broken,
    t: Catalogue,
    title: str,
    label: Label = plain,
    focus: str | None = None,
    digits: int = 1,
    why_cut: Sequence[str] = (),
    standing: Mapping[str, str] | None = None,
) -> Figure:
    """Draw one indicator over time, a panel for each place, the others grey behind it.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of one indicator; ``country`` and ``period`` (a year) name a value.
    places : sequence of str
        Codes of the panels, in order; a place without values has a panel that says so.
    references : sequence of str
        Codes of the groups of countries drawn dashed in each panel.
    broken : callable
        Tells where no line may be drawn.
    t, title, label
        As for :func:`compendium.figures.intervals`.
    focus : str, optional
        Code of the place that the page is about; its panel comes first and has a filled ground.
    digits : int
        Decimals of the values.
    why_cut : sequence of str
        Reasons of the breaks, in the reader's language, for the caption.
    standing : mapping of str to str, optional
        Code of a place -> where its latest value stands (rank, distance), in the reader's language; in its panel's corner.

    Returns
    -------
    Figure
        Hollow marks are still to verify; a dotted upright is a break in series.

    Raises
    ------
    CompendiumError
        Nothing to draw, more than one indicator, or more than one unit.
    """
    _check(results, title)
    standing = standing or {}
    order = sorted(places, key=lambda code: code != focus)
    years = results["period"].astype(int)
    fig, axes = grid(
        [label("country", code) for code in order],
        columns=2,
        height=PANEL_HEIGHT + (TITLE_LINE if standing else 0),
        sharex=True,
        sharey=True,
    )
    with matplotlib.rc_context(STYLE):
        for ax, code in zip(axes, order, strict=True):
            for other in order:
                if other != code:
                    _line(ax, results, other, broken, OTHER, None)
            for reference in references:
                _line(ax, results, reference, broken, EUROPE, "--")
            _line(ax, results, code, broken, OWN, "-")
            _panel(ax, results[results["country"] == code], code, broken, t, digits)
            if code in standing:
                _under_title(ax, standing[code])
            if code == focus:
                ax.set_facecolor(LIGHT["panel"])
        axes[0].set_xlim(years.min() - 0.6, years.max() + 1.8)
        axes[0].xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes[0].yaxis.set_major_locator(MaxNLocator(4))
        for ax in axes[-2:]:  # the lowest panel of each column, also where its neighbour below is missing
            ax.tick_params(labelbottom=True)
        axes[0].yaxis.set_major_formatter(
            lambda number, _: t.number(number, 0 if abs(number - round(number)) < 1e-9 else 1)
        )
        _legend(fig, order, references, t, label)
    shown = results[results["country"].isin([*order, *references])]
    rank = {code: at for at, code in enumerate([*order, *references])}
    shown = shown.assign(_at=shown["country"].map(rank)).sort_values(["_at", "period"], kind="stable")
    return Figure(
        fig,
        title=title,
        alt=_describe(shown, order, references, broken, t, title, label, digits, standing),
        caption=_caption(results, why_cut, t, label, bool(standing)),
        data=_data(shown, t, label, digits, standing),
        t=t,
        row_headers=2,
        results=shown,
    )


def _check(results: pd.DataFrame, title: str) -> None:
    if results.empty:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    for column in ("indicator", "unit"):
        if len(set(results[column])) > 1:
            raise CompendiumError(
                f"figure {title!r} mixes {column}s {', '.join(results[column].unique())}; one is legal"
            )


def segments(rows: pd.DataFrame, place: str, broken: Broken) -> list[pd.DataFrame]:
    """Split the values of one place, sorted by year, wherever a break or a missing year lies between two of them."""
    rows = rows.assign(_year=rows["period"].astype(int)).sort_values("_year")
    years = list(rows["_year"])
    # Years of a yearly series must follow one another; a survey every few years has its own step.
    step = min((b - a for a, b in itertools.pairwise(years)), default=1)
    starts = [0] + [
        at for at in range(1, len(years)) if years[at] - years[at - 1] > step or broken(place, years[at - 1], years[at])
    ]
    return [rows.iloc[start:end] for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)] if years else []


def _line(ax: Axes, results: pd.DataFrame, code: str, broken: Broken, colour: str, style: str | None) -> None:
    for part in segments(results[results["country"] == code], code, broken):
        own = style == "-"
        ax.plot(
            part["_year"],
            part["estimate"],
            color=colour,
            linestyle=style or "-",
            linewidth=2.0 if own else 1.3,
            marker="o" if len(part) == 1 and not own else None,
            markersize=2.5,
            zorder=3 if own else 2 if style else 1,
        )
        if own:
            for row in part.itertuples(index=False):
                ground = LIGHT["ground"] if is_doubtful(row) else colour
                ax.plot(
                    [int(row.period)],
                    [row.estimate],
                    "o",
                    color=colour,
                    markerfacecolor=ground,
                    markersize=4.2,
                    zorder=4,
                )


def _panel(ax: Axes, own: pd.DataFrame, code: str, broken: Broken, t: Catalogue, digits: int) -> None:
    ax.grid(axis="y")
    ax.tick_params(length=0, labelsize=SMALL)
    if own.empty:
        words = t("no figure in our sources")
        ax.text(
            0.5,
            0.5,
            words,
            transform=ax.transAxes,
            ha="center",
            va="center",
            style="italic",
            fontsize=SMALL,
            color=LIGHT["muted"],
        )
        return
    own = own.sort_values("period")
    parts = segments(own, code, broken)
    for before, after in itertools.pairwise(parts):
        if broken(code, int(before["period"].iloc[-1]), int(after["period"].iloc[0])):
            middle = (int(before["period"].iloc[-1]) + int(after["period"].iloc[0])) / 2
            ax.axvline(middle, color=LIGHT["muted"], linewidth=0.9, linestyle=(0, (1, 2)), zorder=0.5)
    last = own.iloc[-1]
    ax.annotate(
        t.number(last["estimate"], digits),
        (int(last["period"]), last["estimate"]),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        fontweight="bold",
        color=OWN,
        zorder=5,
        bbox={"facecolor": LIGHT["ground"], "edgecolor": "none", "pad": 0.8},
    )


def _under_title(ax: Axes, words: str) -> None:
    """Write a line between a panel and its title, which moves up."""
    ax.set_title(ax.get_title(loc="left"), fontsize=TITLE_SIZE, loc="left", color=LIGHT["ink"], pad=16)
    ax.annotate(
        words,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 5),
        textcoords="offset points",
        fontsize=SMALL,
        color=LIGHT["muted"],
    )


def _legend(fig: object, order: Sequence[str], references: Sequence[str], t: Catalogue, label: Label) -> None:
    europe = " / ".join(label("country", code) for code in references)
    handles = [
        Line2D([], [], color=OWN, marker="o", markersize=4.2, linewidth=2.0, label=t("the country of the panel")),
        *([Line2D([], [], color=EUROPE, linestyle="--", linewidth=1.3, label=europe)] if references else []),
        *([Line2D([], [], color=OTHER, linewidth=1.6, label=t("the other countries"))] if len(order) > 1 else []),
        Line2D([], [], color=LIGHT["muted"], linewidth=0.9, linestyle=(0, (1, 2)), label=t("break in series")),
    ]
    fig.legend(handles=handles, loc="outside upper left", ncols=2)  # type: ignore[attr-defined]


def _data(shown: pd.DataFrame, t: Catalogue, label: Label, digits: int, standing: Mapping[str, str]) -> pd.DataFrame:
    """Return the data behind the figure; beside the latest value of a place stands where it stands."""
    data = labelled(shown, ["country", "period"], t, label, digits)
    if standing:
        latest = ~shown["country"].duplicated(keep="last").to_numpy()
        places = zip(shown["country"], latest, strict=True)
        data[t("Standing")] = [standing.get(code, "") if last else "" for code, last in places]
    return data


def _caption(results: pd.DataFrame, why_cut: Sequence[str], t: Catalogue, label: Label, is_ranked: bool) -> str:
    said = [t("Unit: {unit}.", unit=label("unit", results["unit"].iloc[0]))]
    if is_ranked:
        said.append(
            t(
                "Above a panel: rank of its latest value from the highest, and its distance from Europe in the same year."
            )
        )
    said.append(t("The line stops where the series breaks or a year is missing: no change may be read across."))
    if why_cut:
        said.append(t("Breaks: {reasons}.", reasons="; ".join(why_cut)))
    if any(is_doubtful(row) for row in results.itertuples(index=False)):
        said.append(t("Hollow mark: still to verify."))
    return " ".join([*said, *flagged(results, t, label), note(results, t, label)])


def _describe(
    shown: pd.DataFrame,
    order: Sequence[str],
    references: Sequence[str],
    broken: Broken,
    t: Catalogue,
    title: str,
    label: Label,
    digits: int,
    standing: Mapping[str, str],
) -> str:
    said = [f"{title}."]
    for code in [*order, *references]:
        own = shown[shown["country"] == code].sort_values("period")
        name = label("country", code)
        if own.empty:
            said.append(t("{name}: no figure in our sources.", name=name))
            continue
        # the first value since the last break: from an earlier one no change may be read
        years = [int(year) for year in own["period"]]
        since = max([at for at in range(1, len(own)) if broken(code, years[at - 1], years[at])], default=0)
        first, last = own.iloc[since], own.iloc[-1]
        words = t("{name}: {value} in {year}", name=name, value=value(last["estimate"], digits, t), year=last["period"])
        if since < len(own) - 1:
            words = t(
                "{words}, first comparable value {value} in {year}",
                words=words,
                value=value(first["estimate"], digits, t),
                year=first["period"],
            )
        cuts = sum(broken(code, int(a), int(b)) for a, b in zip(own["period"], own["period"][1:], strict=False))
        if cuts:
            words = t("{words}, breaks in series: {n}", words=words, n=cuts)
        if code in standing:
            words = f"{words}, {standing[code]}"
        said.append(words + ".")
    return " ".join(said)
