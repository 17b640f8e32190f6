"""Read delimited text in any sane dialect: separator, encoding and line ends are recognised and said in the record.

Small files go through the exact reader, which names the line of whatever is wrong. Large files are read in a stream by
duckdb; where its count of rows is not the count of lines, or it refuses the file, the exact reader decides.
"""

import codecs
import csv
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import AnswersError
from ..paths import shown
from .dialects import SEPARATORS, encoding_of, opened, separator_of
from .received import BOM, Received, headings, record_of

LARGE = 32 * 1024 * 1024
"""Bytes from which a file is read in a stream."""
_CHUNK = 20_000
_BLOCK = 4 * 1024 * 1024
_MEMORY = "512MB"
_ENDS = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}


def read(path: Path, *, separator: str = "", encoding: str = "", decimal: str = "", large: int = LARGE) -> Received:
    """Read a delimited text table with every cell as text.

    Parameters
    ----------
    path : Path
        The file; its first row that is not blank holds the column names.
    separator, encoding : str
        The dialect where it is known; empty means: recognise it.
    decimal : str
        The sign before decimals in this file, ``.`` or ``,``; only passed on in the record, no cell is changed.
    large : int
        Size in bytes from which the file is read in a stream.

    Returns
    -------
    Received
        All rows but blank lines. The record says encoding, separator, line ends, and whatever was unusual.

    Raises
    ------
    AnswersError
        Missing or empty file, not text, a dialect that cannot be told, a row with more or fewer cells than the header,
        or a quote that is never closed: one sentence with the line.
    """
    if separator and (len(separator) != 1 or separator in '"\r\n'):
        raise AnswersError(f"{shown(path)}: the separator {separator!r} is not legal; legal is one sign such as , or ;")
    if not opened(path):
        raise AnswersError(f"{shown(path)}: the file is empty; a first row with column names is expected")
    found = encoding_of(path, encoding)
    sign = separator or separator_of(path, found.name)
    exact = _Exact(path, found.name, sign)
    columns, said = headings(exact.header)
    table = None
    if path.stat().st_size >= large and exact.plain_start:
        table = _streamed(path, found.name, sign, columns)
    way = "stream" if table is not None else "exact"
    if table is None:
        table = exact.table(columns)
    record = record_of(
        path,
        "csv",
        table,
        encoding=found.name,
        encoding_found=found.said,
        separator=SEPARATORS.get(sign, sign) if len(columns) > 1 or separator else "none (one column)",
        separator_found="declared" if separator else "recognised: every row has as many cells as the header",
        line_ends=exact.line_ends,
        blank_lines=exact.blank or "",
        decimal=decimal,
        read_by=way,
        **said,
    )
    return Received(table, record=record)


def names(path: Path, separator: str = "", encoding: str = "") -> list[str]:
    """Return the column names of a delimited text file."""
    found = encoding_of(path, encoding)
    return headings(_Exact(path, found.name, separator or separator_of(path, found.name)).header)[0]


class _Exact:
    """The reader that names the line: one pass, a chunk of rows in memory at a time."""

    def __init__(self, path: Path, encoding: str, separator: str) -> None:
        self.path, self.encoding, self.separator = path, encoding, separator
        self.blank = 0
        self.line = 1
        header = next(self._rows(), None)
        if header is None:
            raise AnswersError(f"{shown(path)}: the file is empty; a first row with column names is expected")
        self.header = header
        self.plain_start = self.line == 1
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
        self.line_ends = next((name for end, name in _ENDS.items() if first.endswith(end)), "none")

    def table(self, names: list[str]) -> pd.DataFrame:
        rows = self._rows()
        next(rows)
        width = len(names)
        batches: list[pa.Table] = []
        chunk: list[list[str]] = []
        for row in rows:
            if len(row) != width:
                raise AnswersError(
                    f"{shown(self.path)}, line {self.line}: {len(row)} cells where the header has {width}"
                )
            chunk.append(row)
            if len(chunk) == _CHUNK:
                batches.append(_batch(chunk, width))
                chunk = []
        batches.append(_batch(chunk, width))
        return _frame(pa.concat_tables(batches), names)

    def _rows(self) -> Iterator[list[str]]:
        """Yield the rows that are not blank, the header first; ``self.line`` is the line on which the row began."""
        self.blank = 0
        with self.path.open(encoding=self.encoding, newline="") as file:
            rows = csv.reader(_started(file), delimiter=self.separator, strict=True)
            while True:
                start = rows.line_num + 1
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise AnswersError(f"{shown(self.path)}, line {start}: {_sentence(error)}") from None
                except UnicodeError:
                    raise AnswersError(f"{shown(self.path)}, line {start}: not readable as {self.encoding}") from None
                self.line = start
                if row:
                    yield row
                else:
                    self.blank += 1


