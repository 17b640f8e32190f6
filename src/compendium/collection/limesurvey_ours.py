"""Our own form comes back from LimeSurvey: its headings and answers become our names and codes, without a crosswalk."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from .. import text as texts
from ..errors import AnswersError
from ..paths import shown
from ..study.platform_names import VERSION, Names, limesurvey, offered
from ..study.questionnaire import Questionnaire
from ..study.questions import Question
from ..study.routing import SEPARATOR
from . import versions
from .matching import ABOUT
from .received import Received, plain, words

Target = tuple[str, str]
"""Our question, and our code where a column holds one option only."""
_LEAST = 0.5
"""Share of the columns of our form from which an export is taken for one of it."""
_VERSION = re.compile(r"\S+ \S+ [0-9a-f]{16}")
"""Wording of the hidden question that brings back the version: the version itself."""


def restored(received: Received, form: Questionnaire, system: Iterable[str], path: Path) -> Received:
    """Give an export of our own form our names and codes.

    Parameters
    ----------
    received : Received
        What came.
    form : Questionnaire
        The form of the country and wave.
    system : iterable of str
        Columns that LimeSurvey adds by itself and that say nothing about a row of ours (its number, the last page ...).
    path : Path
        Where it was read, for messages.

    Returns
    -------
    Received
        Columns ``question``, or ``question__code`` for an option or share; cells are our codes. An export of another
        survey comes back as it is. The record says how many columns were ours, and which were left aside.

    Raises
    ------
    AnswersError
        Two columns hold the same answer, or a label means different codes in two languages.

    Notes
    -----
    A cell that is neither a code nor a label stays as it is, so that whoever reads on names it. "N/A" stands for a
    question that was not shown; where it is no label of the form it becomes an empty cell, and is counted.
    """
    names = limesurvey(form)
    version = [column for column in received.table if plain(column) == VERSION or _VERSION.fullmatch(column)]
    targets = _targets(received, form, names, by_wording=bool(version))
    if not version and len(targets) < _LEAST * len(names.columns()):
        return received
    _once(targets, path)
    notes = {names.questions[name] for name in form.notes if name in names.questions}
    # Texts that are only shown have a column too, without any answer.
    shown_only = [column for column, cells in received.table.items() if column in notes or (cells == "").all()]
    aside = [column for column in (*shown_only, *system) if column not in targets and column not in ABOUT]
    not_shown = 0
    columns: dict[str, pd.Series] = {}
    languages = {language for question in form.questions.values() for language in question.text}
    for column in received.table:
        if column in aside:
            continue
        cells = received.table[column]
        if column in targets:
            name, code = targets[column]
            cells, hidden = _shown(cells, form.questions[name], languages)
            not_shown += hidden
            cells = _answers(cells, form.questions[name], code, names, languages, path)
            columns[f"{name}__{code}" if code else name] = cells
        else:
            columns[versions.VERSION if column in version else column] = cells
    record = {**received.record, "columns of our form": f"{len(targets)} of {len(names.columns())}"}
    if aside:
        counted = (f"{column} ({int((received.table[column] != '').sum())} filled)" for column in dict.fromkeys(aside))
        record["left aside"] = SEPARATOR.join([*filter(None, [record.get("left aside", "")]), *counted])
    if not_shown:
        record["cells that say the question was not shown"] = str(not_shown)
    return replace(received, table=pd.DataFrame(columns), wordings={}, meanings={}, user_missing={}, record=record)


def _targets(received: Received, form: Questionnaire, names: Names, *, by_wording: bool) -> dict[str, Target]:
    """Return column -> our question and code, by LimeSurvey's name or, where headings are questions, by wording.

    Wordings alone make no form ours: others may ask in the same words, and mean other numbers by their answers.
    """
    by_name = {_squeezed(heading): target for heading, target in names.columns().items()}
    found = {column: by_name[key] for column in received.table if (key := _squeezed(column)) in by_name}
    if len(found) >= _LEAST * len(by_name) or not by_wording:
        return found
    by_text = _by_text(form, names)
    for column in received.table:
        targets = {target for key in _keys(column) for target in by_text.get(key, ())}
        if len(targets) == 1:
            found[column] = targets.pop()
    return found


def _squeezed(heading: str) -> str:
    """``Q1[SQ001]``, ``Q1 [SQ001]`` and ``Q1_SQ001`` are the same: our names have letters and digits only."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


