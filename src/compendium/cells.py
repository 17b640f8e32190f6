"""Text that a spreadsheet shows and never runs: cells of files that people open in one."""

import re

import pandas as pd

_FORMULA = re.compile(r"^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and marks that turn the direction of reading: they change what a reader sees without being seen."""


def harmless(text: str) -> str:
    """Return a text as a cell that every spreadsheet shows as text.

    Parameters
    ----------
    text : str
        Anything, such as what somebody entered.

    Returns
    -------
    str
        What begins like a formula (``= + - @``, also after blanks and in full width) has an apostrophe before it, a plain number has
        none. Control characters and marks of the direction of reading are written out (``\\u202e``).

    References
    ----------
    OWASP, "CSV Injection".
    """
    seen = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return f"'{seen}" if _FORMULA.match(seen) and not _PLAIN_NUMBER.match(seen) else seen


def as_entered(cell: str) -> str:
    """Return the text that :func:`harmless` put an apostrophe before; any other as it is."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def as_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts are :func:`harmless`; numbers, and what is missing, stay."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(
        **{name: frame[name].map(lambda cell: harmless(cell) if isinstance(cell, str) else cell) for name in texts}
    )
