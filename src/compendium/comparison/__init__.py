"""Set the answers of the countries beside one another and beside all together; say what may be compared.

The verdict on measurement decides: means (and shares of exposed people) of a scale that does not measure the same in
every country are kept in their rows, marked ``comparable = no`` with the verdict, so that a page can show them grey and
never rank them, and nothing further is made of them. Answers to single questions are compared as they stand. Nothing here
is a published fact: those live in :mod:`compendium.facts`.
"""

from .clustering import BRANCH, STANDING, TOGETHER, cluster
from .differences import DIFFERENCE, EFFECT, EQUIVALENCE, FAMILY, MARGIN, RANK, against_others
from .effects import cohens_h, hedges_g, spread
from .equivalence import DIFFERENT, EQUIVALENT, SMALL, UNDECIDED, adjust, equivalence, verdict
from .estimates import COMPETENCE
from .product import compare
from .shrinkage import shrink
from .shrunken_rows import SHRUNKEN, SPREAD
from .standardisation import standardise
from .standardised_rows import CELLS, STANDARDISED

__all__ = [
    "BRANCH",
    "CELLS",
    "COMPETENCE",
    "DIFFERENCE",
    "DIFFERENT",
    "EFFECT",
    "EQUIVALENCE",
    "EQUIVALENT",
    "FAMILY",
    "MARGIN",
    "RANK",
    "SHRUNKEN",
    "SMALL",
    "SPREAD",
    "STANDARDISED",
    "STANDING",
    "TOGETHER",
    "UNDECIDED",
    "adjust",
    "against_others",
    "cluster",
    "cohens_h",
    "compare",
    "equivalence",
    "hedges_g",
    "shrink",
    "spread",
    "standardise",
    "verdict",
]
