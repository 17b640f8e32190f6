"""The words around numbers: estimates, intervals and remarks in the reader's language, and what stands under them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from .errors import CompendiumError
from .text import NO_VALUE as NO_VALUE

if TYPE_CHECKING:
    from .text import Catalogue

Label = Callable[[str, str], str]
"""Give the text of a code: ``label("country", code)`` gives a name; the first argument is a column of the results."""


def plain(column: str, code: str) -> str:
    """Return the code itself: the label function of results whose codes are already words."""
    del column
    return code


def value(number: object, digits: int, t: Catalogue) -> str:
    """Return a number in the reader's language, or a dash where there is none."""
    return NO_VALUE if pd.isna(number) else t.number(number, digits)  # type: ignore[arg-type]


def interval(row: object, digits: int, t: Catalogue) -> str:
    """Return the interval of a row of results in words, or a dash where it has none."""
    return t.interval(row.ci_low, row.ci_high, digits)  # type: ignore[attr-defined]


def is_withheld(row: object) -> bool:
    """Return whether the gate of disclosure withheld this row of results."""
    return bool(row.suppressed)  # type: ignore[attr-defined]


def withheld(row: object, t: Catalogue) -> str:
    """Return the word that stands for a withheld number, or an empty text where the number may be shown.

    Which rule withheld it is not said: that a share counts too few would tell that it is small.
    """
    return t("withheld") if is_withheld(row) else ""


def remark(row: object, t: Catalogue, label: Label) -> str:
    """Return what a reader must know about one row of results: flag, caveat, and whether it is yet to be verified."""
    codes = [(column, getattr(row, column)) for column in ("flag", "caveat")]
    parts = [label(column, code) for column, code in codes if code]
    if row.confidence == "to verify":  # type: ignore[attr-defined]
        parts.append(t("to verify"))
    return "; ".join(parts)


def note(results: pd.DataFrame, t: Catalogue, label: Label) -> str:
    """Return the sentences under a table or figure: how it was estimated, from which source, of which origin."""
    said = []
    methods = _listing(results, "method", lambda column, code: _method(code, t) or label(column, code))
    if methods:
        said.append(t("Method: {methods}.", methods=methods))
    sources = _listing(results, "source", label)
    if sources:
        said.append(t("Source: {sources}.", sources=sources))
    if results["estimate"].notna().any() and results["ci_low"].isna().all() and set(results["origin"]) != {"context"}:
        said.append(t("No interval: the numbers describe the answers themselves, not a population."))
    if results["suppressed"].any():
        said.append(t("Withheld: too few people stand there, or another such number would follow from it."))
    said += [origin(code, t) for code in results["origin"].drop_duplicates()]
    return " ".join(said)


def _method(code: str, t: Catalogue) -> str:
    words = {"share": t("share with its Wilson interval"), "mean": t("mean with its interval")}
    return words.get(code, "")


def origin(code: str, t: Catalogue) -> str:
    """Return the sentence that says where numbers of an origin come from.

    Raises
    ------
    CompendiumError
        When the origin is not one of the four of the design.
    """
    match code:
        case "synthetic":
            return t("Synthetic answers, drawn by a declared generator: not findings.")
        case "real":
            return t("Answers received by this study.")
        case "real_other":
            return t("Answers to a survey by others: not findings of this study.")
        case "context":
            return t("Published facts about the country, not answers.")
    raise CompendiumError(f"origin {code!r} is unknown; legal are 'synthetic', 'real', 'real_other', 'context'")


def heading(column: str, t: Catalogue) -> str:
    """Return the header of a column of results in the reader's language."""
    words = {
        "wave": t("Wave"),
        "population": t("Population"),
        "country": t("Country"),
        "part": t("Part"),
        "indicator": t("Indicator"),
        "group_by": t("By"),
        "group": t("Group"),
        "period": t("Period"),
        "unit": t("Unit"),
        "source": t("Source"),
        "method": t("Method"),
        "estimand": t("Quantity"),
        "confidence": t("Confidence"),
    }
    return words.get(column, column)


def _listing(results: pd.DataFrame, column: str, label: Label) -> str:
    return "; ".join(label(column, code) for code in results[column].drop_duplicates() if code)
