"""What is missing among the answers: by module and question, where people stop, and which gaps go together."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..study.questionnaire import Questionnaire
from ..study.routing import asked

Row = dict[str, Any]
TOGETHER = "+"
"""Between the modules of a pattern of gaps."""
COMPLETE = "complete"
SHOWN_PATTERNS = 10
LEFT_EMPTY = "left_empty"
SILENT = "silent_"


def gaps(kept: pd.DataFrame, begun: pd.DataFrame, questionnaire: Questionnaire) -> Iterator[Row]:
    """Describe what is missing.

    Parameters
    ----------
    kept : pandas.DataFrame
        The answers that are kept, put right.
    begun : pandas.DataFrame
        All answers of persons who agreed and belong to a population studied, those that were broken off included.
    questionnaire : Questionnaire
        What was asked of whom.

    Yields
    ------
    dict
        Rows of results: ``missing`` and ``not_applicable`` (mean share of the questions asked, in %, by ``module``),
        ``nonresponse`` (share of the kept who were asked and gave no answer, in %, by ``question``), ``left_empty`` (mean
        share of the questions asked, in %) and ``silent_<measure>`` (share of a population asked who answered no question
        of an outcome, agreed to be asked or not), both by the first variable that persons are grouped by, ``reached`` (share
        of the begun answers that hold an answer in this module or a later one, in %, by ``module``) and ``pattern``
        (number of the kept with gaps in just these modules, the most frequent first).

    Notes
    -----
    That an answer is absent tells nothing about a person, so the shares here are held to the smallest number of persons
    that they rest on, not to the smallest number counted; patterns are counts of persons, and who is
    silent on an outcome may have refused to be asked about health: these are held to both.
    """
    questions = [name for name, one in questionnaire.questions.items() if one.type != "text"]
    applies = pd.DataFrame({name: asked(kept, questionnaire, name) for name in questions}, index=kept.index)
    empty = kept[questions].isna() & applies
    modules = {
        module: [name for name in names if name in applies]
        for module, names in questionnaire.questions_by_module().items()
    }
    modules = {module: names for module, names in modules.items() if names}
    for module, names in modules.items():
        yield from _by_module(kept, module, names, applies, empty, questionnaire)
    for name in questions:
        n = int(applies[name].sum())
        if n:
            yield _share("nonresponse", "question", name, 100 * float(empty[name].sum()) / n, n, "share of persons")
    for variable in [name for name in questionnaire.groups if name in kept][:1]:
        yield from by_group(kept, variable, applies, empty, questionnaire)
    yield from _reached(begun, modules, questionnaire)
    yield from _patterns(empty, modules)


def _by_module(
    kept: pd.DataFrame,
    module: str,
    names: list[str],
    applies: pd.DataFrame,
    empty: pd.DataFrame,
    questionnaire: Questionnaire,
) -> Iterator[Row]:
    number = applies[names].sum(axis=1).where(applies[names].sum(axis=1) > 0)
    if not number.notna().any():
        return
    without = pd.DataFrame({name: kept[name] == questionnaire.questions[name].not_applicable for name in names})
    for indicator, cells in (("missing", empty[names]), ("not_applicable", without & applies[names])):
        share = 100 * cells.sum(axis=1) / number
        yield _share(indicator, "module", module, float(share.mean()), int(share.notna().sum()), "mean of persons")


def by_group(
    kept: pd.DataFrame, variable: str, applies: pd.DataFrame, empty: pd.DataFrame, questionnaire: Questionnaire
) -> Iterator[Row]:
    """Who leaves questions empty, and of whom an outcome is not known at all."""
    share = 100 * empty.sum(axis=1) / applies.sum(axis=1)
    shares = {LEFT_EMPTY: (share, "mean of persons")}
    eligible = questionnaire.cleaning.eligible
    for outcome in questionnaire.analysis.outcomes.values():
        items = list(questionnaire.measures[outcome].items)
        silent = 100.0 * kept[items].isna().all(axis=1)
        put_to = {one for item in items for one in questionnaire.questions[item].populations}
        if put_to and eligible is not None:
            silent = silent.where(kept[eligible.question].isin(put_to))
        shares[SILENT + outcome] = (silent, "share")
    for indicator, (values, method) in shares.items():
        for group in questionnaire.codes(variable):
            inside = values[(kept[variable] == group) & values.notna()]
            if len(inside):
                yield _share(indicator, variable, group, float(inside.mean()), len(inside), method)


def _reached(begun: pd.DataFrame, modules: dict[str, list[str]], questionnaire: Questionnaire) -> Iterator[Row]:
    """Who still answers in a module or after it, among those whom something is asked there."""
    still = pd.Series(False, index=begun.index)
    found = []
    for module, names in reversed(modules.items()):
        still = still | begun[names].notna().any(axis=1)
        wanted = pd.DataFrame({name: asked(begun, questionnaire, name) for name in names}).any(axis=1)
        if wanted.any():
            found.append((module, 100 * float(still[wanted].mean()), int(wanted.sum())))
    for module, share, n in reversed(found):
        yield _share("reached", "module", module, share, n, "share of persons") | {"population": "begun"}


def _patterns(empty: pd.DataFrame, modules: dict[str, list[str]]) -> Iterator[Row]:
    """Which modules have gaps together, person by person."""
    holes = pd.DataFrame({module: empty[names].any(axis=1) for module, names in modules.items()})
    counted = Counter(
        TOGETHER.join(module for module, hole in zip(holes.columns, row, strict=True) if hole) or COMPLETE
        for row in holes.itertuples(index=False)
    )
    ranked = sorted(counted.items(), key=lambda pattern: (-pattern[1], pattern[0]))
    for pattern, count in ranked[:SHOWN_PATTERNS]:
        yield {
            "indicator": "pattern",
            "group_by": "modules",
            "group": pattern,
            "estimate": float(count),
            "n": float(len(empty)),
            "unit": "respondents",
            "method": "count",
            "population": "kept",
        }


def _share(indicator: str, by: str, group: str, estimate: float, n: int, method: str) -> Row:
    return {
        "indicator": indicator,
        "group_by": by,
        "group": group,
        "estimate": estimate,
        "n": float(n),
        "unit": "%",
        "method": method,
        "population": "kept",
    }
