"""What a delimited text file is written in: its encoding and its separator, recognised and said, never assumed."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import AnswersError
from ..paths import shown
from .received import BOM

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BLOCK = 1 << 20
_SAMPLE_ROWS = 500
# Signs that Western European code page 1252 shows where page 1250 (Central Europe) has letters; no word has them.
_CENTRAL = re.compile(r"[^\W\d_][³¹¿£¥][^\W\d_]|[a-zà-ÿ]Ÿ|œ[æw]|(?<!\w)¯[^\W\d_]")
# The same for ISO 8859-2, the other page of Central Europe, which has letters nowhere between 80 and 9F.
_LATIN_2 = re.compile(r"[^\W\d_][±¶¼](?:[^\W\d_]|¿)|(?<!\w)[¶¼¬¦][^\W\d_]")
_CONTROLS = re.compile(r"[\x80-\x9f]")


@dataclass(frozen=True)
class Encoding:
    """Name of an encoding that Python knows, and in words how it was found out."""

    name: str
    said: str


def opened(path: Path) -> bytes:
    """Return the first block of a file; raise :class:`AnswersError` where there is none to read."""
    try:
        with path.open("rb") as file:
            return file.read(_BLOCK)
    except FileNotFoundError:
        raise AnswersError(f"{shown(path)}: the file is missing") from None
    except OSError as error:
        raise AnswersError(f"{shown(path)}: the file cannot be read: {error.strerror}") from None


def encoding_of(path: Path, declared: str = "") -> Encoding:
    """Find out the encoding of a text file; every byte of the file is tried.

    Parameters
    ----------
    path : Path
        The file.
    declared : str
        Encoding that the sidecar declares; empty means: find out.

    Raises
    ------
    AnswersError
        The file is missing, is not text, holds NUL bytes, or breaks the declared encoding or one that most of it
        follows: the sentence names the line.

    Notes
    -----
    In this order: a byte-order mark; UTF-16 without one, which shows in its NUL bytes; UTF-8; then the eight-bit pages,
    of Windows 1252 unless signs stand within words where page 1250 or ISO 8859-2 has Polish or Czech letters, or a byte
    has no meaning in 1252 and one in 1250; last Latin-1. A file that is UTF-8 but for a few bytes is broken, not
    eight-bit, and refused.
    """
    head = opened(path)
    if declared:
        return Encoding(_known(path, declared, head), "declared")
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            _whole(path, name)
            return Encoding(name, "byte-order mark")
    if name := _wide(head):
        _whole(path, name)
        return Encoding(name, "recognised by its NUL bytes")
    _no_nul(path)
    broken = _fails(path, "utf-8")
    if broken is None:
        return Encoding("utf-8", "recognised: all bytes fit")
    if _mostly_utf8(path):
        raise AnswersError(
            f"{shown(path)}, line {_line(path, broken)}: not readable as utf-8, which the rest of the file is; "
            "save the file as UTF-8 once more or declare its encoding"
        )
    if _shows(path, "latin-1", _LATIN_2) and not _shows(path, "latin-1", _CONTROLS):
        return Encoding("iso8859-2", "recognised: not UTF-8, and letters of ISO 8859-2 within words")
    western, central = (_fails(path, page) is None for page in ("cp1252", "cp1250"))
    if western and central and _shows(path, "cp1252", _CENTRAL):
        return Encoding("cp1250", "recognised: not UTF-8, and letters of page 1250 within words")
    if western:
        return Encoding("cp1252", "recognised: not UTF-8")
    if central:
        return Encoding("cp1250", "recognised: not UTF-8, and bytes that page 1250 has and page 1252 has not")
    return Encoding("latin-1", "recognised: neither UTF-8 nor a Windows code page fits")


def separator_of(path: Path, encoding: str) -> str:
    """Find out the separator by which all rows have as many cells as the first.

    Raises
    ------
    AnswersError
        Two separators fit equally well: the sidecar has to declare one.
    """
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_BLOCK).removeprefix(BOM)
        cut = bool(file.read(1))
    if first := re.match(r"sep=([,;|\t])\r?\n?", sample, re.IGNORECASE):
        return first[1]
    widths = {separator: _widths(sample, separator, cut) for separator in SEPARATORS}
    agreeing = {separator: found[0] for separator, found in widths.items() if len(set(found)) == 1}
    most = max(agreeing.values(), default=0)
    best = [separator for separator, width in agreeing.items() if width == most]
    if most > 1:
        if len(best) > 1:
            raise AnswersError(
                f"{shown(path)}: {' and '.join(SEPARATORS[one] for one in best)} both part every row into {most} cells; "
                "declare the separator"
            )
        return best[0]
    # Rows disagree: take the separator by which most rows fit the first, and let the reader name the line that does not.
    fitting = {one: sum(width == found[0] for width in found) for one, found in widths.items() if found[:1] > [1]}
    if best and all(count < 2 and widths[one][0] < 3 for one, count in fitting.items()):
        return best[0]  # one column, whose name holds a sign
    return max(fitting, key=lambda one: fitting[one]) if fitting else ","


def _widths(sample: str, separator: str, cut: bool) -> list[int]:
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, strict=True)
    widths = []
    try:
        for row in rows:
            if row:
                widths.append(len(row))
            if len(widths) > _SAMPLE_ROWS:
                return widths
    except csv.Error:
        return widths if cut else [*widths, 0]
    return widths[:-1] if cut else widths


def _known(path: Path, declared: str, head: bytes) -> str:
    try:
        name = codecs.lookup(declared).name
        b"".decode(name)
    except LookupError:
        raise AnswersError(
            f"{shown(path)}: the encoding {declared!r} is not legal; legal are such as utf-8, utf-16, cp1252, latin-1"
        ) from None
    if name == "utf-8" and head.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    _whole(path, name)
    if not name.startswith(("utf-16", "utf-32")):
        _no_nul(path)
    return name


def _wide(head: bytes) -> str:
    """Recognise UTF-16 without a byte-order mark: every second byte of Western text is NUL."""
    half = max(len(head) // 2, 1)
    if head[1::2].count(0) > 0.4 * half and not head[0::2].count(0):
        return "utf-16-le"
    if head[0::2].count(0) > 0.4 * half and not head[1::2].count(0):
        return "utf-16-be"
    return ""


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _no_nul(path: Path) -> None:
    before = 0
    for block in _blocks(path):
        at = block.find(b"\0")
        if at >= 0:
            raise AnswersError(
                f"{shown(path)}, line {_line(path, before + at)}: a NUL byte, which no text holds; save the file as text once more"
            )
        before += len(block)


def _whole(path: Path, encoding: str) -> None:
    at = _fails(path, encoding)
    if at is not None:
        raise AnswersError(
            f"{shown(path)}, line {_line(path, at)}: not readable as {encoding}; save the file as UTF-8 or declare its encoding"
        )


def _fails(path: Path, encoding: str) -> int | None:
    """Return the byte at which a file stops to follow an encoding (within one block), or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    before = 0
    try:
        for block in _blocks(path):
            decoder.decode(block)
            before += len(block)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        return before + max(getattr(error, "start", 0), 0)
    return None


def _mostly_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for block in _blocks(path):
        text = decoder.decode(block)
        broken = text.count("\N{REPLACEMENT CHARACTER}")
        bad += broken
        good += sum(letter > "\x7f" for letter in text) - broken
    return good > bad


def _shows(path: Path, encoding: str, pattern: re.Pattern[str]) -> bool:
    with path.open(encoding=encoding, newline="") as file:
        return any(pattern.search(line) for line in file)


def _line(path: Path, at: int) -> int:
    """Return the line, counted from 1, that holds a byte."""
    lines = 1
    for block in _blocks(path):
        lines += block[:at].count(b"\n")
        at -= len(block)
        if at <= 0:
            break
    return lines
