"""What all displays of published figures share: topics of a page, and words for how sure a value is."""

from __future__ import annotations

import pandas as pd

from ... import facts
from ...wording import remark
from ..factsheet import Sheet, word


def topics(sheet: Sheet, shown: str) -> list[str]:
    """Return the topics that the study's file puts in one place of the page."""
    return [topic.id for topic in sheet.context.topics.values() if topic.shown == shown]


def indicators_of(sheet: Sheet, shown: str) -> list[str]:
    """Return the indicators of these topics, in the order of the table."""
    return [one for topic in topics(sheet, shown) for one in facts.members(sheet.context, topic)]


def confidence(row: pd.Series, sheet: Sheet) -> str:
    """Return what is to be said of how sure a value is: its flags and caveats, or else its confidence."""
    said = remark(row, sheet.t, sheet.label)
    return said or word(row["confidence"], sheet.t)
