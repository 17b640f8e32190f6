"""LimeSurvey: every style of export comes in, our own form without a crosswalk, and nothing is lost on the way."""

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limesurvey_import import Survey, take
from typer.testing import CliRunner

from compendium import paths
from compendium.collection import arrivals, delimited, doors, limesurvey, limesurvey_structure, tables
from compendium.collection import crosswalk as crosswalks
from compendium.collection.draft import draft
from compendium.collection.provenance import Source, source_of
from compendium.collection.received import SEVERAL, fold, plain
from compendium.commands.collect import app as collect
from compendium.errors import AnswersError
from compendium.forms import limesurvey as forms_limesurvey
from compendium.study import platform_names
from compendium.study.codebook import form_version
from compendium.study.questions import Question
from compendium.study.routing import SEPARATOR, SHARE
from compendium.study.study import load_study

STUDY = load_study(paths.DEFAULT_STUDY)
WAVE = STUDY.waves[0]
COUNTRY = "PL"
FORM = STUDY.form(COUNTRY, WAVE)
NAMES = platform_names.limesurvey(FORM)
ROWS = 40
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


def test_names_and_addresses_of_participants_and_times_of_mere_texts_stay_outside(tmp_path: Path) -> None:
    got = received(
        tmp_path,
        "id,submitdate,token,firstname,lastname,email,Q1,leisureTime,interviewtime,groupTime3,Q1Time,welcomeTime\n"
        "1,2026-05-01 10:00:00,t1,Ann,Example,ann@example.org,a,2,60,50,5,6\n",
    )
    assert list(got.table.columns) == ["id", "submitted", "respondent", "Q1", "leisureTime", "duration_min"]
    for name in ("firstname", "lastname", "email", "groupTime3", "Q1Time", "welcomeTime"):
        assert f"{name} (1 filled)" in got.record["left aside"]
    assert "Ann" not in str(got.record)


def test_a_question_that_bears_our_word_keeps_its_name(tmp_path: Path) -> None:
    got = received(tmp_path, "id,submitdate,startlanguage,language\n1,,fr,French\n")
    assert list(got.table.columns) == ["id", "submitted", "startlanguage", "language"]
    assert list(got.table["language"]) == ["French"]


def test_a_time_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match=r"'soon'.*is no number of seconds"):
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
    assert got.wordings["which_SQ001"] == "Which? [Red]"
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
        elif question.type == "number":
            raw.loc[0, name] = f"{max(question.minimum, 1.5):g}"
        elif question.type == "shares":
            raw.loc[0, name] = SEPARATOR.join(
                f"{code}{SHARE}{part}" for code, part in zip(question.codes, (62, 38), strict=False)
            )
        else:
            raw.loc[0, name] = 'Zażółć; "gęślą"\njaźń, 1,5'
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
    own = NAMES.columns()
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
        ("both", "words", "csv"),
        ("full", "words", "xlsx"),
        ("joined", "numbers", "sav"),
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


def _read_back(frame: pd.DataFrame, folder: Path) -> tables.Reading:
    frame.to_csv(folder / "export.csv", index=False)
    return tables.read_answers(STUDY, _source(folder / "export.csv"), COUNTRY, WAVE)


def test_an_anonymous_survey_with_unfinished_rows_and_questions_that_were_not_shown(trip: Trip, tmp_path: Path) -> None:
    frame = _laid_out(trip, "code", "words").head(4).drop(columns=["token", "interviewtime", "ipaddr"])
    item = next(name for name, question in FORM.questions.items() if question.type == "item")
    frame.loc[1, "submitdate"] = ""
    frame.loc[2, NAMES.column(item)] = "N/A"
    frame.loc[3, NAMES.column(item)] = "{question_not_shown}"
    reading = _read_back(frame, tmp_path)
    assert len(reading.answers) == 4 and "respondent" not in reading.answers
    assert reading.record["unfinished rows"] == "1"
    assert int(reading.record["cells that say the question was not shown"]) >= 2
    assert reading.answers["submitted"].isna().tolist() == [False, True, False, False]
    assert reading.answers[item].isna().tolist()[2:] == [True, True]


