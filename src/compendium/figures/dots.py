"""Countries beside one another at one moment: small panels of dots, Europe as an upright line, gaps said in words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..errors import CompendiumError
from ..palette import LIGHT
from ..tables import labelled
from ..wording import Label, note, plain, value, withheld
from .base import FONT_SIZE, STYLE, Figure
from .panels import SMALL, flagged, grid, is_doubtful

if TYPE_CHECKING:
    from ..text import Catalogue

ROW: Final = 0.25  # inches of one row of a panel
OWN, OTHER, EUROPE = LIGHT["series-1"], LIGHT["muted"], LIGHT["series-2"]


def dots(
    results: pd.DataFrame,
    *,
    places: Sequence[str],
    references: Sequence[str],
    t: Catalogue,
    title: str,
    label: Label = plain,
    panel: str = "indicator",
    focus: str | None = None,
    digits: int = 1,
    absent: str = "",
    ranks: Mapping[tuple[str, str], int] | None = None,
) -> Figure:
    """Draw countries as dots, one panel an indicator, the country of the page in colour.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result, one for each place and code of `panel`; intervals are drawn where they are.
        All panels share one axis when they share one unit.
    places : sequence of str
        Codes of the rows, in order; a place without a value keeps its row and says so.
    references : sequence of str
        Codes drawn as an upright line; the first that has a value in a panel is taken. One that stands among `places`
        too has a row of its own, with a square.
    t, title, label
        As for :func:`compendium.figures.intervals`.
    panel : str
        Column whose codes make the panels, in the order of `results`.
    focus : str, optional
        Code of the place that the page is about; stands first, in colour, with its value in bold.
    digits : int
        Decimals of the values.
    absent : str, optional
        Words for a place without a value, in the reader's language.
    ranks : mapping of (str, str) to int, optional
        Code of a panel and of a place -> its rank, in brackets after the value.

    Returns
    -------
    Figure
        Words that all panels share are left to the figure's title. Hollow dots are still to verify,
        or may not be compared (the panel is then grey and says why).

    Raises
    ------
    CompendiumError
        Nothing to draw, or two values for one dot.
    """
    if results.empty:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    twice = results[results.duplicated([panel, "country"])]
    if len(twice):
        raise CompendiumError(f"figure {title!r} has two values for {twice.iloc[0][panel]!r}; select one period first")
    order = sorted(places, key=lambda code: code != focus)
    codes = list(results[panel].drop_duplicates())
    names = dict(zip(codes, shorter([label(panel, code) for code in codes]), strict=True))
    one_axis = len(set(results["unit"])) == 1
    fig, axes = grid(
        [names[code] for code in codes],
        columns=min(2, len(codes)),
        height=ROW * len(order) + 0.32,
        beside=1.1,
        sharey=True,
        sharex=one_axis,
    )
    with matplotlib.rc_context(STYLE):
        for ax, code in zip(axes, codes, strict=True):
            rows = results[results[panel] == code]
            _reference(ax, rows, references, label)
            for at, place in enumerate(order):
                colour = EUROPE if place in references else OWN if focus in (None, place) else OTHER
                _dot(
                    ax,
                    rows[rows["country"] == place],
                    at,
                    colour,
                    absent or t("no figure in our sources"),
                    t,
                    label,
                    digits,
                    (ranks or {}).get((code, place)),
                )
            _axis(ax, rows, t, label)
        # What stands in brackets after a name has its place in the legend.
        short = [label("country", place).split(" (")[0] for place in order]
        axes[0].set_yticks(range(len(order)), [textwrap.fill(name, 18) for name in short])
        axes[0].set_ylim(len(order) - 0.45, -0.6)
        span = _ends(results)
        for ax, code in zip(axes, codes, strict=True):
            own = span if one_axis else _ends(results[results[panel] == code])
            if len(own):
                room = (own.max() - own.min()) or abs(own.max()) or 1.0
                # the values stand at the right
                ax.set_xlim(own.min() - 0.08 * room, own.max() + (0.65 if ranks else 0.4) * room)
                low, high = own.min() - 0.08 * room, own.max() + 0.1 * room
                high = min(high, 100) if own.max() <= 100 else high  # no axis of a share goes on to 110
                ax.set_xticks([tick for tick in ax.get_xticks() if low <= tick <= high])
            if focus in order:
                ax.axhspan(-0.5, 0.5, color=LIGHT["panel"], zorder=0)
        for ax in axes[-2:]:
            ax.tick_params(labelbottom=True)
        _legend(fig, results, references, focus, t, label)
    places_of = {code: at for at, code in enumerate(dict.fromkeys([*order, *references]))}
    kept = results[results["country"].isin(list(places_of))]
    kept = kept.assign(
        _panel=kept[panel].map({code: at for at, code in enumerate(codes)}), _at=kept["country"].map(places_of)
    )
    kept = kept.sort_values(["_panel", "_at"], kind="stable")
    keys = [panel, "country", *(["period"] if kept["period"].any() else [])]
    return Figure(
        fig,
        title=title,
        alt=_describe(kept, codes, names, order, references, panel, t, title, label, digits),
        caption=_caption(kept, t, label, bool(ranks)),
        data=labelled(kept, keys, t, label, digits),
        t=t,
        row_headers=2,
        results=kept,
    )


def _ends(rows: pd.DataFrame) -> np.ndarray:
    """Return every end of a dot or of its interval."""
    found = rows[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float).ravel()
    return np.asarray(found[~np.isnan(found)])


def shorter(names: Sequence[str]) -> list[str]:
    """Leave out what all names share: words before a colon, and a bracket at the end."""
    kept = list(names)
    if len(kept) < 2:
        return kept
    heads = {name.split(": ")[0] for name in kept}
    if len(heads) == 1 and all(": " in name for name in kept):
        kept = [name.split(": ", 1)[1] for name in kept]
    tails = {name[name.rindex(" (") :] if name.endswith(")") and " (" in name else "" for name in kept}
    if len(tails) == 1:
        kept = [name.removesuffix(next(iter(tails))) for name in kept]
    return [name[:1].upper() + name[1:] for name in kept]


def _dot(
    ax: Axes,
    found: pd.DataFrame,
    at: int,
    colour: str,
    absent: str,
    t: Catalogue,
    label: Label,
    digits: int,
    rank: int | None,
) -> None:
    known = found[found["estimate"].notna()]
    if known.empty:
        words = withheld(next(found.itertuples(index=False)), t) if len(found) else ""
        words = words or absent
        ax.text(
            0.02,
            at,
            words,
            transform=ax.get_yaxis_transform(),
            va="center",
            style="italic",
            fontsize=SMALL,
            color=LIGHT["muted"],
            zorder=4,
            bbox={"facecolor": LIGHT["ground"], "edgecolor": "none", "pad": 0.8},
        )
        return
    row: Any = next(known.itertuples(index=False))
    comparable = row.comparable == "yes"
    own = colour != OTHER
    mark = "s" if colour == EUROPE else "o"
    colour = colour if comparable else OTHER
    # a drawing can be measured: nothing stands in it more finely than the words beside it
    estimate, low, high = (round(float(number), digits) for number in (row.estimate, row.ci_low, row.ci_high))
    if pd.notna(low):
        ax.plot([low, high], [at, at], color=colour, linewidth=2.0, solid_capstyle="butt", zorder=2)
    hollow = is_doubtful(row) or not comparable
    ax.plot(
        [estimate],
        [at],
        mark,
        markersize=6,
        color=colour,
        markeredgewidth=1.4,
        zorder=3,
        markerfacecolor=LIGHT["ground"] if hollow else colour,
    )
    shown = t.number(row.estimate, digits)
    ax.text(
        1.0,
        at,
        shown if rank is None else f"{shown} ({rank})",
        transform=ax.get_yaxis_transform(),
        ha="right",
        va="center",
        fontsize=SMALL,
        fontweight="bold" if own and comparable else "normal",
        color=colour,
    )


def _reference(ax: Axes, rows: pd.DataFrame, references: Sequence[str], label: Label) -> None:
    for code in references:
        found = rows[(rows["country"] == code) & rows["estimate"].notna()]
        if len(found):
            ax.axvline(found["estimate"].iloc[0], color=EUROPE, linewidth=1.3, linestyle=(0, (4, 3)), zorder=1)
            return


def _axis(ax: Axes, rows: pd.DataFrame, t: Catalogue, label: Label) -> None:
    ax.tick_params(length=0)
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter(lambda number, _: t.number(number, 0 if abs(number - round(number)) < 1e-9 else 1))
    apart = rows[rows["comparable"] == "no"]
    if len(apart):
        ax.set_facecolor(LIGHT["panel"])
        reason = t("not comparable: {reason}", reason=label("reason", apart["reason"].iloc[0]))
        ax.set_xlabel(textwrap.fill(reason, 30), fontsize=SMALL, color=LIGHT["muted"], style="italic", loc="left")


def _legend(
    fig: Any, results: pd.DataFrame, references: Sequence[str], focus: str | None, t: Catalogue, label: Label
) -> None:
    drawn = [code for code in references if (results["country"] == code).any()]
    handles = []
    if focus is not None:
        handles.append(
            Line2D([], [], color=OWN, marker="o", markersize=6, linestyle="none", label=label("country", focus))
        )
    if drawn:
        name = " / ".join(label("country", code) for code in drawn)
        handles.append(Line2D([], [], color=EUROPE, linestyle=(0, (4, 3)), linewidth=1.3, label=name))
    if any(is_doubtful(row) for row in results.itertuples(index=False)):
        handles.append(
            Line2D(
                [], [], color=OTHER, marker="o", markerfacecolor=LIGHT["ground"], linestyle="none", label=t("to verify")
            )
        )
    if handles:
        fig.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=FONT_SIZE - 1)


def _caption(results: pd.DataFrame, t: Catalogue, label: Label, is_ranked: bool) -> str:
    units = results["unit"].drop_duplicates()
    said = [t("Unit: {unit}.", unit="; ".join(label("unit", unit) for unit in units))]
    if results["ci_low"].notna().any():
        said.append(t("Dot: estimate; line: 95% interval."))
    else:
        said.append(t("Published values carry no interval in our sources."))
    if is_ranked:
        said.append(t("In brackets: rank from the highest of the countries drawn."))
    if (results["comparable"] == "no").any():
        said.append(t("Open mark: not comparable with the others, see the data."))
    return " ".join([*said, *flagged(results, t, label), note(results, t, label)])


def _describe(
    kept: pd.DataFrame,
    codes: Sequence[str],
    names: Mapping[str, str],
    order: Sequence[str],
    references: Sequence[str],
    panel: str,
    t: Catalogue,
    title: str,
    label: Label,
    digits: int,
) -> str:
    said = [f"{title}."]
    for code in codes:
        rows = kept[(kept[panel] == code) & kept["estimate"].notna()]
        is_ordered = not (rows["comparable"] == "no").any()
        if is_ordered:
            rows = rows.sort_values("estimate", ascending=False, kind="stable")
        words = [
            t("{name} {value}", name=label("country", row.country), value=value(row.estimate, digits, t))
            for row in rows.itertuples(index=False)
        ]
        hidden = set(kept.loc[(kept[panel] == code) & kept["suppressed"], "country"])
        gaps = [label("country", place) for place in order if place not in {*rows["country"], *hidden}]
        values = ", ".join(words) or t("nothing")
        said.append(
            t("{name}, from high to low: {values}.", name=names[code], values=values)
            if is_ordered
            else t("{name}, in no order: {values}.", name=names[code], values=values)
        )
        if gaps:
            said.append(t("No figure: {names}.", names=t.join(gaps)))
        if hidden:
            names_hidden = [label("country", place) for place in order if place in hidden]
            said.append(t("Withheld to protect the people who answered: {names}.", names=t.join(names_hidden)))
        apart = kept[(kept[panel] == code) & (kept["comparable"] == "no")]
        if len(apart):
            said.append(t("not comparable: {reason}", reason=label("reason", apart["reason"].iloc[0])) + ".")
    return " ".join(said)
