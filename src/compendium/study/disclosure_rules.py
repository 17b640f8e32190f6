"""In how much detail numbers and answers leave the house, as data: ``definitions/disclosure.yml``."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .elements import Rules


@dataclass(frozen=True)
class Dominance:
    """How much of a cell one or two persons may make up.

    Attributes
    ----------
    largest, two_largest : float
        Largest share, per cent, of the largest contribution and of the two largest.
    prior : float
        Per cent of the largest contribution to within which the second largest must not be able to tell it.
    bounded : frozenset of str
        Units that end at 100, to which this does not apply.
    """

    largest: float
    two_largest: float
    prior: float
    bounded: frozenset[str]


@dataclass(frozen=True)
class Rounding:
    """The steps to which numbers about people are rounded.

    Attributes
    ----------
    steps : Mapping of str to float
        Unit -> step.
    otherwise, p_adjusted, n : float
        Step of every other unit, of adjusted p values, of numbers of persons.
    """

    steps: Mapping[str, float]
    otherwise: float
    p_adjusted: float
    n: float


@dataclass(frozen=True)
class Sharing:
    """When answers of persons may be shared.

    Attributes
    ----------
    k : int
        Fewest persons alike in all keys.
    l : int
        Fewest different answers to a sensitive question among them.
    most_suppressed : float
        Largest share of the answers of one key that may be blanked, per cent.
    """

    k: int
    l: int  # noqa: E741  # its name in the literature
    most_suppressed: float


@dataclass(frozen=True)
class Detail:
    """The whole file; ``version`` is the one that it states."""

    version: str
    dominance: Dominance
    rounding: Rounding
    sharing: Sharing


@cache
def load_detail() -> Detail:
    """Read ``definitions/disclosure.yml``.

    Raises
    ------
    DefinitionError
        The file breaks its schema, or two steps are declared for one unit.
    """
    file = paths.DEFINITIONS / "disclosure.yml"
    content = read_yaml(file, "disclosure")
    dominance, rounding, sharing = (content[name] for name in ("dominance", "rounding", "microdata"))
    steps: dict[str, float] = {}
    for entry in rounding["steps"]:
        for unit in entry["units"]:
            if steps.setdefault(unit, float(entry["step"])) != float(entry["step"]):
                raise DefinitionError(f"{file.name}: rounding.steps: {unit!r} has two steps; legal is one")
    return Detail(
        version=content["version"],
        dominance=Dominance(
            **{name: float(dominance[name]["value"]) for name in ("largest", "two_largest", "prior")},
            bounded=frozenset(dominance["bounded"]),
        ),
        rounding=Rounding(
            steps, **{name: float(rounding[name]["step"]) for name in ("otherwise", "p_adjusted", "n")}
        ),
        sharing=Sharing(sharing["k"]["value"], sharing["l"]["value"], float(sharing["most_suppressed"]["value"])),
    )


def rule_set(rules: Rules) -> dict[str, Any]:
    """Return every value by which numbers are withheld and rounded, as plain data in a fixed order.

    Parameters
    ----------
    rules : Rules
        The study's own.

    Returns
    -------
    dict
        Values, and under ``hash`` the first 16 hexadecimal digits of a SHA-256 of them: another value, another hash.
    """
    detail = load_detail()
    dominance = asdict(detail.dominance) | {"bounded": sorted(detail.dominance.bounded)}
    values = {
        "version": detail.version,
        "minimum_cell": rules.minimum_cell,
        "dominance": dominance,
        "rounding": asdict(detail.rounding),
        "microdata": asdict(detail.sharing),
    }
    return {**values, "hash": hashlib.sha256(repr(values).encode()).hexdigest()[:16]}
