"""The products ``pathways`` and ``pathway_faults`` of a unit: everything a log tells, and what is wrong with it."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from .. import results
from ..intervals import share
from ..persons import Row
from ..study.pathway_rules import load_pathway_rules
from ..study.study import Study
from .capacity import capacity
from .curves import curves, tests
from .flows import PERSONS, flows
from .orientation import UNDECIDED, agreement, orientate
from .received import FAULTS, Log, read_unit
from .shares import calendar_ratio
from .supported import supported
from .use import SHARE, use, whole_years

PART, POPULATION = "profiles", "supported persons"
RULE = "orientation_rule"
NO_LOG = "no log of pathways was received"


def pathways(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Estimate everything that the log of a unit tells.

    Returns
    -------
    pandas.DataFrame
        Results: ``received`` and ``set_aside`` count persons; curves (:mod:`.curves`), support (:mod:`.supported`), indicators (:mod:`.use`), flows,
        the calendar year's counts, agreement of rule and officer, and the simulation. Where there is no log, or it was refused, one row
        says why; nothing is estimated then.
    """
    log = read_unit(study, unit, wave)
    common = {"study": study.id, "wave": wave, "country": unit, "part": PART, "population": POPULATION}
    if log is None:
        row = {"indicator": "received", "comparable": "no", "reason": NO_LOG, "origin": "context"}
        return results.make([row], **common)
    rows = list(_counts(log))
    if study.is_pooled(unit) and not log.refused:
        rows += list(_by_country(log))
    if not log.refused:
        rows += list(_told(study, unit, log))
    return results.make(rows, **common, origin=log.origin, source=log.source)


def pathway_faults(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Report what is wrong with the logs of a unit.

    Returns
    -------
    pandas.DataFrame
        ``country file row rule says``; ``row`` is that of the file, 0 where the whole file is meant. No person is named.
    """
    log = read_unit(study, unit, wave)
    frame = pd.DataFrame(columns=FAULTS) if log is None else log.faults
    return frame.astype({"row": "int64"} | {name: "str" for name in FAULTS if name != "row"})


def _counts(log: Log) -> Iterator[Row]:
    said = {"unit": PERSONS, "method": "count", "n": float(log.received), "period": log.until.isoformat()}
    reason = {"comparable": "no", "reason": log.refused} if log.refused else {}
    yield {"indicator": "received", "estimate": float(log.received), **said, **reason}
    yield {"indicator": "set_aside", "estimate": float(log.aside), **said, **reason}


def _by_country(log: Log) -> Iterator[Row]:
    """Count the persons of each country whose log is among those of all together."""
    counts = log.events["person"].drop_duplicates().str.partition(" ")[0].value_counts(sort=False)
    for country, number in counts.items():
        at = {"group_by": "country", "group": str(country), "unit": PERSONS, "method": "count"}
        yield {"indicator": "received", "estimate": float(number), "n": float(number), **at}


def _told(study: Study, unit: str, log: Log) -> Iterator[Row]:
    events, until = log.events, log.until
    strata = events["person"].str.partition(" ")[0]
    yield from curves(events, until)
    yield from tests(events.assign(country=strata), until, "country" if study.is_pooled(unit) else "")
    yield from supported(events, until)
    yield from use(events, until, study.seed)
    yield from flows(events, until)
    yield from _calendar(events, until)
    if log.diagnostics is not None:
        yield from _agreement(events, log.diagnostics)
    yield from capacity(events, until, study.seed)


def _calendar(events: pd.DataFrame, until: date) -> Iterator[Row]:
    """Count starts and targets of each whole year: to stand beside a cohort's share, never for it."""
    for wait in load_pathway_rules().shares:
        for year in whole_years(events, until):
            found = calendar_ratio(events, wait, year)
            for name, label in (("started", wait.start), ("reached", wait.target)):
                yield {
                    "indicator": f"{wait.id}__{name}",
                    "group_by": "year",
                    "group": str(year),
                    "estimand": label,
                    "unit": PERSONS,
                    "method": "count",
                    "estimate": float(found[name]),
                    "n": float(found[name]),
                }


def _agreement(events: pd.DataFrame, diagnostics: pd.DataFrame) -> Iterator[Row]:
    """Tell how often rule and officer agree, of everybody and by what the rule says."""
    rule = pd.Series(orientate(diagnostics).to_numpy(), index=diagnostics["person"].to_numpy())
    oriented = events[events["event"] == "orientation"].drop_duplicates("person").set_index("person")["reason"]
    legal = {row.outcome for row in load_pathway_rules().orientation}
    officer = oriented.where(oriented.isin(legal)).reindex(rule.index)
    found = agreement(rule, officer)
    n = found["n"]
    if not n:
        return
    said: Row = {"indicator": RULE, "n": n}
    numbers = {"estimate": found["share"], "ci_low": found["share_low"], "ci_high": found["share_high"]}
    yield {**said, "unit": "%", "method": SHARE, **{name: 100 * x for name, x in numbers.items()}}
    kappa = {"estimate": found["kappa"], "ci_low": found["kappa_low"], "ci_high": found["kappa_high"]}
    yield {**said, "unit": "kappa", "method": "Cohen's kappa", **kappa}
    yield {
        **said,
        "indicator": "orientation_undecided",
        "unit": PERSONS,
        "method": "count",
        "estimate": float(round(found["undecided"], -1)),
    }
    known = officer.notna() & (rule != UNDECIDED)
    for row in load_pathway_rules().orientation:
        own = known & (rule == row.outcome)
        if own.any():
            agree = share(int((officer[own] == row.outcome).sum()), int(own.sum()))
            part = {"estimate": 100 * agree.estimate, "ci_low": 100 * agree.low, "ci_high": 100 * agree.high}
            at = {"group_by": "rule", "group": row.outcome, "unit": "%", "method": SHARE, "n": float(own.sum())}
            yield {**said, **at, **part}
