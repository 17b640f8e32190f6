"""The catalogue of workshops: read row by row, bad rows refused with what is legal, and held against what is needed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from .. import paths
from ..errors import AnswersError
from ..reading import line_numbers, read_table
from ..study.competences import load_competences
from ..study.study import Study
from ..study.training_rules import TrainingRules, load_training_rules
from .entered import CATALOGUE, entered

NEEDED: Final = ["workshop", "competence", "obligatory", "trainer", "days", "cost"]
SEATS: Final = "seats"
COLUMNS: Final = ["line", *NEEDED, SEATS, "refused", "value"]
YES_NO: Final = {"yes": True, "no": False}
COVERED, NO_TRAINER, NO_PRICE, NO_WORKSHOP = "covered", "no_trainer", "no_price", "no_workshop"
"""How a competence stands in the catalogue, the best first: a workshop can be held; it lacks a trainer; its trainer has no price that
could be paid; no workshop is about it. The last two are no frame."""


def catalogue(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Read the catalogue of a unit: the product ``catalogue``, which holds no numbers about people.

    Returns
    -------
    pandas.DataFrame
        As :func:`read_catalogue` returns it; empty where there is no catalogue.
    """
    path = entered(study, unit, wave, CATALOGUE)
    return read_catalogue(path, load_training_rules()) if path else _typed([])


def read_catalogue(path: Path, rules: TrainingRules) -> pd.DataFrame:
    """Read a catalogue.

    Parameters
    ----------
    path : Path
        Columns ``workshop competence obligatory trainer days cost``, and ``seats`` where known. ``obligatory`` is yes or no; ``trainer`` a kind
        of the rules, or empty where there is none yet; ``cost`` that of a session, for kinds without a price a day.
    rules : TrainingRules
        Kinds of trainers, seats.

    Returns
    -------
    pandas.DataFrame
        ``line workshop competence obligatory trainer days cost seats refused value``, a row a workshop in the order of the file;
        ``refused`` is the first column of the row that is not legal, with its ``value``, and empty for the others.

    Raises
    ------
    AnswersError
        A column is missing or unknown.
    """
    table = read_table(path)
    if set(table.columns) - {SEATS} != set(NEEDED):
        raise AnswersError(
            f"{paths.shown(path)}: columns {', '.join(table)}; legal are {', '.join(NEEDED)}, and {SEATS} where known"
        )
    seen: set[str] = set()
    rows = []
    for line, (_, cells) in zip(line_numbers(path), table.iterrows(), strict=True):
        row = {name: str(cell).strip() for name, cell in cells.items()}
        wrong = next(_wrong(row, rules, seen), "")
        seen.add(row["workshop"])
        rows.append({"line": line, **row, "refused": wrong, "value": row.get(wrong, "")})
    return _typed(rows, rules.seats)


def _wrong(row: dict[str, str], rules: TrainingRules, seen: set[str]) -> Iterator[str]:
    """Yield the columns that are not legal, first things first."""
    if not row["workshop"] or row["workshop"] in seen:
        yield "workshop"
    if row["competence"] not in load_competences():
        yield "competence"
    if row["obligatory"] not in YES_NO:
        yield "obligatory"
    if row["trainer"] and row["trainer"] not in rules.trainers:
        yield "trainer"
    if not _number(row["days"]) > 0:
        yield "days"
    kind = rules.trainers.get(row["trainer"])
    is_paid_by_day = kind is not None and kind.price_per_day is not None
    if row["cost"] and (is_paid_by_day or not _number(row["cost"]) >= 0):
        yield "cost"
    if row.get(SEATS) and not (_number(row[SEATS]) >= 1 and _number(row[SEATS]).is_integer()):
        yield SEATS


def _number(text: str) -> float:
    """Return the number that a cell holds, or what compares false with everything."""
    number = pd.to_numeric(text, errors="coerce")
    return float(number) if pd.notna(number) and abs(number) < float("inf") else float("nan")


def _typed(rows: list[dict[str, object]], seats: int = 0) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("days", "cost", SEATS):
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    frame[SEATS] = frame[SEATS].fillna(seats)
    frame["obligatory"] = frame["obligatory"].map(YES_NO).fillna(False).astype(bool)
    texts = dict.fromkeys(["workshop", "competence", "trainer", "refused", "value"], "str")
    return frame.astype({"line": "int64", **texts, "days": float, "cost": float, SEATS: float})


def can_be_held(workshops: pd.DataFrame, rules: TrainingRules) -> pd.Series:
    """Tell which workshops of a catalogue can be held: not refused, with a trainer whose price is known."""
    return (workshops["refused"] == "") & standing(workshops, rules).eq(COVERED)


def standing(workshops: pd.DataFrame, rules: TrainingRules) -> pd.Series:
    """Return how each workshop stands: it can be held, or what it lacks."""
    unpriced = [kind.id for kind in rules.trainers.values() if kind.price_per_day is None]
    found = pd.Series(COVERED, workshops.index, dtype="str")
    found = found.mask(workshops["trainer"].isin(unpriced) & workshops["cost"].isna(), NO_PRICE)
    return found.mask(workshops["trainer"] == "", NO_TRAINER)


def match(competences: list[str], workshops: pd.DataFrame, rules: TrainingRules) -> pd.DataFrame:
    """Hold competences against a catalogue.

    Parameters
    ----------
    competences : list of str
        What is needed.
    workshops : pandas.DataFrame
        The catalogue (:func:`read_catalogue`); refused rows count as absent.
    rules : TrainingRules
        Kinds of trainers.

    Returns
    -------
    pandas.DataFrame
        ``competence standing workshops``: the best standing of a workshop about it, and the names of those workshops.
    """
    legal = workshops[workshops["refused"] == ""]
    own = legal.assign(standing=standing(legal, rules))
    rows = []
    for competence in competences:
        about = own[own["competence"] == competence]
        best = next((one for one in (COVERED, NO_TRAINER, NO_PRICE) if (about["standing"] == one).any()), NO_WORKSHOP)
        names = about.loc[about["standing"] == best, "workshop"]
        rows.append((competence, best, "; ".join(names)))
    return pd.DataFrame(rows, columns=["competence", "standing", "workshops"], dtype="str")