def _changed(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    first = next(name for name, question in FORM.questions.items() if question.type == "single")
    column = NAMES.column(first)
    if what == "version":
        option = next(column for column in frame if column.endswith("]"))  # an older form without one of its options
        return frame.drop(columns=option).assign(formversion=f"{FORM.id} 1.0 0123456789abcdef")
    if what == "added":
        return frame.assign(partnerquestion="yes")
    return frame.assign(**{column.upper(): frame[column]})


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("version", r"answers were given to the form 'core 1\.0 0123456789abcdef'"),
        ("added", "the column 'partnerquestion' is no question"),
        ("twice", "both hold"),
    ],
)
def test_what_does_not_fit_our_form_stops_with_its_name(trip: Trip, tmp_path: Path, what: str, sentence: str) -> None:
    with pytest.raises(AnswersError, match=sentence):
        _read_back(_changed(_laid_out(trip, "code", "codes").head(3), what), tmp_path)


def test_a_cell_that_is_neither_code_nor_label_stays_for_whoever_names_it(trip: Trip, tmp_path: Path) -> None:
    name = next(name for name, question in FORM.questions.items() if question.type == "single")
    frame = _laid_out(trip, "code", "words").head(3)
    frame.loc[1, NAMES.column(name)] = "Zz9"
    frame.to_csv(tmp_path / "export.csv", index=False)
    assert list(limesurvey.read(tmp_path / "export.csv", form=FORM).table[name])[1] == "Zz9"


def test_the_draft_of_a_crosswalk_knows_the_structure(tmp_path: Path) -> None:
    foreign = [one for one in _foreign() if one.question.type in ("item", "single")][:6]
    structure = _structure(tmp_path, foreign)
    rows = [["2026-05-01", "9", *("A1" for _ in foreign)], ["", "2", *("A2" for _ in foreign)]]
    frame = pd.DataFrame(rows, columns=["submitdate", "lastpage", *(one.name for one in foreign)])
    frame.to_csv(tmp_path / "theirs.csv", index=False)
    into = tmp_path / "crosswalk.csv"
    options = ["--country", COUNTRY, "--into", str(into), "--labels", structure.name]
    done = CliRunner().invoke(collect, ["draft", str(tmp_path / "theirs.csv"), *options])
    assert done.exit_code == 0, done.output
    table = doors.read(into).table.set_index(["their_column", "their_label"])
    for one in foreign:
        for ours, theirs in one.codes.items():
            assert tuple(table.loc[(one.name, theirs), ["question", "code"]]) == (one.question.id, ours)


def test_labels_of_one_form_are_told_apart_in_every_language() -> None:
    for question in FORM.questions.values():
        for language in question.text:
            labels = [plain(one.get(language, "")) for one in question.labels.values()]
            assert len(set(labels)) == len(labels), (question.id, language)


def test_a_pair_that_is_added_takes_its_data_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trip: Trip) -> None:
    frame = _laid_out(trip, "joined", "numbers").head(5)
    lines = [f" V{place} A255" for place, _ in enumerate(frame.columns)]
    renames = [f"RENAME VARIABLE ( V{place} = {name} )." for place, name in enumerate(frame.columns)]
    syntax = "\n".join([SYNTAX.split("\n V1 F7")[0], *lines, ".", *renames, ""])
    rows = [",".join("'" + cell.replace("'", "''") + "'" for cell in row) for row in frame.itertuples(index=False)]
    path = pair(tmp_path, syntax, "\n".join(rows) + "\n")
    monkeypatch.setattr(paths, "answers_folder", lambda folder, country, wave: tmp_path / "raw" / country / wave)
    arrival = arrivals.Arrival(path, COUNTRY, WAVE, pseudonymous=True)
    folder, reading = arrivals.add(STUDY, arrival, origin="synthetic", source="a pair")
    assert len(reading.answers) == 5
    assert {one.name for one in folder.iterdir()} == {"responses.sps", "survey_1_SPSS_data_file.dat", "source.yml"}
    again = doors.read(folder / "responses.sps", form=FORM)
    assert again.record["sha256"] == reading.record["sha256"]
    pd.testing.assert_frame_equal(again.table, doors.read(path, form=FORM).table)


