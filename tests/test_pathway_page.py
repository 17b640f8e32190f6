"""The page of pathways: a log from a spreadsheet becomes numbers behind the gate, a bad one a report with rows, none an honest page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from compendium import disclosure, paths, products, text
from compendium.collection import records
from compendium.commands.pathways import app
from compendium.errors import AnswersError
from compendium.explorers import pathways as explorer
from compendium.pathways import UNDECIDED, capacity, from_form, orientate, product, spells, start_stop
from compendium.pathways.flows import NEXT
from compendium.pathways.hazards import cause_specific
from compendium.pathways.received import LOG, TOO_MANY, read_unit
from compendium.pathways.spells import OPEN
from compendium.pathways.supported import CHANGING
from compendium.pathways.synthetic import draw, planted
from compendium.pathways.use import poisson, use, whole_years
from compendium.sheets import pathways
from compendium.study.pathway_rules import load_pathway_rules
from compendium.study.study import load_study

FIRST, UNTIL = date(2019, 1, 1), date(2026, 10, 31)
PLACES = {"north": "North", "south": "South", "east": "East"}
RULES = disclosure.Rules()
DRAWN, ASKED = draw(FIRST, UNTIL, 11, entries_month=1.3, territories=list(PLACES))
FEW = DRAWN[DRAWN["person"].isin(DRAWN["person"].unique()[:60])]
EVENTS = DRAWN.assign(date=pd.to_datetime(DRAWN["date"]))
VIEWS = ("said", "faults", "flow", "cohorts", "tested", "calendar", "supported", "table", "agreed", "indicators", "entries",
         "territories", "definitions", "what_if", "assumptions")  # fmt: skip


def study(folder: Path, countries: tuple[str, ...] = ("AA",)) -> Any:
    return SimpleNamespace(
        id="trial",
        folder=folder,
        seed=1,
        countries=[SimpleNamespace(code=code) for code in countries],
        pooled=SimpleNamespace(code="ALL"),
        units=(*countries, "ALL"),
        is_pooled=lambda unit: unit == "ALL",
        territories={"AA": PLACES},
        waves=("1",),
    )


def put(folder: Path, log: pd.DataFrame, name: str = "pathways.csv", sidecar: dict[str, object] | None = None) -> Path:
    file = paths.answers_folder(folder, "AA", "1") / name
    file.parent.mkdir(parents=True, exist_ok=True)
    (log.to_excel if file.suffix == ".xlsx" else log.to_csv)(file, index=False)
    if sidecar is not None:
        said = {"source": "A test", "licence": "CC0-1.0", "file": name, **sidecar}
        records.sidecar(file.parent, LOG).write_text(yaml.safe_dump(said), encoding="utf-8")
    return file


def sheet(
    results: pd.DataFrame, faults: pd.DataFrame, where: Any, language: str = "en", unit: str = "AA"
) -> pathways.Sheet:
    shown = disclosure.protect(results, RULES, pooled="ALL")
    return pathways.open_sheet(where, unit, shown, faults, text.load(language), lambda column, code: code)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A study with a spreadsheet in its place, and diagnostics beside it."""
    folder = tmp_path_factory.mktemp("study")
    file = put(folder, EVENTS, "pathways.xlsx")
    ASKED.to_csv(file.with_name("diagnostics.csv"), index=False)
    return study(folder)


@pytest.fixture(scope="module")
def found(home: Any) -> pd.DataFrame:
    return product.pathways(home, "AA", "1")


def test_a_spreadsheet_put_into_the_folder_is_the_log(home: Any, found: pd.DataFrame) -> None:
    received = found[found["indicator"] == "received"].iloc[0]
    assert received["estimate"] == DRAWN["person"].nunique()
    assert received["origin"] == "real"
    assert "pathways.xlsx" in received["source"]
    assert product.pathway_faults(home, "AA", "1").empty
    assert {"turned_into_contract", "member_within_3_years", "orientation_rule", "capacity_load"} <= set(
        found["indicator"]
    )


