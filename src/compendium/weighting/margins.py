"""Known populations, and what is refused when answers are held against them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import CompendiumError

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
Variable = str | tuple[str, ...]
Base: TypeAlias = str | pd.Series | NDArray[np.float64] | Sequence[float]


@dataclass(frozen=True)
class Margin:
    """Known counts, or known shares, of the codes of one variable or of several crossed.

    Parameters
    ----------
    values : mapping of code to float
        Shares from 0 to 1 when they sum to 1, else counts of members of the population; all above 0. Codes of crossed
        variables are tuples.
    population : str
        The population described, as the study names it; one that is not named is refused when answers are weighted.
    source : str
        Where the numbers are published; none is refused as well.
    """

    values: Mapping[Any, float]
    population: str = ""
    source: str = ""

    @property
    def shares(self) -> bool:
        """Whether the values are shares, so that they leave the size of the population open."""
        return abs(sum(self.values.values()) - 1) < 1e-6


@dataclass(frozen=True)
class Total:
    """The known total of a quantity over a population, in the quantity's own unit, with its source."""

    value: float
    population: str = ""
    source: str = ""


class Calibration(dict[str, Any]):
    """What calibrated weights remember, so that estimates made with them know which variance calibration took away.

    It lies in ``weights.attrs["calibration"]``: a dictionary of names, which a file can hold, with the weights as
    attributes, which it need not.

    Attributes
    ----------
    on : list
        Variables: names of quantities, tuples of names of categories.
    base : pandas.Series
        Weights before calibration, on the index of the answers.
    raked : bool
        Whether the weights were raked to several margins in turn.
    weights : pandas.Series
        Weights as calibrated; others that are no multiple of these were changed since.
    """

    def __init__(self, on: list[Variable], base: pd.Series, weights: pd.Series, raked: bool) -> None:
        super().__init__(on=on)
        self.on, self.base, self.weights, self.raked = on, base, weights, raked

    def __deepcopy__(self, memo: object) -> "Calibration":
        return self  # pandas copies attributes at every step

    def holds(self, weights: pd.Series) -> bool:
        """Return whether weights are still those that were calibrated, up to one factor."""
        if not weights.index.equals(self.weights.index):
            return False
        ratio = weights.to_numpy(dtype=float) / self.weights.to_numpy(dtype=float)
        return bool(np.isfinite(ratio).all() and np.allclose(ratio, ratio[0], rtol=1e-9, atol=0))


class Coded(NamedTuple):
    """One margin seen from the rows: the place of each row's code and the count that each code has to reach."""

    name: str
    place: Codes
    target: Array


def read_base(frame: pd.DataFrame, base_weights: Base | None) -> Array:
    """Return base weights given as a column's name, a series on the index of the answers, or values in their order."""
    if base_weights is None:
        return np.ones(len(frame))
    if isinstance(base_weights, str):
        if base_weights not in frame:
            raise CompendiumError(f"the answers have no column {base_weights!r}, named for the base weights")
        base_weights = frame[base_weights]
    if isinstance(base_weights, pd.Series) and not base_weights.index.equals(frame.index):
        raise CompendiumError("the base weights are not on the index of the answers")
    if len(base_weights) != len(frame):
        raise CompendiumError(
            f"there are {len(base_weights)} base weights for {len(frame)} answers; legal is one a row"
        )
    base = pd.Series(base_weights).to_numpy(dtype=float, na_value=np.nan)
    refuse_illegal(base)
    if (base == 0).any():
        raise CompendiumError("a base weight is 0; leave such rows out before weighting")
    return base


def refuse_illegal(weights: Array) -> None:
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise CompendiumError("a weight is missing, infinite or negative; legal are numbers of 0 or more")


def refuse_other_population(
    frame: pd.DataFrame, margins: Mapping[Variable, Margin] | Mapping[Variable, Margin | Total], population: str | None
) -> None:
    """Refuse margins without source or of another population than the frame's (or than each other's)."""
    if not margins:
        raise CompendiumError("no margin is given; weights need one at least")
    named = population or frame.attrs.get("population")
    for name, margin in margins.items():
        if not isinstance(margin, Margin | Total) or not margin.source.strip():
            raise CompendiumError(
                f"the margin of {as_text(name)} has no source; write Margin(values, population, source), so that it says "
                "where its numbers are published"
            )
        if not margin.population.strip():
            raise CompendiumError(f"the margin of {as_text(name)} does not say which population it describes")
        named = named or margin.population
        if margin.population != named:
            raise CompendiumError(
                f"the margin of {as_text(name)} describes {margin.population!r}, not {named!r}: answers of one population "
                "are not weighted to another's margin"
            )


