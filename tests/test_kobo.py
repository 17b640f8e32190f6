"""KoboToolbox and ODK exports: groups, several answers, repeats, what shows a person, and nothing lost on the way back."""

import itertools
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from forms_trial import trial
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kobo_layout import as_csv, as_workbook, laid_out
from typer.testing import CliRunner

from compendium import paths
from compendium.collection import crosswalk, delimited, doors, kobo, kobo_forms
from compendium.collection.draft import draft
from compendium.collection.provenance import Source, source_of
from compendium.collection.received import Received
from compendium.collection.tables import Reading, read_answers
from compendium.commands.collect import app
from compendium.errors import AnswersError
from compendium.forms import xlsform
from compendium.study.study import load_study


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


KOBO = (
    "start;end;deviceid;profile/age;profile/tools;profile/tools/pen;profile/tools/screen;profile/place;"
    "profile/_place_latitude;profile/_place_longitude;_id;_uuid;_submission_time;_validation_status;_submitted_by;_index\n"
    "2026-03-01T10:00:00.000+01:00;2026-03-01T10:12:30.000+01:00;dev;34;screen pen;1;1;48.1 2.2 0 0;48.1;2.2;7;u-1;"
    "2026-03-01T09:13:00;;someone;1\n"
    "2026-03-01T11:00:00.000+01:00;2026-03-01T11:10:00.000+01:00;dev;;pen;1;0;;;;8;u-2;2026-03-01T10:11:00;"
    "validation_status_approved;;2\n"
)


def test_an_export_of_kobo(tmp_path: Path) -> None:
    received = doors.read(written(tmp_path / "k.csv", KOBO))
    assert received.record["format"] == "kobo" and received.record["format found"].startswith("recognised")
    assert received.table.to_dict("list") == {
        "respondent": ["u-1", "u-2"],
        "submitted": ["2026-03-01T09:13:00", "2026-03-01T10:11:00"],
        "duration_min": ["12.50", "10.00"],
        "age": ["34", ""],
        "tools": ["screen;pen", "pen"],
    }
    said = received.record["left aside (may show who answered)"]
    assert all(name in said for name in ("deviceid (2 filled)", "profile/place (1 filled)", "_submitted_by (1 filled)"))
    assert received.record["validation status"] == "validation_status_approved (1)"
    assert received.record["options joined"] == "tools (2)"


OURS = load_study(paths.DEFAULT_STUDY)
COUNTRY = OURS.countries[0].code
ROWS = 50


@pytest.fixture(scope="module")
def original() -> pd.DataFrame:
    file = source_of(OURS, COUNTRY, "2026").file
    return delimited.read(file).table.head(ROWS)


def source(file: Path, format: str = "") -> Source:
    return Source(file, "synthetic", "", "", file.with_name("codebook.csv"), format=format, pseudonymous=True)


def came_back(file: Path) -> Reading:
    return read_answers(OURS, source(file), COUNTRY, "2026")


