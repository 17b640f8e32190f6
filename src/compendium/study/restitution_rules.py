"""What a group may see of itself, as data: ``definitions/restitution.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class Band:
    """A band of the share exposed: its code, where it begins (per cent), its name, and what that means in words."""

    id: str
    start: float
    name: Text
    means: Text


@dataclass(frozen=True)
class Restitution:
    """The whole file.

    Attributes
    ----------
    numbers_from : int
        Persons from which a group sees numbers instead of bands.
    bands : tuple of Band
        Ascending; the first begins at 0.
    odds : float
        Factor by which a band may change the odds of any one answer, more than 1.
    sizes : tuple of int
        Where the classes begin that a page tells of the size of its group, ascending.
    step : float
        Points of 100 to which the share elsewhere is rounded.
    may, may_not, opening : tuple of Text
        What the page is for, what it is not for, and how a talk on it begins.
    questions : Mapping of str to tuple of Text
        Family -> questions for the group.
    """

    numbers_from: int
    bands: tuple[Band, ...]
    odds: float
    sizes: tuple[int, ...]
    step: float
    may: tuple[Text, ...]
    may_not: tuple[Text, ...]
    opening: tuple[Text, ...]
    questions: Mapping[str, tuple[Text, ...]]

    def band(self, counted: int, n: int) -> Band:
        """Return the band of `counted` persons of `n`; after blurring `counted` may lie outside 0 to `n`."""
        return [band for band in self.bands if band.start == 0 or 100 * counted >= band.start * n][-1]

    def size_class(self, persons: int, least: int, most: int) -> range:
        """Return the sizes that a group may have for one who knows its class of size, and the least and most of all groups."""
        start = max((size for size in self.sizes if size <= persons), default=least)
        end = next((size for size in self.sizes if size > persons), most + 1)
        return range(max(start, least), min(end, most + 1))


@cache
def load_restitution() -> Restitution:
    """Read ``definitions/restitution.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, bands do not ascend from 0, or sizes do not ascend.
    """
    file = paths.DEFINITIONS / "restitution.yml"
    content = read_yaml(file, "restitution")
    starts = [band["from"] for band in content["bands"]]
    if starts[0] != 0 or starts != sorted(set(starts)):
        raise DefinitionError(f"{file.name}: bands begin at {starts}; legal are numbers that ascend from 0")
    if content["sizes"] != sorted(content["sizes"]):
        raise DefinitionError(f"{file.name}: sizes are {content['sizes']}; legal are numbers that ascend")
    return Restitution(
        numbers_from=content["numbers_from"]["value"],
        bands=tuple(Band(one["id"], float(one["from"]), one["name"], one["means"]) for one in content["bands"]),
        odds=float(content["odds"]["value"]),
        sizes=tuple(content["sizes"]),
        step=float(content["step"]["value"]),
        may=tuple(content["may"]),
        may_not=tuple(content["may_not"]),
        opening=tuple(content["opening"]),
        questions={family: tuple(asked) for family, asked in content["questions"].items()},
    )
