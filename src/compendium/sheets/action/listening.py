"""The listening place: levels, conditions, options, what law says, and how many would come."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ...action import LOAD
from ...persons import NOT_MEASURED
from ...study.listening_place import load_listening_place
from ...tables import Table
from ...wording import note
from ..base import Several, several
from ..factsheet import Folded, Sentence
from .sheet import Sheet

UNION: Final = "EU"


def answers(sheet: Sheet) -> Several:
    """Answer the two questions that were asked: is it possible, is it desirable."""
    t, said = sheet.t, load_listening_place().answers
    return several(
        Sentence(t("Is it possible? {answer}", answer=t.pick(said["possible"]))),
        Sentence(t("Is it desirable? {answer}", answer=t.pick(said["desirable"]))),
    )


def levels(sheet: Sheet) -> Table:
    """Show who hears what at each of the levels, what stays secret, and where it goes on."""
    t = sheet.t
    rows = [
        {
            t("Level"): t.pick(one["name"]),
            t("Who hears"): t.pick(one["hears"]),
            t("What is said there"): t.pick(one["takes"]),
            t("What stays secret"): t.pick(one["secret"]),
            t("Where it goes on"): t.pick(one["goes_on"]),
        }
        for one in load_listening_place().levels
    ]
    return Table(pd.DataFrame(rows), t("Three levels of a listening place"), t)


def conditions(sheet: Sheet) -> Table:
    """List the conditions without which it should not open."""
    t = sheet.t
    rows = [
        {t("Condition"): t.pick(one["text"]), t("Met? By whom, since when"): ""}
        for one in load_listening_place().conditions
    ]
    return Table(pd.DataFrame(rows), t("Conditions: to be ticked by a working group"), t)


def options(sheet: Sheet) -> Table:
    """Set the options side by side."""
    t = sheet.t
    rows = [
        {
            t("Option"): t.pick(one["name"]),
            t("For it"): t.pick(one["for"]),
            t("Against it"): t.pick(one["against"]),
            t("Fits where"): t.pick(one["fits"]),
        }
        for one in load_listening_place().options
    ]
    return Table(pd.DataFrame(rows), t("Options, and where each fits"), t)


def law(sheet: Sheet) -> Folded:
    """List legal limits of the page's country and of the Union, with what is to verify."""
    t, study = sheet.t, sheet.study
    countries = [code for code in study.units if not study.is_pooled(code)]
    shown = [sheet.focus] if sheet.focus else countries
    own = [one for one in load_listening_place().law if one["place"] in (*shown, UNION)]
    rows = [
        {
            t("Place"): t("European Union") if one["place"] == UNION else study.name(one["place"], t.language),
            t("Law"): one["name"],
            t("What it says, in our words"): t.pick(one["says"]),
            t("Read"): "; ".join(
                [
                    *([one["read"]] if "read" in one else []),
                    *([t("to verify")] if one["confidence"] == "to verify" else []),
                ]
            ),
        }
        for one in own
    ]
    caption = t("Legal limits of a listening place")
    missing = sheet.focus and not any(one["place"] == sheet.focus for one in own)
    said = t("No law of this country is on file yet: to verify with the partner.") if missing else ""
    return Folded(caption, Table(pd.DataFrame(rows), caption, t, note=said))


def load(sheet: Sheet) -> Several | Sentence:
    """Work out how many of a hundred members would come within a year, and how many hours that is, under each assumption."""
    t, assumed = sheet.t, load_listening_place().load
    rows = sheet.results[sheet.results["indicator"] == LOAD]
    row = rows.iloc[0]
    if row["method"] == NOT_MEASURED:
        return Sentence(t("This study does not ask about exhaustion: the load cannot be told from answers."))
    if row["suppressed"]:
        return Sentence(t("How many are worn out is withheld to protect the people who answered: so is the load."))
    ends = [assumed.members * row[name] / 100 for name in ("estimate", "ci_low", "ci_high") if pd.notna(row[name])]
    listed = [_assumed(sheet, t.pick(words), [end / one_in for end in ends]) for one_in, words in assumed.uptake]
    elsewhere = assumed.elsewhere
    listed.append(_assumed(sheet, t.pick(elsewhere["name"]), [assumed.members / elsewhere["one_in"]]))
    said = t(
        "Of those who answered, {share} meet the marks of exhaustion (95% interval in brackets; n = {n}). Ranges carry the interval "
        "of that share alone, and take it that members are like those who answered; who comes is assumed. {reason} The last line is "
        "what is known of something else: {source} (read: {read}).",
        share=sheet.share(row),
        n=t.number(row["n"]),
        reason=t.pick(assumed.reason),
        source=t.pick(elsewhere["source"]),
        read=elsewhere["read"],
    )
    caption = t("Expected load of a listening place")
    return several(Table(pd.DataFrame(listed), caption, t, note=f"{said} {note(rows, t, sheet.label)}", results=rows))


def _assumed(sheet: Sheet, words: str, people: list[float]) -> dict[str, str]:
    """Return the line of one assumption from the number of persons who come: its value, and its range where it has one."""
    t, assumed = sheet.t, load_listening_place().load
    hours = [one * assumed.talks_each * assumed.hours_each for one in people]
    return {
        t("If"): words,
        t("Persons in a year, of {n} members", n=assumed.members): _with_range(sheet, people, 1),
        t("Hours of listening in a year"): _with_range(sheet, hours, 0),
    }


def _with_range(sheet: Sheet, numbers: list[float], digits: int) -> str:
    t = sheet.t
    middle, *ends = (t.number(one, digits) for one in numbers)
    return t("{value} ({low} to {high})", value=middle, low=ends[0], high=ends[1]) if ends else middle