@pytest.fixture(scope="module")
def asked(original: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The answers as they are read from the file in which they were drawn."""
    file = tmp_path_factory.mktemp("original") / "answers.csv"
    original.to_csv(file, index=False)
    return read_answers(OURS, source(file), COUNTRY, "2026").answers


def same_answers(back: pd.DataFrame, asked: pd.DataFrame) -> None:
    names = list(OURS.questionnaire.questions)
    pd.testing.assert_frame_equal(back[[*names, "respelt", "refused"]], asked[[*names, "respelt", "refused"]])
    assert len(back["respondent"].unique()) == len(asked)
    assert (pd.to_numeric(back["duration_min"]) - asked["duration_min"].fillna(10)).abs().max() < 0.01


@pytest.mark.parametrize(("sign", "several"), [("/", "both"), ("/", "whole"), ("/", "options"), ("-", "both")])
def test_our_form_comes_back_whole_from_a_text_export(
    tmp_path: Path, original: pd.DataFrame, asked: pd.DataFrame, sign: str, several: str
) -> None:
    header, rows = laid_out(OURS, COUNTRY, original, tmp_path, sign=sign, several=several)
    reading = came_back(written(tmp_path / "k.csv", as_csv(header, rows)))
    same_answers(reading.answers, asked)
    assert reading.record["format"] == "kobo"


def test_our_form_comes_back_whole_from_a_workbook(tmp_path: Path, original: pd.DataFrame, asked: pd.DataFrame) -> None:
    same_answers(
        came_back(as_workbook(tmp_path / "k.xlsx", *laid_out(OURS, COUNTRY, original, tmp_path))).answers, asked
    )


def test_what_our_form_carries_besides_answers_is_known(tmp_path: Path) -> None:
    """Notes come back empty, sums of shares do not: none of them is taken for a question, or for somebody else's."""
    form = OURS.form(COUNTRY, "2026")
    moments = {"start": "2026-03-01T09:00:00", "end": "2026-03-01T09:20:00", "today": "2026-03-01"}
    filled = {name: moments.get(name, "1") for name in xlsform.helpers(form)}
    notes = {*form.notes, xlsform.END, *(f"intro_{module}" for module in form.modules)}
    cells = {
        name: "" if name in notes or name.startswith(("hint_", "check_")) else value for name, value in filled.items()
    }
    file = written(
        tmp_path / "k.csv", as_csv(["_id", "_uuid", "consent", *cells], [["1", "u", "yes", *cells.values()]])
    )
    received = doors.read(file, "kobo", form)
    assert set(received.table) == {"respondent", "consent", "form_version", "duration_min"}


def test_a_question_that_is_not_ours_is_never_dropped(tmp_path: Path) -> None:
    received = doors.read(
        written(tmp_path / "k.csv", "_id;_uuid;g/consent;g/strange\n1;u;yes;x\n"), "kobo", OURS.questionnaire
    )
    assert set(received.table) == {"respondent", "consent", "strange"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q;q/a;q/b;_id\na b;1;0;1\n", r"answer 1: the column 'q' says 'a b' where the columns of its options say 'a'"),
        ("q;q/a;q/b;_id\na;1;0;1\n;0;1;2\n", r"answer 2: the column 'q' says '' where .* say 'b'"),
        (
            "first/consent;second/consent;_id\nyes;;1\n",
            r"'first/consent' and 'second/consent' would both be .* 'consent'",
        ),
    ],
)
def test_contradictions_are_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        kobo.read(written(tmp_path / "k.csv", text), form=OURS.questionnaire)


def test_the_same_name_in_two_groups_stays_apart_and_is_said(tmp_path: Path) -> None:
    received = kobo.read(written(tmp_path / "k.csv", "first/why;second/why;first/age;_id\na;b;3;1\n"))
    assert received.table.to_dict("list") == {"first/why": ["a"], "second/why": ["b"], "age": ["3"]}
    assert "why" in received.record["groups kept"]


def test_options_in_columns_of_their_own(tmp_path: Path) -> None:
    """Without a form nobody can tell options from questions in a group: the name keeps both, for a crosswalk to say."""
    file = written(tmp_path / "k.csv", "g/q/a;g/q/b;g/age;_id\n1;0;34;1\n;;;2\n0;0;51;3\n")
    assert list(kobo.read(file).table) == ["q/a", "q/b", "age"]
    workbook(tmp_path / "form.xlsx")
    received = kobo.read(file, labels="form.xlsx")
    assert received.table.to_dict("list") == {"age": ["34", "", "51"], "q": ["a", "", ""]}


def test_the_form_of_another_survey_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "form.xlsx")
    file = written(tmp_path / "k.csv", "z9/v1;z9/v2;_id\n1;0;1\n")
    with pytest.raises(AnswersError, match=r"no column is a question of form\.xlsx"):
        kobo.read(file, labels="form.xlsx")