def test_a_real_log_takes_the_place_of_the_synthetic_and_two_real_ones_are_refused(tmp_path: Path) -> None:
    few = DRAWN[DRAWN["person"] == DRAWN["person"].iloc[0]]
    put(tmp_path, few, sidecar={"origin": "synthetic"})
    assert read_unit(study(tmp_path), "AA", "1").origin == "synthetic"
    put(tmp_path, few, "pathways.xlsx")
    assert read_unit(study(tmp_path), "AA", "1").origin == "real"
    put(tmp_path, few, sidecar={"origin": "real"})
    with pytest.raises(AnswersError, match="both there"):
        read_unit(study(tmp_path), "AA", "1")


def without_exit_flags(log: pd.DataFrame) -> pd.DataFrame:
    gone = log.loc[log["event"].isin(["exit", "still_there"]), "person"].unique()[:102]
    return log[~(log["person"].isin(gone) & log["event"].isin(["exit", "still_there"]))]


def with_row(**cells: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    row = {
        "person": "north-0001",
        "date": "2020-01-01",
        "event": "exit",
        "territory": "north",
        "reason": "other",
        **cells,
    }
    return lambda log: pd.concat([log, pd.DataFrame([row])], ignore_index=True).fillna("")


BAD: list[tuple[str, Callable[[pd.DataFrame], pd.DataFrame], str, int]] = [
    ("contract before orientation", with_row(person="x", event="employee_contract"), "out of order", 1),
    ("exit twice", lambda log: with_row(person=log.loc[log["event"] == "exit", "person"].iloc[0], date="2026-10-30")(log), "too often", 1),
    ("future date", with_row(person="x", event="reception", date="2096-01-01"), "future date", 1),
    ("unknown territory", with_row(person="x", event="reception", territory="mars"), "unknown territory", 1),
    ("no date", with_row(person="x", event="reception", date="soon"), "no date", 1),
    ("102 persons without any exit flag", without_exit_flags, "no exit flag", 102),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "rule", "rows"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_log_gives_a_report_with_rows_and_no_crash(tmp_path: Path, spoil: Any, rule: str, rows: int) -> None:
    log = DRAWN if rows > 1 else FEW
    put(tmp_path, spoil(log))
    where = study(tmp_path)
    faults = product.pathway_faults(where, "AA", "1")
    assert (faults["rule"] == rule).sum() == rows
    assert (faults["row"] > 1).all()
    results = product.pathways(where, "AA", "1")
    page = sheet(results, faults, where)
    assert text.load("en")(rule) in repr(pathways.faults(page)._repr_html_())
    aside = results.loc[results["indicator"] == "set_aside", "estimate"].item()
    is_refused = aside > load_pathway_rules().faults_at_most / 100 * log["person"].nunique()
    assert is_refused == (rows > 1)
    assert (len(results) == 2) == is_refused
    assert bool(page.absent) == is_refused
    assert not is_refused or TOO_MANY in repr(page.absent)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"person;when\nx;y\n", b"PK\x03\x04broken"], ids=["empty", "bytes", "columns", "workbook"])  # fmt: skip
def test_a_file_that_is_no_log_is_reported_and_shows_nothing(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, DRAWN.head(1)).write_bytes(content)
    where = study(tmp_path)
    faults = product.pathway_faults(where, "AA", "1")
    assert list(faults["rule"]) == ["unreadable"]
    page = sheet(product.pathways(where, "AA", "1"), faults, where)
    assert "Nothing is estimated here" in repr(page.absent)
    assert "the whole file" in pathways.faults(page)._repr_html_()


def views(page: pathways.Sheet) -> str:
    made = [getattr(pathways, name)(page) for name in VIEWS]
    made += [pathways.shares(page, wait.id) for wait in load_pathway_rules().shares]
    return "".join(view._repr_html_() for view in made if view is not None)


