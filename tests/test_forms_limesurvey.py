"""LimeSurvey: a structure that its import takes as it is, routes that say what ours say, names that lead back."""

import copy
import csv
import dataclasses
import io
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from forms_trial import STUDY, trial
from hypothesis import given, settings
from hypothesis import strategies as st
from limesurvey_import import Survey, evaluate, take
from typer.testing import CliRunner

from compendium import forms, paths
from compendium.commands.questionnaire import app
from compendium.errors import CompendiumError
from compendium.forms import limesurvey
from compendium.forms.outline import gates
from compendium.study import platform_names
from compendium.study.codebook import form_version
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.questions import Question
from compendium.study.routing import SEPARATOR, SHARE, asked, holds
from compendium.study.study import Study, load_study

OURS = load_study(paths.DEFAULT_STUDY)
WAVE = OURS.waves[0]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return trial(tmp_path_factory.mktemp("study"))


def _taken(study: Study, country: str, folder: Path, languages: tuple[str, ...] = ("en", "fr")) -> Survey:
    (path,) = limesurvey.write(study, country, study.waves[0], languages, folder)
    assert path.suffix == ".txt"  # LimeSurvey knows the format by it
    return take(path.read_bytes())


def _names(form: Questionnaire) -> platform_names.Names:
    return platform_names.limesurvey(form)


@pytest.mark.parametrize("country", [unit.code for unit in OURS.countries])
def test_the_form_of_every_country_is_taken_in_all_languages_with_nothing_repaired(
    country: str, tmp_path: Path
) -> None:
    survey = _taken(OURS, country, tmp_path, OURS.questionnaire.languages)
    form = OURS.form(country, WAVE)
    assert survey.languages == list(OURS.questionnaire.languages)
    assert len(survey.groups) == len(form.modules)
    back = [name for name in survey.headings() if name != platform_names.VERSION]
    assert back == list(_names(form).columns())


def test_kinds_of_questions(study: Study, tmp_path: Path) -> None:
    kinds = {name: question.type for name, question in _taken(study, "AA", tmp_path).questions.items()}
    assert kinds == {
        "formversion": "*",
        "hello": "X",
        "consent": "L",
        "population": "L",
        "hoursweek": "N",
        "tools": "M",
        "toolstext": "S",
        "income": "K",
        "turnover": "N",
        "itema": "L",
        "itemb": "L",
        "itemc": "L",
        "openwords": "T",
    }


def test_items_of_one_scale_and_route_stand_in_tables_that_fit_a_phone(tmp_path: Path) -> None:
    survey = _taken(OURS, "FR", tmp_path)
    form = OURS.form("FR", WAVE)
    tables = [question for question in survey.questions.values() if question.type == "F"]
    assert len(tables) >= 4
    assert max(len(table.rows) for table in tables) <= platform_names.WIDEST_ARRAY
    in_order = [name for table in _names(form).arrays for name in table.items]
    assert in_order == [name for name in form.order if name in set(in_order)]
    for table in _names(form).arrays:
        routes = {(form.questions[name].populations, form.questions[name].when) for name in table.items}
        assert len(routes) == 1
        assert len({form.questions[name].module for name in table.items}) == 1
        scale = form.questions[table.items[0]].scale
        assert scale is not None
        assert len(survey.questions[table.code].answers) == len(scale.codes) + bool(scale.not_applicable)


def test_attributes_say_ranges_sums_and_what_stands_alone(study: Study, tmp_path: Path) -> None:
    questions = _taken(study, "AA", tmp_path).questions
    assert questions["hoursweek"].attributes == {
        "min_num_value_n": "0", "max_num_value_n": "100", "num_value_int_only": "0", "suffix": "hours a week",
    }  # fmt: skip
    assert questions["turnover"].attributes["num_value_int_only"] == "1"
    assert questions["tools"].attributes == {"exclude_all_others": "none;prefernottosay"}
    assert questions["income"].attributes["equals_num_value"] == "100"
    # without it, a person who leaves the question blank could not go on
    assert questions["income"].attributes["value_range_allows_missing"] == "1"


def test_refusal_and_what_does_not_apply_are_answers_of_their_own(study: Study, tmp_path: Path) -> None:
    questions = _taken(study, "AA", tmp_path, ("fr", "en")).questions
    assert questions["tools"].rows["prefernottosay"] == {
        "fr": "Je préfère ne pas le dire", "en": "I prefer not to say",
    }  # fmt: skip
    assert list(questions["itema"].answers) == ["1", "2", "3", "4", "5", "A6"]
    assert _names(study.form("AA", "2026")).answers("item_a")["A6"] == "not_applicable"


