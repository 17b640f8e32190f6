"""Show what a partner can send to its network: what the survey asks, how far it got, and who is still missing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import babel
import pandas as pd

from ..forms.duration import minutes, populations
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from ..wording import Label
from . import intake, sample
from .factsheet import Sentence


@dataclass(frozen=True)
class Sheet:
    """The products ``fieldwork`` and ``sample`` of one country, for the page that goes to its network."""

    study: Study
    unit: str
    wave: str
    intake: intake.Sheet
    sample: sample.Sheet
    t: Catalogue


def open_sheet(
    study: Study, unit: str, wave: str, fieldwork: pd.DataFrame, in_hand: pd.DataFrame, t: Catalogue, label: Label
) -> Sheet:
    """Open what came in and what is in hand for the page of one country."""
    return Sheet(
        study,
        unit,
        wave,
        intake.open_sheet(study, unit, fieldwork, t, label),
        sample.open_sheet(study, unit, in_hand, t, label),
        t,
    )


def form(sheet: Sheet) -> Table:
    """Lay out what the form asks for: how long it takes for whom, and in which languages it exists."""
    t, asked = sheet.t, sheet.study.form(sheet.unit, sheet.wave)
    eligible = asked.cleaning.eligible
    wanted = [code for code in populations(asked) if eligible is None or code in eligible.codes]
    written = [one for one in sheet.study.country(sheet.unit).languages if one in asked.languages] or [
        asked.languages[0]
    ]
    said = {}
    for population in wanted:
        who = sheet.intake.fallback(eligible.question, population) if eligible else t("Everybody")
        longest = max(math.ceil(minutes(asked, population, one)) for one in written)
        said[who] = t("{n} minutes at most", n=t.number(longest))
    said[t("Languages")] = t.join([babel.Locale.parse(one).get_display_name(t.language) or one for one in written])
    said[t("Parts of the form")] = t.number(len(asked.modules))
    frame = pd.DataFrame({t("For whom"): list(said), t("What it takes"): list(said.values())})
    note = t("Minutes are estimated from the words to read and the answers to give; nobody has been timed.")
    return Table(frame, t("What the form asks for"), t, note=note)


def address(sheet: Sheet) -> Sentence:
    """Say where the form is filled in; the partner fills the address in."""
    t, contacts = sheet.t, sheet.study.contacts.get(sheet.unit)
    where = (contacts.form if contacts else "") or f"[{t('to be filled in by the partner')}]"
    return Sentence(t("The form is filled in here: {address}", address=where))


def so_far(sheet: Sheet) -> Sentence:
    """Say how many answers came in, and when."""
    return intake.arrived(sheet.intake)


def still_wanted(sheet: Sheet) -> Table | Sentence:
    """Lay out who is still missing: targets of which less is in hand than wanted."""
    t, wanted = sheet.t, sample.wanted(sheet.sample)
    short = [one for one in wanted if one.share is not None and one.share < 100]
    if not wanted:
        return Sentence(t("The study names no targets here, so there is nothing to count against."))
    if not short:
        return Sentence(t("Every target whose count may be shown is reached."))
    frame = pd.DataFrame(
        {
            t("Who"): [sheet.sample.who(one.variable, one.code) for one in short],
            t("Wanted"): [t.number(one.wanted) for one in short],
            t("Reached"): [t.percent(one.share or 0) for one in short],
        }
    )
    return Table(frame, t("Who is still missing"), t, note=t("Usable answers, counted after cleaning."))


def promise(sheet: Sheet) -> Table | Sentence:
    """Lay out what those who answer are told before they begin: the notes of the part that asks for their consent."""
    t, asked = sheet.t, sheet.study.form(sheet.unit, sheet.wave)
    consent = asked.cleaning.consent
    module = asked.questions[consent.question].module if consent else ""
    notes = [note for note in asked.notes.values() if note.module == module]
    if not notes:
        return Sentence(t("The form tells nothing before it begins."))
    said = "\n\n".join(sheet.study.filled(note.text, sheet.unit, t.language) for note in notes)
    lines = [line for line in said.splitlines() if line.strip()]
    return Table(
        pd.DataFrame({t("What the form says"): lines}), t("What people are told before they begin"), t, row_headers=0
    )


def limits(sheet: Sheet) -> Sentence:
    """Say how small a group may be and still be shown."""
    t = sheet.t
    return Sentence(t("No number rests on fewer than {n} persons.", n=t.number(sheet.study.disclosure.minimum_cell)))
