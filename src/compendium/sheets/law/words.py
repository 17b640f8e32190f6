"""Words that all tables on law share: statuses of a page, their names, branches, cover and sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from ...study.context import BRANCHES
from ...text import Catalogue
from ..factsheet import Sheet

_MAY_DOUBT: Final = ("confidence", "legal_basis", "notes", "article", "description_in_own_words", "source")
_NUMBER: Final = re.compile(r"\d+")
_YEAR_IN_DOUBT: Final = re.compile(r"\[[^]]*\byears?\b[^]]*to verify\]")
"""A bracket in a source about the year: what was read does not state it."""


def statuses_of(sheet: Sheet) -> pd.DataFrame:
    """Return the legal statuses of the countries of the page, in their order."""
    rows = sheet.context.statuses[sheet.context.statuses["country"].isin(sheet.of_page)]
    rank = {code: at for at, code in enumerate(sheet.places)}
    return rows.assign(_rank=rows["country"].map(rank)).sort_values("_rank", kind="stable")


def title(row: Mapping[str, object], sheet: Sheet) -> str:
    """Return the name of a status or policy in the language of the page."""
    return sheet.say(str(row["english_name"])) or str(row["local_name"])


def branches(t: Catalogue) -> dict[str, str]:
    """Return the branches of social protection with their names."""
    texts = (t("unemployment"), t("sickness"), t("pension"), t("work accident"), t("maternity"))
    return dict(zip(BRANCHES, texts, strict=True))


def covers(t: Catalogue) -> dict[str, str]:
    """Return the words for how much of a branch is covered, from most to least."""
    return {"yes": t("yes"), "partial": t("partial"), "no": t("no"), "unknown": t("unknown")}


def source(text: str, t: Catalogue) -> str:
    """Return a source, or that it is to verify."""
    return t("no source yet") if text == "to verify" else text


def is_doubtful(row: Mapping[str, object]) -> bool:
    """Return whether a status or policy, or any part of it, is still to verify: its own texts say so."""
    return any("to verify" in str(row.get(column, "")) for column in _MAY_DOUBT)


def confidence(row: Mapping[str, object], t: Catalogue) -> str:
    """Return how sure a status or policy is; what is sourced may say itself that a part of it is to verify."""
    if row["confidence"] == "to verify":
        return t("to verify")
    return t("sourced; in part to verify") if is_doubtful(row) else t("sourced")


def remarks(rows: pd.DataFrame, t: Catalogue) -> list[str]:
    """Return for each row what stands in brackets after its name: what of it is to verify, or nothing."""
    said = {"to verify": t("to verify"), "sourced": t("in part to verify")}
    return [said[row["confidence"]] if is_doubtful(row) else "" for row in rows.to_dict("records")]


def law_in_words(row: Mapping[str, object], sheet: Sheet) -> str:
    """Return the name of a law in its own language, with the article in question where the name does not hold it."""
    name, article = str(row["local_name"]), str(row["article"])
    is_said = set(_NUMBER.findall(article)) <= set(_NUMBER.findall(name))
    return name if not article or is_said else sheet.t("{law}, {article}", law=name, article=sheet.say(article))


def year_in_words(row: Mapping[str, object], t: Catalogue) -> str:
    """Return the year since when, or the years, of a policy, and that they are to verify where the row or source says so."""
    first, last = row["year_from"], row["year_to"]
    if pd.isna(first):
        return t("not dated")
    years = str(first) if pd.isna(last) else t("{low} to {high}", low=first, high=last)
    is_doubtful = row["confidence"] == "to verify" or _YEAR_IN_DOUBT.search(str(row["source"]))
    return t("{years}, to verify", years=years) if is_doubtful else years
