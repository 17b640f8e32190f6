"""Published thresholds of the instruments that a study asked, each with its source and on whom it was established."""

from __future__ import annotations

import pandas as pd

from ...diagnosis.exposure import BORROWED, THRESHOLD
from ...study.instrument_parts import CutOff, Instrument
from ...tables import Table
from ..factsheet import Sentence
from .sheet import Sheet


def thresholds(sheet: Sheet) -> Table | Sentence:
    """List the share of persons in each class of the published thresholds; the reason where there is none."""
    t = sheet.t
    rows = sheet.rows(group_by=THRESHOLD)
    if rows.empty:
        return Sentence(
            t(
                "No published threshold stands on this page: the study asked no published instrument that has one. "
                "Who counts as exposed follows from its own rule."
            )
        )
    shown = [row for _, row in rows.iterrows()]
    frame = pd.DataFrame(
        {
            t("Score"): [_score(sheet, row) for row in shown],
            t("Class"): [_class(sheet, row) for row in shown],
            t("Share"): [t("withheld") if row["suppressed"] else t.percent(row["estimate"]) for row in shown],
            t("95% interval"): [
                "" if row["suppressed"] else t.interval(row["ci_low"], row["ci_high"]) for row in shown
            ],
            t("n"): ["" if row["suppressed"] else t.number(row["n"], 0) for row in shown],
            t("On whom"): [_on_whom(sheet, row) for row in shown],
            t("Source of the threshold"): [row["source"] for row in shown],
        }
    )
    caption = t("Published thresholds of the instruments that were asked")
    said = t(
        "A class describes a group, and is no diagnosis of a person. Thresholds come from other people than these."
    )
    return Table(frame, caption, t, row_headers=2, note=said, results=rows)


def _cut_off(sheet: Sheet, row: pd.Series) -> tuple[Instrument, CutOff]:
    instruments = (used.instrument for used in sheet.study.instruments)
    return next(
        (instrument, instrument.cut_offs[row["threshold_id"]])
        for instrument in instruments
        if row["indicator"].startswith(f"{instrument.id}_") and row["threshold_id"] in instrument.cut_offs
    )


def _score(sheet: Sheet, row: pd.Series) -> str:
    instrument, cut_off = _cut_off(sheet, row)
    return sheet.t.pick(instrument.dimensions[cut_off.dimension].label)


def _class(sheet: Sheet, row: pd.Series) -> str:
    _, cut_off = _cut_off(sheet, row)
    labels = {one.code: one.label for one in cut_off.thresholds} | {cut_off.otherwise: cut_off.otherwise_label}
    return sheet.t.pick(labels[row["group"]])


def _on_whom(sheet: Sheet, row: pd.Series) -> str:
    t = sheet.t
    _, cut_off = _cut_off(sheet, row)
    said = [cut_off.population, cut_off.self_employed]
    if row["flag"] == BORROWED:
        said.append(t("established in other countries"))
    if row["confidence"] == "to verify":
        said.append(t("threshold to verify"))
    return "; ".join(filter(None, said))
