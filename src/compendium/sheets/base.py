"""What sheets have in common: one product of one unit in one language, and several displays from one cell."""

from dataclasses import dataclass
from typing import Protocol

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

    @property
    def focus(self) -> str | None:
        """Return the country of the page, or nothing on the page of all together."""
        return None if self.study.is_pooled(self.unit) else self.unit


class Shown(Protocol):
    """A figure, table or sentence of a page."""

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True, repr=False)
class Several:
    """Figures, tables and sentences that one cell shows, one under another."""

    parts: tuple[Shown, ...]

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.parts))

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self.parts)


def several(*parts: Shown) -> Several:
    """Show several figures, tables or sentences from one cell."""
    return Several(parts)
