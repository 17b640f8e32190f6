"""The form as a LimeSurvey survey structure: tab-separated text that its import takes (Surveys > Import, ``.txt``).

One group a module, one question or table of items after the other, every row once a language. Names and codes are those
of :mod:`compendium.study.platform_names`, so that the answers come back without a crosswalk.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..reading import write_atomically
from ..study.codebook import form_version
from ..study.platform_names import CHECKED, VERSION, Array, Names, limesurvey, offered
from ..study.questionnaire import Questionnaire
from ..study.questions import Condition, Module, Question, Text
from ..study.study import Study
from ..text import spaced
from .limesurvey_settings import Row, language_settings, settings, shown_as_is
from .outline import Words, conditions, gates, is_long, is_whole, open_form, open_words, unit_word

COLUMNS: Final = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "encrypted", "other", "default", "same_default", "same_script",
)  # fmt: skip
ATTRIBUTES: Final = (
    "display_columns", "equals_num_value", "equation", "exclude_all_others", "hidden", "max_num_value_n", "min_num_value_n",
    "num_value_int_only", "suffix", "value_range_allows_missing",
)  # fmt: skip
ALWAYS: Final = "1"
TYPES: Final = {"single": "L", "item": "L", "multiple": "M", "number": "N", "shares": "K", "note": "X"}


@dataclass(frozen=True)
class _Form:
    """A form with its names, and its texts in one language."""

    form: Questionnaire
    names: Names
    words: Words
    is_base: bool


def write(study: Study, country: str, wave: str, languages: Iterable[str], folder: Path) -> list[Path]:
    """Write the form of a country and wave as a LimeSurvey survey structure.

    Parameters
    ----------
    study : Study
        The study.
    country, wave : str
        Whose form.
    languages : iterable of str
        Languages of the survey; the first is its base language.
    folder : Path
        Where to.

    Returns
    -------
    list of Path
        The one file, UTF-8 with a byte order mark as LimeSurvey writes it; the same form gives the same bytes.

    Raises
    ------
    CompendiumError
        The study has no such form, or it lacks a language or the wording of an instrument.

    Notes
    -----
    Only consent and the question that says who is studied must be answered. Whoever does not consent, or is not studied,
    comes to the end at once: every later group asks for these answers. Shares may be left blank as a whole, otherwise
    they must add up to 100. Attributes that have no language stand in the rows of the base language only, as in
    LimeSurvey's own exports: repeated, they would be imported twice. Quotas are set by hand.

    References
    ----------
    LimeSurvey manual, "Tab Separated Value survey structure" and "ExpressionScript"; ``TSVImportSurvey`` and
    ``tsvSurveyExport`` in LimeSurvey's source.
    """
    form = open_form(study, country, wave)
    texts = list(open_words(study, form, country, languages).values())
    names = limesurvey(form)
    rows = [*settings(study, country, wave, texts)]
    for words in texts:
        rows += language_settings(study, country, wave, words)
    for words in texts:
        rows += _questions(_Form(form, names, words, is_base=words is texts[0]))
    path = folder / f"{form.id}_{country}_{wave}_limesurvey.txt"
    write_atomically(path, _tsv(rows))
    return [path]


def _questions(form: _Form) -> Iterator[Row]:
    passed: list[Condition] = []
    for number, module in enumerate(form.form.modules.values(), start=1):
        shown = form.form.shown(module.id)
        common = [one for one in conditions(form.form, shown[0]) if _is_common(form.form, one, shown)] if shown else []
        whole = list(dict.fromkeys([*passed, *common]))
        yield _group(form, module, number, whole)
        if number == 1:
            yield _version(form)
        inner: list[Condition] = []
        arrays: set[str] = set()
        for question in shown:
            array = form.names.array_of(question.id)
            if array is not None and array.code in arrays:
                continue  # it stands in the table already
            arrays |= {array.code} if array else set()
            route = [one for one in (*inner, *conditions(form.form, question)) if one not in whole]
            yield from _array(form, array, route) if array else _question(form, question, route)
            inner += [gate for name, gate in gates(form.form).items() if name == question.id]
        passed += inner


def _is_common(form: Questionnaire, one: Condition, shown: list[Question]) -> bool:
    """A group may only ask for what every question in it asks for, and what was answered before it."""
    inside = {question.id for question in shown}
    return one.question not in inside and all(one in conditions(form, question) for question in shown)


def _group(form: _Form, module: Module, number: int, route: list[Condition]) -> Row:
    return _text_row(form, "G", str(number), form.words(module.title), _relevance(form, route)) | {
        "text": _said(form, module.intro)
    }


def _version(form: _Form) -> Row:
    version = form_version(form.form)
    attributes = {"equation": version, "hidden": "1"} if form.is_base else {}
    return _row(form, "*", VERSION, [], version) | attributes


def _array(form: _Form, array: Array, route: list[Condition]) -> Iterator[Row]:
    items = [form.form.questions[name] for name in array.items]
    yield _row(form, "F", array.code, route, shown_as_is(form.words.t("Please tick one answer in each line.")))
    for item in items:
        text = " ".join(filter(None, (_said(form, item.text), _said(form, item.help))))
        yield _text_row(form, "SQ", "0", form.names.questions[item.id], ALWAYS) | {"text": text}
    yield from _answers(form, items[0])


def _question(form: _Form, question: Question, route: list[Condition]) -> Iterator[Row]:
    kind = TYPES.get(question.type) or ("T" if is_long(question) else "S")
    row = _row(form, kind, form.names.questions[question.id], route, _said(form, question.text))
    row["help"] = _said(form, question.help)
    if question.type == "number" and question.non_answers:
        row["help"] = f"{row['help']} {shown_as_is(form.words.t('You may leave this blank.'))}".strip()
    if question.id in gates(form.form):
        row["mandatory"] = "Y"
    row |= _attributes(form, question)
    yield row
    if question.id in form.names.rowed:
        for code in offered(question):
            row_name = form.names.codes[question.id][code]
            yield _text_row(form, "SQ", "0", row_name, ALWAYS) | {"text": _label(form, question, code)}
    elif question.codes:
        yield from _answers(form, question)


def _answers(form: _Form, question: Question) -> Iterator[Row]:
    for code, theirs in form.names.codes[question.id].items():
        yield _text_row(form, "A", "0", theirs) | {"text": _label(form, question, code)}


def _attributes(form: _Form, question: Question) -> Row:
    unit = {"number": question.unit, "shares": "pct"}.get(question.type, "")
    suffix = {"suffix": shown_as_is(unit_word(unit, form.words.t))} if unit else {}
    if not form.is_base:
        return suffix
    if question.type == "item":
        return {"display_columns": str(len(question.codes))}  # side by side, as in a table; phones stack them
    if question.type == "multiple":
        alone = [code for code in offered(question) if code in question.exclusive or code not in question.options]
        return {"exclude_all_others": ";".join(form.names.codes[question.id][code] for code in alone)}
    if question.type == "shares":
        return suffix | {
            "equals_num_value": "100",
            "min_num_value_n": "0",
            "max_num_value_n": "100",
            "num_value_int_only": "1",
            "value_range_allows_missing": "1",
        }
    if question.type == "number":
        return suffix | {
            "min_num_value_n": _plain(question.minimum),
            "max_num_value_n": _plain(question.maximum),
            "num_value_int_only": "1" if is_whole(question) else "0",
        }
    return {}


def _relevance(form: _Form, route: Iterable[Condition]) -> str:
    """Write conditions, all of which must hold, in LimeSurvey's expression language."""
    wanted = list(dict.fromkeys(route))
    needed = [one for one in wanted if not any(_says_more(other, one) for other in wanted)]
    return " and ".join(f"({_holds(form, one)})" for one in needed) or ALWAYS


