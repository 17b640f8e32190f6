"""Show the answers of the countries beside one another, as figures and tables with their words.

Everything is made from the product ``comparison`` after the gate. Where measurement forbids a comparison, the panel is
grey and says why, and nothing further is made of it. Published facts never stand in the same figure:
:mod:`compendium.sheets.published` shows them.
"""

from .adjusted import composition, shrunken
from .answered import MOST_PANELS, competence_gaps, competences, measures, question
from .differences import differences, tested
from .likeness import alike
from .page import Sheet, open_sheet
from .sections import commonest, section

__all__ = [
    "MOST_PANELS",
    "Sheet",
    "alike",
    "commonest",
    "competence_gaps",
    "competences",
    "composition",
    "differences",
    "measures",
    "open_sheet",
    "question",
    "section",
    "shrunken",
    "tested",
]