def test_the_version_comes_back_hidden(study: Study, tmp_path: Path) -> None:
    hidden = _taken(study, "AA", tmp_path).questions["formversion"]
    version = form_version(study.form("AA", "2026"))
    assert hidden.attributes == {"equation": version, "hidden": "1"}
    assert hidden.relevance == "1"
    assert hidden.group == 1
    assert hidden.texts == {"en": version, "fr": version}


def test_only_the_two_gates_must_be_answered(study: Study, tmp_path: Path) -> None:
    questions = _taken(study, "AA", tmp_path).questions
    assert [name for name, question in questions.items() if question.mandatory == "Y"] == ["consent", "population"]


def test_nothing_about_the_person_or_the_device_is_recorded(study: Study, tmp_path: Path) -> None:
    settings_ = _taken(study, "AA", tmp_path).settings
    wanted = {"anonymized": "Y", "ipaddr": "N", "refurl": "N", "allowsave": "N", "usetokens": "N", "format": "G"}
    assert wanted.items() <= settings_.items()


def test_texts_of_the_survey_name_partner_duration_and_help(tmp_path: Path) -> None:
    survey = _taken(OURS, "PL", tmp_path, ("pl", "en"))
    assert "Warsztaty Kultury" in survey.texts["pl"]["surveyls_welcometext"]
    assert "minut" in survey.texts["pl"]["surveyls_welcometext"]
    assert "116 123" in survey.texts["pl"]["surveyls_endtext"]
    assert survey.texts["pl"]["surveyls_numberformat"] == "1"
    assert survey.texts["en"]["surveyls_numberformat"] == "0"


def _drawn(form: Questionnaire, country: str, size: int, seed: int) -> pd.DataFrame:
    """Answers at random, legal one by one; what nobody is asked is blank, as it is where the form is filled in."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {name: pd.Series([_cell(question, rng) for _ in range(size)], dtype=_dtype(question)) for name, question in form.questions.items()}
    )  # fmt: skip
    frame = frame.assign(country=country, wave=WAVE)
    for name, gate in gates(form).items():  # most people go on
        frame.loc[rng.random(size) < 0.9, name] = gate.codes[0]
    reached = pd.Series(True, index=frame.index)
    for name, question in form.questions.items():
        frame.loc[~(reached & asked(frame, form, name)), name] = np.nan if question.type == "number" else pd.NA
        if name in gates(form):
            reached &= holds(frame[name], question.type, gates(form)[name])
    return frame


def _dtype(question: Question) -> str:
    return "float64" if question.type == "number" else "str"


def _cell(question: Question, rng: np.random.Generator) -> Any:
    if rng.random() < 0.1:
        return None
    offered = list(platform_names.offered(question))
    match question.type:
        case "number":
            low = max(question.minimum, -5)
            return float(rng.integers(low, min(question.maximum, low + 20) + 1))
        case "text":
            return 'a "word"; another\nline'
        case "shares":
            return SEPARATOR.join(f"{code}{SHARE}{value}" for code, value in zip(offered, (60, 40), strict=False))
        case "multiple":
            return SEPARATOR.join(code for code in offered if rng.random() < 0.4) or None
        case _:
            return str(rng.choice(offered))


def _stored(form: Questionnaire, names: platform_names.Names, person: pd.Series) -> dict[tuple[str, str], str]:
    """What LimeSurvey would store of a person: (question, row) -> text."""
    found = {}
    for name, question in form.questions.items():
        cell = person[name]
        if pd.isna(cell):
            continue
        if question.type == "multiple":
            found |= {names.parts(name, code): "Y" for code in cell.split(SEPARATOR)}
        elif question.type == "shares":
            found |= {
                names.parts(name, code): value for code, value in (one.split(SHARE) for one in cell.split(SEPARATOR))
            }
        else:
            codes = names.codes[name]
            found[names.parts(name)] = f"{cell:.15g}" if question.type == "number" else codes.get(cell, cell)
    return found


@pytest.mark.parametrize("country", ["FR", "AA"])
def test_routes_show_whom_the_questionnaire_asks(study: Study, country: str, tmp_path: Path) -> None:
    of = OURS if country == "FR" else study
    form = of.form(country, of.waves[0])
    names, survey = _names(form), _taken(of, country, tmp_path)
    frame = _drawn(form, country, 80, seed=3)
    shown: dict[str, list[bool]] = {name: [] for name in form.questions}
    for _, person in frame.iterrows():
        variables = {"_".join(filter(None, place)): text for place, text in _stored(form, names, person).items()}
        answered = _Blank(variables)
        for name, seen in shown.items():
            theirs = survey.questions[names.parts(name)[0]]
            seen.append(evaluate(survey.groups[theirs.group - 1], answered) and evaluate(theirs.relevance, answered))
    reached = pd.Series(True, index=frame.index)
    for name, question in form.questions.items():
        expected = reached & asked(frame, form, name)
        assert shown[name] == expected.tolist(), name
        if name in gates(form):
            reached &= holds(frame[name], question.type, gates(form)[name])


class _Blank(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


@pytest.mark.parametrize("country", ["FR", "AA"])
def test_answers_go_through_the_layout_of_limesurvey_and_back_with_nothing_lost(study: Study, country: str) -> None:
    of = OURS if country == "FR" else study
    form = of.form(country, of.waves[0])
    names = _names(form)
    frame = _drawn(form, country, 60, seed=4)
    columns = names.columns()
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(columns), restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for _, person in frame.iterrows():
        stored = _stored(form, names, person)
        writer.writerow({f"{name}[{row}]" if row else name: text for (name, row), text in stored.items()})
    file.seek(0)
    received = pd.read_csv(file, dtype="str", keep_default_na=False)
    assert list(received.columns) == list(columns)
    pd.testing.assert_frame_equal(_back(form, names, received), frame[list(form.questions)])


def _back(form: Questionnaire, names: platform_names.Names, received: pd.DataFrame) -> pd.DataFrame:
    """Turn LimeSurvey's columns and codes into ours, knowing nothing but the names."""
    cells: dict[str, list[Any]] = {}
    for name, question in form.questions.items():
        own = {column: code for column, (asking, code) in names.columns().items() if asking == name}
        cells[name] = []
        for _, row in received.iterrows():
            given = {code: row[column] for column, code in own.items() if row[column]}
            if question.type == "multiple":
                cells[name].append(SEPARATOR.join(given) or None)
            elif question.type == "shares":
                cells[name].append(SEPARATOR.join(f"{code}{SHARE}{value}" for code, value in given.items()) or None)
            elif question.type == "number":
                cells[name].append(float(given[""]) if given else np.nan)
            else:
                cells[name].append(names.answers(name).get(given[""], given[""]) if given else None)
    return pd.DataFrame({name: pd.Series(cells[name], dtype=_dtype(form.questions[name])) for name in cells})