def test_labels_as_headings_and_as_cells(tmp_path: Path) -> None:
    text = "How old are you?;Which tools / means?;Which tools / means?/A pen;Which tools / means?/Screen, big;_id;_uuid\n34;A pen Screen, big;1;1;1;u\n51;A pen;1;0;2;v\n"
    received = kobo.read(written(tmp_path / "k.csv", text))
    assert received.table.to_dict("list") == {
        "respondent": ["u", "v"],
        "How old are you?": ["34", "51"],
        "Which tools / means?": ["A pen;Screen, big", "A pen"],
    }
    assert received.record["headings"].startswith("labels")


def test_names_that_hold_the_sign_of_groups(tmp_path: Path) -> None:
    workbook(tmp_path / "form.xlsx", extra=[("text", "net-income", "Net income?", "Revenu net ?")])
    file = written(
        tmp_path / "o.csv",
        "SubmissionDate,group-net-income,group-age,meta-instanceID,KEY\n2026-03-01T09:00:00.000Z,12,34,uuid:1,uuid:1\n",
    )
    assert list(doors.read(file, labels="form.xlsx").table) == ["respondent", "submitted", "net-income", "age"]


def test_a_place_is_left_aside_however_it_is_written(tmp_path: Path) -> None:
    for head, cells in (
        ("where;_where_latitude;_where_longitude;_where_altitude;_where_precision", "48.1 2.2 0 0;48.1;2.2;0;0"),
        ("where", "48.1 2.2 0 0"),
        ("where-Latitude;where-Longitude;where-Altitude;where-Accuracy", "48.1;2.2;0;0"),
        ("where", "48.1 2.2 0 0; 48.2 2.3 0 0"),
        ("_geolocation", "48.1, 2.2"),
    ):
        cells = f'"{cells}"' if head == "where" else cells
        received = kobo.read(written(tmp_path / "k.csv", f"q;{head};_id\na;{cells};1\n"), separator=";")
        assert list(received.table) == ["q"]
        assert "(1 filled)" in received.record["left aside (may show who answered)"]


def test_a_question_that_is_called_like_the_platforms_own_is_a_question(tmp_path: Path) -> None:
    file = written(tmp_path / "k.csv", "start;end;audit;Status;Edits;meta/age;_id\nslowly;2026-03-01;no;a;b;c;1\n")
    assert list(kobo.read(file).table) == ["start", "end", "audit", "Status", "Edits", "age"]
    numbered = written(tmp_path / "n.csv", "several;_id\n1 2;1\n1 2 3;2\n")
    assert list(kobo.read(numbered).table) == ["several"]


def test_a_form_says_what_it_gathers_besides_answers(tmp_path: Path) -> None:
    """Whatever the form calls it: a device, a place, and when it was begun and ended."""
    extra = [
        ("start", "begun"),
        ("end", "done"),
        ("deviceid", "box"),
        ("geopoint", "home", "Where?"),
        ("image", "face"),
    ]
    workbook(tmp_path / "form.xlsx", extra=[(*row, *[None] * (4 - len(row))) for row in extra])
    text = "begun;done;box;g/home;g/face;g/age;_id\n2026-03-01T10:00:00Z;2026-03-01T10:30:00Z;x;48 2;f.jpg;34;1\n"
    received = kobo.read(written(tmp_path / "k.csv", text), labels="form.xlsx")
    assert received.table.to_dict("list") == {"duration_min": ["30.00"], "age": ["34"]}
    assert "box (1 filled), g/home (1 filled), g/face (1 filled)" in str(received.record)


def test_refusals_come_back_in_every_layout(tmp_path: Path) -> None:
    study = trial(tmp_path)
    names = list(study.questionnaire.questions)
    answers = pd.DataFrame("", index=range(3), columns=names).assign(
        consent="yes",
        population="active",
        tools=["prefer_not_to_say", "screen;pen", ""],
        income=["", "sales=40;grants=60", ""],
    )
    for sign, several in itertools.product("/-", ("both", "whole", "options")):
        header, rows = laid_out(study, "AA", answers, tmp_path, sign=sign, several=several)
        file = written(tmp_path / "k.csv", as_csv(header, rows))
        reading = read_answers(study, source(file, "kobo"), "AA", "2026")
        assert reading.answers["refused"].tolist() == [1, 0, 0]
        assert set(reading.answers["tools"][1].split(";")) == {"pen", "screen"}
        assert reading.answers["income"][1] == "sales=40;grants=60"
        assert reading.answers.loc[2, ["tools", "income"]].isna().all()


