"""Bodies that prevent risks: read with care, drawn where they are, listed with the same numbers."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium import paths, text
from compendium.errors import DefinitionError
from compendium.figures import Figure
from compendium.figures.map import ROOM, _apart, outlines, project
from compendium.paths import DEFAULT_STUDY, context
from compendium.sheets import actors, factsheet
from compendium.study.context import Context
from compendium.study.context_file import load
from compendium.tables import Table

PLACES = ("FR", "PT", "PL", "DE", "GB")


@pytest.fixture(scope="module")
def known() -> Context:
    return load(DEFAULT_STUDY)


def sheet(known: Context, unit: str, language: str = "en") -> factsheet.Sheet:
    return factsheet.open_sheet(known, PLACES, unit, {}, text.load(language))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",cooperative,Orléans", ",coop,Orléans", ["line 2", "kind 'coop'", "cooperative, federation"]),
        ("Orléans,sourced", "Orléans,sure", ["line 2", "place_confidence 'sure'", "sourced, to verify"]),
        (",47.90,1.90,", ",47.90,,", ["line 2", "latitude and longitude stand together"]),
        (",47.90,1.90,", ",1.90,47.90,", ["line 2", "latitude '1.90'", "33 to 72.5"]),
        (",47.90,1.90,", ",47°54,1.90,", ["line 2", "latitude '47°54'"]),
        ("be_smart,BE", "be_smart,XX", ["line 4", "country 'XX'"]),
        ("be_smart,", "fr_artefacts,", ["line 4", "'fr_artefacts' stands twice"]),
        (",Orléans,", ",,", ["line 2", "place is empty"]),
        (",kronik.smart.coop (prevention advisers); info.hub.brussels,", ",,", ["line 4", "no source"]),
    ],
)
def test_a_bad_row_stops_with_its_line(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    home = context(tmp_path)
    shutil.copytree(context(DEFAULT_STUDY), home)
    path = home / "actors.csv"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path)
    assert all(one in str(caught.value) for one in ["actors.csv", *said]), str(caught.value)


def test_a_study_without_bodies_says_so(tmp_path: Path) -> None:
    home = context(tmp_path)
    shutil.copytree(context(DEFAULT_STUDY), home)
    (home / "actors.csv").unlink()
    page = sheet(load(tmp_path), "FR")
    assert "no facts" in str(actors.on_map(page)) and "no facts" in str(actors.listed(page))


def test_the_projection_is_that_of_the_manual() -> None:
    """Snyder 1987, numerical example of p. 332: radius 3, centre 40 N 100 W, point 20 S 100 E; PROJ 9.1.1 gives the same."""
    x, y = project(100.0, -20.0, centre=(-100.0, 40.0), radius=3.0)
    assert (float(x), float(y)) == (pytest.approx(-4.2339303, abs=1e-7), pytest.approx(4.0257775, abs=1e-7))


def test_places_lie_where_another_program_puts_them() -> None:
    """PROJ 9.1.1: ``proj +proj=laea +lat_0=52 +lon_0=10 +R=6371.0072``."""
    places = {
        (2.35, 48.85): (-558.803896, -321.096099), (-9.14, 38.72): (-1651.951419, -1263.907167),
        (21.01, 52.23): (746.541205, 82.316313), (-3.0, 53.45): (-855.565065, 238.423447),
    }  # fmt: skip
    x, y = project(*np.array(list(places)).T)
    np.testing.assert_allclose(np.column_stack([x, y]), list(places.values()), atol=1e-5)


def test_outlines_are_closed_and_name_their_licence() -> None:
    content = json.loads((paths.DEFINITIONS / "outlines" / "europe.json").read_text(encoding="utf-8"))
    assert content["licence"] == "public domain" and "Natural Earth" in content["source"]
    west, south, east, north = content["frame"]
    assert set(PLACES) < set(content["places"])
    rings = [np.array(ring) for rings in content["places"].values() for ring in rings]
    assert all((ring[0] == ring[-1]).all() and len(ring) > 3 for ring in rings)
    assert all(west <= x <= east and south <= y <= north for ring in rings for x, y in ring)
    assert "public domain" in (paths.DEFINITIONS / "outlines" / "README.md").read_text(encoding="utf-8")


def test_every_body_stands_in_its_country(known: Context) -> None:
    """A mark on the wrong side of a border would be a wrong coordinate; the Union's bodies sit anywhere."""
    rows = known.actors[known.actors["latitude"].notna() & (known.actors["country"] != "EU")]
    assert len(rows) > 5
    for row in rows.itertuples(index=False):
        x, y = project(row.longitude, row.latitude)
        inside = [_holds(ring, float(x), float(y)) for ring in outlines()[row.country]]
        near = min(np.hypot(*(ring - [float(x), float(y)]).T).min() for ring in outlines()[row.country])
        assert any(inside) or near < 40, row.name  # a port may lie outside a thinned coast


