"""Double coding: passages that two coders or more had before them, and what each gave them."""

from typing import Final

import pandas as pd

from .agreement import ALPHA, agreement, disagreements
from .material import BETWEEN, Material

DRAWS: Final = 500
"""Bootstrap samples for each theme alone: enough for the second decimal that is shown."""
NOT_MARKED: Final = "not_marked"
"""What a coder gave a passage that another one marked and this one did not."""
TOGETHER: Final = " + "
"""Stands between the themes that one coder gave one passage: together they are a code of their own."""


def passages(material: Material) -> pd.DataFrame:
    """Return what each coder gave each passage of the documents that two coders or more read.

    Parameters
    ----------
    material : Material
        Documents with their coders, and codings.

    Returns
    -------
    pandas.DataFrame
        ``unit coder code``: the long form of :func:`~compendium.qualitative.agreement.agreement`.

    Notes
    -----
    Marks of one document that overlap are one passage, whoever made them: coders seldom cut at the same letter. Passages that nobody
    marked are no units, so agreement on what to leave alone does not count.
    """
    several = material.documents[material.documents["coders"].str.contains(BETWEEN, regex=False)]
    marks = material.segments[material.segments["document"].isin(several["document"])]
    marks = marks.sort_values(["document", "start", "end"], kind="stable")
    before = marks.groupby("document")["end"].cummax().groupby(marks["document"]).shift(fill_value=0)
    begins = marks["start"] >= before
    marks = marks.assign(unit=marks["document"] + " " + begins.groupby(marks["document"]).cumsum().astype("str"))
    themes = marks.drop_duplicates(["unit", "coder", "theme"]).sort_values("theme", kind="stable")
    given = themes.groupby(["unit", "coder"])["theme"].agg(TOGETHER.join).to_dict()
    readers = dict(zip(several["document"], several["coders"].str.split(BETWEEN), strict=True))
    rows = [
        (unit, coder, given.get((unit, coder), NOT_MARKED))
        for unit, document in marks.drop_duplicates("unit")[["unit", "document"]].itertuples(index=False)
        for coder in readers[document]
    ]
    return pd.DataFrame(rows, columns=["unit", "coder", "code"], dtype="str")


def agreement_by_theme(coded: pd.DataFrame) -> pd.DataFrame:
    """Return Krippendorff's alpha for each theme: given to a passage, or not; as the rows of ``agreement``, with ``theme``."""
    themes = sorted({theme for code in coded["code"] for theme in code.split(TOGETHER)} - {NOT_MARKED})
    table, found = coded.pivot(index="coder", columns="unit", values="code").astype(object), []
    for theme in themes:
        given = table.map(lambda code, theme=theme: str(theme in code.split(TOGETHER)), na_action="ignore")
        rows = agreement(given, draws=DRAWS)
        found.append(rows[rows["measure"] == ALPHA].assign(theme=theme))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def against(coded: pd.DataFrame) -> pd.DataFrame:
    """Return which themes stand against which: ``code other pairs units``, the most frequent first."""
    return disagreements(coded.pivot(index="coder", columns="unit", values="code"))
