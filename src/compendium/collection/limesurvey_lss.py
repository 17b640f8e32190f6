"""Read the questions of a LimeSurvey survey from its XML (``.lss``), old and new: entities are refused, nothing is fetched."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from ..errors import AnswersError
from ..paths import shown


@dataclass
class Asked:
    """A question while it is gathered: type, texts, rows and answers by (scale, code), each in every language."""

    type: str
    other: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)


def read(path: Path) -> tuple[tuple[str, ...], dict[str, Asked]]:
    """Gather the questions of a survey.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    languages : tuple of str
        The base language first.
    questions : dict
        Name -> question, in the order of the survey.

    Raises
    ------
    AnswersError
        Not readable as XML, a document type or entity declared in it, another document than a survey's, or a row or
        answer of a question that is not there.

    Notes
    -----
    Up to LimeSurvey 3 a question stands once a language, with its text; from 4 on the texts stand apart (``..._l10ns``).
    """
    root = _parsed(path)
    kind = (root.findtext("LimeSurveyDocType") or "").strip()
    if root.tag != "document" or kind not in ("Survey", "Group", "Question"):
        raise AnswersError(f"{shown(path)}: no structure of a LimeSurvey survey, but a document {kind or root.tag!r}")
    languages = dict.fromkeys(_languages(root))
    base = next(iter(languages), "")
    questions: dict[str, tuple[str, Asked]] = {}
    texts = _texts(root, "question_l10ns", "qid", "question")
    groups = {group.get("gid", ""): _number(group.get("group_order", "")) for group in _rows(root, "groups")}
    listed = sorted(
        _rows(root, "questions"),
        key=lambda row: (groups.get(row.get("gid", ""), 0), _number(row.get("question_order", ""))),
    )
    for row in (row for row in listed if row.get("parent_qid", "0") in ("", "0")):
        name = row.get("title", "")
        own = questions.setdefault(row.get("qid", ""), (name, Asked(row.get("type", ""))))[1]
        own.other |= row.get("other", "") == "Y"
        own.texts.update(texts.get(row.get("qid", ""), {row.get("language", "") or base: row.get("question", "")}))
    _subquestions(path, root, questions, texts, base)
    _answers(path, root, questions, base)
    named = dict(questions.values())
    if len(named) < len(questions):
        names = [name for name, _ in questions.values()]
        twice = next(name for name in names if names.count(name) > 1)
        raise AnswersError(f"{shown(path)}: two questions are called {twice!r}; a name may stand once")
    for own in named.values():
        languages.update(dict.fromkeys(own.texts))
    return tuple(filter(None, languages)), named


def _parsed(path: Path) -> ElementTree.Element:
    content = path.read_bytes()

    def refused(*_: object) -> None:
        raise AnswersError(
            f"{shown(path)}: declares a document type, which no LimeSurvey structure does; it is not read"
        )

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refused
    guard.EntityDeclHandler = refused
    try:
        guard.Parse(content, True)
        return ElementTree.fromstring(content)
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        if isinstance(error, AnswersError):
            raise
        raise AnswersError(f"{shown(path)}: not readable as XML: {' '.join(str(error).split())[:120]}") from None


def _languages(root: ElementTree.Element) -> Iterator[str]:
    for row in _rows(root, "surveys"):
        yield from f"{row.get('language', '')} {row.get('additional_languages', '')}".split()
    for one in root.iterfind("languages/language"):
        yield (one.text or "").strip()


def _rows(root: ElementTree.Element, section: str) -> list[dict[str, str]]:
    return [{cell.tag: (cell.text or "").strip() for cell in row} for row in root.iterfind(f"{section}/rows/row")]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _texts(root: ElementTree.Element, section: str, key: str, text: str) -> dict[str, dict[str, str]]:
    """Return number of a question or answer -> language -> text, where texts stand apart."""
    found: dict[str, dict[str, str]] = {}
    for row in _rows(root, section):
        found.setdefault(row.get(key, ""), {})[row.get("language", "")] = row.get(text, "")
    return found


def _subquestions(
    path: Path,
    root: ElementTree.Element,
    questions: dict[str, tuple[str, Asked]],
    texts: dict[str, dict[str, str]],
    base: str,
) -> None:
    rows = sorted(_rows(root, "subquestions"), key=lambda row: _number(row.get("question_order", "")))
    for row in rows:
        owner = _owner(path, questions, row.get("parent_qid", ""), row.get("title", ""))
        own = texts.get(row.get("qid", ""), {row.get("language", "") or base: row.get("question", "")})
        owner.rows.setdefault((row.get("scale_id", "") or "0", row.get("title", "")), {}).update(own)


def _answers(path: Path, root: ElementTree.Element, questions: dict[str, tuple[str, Asked]], base: str) -> None:
    texts = _texts(root, "answer_l10ns", "aid", "answer")
    for row in sorted(_rows(root, "answers"), key=lambda row: _number(row.get("sortorder", ""))):
        owner = _owner(path, questions, row.get("qid", ""), row.get("code", ""))
        own = texts.get(row.get("aid", ""), {row.get("language", "") or base: row.get("answer", "")})
        owner.answers.setdefault((row.get("scale_id", "") or "0", row.get("code", "")), {}).update(own)


def _owner(path: Path, questions: dict[str, tuple[str, Asked]], number: str, what: str) -> Asked:
    if number not in questions:
        raise AnswersError(f"{shown(path)}: {what!r} belongs to the question {number or '(none)'}, which is not there")
    return questions[number][1]