def read_margins(
    frame: pd.DataFrame, margins: Mapping[Variable, Margin], size: float, population: str | None
) -> list[Coded]:
    """Hold margins against the rows and bring shares to the one total that all of them reach."""
    refuse_other_population(frame, margins, population)
    sums = {name: float(sum(m.values.values())) for name, m in margins.items() if not m.shares}
    total = next(iter(sums.values()), size)
    for name, found in sums.items():
        if abs(found - total) > 1e-6 * total:
            raise CompendiumError(
                f"the margin of {as_text(name)} sums to {found:.10g} and that of {as_text(next(iter(sums)))} to {total:.10g}; "
                "margins of one population have one sum"
            )
    return [_one(frame, name, margin, total) for name, margin in margins.items()]


def _one(frame: pd.DataFrame, name: Variable, margin: Margin, total: float) -> Coded:
    for code, value in margin.values.items():
        if not (np.isfinite(value) and value > 0):
            raise CompendiumError(f"the margin of {as_text(name)} gives {code!r} {value}; legal are numbers above 0")
    row, found = _codes(frame, name)
    places = {code: place for place, code in enumerate(margin.values)}
    if strange := [code for code in found if code not in places]:
        raise CompendiumError(f"{as_text(name)} has the code {strange[0]!r}, which its margin does not give")
    if absent := [code for code in places if code not in set(found)]:
        raise CompendiumError(
            f"{as_text(name)}: nobody answered with {absent[0]!r}, so its margin cannot be met; merge the code"
        )
    values = np.array(list(margin.values.values()), dtype=float)
    place_of = np.array([places[code] for code in found], dtype=np.intp)
    return Coded(as_text(name), place_of[row], values / values.sum() * total)


def _codes(frame: pd.DataFrame, name: Variable) -> tuple[Codes, list[object]]:
    """Return the number of each row's code and the codes by number; of crossed variables, tuples."""
    if not isinstance(name, str):
        key, codes = np.zeros(len(frame), dtype=np.intp), [tuple[object, ...]()]
        for variable in name:
            place, values = _codes(frame, variable)
            key, kept = pd.factorize(key * len(values) + place)
            codes = [(*codes[pair // len(values)], values[pair % len(values)]) for pair in kept]
        return key, list(codes)
    if name not in frame:
        raise CompendiumError(f"the answers have no column {name!r}, which a margin describes")
    place, values = pd.factorize(frame[name])
    if gaps := int((place < 0).sum()):
        raise CompendiumError(f"{name} is missing in {gaps} rows; weighting needs it in every row")
    return place, pd.Index(values).tolist()


def read_quantity(frame: pd.DataFrame, name: Variable) -> Array:
    if not isinstance(name, str) or name not in frame or not pd.api.types.is_numeric_dtype(frame[name]):
        raise CompendiumError(f"{as_text(name)} has a known total and is no numeric column of the answers")
    values = frame[name].to_numpy(dtype=float, na_value=np.nan)
    if gaps := int(np.isnan(values).sum()):
        raise CompendiumError(f"{name} is missing in {gaps} rows; weighting needs it in every row")
    return np.asarray(values)


def as_weights(
    frame: pd.DataFrame,
    weights: Array,
    base: Array,
    margins: Mapping[Variable, Margin] | Mapping[Variable, Margin | Total],
    *,
    raked: bool = False,
) -> pd.Series:
    """Return weights as a series that remembers what it was calibrated on."""
    found = pd.Series(weights, index=frame.index, name="weight")
    on = [(name,) if isinstance(name, str) and isinstance(known, Margin) else name for name, known in margins.items()]
    found.attrs["calibration"] = Calibration(on, pd.Series(base, index=frame.index), found.copy(), raked)
    return found


def as_text(name: Variable) -> str:
    return name if isinstance(name, str) else " x ".join(name)
