"""From their columns and labels to ours: crosswalks, their drafts, option columns, numbers, moments and versions."""

from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml
from typer.testing import CliRunner

from compendium import paths
from compendium.collection import collect, doors
from compendium.collection.crosswalk import UNDECIDED, apply, read_crosswalk
from compendium.collection.draft import draft
from compendium.collection.received import Received, fold
from compendium.collection.values import moments, numbers
from compendium.commands.collect import app
from compendium.errors import AnswersError, CompendiumError
from compendium.reading import read_table
from compendium.study.codebook import codebook, form_version
from compendium.study.study import Study, load_study

FILE = Path("their/answers.csv")


def words(**texts: str) -> dict[str, str]:
    return {"en": texts.get("en", "Text"), **texts}


STUDY = {
    "id": "small",
    "title": words(),
    "countries": [{"code": "NO", "name": words(), "languages": ["en"]}],
    "pooled": {"code": "ALL", "name": words()},
    "waves": ["2026"],
    "languages": ["en"],
    "disclosure": {"minimum_cell": 10},
    "seed": 1,
    "questionnaire": {
        "id": "small",
        "version": "1",
        "languages": ["en", "de"],
        "modules": [
            {
                "id": "all",
                "title": words(),
                "questions": [
                    {
                        "id": "trade",
                        "type": "single",
                        "text": words(en="What is your trade?", de="Was ist Ihr Gewerk?"),
                        "options": [
                            {"code": "music", "label": words(en="Music", de="Musik")},
                            {"code": "crafts", "label": words(en="Crafts", de="Handwerk")},
                        ],
                    },
                    {
                        "id": "tools",
                        "type": "multiple",
                        "text": words(en="Which tools do you use?", de="Womit arbeiten Sie?"),
                        "options": [
                            {"code": "pen", "label": words(en="A pen", de="Stift")},
                            {"code": "saw", "label": words(en="A saw", de="Säge")},
                        ],
                    },
                    {
                        "id": "income",
                        "type": "shares",
                        "text": words(en="Where does income come from?", de="Woher kommt Ihr Einkommen?"),
                        "options": [
                            {"code": "sales", "label": words(en="Sales", de="Verkauf")},
                            {"code": "grants", "label": words(en="Grants", de="Förderung")},
                        ],
                    },
                    {
                        "id": "years",
                        "type": "number",
                        "unit": "years",
                        "text": words(en="Since how many years?", de="Seit wie vielen Jahren?"),
                        "minimum": 0,
                        "maximum": 60,
                    },
                    {"id": "tired", "type": "item", "scale": "frequency5", "text": words(en="I am tired", de="Müde")},
                ],
            }
        ],
    },
}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.yml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    return load_study(folder)


def table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


def rows_of(frame: pd.DataFrame, column: str) -> list[tuple[str, str, str]]:
    own = frame[frame["their_column"] == column]
    return list(zip(own["their_label"], own["question"], own["code"], strict=True))


# ---- option columns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["tools__{}", "tools[{}]", "tools/{}", "tools.{}", "tools_{}"])
@pytest.mark.parametrize("yes", ["1", "Y", "TRUE", "Tak", "A saw", "saw"])
def test_option_columns_become_one_column(study: Study, pattern: str, yes: str) -> None:
    wide = pd.DataFrame(
        {"id": ["a", "b", "c"], pattern.format("pen"): ["1", "0", ""], pattern.format("saw"): [yes, yes, "0"]},
        dtype="str",
    )
    folded = fold(wide, study.questionnaire, FILE)
    assert folded.to_dict("list") == {"id": ["a", "b", "c"], "tools": ["pen;saw", "saw", ""]}


