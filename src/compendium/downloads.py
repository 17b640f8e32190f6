"""Results as a file that a reader can keep: a link in the page itself, which needs neither script nor network."""

from __future__ import annotations

import base64
import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd

from .cells import as_cells
from .disclosure.rounding import rounded

if TYPE_CHECKING:
    from .text import Catalogue

COLUMNS: Final = (
    "study", "wave", "population", "country", "part", "indicator", "estimand", "group_by", "group", "period", "estimate",
    "ci_low", "ci_high", "n", "p_adjusted", "unit", "method", "reference_group", "weighted", "origin", "source", "confidence",
    "flag", "caveat", "comparable", "reason", "suppressed", "suppression_reason",
)  # fmt: skip
"""Columns of the one shape of a result that a file holds, where any of its rows has something in them."""
PROTECTION: Final = "protection"
"""What a file says of every withheld number, whichever rule withheld it."""


def as_csv(results: pd.DataFrame) -> bytes:
    """Return results as a comma-separated file.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed :func:`compendium.disclosure.protect`.

    Returns
    -------
    bytes
        UTF-8 with a byte-order mark, which spreadsheets need to read accents; numbers with a decimal point, codes instead
        of labels, nothing for what is missing or withheld. The same rows give the same bytes. No cell is run by a spreadsheet
        (:mod:`.cells`).

    Notes
    -----
    Published facts keep all their digits. What rests on people has those that leave the house
    (:func:`.disclosure.rounded`): from more what is withheld could be worked out. Nor is it said which rule withheld a number.
    """
    frame = rounded(results)
    frame["suppression_reason"] = frame["suppression_reason"].mask(frame["suppressed"], PROTECTION)
    shown = [name for name in COLUMNS if frame[name].notna().any() and not (frame[name].isin(["", False])).all()]
    return as_cells(frame[shown]).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def link(results: pd.DataFrame, caption: str, t: Catalogue) -> str:
    """Return the link that saves results as a file, as HTML; its name says which table it belongs to.

    Parameters
    ----------
    results : pandas.DataFrame
        As for :func:`as_csv`.
    caption : str
        Caption of the table or title of the figure.
    t : Catalogue
        Language.
    """
    content = base64.b64encode(as_csv(results)).decode()
    text = t("Download as CSV: {caption}", caption=caption)
    return (
        f'<p class="download"><a download="{file_name(caption)}" href="data:text/csv;charset=utf-8;base64,{content}">'
        f"{escape(text)}</a></p>"
    )


def file_name(caption: str) -> str:
    """Return a file name of plain letters made of a caption."""
    plain = unicodedata.normalize("NFKD", caption).encode("ascii", "ignore").decode().lower()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')[:120].strip('-') or 'table'}.csv"
