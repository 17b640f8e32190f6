"""Structures of LimeSurvey surveys, tab-separated and XML: every kind of question, three languages, hostile files."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compendium import paths
from compendium.collection import doors, limesurvey_structure
from compendium.collection.draft import draft
from compendium.collection.limesurvey_structure import Structure
from compendium.collection.received import Received
from compendium.errors import AnswersError
from compendium.forms import limesurvey
from compendium.study import platform_names
from compendium.study.study import load_study

OURS = load_study(paths.DEFAULT_STUDY)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEAD = "class\ttype/scale\tname\trelevance\ttext\thelp\tlanguage\tvalidation\tmandatory\tother"


def _row(*cells: str, other: str = "") -> str:
    kind, scale, name, text, language = cells
    return "\t".join([kind, scale, name, "1", text, "", language, "", "", other])


def _laid_out(path: Path, *rows: str, languages: str = "en", more: str = "") -> Structure:
    head = [HEAD, _row("S", "", "language", languages, ""), _row("S", "", "additional_languages", more, "")]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8-sig")
    return limesurvey_structure.read(path)


KINDS = {
    "L": (["A"], ["q", "q[other]"]),
    "!": (["A"], ["q", "q[other]"]),
    "O": (["A"], ["q", "q[comment]"]),
    "M": (["SQ"], ["q[s1]", "q[s2]", "q[other]"]),
    "P": (["SQ"], ["q[s1]", "q[s1comment]", "q[s2]", "q[s2comment]", "q[other]", "q[othercomment]"]),
    "F": (["SQ", "A"], ["q[s1]", "q[s2]"]),
    "H": (["SQ", "A"], ["q[s1]", "q[s2]"]),
    "A": (["SQ"], ["q[s1]", "q[s2]"]),
    "B": (["SQ"], ["q[s1]", "q[s2]"]),
    "C": (["SQ"], ["q[s1]", "q[s2]"]),
    "E": (["SQ"], ["q[s1]", "q[s2]"]),
    "K": (["SQ"], ["q[s1]", "q[s2]"]),
    "Q": (["SQ"], ["q[s1]", "q[s2]"]),
    "1": (["SQ", "A", "A1"], ["q[s1][1]", "q[s1][2]", "q[s2][1]", "q[s2][2]"]),
    ":": (["SQ", "SQ1"], ["q[s1_c1]", "q[s1_c2]", "q[s2_c1]", "q[s2_c2]"]),
    ";": (["SQ", "SQ1"], ["q[s1_c1]", "q[s1_c2]", "q[s2_c1]", "q[s2_c2]"]),
    "R": (["A"], ["q[1]", "q[2]"]),
    "|": ([], ["q", "q[filecount]"]),
    **{kind: ([], ["q"]) for kind in "YGD5NSTU*XI"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_gives_the_columns_of_an_export(kind: str, tmp_path: Path) -> None:
    parts, columns = KINDS[kind]
    rows = [_row("G", "1", "Group", "", "en"), _row("Q", kind, "q", "Which?", "en", other="Y")]
    for part in parts:
        codes = {"SQ": ("s1", "s2"), "SQ1": ("c1", "c2"), "A": ("a1", "a2"), "A1": ("b1", "b2")}[part]
        rows += [
            _row(
                part[:-1] if part[-1] == "1" else part, part[-1] if part[-1] == "1" else "0", code, f"Text {code}", "en"
            )
            for code in codes
        ]
    found = _laid_out(tmp_path / "s.txt", *rows)
    assert list(found.columns) == columns
    assert all(column.wording["en"].startswith("Which?") for column in found.columns.values())


def test_labels_of_the_two_scales_of_an_array_are_told_apart(tmp_path: Path) -> None:
    found = _laid_out(
        tmp_path / "s.txt",
        _row("Q", "1", "q", "Rate", "en"),
        _row("SQ", "0", "s1", "Row", "en"),
        _row("A", "0", "1", "Good", "en"),
        _row("A", "1", "1", "Important", "en"),
    )
    for headings in (["q[s1][1]", "q[s1][2]"], ["q_s1_0", "q_s1_1"], ["q_s1_1", "q_s1_2"]):
        received = Received(pd.DataFrame({name: ["1"] for name in headings}, dtype="str"))
        labelled = found.label(received)
        assert [labelled.meanings[name]["1"] for name in headings] == ["Good", "Important"]
        assert labelled.wordings[headings[0]] == "Rate [Row][1]"


THREE = (
    _row("G", "1", "Group", "", "en"),
    _row("Q", "L", "status", "<p>What <b>are</b> you?</p>", "en", other="Y"),
    _row("A", "0", "A1", "Artist &amp; author", "en"),
    _row("A", "0", "A2", "Employee", "en"),
    _row("Q", "M", "tools", "Which tools?", "en"),
    _row("SQ", "0", "SQ001", "Pen", "en"),
    _row("G", "1", "Groupe", "", "fr"),
    _row("Q", "L", "status", "Qui êtes-vous ?", "fr", other="Y"),
    _row("A", "0", "A1", "Artiste-auteur", "fr"),
    _row("A", "0", "A2", "Salarié", "fr"),
    _row("Q", "M", "tools", "Quels outils ?", "fr"),
    _row("SQ", "0", "SQ001", "Stylo", "fr"),
    _row("Q", "L", "status", "Kim jesteś?", "pl", other="Y"),
    _row("A", "0", "A1", "Artysta", "pl"),
    _row("Q", "M", "tools", "Jakie narzędzia?", "pl"),
    _row("SQ", "0", "SQ001", "Pióro", "pl"),
)


@pytest.mark.parametrize(
    "headings",
    [
        ["status", "status[other]", "tools[SQ001]"],
        ["\ufeffstatus", "status_other", "tools_SQ001"],
        ["status. What are you?", "status[other]. What are you? [Other]", "tools[SQ001]. Which tools? [Pen]"],
        ["What are you?", "What are you? [Other]", "Which tools? [Pen]"],
        ["Qui êtes-vous ?", "Qui êtes-vous ? [Autre]", "Quels outils ? [Stylo]"],
    ],
)
def test_headings_of_every_style_find_their_labels_in_each_language(headings: list[str], tmp_path: Path) -> None:
    found = _laid_out(tmp_path / "s.txt", *THREE, more="fr pl")
    assert found.languages == ("en", "fr", "pl")
    names = [name.removeprefix("\ufeff") for name in headings]
    received = Received(pd.DataFrame({name: ["A1"] for name in [*names, "remarks"]}, dtype="str"))
    for language, wording, label in (
        ("", "What are you?", "Artist & author"),
        ("fr", "Qui êtes-vous ?", "Artiste-auteur"),
        ("pl", "Kim jesteś?", "Artysta"),
    ):
        labelled = found.label(received, language)
        assert labelled.wordings[names[0]] == wording
        assert labelled.meanings[names[0]]["A1"] == label
        assert set(labelled.meanings[names[0]]) == {"A1", "A2", "-oth-"}
    assert found.label(received, "pl").meanings[names[0]]["A2"] == "Employee"  # what Polish lacks comes from the base
    assert labelled.table is received.table
    assert labelled.record["columns that the structure does not know"] == "remarks"
    assert labelled.record["columns with labels"] == "3 of 4"
    with pytest.raises(AnswersError, match=r"not in the language 'xx'; legal are en, fr, pl"):
        found.label(received, "xx")


def test_a_heading_that_could_be_two_columns_gets_no_label(tmp_path: Path) -> None:
    found = _laid_out(tmp_path / "s.txt", _row("Q", "S", "a", "Same", "en"), _row("Q", "S", "b", "Same", "en"))
    assert found.matched(["Same", "a", "Same (2)"]) == {"a": "a"}


def test_our_own_form_gives_exactly_the_columns_by_which_it_is_read_back(tmp_path: Path) -> None:
    unit = OURS.countries[0].code
    (path,) = limesurvey.write(OURS, unit, OURS.waves[0], OURS.questionnaire.languages, tmp_path)
    found = limesurvey_structure.read(path)
    names = platform_names.limesurvey(OURS.form(unit, OURS.waves[0]))
    answered = {key for key, column in found.columns.items() if column.type != "X"}
    assert answered == {*names.columns(), platform_names.VERSION}
    assert set(found.languages) == set(OURS.questionnaire.languages)
    for heading, (question, code) in names.columns().items():
        if not code and names.codes[question]:
            assert list(found.columns[heading].labels) == list(names.codes[question].values())
    assert all(set(column.wording) == set(found.languages) for column in found.columns.values())


NEW = """<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>495</DBVersion>
<languages><language>en</language><language>fr</language></languages>
<answers><rows>
<row><aid>2</aid><qid>3</qid><code>A2</code><sortorder>2</sortorder><scale_id>0</scale_id></row>
<row><aid>1</aid><qid>3</qid><code>A1</code><sortorder>1</sortorder><scale_id>0</scale_id></row></rows></answers>
<answer_l10ns><rows>
<row><aid>1</aid><answer><![CDATA[One]]></answer><language>en</language></row>
<row><aid>1</aid><answer><![CDATA[Un]]></answer><language>fr</language></row>
<row><aid>2</aid><answer>Two</answer><language>en</language></row></rows></answer_l10ns>
<questions><rows>
<row><qid>9</qid><parent_qid>0</parent_qid><gid>2</gid><type>S</type><title>last</title><question_order>1</question_order></row>
<row><qid>3</qid><parent_qid>0</parent_qid><gid>1</gid><type>F</type><title>q</title><question_order>1</question_order></row>
</rows></questions>
<groups><rows><row><gid>1</gid><group_order>1</group_order></row><row><gid>2</gid><group_order>2</group_order></row></rows></groups>
<subquestions><rows>
<row><qid>4</qid><parent_qid>3</parent_qid><title>s1</title><scale_id>0</scale_id></row></rows></subquestions>
<question_l10ns><rows>
<row><qid>3</qid><question><![CDATA[<b>Rate</b>]]></question><language>en</language></row>
<row><qid>3</qid><question>Notez</question><language>fr</language></row>
<row><qid>4</qid><question>Row</question><language>en</language></row>
<row><qid>4</qid><question>Ligne</question><language>fr</language></row>
<row><qid>9</qid><question>Else?</question><language>en</language></row></rows></question_l10ns>
<surveys><rows><row><language>en</language><additional_languages>fr</additional_languages></row></rows></surveys>
</document>"""
OLD = """<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>145</DBVersion>
<languages><language>en</language><language>fr</language></languages>
<answers><rows>
<row><qid>3</qid><code>A1</code><answer>One</answer><sortorder>1</sortorder><language>en</language><scale_id>0</scale_id></row>
<row><qid>3</qid><code>A1</code><answer>Un</answer><sortorder>1</sortorder><language>fr</language><scale_id>0</scale_id></row>
<row><qid>3</qid><code>A2</code><answer>Two</answer><sortorder>2</sortorder><language>en</language><scale_id>0</scale_id></row>
</rows></answers>
<questions><rows>
<row><qid>3</qid><parent_qid>0</parent_qid><type>F</type><title>q</title><question>Rate</question><language>en</language></row>
<row><qid>3</qid><parent_qid>0</parent_qid><type>F</type><title>q</title><question>Notez</question><language>fr</language></row>
<row><qid>9</qid><parent_qid>0</parent_qid><type>S</type><title>last</title><question>Else?</question><language>en</language></row>
</rows></questions>
<subquestions><rows>
<row><qid>4</qid><parent_qid>3</parent_qid><title>s1</title><question>Row</question><language>en</language></row>
<row><qid>4</qid><parent_qid>3</parent_qid><title>s1</title><question>Ligne</question><language>fr</language></row>
</rows></subquestions></document>"""


@pytest.mark.parametrize("content", [OLD, NEW])
def test_xml_of_old_and_new_versions_says_the_same(content: str, tmp_path: Path) -> None:
    path = tmp_path / "survey.lss"
    path.write_text(content, encoding="utf-8")
    found = limesurvey_structure.read(path)
    assert found.languages == ("en", "fr")
    assert list(found.columns) == ["q[s1]", "last"]
    column = found.columns["q[s1]"]
    assert column.wording == {"en": "Rate [Row]", "fr": "Notez [Ligne]"}
    assert column.labels["A1"] == {"en": "One", "fr": "Un"}
    assert list(column.labels) == ["A1", "A2"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><document>&e;</document>',
            "document type",
        ),
        ("<document><LimeSurveyDocType>Survey", "not readable as XML"),
        ("<html></html>", "no structure of a LimeSurvey survey"),
        ("<document><LimeSurveyDocType>Label set</LimeSurveyDocType></document>", "but a document .Label set"),
        ("<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "holds no question"),
        ("a\tb\n1\t2\n", "no structure of a LimeSurvey survey"),
        (HEAD + "\n" + _row("SQ", "0", "s", "t", "en") + "\n", "row 2: SQ 's' belongs to no question"),
        (HEAD + "\n" + _row("ZZ", "0", "s", "t", "en") + "\n", "row 2: the class 'ZZ' is unknown"),
        (NEW.replace("<parent_qid>3</parent_qid>", "<parent_qid>77</parent_qid>"), "'s1' belongs to the question 77"),
        (NEW.replace("<title>last</title>", "<title>q</title>"), "two questions are called 'q'"),
    ],
)
def test_what_is_no_structure_is_said_in_one_sentence(content: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "survey"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AnswersError, match=sentence) as caught:
        limesurvey_structure.read(path)
    assert "\n" not in str(caught.value)


@QUICK
@given(
    content=st.one_of(
        st.binary(max_size=80),
        st.sampled_from([NEW, OLD]).flatmap(
            lambda text: st.integers(0, len(text)).flatmap(
                lambda at: st.binary(max_size=4).map(lambda junk: text[:at].encode() + junk + text[at + 3 :].encode())
            )
        ),
    )
)
def test_whatever_bytes_come_a_structure_or_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "survey"
    path.write_bytes(content)
    try:
        found = limesurvey_structure.read(path)
    except AnswersError as error:
        assert "\n" not in str(error)
    else:
        assert found.columns


_cell = st.text(
    st.characters(codec="utf-8", exclude_characters='\t\r\n"\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029'), max_size=8
)


@QUICK
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["S", "SL", "G", "Q", "SQ", "A", "QTA"]),
            st.sampled_from([*KINDS, "0"]),
            _cell,
            _cell,
            st.sampled_from(["en", "fr", ""]),
        ),
        max_size=12,
    ),
    headings=st.lists(_cell, max_size=6, unique=True),
)
def test_any_rows_give_a_structure_that_labels_without_losing_a_cell(
    rows: list[tuple[str, str, str, str, str]], headings: list[str], tmp_path: Path
) -> None:
    try:
        found = _laid_out(tmp_path / "s.txt", *(_row(*cells) for cells in rows))
    except AnswersError:
        return
    received = Received(pd.DataFrame({name: ["x"] for name in headings}, dtype="str"))
    labelled = found.label(received)
    assert labelled.table is received.table
    assert set(labelled.wordings) | set(labelled.meanings) <= set(headings)


def test_the_door_labels_an_export_of_others_from_the_structure_beside_it(tmp_path: Path) -> None:
    _laid_out(tmp_path / "structure.txt", *THREE, more="fr pl")
    file = tmp_path / "answers.csv"
    file.write_text(
        '"id","submitdate","lastpage","startlanguage","status","status[other]","tools[SQ001]"\n'
        '"1","2026-05-01 10:00:00","3","fr","A2","","Y"\n"2","","1","pl","-oth-","weaver",""\n',
        encoding="utf-8-sig",
    )
    received = doors.read(file, labels="structure.txt", language="fr")
    assert received.record["format"] == "limesurvey"
    assert received.meanings["status"] == {"A1": "Artiste-auteur", "A2": "Salarié", "-oth-": "Autre"}
    assert received.wordings["status[other]"] == "Qui êtes-vous ? [Autre]"
    assert received.record["labels from"] == "structure.txt"
    assert received.record["columns with labels"] == "3 of 7"
    assert "columns that the structure does not know" not in received.record
    assert list(received.table["status"]) == ["A2", "-oth-"]


def test_a_draft_finds_questions_and_codes_by_the_words_of_the_structure(tmp_path: Path) -> None:
    """Codes alone say nothing: what they mean comes from the structure, in whatever language the form shares with ours."""
    form = OURS.form(OURS.countries[0].code, OURS.waves[0])
    question = next(one for one in form.questions.values() if one.type == "single" and len(one.options) > 3)
    _laid_out(
        tmp_path / "structure.txt",
        _row("Q", "L", "X17", question.text["fr"], "fr"),
        *(_row("A", "0", f"A{place}", label["fr"], "fr") for place, label in enumerate(question.options.values())),
        languages="fr",
    )
    file = tmp_path / "answers.csv"
    file.write_text("id,submitdate,lastpage,X17\n1,2026-05-01 10:00:00,3,A0\n", encoding="utf-8")
    table = draft(doors.read(file, labels="structure.txt"), form)
    rows = table[table["their_column"] == "X17"]
    assert set(rows["question"]) == {question.id}
    assert list(rows.sort_values("their_label")["code"]) == list(question.options)


def test_a_structure_of_another_survey_or_none_is_refused(tmp_path: Path) -> None:
    _laid_out(tmp_path / "structure.txt", *THREE, more="fr pl")
    file = tmp_path / "answers.csv"
    file.write_text('"id","submitdate","lastpage","Z9"\n"1","2026-05-01 10:00:00","3","x"\n', encoding="utf-8")
    with pytest.raises(AnswersError, match=r"no column is a question of structure\.txt"):
        doors.read(file, labels="structure.txt")
    with pytest.raises(AnswersError, match="no structure of a LimeSurvey survey"):
        doors.read(file, labels="answers.csv")
