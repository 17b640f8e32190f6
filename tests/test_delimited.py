"""Delimited text: any sane dialect gives the table that was written, anything else one sentence with its line."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compendium.collection import delimited
from compendium.collection.received import headings
from compendium.errors import AnswersError

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Whatever a person can type, signs of the dialect and byte-order marks more often than by chance.
LETTERS = st.one_of(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    st.sampled_from(list(",;\t|\"'\n\r\ufeff \u00a0é=")),
)
CELLS = st.text(LETTERS, max_size=8)
NAMES = st.text(LETTERS, min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), max_size=6))
    return pd.DataFrame(rows, columns=headings(names)[0], dtype="str")


def written(table: pd.DataFrame, separator: str, quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False))
    return buffer.getvalue()


@QUICK
@given(
    table=tables(),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_what_was_written_is_read(tmp_path: Path, table: pd.DataFrame, separator: str, encoding: str, end: str) -> None:
    """By the exact reader and in a stream alike, in every encoding, whatever stands in the cells."""
    file = tmp_path / "answers.csv"
    # Python's writer leaves a lone CR without quotes where rows end in LF; nobody could tell it from a line end.
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    file.write_bytes(written(table, separator, quoting, end).encode(encoding))
    for large in (0, delimited.LARGE):
        received = delimited.read(file, separator=separator, encoding=encoding, large=large)
        pd.testing.assert_frame_equal(received.table, table, check_dtype=False)
        assert received.record["rows"] == str(len(table))


@QUICK
@given(table=tables().filter(lambda table: table.shape[1] > 1), separator=st.sampled_from(",;\t|"))
def test_the_separator_is_found_where_all_cells_are_quoted(tmp_path: Path, table: pd.DataFrame, separator: str) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(written(table, separator, csv.QUOTE_ALL).encode())
    pd.testing.assert_frame_equal(delimited.read(file).table, table, check_dtype=False)


@QUICK
@example(content=b"A\xbf\x83")
@given(content=st.one_of(st.binary(max_size=80), st.text(LETTERS, max_size=80).map(str.encode)))
def test_whatever_comes_is_a_table_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    for large in (0, delimited.LARGE):
        try:
            table = delimited.read(file, large=large).table
        except AnswersError as error:
            assert "answers.csv" in str(error)
        else:
            assert table.columns.is_unique
            assert not table.isna().any(axis=None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects_are_recognised_and_said(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    rows = [["Müde?", "Größe"], ["très", "1,5"], ["", 'a "b" c'], ["x", "é"]]
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    text = end.join(separator.join(row) for row in quoted) + end * 3
    file = tmp_path / "answers.csv"
    file.write_bytes(text.encode(encoding))
    received = delimited.read(file)
    assert received.table.to_numpy().tolist() == rows[1:]
    assert list(received.table.columns) == rows[0]
    assert received.record["encoding"].startswith(encoding[:5])
    assert received.record["separator"] == {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}[separator]
    assert received.record["blank lines"] == "2"
    assert len(received.record["sha256"]) == 64


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        *(("cp1250", text) for text in ("Źle", "wypowiedź", "Żaden", "książka", "świadomość")),
        *(("iso8859-2", text) for text in ("Źle", "Świetnie", "książka", "świadomość")),
    ],
)
def test_few_letters_show_a_page_of_central_europe(tmp_path: Path, encoding: str, text: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(f"a;b\n{text};1\n".encode(encoding))
    assert delimited.read(file).table["a"].tolist() == [text]


@pytest.mark.parametrize(
    "text", ["été cœur Œuvre « mot » 5 m³ ±3 ¼ tasse", "Grüße für 20 € – ½", "¿Qué ação? Señor, ¡hola!"]
)
def test_signs_of_western_europe_are_no_letters_of_another_page(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(f"a;b\n{text};1\n".encode("cp1252"))
    assert delimited.read(file).table["a"].tolist() == [text]


def test_polish_of_old_windows_is_told_from_western(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes("a;b\nczęsto;żółw byłam mogła\n".encode("cp1250"))
    received = delimited.read(file)
    assert received.table.loc[0].tolist() == ["często", "żółw byłam mogła"]
    assert received.record["encoding"] == "cp1250"


def test_repeated_and_empty_headings_are_made_unique_and_said(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("\ufeffq,\ufeffq, q ,,q (2)\n1,2,3,4,5\n", encoding="utf-8")
    received = delimited.read(file)
    assert list(received.table.columns) == ["q", "q (3)", "q (4)", "(column 4)", "q (2)"]
    assert received.record["repeated headings"] == "q (3);q (4)"
    assert received.record["columns without heading"] == "4"
    assert received.table.loc[0].tolist() == ["1", "2", "3", "4", "5"]


def test_a_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("sep=;\r\na;b\r\n1,2;3\r\n", encoding="utf-8", newline="")
    assert delimited.read(file).table.to_dict("records") == [{"a": "1,2", "b": "3"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"\n\r\n\n", "the file is empty"),
        (b"a,b\n1,2\n3\n", "line 3: 1 cells where the header has 2"),
        (b"a,b\n1,2\n3,4,5\n", "line 3: 3 cells where the header has 2"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "line 3: a quote that opens in this row is never closed"),
        (b'a,b\n1,2\n"3"x,4\n', "line 3: a quote closes within a cell"),
        (b"a,b\n1,2\n3,\x004\n", "line 3: a NUL byte"),
        ("a,b\nété,2\n".encode() + b"\xe9,4\n", "line 3: not readable as utf-8, which the rest of the file is"),
        (b"a;b,c\n1;2,3\n", "comma and semicolon both part every row into 2 cells"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    for large in (0, delimited.LARGE):
        with pytest.raises(AnswersError, match=sentence) as caught:
            delimited.read(file, large=large)
        assert "\n" not in str(caught.value)


def test_a_declared_dialect_is_kept_to(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(b"a,b\n\xe9,2\n")
    assert delimited.read(file, encoding="latin-1", decimal=",").record["decimal"] == ","
    assert list(delimited.read(file, separator=";").table.columns) == ["a,b"]
    with pytest.raises(AnswersError, match="line 2: not readable as utf-8"):
        delimited.read(file, encoding="utf-8")
    with pytest.raises(AnswersError, match="the encoding 'klingon' is not legal"):
        delimited.read(file, encoding="klingon")
    with pytest.raises(AnswersError, match="the separator 'ab' is not legal"):
        delimited.read(file, separator="ab")
    with pytest.raises(AnswersError, match="the file is missing"):
        delimited.read(tmp_path / "absent.csv")
    with pytest.raises(AnswersError, match="cannot be read"):
        delimited.read(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_large_files_are_read_in_a_stream_with_nothing_else_than_the_exact_reader_gives(
    tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "answers.csv"
    text = "a;b;c\r\n" + "".join(f'{n};"é ""{n}"";\r\n\r\n;";{"x" * (n % 7)}\r\n' for n in range(5000)) + "\r\n\r\n"
    file.write_bytes(text.encode(encoding))
    stream, exact = delimited.read(file, large=0), delimited.read(file)
    assert (stream.record["read by"], exact.record["read by"]) == ("stream", "exact")
    pd.testing.assert_frame_equal(stream.table, exact.table)
    assert len(stream.table) == 5000