def test_every_view_shows_itself_in_french_without_english_person_or_officer(home: Any, found: pd.DataFrame) -> None:
    page = sheet(found, product.pathway_faults(home, "AA", "1"), home, "fr")
    page.t.missing.clear()
    said = views(page)
    assert not page.t.missing
    assert "officer 1" not in said
    assert "north-0" not in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_where_there_is_no_log_the_page_says_so_and_keeps_the_rule(language: str, tmp_path: Path) -> None:
    none = study(tmp_path, ("AA", "BB"))
    for unit in ("AA", "BB", "ALL"):
        page = sheet(product.pathways(none, unit, "1"), product.pathway_faults(none, unit, "1"), none, language, unit)
        page.t.missing.clear()
        said = views(page)
        assert not page.t.missing
        if language == "en":
            assert ("no number is made up" in said) == (unit == "BB")
            assert "ten-year building cover" in said


def test_the_explorer_shows_a_view_or_says_that_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    none, t = study(tmp_path), text.load("en")
    none.disclosure = RULES
    made = {"pathways": product.pathways, "pathway_faults": product.pathway_faults}
    monkeypatch.setattr(products, "read", lambda study, name, unit, wave: made[name](study, unit, wave))
    page = SimpleNamespace(study=none, unit="AA", wave="1", t=t, label=lambda column, code: code)
    box = explorer.explore(page)
    view = box.children[1]
    assert len(view.options) == len(load_pathway_rules().shares) + 3
    capsys.readouterr()
    for option in view.options[1:]:
        view.value = option
        shown = capsys.readouterr().out
        assert shown.strip(), option
        assert "Traceback" not in shown


def test_the_gate_lets_no_small_number_out(found: pd.DataFrame) -> None:
    shown = disclosure.protect(found, RULES, pooled="ALL")
    open_ = shown[~shown["suppressed"] & shown["estimate"].notna()]
    assert (open_["n"] >= RULES.minimum_cell).all()
    shares = open_[open_["method"].isin(["share", "cumulative incidence", "naive curve"])]
    counted = (shares["estimate"] / 100 * shares["n"]).round()
    assert (np.minimum(counted, shares["n"] - counted) >= RULES.minimum_cell).all()
    assert shown["suppressed"].any()


def test_numbers_of_steps_are_rounded_so_that_the_few_between_them_stay_hidden(found: pd.DataFrame) -> None:
    flows = found[(found["group_by"] == NEXT) | (found["estimand"] == "reached")]
    assert (flows["n"] % 10 == 0).all()


def test_pooled_puts_persons_under_one_another_until_the_earliest_end(tmp_path: Path) -> None:
    put(tmp_path, FEW, sidecar={"origin": "synthetic", "until": "2026-10-31"})
    where = study(tmp_path, ("AA", "BB"))
    alone = read_unit(where, "ALL", "1")
    assert alone.events.equals(read_unit(where, "AA", "1").events)
    other = paths.answers_folder(tmp_path, "BB", "1") / "pathways.csv"
    other.parent.mkdir(parents=True)
    FEW.to_csv(other, index=False)
    both = read_unit(where, "ALL", "1")
    assert both.events["person"].nunique() == 2 * alone.events["person"].nunique()
    assert both.until <= alone.until
    assert both.origin == "synthetic"


