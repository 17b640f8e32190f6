"""What the sheets of collection and cleaning have in common: one product of one unit, in one language."""

from dataclasses import dataclass

import pandas as pd

from ..study.study import Study
from ..text import Catalogue
from ..wording import Label


@dataclass(frozen=True)
class UnitSheet:
    """One product of one unit for one page.

    Attributes
    ----------
    study : Study
        The study.
    unit : str
        Country of the page, or the pooled unit.
    results : pandas.DataFrame
        The product of the unit after the gate; of the pooled unit, with a part for each country.
    t : Catalogue
        Language of the page.
    fallback : callable
        Gives the text of codes that are not this room's own.
    """

    study: Study
    unit: str
    results: pd.DataFrame
    t: Catalogue
    fallback: Label
