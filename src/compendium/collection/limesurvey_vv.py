"""Exports of LimeSurvey as a "VV survey file": questions in the first row, codes in the second, signs written as words."""

import re
from dataclasses import replace

from .received import Received, headings

_OWN = {"id", "submitdate", "lastpage", "startlanguage"}
_SIGNS = {"newline": "\n", "cr": "\r", "tab": "\t", "quote": '"', "lbrace": "{"}
_WORD = re.compile("{(" + "|".join(_SIGNS) + ")}")
_NOT_SHOWN = "{question_not_shown}"
_NULL = "NULL"


def lowered(received: Received) -> Received:
    """Take the second row as column names and write signs as signs, where an export is such a file; else change nothing.

    Parameters
    ----------
    received : Received
        A table as it was read, its first row as names.

    Returns
    -------
    Received
        Codes as names, questions as wordings. A question that was not shown is an empty cell, and counted in the record;
        so is a date of submission that says ``NULL``.

    References
    ----------
    LimeSurvey manual, "VV survey file"; ``vvexport`` in LimeSurvey's source.
    """
    table = received.table
    if table.empty or len(_OWN & {cell.strip() for cell in table.iloc[0]}) < len(_OWN) - 1:
        return received
    names, said = headings(table.iloc[0])
    wordings = {name: " ".join(text.split()) for name, text in zip(names, table.columns, strict=True) if text != name}
    table = table.iloc[1:].reset_index(drop=True).set_axis(names, axis=1)
    hidden = int((table == _NOT_SHOWN).to_numpy().sum())
    table = table.replace(_NOT_SHOWN, "").apply(
        lambda cells: cells.str.replace(_WORD, lambda found: _SIGNS[found[1]], regex=True)
    )
    if "submitdate" in table:
        table["submitdate"] = table["submitdate"].replace(_NULL, "")
    record = {**received.record, **said, "rows": str(len(table)), "kind of export": "VV survey file"}
    if hidden:
        record["cells that say the question was not shown"] = str(hidden)
    return replace(received, table=table, wordings=wordings, record=record)
