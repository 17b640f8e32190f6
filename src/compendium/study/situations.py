"""Situations of work as data: ``definitions/situations.yml``, to which each question on exposure belongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .questions import Text


@dataclass(frozen=True)
class Situation:
    """A situation of work, met by whoever is exposed by at least `least` of its questions.

    Attributes
    ----------
    id : str
        Name.
    name, means : Text
        What it is called, and what it means, in our own words.
    items : tuple of str
        Questions on exposure, each of one situation only.
    least : int
        Questions that must count as exposed, 1 to ``len(items)``.
    """

    id: str
    name: Text
    means: Text
    items: tuple[str, ...]
    least: int


@cache
def load_situations() -> Mapping[str, Situation]:
    """Read ``definitions/situations.yml``, in its order.

    Raises
    ------
    DefinitionError
        The file breaks its schema, names a situation or a question twice, or asks for more questions than there are.
    """
    file = paths.DEFINITIONS / "situations.yml"
    content = read_yaml(file, "situations")["situations"]
    found = {one["id"]: Situation(**{**one, "items": tuple(one["items"])}) for one in content}
    names = [one["id"] for one in content] + [item for one in content for item in one["items"]]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DefinitionError(f"{file.name}: {twice!r} stands twice; each situation and each question must stand once")
    for one in found.values():
        if one.least > len(one.items):
            raise DefinitionError(
                f"{file.name}, {one.id}: least is {one.least}; legal is 1 to {len(one.items)}, the number of its questions"
            )
    return found
