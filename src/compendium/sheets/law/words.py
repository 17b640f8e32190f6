"""Words that all tables on law share: statuses of a page, their names, branches, cover and sources."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...study.context import BRANCHES
from ...text import Catalogue
from ..factsheet import Sheet


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
    return t("to verify") if text == "to verify" else text
