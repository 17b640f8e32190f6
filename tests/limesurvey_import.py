"""LimeSurvey's import of a tab-separated structure, as far as its source says what it takes, and its expressions.

Modelled on ``TSVImportSurvey`` and the rules of ``models/Question.php`` (LimeSurvey 4 to 6); stricter where LimeSurvey
would repair a name silently, because a repaired name does not come back as ours.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

BASE = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "encrypted", "other", "default", "same_default", "same_script",
)  # fmt: skip
RESERVED = {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"}
WITH_ROWS, WITH_ANSWERS = "FMK", "FL"
ATTRIBUTES = {  # attribute -> types that know it
    "display_columns": "LM",
    "equals_num_value": "K",
    "equation": "*",
    "exclude_all_others": "MK",
    "hidden": "FLMKNTSX*",
    "max_num_value_n": "KN",
    "min_num_value_n": "KN",
    "num_value_int_only": "KN",
    "suffix": "KNS",
    "value_range_allows_missing": "K",
}
OF_A_LANGUAGE = {"suffix"}


@dataclass
class Question:
    """One question with its rows and answers, in the base language."""

    type: str
    name: str
    group: int
    relevance: str
    mandatory: str
    attributes: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Survey:
    """What would stand in LimeSurvey after the import."""

    settings: dict[str, str]
    texts: dict[str, dict[str, str]]
    languages: list[str]
    groups: list[str]
    questions: dict[str, Question]

    def variables(self) -> list[str]:
        """Names that an expression may use, in the order of the form."""
        return [
            f"{question.name}_{row}" if row else question.name
            for question in self.questions.values()
            for row in (question.rows or ("",))
        ]

    def headings(self) -> list[str]:
        """Columns of an export with question codes."""
        return [
            f"{question.name}[{row}]" if row else question.name
            for question in self.questions.values()
            if question.type != "X"
            for row in (question.rows or ("",))
        ]


def take(content: bytes) -> Survey:
    """Import a structure; anything that LimeSurvey would refuse, repair or lose is an assertion."""
    assert content.startswith(b"\xef\xbb\xbf")
    assert content[3:1003].isascii(), "the encoding is guessed from the first thousand bytes"
    text = content.decode("utf-8-sig")
    assert not re.search("[\r\x0b\x0c\x85\u2028\u2029]", text), "LimeSurvey would read a line break here"
    header, *lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    assert tuple(header[: len(BASE)]) == BASE
    assert set(header[len(BASE) :]) <= set(ATTRIBUTES)
    assert all(len(line) == len(header) for line in lines)
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    assert not any(re.search(r'[\n\t]|^".*"$', cell) for row in rows for cell in row.values())
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    languages = [settings["language"], *settings["additional_languages"].split()]
    texts = {
        language: {row["name"]: row["text"] for row in rows if row["class"] == "SL" and row["language"] == language}
        for language in languages
    }
    body = [row for row in rows if row["class"] not in ("S", "SL")]
    assert rows == [row for kind in ("S", "SL") for row in rows if row["class"] == kind] + body
    survey = Survey(settings, texts, languages, *_built([row for row in body if row["language"] == languages[0]]))
    assert [row["language"] for row in body] == [one for one in languages for _ in range(len(body) // len(languages))]
    for language in languages[1:]:
        _translate(survey, [row for row in body if row["language"] == language], languages[0], language, body)
    _check(survey)
    return survey


def _built(rows: list[dict[str, str]]) -> tuple[list[str], dict[str, Question]]:
    groups: list[str] = []
    questions: dict[str, Question] = {}
    last: Question | None = None
    for row in rows:
        language = row["language"]
        if row["class"] == "G":
            groups.append(row["relevance"])
            assert row["type/scale"] == str(len(groups))  # 0 would count as empty
            assert 0 < len(row["name"]) <= 200
            last = None
        elif row["class"] == "Q":
            assert row["name"] not in questions
            attributes = {name: row[name] for name in row if name in ATTRIBUTES and row[name]}
            last = Question(
                row["type/scale"], row["name"], len(groups), row["relevance"], row["mandatory"], attributes,
                {language: row["text"]},
            )  # fmt: skip
            questions[row["name"]] = last
        else:
            assert last is not None, "a row or answer without a question"
            assert row["class"] in ("SQ", "A")
            assert row["type/scale"] == "0"
            place = last.rows if row["class"] == "SQ" else last.answers
            assert row["name"] not in place
            assert not (row["class"] == "SQ" and last.answers), "rows stand before answers"
            place[row["name"]] = {language: row["text"]}
    return groups, questions


def _translate(
    survey: Survey, rows: list[dict[str, str]], base: str, language: str, body: list[dict[str, str]]
) -> None:
    """Every language has the same rows in the same order; only texts and what belongs to a language differ."""
    same = ("class", "type/scale", "relevance", "mandatory", "encrypted", "other", "same_default", "same_script")
    original = [row for row in body if row["language"] == base]
    assert [[row[key] for key in same] for row in rows] == [[row[key] for key in same] for row in original]
    assert [row["name"] for row in rows if row["class"] != "G"] == [
        row["name"] for row in original if row["class"] != "G"
    ]
    last = None
    for row, before in zip(rows, original, strict=True):
        for name in ATTRIBUTES:
            if name in row:
                assert bool(row[name]) == (name in OF_A_LANGUAGE and bool(before[name])), (name, row)
        assert bool(row["text"]) == bool(before["text"])
        assert bool(row["help"]) == bool(before["help"])
        if row["class"] == "Q":
            last = survey.questions[row["name"]]
            last.texts[language] = row["text"]
        elif row["class"] in ("SQ", "A"):
            assert last is not None
            (last.rows if row["class"] == "SQ" else last.answers)[row["name"]][language] = row["text"]


def _check(survey: Survey) -> None:
    names = list(survey.questions)
    assert re.fullmatch(r"[1-9]\d{5}", survey.settings["sid"])
    assert all(texts["surveyls_title"] for texts in survey.texts.values())
    assert len({name.lower() for name in names}) == len(names)
    known: list[str] = []
    waiting: list[str] = []
    for number, relevance in enumerate(survey.groups, start=1):
        check_expression(relevance, set(known))
        for question in [one for one in survey.questions.values() if one.group == number]:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", question.name), question.name
            assert question.name not in RESERVED
            assert question.type in "LFMKNTSX*"
            assert question.mandatory in "YN"
            assert bool(question.rows) == (question.type in WITH_ROWS), question.name
            assert bool(question.answers) == (question.type in WITH_ANSWERS), question.name
            assert all(question.type in ATTRIBUTES[name] for name in question.attributes), question
            assert all(
                re.fullmatch(r"[A-Za-z0-9]{1,20}", row) and row not in ("time", "other") for row in question.rows
            )
            assert len({row.lower() for row in question.rows}) == len(question.rows)
            assert all(re.fullmatch(r"[A-Za-z0-9]{1,5}", code) for code in question.answers)
            assert len({code.lower() for code in question.answers}) == len(question.answers)
            alone = [code for code in question.attributes.get("exclude_all_others", "").split(";") if code]
            assert set(alone) <= set(question.rows)
            for texts in (question.texts, *question.rows.values(), *question.answers.values()):
                assert list(texts) == survey.languages
                assert all(texts.values()), (question.name, texts)
                assert not any(re.search("[{}]", text) for text in texts.values()), "read as an expression"
            check_expression(question.relevance, {*known, *waiting})
            waiting += [f"{question.name}_{row}" if row else question.name for row in (question.rows or ("",))]
        known, waiting = [*known, *waiting], []


_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"\\]*")|(?P<number>\d+(?:\.\d+)?)|(?P<sign>==|>|\(|\))|(?P<word>[A-Za-z]\w*(?:\.NAOK)?))'
)


def check_expression(expression: str, known: set[str]) -> None:
    """Hold an expression against the grammar and the names that were asked before."""
    used: set[str] = set()

    class _Any(dict[str, str]):
        def __missing__(self, name: str) -> str:
            used.add(name)
            return ""

    evaluate(expression, _Any())
    assert used <= known, f"{expression}: {used - known}"


def evaluate(expression: str, answers: Mapping[str, str]) -> bool:
    """Work out an expression as LimeSurvey does: ``NAOK`` makes an answer that was not given an empty text."""
    tokens = _tokens(expression)
    value = _either(tokens, answers)
    assert not tokens, f"{expression}: something is left over: {tokens}"
    return bool(value) and value not in ("0", "")


def _tokens(expression: str) -> list[str]:
    tokens, place = [], 0
    while place < len(expression.rstrip()):
        found = _TOKEN.match(expression, place)
        assert found, f"{expression}: not understood from {expression[place:]!r}"
        tokens.append(found[0].strip())
        place = found.end()
    return tokens


def _either(tokens: list[str], answers: Mapping[str, str]) -> object:
    value = _both(tokens, answers)
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        right = _both(tokens, answers)
        value = bool(value) or bool(right)
    return value


def _both(tokens: list[str], answers: Mapping[str, str]) -> object:
    value = _compared(tokens, answers)
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        right = _compared(tokens, answers)
        value = bool(value) and bool(right)
    return value


def _compared(tokens: list[str], answers: Mapping[str, str]) -> object:
    left = _value(tokens, answers)
    if tokens and tokens[0] in ("==", ">"):
        sign = tokens.pop(0)
        right = _value(tokens, answers)
        if sign == "==":
            return left == right
        return left != "" and float(str(left)) > float(str(right))
    return left


def _value(tokens: list[str], answers: Mapping[str, str]) -> object:
    assert tokens, "an expression ends too early"
    token = tokens.pop(0)
    if token == "(":
        value = _either(tokens, answers)
        assert tokens
        assert tokens.pop(0) == ")"
        return value
    if token.startswith('"'):
        return token[1:-1]
    if token[0].isdigit():
        return token
    assert token.endswith(".NAOK"), f"{token}: without NAOK an answer that was not asked for makes all of it false"
    return answers[token.removesuffix(".NAOK")]
