"""The form as an XLSForm, which KoboToolbox and ODK take as it is.

Our ids are the names of the columns that come back: a question is one column, and the percentages of ``shares`` are
``<question>__<code>``. Beside them come back only :func:`helpers`. Nothing else is gathered: neither device, user, phone
nor place, though the format offers them; how long an answer took is worked out from ``start`` and ``end``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import babel
import openpyxl

from ..errors import CompendiumError
from ..paths import shown
from ..reading import write_atomically
from ..study.codebook import form_version
from ..study.platform_names import refusal
from ..study.questionnaire import Questionnaire
from ..study.questions import Condition, Question
from ..study.study import Study
from . import expressions
from .archive import steady
from .outline import (
    Block,
    Part,
    Words,
    choices,
    gates,
    is_long,
    is_whole,
    legal_range,
    open_form,
    open_words,
    own_conditions,
    parts,
    unit_word,
)

META: Final = ("start", "end", "today")
VERSION: Final = "form_version"
END: Final = "form_ends_here"
WIDEST_SCALE, LONGEST_WORD = 6, 12
"""More answers side by side, or longer words in them, do not fit a phone."""

Row = dict[str, str]


def write(study: Study, country: str, wave: str, languages: Iterable[str], folder: Path) -> list[Path]:
    """Write the form of a country and wave as an XLSForm.

    Parameters
    ----------
    study : Study
        The study.
    country, wave : str
        Whose form.
    languages : iterable of str
        Languages of the form; the first is the one it opens in.
    folder : Path
        Where to.

    Returns
    -------
    list of Path
        The one file: sheets ``survey``, ``choices`` and ``settings``; the same form gives the same bytes.

    Raises
    ------
    CompendiumError
        The study has no such form, it lacks a language or a wording, or an id or code cannot stand in an XLSForm.

    Notes
    -----
    Only consent and the question that says who is studied must be answered, whatever else may be left blank. Shares
    must add up to 100 in whatever order they are given, and count as 0 where they are blank: a constraint on one of
    them would see neither, so a note that must be "answered" and cannot be stands in the way while the sum is another.

    References
    ----------
    XLSForm specification, https://xlsform.org/en/; required notes that block: getodk/docs, issue 1760.
    """
    form = open_form(study, country, wave)
    texts = list(open_words(study, form, country, languages).values())
    survey = _survey(form, texts)
    version = form_version(form)
    names = [_language(words.t.language) for words in texts]
    settings = {
        "form_title": texts[0](study.title),
        "form_id": f"{study.id}_{country}_{wave}".replace("-", "_"),
        "version": version,
        "default_language": names[0],
        "style": "pages",
    }
    head = [{"type": name, "name": name} for name in META]
    head.append({"type": "calculate", "name": VERSION, "calculation": expressions.quoted(version)})
    path = folder / f"{form.id}_{country}_{wave}.xlsx"
    sheets = {"survey": [*head, *survey], "choices": _choices(form, texts), "settings": [settings]}
    _unique([row["name"] for row in sheets["survey"] if row.get("name")], path)
    write_atomically(path, _workbook(sheets))
    return [path]


def columns(form: Questionnaire) -> list[str]:
    """Return the columns in which the answers to a form come back, in order, without :func:`helpers`."""
    return [name for question in form.questions.values() for name in _columns(question)]


def helpers(form: Questionnaire) -> list[str]:
    """Return the columns that may come back beside the answers: when, which version, texts shown and sums."""
    shares = [question.id for question in form.questions.values() if question.type == "shares"]
    around = [f"{kind}_{name}" for name in shares for kind in ("hint", "total", "check")]
    return [*META, VERSION, *(f"intro_{module}" for module in form.modules), *form.notes, *around, END]


def _columns(question: Question) -> list[str]:
    return [f"{question.id}__{code}" for code in question.codes] if question.type == "shares" else [question.id]


def _survey(form: Questionnaire, texts: list[Words]) -> list[Row]:
    rows: list[Row] = []
    passed: list[Condition] = []
    for part in parts(form):
        rows += _part(form, part, passed, texts)
    if passed:
        ends = " or ".join(f"(${{{one.question}}} != '' and not({expressions.holds(form, one)}))" for one in passed)
        message = [words.t("Thank you. With this answer the form ends here; nothing else is asked.") for words in texts]
        rows.append({"type": "note", "name": END, "relevant": ends} | _in("label", texts, message))
    return rows


def _part(form: Questionnaire, part: Part, passed: list[Condition], texts: list[Words]) -> Iterable[Row]:
    """A module as one page; ``passed`` are the gates before it, and grows by those inside it."""
    module = part.module
    everyone = {population for question in form.shown(module.id) for population in question.populations}
    whole = [*passed, *part.when]
    if not part.when and form.cleaning.eligible and all(question.populations for question in form.shown(module.id)):
        whole.append(
            Condition(form.cleaning.eligible.question, tuple(everyone))
        )  # a page without questions is not shown
    titles = [words(module.title) for words in texts]
    yield _group(f"module_{module.id}", titles, texts, expressions.relevant(form, whole), "field-list")
    if module.intro:
        yield {"type": "note", "name": f"intro_{module.id}"} | _in(
            "label", texts, [words(module.intro) for words in texts]
        )
    inner: list[Condition] = []
    for stretch in part.stretches:
        for block in stretch.blocks:
            yield from _block(form, block, expressions.relevant(form, [*inner, *stretch.when]), texts)
            inner += [gate for name, gate in gates(form).items() if name == block.first.id]
    passed += inner
    yield {"type": "end_group"}


def _block(form: Questionnaire, block: Block, relevant: str, texts: list[Words]) -> Iterable[Row]:
    if len(block.questions) == 1:
        yield from _question(form, block.first, relevant, texts)
        return
    scale = block.first.scale
    assert scale is not None  # only items stand together
    yield _group(f"items_{block.first.id}", [""] * len(texts), texts, relevant)
    for question in block.questions:
        yield from _question(form, question, expressions.relevant(form, own_conditions(form, block, question)), texts)
    yield {"type": "end_group"}


def _question(form: Questionnaire, question: Question, relevant: str, texts: list[Words]) -> Iterable[Row]:
    if question.type == "shares":
        yield from _shares(question, relevant, texts)
        return
    row: Row = {"type": _type(question), "name": question.id, "relevant": relevant}
    row |= _in("label", texts, [words(question.text) for words in texts])
    row |= _in("hint", texts, [_hint(question, words) for words in texts])
    constraint = expressions.constraint(question)
    if constraint:
        row["constraint"] = constraint
        row |= _in("constraint_message", texts, [_complaint(question, words) for words in texts])
    if question.id in gates(form):
        row["required"] = "yes"
        row |= _in("required_message", texts, [words.t("Please answer this question to go on.") for words in texts])
    if question.scale and _fits_side_by_side(question, texts):
        row["appearance"] = "likert"
    if question.type == "text" and is_long(question):
        row["appearance"] = "multiline"
    yield row


def _shares(question: Question, relevant: str, texts: list[Words]) -> Iterable[Row]:
    names = _columns(question)
    total = f"total_{question.id}"
    yield _group(f"shares_{question.id}", [words(question.text) for words in texts], texts, relevant)
    hints = [" ".join(filter(None, (words(question.help), _sum_rule(words)))) for words in texts]
    yield {"type": "note", "name": f"hint_{question.id}"} | _in("label", texts, hints)
    for name, label in zip(names, question.options.values(), strict=True):
        row = {"type": "integer", "name": name, "constraint": ". >= 0 and . <= 100"}
        row |= _in("label", texts, [f"{words(label)} (%)" for words in texts])
        messages = [words.t("A number from {low} to {high}.", low="0", high="100") for words in texts]
        yield row | _in("constraint_message", texts, messages)
    added = " + ".join(f"coalesce(${{{name}}}, 0)" for name in names)
    yield {"type": "calculate", "name": total, "calculation": added}
    begun = " or ".join(f"${{{name}}} != ''" for name in names)
    check = {"type": "note", "name": f"check_{question.id}", "required": "yes"}
    check["relevant"] = f"({begun}) and ${{{total}}} != 100"
    messages = [words.t("The shares add up to {total} %, not yet to 100 %.", total=f"${{{total}}}") for words in texts]
    check |= _in("label", texts, messages)
    yield check | _in("required_message", texts, [_sum_rule(words) for words in texts])
    yield {"type": "end_group"}


def _sum_rule(words: Words) -> str:
    return words.t("The shares must add up to 100 %; a blank counts as 0.")


def _type(question: Question) -> str:
    match question.type:
        case "single":
            return f"select_one {question.id}"
        case "multiple":
            return f"select_multiple {question.id}"
        case "item":
            assert question.scale is not None
            return f"select_one {_scale_list(question)}"
        case "number":
            return "integer" if is_whole(question) else "decimal"
        case _:
            return question.type  # text and note are called so here too


def _scale_list(question: Question) -> str:
    """One list a scale; items that take a refusal have one of their own."""
    assert question.scale is not None
    return f"scale_{question.scale.id}" + (f"_{refusal(question)}" if refusal(question) else "")


def _hint(question: Question, words: Words) -> str:
    said = [words(question.help)]
    if question.type == "multiple":
        said.append(words.t("Several answers are possible."))
    if question.type == "number":
        unit = unit_word(question.unit, words.t)
        said.append(f"({unit})" if unit else "")
        said.append(words.t("You may leave this blank.") if question.non_answers else "")
    return " ".join(filter(None, said))


def _complaint(question: Question, words: Words) -> str:
    if question.type == "number":
        return legal_range(question, words.t)
    offered = dict(choices(question, words))
    labels = [words.t("“{answer}”", answer=offered[code]) for code in expressions.standing_alone(question)]
    return words.t("Nothing else can be chosen beside {answers}.", answers=words.t.join(labels))


def _fits_side_by_side(question: Question, texts: list[Words]) -> bool:
    labels = [label for words in texts for _, label in choices(question, words)]
    longest = max(len(word) for label in labels for word in label.split())
    return len(labels) <= WIDEST_SCALE * len(texts) and longest <= LONGEST_WORD


def _choices(form: Questionnaire, texts: list[Words]) -> list[Row]:
    lists: dict[str, list[Row]] = {}
    for question in form.questions.values():
        if question.type not in ("single", "multiple", "item"):
            continue
        name = _type(question).split(" ")[1]
        by_language = [choices(question, words) for words in texts]
        lists[name] = [
            {"list_name": name, "name": _code(question, code)}
            | _in("label", texts, [offered[position][1] for offered in by_language])
            for position, (code, _) in enumerate(by_language[0])
        ]
    return [row for rows in lists.values() for row in rows]


def _code(question: Question, code: str) -> str:
    if any(sign.isspace() for sign in code):
        raise CompendiumError(
            f"{question.id}: the code {code!r} cannot stand in an XLSForm; legal are codes without blank"
        )
    return code


def _group(name: str, labels: list[str], texts: list[Words], relevant: str, appearance: str = "") -> Row:
    return {"type": "begin_group", "name": name, "relevant": relevant, "appearance": appearance} | _in(
        "label", texts, labels
    )


def _in(column: str, texts: list[Words], values: list[str]) -> Row:
    """The cells of one column in every language, such as ``label::English (en)``."""
    return {f"{column}::{_language(words.t.language)}": value for words, value in zip(texts, values, strict=True)}


def _language(code: str) -> str:
    return f"{(babel.Locale(code).get_display_name() or code).capitalize()} ({code})"


def _unique(names: list[str], path: Path) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise CompendiumError(
            f"{shown(path)}: the name {twice[0]!r} would stand twice in the form; rename that question"
        )


def _workbook(sheets: Mapping[str, list[Row]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        header = list(dict.fromkeys(key for row in rows for key, value in row.items() if value))
        for line, row in enumerate([dict(zip(header, header, strict=True)), *rows], start=1):
            for column, key in enumerate(header, start=1):
                if row.get(key):
                    cell = sheet.cell(line, column)
                    cell.value = row[key]
                    cell.data_type = "s"  # a text that begins with = is no formula
        sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return steady(buffer.getvalue())
