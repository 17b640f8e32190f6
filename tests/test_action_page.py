"""The page of what to do, and the files of the risk-assessment table: they show what was found and entered, and no more."""

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from compendium import disclosure, paths, text
from compendium.action import ENTERED, LOAD, assess, assessment, read_entries
from compendium.action.frequency import work_units
from compendium.diagnosis.signs.rules import load_rules
from compendium.errors import AnswersError
from compendium.sheets import action
from compendium.sheets.action.assessment import of_unit
from compendium.sheets.action.files import listed
from compendium.sheets.base import Several
from compendium.sheets.download import Download
from compendium.sheets.factsheet import Folded
from compendium.study.levers import load_levers
from compendium.study.listening_place import load_listening_place
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.situations import load_situations
from compendium.tables import Table

CORE = load_questionnaire("core", "test")
RULES = disclosure.Rules()
TODAY = date(2026, 11, 23)
OFFICE = shutil.which("libreoffice") or shutil.which("soffice")


def answers(n: int = 400, seed: int = 1) -> pd.DataFrame:
    """Draw answers: overload is met by most, dependence by few, and one trade is too small to be shown."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            item: rng.choice(["1", "2", "3", "4", "5"], n)
            for situation in load_situations().values()
            for item in situation.items
        }
    )
    frame["intensity_1"] = rng.choice(["1", "5"], n, p=[0.2, 0.8])
    for item in load_rules().outcome(load_listening_place().load.of).items:
        frame[item] = rng.choice(["1", "5"], n, p=[0.6, 0.4])
    frame["discipline"] = np.where(np.arange(n) < 6, "music", rng.choice(["visual_arts", "performing_arts"], n))
    frame["status"] = rng.choice(["sole_trader", "artist_author"], n)
    return frame.astype("string").assign(country="AA", origin="synthetic", population="active")


def study(questionnaire: Questionnaire = CORE, folder: Path = Path()) -> SimpleNamespace:
    return SimpleNamespace(
        id="trial",
        folder=folder,
        questionnaire=questionnaire,
        units=("AA",),
        is_pooled=lambda unit: False,
        name=lambda unit, language: "Land",
    )


def entries(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([{**dict.fromkeys(ENTERED, ""), "severity": None, "control": None, **row} for row in rows])
    kinds = dict.fromkeys(ENTERED, "str") | {"severity": "Int64", "control": "Int64"}
    return frame.reindex(columns=list(ENTERED)).astype(kinds)


def sheet(found: pd.DataFrame, judged: pd.DataFrame | None = None, language: str = "en") -> action.Sheet:
    shown = disclosure.protect(found, RULES)

    def fallback(column: str, code: str) -> str:
        return CORE.label(column, code, language) if column in CORE.questions and code in CORE.codes(column) else code

    judged = entries() if judged is None else judged
    return action.open_sheet(study(), "AA", shown, judged, text.load(language), fallback)


FOUND = assess(study(), "AA", "1", answers())
FEW = assess(study(), "AA", "1", answers(12))
NOTHING = assess(study(), "AA", "1", answers()[["country", "origin", "population"]])
JUDGED = entries(
    {"work_unit": "all", "situation": "overload", "severity": 3, "control": 4, "planned_measures": "=1+1",
     "owner": "@the pole", "due": "2027-03-01", "entered_by": "A group", "entered_on": "2026-11-20"},
    {"work_unit": "all", "situation": "pay", "control": 2, "entered_by": "A group", "entered_on": "2026-11-20"},
    {"work_unit": "discipline:music", "situation": "rest", "severity": 4, "control": 4,
     "existing_measures": "<b>none</b>", "entered_by": "Musicians", "entered_on": "2026-11-21"},
)  # fmt: skip
VIEWS = ("situations", "frequency", "other_rules", "table", "ranks", "files", "by_work_unit", "order", "recommendations",
         "by_situation", "library", "sources")  # fmt: skip
PLACE = ("answers", "levels", "conditions", "options", "load", "law")


def views(page: action.Sheet) -> dict[str, object]:
    own = {name: getattr(action, name)(page) for name in VIEWS}
    return own | {name: getattr(action.listening, name)(page) for name in PLACE}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("found", [FOUND, FEW, NOTHING], ids=["shown", "withheld", "not asked"])
def test_every_view_shows_itself_and_in_french_without_english(found: pd.DataFrame, language: str) -> None:
    page = sheet(found, JUDGED if found is FOUND else None, language)
    page.t.missing.clear()
    for name, view in views(page).items():
        assert view is None or view._repr_html_(), name
    assert not page.t.missing


@pytest.mark.parametrize("found", [FEW, NOTHING], ids=["withheld", "not asked"])
def test_where_nothing_can_be_shown_the_page_says_so_and_gives_no_numbers(found: pd.DataFrame) -> None:
    page = sheet(found)
    assert "No situation of work can be shown with a number here" in repr(action.table(page))
    assert "Without numbers no situation can be said to come first" in repr(action.order(page))
    assert action.recommendations(page) is None
    assert action.files(page) is None
    assert len(action.library(page).shown.frame) == len(load_levers())


def test_every_situation_has_one_row_for_everybody_and_for_each_work_unit() -> None:
    rows = FOUND[(FOUND["threshold_id"] == "") & (FOUND["indicator"] != LOAD)]
    units = 1 + sum(len(groups.cat.categories) for groups in work_units(answers(), CORE).values())
    assert units == 1 + 3 + 2
    assert not rows.duplicated(["indicator", "group_by", "group"]).any()
    assert len(rows) == units * len(load_situations())


def test_a_withheld_share_is_in_no_view_no_file_and_no_order() -> None:
    page = sheet(FOUND)
    music = page.table[page.table["work_unit"] == "discipline:music"]
    assert music["suppressed"].all()
    assert music[["place_low", "priority_low", "frequency_rank"]].isna().all(axis=None)
    said = repr(action.by_work_unit(page)).partition("Too few answers to show anything: ")[2]
    assert "Music" in said
    assert "discipline:music" not in set(listed(page)["work_unit"])
    for row in listed(page).itertuples():
        assert pd.isna(row.place_low) == bool(row.suppressed or row.comparable == "no")


def test_what_a_group_entered_is_shown_even_where_its_numbers_are_withheld() -> None:
    page = sheet(FOUND, JUDGED)
    html = of_unit(page, "discipline:music")._repr_html_()
    assert "In place: &lt;b&gt;none&lt;/b&gt;. Entered by Musicians, 2026-11-21." in html
    assert "withheld" in html
    assert "%" not in html.split("<tbody>", 1)[1].split("</table>")[0]
    shown = action.table(page)
    assert isinstance(shown, Several)
    line = shown.parts[0].frame.set_index("Situation of work").loc["More work than paid time"]
    assert line[["Severity", "Control", "Priority"]].tolist() == ["3", "4", "48"]


def test_other_rules_frame_the_share_of_the_rule() -> None:
    own = FOUND[(FOUND["group_by"] == "") & (FOUND["indicator"] == "boundless")].set_index("threshold_id")["estimate"]
    assert own["looser"] > own[""] > own["stricter"]
    shown = action.other_rules(sheet(FOUND))
    assert isinstance(shown, Several)
    folded = shown.parts[-1]
    assert isinstance(folded, Folded)
    assert folded.shown.frame.columns.tolist()[1:] == ["one fewer", "the rule", "one more"]


def test_recommendations_name_the_numbers_they_rest_on() -> None:
    page = sheet(FOUND)
    listed_ = action.recommendations(page)
    assert isinstance(listed_, Table)
    share = page.whole.set_index("situation").loc["overload"]
    assert f"More work than paid time: {share.estimate:.0f}% (" in listed_.frame.iloc[0].tolist()[2]
    assert listed_.frame["Prevention"].tolist() == sorted(
        listed_.frame["Prevention"], key=["at the source (primary)", "noticing and coping early (secondary)", "help when harm is there (tertiary)"].index
    )  # fmt: skip


def test_the_load_is_the_share_times_what_is_assumed() -> None:
    page, assumed = sheet(FOUND), load_listening_place().load
    row = page.results[page.results["indicator"] == LOAD].iloc[0]
    shown = action.listening.load(page)
    assert isinstance(shown, Several)
    frame = shown.parts[0].frame
    assert len(frame) == len(assumed.uptake) + 1
    for (one_in, _), people, hours in zip(assumed.uptake, frame.iloc[:, 1], frame.iloc[:, 2], strict=False):
        ends = [assumed.members * row[name] / 100 / one_in for name in ("estimate", "ci_low", "ci_high")]
        assert people == "{:.1f} ({:.1f} to {:.1f})".format(*ends)
        assert hours == "{:.0f} ({:.0f} to {:.0f})".format(
            *(end * assumed.talks_each * assumed.hours_each for end in ends)
        )
    assert frame.iloc[-1, 1] == "10.0"
    assert "withheld" in repr(action.listening.load(sheet(FEW)))


def downloads(page: action.Sheet) -> dict[str, bytes]:
    shown = action.files(page)
    assert isinstance(shown, Several)
    return {part.kind: part.content for part in shown.parts if isinstance(part, Download)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_read_back_as_it_was_entered(kind: str, tmp_path: Path) -> None:
    content = downloads(sheet(FOUND, JUDGED))[kind]
    assert content == downloads(sheet(FOUND, JUDGED))[kind]  # the same bytes every time
    file = tmp_path / f"risk_assessment.{kind}"
    file.write_bytes(content)
    found = read_entries(file, ["all", "discipline:music"], TODAY)
    key = ["work_unit", "situation"]
    left, right = (one.sort_values(key).reset_index(drop=True) for one in (found, JUDGED))
    pd.testing.assert_frame_equal(left, right, check_dtype=False)


def test_the_workbook_is_ready_to_fill_in_and_to_print() -> None:
    book = openpyxl.load_workbook(io.BytesIO(downloads(sheet(FOUND, JUDGED))["xlsx"]))
    own = book.worksheets[0]
    assert "Synthetic answers" in own["C2"].value
    assert own.freeze_panes == "E5"
    assert own.print_title_rows == "$3:$3"
    assert own.column_dimensions["A"].hidden
    assert not own.column_dimensions["C"].hidden
    lists = {str(one.sqref)[0]: one.formula1 for one in own.data_validations.dataValidation}
    assert lists == {"J": '"1,2,3,4"', "K": '"1,2,3,4"'}
    entered = next(row for row in own.iter_rows(min_row=5) if row[1].value == "overload" and row[0].value == "all")
    assert (entered[14].value, entered[14].data_type) == ("=1+1", "s")  # words, never a formula


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice here to recalculate the workbook")
def test_a_spreadsheet_program_works_priority_out_as_the_page_does(tmp_path: Path) -> None:
    page = sheet(FOUND, JUDGED)
    rng = np.random.default_rng(7)
    book = openpyxl.load_workbook(io.BytesIO(downloads(page)["xlsx"]))
    own = book.worksheets[0]
    for line in range(5, own.max_row + 1):  # the group fills in: some cells of some lines
        for column, may_be in ((10, [1, 2, 3, 4, None]), (11, [1, 2, 3, 4, None])):
            own.cell(line, column, rng.choice(may_be))
        own.cell(line, 18, "A group")
        own.cell(line, 19, date(2026, 11, 20))
    book.save(tmp_path / "risk_assessment.xlsx")
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir",
         str(tmp_path / "saved"), str(tmp_path / "risk_assessment.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    saved = tmp_path / "saved" / "risk_assessment.xlsx"
    judged = read_entries(saved, set(listed(page)["work_unit"]), TODAY)
    expected = sheet(FOUND, judged).table.set_index(["work_unit", "situation"])
    seen = openpyxl.load_workbook(saved, data_only=True).worksheets[0]
    compared = 0
    for row in seen.iter_rows(min_row=5, values_only=True):
        ends = expected.loc[(row[0], row[1]), ["priority_low", "priority_high"]].tolist()
        assert [row[11], row[12]] == ends if not pd.isna(ends[0]) else row[11] is None, row[:4]
        compared += not pd.isna(ends[0])
    assert compared > 50


def test_the_entries_of_a_unit_are_read_from_its_folder(tmp_path: Path) -> None:
    own, people = study(folder=tmp_path), answers()
    assert assessment(own, "AA", "1", people).empty
    folder = paths.answers_folder(tmp_path, "AA", "1")
    folder.mkdir(parents=True)
    JUDGED.to_csv(folder / "risk_assessment.csv", index=False)
    assert len(assessment(own, "AA", "1", people)) == 3
    with pytest.raises(AnswersError, match=r"discipline:music.*legal are all"):
        assessment(own, "AA", "1", people.drop(columns="discipline"))
    (folder / "risk_assessment.xlsx").write_bytes(b"no spreadsheet")
    with pytest.raises(AnswersError, match="is there as well; legal is one of them"):
        assessment(own, "AA", "1", people)
    (folder / "risk_assessment.csv").unlink()
    with pytest.raises(AnswersError, match="not readable as a spreadsheet"):
        assessment(own, "AA", "1", people)