def test_columns_of_shares_become_one_column(study: Study) -> None:
    wide = table(income__sales=["100", "70,5", ""], income__grants=["", "29,5", ""])
    assert fold(wide, study.questionnaire, FILE)["income"].tolist() == ["sales=100", "sales=70,5;grants=29,5", ""]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"tools__pen": ["1"]}, "the option 'saw' of the question 'tools' has no column"),
        ({"tools__pen": ["1"], "tools__saw": ["perhaps"]}, "'perhaps' .1 rows. says neither that the option 'saw'"),
        ({"tools__pen": ["1"], "tools/pen": ["1"], "tools__saw": [""]}, "'tools__pen' and 'tools/pen' both hold the option 'pen'"),
        ({"tools": ["saw"], "tools/pen": ["1"], "tools/saw": ["1"]}, "the column 'tools' says 'saw' where the columns of its options"),
    ],
)  # fmt: skip
def test_option_columns_that_do_not_fit_are_refused(study: Study, columns: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(AnswersError, match=sentence):
        fold(pd.DataFrame(columns, dtype="str"), study.questionnaire, FILE)


# ---- crosswalks ----------------------------------------------------------------------------------------------------


def crosswalk(folder: Path, content: str) -> Path:
    path = folder / "crosswalk.csv"
    path.write_text(content, encoding="utf-8")
    return path


HEAD = "their_column,their_label,question,code\n"


def test_labels_are_the_same_whatever_nobody_sees_in_them(tmp_path: Path) -> None:
    path = crosswalk(tmp_path, HEAD + "Beruf,Sehr  oft,tired,5\nBeruf,nie,tired,1\n")
    received = Received(table(**{"\ufeffBeruf": ["Sehr\u00a0oft", "\ufeffnie ", ""]}))
    frame, usage = apply(read_crosswalk(path), received, FILE, frozenset())
    assert frame["tired"].tolist() == ["5", "1", ""]
    assert not usage.unused


def test_a_code_or_its_label_may_stand_in_a_crosswalk(tmp_path: Path) -> None:
    path = crosswalk(tmp_path, HEAD + "q,never,tired,1\nq,2,tired,5\nq,(missing),tired,\n")
    received = Received(
        table(q=["1", "2", "8", "9"]),
        meanings={"q": {"1": "never", "2": "always", "8": "refused"}},
        user_missing={"q": frozenset({"8", "9"})},
    )
    assert apply(read_crosswalk(path), received, FILE, frozenset())[0]["tired"].tolist() == ["1", "5", "", ""]


def test_a_code_that_the_file_declares_missing_is_no_number_by_chance(tmp_path: Path) -> None:
    received = Received(table(h=["12", "99"]), user_missing={"h": frozenset({"99"})})
    path = crosswalk(tmp_path, HEAD + "h,,years,\n")
    with pytest.raises(AnswersError, match=r"'99' \(1 rows\), which the file declares missing, is not listed"):
        apply(read_crosswalk(path), received, FILE, frozenset())
    path = crosswalk(tmp_path, HEAD + "h,,years,\nh,(missing),years,\n")
    assert apply(read_crosswalk(path), received, FILE, frozenset())[0]["years"].tolist() == ["12", ""]


def test_commas_part_labels_only_where_the_list_says_so(tmp_path: Path) -> None:
    path = crosswalk(tmp_path, HEAD + 'w,"Saw, old",tools,saw\nw,Pen,tools,pen\nw,*,tools,other\n')
    received = Received(table(w=["Pen, Saw, old", "Saw, old", "Pen, my own, words", "glue, and more", ""]))
    frame, usage = apply(read_crosswalk(path), received, FILE, frozenset({"tools"}))
    assert frame["tools"].tolist() == ["pen;saw", "saw", "pen;other", "other", ""]
    assert usage.caught == {"w": 2}


def test_columns_for_the_reader_are_legal_and_a_draft_is_not_used_undecided(tmp_path: Path) -> None:
    head = "their_column,their_label,question,code,wording,meaning,note\n"
    path = crosswalk(tmp_path, head + "a,,trade,,What?,,fine\nb,1,tired,,,never,to decide: which?\n")
    with pytest.raises(AnswersError, match="line 3: 1 rows are still to be decided, first 'b'"):
        read_crosswalk(path)
    with pytest.raises(
        AnswersError, match="legal are their_column, their_label, question, code, and for the reader wording"
    ):
        read_crosswalk(crosswalk(tmp_path, head.replace("note", "remark") + "a,,trade,,,,\n"))


def test_a_crosswalk_saved_by_a_spreadsheet_program_is_read(tmp_path: Path) -> None:
    """As delimited text of another dialect, or as a workbook."""
    rows = ["their_column;their_label;question;code", "Beruf;Säge, alt;trade;crafts"]
    (tmp_path / "c.csv").write_bytes("\r\n".join(rows).encode("cp1252"))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row.split(";"))
    book.save(tmp_path / "c.xlsx")
    for name in ("c.csv", "c.xlsx"):
        translation = read_crosswalk(tmp_path / name).translations[0]
        assert (translation.column, translation.labels) == ("Beruf", {"Säge, alt": "crafts"})


