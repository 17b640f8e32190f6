"""KoboToolbox and ODK exports: groups, several answers, repeats, what shows a person, and nothing lost on the way back."""

from pathlib import Path

from compendium.collection import doors


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