def _in_order(cell: str, codes: tuple[str, ...]) -> str:
    parts = [part for part in cell.split(SEPARATOR) if part]
    return SEPARATOR.join(sorted(parts, key=lambda part: codes.index(part.split(SHARE)[0])))


# --- A survey of others, at full scale ------------------------------------------------------------------------------

ASKED = 132
LANGUAGES = ("en", "fr", "pt")
KINDS = {"single": "L", "item": "L", "multiple": "M", "number": "N", "shares": "K", "text": "T"}


@dataclass(frozen=True)
class Foreign:
    """One question of a survey that others made, about what we ask: their names and codes, the same words."""

    question: Question
    name: str

    @property
    def codes(self) -> dict[str, str]:
        rowed = self.question.type in SEVERAL
        pattern = "SQ{:03d}" if rowed else "A{}"
        return {code: pattern.format(place) for place, code in enumerate(self.question.codes, start=1)}


def _foreign() -> list[Foreign]:
    asked = list(FORM.questions.values())[:ASKED]
    return [Foreign(question, f"G{place // 12:02d}Q{place:03d}") for place, question in enumerate(asked, start=1)]


def _structure(folder: Path, foreign: list[Foreign]) -> Path:
    lines = [["class", "type/scale", "name", "relevance", "text", "help", "language", "other"]]
    lines += [["S", "", "language", "", LANGUAGES[0], "", "", ""]]
    lines += [["S", "", "additional_languages", "", " ".join(LANGUAGES[1:]), "", "", ""]]
    for language in LANGUAGES:
        lines.append(["G", "1", "All", "1", "", "", language, ""])
        for one in foreign:
            question = one.question
            lines.append(["Q", KINDS[question.type], one.name, "1", question.text[language], "", language, "N"])
            kind = "SQ" if question.type in SEVERAL else "A"
            for ours, theirs in one.codes.items():
                lines.append([kind, "0", theirs, "", question.labels[ours][language], "", language, ""])
    path = folder / "structure.txt"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(lines)
    return path


def _national(foreign: list[Foreign], raw: pd.DataFrame, *, whole: str = "", ten: bool = False) -> pd.DataFrame:
    """Lay the survey out as codes, or with whole questions and words in a language; items from 1 to 10 if so asked."""
    columns: dict[str, list[str]] = {"id": [str(row) for row in raw.index], "submitdate": list(raw["submitted"])}
    columns["lastpage"] = ["9"] * len(raw)
    for one in foreign:
        question, cells = one.question, raw[one.question.id]
        words = question.text.get(whole, "")
        if question.type in SEVERAL:
            for ours, theirs in one.codes.items():
                label = question.labels[ours].get(whole, "")
                parts = [dict(part.partition(SHARE)[::2] for part in cell.split(SEPARATOR) if part) for cell in cells]
                ticks = [part.get(ours, "") if question.type == "shares" else "Y" * (ours in part) for part in parts]
                columns[f"{words} [{label}]" if whole else f"{one.name}[{theirs}]"] = ticks
        elif ten and question.type == "item":
            columns[words or one.name] = [str(1 + row % 10) for row in range(len(cells))]
        elif question.codes:
            spoken = {code: question.labels[code].get(whole, "") for code in question.codes}
            columns[words or one.name] = [(spoken if whole else one.codes).get(cell, "") for cell in cells]
        else:
            columns[words or one.name] = list(cells)
    return pd.DataFrame(columns)


def _plain_answers(trip: Trip) -> pd.DataFrame:
    """Answers without refusals, which the survey of the others does not offer."""
    raw = trip.raw.copy()
    for question in FORM.questions.values():
        raw[question.id] = raw[question.id].mask(raw[question.id].isin(question.non_answers), "")
    return raw


