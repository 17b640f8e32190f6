"""The logs of pathways of a unit as they were received: what is usable, what is set aside and why, and where they come from."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from .. import paths, results
from ..collection import doors, records
from ..errors import AnswersError
from ..study.pathway_rules import load_pathway_rules
from ..study.study import Study
from .log import check_log
from .orientation import from_form, orientate

LOG, DIAGNOSTICS = "pathways", "diagnostics"
FAULTS = ["country", "file", "row", "rule", "says"]
UNREADABLE = "unreadable"
TOO_MANY = "too many persons were set aside for faults in the log"


@dataclass(frozen=True)
class Log:
    """What is known of the pathways of a unit.

    Attributes
    ----------
    events : pandas.DataFrame
        Events of the persons without faults.
    faults : pandas.DataFrame
        ``country file row rule says``; no person is named in it.
    until : datetime.date
        Day to which the logs are complete: where there are several, the earliest.
    received, aside : int
        Persons in the logs, and those of them set aside for faults.
    origin, source : str
        Of the weakest log; of all of them, one after another.
    diagnostics : pandas.DataFrame or None
        Entry diagnostics: ``person`` and the answers that the decision table reads.
    """

    events: pd.DataFrame
    faults: pd.DataFrame
    until: date
    received: int
    aside: int
    origin: str
    source: str
    diagnostics: pd.DataFrame | None

    @property
    def refused(self) -> str:
        """Return why nothing may be estimated; empty where something may."""
        if self.events.empty:
            return "no row of the log can be used"
        return TOO_MANY if 100 * self.aside > load_pathway_rules().faults_at_most * self.received else ""


def read_unit(study: Study, unit: str, wave: str, today: date | None = None) -> Log | None:
    """Read the logs of a country, or of all countries together; nothing where none was received.

    Parameters
    ----------
    study : Study
        The study, which names the territories of each country.
    unit, wave : str
        Country or pooled unit; wave.
    today : datetime.date, optional
        Day after which nothing can have happened; the day of the run when left out.

    Notes
    -----
    A log with faults is no error: what is wrong is reported row by row. Persons of several countries stand under one
    another, each counting once.
    """
    countries = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    found = [log for country in countries if (log := _read(study, country, wave, today)) is not None]
    if len(found) < 2:
        return found[0] if found else None
    usable = [log for log in found if not log.refused]
    asked = [log.diagnostics for log in usable if log.diagnostics is not None]
    return Log(
        events=pd.concat([log.events for log in usable or found], ignore_index=True),
        faults=pd.concat([log.faults for log in found], ignore_index=True),
        until=min(log.until for log in usable or found),
        received=sum(log.received for log in usable or found),
        aside=sum(log.aside for log in usable or found),
        origin=results.weakest_origin(log.origin for log in usable or found),
        source="; ".join(log.source for log in usable or found),
        diagnostics=pd.concat(asked, ignore_index=True) if asked else None,
    )


def _read(study: Study, country: str, wave: str, today: date | None) -> Log | None:
    record = records.received(study, country, wave, LOG)
    if record is None:
        return None
    said = record.declared
    try:
        checked = check_log(
            record.file,
            territories=study.territories.get(country),
            exits_recorded=bool(said.get("exits_recorded", False)),
            date_format=said.get("date_format", "%Y-%m-%d"),
            today=today,
        )
    except AnswersError as error:
        faults = pd.DataFrame([(country, record.file.name, 0, UNREADABLE, str(error))], columns=FAULTS)
        empty = pd.DataFrame(columns=["person", "date", "event", "territory", "pole", "officer", "reason"])
        return Log(empty, faults, date.today(), 0, 0, record.origin, record.source, None)
    events, wrong = checked
    faults = wrong.assign(country=country, file=record.file.name)[FAULTS]
    persons = set(events.loc[events["person"] != "", "person"])
    aside = persons & set(wrong["person"])
    kept = events[~events["person"].isin([*aside, ""])]
    until = date.fromisoformat(said["until"]) if "until" in said else _last(kept)
    diagnostics, strange = _diagnostics(study, country, wave, record.origin, persons - aside)
    own = [frame for frame in (faults, strange) if len(frame)]
    return Log(
        events=kept.assign(person=f"{country} " + kept["person"]).reset_index(drop=True),
        faults=pd.concat(own, ignore_index=True) if own else faults,
        until=until,
        received=len(persons),
        aside=len(aside),
        origin=record.origin,
        source=record.source,
        diagnostics=diagnostics,
    )


def _last(events: pd.DataFrame) -> date:
    return date.today() if events.empty else pd.Timestamp(events["date"].max()).date()


def _diagnostics(
    study: Study, country: str, wave: str, origin: str, persons: set[str]
) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """Read the entry diagnostics of some persons, and what is wrong with the file; a faulty file is not used."""
    record = records.received(study, country, wave, DIAGNOSTICS)
    fine = pd.DataFrame(columns=FAULTS)
    if record is None or record.origin != origin:  # drawn diagnostics are not those of real persons
        return None, fine
    try:
        table = doors.read(record.file).table.apply(lambda cells: cells.str.strip())
        if "person" not in table or table["person"].duplicated().any():
            raise AnswersError(
                f"{paths.shown(record.file)}: legal is a column 'person' in which each person stands once"
            )
        own = from_form(table[table["person"].isin(persons)])
        orientate(own)
    except AnswersError as error:
        return None, pd.DataFrame([(country, record.file.name, 0, UNREADABLE, str(error))], columns=FAULTS)
    return own.assign(person=f"{country} " + own["person"]).reset_index(drop=True), fine