def _started(file: Iterator[str]) -> Iterator[str]:
    """Pass on the lines of a file without its byte-order mark; a line that only names the separator becomes blank."""
    for number, line in enumerate(file):
        if number == 0:
            line = line.removeprefix(BOM)
            line = "\n" if re.fullmatch(r"(?i)sep=[,;|\t](\r\n|\r|\n)", line) else line
        yield line


def _sentence(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quote that opens in this row is never closed"
    if "field larger" in text:
        return f"a cell of more than {csv.field_size_limit():,} signs; mostly a quote that opens in this row is never closed"
    if "expected after" in text:
        return "a quote closes within a cell; quotes inside a cell are written twice"
    return f"not readable as delimited text: {text}"


def _batch(rows: list[list[str]], width: int) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * width
    return pa.table({str(place): pa.array(column, pa.large_string()) for place, column in enumerate(columns)})


def _frame(table: pa.Table, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {place: pd.array(column, dtype="str") for place, column in enumerate(table.columns)},
        columns=range(len(names)),
        dtype="str",
    ).set_axis(names, axis=1)


def _streamed(path: Path, encoding: str, separator: str, names: list[str]) -> pd.DataFrame | None:
    """Read a large file with duckdb; None where it refuses it or counts other rows than the lines say."""
    with tempfile.TemporaryDirectory() as folder:
        file = path
        if encoding not in ("utf-8", "utf-8-sig", "ascii"):
            file = Path(folder) / "utf8.csv"
            _transcode(path, encoding, file)
        try:
            table = _by_duckdb(file, separator, len(names))
        except duckdb.Error:
            return None
        if table.num_rows != _records(file) - 1:
            return None
        return _frame(table, names)


def _by_duckdb(file: Path, separator: str, width: int) -> pa.Table:
    columns = {f"c{place}": "VARCHAR" for place in range(width)}
    cells = ", ".join(f"coalesce({name}, '') AS {name}" for name in columns)
    # Large buffers are what pandas keeps text in: nothing is copied on the way there.
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "preserve_insertion_order": True,
        "arrow_large_buffer_size": True,
    }
    with duckdb.connect(config=config) as connection:
        relation = connection.sql(
            f"SELECT {cells} FROM read_csv(?, auto_detect=false, header=true, columns={columns}, delim=?, quote='\"', "
            "escape='\"', strict_mode=true, null_padding=false, ignore_errors=false, encoding='utf-8')",
            params=[str(file), separator],
        )
        reader = relation.to_arrow_reader(_CHUNK)
        return pa.Table.from_batches(reader, schema=reader.schema)


def _transcode(path: Path, encoding: str, to: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, to.open("wb") as target:
        while block := source.read(_BLOCK):
            target.write(decoder.decode(block).encode("utf-8"))
        target.write(decoder.decode(b"", final=True).encode("utf-8"))


def _records(file: Path) -> int:
    """Count the lines that are not blank, the header among them; a line end within quotes is none."""
    count = 0
    rest = b""
    with file.open("rb") as source:
        for block in iter(lambda: source.read(_BLOCK), b""):
            data = np.frombuffer(rest + block, dtype=np.uint8)
            quotes = np.flatnonzero(data == ord('"'))
            ends = np.flatnonzero(data == ord("\n"))
            ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
            lengths = np.diff(ends, prepend=-1) - 1
            # A line of one byte is blank when that byte is the CR of a CR LF.
            count += int((lengths > 1).sum()) + int((data[ends[lengths == 1] - 1] != ord("\r")).sum())
            # What follows the last end is the beginning of a row: it is counted with the next block, from outside quotes.
            rest = data[ends[-1] + 1 :].tobytes() if len(ends) else data.tobytes()
    return count + (rest.strip(b"\r\n") != b"")
