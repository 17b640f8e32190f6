"""Files of SPSS, Stata and SAS: no code without its label lost, and what the file declares missing stays in sight."""

import datetime as dt
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compendium.collection import statistical
from compendium.errors import AnswersError

# Each file is read in a process of its own: few examples.
QUICK = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FRAME = pd.DataFrame(
    {
        "mood": [1.0, 2.0, 9.0, np.nan],
        "trade": ["a", "bb", "", "zz"],
        "hours": [1.5, 97.0, 98.0, 40.0],
        "day": [dt.date(2026, 1, 2), None, dt.date(2026, 1, 4), dt.date(2026, 1, 5)],
    }
)


@pytest.mark.parametrize("compress", [False, True], ids=["sav", "zsav"])
def test_spss_with_labels_and_declared_missing(tmp_path: Path, compress: bool) -> None:
    file = tmp_path / "answers.sav"
    pyreadstat.write_sav(
        FRAME,
        str(file),
        column_labels={"mood": "Wie müde?"},
        variable_value_labels={"mood": {1: "nie", 2: "oft", 3: "immer", 9: "weiß nicht"}, "trade": {"a": "Musik"}},
        missing_ranges={"mood": [9], "hours": [{"lo": 97, "hi": 99}], "trade": ["zz"]},
        compress=compress,
    )
    received = statistical.read(file)
    assert received.table["mood"].tolist() == ["1", "2", "9", ""]
    assert received.table["hours"].tolist() == ["1.5", "97", "98", "40"]
    assert received.table["day"].tolist() == ["2026-01-02", "", "2026-01-04", "2026-01-05"]
    assert received.wordings == {"mood": "Wie müde?"}
    assert received.meanings == {
        "mood": {"1": "nie", "2": "oft", "3": "immer", "9": "weiß nicht"},
        "trade": {"a": "Musik"},
    }
    assert received.user_missing == {"mood": {"9"}, "hours": {"97", "98"}, "trade": {"zz"}}
    assert received.record["rows"] == "4"


def test_stata_with_extended_missing_codes(tmp_path: Path) -> None:
    file = tmp_path / "answers.dta"
    pyreadstat.write_dta(
        pd.DataFrame({"mood": [1.0, 2.0, "a", np.nan, "z"], "trade": ["x", "y", "z", "a", ""]}),
        str(file),
        variable_value_labels={"mood": {1: "never", 2: "often", "a": "refused"}},
        missing_user_values={"mood": ["a", "z"]},
    )
    received = statistical.read(file)
    assert received.table["mood"].tolist() == ["1", "2", ".a", "", ".z"]
    assert received.table["trade"].tolist() == ["x", "y", "z", "a", ""]
    assert received.meanings == {"mood": {"1": "never", "2": "often", ".a": "refused"}}
    assert received.user_missing == {"mood": {".a", ".z"}}


@pytest.mark.parametrize(("ending", "writer"), [("xpt", pyreadstat.write_xport), ("por", pyreadstat.write_por)])
def test_transport_files(tmp_path: Path, ending: str, writer: object) -> None:
    file = tmp_path / f"answers.{ending}"
    writer(FRAME[["mood", "trade", "hours"]].fillna({"mood": 3}), str(file))  # type: ignore[operator]
    received = statistical.read(file)
    assert received.table.iloc[:, 0].tolist() == ["1", "2", "9", "3"]
    assert received.table.iloc[:, 1].tolist() == ["a", "bb", "", "zz"]
    assert received.record["not told"].startswith("codes declared missing")


@QUICK
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6).map(str.rstrip), min_size=1, max_size=5),
    numbers=st.lists(st.integers(-99, 99), min_size=5, max_size=5),
)  # fmt: skip
def test_what_was_written_is_read(tmp_path: Path, texts: list[str], numbers: list[int]) -> None:
    file = tmp_path / "answers.sav"
    frame = pd.DataFrame({"text": texts, "number": [float(number) for number in numbers[: len(texts)]]})
    pyreadstat.write_sav(frame, str(file))
    received = statistical.read(file)
    assert received.table["text"].tolist() == texts
    assert received.table["number"].tolist() == [str(number) for number in numbers[: len(texts)]]


def test_old_files_without_utf8_are_read_by_the_page_of_windows_and_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "answers.sav"
    pyreadstat.write_sav(pd.DataFrame({"word": ["abcdéf"]}), str(file))
    file.write_bytes(file.read_bytes().replace("é".encode(), b"\xe9 "))
    received = statistical.read(file)
    assert received.table["word"].tolist() == ["abcdé f"]
    assert received.record["encoding found"].startswith("guessed")


def test_whatever_bytes_come_a_table_or_a_sentence(tmp_path: Path) -> None:
    """Files with bytes changed or cut off, by a fixed seed; some crash the library, and its process with it."""
    luck = random.Random(3)
    pyreadstat.write_sav(FRAME, str(tmp_path / "a.sav"), variable_value_labels={"mood": {1: "x"}})
    pyreadstat.write_dta(FRAME[["mood", "trade"]], str(tmp_path / "a.dta"))
    for file in (tmp_path / "a.sav", tmp_path / "a.dta"):
        whole = file.read_bytes()
        for _ in range(5):
            content = bytearray(whole)
            for _ in range(luck.randint(1, 8)):
                content[luck.randrange(4, len(content))] = luck.randrange(256)
            file.write_bytes(content[: luck.choice([len(content), luck.randrange(4, len(content))])])
            try:
                assert statistical.read(file).table.columns.is_unique
            except AnswersError as error:
                assert file.name in str(error)
                assert "\n" not in str(error)


def test_a_crash_of_the_library_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "answers.sav"
    pyreadstat.write_sav(FRAME, str(file))
    child = tmp_path / "child.py"
    child.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", encoding="utf-8")
    monkeypatch.setattr(statistical.statistical_child, "__file__", str(child))
    with pytest.raises(AnswersError, match="its reader crashed on what it holds"):
        statistical.read(file)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.sav"
    file.write_text("id,q\n", encoding="utf-8")
    with pytest.raises(AnswersError, match="no file of SPSS, Stata or SAS"):
        statistical.read(file)