def test_the_same_form_gives_the_same_bytes(study: Study, tmp_path: Path) -> None:
    first, second = (limesurvey.write(study, "AA", "2026", ["fr", "en"], tmp_path / name) for name in ("a", "b"))
    assert first[0].read_bytes() == second[0].read_bytes()


def test_text_that_looks_like_mark_up_or_an_expression_is_shown_as_it_is(tmp_path: Path) -> None:
    odd = STUDY.replace('en: "What else?"', r'en: "\"a\" <b> {{x}} \\ & c\nd"')
    survey = _taken(trial(tmp_path, odd), "AA", tmp_path)
    assert survey.questions["openwords"].texts["en"] == "&#34;a&#34; &lt;b&gt; &#123;x&#125; &#92; &amp; c<br />d"


def test_export_writes_the_codebook_beside_and_chooses_the_languages_of_the_country(
    study: Study, tmp_path: Path
) -> None:
    written = forms.export(study, "BB", "2026", "limesurvey", tmp_path)
    assert [path.name for path in written] == ["trial_BB_2026_limesurvey.txt", "codebook.csv"]
    assert take(written[0].read_bytes()).languages == ["en"]
    assert forms.default_languages(OURS, "PL") == ("pl", "en")
    assert [path.name for path in forms.export(study, "AA", "2026", "codebook", tmp_path)] == ["codebook.csv"]


def test_what_is_not_known_is_said_in_one_sentence(study: Study, tmp_path: Path) -> None:
    with pytest.raises(
        CompendiumError, match="'word' is not known; legal are limesurvey, xlsform, html, docx, codebook"
    ):
        forms.export(study, "AA", "2026", "word", tmp_path / "none")
    with pytest.raises(CompendiumError, match="'XX' is not in the study; legal are AA, BB"):
        forms.export(study, "XX", "2026", "limesurvey", tmp_path / "none")
    with pytest.raises(CompendiumError, match="not written in 'pl'; legal are en, fr"):
        forms.export(study, "AA", "2026", "limesurvey", tmp_path / "none", ["pl"])
    assert not (tmp_path / "none").exists()


