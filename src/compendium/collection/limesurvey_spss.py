"""Read the pair that LimeSurvey writes for SPSS: a syntax with names and labels, and the data it points to."""

import csv
import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from .dialects import encoding_of
from .received import Received, headings, record_of

_STRING = r"""(?:"(?:[^"]|"")*"|'(?:[^']|'')*')"""
_TOKEN = re.compile(rf"{_STRING}|[()=/]|[^\s()=/\"']+|[\"']")
_COMMAND = re.compile(r"^[ \t]*(?:GET\s+DATA\s+/TYPE|DATA\s+LIST\s)", re.IGNORECASE | re.MULTILINE)
_FORMAT = re.compile(r"(?:A|AHEX|F|N|COMMA|DOT|E|DATE|DATETIME|SDATE|ADATE|EDATE|TIME)\d*(?:\.\d+)?", re.IGNORECASE)


def is_syntax(head: bytes) -> bool:
    """Tell whether a file is SPSS syntax that reads data, by its first bytes."""
    return bool(_COMMAND.search(head.decode("utf-8-sig", errors="replace")))


def read(path: Path, *, encoding: str = "") -> Received:
    """Read a syntax and its data.

    Parameters
    ----------
    path : Path
        The syntax (``.sps``). The data lie beside it, under the name that it gives or under its own name with ``.dat``.
    encoding : str
        Encoding of both files; empty means: recognise it.

    Returns
    -------
    Received
        Every row of the data; variable labels as wordings, value labels as meanings.

    Raises
    ------
    AnswersError
        The syntax names no variables, the data are missing, or a row has not as many cells as there are variables.

    Notes
    -----
    Commands are those that LimeSurvey writes: ``GET DATA /TYPE=TXT ... /VARIABLES=`` (older versions ``DATA LIST``),
    ``VARIABLE LABELS``, ``VALUE LABELS``, ``MISSING VALUES`` and ``RENAME VARIABLES``; all others are passed over, and
    named in the record.
    """
    found = encoding_of(path, encoding)
    syntax = _Syntax(path, path.read_text(encoding=found.name, errors="strict"))
    if not syntax.variables:
        raise AnswersError(f"{shown(path)}: the syntax names no variables (GET DATA ... /VARIABLES=, or DATA LIST)")
    data = _data(path, syntax.data)
    rows = list(_rows(data, encoding_of(data, encoding).name, syntax))
    names, said = headings(syntax.names())
    table = pd.DataFrame(
        {name: pd.array([row[place] for row in rows], dtype="str") for place, name in enumerate(names)}
    )
    record = record_of(
        path,
        "spss syntax",
        table,
        data=data.name,
        data_sha256=hashlib.sha256(data.read_bytes()).hexdigest(),
        encoding=found.name,
        separator=syntax.separator,
        commands_passed_over=", ".join(dict.fromkeys(syntax.passed_over)),
        **said,
    )
    return Received(table, syntax.wordings, syntax.meanings, syntax.missing, record)


def _data(path: Path, named: str) -> Path:
    beside = [path.with_name(Path(named.replace("\\", "/")).name)] if named else []
    beside += [path.with_suffix(".dat")]
    found = next((one for one in beside if one.is_file()), None)
    if found is None:
        raise AnswersError(f"{shown(beside[0])}: the data are missing; they have to lie beside the syntax {path.name}")
    return found


def _rows(data: Path, encoding: str, syntax: "_Syntax") -> Iterator[list[str]]:
    width = len(syntax.variables)
    moments = {
        place for place, name in enumerate(syntax.variables) if syntax.formats.get(name, "").startswith("DATETIME")
    }
    with data.open(encoding=encoding, newline="") as file:
        lines = csv.reader(
            file,
            delimiter=syntax.separator,
            quotechar=syntax.quote,
            doublequote=True,
            skipinitialspace=True,
            strict=True,
        )
        while True:
            start = lines.line_num + 1
            try:
                row = next(lines, None)
            except (csv.Error, UnicodeError) as error:
                raise AnswersError(f"{shown(data)}, line {start}: not readable: {error}") from None
            if row is None:
                return
            if not row:
                continue
            if len(row) != width:
                raise AnswersError(
                    f"{shown(data)}, line {start}: {len(row)} cells where the syntax has {width} variables"
                )
            cells = [cell.replace("\ufeff", "").strip() for cell in row]
            yield [_iso(cell) if place in moments else cell for place, cell in enumerate(cells)]


def _iso(moment: str) -> str:
    """The data write day-month-year, whatever the language."""
    return re.sub(r"^(\d\d)-(\d\d)-(\d{4})", r"\3-\2-\1", moment)