def _holds(ring: np.ndarray, x: float, y: float) -> bool:
    before, after = ring[:-1], ring[1:]
    crosses = (before[:, 1] > y) != (after[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = before[:, 0] + (y - before[:, 1]) * (after[:, 0] - before[:, 0]) / (after[:, 1] - before[:, 1])
    return bool((crosses & (x < at)).sum() % 2)


def test_marks_never_cover_one_another(known: Context) -> None:
    rows = known.actors[known.actors["latitude"].notna()]
    crowded = pd.concat([rows, rows.head(4), rows.head(4)], ignore_index=True)
    places = np.array(_apart(crowded, 3650.0))
    away = np.abs(places[:, None] - places[None]) / (np.array(ROOM) * 3650.0)
    free = (away >= 0.9).any(axis=2)
    assert free[~np.eye(len(places), dtype=bool)].all()
    first = np.column_stack(project(rows["longitude"], rows["latitude"]))[0]
    np.testing.assert_allclose(places[0], first)


def test_a_mark_beside_its_town_is_joined_to_it(known: Context) -> None:
    page = sheet(known, "EU")
    drawn = actors.on_map(page)
    assert isinstance(drawn, Figure)
    lines = [line for line in drawn.fig.axes[0].lines if len(line.get_xydata()) == 2]
    rows = actors.bodies(page).placed
    towns = np.column_stack(project(rows["longitude"], rows["latitude"]))
    moved = [tuple(town) for town, at in zip(towns, _apart(rows, 3650.0), strict=True) if not np.allclose(town, at)]
    assert [tuple(line.get_xydata()[0]) for line in lines] == moved and moved


@pytest.mark.parametrize("unit", ["EU", "FR", "GB"])
def test_map_and_list_say_the_same(known: Context, unit: str) -> None:
    page = sheet(known, unit)
    drawn, listed = actors.on_map(page), actors.listed(page)
    assert isinstance(drawn, Figure) and isinstance(listed, Table)
    in_list = set(listed.frame["Name"])
    on_map = set(drawn.data["Name"])
    assert on_map <= in_list
    rows = listed.frame.set_index("Name")
    pd.testing.assert_frame_equal(rows.loc[list(drawn.data["Name"])], drawn.data.set_index("Name"))
    found = actors.bodies(page).frame
    own = found if unit == "EU" else found[found["country"] == unit]
    assert len(on_map) == own["latitude"].notna().sum() > 0
    assert all(re.match(r"\d+ ", name) for name in in_list)
    assert all(name in drawn.alt for name in (one.split(" ", 1)[1] for one in on_map))
    assert f": {len(found) - len(on_map)}." in drawn.caption


def test_the_cooperative_world_comes_first_and_every_task_has_its_french(known: Context) -> None:
    found = actors.bodies(sheet(known, "EU")).frame
    world = found["kind"].map(lambda kind: known.actor_kinds[kind].group == "cooperative")
    assert world.any() and not world.all()
    assert world.is_monotonic_decreasing
    assert found["number"].tolist() == list(range(1, len(known.actors) + 1))
    assert set(known.actors["what_they_do"]) <= set(known.translations["fr"])


def test_no_person_is_named(known: Context) -> None:
    assert not known.actors.astype(str).apply(lambda column: column.str.contains("@")).any(axis=None)
