"""Which answers of persons a study may share, as its ``study.yml`` says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import DefinitionError
from .disclosure_rules import load_detail


@dataclass(frozen=True)
class SharedAnswers:
    """Which answers of persons may be shared (:mod:`compendium.disclosure.sharing`).

    Attributes
    ----------
    keys : tuple of str
        What others may know of a person, the most important first.
    sensitive : tuple of str
        What nobody should learn of a person.
    modules : tuple of str
        Modules whose closed questions go along.
    k, l : int
        Fewest persons alike in all keys, and fewest different sensitive answers among them.
    """

    keys: tuple[str, ...]
    sensitive: tuple[str, ...]
    modules: tuple[str, ...]
    k: int
    l: int  # noqa: E741  # its name in the literature


def read_shared(
    entry: Mapping[str, Any] | None, variables: Sequence[str], modules: Sequence[str], where: str
) -> SharedAnswers | None:
    """Read the part ``microdata`` of ``study.yml``.

    Parameters
    ----------
    entry : mapping, optional
        The part, after its schema; nothing where the study shares nothing.
    variables, modules : sequence of str
        What may be named: variables with one code a person, and modules of the questionnaire.
    where : str
        The file, for errors.

    Raises
    ------
    DefinitionError
        A name is not known, stands under keys and under sensitive, or fewer persons alike are asked for than the house allows.
    """
    if entry is None:
        return None
    for name, legal in (("keys", variables), ("sensitive", variables), ("modules", modules)):
        for one in entry[name]:
            if one not in legal:
                raise DefinitionError(f"{where}: microdata.{name}: {one!r} is not legal; legal are {', '.join(legal)}")
    both = sorted({*entry["keys"]} & {*entry["sensitive"]})
    if both:
        raise DefinitionError(f"{where}: microdata: {', '.join(both)} stands under keys and sensitive; legal is one")
    least = load_detail().sharing
    for name, fewest in (("k", least.k), ("l", least.l)):
        if entry.get(name, fewest) < fewest:
            raise DefinitionError(f"{where}: microdata.{name}: {entry[name]} is not legal; legal are {fewest} and more")
    keys, sensitive, shared = (tuple(entry[name]) for name in ("keys", "sensitive", "modules"))
    return SharedAnswers(keys, sensitive, shared, k=entry.get("k", least.k), l=entry.get("l", least.l))