def test_planted_hazards_and_indicators_are_recovered(found: pd.DataFrame) -> None:
    plan = planted()
    whole = found[(found["group_by"] == "") & (found["method"] != "naive curve")]
    for wait in load_pathway_rules().shares:
        chances = plan["chances_month"][wait.start]
        total = sum(chances.values())
        for event, code in ((wait.target, wait.id), ("exit", f"{wait.id}__exit")):
            truth = 100 * chances[event] / total * (1 - (1 - total) ** wait.months)
            row = whole[(whole["indicator"] == code) & (whole["period"] == f"{wait.months:g}")].iloc[0]
            error = np.log(row["ci_high"] / row["ci_low"]) / (2 * 1.96)
            assert abs(np.log(row["estimate"] / truth)) < 3 * error, code
    for name, truth in (
        ("first_appointment", plan["first_appointment"]["share"]),
        ("annual_appointment", plan["annual_appointment"]),
    ):
        row = whole[whole["indicator"] == name].iloc[0]
        assert row["ci_low"] - 8 <= 100 * truth <= row["ci_high"] + 8, name  # the last year cuts anniversaries


def test_null_support_is_found_null_while_the_naive_table_shows_a_difference(found: pd.DataFrame) -> None:
    # planted: the launch incubator comes to whoever stays, and does nothing
    ratios = found[(found["group"] == "launch_incubator") & (found["method"] == CHANGING)].dropna(subset=["estimate"])
    assert len(ratios) >= 3
    assert (ratios["ci_low"] < 1).all()
    assert (ratios["ci_high"] > 1).all()
    people = spells(EVENTS, "employee_contract", "membership", UNTIL)
    had = people["person"].isin(EVENTS.loc[EVENTS["event"] == "launch_incubator", "person"]).astype(int)
    naive = cause_specific(people["months"], people["event"], pd.DataFrame({"had": had}), event="exit", censored=OPEN)
    assert naive.loc[0, "ci_high"] < 1  # ever had: it seems to keep people, because only those who stay can have it
    share = people.assign(left=people["event"] == "exit").groupby(had)["left"].mean()
    assert share[1] < share[0]
    begins = people["person"].map(EVENTS[EVENTS["event"] == "launch_incubator"].groupby("person")["date"].min())
    rows = start_stop(people["months"], people["event"], (begins - people["begins"]).dt.days / 30.4375, censored=OPEN)
    fit = cause_specific(
        rows["duration"], rows["event"], rows[["supported"]], entry=rows["entry"], event="exit", censored=OPEN
    )
    assert fit.loc[0, "ci_low"] < 1 < fit.loc[0, "ci_high"]


def test_rates_have_the_exact_interval_of_the_textbook() -> None:
    assert poisson(10, 1.0) == pytest.approx((10, 4.795389, 18.390356), abs=1e-6)  # R: poisson.test(10)
    assert poisson(0, 2.0) == pytest.approx((0, 0, 1.844440), abs=1e-6)
    assert whole_years(EVENTS, UNTIL) == list(range(2019, 2026))
    assert whole_years(EVENTS, date(2026, 12, 31))[-1] == 2026


def test_indicators_that_a_log_does_not_hold_have_a_reason() -> None:
    bare = EVENTS[~EVENTS["event"].isin(["appointment", "annual_appointment", "startup_contract"])].assign(
        officer="one"
    )
    rows = {row["indicator"]: row for row in use(bare, UNTIL, 1)}
    for name in ("first_appointment", "startup_length", "annual_appointment", "load", "appointments_none"):
        assert rows[name]["reason"], name


