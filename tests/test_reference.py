"""The reference database: what is published and nothing else, the same in every form, and compared with what was there before."""

import base64
import io
import json
import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium import downloads, paths, results
from compendium.cells import as_cells, harmless
from compendium.commands import publish
from compendium.disclosure.audit import LOG, Audit, Entry
from compendium.disclosure.audit import read as read_log
from compendium.errors import CompendiumError, DisclosureError
from compendium.reading import check, read_parquet, read_table, write_parquet
from compendium.reference import answers as beside
from compendium.reference import load_dictionary
from compendium.reference import release as door
from compendium.reference.changes import WITHHELD, changes, read_tables
from compendium.reference.dictionary import hold_references, shaped
from compendium.reference.published import once, published
from compendium.study.study import Study, load_study

HOSTILE = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script>"
TURNED = "abc\u202etxt.exe"
PLACE = ("FR", "2026", "en", "05_diagnosis")
SHARE = {"unit": "%", "method": "share", "population": "active"}


def rows() -> pd.DataFrame:
    """A page's worth of published numbers, one of each kind that a view or the handover asks for."""
    shown = {"estimate": 40.0, "ci_low": 31.0, "ci_high": 50.0, "n": 120.0}
    own = {"study": "s", "wave": "2026", "country": "FR", "origin": "synthetic", "source": "drawn"}
    return results.make(
        [
            {**own, **SHARE, **shown, "part": "risks", "indicator": "exposure_intensity", "estimand": "exposed"},
            {**own, **SHARE, **shown, "part": "risks", "indicator": "exposure_intensity", "estimand": "exposed", "group_by": "status", "group": "sole_trader"},
            {**own, **SHARE, "part": "risks", "indicator": "exposure_intensity", "estimand": "exposed", "group_by": "status", "group": "artist_author", "suppressed": True, "suppression_reason": "complement"},
            {**own, **SHARE, **shown, "part": "risks", "indicator": "overload", "estimand": "meets"},
            {**own, **SHARE, **shown, "part": "profiles", "indicator": "profile", "group_by": "profile", "group": "P1"},
            {**own, **SHARE, **shown, "part": "profiles", "indicator": "status__artist_author", "group_by": "profile", "group": "P1", "flag": "built the profiles"},
            {**own, "part": "profiles", "population": "active", "indicator": "named_by", "group_by": "profile", "group": "P1", "estimand": "status__artist_author", "method": "strongest answers"},
            {**own, "part": "profiles", "indicator": "pricing", "method": "discrepancy", "unit": "steps", "estimate": 5.2, "ci_low": 4.8, "ci_high": 5.7, "n": 200.0, "n_effective": 180.0},
            {**own, "part": "profiles", "indicator": HOSTILE, "method": "count", "unit": "persons", "group_by": MARKUP, "group": TURNED, **shown, "comparable": "no", "reason": "another form"},
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with its facts and one page, and no answers at all."""
    folder = tmp_path_factory.mktemp("reference") / "study"
    given = paths.DEFAULT_STUDY
    shutil.copytree(paths.context(given), paths.context(folder))
    shutil.copy(paths.study_file(given), paths.study_file(folder))
    for file in sorted(paths.competences(given, "FR").parent.glob("*.csv")):
        paths.competences(folder, "FR").parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, paths.competences(folder, "FR").parent)
    study = load_study(folder)
    write_parquet(paths.published(folder, *PLACE), rows())
    return study


def made(study: Study, name: str, frame: pd.DataFrame) -> door.Made:
    write_parquet(paths.published(study.folder, *PLACE), frame)
    log = Audit({"hash": "abc"}, 9, (Entry(*PLACE, 9, 1, {"complement": 1}, 7, 0, "", ""),), ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "verify", lambda folder, rules: log)
        patch.setattr(door, "answers", lambda study, wave: None)
        return door.build(study, name)


@pytest.fixture(scope="module")
def folder(home: Study) -> Path:
    """The first release of that study."""
    return made(home, "1.0", rows()).folder


def test_the_database_holds_what_is_published_and_says_no_more_than_the_pages(home: Study, folder: Path) -> None:
    with duckdb.connect(str(folder / "reference.duckdb"), read_only=True) as base:
        held = base.execute("SELECT * FROM estimates").fetchdf()
    assert len(held) == len(rows())
    assert "n_effective" not in held and set(held["suppression_reason"].dropna()) == {downloads.PROTECTION}
    gone = held[held["suppressed"]]
    assert len(gone) == 1 and gone[["estimate", "ci_low", "ci_high", "n", "p_adjusted"]].isna().all(axis=None)
    for name, frame in read_tables(folder).items():
        told = load_dictionary().tables.get(name)
        assert told is None or list(told.columns) == list(frame.columns)


def test_every_question_is_answered_in_one_line_and_alike_in_both_files(home: Study, folder: Path) -> None:
    light = sqlite3.connect(folder / "reference.sqlite")
    with duckdb.connect(str(folder / "reference.duckdb"), read_only=True) as base:
        for view in load_dictionary().views.values():
            line = view.example.format(country="FR")
            found = base.execute(line).fetchall()
            assert found, view.id
            assert len(found) == len(light.execute(line).fetchall()), view.id
    assert not light.execute("PRAGMA foreign_key_check").fetchall()
    light.close()


def test_the_same_pages_give_the_same_bytes(home: Study, folder: Path) -> None:
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made(home, "1.0", rows())
    differ = {path.name for path, content in first.items() if path.read_bytes() != content}
    assert differ <= {"reference.duckdb"}  # its blocks may lie otherwise; its rows are those of the Parquet files
    with duckdb.connect(str(folder / "reference.duckdb"), read_only=True) as base:
        for name in load_dictionary().tables:
            path = folder / "parquet" / f"{name}.parquet"
            other = f"SELECT * FROM read_parquet('{path}')"
            assert base.execute(f'(SELECT * FROM "{name}" EXCEPT {other})').fetchall() == [], name


def test_hostile_words_stay_words(home: Study, folder: Path) -> None:
    cells = read_table(folder / "csv" / "estimates.csv")
    assert "'" + HOSTILE in set(cells["indicator"]) and HOSTILE not in set(cells["indicator"])
    assert "abc\\u202etxt.exe" in set(cells["group"])
    assert HOSTILE in set(read_parquet(folder / "parquet" / "estimates.parquet")["indicator"])
    assert "<script" not in (folder / "dictionary.html").read_text(encoding="utf-8")
    assert HOSTILE.encode() not in downloads.as_csv(rows()).replace(b"'" + HOSTILE.encode(), b"")


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    told = harmless(text).lstrip()
    assert not told.startswith(("=", "@")) and "\u202e" not in told
    assert not told.startswith(("+", "-")) or told.lstrip("+-").replace(".", "").replace(",", "").isdigit()


def test_numbers_stay_numbers() -> None:
    frame = as_cells(pd.DataFrame({"a": ["-1.5", "-x", None], "b": [-1.0, 2.0, 3.0]}))
    assert list(frame["a"])[:2] == ["-1.5", "'-x"] and frame["b"].sum() == 4.0


def test_a_release_is_compared_with_the_one_before(home: Study, folder: Path) -> None:
    frame = rows()
    frame.loc[0, ["estimate", "ci_high"]] = [41.0, 51.0]
    frame.loc[1, ["estimate", "ci_low", "ci_high", "n"]] = float("nan")
    frame.loc[1, ["suppressed", "suppression_reason"]] = [True, "cell"]
    frame = results.concat([frame.drop(index=7), frame.iloc[[0]].assign(indicator="exposure_values")])
    second = made(home, "1.1", frame)
    assert second.previous == "1.0"
    told = second.changes[second.changes["table_name"] == "estimates"]
    assert sorted(told["change"]) == ["added", "changed", "changed", "withdrawn", "withheld"]
    assert dict(told.loc[told["column_name"] == "estimate", ["before", "after"]].iloc[0]) == {
        "before": "40.0",
        "after": "41.0",
    }
    hidden = told[told["change"] == WITHHELD].iloc[0]
    assert hidden["before"] == hidden["after"] == "" and "sole_trader" in hidden["about"]
    assert read_table(second.folder / "csv" / "changes.csv").shape == (len(second.changes), second.changes.shape[1])
    assert changes(second.tables, second.tables).empty
    shutil.rmtree(second.folder)


def test_what_is_handed_on_is_legal_and_each_number_says_what_it_rests_on(home: Study, folder: Path) -> None:
    content = json.loads((folder / "handover.json").read_text(encoding="utf-8"))
    check(content, "handover", "handover.json")
    assert content["origin"] == "synthetic" and "Synthetic" in content["notice"]
    share = content["profiles"][0]["shares"][0]
    assert (share["estimate"], share["interval"], share["n"], share["origin"]) == (40, [31, 50], 120, "synthetic")
    assert [one["competence"] for one in content["needs"]] == ["pricing"]
    met = {one["situation"]: one for one in content["recommendations"]}["overload"]
    assert met["met_by"][0]["estimate"] == 40 and met["levers"]
    assert {lever for one in content["recommendations"] for lever in one["levers"]} <= {
        one["lever"] for one in content["levers"]
    }
    content["needs"][0].update(withheld=True)
    with pytest.raises(CompendiumError, match=r"needs\.0"):
        check(content, "handover", "handover.json")


def test_two_numbers_under_one_name_stop_the_making() -> None:
    other = rows().iloc[[0]].assign(estimate=45.0)
    with pytest.raises(CompendiumError, match="a and b: two different numbers are published as s, 2026, active, FR"):
        once({"a": rows(), "b": other})
    estimates, standing = once({"a": rows(), "b": rows().iloc[:3]})
    assert len(estimates) == len(rows()) and len(standing) == len(rows()) + 3


def test_what_does_not_fit_the_dictionary_is_said() -> None:
    tables = load_dictionary().tables
    units = pd.DataFrame({"unit": ["%", "%"], "kind": ["share", ""]})
    with pytest.raises(CompendiumError, match="units: unit %: the key is empty or names two rows"):
        shaped(tables["units"], units)
    with pytest.raises(CompendiumError, match="'colour' stands only in the table"):
        shaped(tables["units"], units.assign(colour="red"))
    frames = {name: shaped(table, pd.DataFrame()) for name, table in tables.items()}
    lever = {"situation": ["none"], "lever": ["none"], "place_in_order": [1]}
    frames["lever_situations"] = shaped(tables["lever_situations"], pd.DataFrame(lever))
    with pytest.raises(CompendiumError, match=r"lever_situations.situation: 'none' does not stand in situations"):
        hold_references(load_dictionary(), frames)


def test_the_command_says_what_it_cannot_do(home: Study, folder: Path) -> None:
    with pytest.raises(CompendiumError, match=r"release '\.\./x' is not legal"):
        door.build(home, "../x")
    with pytest.raises(CompendiumError, match="holds no release of the reference database"):
        door.build(home, "1.2", previous=home.folder)
    assert callable(publish.database)


def test_the_database_agrees_with_the_tables_of_the_pages() -> None:
    folder = paths.DEFAULT_STUDY
    if not (paths.site(folder) / LOG).is_file():
        pytest.skip("no made study: make reproduce makes it")
    study = load_study(folder)
    estimates, _, _ = published(study, read_log(folder))
    held, seen = set(_numbers(estimates)), 0
    for place in {entry.place for entry in read_log(folder).entries}:
        for offered in OFFERED.findall(paths.page(folder, *place).read_text(encoding="utf-8")):
            file = pd.read_csv(io.BytesIO(base64.b64decode(offered)))
            if "origin" in file:  # the risk-assessment table is a form to fill in, official figures stand in `facts`
                own = set(_numbers(file[file["origin"] != "context"]))
                assert own <= held, (place, sorted(own - held)[:3])
                seen += len(own)
    assert seen > 1000


OFFERED = re.compile(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"')


def _numbers(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return what each row says in numbers; a sheet may name its rows otherwise than the product."""
    said = frame.reindex(columns=["country", "estimate", "ci_low", "ci_high", "n"])
    return [tuple("" if pd.isna(cell) else str(cell) for cell in row) for row in said.itertuples(index=False)]


def test_where_answers_may_not_be_shared_a_marked_twin_stands_in(home: Study, tmp_path: Path) -> None:
    study = replace(home, countries=home.countries[:1])
    own = pd.DataFrame({"wave": ["2026"], "origin": ["real"], "country": ["FR"], "gender": ["woman"]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beside, "share", _refuse)
        read = beside.products.read
        patch.setattr(
            beside.products, "read", lambda one, *rest: own if one.folder == home.folder else read(one, *rest)
        )
        found = beside.answers(study, "2026")
    assert found is not None and found.name == beside.TWIN
    assert set(found.frame["origin"]) == {"synthetic"} and found.frame["is_twin"].all() and len(found.frame) > 100
    assert not {"respondent", "weight", "language", "source"} & set(found.frame)
    assert found.about["why"] == "persons would be found"
    beside.write_answers(tmp_path, found)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"answers_twin.{kind}" for kind in ("csv", "parquet", "report.json")
    ]
    beside.write_answers(tmp_path, None)
    assert not list(tmp_path.iterdir())
    assert beside.answers(replace(home, microdata=None), "2026") is None


def _refuse(study: Study, answers: pd.DataFrame) -> None:
    raise DisclosureError("persons would be found")
