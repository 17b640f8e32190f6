"""The codebook of a form, its fingerprint, and what differs between an earlier codebook and a form."""

import hashlib
import math
from typing import Final

import pandas as pd

from . import platform_names
from .questionnaire import Questionnaire
from .questions import Condition, Question, Text, in_language

MEANING: Final = (
    "question",
    "type",
    "code",
    "unit",
    "minimum",
    "maximum",
    "populations",
    "when",
    "exclusive",
    "value",
    "not_applicable",
    "refusal",
    "text_en",
    "help_en",
    "label_en",
)
"""Columns that say what an answer means; the fingerprint is taken over them."""
INTRO: Final = "intro"
"""Type of a row that holds the introduction of a module."""
YES: Final = "yes"


def codebook(form: Questionnaire) -> pd.DataFrame:
    """Return the codebook of a form.

    Parameters
    ----------
    form : Questionnaire
        The form of a country and wave (``study.form(country, wave)``).

    Returns
    -------
    pandas.DataFrame
        All text. One row a question and code; one row for a question without codes, for a note and for the introduction
        of a module. Columns: ``module``, ``question``, ``type``, ``code``; ``text_<language>``, ``help_<language>`` and
        ``label_<language>`` in the languages of the form and in English; ``unit``, ``minimum``, ``maximum``,
        ``populations``, ``when`` (``question=code/code`` or ``question>number``, all must hold, ``;`` between them),
        ``exclusive``, ``scale``, ``value`` (of a code of a scale), ``reversed``, ``not_applicable``, ``refusal``
        (``yes`` or empty), ``version`` (of the module), ``form_version``, ``limesurvey`` and ``limesurvey_code``.

    Notes
    -----
    Texts stand as they are written in the definitions: what a partner fills in is no part of the codebook.
    """
    languages = tuple(dict.fromkeys(("en", *form.languages)))
    rows: list[dict[str, str]] = []
    for module in form.modules.values():
        if module.intro:
            intro = {"module": module.id, "question": f"intro_{module.id}", "type": INTRO}
            rows.append(intro | _said("text", module.intro, languages) | {"version": module.version})
        for question in form.shown(module.id):
            rows += [row | {"version": module.version} for row in _rows(question, languages)]
    texts = [f"{kind}_{language}" for kind in ("text", "help", "label") for language in languages]
    columns = ["module", *MEANING[:3], *texts, *MEANING[3:10], "scale", "reversed", *MEANING[10:12], "version"]
    frame = pd.DataFrame(rows, columns=columns).fillna("").astype("str")
    frame["form_version"] = f"{form.id} {form.version} {_digest(frame)}"
    return frame.merge(platform_names.as_frame(form), on=["question", "code"], how="left").fillna("")


def fingerprint(form: Questionnaire) -> str:
    """Return 16 hexadecimal digits that change with the meaning of the answers.

    Notes
    -----
    The first digits of the SHA-256 of the codebook's columns :data:`MEANING`: ids, types, codes, values of a scale,
    ranges, routes and the English texts. Translations, the order of the questions and the version number are no part of
    it.
    """
    return _digest(codebook(form))


def form_version(form: Questionnaire) -> str:
    """Return what every exported form brings back beside the answers: name, version and fingerprint."""
    return f"{form.id} {form.version} {fingerprint(form)}"


def differences(old: pd.DataFrame, form: Questionnaire) -> list[str]:
    """Name what changed between an earlier codebook and a form.

    Parameters
    ----------
    old : pandas.DataFrame
        The codebook that was written with the earlier form, all text (empty cells as empty text).
    form : Questionnaire
        The form as it is now.

    Returns
    -------
    list of str
        One sentence a difference; empty where both say the same.
    """
    before, after = _by_question(old), _by_question(codebook(form))
    said = [f"the question {name!r} was added" for name in after if name not in before]
    said += [f"the question {name!r} was removed" for name in before if name not in after]
    for name in before:
        if name in after:
            said += _changes(name, before[name], after[name])
    return said


_WORDS: Final = {
    "type": "type",
    "unit": "unit",
    "minimum": "smallest number",
    "maximum": "largest number",
    "populations": "group that is asked",
    "when": "route",
    "text_en": "wording",
    "help_en": "hint",
}
_OF_A_CODE: Final = {
    "label_en": "label",
    "value": "value",
    "exclusive": "rule of standing alone",
    "not_applicable": "meaning of not applicable",
    "refusal": "meaning of refusal",
}


def _changes(name: str, before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    first, now = before.iloc[0], after.iloc[0]
    said = [
        f"{name}: the {word} was {first[column]!r} and is {now[column]!r}"
        for column, word in _WORDS.items()
        if first[column] != now[column]
    ]
    codes, codes_now = ({row["code"]: row for row in rows.to_dict("records")} for rows in (before, after))
    said += [f"{name}: the code {code!r} was added" for code in codes_now if code not in codes]
    said += [f"{name}: the code {code!r} was removed" for code in codes if code not in codes_now]
    said += [
        f"{name}: the {word} of {code!r} was {row[column]!r} and is {codes_now[code][column]!r}"
        for code, row in codes.items()
        if code in codes_now
        for column, word in _OF_A_CODE.items()
        if row[column] != codes_now[code][column]
    ]
    return said


def _by_question(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(name): rows for name, rows in frame.groupby("question", sort=False)}


def _digest(frame: pd.DataFrame) -> str:
    meaning = frame[list(MEANING)].sort_values("question", kind="stable")
    return hashlib.sha256(meaning.to_csv(index=False, lineterminator="\n").encode()).hexdigest()[:16]


def _rows(question: Question, languages: tuple[str, ...]) -> list[dict[str, str]]:
    scale = question.scale
    values = dict(zip(scale.codes, scale.values, strict=True)) if scale else {}
    common = {
        "module": question.module,
        "question": question.id,
        "type": question.type,
        "unit": question.unit,
        "minimum": _number(question.minimum),
        "maximum": _number(question.maximum),
        "populations": ";".join(question.populations),
        "when": ";".join(_written(condition) for condition in question.when),
        "scale": scale.id if scale else "",
        "reversed": YES if question.reversed else "",
        **_said("text", question.text, languages),
        **_said("help", question.help, languages),
    }
    refused = platform_names.refusal(question)
    return [
        common
        | {
            "code": code,
            "exclusive": YES if code in question.exclusive else "",
            "value": _number(values[code]) if code in values else "",
            "not_applicable": YES if code and code == question.not_applicable else "",
            "refusal": YES if code and code == refused else "",
            **_said("label", question.labels.get(code, {}), languages),
        }
        for code in platform_names.offered(question) or ("",)
    ]


def _said(kind: str, text: Text, languages: tuple[str, ...]) -> dict[str, str]:
    """Return the cells of a text; English stands for the fingerprint even where a questionnaire has none."""
    cells = {f"{kind}_{language}": text.get(language, "") for language in languages}
    return cells | ({f"{kind}_en": in_language(text, "en")} if text else {})


def _written(condition: Condition) -> str:
    if condition.above is not None:
        return f"{condition.question}>{_number(condition.above)}"
    return f"{condition.question}={'/'.join(condition.codes)}"


def _number(value: float) -> str:
    return f"{value:.15g}" if math.isfinite(value) else ""
