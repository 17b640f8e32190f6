"""The doors: the format is recognised from the content, said, and every reader turns the rest away in one sentence."""

from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compendium.collection import contacts, doors, webform
from compendium.collection.received import Received, plain, words
from compendium.errors import AnswersError

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OURS = ("csv", "excel", "spss", "stata", "sas", "webform")


def laid_out(folder: Path) -> dict[str, Path]:
    """Lay out one file a format, all under the same name without an ending."""
    files = {format: folder / format / "answers" for format in ("csv", "excel", "spss", "stata", "sas", "webform")}
    for file in files.values():
        file.parent.mkdir()
    frame = pd.DataFrame({"q1": [1.0, 2.0], "q2": ["a", "b"]})
    files["csv"].write_text("q1;q2\n1;a\n2;b\n", encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (["q1", "q2"], [1, "a"], [2, "b"]):
        book.active.append(row)
    book.save(folder / "answers.xlsx")
    (folder / "answers.xlsx").replace(files["excel"])
    pyreadstat.write_sav(frame, str(folder / "a.sav"))
    (folder / "a.sav").replace(files["spss"])
    pyreadstat.write_dta(frame, str(folder / "a.dta"))
    (folder / "a.dta").replace(files["stata"])
    pyreadstat.write_xport(frame, str(folder / "a.xpt"))
    (folder / "a.xpt").replace(files["sas"])
    files["webform"].write_text(
        "Horodateur,q1,q2\n2026/05/01 10:00:00,1,a\n2026/05/02 10:00:00,2,b\n", encoding="utf-8"
    )
    return files


def test_every_format_is_recognised_from_its_content(tmp_path: Path) -> None:
    for format, file in laid_out(tmp_path).items():
        for declared in ("", format):
            received = doors.read(file, declared)
            assert received.table[["q1", "q2"]].to_dict("list") == {"q1": ["1", "2"], "q2": ["a", "b"]}
            assert received.record["format"] == format
            assert received.record["format found"].startswith("declared" if declared else "recognised")


def test_what_is_declared_must_be_legal(tmp_path: Path) -> None:
    files = laid_out(tmp_path)
    with pytest.raises(AnswersError, match=r"the format 'word' is not legal; legal are csv, excel, spss"):
        doors.read(files["csv"], "word")
    with pytest.raises(
        AnswersError, match=r"'sheet' is not legal for the format csv; legal are separator, encoding, decimal"
    ):
        doors.read(files["csv"], sheet="First")
    with pytest.raises(AnswersError, match="no file of SPSS, Stata or SAS"):
        doors.read(files["csv"], "spss")
    with pytest.raises(AnswersError, match="not readable as a workbook"):
        doors.read(files["csv"], "excel")


def test_a_packed_folder_is_no_workbook(tmp_path: Path) -> None:
    import zipfile

    file = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("answers.csv", "a,b\n")
    with pytest.raises(AnswersError, match="unpack it"):
        doors.read(file)


@QUICK
@given(
    head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
    tail=st.binary(max_size=60),
)
def test_whatever_bytes_come_a_table_or_a_sentence(tmp_path: Path, head: bytes, tail: bytes) -> None:
    """Recognised, or declared as anything whose reader runs in this process."""
    file = tmp_path / "answers"
    file.write_bytes(head + tail)
    for format in ("", "csv", "excel", "webform"):
        try:
            received = doors.read(file, format)
        except AnswersError as error:
            assert "\n" not in str(error)
        else:
            assert not received.table.isna().any(axis=None)
            assert received.record["rows"] == str(len(received.table))


def test_a_web_form_keeps_its_whole_questions(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(
        "Carimbo de data/hora,Que ferramentas usa no trabalho?,Cansaço [Ao acordar],Cansaço [À noite]\n"
        "2026/05/01 10:00:00,caneta;serra,1,2\n",
        encoding="utf-8",
    )
    received = doors.read(file)
    assert received.record["format"] == "webform"
    assert received.record["moment"] == "Carimbo de data/hora"
    assert received.wordings["Cansaço [À noite]"] == "Cansaço [À noite]"


def test_a_web_form_may_write_two_rows_above_its_names(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(
        '"Enquête","","","","",""\n"","","","Outils","",""\n'
        '"Numéro","SID","Date de soumission","Stylo","Scie","Âge"\n"1","17","2026-05-01","X","","40"\n',
        encoding="utf-8",
    )
    received = webform.read(file)
    assert list(received.table.columns) == ["Numéro", "SID", "Date de soumission", "Stylo", "Scie", "Âge"]
    assert received.wordings["Stylo"] == "Outils Stylo"
    assert received.table.loc[0].tolist() == ["1", "17", "2026-05-01", "X", "", "40"]
    assert received.record["rows"] == "1"
    assert received.record["rows above the column names"] == "2"


@pytest.mark.parametrize(
    ("column", "cells", "what"),
    [
        ("E-mail", ["x", ""], "e-mail"),
        ("Adres e-mail", ["x", "y"], "e-mail"),
        ("Votre adresse e-mail (facultatif)", ["x", "y"], "e-mail"),
        ("Telemóvel", ["1", ""], "telephone"),
        ("Numer telefonu do kontaktu", ["600700800", "500600700"], "telephone"),
        ("Vorname", ["Ann", ""], "names"),
        ("Imię i nazwisko", ["Ann B", "Cid D"], "names"),
        ("Morada", ["Rua 1", ""], "addresses"),
        ("remarks", ["ann@example.org", "ben@example.org"], "e-mail"),
        ("q17", ["+49 170 1234567", "0170 / 123 45 67"], "telephone"),
        ("where", ["192.168.0.1", "10.0.0.7"], "addresses"),
    ],
)
def test_contact_details_never_enter(tmp_path: Path, column: str, cells: list[str], what: str) -> None:
    received = Received(pd.DataFrame({"id": ["1", "2"], column: cells}, dtype="str"))
    with pytest.raises(AnswersError, match=f"holds {what}.*contact details never enter"):
        contacts.refuse(received, set(), set(), tmp_path / "answers.csv")
    contacts.refuse(received, {column}, set(), tmp_path / "answers.csv")


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Do you use e-mail with your clients?", ["yes", "no", "yes", "no"]),
        ("Name of the legal form of your activity", ["company", "sole trader"]),
        ("E-mail", ["", ""]),
        ("turnover", ["1200000000", "950000000"]),
        ("date", ["01/05/2026", "02/05/2026"]),
        ("share", ["0.123456789", "0.987654321"]),
    ],
)
def test_other_questions_do(tmp_path: Path, column: str, cells: list[str]) -> None:
    received = Received(pd.DataFrame({column: cells}, dtype="str"))
    contacts.refuse(received, set(), set(), tmp_path / "answers.csv")


def test_the_words_of_the_doors_are_written_as_they_are_compared() -> None:
    kept = words()
    lists = [kept["ticked"], kept["not_ticked"], kept["webform_rows"]["columns"]]
    lists += [signs["columns"] for signs in kept["signs"].values()]
    lists += [phrases for kind in kept["contacts"].values() for phrases in kind.values()]
    assert not [word for one in lists for word in one if plain(word) != word]
    assert not set(kept["ticked"]) & set(kept["not_ticked"])