def _by_text(form: Questionnaire, names: Names) -> dict[tuple[str, str], set[Target]]:
    """Return (wording, wording of the row) -> our question and code; of an array, the wording of the row says all."""
    found: dict[tuple[str, str], set[Target]] = {}
    for question in form.questions.values():
        for language, wording in question.text.items():
            if question.id in names.rowed:
                for code in offered(question):
                    label = plain(_label(question, code, language))
                    found.setdefault((plain(wording), label), set()).add((question.id, code))
            elif names.array_of(question.id) is not None:
                # In a table the hint stands behind the item.
                for row in {wording, f"{wording} {question.help.get(language, '')}"}:
                    found.setdefault(("", plain(row)), set()).add((question.id, ""))
            else:
                found.setdefault((plain(wording), ""), set()).add((question.id, ""))
    return found


def _keys(column: str) -> list[tuple[str, str]]:
    """Return how a heading may be parted into question and row: at any opening bracket, where it ends with a closing one."""
    heading = re.sub(r" \(\d+\)$", "", column)
    keys = [(plain(heading), "")]
    if heading.endswith("]"):
        for match in re.finditer(r"\[", heading):
            row = plain(heading[match.end() : -1])
            keys += [(plain(heading[: match.start()]), row), ("", row)]
    return keys


def _label(question: Question, code: str, language: str) -> str:
    label = question.labels.get(code)
    return label.get(language, "") if label else texts.load(language)("I prefer not to say")


def _once(targets: Mapping[str, Target], path: Path) -> None:
    seen: dict[Target, str] = {}
    for column, target in targets.items():
        if target in seen:
            raise AnswersError(
                f"{shown(path)}: the columns {seen[target]!r} and {column!r} both hold {' '.join(target).strip()!r}; one is legal"
            )
        seen[target] = column


def _shown(cells: pd.Series, question: Question, languages: Iterable[str]) -> tuple[pd.Series, int]:
    """Empty the cells that say that the question was not shown; return how many."""
    said = {cell: word for cell in cells.unique() if (word := plain(cell)) in words()["limesurvey"]["not_shown"]}
    if not said:
        return cells, 0
    own = {plain(_label(question, code, language)) for code in offered(question) for language in languages}
    hidden = cells.isin([cell for cell, word in said.items() if word not in own])
    return cells.mask(hidden, ""), int(hidden.sum())


def _answers(
    cells: pd.Series, question: Question, code: str, names: Names, languages: Iterable[str], path: Path
) -> pd.Series:
    """Turn what LimeSurvey wrote into our codes; numbers lose the zeros that its database adds."""
    if question.type in ("number", "shares"):
        return cells.map({cell: _trimmed(cell) for cell in cells.unique()}).astype("str")
    if question.type == "text" or code:
        return cells
    different = cells.unique()
    stored = names.answers(question.id)
    found = {cell: stored[cell.strip()] for cell in different if cell.strip() in stored}
    if any(cell.strip() and cell not in found for cell in different):
        found = _by_label(different, question, languages, path) | found
    return cells.map({cell: found.get(cell, cell) for cell in different}).astype("str")


def _by_label(cells: Iterable[str], question: Question, languages: Iterable[str], path: Path) -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for language in languages:
        for code in offered(question):
            meant.setdefault(plain(_label(question, code, language)), set()).add(code)
    meant.pop("", None)
    found = {}
    for cell in cells:
        codes = meant.get(plain(cell), set())
        if len(codes) > 1:
            raise AnswersError(
                f"{shown(path)}, question {question.id!r}: {cell!r} means {' and '.join(sorted(codes))} in different languages; "
                "export the answers as codes"
            )
        if codes:
            found[cell] = next(iter(codes))
    return found


def _trimmed(cell: str) -> str:
    """``25.0000000000`` is 25: ten decimals are how LimeSurvey stores a number."""
    text = cell.strip()
    match = re.fullmatch(r"([+-]?\d*)[.,](\d{10})", text)
    if match is None:
        return cell
    decimals = match[2].rstrip("0")
    return f"{match[1] or '0'}.{decimals}" if decimals else match[1] or "0"
