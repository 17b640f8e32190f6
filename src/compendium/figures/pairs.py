"""Two estimates of the same thing beside one another, country by country: small panels, a dot and a diamond a row."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain, value
from .base import FONT_SIZE, STYLE, Figure
from .dots import shorter
from .panels import SMALL, grid

if TYPE_CHECKING:
    from ..text import Catalogue

ROW: Final = 0.34  # inches of one row: two marks one above another
APART: Final = 0.17  # rows between the two marks and the middle of their row
OWN, OTHER = LIGHT["series-1"], LIGHT["muted"]


def pairs(
    results: pd.DataFrame,
    *,
    first: str,
    second: str,
    places: Sequence[str],
    t: Catalogue,
    title: str,
    label: Label = plain,
    focus: str | None = None,
    digits: int = 0,
) -> Figure:
    """Draw two estimates of each country beside one another, one panel an indicator.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate, one for each indicator, country and `method`; one unit.
    first, second : str
        Codes of ``method``: a filled dot, and a hollow diamond below it.
    places : sequence of str
        Codes of the countries, in order.
    t, title, label
        As for :func:`compendium.figures.intervals`; ``label("method", code)`` names the two.
    focus : str, optional
        The country of the page; stands first, in colour.
    digits : int
        Decimals of the values.

    Returns
    -------
    Figure
        A withheld estimate leaves its place empty; the data behind the figure say why.

    Raises
    ------
    CompendiumError
        There is nothing to draw.
    """
    if results["estimate"].isna().all():
        raise CompendiumError(f"figure {title!r} has nothing to draw; leave the figure out or say why it is empty")
    order = sorted((code for code in places if (results["country"] == code).any()), key=lambda code: code != focus)
    codes = list(results["indicator"].drop_duplicates())
    names = shorter([label("indicator", code) for code in codes])
    fig, axes = grid(
        names, columns=min(2, len(codes)), height=ROW * len(order) + 0.32, beside=1.1, sharey=True, sharex=True
    )
    with matplotlib.rc_context(STYLE):
        for ax, code in zip(axes, codes, strict=True):
            for at, place in enumerate(order):
                rows = results[(results["indicator"] == code) & (results["country"] == place)]
                colour = OWN if focus in (None, place) else OTHER
                for method, up in ((first, -APART), (second, APART)):
                    _mark(ax, rows[rows["method"] == method], at + up, colour, method == first, digits, t)
            ax.tick_params(length=0)
            ax.tick_params(axis="x", labelsize=SMALL)
            ax.spines["left"].set_visible(False)
            ax.grid(axis="x")
            ax.locator_params(axis="x", nbins=5)
            ax.xaxis.set_major_formatter(lambda number, _: t.number(number, 0))
            if focus in order:
                ax.axhspan(-0.5, 0.5, color=LIGHT["panel"], zorder=0)
        short = [label("country", place).split(" (")[0] for place in order]
        axes[0].set_yticks(range(len(order)), [textwrap.fill(name, 18) for name in short])
        axes[0].set_ylim(len(order) - 0.45, -0.6)
        low, high = results[["ci_low", "estimate"]].min().min(), results[["ci_high", "estimate"]].max().max()
        axes[0].set_xlim(low - 0.05 * (high - low), high + 0.18 * (high - low))  # the values stand at the right
        for ax in axes[-2:]:
            ax.tick_params(labelbottom=True)
        fig.legend(
            handles=[_handle(label("method", first), True), _handle(label("method", second), False)],
            loc="outside upper left", ncols=2, fontsize=FONT_SIZE - 1,
        )  # fmt: skip
    ranks = {code: at for at, code in enumerate(order)}
    panel = {code: at for at, code in enumerate(codes)}
    kept = results.assign(_panel=results["indicator"].map(panel), _at=results["country"].map(ranks))
    kept = kept.sort_values(["_panel", "_at"], kind="stable")
    unit = t("Unit: {unit}.", unit=label("unit", results["unit"].iloc[0]))
    return Figure(
        fig,
        title=title,
        alt=f"{title}. {_described(kept, first, second, t, label, digits)}",
        caption=f"{unit} {t('Dot and diamond: estimates; lines: 95% intervals.')} {note(results, t, label)}",
        data=labelled(kept, ["indicator", "country", "method"], t, label, 1),
        t=t,
        row_headers=3,
    )


def _mark(ax: Axes, found: pd.DataFrame, at: float, colour: str, is_first: bool, digits: int, t: Catalogue) -> None:
    for row in found[found["estimate"].notna()].itertuples(index=False):
        # a drawing can be measured: nothing stands in it more finely than the words beside it
        estimate, low, high = (round(float(number), digits) for number in (row.estimate, row.ci_low, row.ci_high))
        if pd.notna(low):
            ax.plot(
                [low, high], [at, at], color=colour, linewidth=1.8 if is_first else 1.1, zorder=2,
                solid_capstyle="butt",
            )  # fmt: skip
        ax.plot(
            [estimate], [at], "o" if is_first else "D", markersize=5 if is_first else 4.5, color=colour,
            markerfacecolor=colour if is_first else LIGHT["ground"], markeredgewidth=1.2, zorder=3,
        )  # fmt: skip
        ax.text(
            1.0, at, t.number(row.estimate, digits), transform=ax.get_yaxis_transform(), ha="right", va="center",
            fontsize=SMALL - 1, color=colour,
        )  # fmt: skip


def _handle(name: str, is_first: bool) -> Line2D:
    return Line2D(
        [], [], color=LIGHT["ink"], marker="o" if is_first else "D", markersize=5, linewidth=1.8 if is_first else 1.1,
        markerfacecolor=LIGHT["ink"] if is_first else LIGHT["ground"], label=name,
    )  # fmt: skip


def _described(kept: pd.DataFrame, first: str, second: str, t: Catalogue, label: Label, digits: int) -> str:
    said = []
    for code, rows in kept.groupby("indicator", sort=False):
        words = []
        for place, own in rows.groupby("country", sort=False):
            by = own.set_index("method")["estimate"]
            numbers = [value(by.get(method), digits, t) for method in (first, second)]
            words.append(
                t("{name} {first}, {second}", name=label("country", str(place)), first=numbers[0], second=numbers[1])
            )
        said.append(f"{label('indicator', str(code))}: {'; '.join(words)}.")
    head = t("{first}, then {second}.", first=label("method", first), second=label("method", second))
    return f"{head[:1].upper()}{head[1:]} {' '.join(said)}"
