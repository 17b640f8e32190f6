"""Rows of results on warning signs: how well each tells groups that are cases from others, and whether that can be told."""

import math
from collections.abc import Iterator, Mapping
from itertools import groupby

import pandas as pd

from ...intervals import holm
from ...persons import Row, not_measured
from ...study.questionnaire import Questionnaire
from .groups import Pairing, group_variables, pairings
from .held_out import accuracy, balance, best_cutoff, held_out, middle_cutoff
from .rules import NOT_ASKED, Outcome, Rules, Sign, asked, check_apart, measured

HELD_OUT, SAME_DATA = "held out", "same data"
CUTOFF, BALANCE = "cut-off", "balance"
GROUPS = "groups"
TOO_FEW = "too few groups"
"""Method of a row that says that no sensitivity is printed; its estimate is the number of groups there are."""


def warning_rows(
    waves: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, rules: Rules, least: int, seed: int
) -> Iterator[Row]:
    """Yield, for each outcome and kind of group, how well every sign warns of it.

    Parameters
    ----------
    waves : mapping of str to pandas.DataFrame
        Clean answers by wave, in the order of time; the last is that of the page.
    questionnaire : Questionnaire
        Holds the measures.
    rules : Rules
        Signs, outcomes and least numbers.
    least : int
        Persons a group must have to be counted.
    seed : int
        Seed of the dealing out of organisations.

    Yields
    ------
    dict
        ``indicator`` the sign's measure, ``group_by`` the question that makes groups, ``group`` the outcome, ``estimand`` the
        quantity, ``method`` :data:`HELD_OUT` or :data:`SAME_DATA`, ``n`` the number of groups, ``caveat`` the timing. Where there are
        too few groups, one row a kind of group and outcome (``method`` :data:`TOO_FEW`, ``estimate`` the number of groups).
    """
    last = waves[list(waves)[-1]]
    signs = [sign for sign in rules.signs if measured(questionnaire, last, sign)]
    for outcome in rules.outcomes:
        if not asked(last, outcome):
            yield not_measured(outcome.id, NOT_ASKED)
            continue
        for sign in signs:
            check_apart(sign, outcome, questionnaire)
        if not signs:
            yield not_measured(outcome.id, "no warning sign is measured")
        elif not group_variables(last, questionnaire):
            yield not_measured(outcome.id, "nobody said to which group they belong")
        else:
            asking = {wave: answers for wave, answers in waves.items() if asked(answers, outcome)}
            yield from _of_outcome(asking, questionnaire, rules, outcome, signs, least, seed)


def _of_outcome(
    waves: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    rules: Rules,
    outcome: Outcome,
    signs: list[Sign],
    least: int,
    seed: int,
) -> Iterator[Row]:
    for variable, found in groupby(pairings(waves, questionnaire, outcome, signs, least), key=lambda one: one[0]):
        where = {"group_by": variable, "group": outcome.id}
        told: list[Row] = []
        reasons: list[Row] = []
        for _, sign, pairing in found:
            reason = too_few(pairing, rules)
            about = where | {"caveat": pairing.timing}
            if reason:
                reasons.append(_refusal(pairing, reason) | about | {"indicator": sign.measure})
                continue
            told += [] if told else [row | about for row in _counts(pairing)]
            told += [about | row | {"indicator": sign.measure} for row in rows_of(pairing, rules, seed)]
        if told:
            yield from [*_adjusted(told), *reasons]
        else:  # the groups are much the same for all signs: the one with most of them speaks for all
            yield max(reasons, key=lambda row: float(row["estimate"])) | {"indicator": GROUPS}


def _adjusted(rows: list[Row]) -> list[Row]:
    """Adjust the p values of the balances for the number of signs held against one outcome."""
    tested = [row for row in rows if not math.isnan(row.get("p_adjusted", math.nan))]
    for row, p in zip(tested, holm([row["p_adjusted"] for row in tested]), strict=True):
        row["p_adjusted"] = float(p)
    return rows


def _refusal(found: Pairing, reason: str) -> Row:
    return {
        "method": TOO_FEW,
        "estimate": float(len(found.frame)),
        "n": float(found.frame["persons"].sum()),
        "unit": GROUPS,
        "comparable": "no",
        "reason": reason,
    }


def too_few(found: Pairing, rules: Rules) -> str:
    """Say why no sensitivity can be printed, or nothing where it can."""
    n, cases = len(found.frame), int(found.frame["case"].sum())
    if n < rules.least_groups:
        return "fewer groups than the least number fixed beforehand"
    if min(cases, n - cases) < rules.least_cases:
        return "too few groups are cases, or too few are not"
    if found.frame["organisation"].nunique() < rules.least_cases:
        return "the groups belong to too few organisations"
    return ""


def rows_of(found: Pairing, rules: Rules, seed: int) -> Iterator[Row]:
    """Yield the held-out numbers of one sign, those of the best cut-off on the same data, and the cut-off from all groups."""
    frame = found.frame
    values, cases, organisations = (frame[name].to_numpy() for name in ("sign", "case", "organisation"))
    judged = held_out(values, cases, organisations, repeats=rules.repeats, folds=rules.folds, seed=seed)
    usual = (values >= best_cutoff(values, cases)).astype(float)
    for method, flagged in ((HELD_OUT, judged.flagged), (SAME_DATA, usual)):
        p = balance(flagged, cases, organisations).p if method == HELD_OUT else float("nan")
        for estimand, result in accuracy(flagged, cases, organisations):
            percent = {"estimate": 100 * result.estimate, "ci_low": 100 * result.low, "ci_high": 100 * result.high}
            yield {
                **percent,
                "n": float(result.n),
                "n_effective": result.n_effective,
                "estimand": estimand,
                "method": method,
                "p_adjusted": p if estimand == BALANCE else float("nan"),
                "unit": "points" if estimand == BALANCE else "%",
            }
    yield {
        "estimate": middle_cutoff(values, cases),
        "n": float(len(frame)),
        "estimand": CUTOFF,
        "method": CUTOFF,
        "unit": "points of 100",
    }


def _counts(found: Pairing) -> Iterator[Row]:
    frame = found.frame
    counts = {"groups": len(frame), "cases": int(frame["case"].sum()), "left out": found.left_out}
    for estimand, count in counts.items():
        yield {
            "indicator": GROUPS,
            "method": "number of groups",
            "estimand": estimand,
            "estimate": float(count),
            "n": float(frame["persons"].sum()),
            "unit": GROUPS,
        }