def workbook(path: Path, extra: Iterable[tuple[str | None, ...]] = ()) -> Path:
    """Write a small XLSForm in two languages."""
    sheets = {
        "survey": [
            ("type", "name", "label::English (en)", "label::Français (fr)"),
            ("start", "start", None, None),
            ("begin_group", "g", "Group", "Groupe"),
            ("select_multiple tools", "q", "Which tools?", "Quels outils ?"),
            ("integer", "age", "How old are you?", "Quel âge avez-vous ?"),
            ("select_one yesno or_other", "works", "Do you work?", "Travaillez-vous ?"),
            *extra,
            ("end_group", None, None, None),
        ],
        "choices": [
            ("list_name", "name", "label::English (en)", "label::Français (fr)"),
            ("tools", "a", "A pen", "Un stylo"),
            ("tools", "b", "A screen", "Un écran"),
            ("yesno", 1, "Yes", "Oui"),
            ("yesno", 0, "No", "Non"),
        ],
        "settings": [("form_title", "default_language"), ("Trial", "Français (fr)")],
    }
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        own = book.create_sheet(name)
        for row in rows:
            own.append(row)
    book.save(path)
    return path


def test_a_form_gives_its_labels(tmp_path: Path) -> None:
    workbook(tmp_path / "form.xlsx")
    file = written(tmp_path / "k.csv", "g/q;g/age;g/works;_id\nb a;34;1;1\n")
    received = kobo.read(file, labels="form.xlsx")
    assert received.table["q"].tolist() == ["b;a"]
    assert received.wordings == {"q": "Quels outils ?", "age": "Quel âge avez-vous ?", "works": "Travaillez-vous ?"}
    assert received.meanings == {"q": {"a": "Un stylo", "b": "Un écran"}, "works": {"1": "Oui", "0": "Non"}}
    for language in ("en", "English", "English (en)"):
        assert kobo.read(file, labels="form.xlsx", language=language).wordings["q"] == "Which tools?"
    with pytest.raises(AnswersError, match=r"'de' is not in the XLSForm; legal are Français \(fr\), English \(en\)"):
        kobo.read(file, labels="form.xlsx", language="de")
    cells = written(tmp_path / "l.csv", "g/q;g/age;g/works;_id\nUn stylo;34;Oui;1\n")
    assert kobo.read(cells, labels="form.xlsx").meanings == {}


def test_what_is_no_xlsform_is_one_sentence(tmp_path: Path) -> None:
    file = written(tmp_path / "k.csv", "q;_id\n1;1\n")
    for rows, said in (
        ({"survey": [["type", "name"], ["select_one l", "q"]]}, "the list 'l' of the question 'q' is not there"),
        ({"survey": [["type", "label"], ["text", "Q"]]}, "sheet 'survey': no XLSForm: the column 'name' is missing"),
        ({"answers": [["q"], [1]]}, "a sheet 'survey' is expected; there are answers"),
    ):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, cells in rows.items():
            own = book.create_sheet(name)
            for row in cells:
                own.append(row)
        book.save(tmp_path / "form.xlsx")
        with pytest.raises(AnswersError, match=said):
            kobo.read(file, labels="form.xlsx")
    with pytest.raises(AnswersError, match=r"absent.xlsx: the file is missing"):
        kobo.read(file, labels="absent.xlsx")
    with pytest.raises(AnswersError, match=r"k.csv: not readable as a workbook"):
        kobo.read(file, labels="k.csv")


def test_our_own_form_is_read_as_a_form(tmp_path: Path) -> None:
    form = OURS.form(COUNTRY, "2026")
    (path,) = xlsform.write(OURS, COUNTRY, "2026", ["en", "fr"], tmp_path)
    labels = kobo_forms.read(path)
    assert [name for name in labels.wordings if name in form.questions] == [
        one.id for one in form.questions.values() if one.type != "shares"
    ]
    assert len(labels.languages) == 2 and "(en)" in labels.languages[0]
    for question in form.questions.values():
        if question.type == "multiple":
            assert set(question.codes) <= set(labels.several()[question.id])
            for code in question.codes:
                own = labels.choices[labels.lists[question.id]][code][labels.languages[0]]
                assert own == " ".join(question.labels[code]["en"].split())


