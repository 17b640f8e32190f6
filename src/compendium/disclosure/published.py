"""A last look over everything that is published: the build stops where one page says what another withholds."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import DisclosureError
from ..reading import read_parquet
from ..study.elements import Rules
from .gate import COUNT_UNITS, SHARE_METHODS
from .quantities import QUANTITY
from .rounding import off_step


def hold(published: Mapping[str, pd.DataFrame], rules: Rules) -> None:
    """Hold all published frames against the rules and against one another.

    Parameters
    ----------
    published : mapping of str to pandas.DataFrame
        Where they stand -> results after the gate: pages of every unit, in every language.
    rules : Rules
        The study's thresholds.

    Raises
    ------
    DisclosureError
        A number rests on too few persons, a quantity that one page withholds is shown on another, or two pages show it for
        numbers of persons that differ by fewer than the minimum: the sentence names both places and what it is about.
    """
    own = [frame[frame["origin"] != "context"].assign(_where=where) for where, frame in published.items()]
    if not own:
        return
    everything = pd.concat(own, ignore_index=True)
    _cells(everything, rules.minimum_cell)
    _against_each_other(everything, rules.minimum_cell)


def hold_files(files: Iterable[Path], rules: Rules) -> int:
    """Hold the files that pages published against the rules and one another; return how many numbers were held.

    Raises
    ------
    DisclosureError
        See :func:`hold`.
    """
    frames: dict[str, pd.DataFrame] = {}
    for path in files:
        frame = read_parquet(path)
        # pages share what they show: the same frame is looked at once
        if not any(frame.equals(other) for other in frames.values()):
            frames["/".join(path.parts[-4:])] = frame  # unit, wave, language and page, also of a study elsewhere
    hold(frames, rules)
    return sum(len(frame) for frame in frames.values())


def _cells(frame: pd.DataFrame, minimum: int) -> None:
    shown = frame[~frame["suppressed"] & frame["estimate"].notna()]
    # a share in whole per cents may stand for some persons more or fewer: only what no rounding explains is a breach
    slack = (shown["n"] / 200).clip(lower=0.5).where(~off_step(shown), 0.5)
    counts = shown["estimate"] / 100 * shown["n"]
    most, most_left = (np.floor((part + slack).round(6)) for part in (counts, shown["n"] - counts))
    is_share = (shown["unit"] == "%") & shown["method"].isin(SHARE_METHODS)
    is_count = shown["unit"].isin(COUNT_UNITS)
    few = shown["n"] < minimum
    few |= is_share & ((most < minimum) | (most_left < minimum))
    few |= is_count & (shown["estimate"] < minimum) & (shown["estimate"] > 0)
    if few.any():
        row = shown[few].iloc[0]
        raise DisclosureError(f"{row['_where']}: {_about(row)} rests on fewer than {minimum} persons and is shown")


def _against_each_other(frame: pd.DataFrame, minimum: int) -> None:
    number = [*QUANTITY, "estimand"]
    place = frame.groupby(number, sort=False).ngroup()
    hidden = frame["suppressed"].groupby(place).transform("mean")
    both = frame[(hidden > 0) & (hidden < 1)]
    if len(both):
        row = both.iloc[0]
        pair = both[place[both.index] == place[row.name]]
        shows, hides = (pair.loc[pair["suppressed"] == flag, "_where"].iloc[0] for flag in (False, True))
        raise DisclosureError(f"{shows} shows what {hides} withholds: {_about(row)}")
    shown = frame[~frame["suppressed"] & frame["n"].notna()].assign(_place=place)
    shown = shown.drop_duplicates(["_place", "n"]).sort_values(["_place", "n"], kind="stable")
    came = shown.groupby("_place")["n"].diff()
    if (came < minimum).any():
        row = shown[came < minimum].iloc[0]
        pair = shown[shown["_place"] == row["_place"]]
        names = " and ".join(pair["_where"].iloc[:2])
        raise DisclosureError(f"{names} show {_about(row)} for numbers of persons that differ by fewer than {minimum}")


def _about(row: pd.Series) -> str:
    return ", ".join(str(row[name]) for name in QUANTITY if str(row[name]))
