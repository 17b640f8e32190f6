"""A dot and its interval per group: the workhorse for shares and means that are to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from ..disclosure import rounded
from ..errors import CompendiumError
from ..palette import LIGHT, MARKERS, SERIES
from ..tables import labelled
from ..wording import Label, interval, note, plain, value, withheld
from .base import FONT_SIZE, STYLE, Figure, canvas

if TYPE_CHECKING:
    from ..text import Catalogue

ROW_HEIGHT: Final = 0.36  # inches for one line of text and its mark
LONGEST_BESIDE: Final = 26  # characters; a longer label stands above its mark, where it has the whole width


def intervals(
    results: pd.DataFrame,
    *,
    y: str,
    t: Catalogue,
    title: str,
    label: Label = plain,
    hue: str | None = None,
    reference: str | None = None,
    sort: bool = True,
    limits: tuple[float, float] | None = None,
    digits: int = 0,
    zero: bool = False,
    thresholds: Mapping[float, str] | None = None,
) -> Figure:
    """Draw one dot with its interval per row of results.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed the gate; one row per `y` (and `hue`), one unit of measure.
    y : str
        Column whose codes name the rows of the chart, such as ``"group"`` or ``"country"``.
    t : Catalogue
        Language of words and numbers.
    title : str
        What the figure shows, in the reader's language.
    label : callable
        Gives the text of a code of a column.
    hue : str, optional
        Column that tells series apart within a row; each has a colour and a shape. At most six codes.
    reference : str, optional
        Code of `y` whose estimate is also drawn as a vertical line, such as the pooled countries.
    sort : bool
        Whether the rows run from the highest to the lowest estimate; otherwise they keep the order of `results`.
    limits : tuple of float, optional
        Ends of the axis, in the unit of the results; chosen from the data when not given.
    digits : int
        Decimals of the numbers in words.
    zero : bool
        Whether nought is drawn as a line: for differences and associations, where the side of it is the message.
    thresholds : mapping of float to str, optional
        One or two values that are drawn as lines with their words above them, in the unit of the results.

    Returns
    -------
    Figure
        Withheld rows keep their place with the reason in words; rows that cannot be compared have an open mark and
        say so; n stands in the label of each row (without `hue`) and in the data behind the figure.

    Raises
    ------
    CompendiumError
        When there is nothing to draw, more than one unit of measure, or more than six series.
    """
    _check(results, y, hue, title)
    rows = _order(results, y, sort)
    series = list(results[hue].drop_duplicates()) if hue else [""]
    drawn = rounded(results)  # a drawing can be measured: it holds no more digits than what leaves the house
    names = {code: _name(results[results[y] == code], label(y, code), hue, t) for code in rows}
    above = max(map(len, names.values())) > LONGEST_BESIDE
    step = 1.0 + (0.55 if above else 0.0) + 0.32 * (len(series) - 1)
    fig, ax = canvas(height=0.75 + ROW_HEIGHT * step * len(rows) + (0.3 * ((len(series) + 2) // 3) if hue else 0.0))
    with matplotlib.rc_context(STYLE):
        for at, code in enumerate(rows):
            found = drawn[drawn[y] == code]
            once = bool(hue) and bool(found["suppressed"].all())  # a line for each series would run into the next
            if once:
                _draw(ax, next(found.itertuples(index=False)), at * step, 0, t, label)
            for number, one in enumerate([] if once else series):
                shift = (number - (len(series) - 1) / 2) * 0.32
                for row in (found[found[hue] == one] if hue else found).itertuples(index=False):
                    _draw(ax, row, at * step + shift, number, t, label)
            if above:
                _label_above(ax, names[code], at * step - 0.32 * (len(series) - 1) / 2)
        _frame(ax, drawn, rows, step, above, names, limits, t, label)
        if zero:
            ax.axvline(0, color=LIGHT["muted"], linewidth=1.1, zorder=0.5)
        if reference is not None:
            _reference(ax, drawn, y, reference, label)
        for at, (threshold, words) in enumerate(sorted((thresholds or {}).items())):
            _threshold(ax, threshold, words, "right" if at == 0 else "left")
        if hue:
            _legend(ax, [label(hue, code) for code in series])
    keys = [y, *([hue] if hue else [])]
    ordered = results.assign(_at=results[y].map({code: at for at, code in enumerate(rows)})).sort_values(
        "_at", kind="stable"
    )
    return Figure(
        fig,
        title=title,
        alt=describe(ordered, keys, t=t, label=label, title=title, reference=reference, digits=digits),
        caption=" ".join([_how_to_read(results, t), note(results, t, label)]),
        data=labelled(ordered, keys, t, label, digits),
        t=t,
        row_headers=len(keys),
    )


def describe(
    results: pd.DataFrame,
    keys: Sequence[str],
    *,
    t: Catalogue,
    label: Label,
    title: str,
    reference: str | None = None,
    digits: int = 0,
) -> str:
    """Say in words what estimates in a chart say: how many, highest, lowest, reference, and what is withheld.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result.
    keys : sequence of str
        Columns that name a row; the first one holds the code of `reference`.

    Returns
    -------
    str
        Sentences for :class:`~compendium.figures.base.Figure`; made from the data alone.
    """
    shown = results[~results["suppressed"] & results["estimate"].notna()]
    unit = results["unit"].iloc[0]
    said = [f"{title}."]
    if unit:
        said.append(t("Unit: {unit}.", unit=label("unit", unit)))
    if len(shown) > 1:
        ranked = shown.sort_values("estimate", ascending=False, kind="stable")
        said.append(t("Highest: {row}.", row=_in_words(ranked.iloc[0], keys, t, label, digits)))
        said.append(t("Lowest: {row}.", row=_in_words(ranked.iloc[-1], keys, t, label, digits)))
        said.append(t("{n} estimates are shown.", n=len(shown)))
    elif len(shown) == 1:
        said.append(_in_words(shown.iloc[0], keys, t, label, digits) + ".")
    compared = shown[shown[keys[0]] == reference]
    if len(compared) == 1 and len(shown) > 1:
        said.append(t("For comparison: {row}.", row=_in_words(compared.iloc[0], keys, t, label, digits)))
    hidden = int(results["suppressed"].sum())
    if hidden:
        said.append(t("Withheld to protect the people who answered: {n}.", n=hidden))
    apart = results[results["comparable"] == "no"]
    if len(apart):
        rows = t.join([_row_name(row, keys, label) for _, row in apart.iterrows()])
        said.append(t("Not comparable with the others: {rows}.", rows=rows))
    return " ".join(said)


def _in_words(row: pd.Series, keys: Sequence[str], t: Catalogue, label: Label, digits: int) -> str:
    words = t("{name}, {value}", name=_row_name(row, keys, label), value=value(row["estimate"], digits, t))
    if pd.notna(row["ci_low"]):
        words = t("{words}, 95% interval {interval}", words=words, interval=interval(row, digits, t))
    if pd.notna(row["n"]):
        words = t("{words}, n = {n}", words=words, n=t.number(row["n"], 0))
    return words


def _row_name(row: pd.Series, keys: Sequence[str], label: Label) -> str:
    return ", ".join(label(key, row[key]) for key in keys)


def _check(results: pd.DataFrame, y: str, hue: str | None, title: str) -> None:
    if results.empty:
        raise CompendiumError(f"figure {title!r} has no rows to draw; leave the figure out or say why it is empty")
    units = list(results["unit"].drop_duplicates())
    if len(units) > 1:
        raise CompendiumError(f"figure {title!r} mixes the units {', '.join(units)}; one axis carries one unit")
    if hue and results[hue].nunique() > len(SERIES):
        raise CompendiumError(
            f"figure {title!r} has {results[hue].nunique()} series in {hue!r}; at most {len(SERIES)} can be told apart"
        )
    twice = results.duplicated([y, *([hue] if hue else [])])
    if twice.any():
        raise CompendiumError(f"figure {title!r} has two estimates for {y} {results[twice].iloc[0][y]!r}; select one")


def _order(results: pd.DataFrame, y: str, sort: bool) -> list[str]:
    rows = results[y].drop_duplicates()
    if not sort:
        return list(rows)
    mean = results.groupby(y, sort=False)["estimate"].mean()
    return list(mean.sort_values(ascending=False, kind="stable", na_position="last").index)


def _name(found: pd.DataFrame, text: str, hue: str | None, t: Catalogue) -> str:
    if hue or found["n"].isna().all():
        return text
    return t("{name} (n = {n})", name=text, n=t.number(found["n"].iloc[0], 0))


def _draw(ax: Axes, row: object, at: float, number: int, t: Catalogue, label: Label) -> None:
    colour = LIGHT[SERIES[number]]
    words = withheld(row, t)
    if words:
        ax.text(0.01, at, words, transform=ax.get_yaxis_transform(), va="center", style="italic", color=LIGHT["muted"])
        return
    comparable = row.comparable == "yes"  # type: ignore[attr-defined]
    if pd.notna(row.ci_low):  # type: ignore[attr-defined]
        ax.plot([row.ci_low, row.ci_high], [at, at], color=colour, linewidth=2.2, solid_capstyle="butt")  # type: ignore[attr-defined]
    ax.plot(
        [row.estimate],  # type: ignore[attr-defined]
        [at],
        marker=MARKERS[number],
        markersize=7.5,
        markerfacecolor=colour if comparable else LIGHT["ground"],
        markeredgecolor=colour,
        markeredgewidth=1.6,
        linestyle="none",
    )


def _label_above(ax: Axes, text: str, at: float) -> None:
    ax.text(0, at - 0.55, text, transform=ax.get_yaxis_transform(), va="center", ha="left", color=LIGHT["ink"])


def _frame(
    ax: Axes,
    results: pd.DataFrame,
    rows: list[str],
    step: float,
    above: bool,
    names: dict[str, str],
    limits: tuple[float, float] | None,
    t: Catalogue,
    label: Label,
) -> None:
    first = -0.6 - (0.45 if above else 0) - (step - 1) / 3
    ax.set_ylim((len(rows) - 1) * step + 0.7, first)
    if limits:
        ax.set_xlim(*limits)
    elif results["estimate"].notna().any():
        ax.margins(x=0.08)
    else:
        ax.set_xlim(0, 1)
    ax.set_yticks([at * step for at in range(len(rows))], ["" if above else names[code] for code in rows])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    ax.xaxis.set_major_formatter(lambda number, _: _tick(number, ax, t))
    unit = results["unit"].iloc[0]
    if unit:
        ax.set_xlabel(label("unit", unit), fontsize=FONT_SIZE - 0.5, color=LIGHT["muted"])


def _tick(number: float, ax: Axes, t: Catalogue) -> str:
    low, high = ax.get_xlim()
    span = abs(high - low)
    return t.number(number, 0 if span >= 5 else 1 if span >= 0.5 else 2)


def _reference(ax: Axes, results: pd.DataFrame, y: str, code: str, label: Label) -> None:
    found = results[(results[y] == code) & results["estimate"].notna()]
    if len(found) == 1:
        ax.axvline(found["estimate"].iloc[0], color=LIGHT["muted"], linewidth=1.1, linestyle=(0, (4, 3)), zorder=0.5)


def _threshold(ax: Axes, at: float, words: str, side: str) -> None:
    ax.axvline(at, color=LIGHT["ink"], linewidth=1.1, linestyle=(0, (1, 2)), zorder=0.5)
    ax.annotate(
        words, (at, 1), xytext=(-3 if side == "right" else 3, 3), textcoords="offset points",
        xycoords=("data", "axes fraction"), ha=side, fontsize=FONT_SIZE - 1.5,
    )  # fmt: skip


def _legend(ax: Axes, names: list[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=LIGHT[SERIES[at]], marker=MARKERS[at], markersize=7, linewidth=2.2, label=name)
        for at, name in enumerate(names)
    ]
    ax.figure.legend(handles=handles, loc="outside upper left", ncols=3 if max(map(len, names)) < 20 else 1)


def _how_to_read(results: pd.DataFrame, t: Catalogue) -> str:
    said = []
    if results["ci_low"].notna().any():
        said.append(t("Dot: estimate; line: 95% interval."))
    if (results["comparable"] == "no").any():
        said.append(t("Open mark: not comparable with the others, see the data."))
    return " ".join(said) or t("Dot: estimate.")