def _says_more(other: Condition, one: Condition) -> bool:
    """Whoever meets the other condition meets this one too."""
    return other.question == one.question and other.codes != () and set(other.codes) < set(one.codes)


def _holds(form: _Form, condition: Condition) -> str:
    name = condition.question
    if condition.above is not None:
        return f"{_variable(form, name)} > {_plain(condition.above)}"
    if name in form.names.rowed:
        return " or ".join(f'{_variable(form, name, code)} == "{CHECKED}"' for code in condition.codes)
    codes = form.names.codes[name]
    return " or ".join(f'{_variable(form, name)} == "{codes[code]}"' for code in condition.codes)


def _variable(form: _Form, question: str, code: str = "") -> str:
    """``NAOK``: an answer that was not given is an empty one, and no reason to give up on the whole expression."""
    return "_".join(filter(None, form.names.parts(question, code))) + ".NAOK"


def _row(form: _Form, kind: str, name: str, route: list[Condition], text: str) -> Row:
    return _text_row(form, "Q", kind, name, _relevance(form, route)) | {
        "text": text,
        "mandatory": "N",
        "encrypted": "N",
        "other": "N",
        "same_default": "1",
        "same_script": "0",
    }


def _text_row(form: _Form, kind: str, scale: str, name: str, relevance: str = "") -> Row:
    return {
        "class": kind,
        "type/scale": scale,
        "name": name,
        "relevance": relevance,
        "language": form.words.t.language,
    }


def _said(form: _Form, text: Text) -> str:
    return spaced(shown_as_is(form.words(text)), form.words.t.language)


def _label(form: _Form, question: Question, code: str) -> str:
    label = question.labels.get(code)
    return shown_as_is(form.words(label) if label else form.words.t("I prefer not to say"))


def _plain(number: float) -> str:
    return f"{number:.15g}" if math.isfinite(number) else ""


def _tsv(rows: Iterable[Row]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(
        buffer, [*COLUMNS, *ATTRIBUTES], restval="", delimiter="\t", lineterminator="\n", extrasaction="raise"
    )
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")