class _Syntax:
    """What a syntax says about its data; one pass over its commands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.data, self.separator, self.quote = "", ",", "'"
        self.variables: list[str] = []
        self.formats: dict[str, str] = {}
        self.new_names: dict[str, str] = {}
        self.wordings: dict[str, str] = {}
        self.meanings: dict[str, dict[str, str]] = {}
        self.missing: dict[str, frozenset[str]] = {}
        self.passed_over: list[str] = []
        known = {
            "GET DATA": self._data,
            "DATA LIST": self._data,
            "VARIABLE LABELS": self._variable_labels,
            "VALUE LABELS": self._value_labels,
            "ADD VALUE": self._value_labels,
            "MISSING VALUES": self._missing,
            "RENAME VARIABLE": self._rename,
            "RENAME VARIABLES": self._rename,
        }
        for command in _commands(text):
            tokens = _tokens(command)
            name = " ".join(tokens[:2]).upper()
            if name in known:
                known[name](tokens[2:])
            else:
                self.passed_over.append(tokens[0].upper())
        # Labels may stand under the names that hold when they are given: before or after renaming.
        new = self.new_names
        self.wordings = {new.get(name, name): text for name, text in self.wordings.items() if text}
        self.meanings = {new.get(name, name): labels for name, labels in self.meanings.items()}
        self.missing = {new.get(name, name): codes for name, codes in self.missing.items()}
        lost = [name for name in (*self.wordings, *self.meanings) if name not in self.names()]
        if self.variables and lost:
            raise AnswersError(f"{shown(path)}: labels are given to {lost[0]!r}, which is no variable of the data")

    def names(self) -> list[str]:
        """Return the variables under their last names."""
        return [self.new_names.get(name, name) for name in self.variables]

    def _data(self, tokens: list[str]) -> None:
        upper = [token.upper() for token in tokens]
        for key in ("FILE", "DELIMITERS", "QUALIFIER"):
            if key in upper:
                value = next((token for token in tokens[upper.index(key) + 1 :] if token != "="), "")
                self._declare(key, _unquoted(value))
        if "VARIABLES" in upper:
            listed = tokens[upper.index("VARIABLES") + 1 :]
        else:
            listed = tokens[len(upper) - upper[::-1].index("/") :] if "/" in upper else []
        for token in listed:
            # A variable may be called A19 as well: a format is what follows a name.
            if self.variables and self.variables[-1] not in self.formats and _FORMAT.fullmatch(token):
                self.formats[self.variables[-1]] = token.upper()
            elif token[0] not in "()/=\"'":
                self.variables.append(token)

    def _declare(self, key: str, value: str) -> None:
        if key == "FILE":
            self.data = value
        elif key == "DELIMITERS":
            self.separator = {"\\t": "\t"}.get(value, value)[:1] or ","
        else:
            self.quote = value[:1] or "'"

    def _variable_labels(self, tokens: list[str]) -> None:
        names = [token for token in tokens if token != "/"]
        for name, label in pairwise(names):
            if label[:1] in "\"'" and name[:1] not in "\"'":
                # "[row] question" there is "question [row]" in every other export.
                self.wordings[name] = re.sub(r"^\[([^\[\]]*)\]\s*(?=\S)(.+)$", r"\2 [\1]", _unquoted(label).strip())

    def _value_labels(self, tokens: list[str]) -> None:
        own: list[str] = []
        fresh = True
        pending = ""
        for token in tokens:
            if token == "/":
                own, fresh, pending = [], True, ""
            elif fresh and token[:1] not in "\"'" and not _is_number(token):
                if token.upper() != "LABELS":
                    own.append(token)
            elif not pending:
                fresh, pending = False, _unquoted(token) or " "
            else:
                for name in own:
                    self.meanings.setdefault(name, {})[pending.strip()] = _unquoted(token)
                pending = ""

    def _missing(self, tokens: list[str]) -> None:
        own: list[str] = []
        inside = False
        for token in tokens:
            if token in "()":
                inside = token == "("
                own = own if inside else []
            elif inside:
                for name in own:
                    self.missing[name] = self.missing.get(name, frozenset()) | {_unquoted(token)}
            elif token != "/":
                own.append(token)

    def _rename(self, tokens: list[str]) -> None:
        plain = [token for token in tokens if token not in ("(", ")", "/")]
        for place in (place for place, token in enumerate(plain) if token == "="):
            if 0 < place < len(plain) - 1:
                self.new_names[plain[place - 1]] = plain[place + 1]


def _commands(text: str) -> Iterator[str]:
    """Yield the commands: each ends with a point at the end of a line, outside quotes; comments begin with a star."""
    text = text.lstrip("\ufeff")
    start = 0
    ends = re.finditer(rf"{_STRING}|\.[ \t]*(?:\r?\n|\Z)|\n[ \t]*(?=\r?\n)", text)
    for end in ends:
        if end[0][0] in "\"'":
            continue
        command = text[start : end.start()].strip()
        start = end.end()
        if command and not command.startswith("*"):
            yield command
    if (rest := text[start:].strip()) and not rest.startswith("*"):
        yield rest


def _tokens(command: str) -> list[str]:
    """Part a command into words and strings; a long string is written in pieces, ``"..." + "..."``."""
    tokens: list[str] = []
    for token in re.findall(r"\+(?=\s*[\"'])|" + _TOKEN.pattern, command):
        if token[:1] in ("'", '"') and len(tokens) > 1 and tokens[-1] == "+" and tokens[-2][-1:] == token[0]:
            tokens.pop()
            tokens[-1] = tokens[-1][:-1] + token[1:]
        else:
            tokens.append(token)
    return tokens


def _is_number(token: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(?:\.\d+)?", token))


def _unquoted(token: str) -> str:
    if len(token) > 1 and token[0] in "\"'" and token[-1] == token[0]:
        return token[1:-1].replace(token[0] * 2, token[0])
    return token