def test_codes_with_their_structure_become_our_codes_with_nothing_lost(trip: Trip, tmp_path: Path) -> None:
    foreign, raw = _foreign(), _plain_answers(trip)
    assert len(foreign) == ASKED
    _national(foreign, raw).to_csv(tmp_path / "one.csv", index=False)
    structure = limesurvey_structure.read(_structure(tmp_path, foreign))
    assert structure.languages == LANGUAGES
    got = structure.label(doors.read(tmp_path / "one.csv", form=FORM), "fr")
    proposed = draft(got, FORM)
    assert proposed[proposed["note"].str.startswith(crosswalks.UNDECIDED)].empty
    proposed.to_csv(tmp_path / "crosswalk.csv", index=False)
    several = frozenset(one.question.id for one in foreign if one.question.type == "multiple")
    table, usage = crosswalks.apply(crosswalks.read_crosswalk(tmp_path / "crosswalk.csv"), got, tmp_path, several)
    folded = fold(table, FORM, tmp_path)
    assert usage.unnamed == []
    for one in foreign:
        expected = raw[one.question.id].map(crosswalks.same)  # a crosswalk writes a text in one line
        if one.question.type in SEVERAL:
            expected = expected.map(lambda cell, codes=one.question.codes: _in_order(cell, codes))
        assert list(folded[one.question.id]) == list(expected), one.question.id


def test_another_country_with_whole_questions_a_bom_and_ten_points_is_matched_but_its_scale_never_guessed(
    trip: Trip, tmp_path: Path
) -> None:
    foreign, raw = _foreign(), _plain_answers(trip)
    frame = _national(foreign, raw, whole="pt", ten=True)
    first = foreign[0].question.text["pt"]
    frame = frame.rename(columns={first: "\ufeff" + first, "submitdate": "Data de envio", "lastpage": "Última página"})
    frame.to_csv(tmp_path / "two.csv", index=False, sep=";", encoding="utf-8-sig")
    got = doors.read(tmp_path / "two.csv", form=FORM)
    assert "columns of our form" not in got.record  # the words are ours, the numbers are not
    assert got.record["headings"] == "questions"
    assert len(got.table.columns) == frame.shape[1] and len(got.table) == ROWS
    proposed = draft(got, FORM)
    fed = set(proposed.loc[proposed["question"] != "", "question"].str.split("__").str[0])
    assert {one.question.id for one in foreign} <= fed
    items = [one.question.id for one in foreign if one.question.type == "item"]
    open_ = proposed[proposed["question"].isin(items)]
    assert open_["note"].str.contains("another scale|words").all() and (open_["code"] == "").all()


# --- Whatever comes -------------------------------------------------------------------------------------------------

_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=300), st.binary(max_size=80).map(lambda tail: SYNTAX.encode() + tail)))
def test_whatever_bytes_come_a_table_or_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "any.csv").write_bytes(content)
    (tmp_path / "any.dat").write_bytes(content)
    try:
        got = doors.read(tmp_path / "any.csv", "limesurvey", FORM)
    except AnswersError as error:
        assert "\n" not in str(error)
    else:
        assert int(got.record["rows"]) == len(got.table)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=5),
    style=st.sampled_from(["Q1", "Q1. How?", "How? [much]"]),
)
def test_no_row_no_column_and_no_cell_is_lost(tmp_path: Path, rows: list[tuple[str, str, str]], style: str) -> None:
    frame = pd.DataFrame(rows, columns=[style, "Q2[SQ001]", "Q3"]).assign(
        submitdate="2026-01-01 10:00:00", lastpage="1"
    )
    frame.to_csv(tmp_path / "any.csv", index=False, quoting=csv.QUOTE_ALL, encoding="utf-8")
    got = limesurvey.read(tmp_path / "any.csv", form=FORM)
    base = delimited.read(tmp_path / "any.csv")
    assert got.table.shape == base.table.shape == frame.shape
    assert got.table.to_numpy().tolist() == base.table.to_numpy().tolist()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(_CELLS, min_size=6, max_size=6), max_size=4))
def test_any_cells_in_the_data_of_a_pair_come_back_or_are_one_sentence(tmp_path: Path, rows: list[list[str]]) -> None:
    lines = [",".join("'" + cell.replace("'", "''") + "'" for cell in row) for row in rows]
    path = pair(tmp_path, data="\n".join(lines))
    try:
        got = limesurvey.read(path)
    except AnswersError as error:
        assert "\n" not in str(error)
    else:
        assert got.table.shape == (len(rows), 6)
        assert [cell.strip() for cell in got.table["pick"]] == [row[5].replace("\ufeff", "").strip() for row in rows]
