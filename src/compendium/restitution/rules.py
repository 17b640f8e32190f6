"""The conventions of restitution as data: ``definitions/restitution.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from ..study.questions import Text


@dataclass(frozen=True)
class Band:
    """A band of the share exposed: its code, where it begins (per cent), and its name."""

    id: str
    start: float
    name: Text


@dataclass(frozen=True)
class Restitution:
    """The whole file.

    Attributes
    ----------
    least_for_numbers : int
        Persons from which numbers are shown instead of bands.
    bands : tuple of Band
        Ascending; the first begins at 0.
    steps : tuple of float
        Points of 100 to which the share elsewhere may be rounded, ascending.
    may, may_not : tuple of Text
        What the page is for, and what it is not for.
    questions : Mapping of str to tuple of Text
        Family -> questions for the group.
    """

    least_for_numbers: int
    bands: tuple[Band, ...]
    steps: tuple[float, ...]
    may: tuple[Text, ...]
    may_not: tuple[Text, ...]
    questions: Mapping[str, tuple[Text, ...]]

    def band(self, counted: int, n: int) -> Band:
        """Return the band of `counted` persons of `n`."""
        return [band for band in self.bands if 100 * counted / n >= band.start][-1]

    def counts_of(self, band: Band, n: int) -> range:
        """Return the counts of `n` persons that lie in a band, as a range without holes."""
        inside = [counted for counted in range(n + 1) if self.band(counted, n) == band]
        return range(inside[0], inside[-1] + 1)


@cache
def load_restitution() -> Restitution:
    """Read ``definitions/restitution.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, or bands or steps do not ascend.
    """
    file = paths.DEFINITIONS / "restitution.yml"
    content = read_yaml(file, "restitution")
    starts = [band["from"] for band in content["bands"]]
    if starts[0] != 0 or (np.diff(starts) <= 0).any() or (np.diff(content["steps"]) <= 0).any():
        raise DefinitionError(
            f"{file.name}: bands begin at {starts}; legal are numbers that ascend from 0, as steps do"
        )
    return Restitution(
        least_for_numbers=content["least_for_numbers"],
        bands=tuple(Band(band["id"], float(band["from"]), band["name"]) for band in content["bands"]),
        steps=tuple(map(float, content["steps"])),
        may=tuple(content["may"]),
        may_not=tuple(content["may_not"]),
        questions={family: tuple(asked) for family, asked in content["questions"].items()},
    )