def test_a_draft_finds_the_questions_of_a_foreign_form(tmp_path: Path) -> None:
    """The labels of the XLSForm are what the draft of a crosswalk needs: with it, codes of theirs become ours."""
    asked = next(one for one in OURS.questionnaire.questions.values() if one.type == "multiple" and not one.non_answers)
    sheets = {
        "survey": [("type", "name", "label"), ("select_multiple l", "their_name", asked.text["en"])],
        "choices": [("list_name", "name", "label")]
        + [("l", f"x{at}", asked.labels[code]["en"]) for at, code in enumerate(asked.codes)],
    }
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        own = book.create_sheet(name)
        for row in rows:
            own.append(row)
    book.save(tmp_path / "form.xlsx")
    file = written(tmp_path / "k.csv", "group/their_name;_id;_uuid\nx0 x1;1;u\nx1;2;v\n")
    received = doors.read(file, "kobo", labels="form.xlsx")
    drafted = draft(received, OURS.questionnaire)
    rows = drafted[drafted["their_column"] == "their_name"]
    assert set(rows["question"]) == {asked.id}
    assert dict(zip(rows["their_label"], rows["code"], strict=True)) == {
        f"x{at}": code for at, code in enumerate(asked.codes)
    }
    drafted.assign(note="").to_csv(tmp_path / "crosswalk.csv", index=False)
    table, _ = crosswalk.apply(
        crosswalk.read_crosswalk(tmp_path / "crosswalk.csv"), received, file, frozenset({asked.id})
    )
    assert table[asked.id].tolist() == [f"{asked.codes[0]};{asked.codes[1]}", asked.codes[1]]


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, text in files.items():
            package.writestr(name, text)
    return path


MAIN = "SubmissionDate,group-consent,meta-instanceID,KEY\n2026-03-01T09:00:00.000Z,yes,uuid:1,uuid:1\n"


def test_repeats_are_counted_and_said(tmp_path: Path) -> None:
    files = {"form.csv": MAIN, "form-child.csv": "name,PARENT_KEY,KEY\na,uuid:1,k1\nb,uuid:1,k2\n", "media/x.jpg": "x"}
    received = doors.read(packed(tmp_path / "o.zip", files))
    assert received.table.to_dict("list") == {
        "respondent": ["uuid:1"],
        "submitted": ["2026-03-01T09:00:00.000Z"],
        "consent": ["yes"],
    }
    assert received.record["repeated groups, left aside"] == "form-child (2 rows)"
    assert received.record["files besides"] == "1, not read"
    assert received.record["format"] == "kobo" and received.record["table"] == "form.csv"
    book = openpyxl.Workbook()
    for row in (["g/consent", "_id", "_uuid", "_submission_time"], ["yes", 1, "u", "2026-03-01T09:00:00"]):
        book.active.append(row)
    child = book.create_sheet("child")
    for row in (["child/first_name", "_index", "_parent_index"], ["a", 1, 1], ["b", 2, 1], ["c", 3, 1]):
        child.append(row)
    book.save(tmp_path / "k.xlsx")
    received = doors.read(tmp_path / "k.xlsx")
    assert received.table["consent"].tolist() == ["yes"]
    assert received.record["repeated groups, left aside"] == "child (3 rows)"


