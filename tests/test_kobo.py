"""KoboToolbox and ODK exports: groups, several answers, repeats, what shows a person, and nothing lost on the way back."""

from pathlib import Path

import pandas as pd
import pytest
from kobo_layout import as_csv, as_workbook, laid_out

from compendium import paths
from compendium.collection import delimited, doors
from compendium.collection.provenance import Source, source_of
from compendium.collection.tables import Reading, read_answers
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
ROWS = 150


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
