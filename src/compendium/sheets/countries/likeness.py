"""Which countries look alike: a picture with its instability, never a finding."""

from __future__ import annotations

import pandas as pd

from ...comparison import BRANCH, STANDING, TOGETHER
from ...comparison.clustering import JOINT, RESAMPLES
from ...figures.dendrogram import dendrogram
from ...tables import Table
from ...wording import NO_VALUE, note, value
from ..base import Several, several
from ..factsheet import Sentence, folded
from .page import Sheet


def alike(sheet: Sheet) -> Several | Sentence:
    """Draw how the countries join by their mean scores, with how often each branch comes again; the numbers behind a line."""
    t = sheet.t
    branches = sheet.rows(method=BRANCH)
    if branches.empty or branches["estimate"].isna().any():
        return Sentence(t("No tree of the countries is drawn: three that may be compared on two measures are needed."))
    again = sheet.rows(method=TOGETHER, group_by=BRANCH).set_index("group")["estimate"]
    title = t("Which countries' answers lie close together: a picture, not a finding")
    figure = dendrogram(branches, again=again, joint=JOINT, t=t, title=title, label=sheet.label, focus=sheet.focus)
    said = t(
        "Countries join where their mean scores are alike over all measures that may be compared. The percentage says in how "
        "many of {n} resamples of the people who answered the same countries form a branch: what is far from 100 could "
        "look otherwise in the next survey. Other measures, or another way of joining, would give another picture.",
        n=t.number(RESAMPLES),
    )
    return several(figure, Sentence(said), folded(_pairs(sheet), t), folded(_standing(sheet), t))


def _pairs(sheet: Sheet) -> Table:
    t, rows = sheet.t, sheet.rows(method=TOGETHER, group_by="pair")
    share = {frozenset(row.group.split(JOINT)): row.estimate for row in rows.itertuples()}
    codes = [code for code in sheet.places if any(code in pair for pair in share)]
    table = pd.DataFrame({t("Country"): [sheet.label("country", code) for code in codes]})
    for code in codes:
        cells = [share.get(frozenset((code, other))) for other in codes]
        table[sheet.label("country", code)] = [NO_VALUE if cell is None else value(cell, 0, t) for cell in cells]
    caption = t("In how many of 100 resamples two countries fall on the same side of the tree, cut in two")
    return Table(table, caption, t, note=note(rows, t, sheet.label))


def _standing(sheet: Sheet) -> Table:
    t, rows = sheet.t, sheet.rows(method=STANDING)
    codes = [code for code in sheet.places if (rows["country"] == code).any()]
    by = {(row.indicator, row.country): row.estimate for row in rows.itertuples()}
    measures = list(rows["indicator"].drop_duplicates())
    table = pd.DataFrame({t("Measure"): [sheet.label("indicator", one) for one in measures]})
    for code in codes:
        table[sheet.label("country", code)] = [value(by[one, code], 2, t) for one in measures]
    caption = t("Where each country stands: its mean less the mean of the countries, in standard deviations")
    return Table(table, caption, t, note=note(rows, t, sheet.label))