@pytest.mark.parametrize("child", ["consent,PARENT_KEY\nyes,uuid:1\n", "inner-consent,PARENT_KEY\nyes,uuid:1\n"])
def test_answers_of_ours_in_a_repeat_stop(tmp_path: Path, child: str) -> None:
    file = packed(tmp_path / "o.zip", {"form.csv": MAIN.replace("group-consent", "x"), "form-r.csv": child})
    with pytest.raises(AnswersError, match=r"the question 'consent' stands in the repeated group 'form-r'"):
        doors.read(file, "kobo", OURS.questionnaire)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.csv": MAIN, "b.csv": MAIN}, "one table of answers is expected .* 'a.csv', 'b.csv'"),
        ({"a.txt": MAIN}, "there are none"),
        ({"a.csv": MAIN + "short\n"}, r"o.zip, a.csv"),
        ({"a.csv": ""}, r"o.zip, a.csv: the file is empty"),
    ],
)
def test_a_packed_folder_with_something_wrong_is_one_sentence(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        kobo.read(packed(tmp_path / "o.zip", files))


QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(
    head=st.sampled_from([b"", b'{"download": ', b"PK\x03\x04", b"q;q/a;_id\n", b"\xff\xfe"]),
    tail=st.binary(max_size=80),
)
def test_whatever_bytes_come_a_table_or_one_sentence(tmp_path: Path, head: bytes, tail: bytes) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(head + tail)
    for form in (None, OURS.questionnaire):
        try:
            assert isinstance(kobo.read(file, form=form), Received)
        except AnswersError as error:
            assert "\n" not in str(error)


@QUICK
@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    )
)
def test_whatever_json_comes_a_table_or_one_sentence(tmp_path: Path, content: object) -> None:
    file = tmp_path / "json"
    file.write_text(json.dumps({"download": {"rows": "1"}}) + "\n" + json.dumps(content) + "\n", encoding="utf-8")
    try:
        assert len(kobo.read(file).table) == 1
    except AnswersError as error:
        assert "\n" not in str(error)


NAMES = st.lists(
    st.from_regex(r"([a-c]/){0,2}[a-e]", fullmatch=True)
    | st.sampled_from(
        ["start", "end", "_id", "_uuid", "deviceid", "_submission_time", "g/consent", "g/statuses_now/x"]
    ),
    min_size=1,
    max_size=8,
    unique=True,
)


@QUICK
@given(names=NAMES, data=st.data())
def test_no_row_and_no_column_is_lost_silently(tmp_path: Path, names: list[str], data: st.DataObject) -> None:
    cell = st.sampled_from(["", "0", "1", "a", "a b", "2026-03-01T09:00:00", "48.1 2.2 0 0"])
    rows = data.draw(st.lists(st.lists(cell, min_size=len(names), max_size=len(names)), min_size=1, max_size=4))
    file = written(tmp_path / "k.csv", as_csv(names, rows))
    try:
        received = kobo.read(file, separator=";")
    except AnswersError:
        return
    assert len(received.table) == len(rows)
    said = " ".join(received.record.values())
    for place, name in enumerate(names):
        if any(row[place] for row in rows) and name not in said:
            last = name.rpartition("/")[2]
            kept = {name, last, *(name.split("/", at)[-1] for at in range(3))} & set(received.table)
            parents = {name.rsplit("/", at)[0].rpartition("/")[2] for at in (1, 2)} | {
                name.rsplit("/", at)[0] for at in (1, 2)
            }
            assert kept or parents & set(received.table), (name, list(received.table), received.record)


def test_the_command_drafts_with_the_labels_of_an_xlsform(tmp_path: Path) -> None:
    """Without the form the codes of several answers say nothing; with it they are parted, and their labels shown."""
    workbook(tmp_path / "form.xlsx")
    file = written(tmp_path / "k.csv", "g/q;g/age;_id;_uuid;_submission_time\na b;34;1;u;2026-03-01T09:00:00\n")
    into = tmp_path / "crosswalk.csv"
    wrong = CliRunner().invoke(app, ["draft", str(file), "--country", COUNTRY, "--labels", "../form.xlsx"])
    assert "legal is the name of a file beside k.csv" in str(wrong.exception)
    done = CliRunner().invoke(
        app, ["draft", str(file), "--country", COUNTRY, "--labels", "form.xlsx", "--into", str(into)]
    )
    assert done.exit_code == 0, done.output
    rows = delimited.read(into).table
    assert rows[["wording"]].isin(["Quels outils ?"]).to_numpy().any()