_ID = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True) | st.sampled_from(
    ["a_b", "ab", "a_b_", "form_version", "time", "other", "sid", "this", "intensity_1", "part_1", "x" * 30, "x" * 31]
)
_CODE = st.text(st.sampled_from("aAbB1_-é z"), min_size=1, max_size=8) | st.sampled_from(
    ["yes", "YES", "A1", "A2", "other", "time"]
)
_TEXT = st.just({"en": "Words", "fr": "Mots"})


@st.composite
def _questionnaires(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(_ID, min_size=1, max_size=12, unique=True))
    questions = []
    for name in ids:
        kind = draw(st.sampled_from(["single", "multiple", "shares", "item", "item", "number", "text", "note"]))
        question: dict[str, Any] = {"id": name, "type": kind, "text": draw(_TEXT)}
        if kind in ("single", "multiple", "shares"):
            codes = draw(st.lists(_CODE, min_size=2, max_size=7, unique=True))
            question["options"] = [{"code": code, "label": draw(_TEXT)} for code in codes]
        if kind == "item":
            question["scale"] = draw(st.sampled_from(["agree5", "level5"]))
        if kind == "number":
            question |= {"unit": "years", "minimum": 0, "maximum": 99}
        before = [one for one in questions if one["type"] in ("single", "multiple")]
        if before and draw(st.booleans()):
            asking = draw(st.sampled_from(before))
            codes = draw(st.lists(st.sampled_from([one["code"] for one in asking["options"]]), min_size=1, unique=True))
            question["when"] = [{"question": asking["id"], "codes": codes}]
        questions.append(question)
    cut = draw(st.integers(0, len(questions)))
    modules = [part for part in (questions[:cut], questions[cut:]) if part]
    return {
        "id": "drawn",
        "version": "1",
        "languages": ["en", "fr"],
        "modules": [
            {"id": name, "title": draw(_TEXT), "questions": part}
            for name, part in zip(draw(st.lists(_ID, min_size=2, max_size=2, unique=True)), modules, strict=False)
        ],
    }


@settings(max_examples=60, deadline=None)
@given(_questionnaires())
def test_any_questionnaire_gets_names_that_are_legal_unique_and_lead_back(content: dict[str, Any]) -> None:
    form = load_questionnaire(copy.deepcopy(content), "drawn")
    study = _study_of(form)
    names = _names(form)
    columns = names.columns()
    pairs = [
        (name, code)
        for name, question in form.questions.items()
        for code in (question.options if question.type in ("multiple", "shares") else ("",))
    ]
    assert list(columns.values()) == pairs  # nothing shares a column, nothing is without one
    assert len({column.lower() for column in columns}) == len(columns)
    for name, question in form.questions.items():
        if question.type in ("single", "item"):
            assert sorted(names.answers(name).values()) == sorted(question.codes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limesurvey, "open_form", lambda *_: form)
        patch.setattr(limesurvey, "language_settings", _titles)
        rows = _content(study)
    survey = take(rows)
    assert [name for name in survey.headings() if name != platform_names.VERSION] == list(columns)
    assert _names(form) == names


def _titles(_study: Study, _country: str, _wave: str, words: Any) -> list[dict[str, str]]:
    return [{"class": "SL", "name": "surveyls_title", "text": "T", "language": words.t.language}]


def _study_of(form: Questionnaire) -> Study:
    return dataclasses.replace(OURS, questionnaire=form)


def _content(study: Study) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (path,) = limesurvey.write(study, "FR", WAVE, ["en", "fr"], Path(folder))
        return path.read_bytes()


def test_the_commands_count_check_and_export(study: Study, tmp_path: Path) -> None:
    run = CliRunner()
    counted = run.invoke(app, ["count", "--study", str(study.folder)])
    assert counted.exit_code == 0, counted.output
    assert re.search(r"all, with scales +11 ", counted.output)
    checked = run.invoke(app, ["check", "--study", str(study.folder)])
    assert f"AA 2026: 11 questions, {form_version(study.form('AA', '2026'))}" in checked.output
    assert "BB 2026: 7 questions" in checked.output
    exported = run.invoke(
        app, ["export", "--study", str(study.folder), "--country", "AA", "--format", "xlsform", "--into", str(tmp_path)]
    )
    assert exported.exit_code == 0, exported.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codebook.csv", "trial_AA_2026.xlsx"]
