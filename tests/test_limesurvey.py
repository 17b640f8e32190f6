"""LimeSurvey: every style of export comes in, our own form without a crosswalk, and nothing is lost on the way."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from limesurvey_import import Survey, take

from compendium import paths
from compendium.collection import doors, limesurvey, tables
from compendium.collection.provenance import Source, source_of
from compendium.errors import AnswersError
from compendium.forms import limesurvey as forms_limesurvey
from compendium.study import platform_names
from compendium.study.codebook import form_version
from compendium.study.routing import SEPARATOR, SHARE
from compendium.study.study import load_study

STUDY = load_study(paths.DEFAULT_STUDY)
WAVE = STUDY.waves[0]
COUNTRY = "PL"
FORM = STUDY.form(COUNTRY, WAVE)
NAMES = platform_names.limesurvey(FORM)
ROWS = 60
SYSTEM = {
    "id": "Response ID",
    "submitdate": "Date submitted",
    "lastpage": "Last page",
    "startlanguage": "Start language",
    "seed": "Seed",
    "token": "Access code",
    "startdate": "Date started",
    "datestamp": "Date last action",
    "ipaddr": "IP address",
    "refurl": "Referrer URL",
}
YES, NO = {"pl": "Tak", "fr": "Oui", "en": "Yes"}, {"pl": "Nie", "fr": "Non", "en": "No"}


def received(folder: Path, content: str, name: str = "export.csv", **options: str) -> doors.Received:
    """Write a small export and read it."""
    (folder / name).write_text(content, encoding="utf-8")
    return limesurvey.read(folder / name, **options)


# --- Styles of headings -------------------------------------------------------------------------------------------


def test_headings_as_codes_stay_as_they_are(tmp_path: Path) -> None:
    got = received(
        tmp_path,
        "id,submitdate,Q1,Q2[SQ001],Q3_SQ001,Q4[SQ001][1],Q1[other],Q2[SQ001comment]\n1,,a,Y,b,c,d,e\n",
    )
    assert list(got.table.columns) == [
        "id", "submitted", "Q1", "Q2[SQ001]", "Q3_SQ001", "Q4[SQ001][1]", "Q1[other]", "Q2[SQ001comment]",
    ]  # fmt: skip
    assert list(got.table.iloc[0]) == ["1", "", "a", "Y", "b", "c", "d", "e"]
    assert got.record["headings"] == "codes"
    assert got.wordings == {}


def test_code_and_text_gives_the_code_as_column_and_the_text_as_wording(tmp_path: Path) -> None:
    got = received(
        tmp_path,
        '"id. Response ID";"submitdate. Date submitted";"Q1. How old are you? e.g. 30";"Q2[SQ001]. Which? [red [dark]]";'
        '"Q4[SQ001][1]. Both: [left][Scale 1]";"Q5."\n1;2026-01-01 10:00:00;30;Yes;1;x\n',
    )
    assert list(got.table.columns) == ["id", "submitted", "Q1", "Q2[SQ001]", "Q4[SQ001][1]", "Q5"]
    assert got.wordings["Q1"] == "How old are you? e.g. 30"
    assert got.wordings["Q2[SQ001]"] == "Which? [red [dark]]"
    assert "Q5" not in got.wordings
    assert got.record["headings"] == "codes and questions"


def test_whole_questions_stay_whole_and_system_columns_are_known_in_other_languages(tmp_path: Path) -> None:
    got = received(
        tmp_path,
        '"ID de la réponse","Date de soumission","Langue de départ","Quel âge avez-vous ?","Lesquels ? [rouge]","Temps total"\n'
        "1,2026-01-01 10:00:00,fr,30,Oui,90\n",
    )
    assert list(got.table.columns) == [
        "ID de la réponse", "submitted", "language", "Quel âge avez-vous ?", "Lesquels ? [rouge]", "duration_min",
    ]  # fmt: skip
    assert got.table["duration_min"].iloc[0] == "1.50"
    assert got.record["headings"] == "questions"
    assert got.wordings["Lesquels ? [rouge]"] == "Lesquels ? [rouge]"


def test_repeated_codes_stay_apart_and_are_said(tmp_path: Path) -> None:
    got = received(tmp_path, '"id. Response ID","Q1. One","Q1. Two"\n1,a,b\n')
    assert list(got.table.columns) == ["id", "Q1", "Q1 (2)"]
    assert got.wordings == {"id": "Response ID", "Q1": "One", "Q1 (2)": "Two"}
    assert got.record["repeated headings"] == "Q1 (2)"


def test_what_limesurvey_adds_is_renamed_or_left_aside_and_all_of_it_is_said(tmp_path: Path) -> None:
    got = received(
        tmp_path,
        "id,submitdate,lastpage,startlanguage,seed,token,startdate,datestamp,ipaddr,refurl,Q1,freeTime,interviewtime,groupTime7,Q1Time\n"
        "1,2026-05-01 10:00:00,3,fr,99,abc,2026-05-01 09:50:00,2026-05-01 10:00:00,192.0.2.1,https://x.org,a,2,600.5,300,12.5\n"
        "2,,1,fr,98,,2026-05-01 09:50:00,2026-05-01 10:00:00,,,a,3,,,\n"
        "3,1980-01-01 00:00:00,1,fr,98,,2026-05-01 09:50:00,2026-05-01 10:00:00,,,a,3,60,,\n",
    )
    assert list(got.table.columns) == [
        "id", "submitted", "lastpage", "language", "seed", "respondent", "startdate", "datestamp", "Q1", "freeTime",
        "duration_min",
    ]  # fmt: skip
    assert list(got.table["duration_min"]) == ["10.01", "", "1.00"]
    assert list(got.table["submitted"]) == ["2026-05-01 10:00:00", "", ""]
    assert got.record["unfinished rows"] == "1"
    assert got.record["finished without a date"] == "1"
    assert got.record["left aside"] == "ipaddr (1 filled);refurl (1 filled);groupTime7 (1 filled);Q1Time (1 filled)"
    assert "submitdate -> submitted" in got.record["renamed"]


def test_a_question_that_bears_our_word_keeps_its_name(tmp_path: Path) -> None:
    got = received(tmp_path, "id,submitdate,startlanguage,language\n1,,fr,French\n")
    assert list(got.table.columns) == ["id", "submitted", "startlanguage", "language"]
    assert list(got.table["language"]) == ["French"]


def test_a_time_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match="'soon'.*is no number of seconds"):
        received(tmp_path, "id,submitdate,interviewtime\n1,,soon\n")


@pytest.mark.parametrize(
    "header",
    [
        "id,submitdate,lastpage,startlanguage,Q1",
        '"id. Response ID","submitdate. Date submitted","lastpage. Last page","Q1. x"',
        '"Response ID","Date submitted","Last page","Q"',
        '"Antwort ID";"Datum Abgeschickt";"Letzte Seite";"Frage"',
    ],
)
def test_an_export_is_recognised_by_its_columns(tmp_path: Path, header: str) -> None:
    path = tmp_path / "any.csv"
    sign = ";" if ";" in header else ","
    path.write_text(f"{header}\n{sign.join('1' * len(header.split(sign)))}\n", encoding="utf-8-sig")
    assert doors.read(path).record["format"] == "limesurvey"


def test_a_workbook_and_an_spss_file_say_the_same(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2], "submitdate": ["2026-05-01 10:00:00", ""], "lastpage": [1, 1], "Q1": [3, 4]})
    frame.to_excel(tmp_path / "export.xlsx", index=False)
    sheet = doors.read(tmp_path / "export.xlsx")
    assert sheet.record["format"] == "limesurvey" and sheet.record["file kind"] == "excel"
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "export.sav"),
        column_labels=["Response ID", "", "", "How many?"],
        variable_value_labels={"Q1": {3: "three"}},
    )
    sav = doors.read(tmp_path / "export.sav", "limesurvey")
    assert sav.wordings["Q1"] == "How many?" and sav.meanings["Q1"] == {"3": "three"}
    for got in (sheet, sav):
        assert got.table.to_dict("list") == {
            "id": ["1", "2"], "submitted": ["2026-05-01 10:00:00", ""], "lastpage": ["1", "1"], "Q1": ["3", "4"],
        }  # fmt: skip
        assert got.record["unfinished rows"] == "1"


# --- The pair for SPSS --------------------------------------------------------------------------------------------

SYNTAX = """*$Rev: 121017 $ all 2.
SET UNICODE=ON.
GET DATA
 /TYPE=TXT
 /FILE='C:\\Users\\me\\survey_1_SPSS_data_file.dat'
 /DELCASE=LINE
 /DELIMITERS=","
 /QUALIFIER="'"
 /ARRANGEMENT=DELIMITED
 /FIRSTCASE=1
 /IMPORTCASE=ALL
 /VARIABLES=
 V1 F7
 V2 DATETIME23.2
 V3 A19
 V4 F13.12
 A5 F1
 V6 A2.
