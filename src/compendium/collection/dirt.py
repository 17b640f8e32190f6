"""Soil synthetic answers the way field work does, so that cleaning has something to find; used by :mod:`.synthetic`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..study.questionnaire import Questionnaire
from ..study.routing import SEPARATOR, SHARE
from .draw import roles

CLEAN = "clean"


def soil(
    table: pd.DataFrame, questionnaire: Questionnaire, shares: Mapping[str, Any], generator: np.random.Generator
) -> tuple[pd.DataFrame, pd.Series]:
    """Spoil declared shares of the rows, each row in one way at most, and add rows that are sent twice or not eligible.

    Parameters
    ----------
    table : pandas.DataFrame
        Good answers, all text; not changed.
    questionnaire : Questionnaire
        What may be answered, and which answers count.
    shares : Mapping
        The ``dirty`` part of the declared truth; shares are of the rows of ``table``.
    generator : numpy.random.Generator
        Source of every draw.

    Returns
    -------
    table : pandas.DataFrame
        The rows, soiled ones and added ones included.
    dirt : pandas.Series
        How each row was soiled: a key of ``shares`` or ``clean``. Stray values and spellings leave a row ``clean``,
        because the respondent stays.
    """
    table = table.copy()
    consent, eligible = roles(questionnaire)
    dirt = pd.Series(CLEAN, index=table.index, dtype=object)
    free = list(generator.permutation(len(table)))

    def take(kind: str) -> list[int]:
        count = round(float(shares[kind]) * len(dirt))
        rows = sorted(int(free.pop()) for _ in range(count))
        dirt.iloc[rows] = kind
        return rows

    refusing = [code for code in questionnaire.codes(consent.question) if code not in consent.codes]
    table.loc[take("withdrawn"), consent.question] = refusing[0]
    strangers = [code for code in questionnaire.codes(eligible.question) if code not in eligible.codes]
    _empty_after(table, take("ineligible"), questionnaire, eligible.question, strangers[0])
    for row in take("broken_off"):
        table.loc[[row], _after(questionnaire, generator)] = ""
    fastest = questionnaire.cleaning.fastest_minutes or 1.0
    for row in take("too_fast"):
        table.loc[[row], "duration_min"] = f"{generator.uniform(0.1, 0.9) * fastest:.1f}"
    for row in take("straight_line"):
        _straighten(table, row, questionnaire, generator)
    _spoil_values(table, questionnaire, shares, generator)
    twice = take("twice")
    again = table.loc[twice].copy()
    later = pd.to_datetime(again["submitted"]) + pd.to_timedelta(generator.integers(5, 4000, len(again)), unit="min")
    again["submitted"] = later.dt.strftime("%Y-%m-%dT%H:%M")
    # Half of them come back under the same code, half under a new one with the same answers.
    renamed = again.index[::2]
    again.loc[renamed, "respondent"] = again.loc[renamed, "respondent"] + "b"
    both = pd.concat([table, again], ignore_index=True)
    marks = pd.concat(
        [dirt.where(dirt != "twice", CLEAN), pd.Series("twice", index=again.index, dtype=object)], ignore_index=True
    )
    return both, marks


def _after(questionnaire: Questionnaire, generator: np.random.Generator) -> list[str]:
    """The questions after a point at which somebody gives up, within the first half of the form."""
    questions = list(questionnaire.questions)
    return questions[int(generator.integers(len(questions) // 8, len(questions) // 3)) :]


def _empty_after(table: pd.DataFrame, rows: list[int], questionnaire: Questionnaire, question: str, code: str) -> None:
    questions = list(questionnaire.questions)
    table.loc[rows, question] = code
    table.loc[table.index[rows], questions[questions.index(question) + 1 :]] = ""


def _straighten(table: pd.DataFrame, row: int, questionnaire: Questionnaire, generator: np.random.Generator) -> None:
    """Give the same answer throughout the modules in which that contradicts itself."""
    position = int(generator.integers(0, 99))
    for question in questionnaire.questions.values():
        if (
            question.module in questionnaire.cleaning.straight_line
            and question.scale is not None
            and table.loc[row, question.id] != ""
        ):
            table.loc[row, question.id] = question.scale.codes[position % len(question.scale.codes)]


def _spoil_values(
    table: pd.DataFrame, questionnaire: Questionnaire, shares: Mapping[str, Any], generator: np.random.Generator
) -> None:
    """Put numbers out of range and write codes the way people mistype them."""
    for question, values in shares["out_of_range"].items():
        hit = (generator.random(len(table)) < shares["out_of_range_share"]) & (table[question] != "").to_numpy()
        table.loc[hit, question] = generator.choice(np.array(values, dtype=object), int(hit.sum()))
    for limit in questionnaire.cleaning.impossible:
        if limit.when is None or limit.above is None:
            continue
        hit = (generator.random(len(table)) < shares["impossible_share"]) & table[limit.when.question].isin(
            limit.when.codes
        ).to_numpy()
        table.loc[hit, limit.question] = str(int(limit.above) + 5)
    for question in questionnaire.questions.values():
        if question.type == "shares":
            hit = (generator.random(len(table)) < shares["shares_off_share"]) & (table[question.id] != "").to_numpy()
            table.loc[hit, question.id] = [
                _off(cell, int(generator.choice(shares["shares_off"]))) for cell in table.loc[hit, question.id]
            ]
        if question.scale is None:
            continue
        ways = {
            code: [way for way, meant in question.scale.misspellings.items() if meant == code]
            for code in question.scale.codes
        }
        for code, spellings in ways.items():
            if spellings:
                hit = (generator.random(len(table)) < shares["misspelt_share"]) & (
                    table[question.id] == code
                ).to_numpy()
                table.loc[hit, question.id] = generator.choice(np.array(spellings, dtype=object), int(hit.sum()))


def _off(cell: str, by: int) -> str:
    """Percentages of which the largest is mistaken by so many points."""
    numbers = {code: int(number) for code, number in (part.split(SHARE) for part in cell.split(SEPARATOR))}
    largest = max(numbers, key=lambda code: numbers[code])
    numbers[largest] = max(numbers[largest] + by, 1)
    return SEPARATOR.join(f"{code}{SHARE}{number}" for code, number in numbers.items())