def test_empty_rows_and_columns_of_a_spreadsheet_are_nothing(tmp_path: Path) -> None:
    path = crosswalk(tmp_path, "their_column,their_label,question,code,,\na,,trade,,,\n,,,,,\nb,,,,,\n")
    read = read_crosswalk(path)
    assert [one.column for one in read.translations] == ["a"]
    assert read.left_aside == {"b"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (",,trade,\n", "line 2: the row of '' has no column"),
        ("a,Musik,,music\n", "line 2: the row of 'a', label 'Musik' has a code and no question"),
        ("a,,why,\nb,,,\na,,,\n", "line 4: the row of 'a' has no question where other rows give its column one"),
        ("a,never,tired,1\na,x,,\n", "line 3: the row of 'a', label 'x' has no question where other rows"),
        ("a,,,,To decide: x\n", "line 2: 1 rows are still to be decided"),
    ],
)
def test_a_column_is_never_left_aside_by_oversight(tmp_path: Path, rows: str, sentence: str) -> None:
    head = HEAD if "decide" not in rows else HEAD.replace("code", "code,note")
    with pytest.raises(AnswersError, match=sentence):
        read_crosswalk(crosswalk(tmp_path, head + rows))


# ---- drafts --------------------------------------------------------------------------------------------------------


def test_a_draft_matches_wordings_and_labels_in_any_language(study: Study) -> None:
    received = Received(
        table(
            **{"Q1. Was ist Ihr Gewerk ?": ["Musik", "HANDWERK", ""], "v2": ["A pen;A saw", "A saw", ""]},
            years=["3", "seit immer", ""],
            ohne=["x", "y", "z"],
            E_Mail=["a@b.org", "", ""],
        ),
        wordings={"v2": "<b>Which tools</b> do you use?"},
    )
    frame = draft(received, study.questionnaire)
    assert rows_of(frame, "Q1. Was ist Ihr Gewerk ?") == [("Musik", "trade", "music"), ("HANDWERK", "trade", "crafts")]
    assert rows_of(frame, "v2") == [("A pen", "tools", "pen"), ("A saw", "tools", "saw")]
    assert rows_of(frame, "years") == [("", "years", ""), ("seit immer", "years", "")]
    assert rows_of(frame, "ohne") == rows_of(frame, "E_Mail") == [("", "", "")]
    notes = frame.set_index("their_column")["note"]
    assert notes["ohne"].startswith("left aside")
    assert "contact details never enter" in notes["E_Mail"]
    assert frame.attrs["absent"] == ["income", "tired"]


def test_signs_written_as_in_html_and_tags_make_no_difference(study: Study) -> None:
    received = Received(table(**{"&lt;b&gt;What is&lt;/b&gt; your trade&nbsp;?": ["&nbsp;Music"]}))
    assert draft(received, study.questionnaire)["code"].tolist() == ["music"]


