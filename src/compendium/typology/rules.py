"""The rules by which profiles are made and judged, from ``definitions/typology.yml``."""

from dataclasses import dataclass, fields
from functools import cache

from .. import paths
from ..reading import read_yaml


@dataclass(frozen=True)
class Rules:
    """How profiles are made and judged; units, references and doubts stand in ``definitions/typology.yml``.

    Attributes
    ----------
    least_respondents, replicates, portrait_nearest, tree_leaves : int
        Persons a typology needs; bootstrap samples; persons a portrait is made of; branches a tree is drawn with.
    least_answered, rare_answer : float
        Share of the active questions a person must have answered; share below which an answer makes no axis.
    axes_rate : float
        Per cent of the corrected inertia up to which axes are kept.
    fewest_axes, most_axes, fewest_profiles, most_profiles : int
        Bounds.
    common_answer, marks : float, int
        Per cent of a profile that must give an answer for it to lend its name; answers in a name.
    profile_stable, profile_unsure : float
        Mean Jaccard index from which a profile comes back, and from which it is at least a pattern.
    """

    least_respondents: int
    least_answered: float
    rare_answer: float
    axes_rate: float
    fewest_axes: int
    most_axes: int
    fewest_profiles: int
    most_profiles: int
    common_answer: float
    marks: int
    replicates: int
    profile_stable: float
    profile_unsure: float
    portrait_nearest: int
    tree_leaves: int


@cache
def rules() -> Rules:
    """Read the rules."""
    content = read_yaml(paths.DEFINITIONS / "typology.yml", "typology")
    whole = {field.name for field in fields(Rules) if field.type is int}
    return Rules(**{name: int(entry["value"]) if name in whole else entry["value"] for name, entry in content.items()})
