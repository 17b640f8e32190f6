"""What the next outputs of the project take up: profiles, needs, competences and recommendations, as one JSON with a schema."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from .. import paths
from ..reading import check, write_atomically
from ..study.competences import load_competences
from ..study.levers import load_levers
from ..study.situations import load_situations
from ..study.study import Study

FORMAT: Final = "1.0"
"""Version of the form: the first number rises when something that was there is no more."""
SCHEMA: Final = "handover"
FILE, SCHEMA_FILE = "handover.json", "handover.schema.json"
_GROUPS: Final = ("profile", "status", "seniority_band")
"""Groups of people by whom needs are told."""

Json = dict[str, Any]


def handover(study: Study, frames: Mapping[str, pd.DataFrame]) -> Json:
    """Return profiles, needs, competences and recommendations as they are handed on.

    Parameters
    ----------
    study : Study
        The study.
    frames : mapping of str to pandas.DataFrame
        The tables of the reference database.

    Returns
    -------
    dict
        Legal under ``schemas/handover.json``. Every number has ``estimate``, ``interval``, ``n``, ``unit``, ``origin`` and the
        name of its row (``estimate_id``); a withheld one says so and has none of them.
    """
    release = frames["release"].iloc[0]
    estimates = frames["estimates"]
    content = {
        "format": FORMAT,
        "study": release["study"],
        "title": dict(study.title),
        "release": release["version"],
        "commit": _said(release["commit"]),
        "origin": release["origin"],
        "notice": release["notice"],
        "licence": release["licence"],
        "profiles": _profiles(frames, estimates),
        "needs": _needs(frames, estimates),
        "competences": _competences(frames),
        "recommendations": _recommendations(frames, estimates),
        "levers": _levers(),
    }
    check(content, SCHEMA, FILE)
    return content


def write_handover(folder: Path, content: Json) -> None:
    """Write what is handed on, and its schema beside it."""
    write_atomically(
        folder / FILE, (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
    )
    write_atomically(folder / SCHEMA_FILE, (paths.SCHEMAS / f"{SCHEMA}.json").read_bytes())


def number(row: Any) -> Json:
    """Return one published number as it is handed on.

    Parameters
    ----------
    row : namedtuple
        A row of the table ``estimates``.
    """
    withheld = bool(row.suppressed)
    return {
        "estimate": None if withheld else _number(row.estimate),
        "interval": None if withheld or pd.isna(row.ci_low) else [_number(row.ci_low), _number(row.ci_high)],
        "n": None if withheld else _number(row.n),
        "unit": _said(row.unit),
        "origin": row.origin,
        "method": _said(row.method),
        "estimand": _said(row.estimand),
        "weighted": bool(row.weighted),
        "withheld": withheld,
        "comparable": row.comparable == "yes",
        "reason": _said(row.suppression_reason) if withheld else _said(row.reason),
        "estimate_id": row.estimate_id,
    }


def _profiles(frames: Mapping[str, pd.DataFrame], estimates: pd.DataFrame) -> list[Json]:
    shares = estimates[
        (estimates["indicator"] == "profile") & (estimates["group_by"] == "profile") & _shares(estimates)
    ]
    built = estimates[
        (estimates["group_by"] == "profile") & (estimates["flag"] == "built the profiles") & _shares(estimates)
    ]
    names = _labels(frames, "profiles")
    found = []
    for one in frames["profiles"].itertuples(index=False):
        own = _of(shares, one.wave, one.population, one.profile)
        answers = _of(built, one.wave, one.population, one.profile)
        marks = one.marks.split()
        found.append(
            {
                "wave": one.wave,
                "population": one.population,
                "profile": one.profile,
                "name": names[f"{one.wave}/{one.population}/{one.profile}"],
                "marks": marks,
                "stability": None if pd.isna(one.stability) else float(one.stability),
                "verdict": _said(one.verdict_on_it),
                "are_there_profiles": _said(one.verdict_on_all),
                "shares": [{"country": row.country, **number(row)} for row in own.itertuples(index=False)],
                "answers": [
                    {"country": row.country, "answer": row.indicator, **number(row)}
                    for row in answers[answers["indicator"].isin(marks)].itertuples(index=False)
                ],
            }
        )
    return found


def _needs(frames: Mapping[str, pd.DataFrame], estimates: pd.DataFrame) -> list[Json]:
    rows = estimates[estimates["method"].isin(["discrepancy", "importance", "mastery"])]
    rows = rows[rows["indicator"].isin(frames["competences"]["competence"])]
    rows = rows[rows["group_by"].isna() | rows["group_by"].isin(_GROUPS)]
    return [
        {
            "competence": row.indicator,
            "country": row.country,
            "wave": row.wave,
            "what": row.method,
            "group_by": _said(row.group_by),
            "group": _said(row.group),
            **number(row),
        }
        for row in rows.itertuples(index=False)
    ]


def _competences(frames: Mapping[str, pd.DataFrame]) -> list[Json]:
    rated = dict(zip(frames["competences"]["competence"], frames["competences"]["is_rated"], strict=True))
    evidence = frames["competence_evidence"]
    return [
        {
            "competence": one.id,
            "name": dict(one.name),
            "is_rated": bool(rated[one.id]),
            "entrecomp": [entry.code for entry in one.entrecomp],
            "esco": list(one.esco),
            "named_by": [
                {"kind": row.kind, "source": row.source, "country": _said(row.country), "said": _said(row.said)}
                for row in evidence[evidence["competence"] == one.id].itertuples(index=False)
            ],
        }
        for one in load_competences().values()
    ]


def _recommendations(frames: Mapping[str, pd.DataFrame], estimates: pd.DataFrame) -> list[Json]:
    order = frames["lever_situations"].sort_values("place_in_order")
    met = estimates[(estimates["method"] == "share") & estimates["group_by"].isna()]
    return [
        {
            "situation": one.id,
            "name": dict(one.name),
            "means": dict(one.means),
            "met_by": [
                {"country": row.country, "wave": row.wave, **number(row)}
                for row in met[met["indicator"] == one.id].itertuples(index=False)
            ],
            "levers": list(order.loc[order["situation"] == one.id, "lever"]),
        }
        for one in load_situations().values()
    ]


def _levers() -> list[Json]:
    return [
        {
            "lever": one.id,
            "name": dict(one.name),
            "does": dict(one.does),
            "first_step": dict(one.first_step),
            "caution": dict(one.caution),
            "level": one.level,
            "who": one.who,
            "effort": one.effort,
            "evidence": {
                "level": one.evidence.level,
                "says": dict(one.evidence.says),
                "sources": [
                    {"title": source.title, "confidence": source.confidence} for source in one.evidence.sources
                ],
            },
        }
        for one in load_levers().values()
    ]


def _labels(frames: Mapping[str, pd.DataFrame], table: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in frames["labels"][frames["labels"]["table_name"] == table].itertuples(index=False):
        found.setdefault(row.code, {})[row.language] = row.label
    return found


def _of(rows: pd.DataFrame, wave: str, population: str, profile: str) -> pd.DataFrame:
    return rows[(rows["wave"] == wave) & (rows["population"] == population) & (rows["group"] == profile)]


def _shares(estimates: pd.DataFrame) -> pd.Series:
    return (estimates["method"] == "share") & (estimates["unit"] == "%")


def _said(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)


def _number(cell: float) -> float | int | None:
    return None if pd.isna(cell) else int(cell) if float(cell).is_integer() else float(cell)