def test_what_a_platform_writes_where_a_question_was_not_shown_is_no_answer(study: Study) -> None:
    cells = {"trade": ["Music", "N/A"], "years": ["3", "N/A"]}
    frame = draft(Received(table(**cells), record={"format": "limesurvey"}), study.questionnaire)
    shown = frame.set_index(["their_column", "their_label"])
    assert shown.loc[("trade", "N/A"), "code"] == ""
    assert not frame["note"].str.startswith(UNDECIDED).any()
    elsewhere = draft(Received(table(**cells), record={"format": "csv"}), study.questionnaire)
    assert elsewhere["note"].str.startswith(UNDECIDED).sum() == 2


def test_option_columns_are_drafted_by_name_and_by_wording(study: Study) -> None:
    received = Received(table(**{"tools[pen]": ["Y"], "Q5_2": ["N"]}), wordings={"Q5_2": "Womit arbeiten Sie? [Säge]"})
    frame = draft(received, study.questionnaire)
    assert rows_of(frame, "tools[pen]") == [("", "tools__pen", "")]
    assert rows_of(frame, "Q5_2") == [("", "tools__saw", "")]


@pytest.mark.parametrize(
    ("cells", "matched", "sentence"),
    [
        (["1", "2", "3", "4", "5"], True, ""),
        (["1", "5"], True, ""),
        (["1", "2", "10"], False, "their numbers run 1 to 10, ours 1 to 5: another scale"),
        (["0", "1", "5"], False, "their numbers run 0 to 5, ours 1 to 5: another scale"),
        (["2", "3", "4"], False, "would fit another scale too"),
        (["1", "2", "3", "4"], False, "would fit another scale too"),
    ],
)
def test_another_scale_is_never_matched_silently(study: Study, cells: list[str], matched: bool, sentence: str) -> None:
    frame = draft(Received(table(tired=cells)), study.questionnaire)
    assert rows_of(frame, "tired") == [(cell, "tired", cell if matched else "") for cell in cells]
    assert frame["note"].str.startswith(UNDECIDED).all() != matched
    assert frame["note"].str.contains(sentence, regex=False).all()


@pytest.mark.parametrize("labelled", [True, False], ids=["value labels", "labels in the cells"])
def test_ten_points_with_words_at_their_ends_are_not_our_five(study: Study, labelled: bool) -> None:
    scale = study.questionnaire.questions["tired"].scale
    assert scale is not None
    ends = {"1": scale.labels["1"]["en"], "10": scale.labels["5"]["en"]}
    codes = [str(number) for number in range(1, 11)]
    cells = codes if labelled else [f"{code} - {ends[code]}" if code in ends else code for code in codes]
    meanings = {"tired": {**{code: code for code in codes}, **ends}} if labelled else {}
    frame = draft(Received(table(tired=cells), meanings=meanings), study.questionnaire)
    assert set(frame["code"]) == {""}
    assert frame["note"].str.contains("their numbers run 1 to 10, ours 1 to 5: another scale").all()


def test_a_number_before_a_label_and_a_mark_in_it_make_no_difference(study: Study) -> None:
    scale = study.questionnaire.questions["tired"].scale
    assert scale is not None
    cells = [f"{code} - \ufeff{scale.labels[code]['en'].upper()}" for code in scale.codes]
    frame = draft(Received(table(tired=cells)), study.questionnaire)
    assert frame["code"].tolist() == list(scale.codes)
    assert not frame["note"].any()


def test_labels_decide_over_numbers_and_declared_missing_is_said(study: Study) -> None:
    scale = study.questionnaire.questions["tired"].scale
    assert scale is not None
    turned = {str(6 - int(code)): scale.labels[code]["en"] for code in scale.codes}
    received = Received(
        table(tired=["1", "5", "99", "98"]),
        meanings={"tired": {**turned, "99": "refused", "7": "hardly ever"}},
        user_missing={"tired": frozenset({"99", "98"})},
    )
    frame = draft(received, study.questionnaire).set_index("their_label")
    assert frame.loc["1", "code"] == "5"
    assert frame.loc["5", "code"] == "1"
    assert frame.loc["7", ["code", "meaning"]].tolist() == ["", "hardly ever"]
    assert frame.loc["7", "note"].startswith(UNDECIDED)
    assert "declared missing by the file" in frame.loc["98", "note"]