def test_capacity_answers_what_if_as_counting_would() -> None:
    logged = capacity.today(EVENTS, UNTIL)
    now = replace(logged, entries=int(9 * logged.territories * logged.years))  # just below the limit
    as_now, more, higher, officer, sessions = load_pathway_rules().capacity.scenarios
    found = {one.id: capacity.simulate(now, one, 3) for one in (as_now, more, higher, officer, sessions)}
    middle = {name: {key: np.median(values) for key, values in own.items()} for name, own in found.items()}
    assert (found[more.id]["capacity_entries"] <= more.limit).all()
    assert middle[more.id]["capacity_waiting"] > middle[as_now.id]["capacity_waiting"]
    assert middle[higher.id]["capacity_waiting"] <= middle[more.id]["capacity_waiting"]
    assert middle[officer.id]["capacity_load"] == pytest.approx(
        middle[higher.id]["capacity_load"] * now.officers / (now.officers + 1)
    )
    assert middle[sessions.id]["capacity_incubator"] < middle[as_now.id]["capacity_incubator"]
    # as now, the mean of a stock with constant rates: S exp(-ht) + entries (1 - exp(-ht)) / h
    rate, years = now.exits / now.months, load_pathway_rules().capacity.years
    left = np.exp(-rate * 12 * years)
    entering = min(now.entries / now.years, as_now.limit * now.territories) / 12
    expected = (now.under_contract * left + entering * (1 - left) / rate) / now.officers
    assert found[as_now.id]["capacity_load"].mean() == pytest.approx(expected, rel=0.05)
    assert capacity.today(EVENTS[EVENTS["person"].isin(EVENTS["person"].unique()[:5])], UNTIL) is None


@pytest.fixture
def own_study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.yml").write_bytes(paths.study_file(paths.DEFAULT_STUDY).read_bytes())
    return folder


def test_the_command_reports_rows_and_puts_a_log_in_its_place(own_study: Path, tmp_path: Path) -> None:
    loaded = load_study(own_study)
    country, places = next(iter(loaded.territories.items()))
    log = draw(date(2025, 1, 1), date(2026, 1, 31), 1, entries_month=0.5, territories=list(places))[0]
    good, bad = tmp_path / "log.xlsx", tmp_path / "bad.csv"
    log.to_excel(good, index=False)
    log.assign(territory="mars").to_csv(bad, index=False)
    own = ["--country", country, "--study", str(own_study)]
    wrong = CliRunner().invoke(app, ["check", str(bad), *own])
    assert wrong.exit_code == 1
    assert "row 2: unknown territory: territory 'mars' is no known territory" in wrong.output
    assert "0 faults" in CliRunner().invoke(app, ["check", str(good), *own]).output
    assert "are in their place" in CliRunner().invoke(app, ["add", str(good), *own]).output
    found = records.received(loaded, country, loaded.waves[-1], LOG)
    assert found.origin == "real"
    assert found.file.read_bytes() == good.read_bytes()
    again = CliRunner().invoke(app, ["add", str(good), *own])
    assert isinstance(again.exception, AnswersError)


def test_the_entry_diagnostic_as_it_is_filled_in_is_read_by_the_rule() -> None:
    form = load_module_codes()
    for name, one in load_pathway_rules().form.items():
        assert one.question in form, name
        assert set(one.codes) <= form[one.question] | {"prefer_not_to_say"}
        assert set(one.codes.values()) - {""} <= set(load_pathway_rules().answers[name])
        assert not form[one.question] - set(one.codes), "every option has its meaning"
    filled = pd.DataFrame(
        {
            "person": list("abcdef"),
            "entry_goal": ["information", "test", "test", "run_here", "test", "dont_know"],
            "entry_stage": ["running", "idea", "ready_no_income", "running", "ready_no_income", "running"],
            "entry_special_cover": ["no", "no", "yes", "no", "no", "no"],
            "entry_hours_month": ["", "", "", "10", "9", "20"],
            "entry_invoices_month": ["", "prefer_not_to_say", "", "160", "500", "500"],
        }
    )
    assert list(orientate(from_form(filled))) == [
        "comparison_of_statuses", "partner_bodies", "suited_cooperative", "employee_contract", "startup_contract", UNDECIDED,
    ]  # fmt: skip
    with pytest.raises(AnswersError, match="entry diagnostics"):
        orientate(from_form(filled.assign(entry_stage="soon")))


def load_module_codes() -> dict[str, set[str]]:
    content = yaml.safe_load((paths.DEFINITIONS / "modules" / "entry_diagnostic.yml").read_text(encoding="utf-8"))
    return {one["id"]: {option["code"] for option in one.get("options", ())} for one in content["questions"]}