CACHE.
EXECUTE.
*Define Variable Properties.
VARIABLE LABELS V1 "id".
VARIABLE LABELS V2 "submitdate".
VARIABLE LABELS V4 "How ""old"" are you. A long que"+
"stion. And more".
VARIABLE LABELS A5 "[Red] Which?".
*Define Value labels.
VALUE LABELS  A5
 1 "Yes"
 0 "Not selected".
VALUE LABELS  V6
 "A1" "One."
 "A2" "Two / 2".
VARIABLE LEVEL V4(SCALE).
RENAME VARIABLE ( V1 = id ).
RENAME VARIABLE ( V2 = submitdate ).
RENAME VARIABLE ( V3 = startlanguage ).
RENAME VARIABLE ( V4 = age ).
RENAME VARIABLE ( A5 = which_SQ001 ).
RENAME VARIABLE ( V6 = pick ).
RESTORE LOCALE.
"""
DATA = "\ufeff'1','05-06-2026 10:00:00','de','34','1','A1'\n'2','','de','it''s, so','0',''\n"


def pair(folder: Path, syntax: str = SYNTAX, data: str = DATA) -> Path:
    """Write the pair; return the syntax."""
    (folder / "survey_1_SPSS_data_file.dat").write_text(data, encoding="utf-8")
    (folder / "survey_1_SPSS_syntax_file.sps").write_text(syntax, encoding="utf-8")
    return folder / "survey_1_SPSS_syntax_file.sps"


def test_the_pair_for_spss_comes_with_all_its_labels(tmp_path: Path) -> None:
    got = doors.read(pair(tmp_path))
    assert got.record["format"] == "limesurvey"
    assert list(got.table.columns) == ["id", "submitted", "language", "age", "which_SQ001", "pick"]
    assert list(got.table.iloc[0]) == ["1", "2026-06-05 10:00:00", "de", "34", "1", "A1"]
    assert list(got.table.iloc[1]) == ["2", "", "de", "it's, so", "0", ""]
    assert got.wordings["age"] == 'How "old" are you. A long question. And more'
    assert got.meanings == {
        "which_SQ001": {"1": "Yes", "0": "Not selected"},
        "pick": {"A1": "One.", "A2": "Two / 2"},
    }
    assert got.record["data"] == "survey_1_SPSS_data_file.dat"
    assert "SET" in got.record["commands passed over"]


@pytest.mark.parametrize(
    ("syntax", "data", "sentence"),
    [
        (SYNTAX, DATA + "'3','','de'\n", "line 3: 3 cells where the syntax has 6 variables"),
        (SYNTAX, DATA + "'3','','de','1','1','A1\n", "line 3: not readable"),
        (SYNTAX.split(" V1 F7")[0], DATA, "names no variables"),
        (SYNTAX.replace("LABELS V1", "LABELS V9"), DATA, "'V9', which is no variable"),
    ],
)
def test_a_pair_that_does_not_fit_is_one_sentence(tmp_path: Path, syntax: str, data: str, sentence: str) -> None:
    with pytest.raises(AnswersError, match=sentence):
        doors.read(pair(tmp_path, syntax, data))


def test_data_that_do_not_lie_beside_the_syntax_are_asked_for(tmp_path: Path) -> None:
    path = pair(tmp_path)
    (tmp_path / "survey_1_SPSS_data_file.dat").unlink()
    with pytest.raises(AnswersError, match="the data are missing"):
        doors.read(path)


# --- Round trip of our own form -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trip:
    """The structure that we export, the answers before, and what the reader of our own table makes of them."""

    survey: Survey
    raw: pd.DataFrame
    answers: pd.DataFrame


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    folder = tmp_path_factory.mktemp("trip")
    (structure,) = forms_limesurvey.write(STUDY, COUNTRY, WAVE, ("pl", "en", "fr"), folder)
    raw = pd.read_csv(source_of(STUDY, COUNTRY, WAVE).file, dtype=str, keep_default_na=False).head(ROWS)
    raw = raw.apply(_sayable)
    # Every code of every question occurs: what is not drawn is put in.
    for name, question in FORM.questions.items():
        if question.type in ("single", "item", "multiple"):
            for row, code in enumerate(platform_names.offered(question)):
                raw.loc[row, name] = code
    raw.to_csv(folder / "responses.csv", index=False)
    answers = tables.read_answers(STUDY, _source(folder / "responses.csv"), COUNTRY, WAVE).answers
    return Trip(take(structure.read_bytes()), raw, answers)


def _sayable(cells: "pd.Series[str]") -> "pd.Series[str]":
    """What a LimeSurvey form cannot be told is blank there: misspellings, and refusals that have no box."""
    question = FORM.questions.get(str(cells.name))
    if question is None:
        return cells
    boxes = platform_names.offered(question)
    unsayable = [code for code in question.non_answers if code not in boxes]
    return cells.replace(dict(question.misspellings)).mask(cells.isin(unsayable), "")


def _source(file: Path, **others: str) -> Source:
    return Source(file, "synthetic", "", "", file.with_name("codebook.csv"), pseudonymous=True, **others)  # type: ignore[arg-type]


def _flat(marked: str) -> str:
    return html.unescape(re.sub("<[^>]*>", " ", marked))


def _laid_out(trip: Trip, headings: str, answers: str, language: str = "pl") -> pd.DataFrame:
    """Lay answers out as LimeSurvey exports the survey that we gave it."""
    own = {heading: target for heading, target in NAMES.columns().items()}
    columns: dict[str, list[str]] = {}

    def add(code: str, words: str, cells: list[str]) -> None:
        joined = code.replace("[", "_").replace("]", "")
        columns[{"code": code, "joined": joined, "both": f"{code}. {words}", "full": words}[headings]] = cells

    raw = trip.raw
    of_system = {"submitdate": "submitted", "startlanguage": "language", "token": "respondent"}
    for name, words in SYSTEM.items():
        add(name, words, list(raw[of_system[name]]) if name in of_system else [f"{name}-{row}" for row in raw.index])
    for question in trip.survey.questions.values():
        for row, row_texts in (question.rows or {"": {}}).items():
            code = f"{question.name}[{row}]" if row else question.name
            words = _flat(question.texts[language]) + (f" [{_flat(row_texts[language])}]" if row else "")
            if question.type == "X":
                cells = [""] * len(raw)
            elif code == platform_names.VERSION:
                cells = [form_version(FORM)] * len(raw)
            else:
                cells = list(_cells(raw, *own[code], answers, language, question.answers))
            add(code, words, cells)
    minutes = raw["duration_min"].astype(float)
    add("interviewtime", "Total time", [f"{one * 60:.2f}" for one in minutes])
    add("groupTime12", "Group time: first", ["5.2"] * len(raw))
    first = next(iter(trip.survey.questions))
    add(f"{first}Time", f"Question time: {first}", ["1.5"] * len(raw))
    return pd.DataFrame(columns)


def _cells(
    raw: pd.DataFrame, name: str, code: str, style: str, language: str, labels: dict[str, dict[str, str]]
) -> Iterator[str]:
    kind = FORM.questions[name].type
    for cell in raw[name]:
        if kind == "multiple":
            ticked = code in cell.split(SEPARATOR)
            shown = cell != "" or style == "codes"
            words = {"codes": ("Y", ""), "words": (YES[language], NO[language]), "numbers": ("1", "0")}[style]
            yield words[not ticked] if shown else "N/A"
        elif kind == "shares":
            parts = dict(part.split(SHARE) for part in cell.split(SEPARATOR) if part)
            yield f"{float(parts[code]):.10f}" if code in parts else ""
        elif kind in ("single", "item"):
            stored = NAMES.codes[name].get(cell, cell)
            yield _flat(labels[stored][language]) if style == "words" and cell else stored
        elif kind == "number":
            yield f"{float(cell):.10f}" if cell and style == "codes" else cell
        else:
            yield cell


@pytest.mark.parametrize(
    ("headings", "answers", "ending"),
    [
        ("code", "codes", "csv"),
        ("joined", "numbers", "csv"),
        ("both", "words", "csv"),
        ("full", "words", "csv"),
        ("full", "codes", "xlsx"),
        ("code", "words", "xlsx"),
        ("joined", "codes", "sav"),
    ],
)
def test_our_own_form_comes_back_with_nothing_lost_and_without_a_crosswalk(
    trip: Trip, tmp_path: Path, headings: str, answers: str, ending: str
) -> None:
    frame = _laid_out(trip, headings, answers)
    path = tmp_path / f"export.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    elif ending == "xlsx":
        frame.to_excel(path, index=False)
    else:
        pyreadstat.write_sav(frame, str(path))
    reading = tables.read_answers(STUDY, _source(path, format="limesurvey" if ending == "sav" else ""), COUNTRY, WAVE)
    back = reading.answers
    assert len(back) == ROWS
    for name in ("respondent", "submitted", "language"):
        assert list(back[name]) == list(trip.answers[name]), name
    assert (back["duration_min"] - trip.answers["duration_min"]).abs().max() < 0.01
    for name, question in FORM.questions.items():
        before, after = trip.answers[name], back[name]
        if question.type in ("multiple", "shares"):
            before = before.fillna("").map(lambda cell, codes=question.codes: _in_order(cell, codes))
            after = after.fillna("")
            if question.type == "shares":
                before = before.str.replace(r"\.0+(?=;|$)", "", regex=True)
        pd.testing.assert_series_equal(after, before, check_dtype=False, obj=name)
    assert list(back["refused"]) == list(trip.answers["refused"])
    assert reading.record["columns of our form"] == f"{len(NAMES.columns())} of {len(NAMES.columns())}"
    for aside in ("ipaddr", "refurl", "groupTime12") if headings == "code" else ():
        assert aside in reading.record["left aside"]


def _in_order(cell: str, codes: tuple[str, ...]) -> str:
    parts = [part for part in cell.split(SEPARATOR) if part]
    return SEPARATOR.join(sorted(parts, key=lambda part: codes.index(part.split(SHARE)[0])))