def test_a_draft_that_is_sure_reads_the_file_it_was_made_of(study: Study, tmp_path: Path) -> None:
    """From a labelled file to our codes, with no person in between where nothing is unsure."""
    labels = study.questionnaire.questions["trade"].labels
    frame = pd.DataFrame(
        {"v1": [1.0, 2.0], "v2": ["A pen;A saw", ""], "v3": [10.0, 99.0], "v4": [1.0, 5.0], "v5": ["", "sales=100"]}
    )
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "their.sav"),
        column_labels={f"v{n}": question.text["de"] for n, question in zip((1, 2, 5, 3, 4), study.questionnaire.questions.values(), strict=True)},
        variable_value_labels={"v1": {1: labels["music"]["de"], 2: labels["crafts"]["de"]}},
        missing_ranges={"v3": [99]},
    )  # fmt: skip
    told = run(
        "draft", tmp_path / "their.sav", "--country", "NO", "--study", study.folder, "--into", tmp_path / "c.csv"
    )
    assert "5 of 5 columns have a question of ours; 0 rows are to be decided" in told
    told = run(
        "add", tmp_path / "their.sav", "--country", "NO", "--study", study.folder, "--crosswalk", tmp_path / "c.csv"
    )
    assert "2 answers are in their place" in told
    collected = collect(study, "NO", "2026")
    assert collected["trade"].tolist() == ["music", "crafts"]
    assert collected["tools"].tolist()[0] == "pen;saw"
    assert collected["years"].iloc[0] == 10
    assert pd.isna(collected["years"].iloc[1])
    assert collected["tired"].tolist() == ["1", "5"]
    assert collected.attrs["received"]["format"] == "spss"


# ---- the command line ----------------------------------------------------------------------------------------------


def run(*arguments: object, fails: bool = False) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        if not isinstance(result.exception, CompendiumError):
            raise result.exception
        return str(result.exception)
    assert (result.exit_code != 0) == fails, result.output
    return " ".join(result.output.split())


ANSWERS = 'respondent,trade,tools,income,years,tired\na,music,pen;saw,sales=100,"2,5",1\nb,crafts,,,4,5\n'


def test_check_says_what_was_found_and_what_would_stop(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(ANSWERS, encoding="utf-8")
    own = (file, "--country", "NO", "--study", study.folder)
    told = run("check", *own)
    assert "encoding utf-8" in told
    assert "5 of the 5 questions asked in NO in wave 2026 have a column" in told
    assert "Nothing stops it: 2 answers can be added" in told
    file.write_text(ANSWERS.replace("crafts", "dance").replace("respondent", "e-mail"), encoding="utf-8")
    told = run("check", *own, fails=True)
    assert "Contact details (1): e-mail (e-mail addresses)" in told
    assert "This would stop it:" in told
    assert not paths.raw(study.folder).exists()


def test_add_copies_unchanged_and_never_overwrites(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "Export (final) 2.CSV"
    file.write_text(ANSWERS, encoding="utf-16")
    own = ("add", file, "--country", "NO", "--study", study.folder, "--source", "A test", "--licence", "CC0-1.0")
    assert "2 answers are in their place" in run(*own)
    folder = paths.answers_folder(study.folder, "NO", "2026")
    assert (folder / "responses.csv").read_bytes() == file.read_bytes()
    sidecar = yaml.safe_load((folder / "source.yml").read_text(encoding="utf-8"))
    assert sidecar["received_as"] == file.name
    assert sidecar["format"] == "csv"
    assert collect(study, "NO", "2026")["years"].tolist() == [2.5, 4.0]
    assert collect(study, "NO", "2026").attrs["received"]["encoding"] == "utf-16"
    assert "nothing received is overwritten" in run(*own)
    (folder / "responses.csv").write_text(ANSWERS.replace("2,5", "3,5"), encoding="utf-16")
    with pytest.raises(AnswersError, match="not the file that was received"):
        collect(study, "NO", "2026")
    assert "the country 'XX' is not in the study small; legal are NO" in run(
        "add", file, "--country", "XX", "--study", study.folder
    )


def test_a_module_that_is_not_asked_needs_no_column_and_may_hold_no_answers(tmp_path: Path) -> None:
    modules = STUDY["questionnaire"]["modules"]  # type: ignore[index]
    question = {"id": "extra", "type": "number", "unit": "years", "text": words(), "minimum": 0, "maximum": 9}
    optional = {"id": "more", "title": words(), "optional": True, "questions": [question]}
    later = {"waves": ["2026", "2027"], "modules": [{"module": "more", "asked": True, "waves": ["2027"]}]}
    asked = {**STUDY, **later, "questionnaire": {**STUDY["questionnaire"], "modules": [*modules, optional]}}  # type: ignore[dict-item]
    (tmp_path / "study.yml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    file = tmp_path / "answers.csv"
    file.write_text(ANSWERS, encoding="utf-8")
    own = ("check", file, "--country", "NO", "--wave", "2026", "--study", tmp_path)
    assert "Nothing stops it" in run(*own)
    file.write_text(
        ANSWERS.replace("\n", ",extra\n", 1).replace(",1\n", ",1,3\n").replace(",5\n", ",5,\n"), encoding="utf-8"
    )
    told = run(*own, fails=True)
    assert "1 answers to the question 'extra', whose module 'more' is not asked in NO in wave 2026" in told


# ---- numbers, moments, versions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "decimal", "values"),
    [
        (["3.5", "3,5", "7"], "", [3.5, 3.5, 7]),
        (["12,500", "3,5"], "", [12.5, 3.5]),
        (["12,500", "3.5"], "", [12500, 3.5]),
        (["1.200,50", "1,200.50"], "", [1200.5, 1200.5]),
        (["12\u202f500", "1 200 000,5", "1'000"], "", [12500, 1200000.5, 1000]),
        (["12,500"], ",", [12.5]),
        (["12,500"], ".", [12500]),
        (["0.125", "1e3", "-3"], "", [0.125, 1000, -3]),
    ],
)
def test_numbers_have_one_meaning(cells: list[str], decimal: str, values: list[float]) -> None:
    assert numbers(pd.Series(cells, dtype="str"), "hours", FILE, decimal).tolist() == values


@pytest.mark.parametrize("cell", ["12,500", "12.500", "many", "nan", "1e999", "3.5.1", "5 h"])
def test_a_number_with_two_meanings_or_none_is_refused(cell: str) -> None:
    with pytest.raises(AnswersError, match="column 'hours'"):
        numbers(pd.Series([cell], dtype="str"), "hours", FILE)


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["2026-05-01T10:00:00+02:00"], ["2026-05-01T10:00:00+02:00"]),
        (["01.05.2026 10:02"], ["2026-05-01 10:02:00"]),
        (["2026/05/01 3:04:05 PM GMT+2"], ["2026-05-01 15:04:05"]),
        (["01/05/2026", "13/05/2026"], ["2026-05-01", "2026-05-13"]),
        (["5/1/2026 10:02", "5/13/2026 1:00 PM"], ["2026-05-01 10:02:00", "2026-05-13 13:00:00"]),
    ],
)
def test_moments_are_written_as_iso(cells: list[str], written: list[str]) -> None:
    assert moments(pd.Series(cells, dtype="str"), "submitted", FILE).tolist() == written


@pytest.mark.parametrize("cells", [["5/6/2026"], ["13/01/2026", "01/13/2026"], ["31.02.2026"], ["yesterday"]])
def test_a_moment_that_could_be_two_is_refused(cells: list[str]) -> None:
    with pytest.raises(AnswersError, match="column 'submitted'"):
        moments(pd.Series(cells, dtype="str"), "submitted", FILE)
    assert moments(pd.Series(["5/6/2026"], dtype="str"), "submitted", FILE, "mdy").tolist() == ["2026-05-06"]


def test_answers_to_another_version_stop_with_the_differences_named(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    own = ("check", file, "--country", "NO", "--study", study.folder)
    with_version = (
        ANSWERS.replace("tired\n", "tired,form_version\n").replace(",1\n", ",1,{0}\n").replace(",5\n", ",5,{0}\n")
    )
    file.write_text(with_version.format(form_version(study.questionnaire)), encoding="utf-8")
    assert "Nothing stops it" in run(*own)
    file.write_text(with_version.format("small 0 0123456789abcdef"), encoding="utf-8")
    assert "its codebook does not lie beside the answers" in run(*own, fails=True)
    before = codebook(study.questionnaire)
    before[before["question"] != "years"].to_csv(tmp_path / "codebook.csv", index=False)
    told = run(*own, fails=True)
    assert "2 answers were given to the form 'small 0 0123456789abcdef'" in told
    assert "years" in told


def test_what_a_draft_writes_is_a_table_of_ours(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(ANSWERS, encoding="utf-8")
    into = tmp_path / "c.csv"
    own = ("draft", file, "--country", "NO", "--study", study.folder, "--into", into)
    run(*own)
    assert list(read_table(into).columns) == [
        "their_column", "their_label", "question", "code", "wording", "meaning", "note",
    ]  # fmt: skip
    assert "the file exists already" in run(*own)


def test_the_answers_of_the_repository_are_drafted_as_themselves() -> None:
    """Every question of the whole form finds its own column, and no code goes to another."""
    own = load_study(paths.DEFAULT_STUDY)
    country, wave = own.countries[0].code, own.waves[0]
    received = doors.read(paths.answers_folder(own.folder, country, wave) / "responses.csv")
    frame = draft(received, own.form(country, wave))
    assert set(frame.attrs["absent"]).isdisjoint(received.table.columns)
    assert (frame["question"].isin([*frame["their_column"].unique(), ""])).all()
    decided = frame[(frame["code"] != "") & (frame["their_label"] != "")]
    same_code = decided["their_label"].str.removesuffix(".0") == decided["code"]
    misspelt = decided[~same_code]
    scales = {name: question.misspellings for name, question in own.questionnaire.questions.items()}
    assert all(scales[row.question].get(row.their_label) == row.code for row in misspelt.itertuples())


def test_synthetic_answers_give_way_to_received_ones(study: Study, tmp_path: Path) -> None:
    """They were not received, and the generator makes the same ones again; records beside them stay."""
    folder = paths.answers_folder(study.folder, "NO", "2026")
    folder.mkdir(parents=True)
    (folder / "responses.csv").write_text("made up", encoding="utf-8")
    (folder / "source.yml").write_text("{origin: synthetic, source: generator, licence: CC0-1.0}", encoding="utf-8")
    (folder / "crosswalk.csv").write_text("by hand", encoding="utf-8")
    (folder / "pathways.csv").write_text("a log", encoding="utf-8")
    file = tmp_path / "export.csv"
    file.write_text(ANSWERS, encoding="utf-16")
    own = ("add", file, "--country", "NO", "--study", study.folder, "--source", "A test", "--licence", "CC0-1.0")
    assert "there is 'crosswalk.csv' already" in run(*own)
    (folder / "crosswalk.csv").unlink()
    assert "2 answers are in their place" in run(*own)
    assert (folder / "responses.csv").read_bytes() == file.read_bytes()
    assert (folder / "pathways.csv").read_text(encoding="utf-8") == "a log"
    assert "real" in (folder / "source.yml").read_text(encoding="utf-8")
