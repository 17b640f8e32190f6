"""Country facts: nothing is lost on the way in, nothing unknown passes, no line crosses a break, a gap is a gap."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from compendium import facts, text
from compendium.errors import DefinitionError
from compendium.figures.series import segments
from compendium.paths import DEFAULT_STUDY, REPOSITORY, context
from compendium.sheets import actors, factsheet, law, published
from compendium.study.context import BRANCHES, CAVEATS, COVERAGE, Context
from compendium.study.context_file import load
from compendium.study.context_tables import OPTIONAL
from compendium.study.context_values import flag_of

RECEIVED = REPOSITORY.parent / "shared" / "data" / "context"
PLACES = ("FR", "PT", "PL", "DE", "GB")
Edit = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def known() -> Context:
    return load(DEFAULT_STUDY)


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Return a study folder with the repository's facts in which one text of one file is replaced."""
    home = context(tmp_path)
    shutil.copytree(context(DEFAULT_STUDY), home)

    def replace(name: str, old: str, new: str) -> Path:
        path = home / name
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return replace


@pytest.mark.skipif(not RECEIVED.is_dir(), reason="the folder in which the facts were received is not on this machine")
@pytest.mark.parametrize("name", ["indicators.csv", "legal_statuses.csv", "policies.csv"])
def test_carrying_over_lost_nothing(name: str) -> None:
    received = pd.read_csv(RECEIVED / name, dtype=str, keep_default_na=False)
    carried = pd.read_csv(context(DEFAULT_STUDY) / name, dtype=str, keep_default_na=False)
    assert len(received) > 0
    added = OPTIONAL.get(name.removesuffix(".csv"), [])
    assert set(added) <= set(carried.columns)
    pd.testing.assert_frame_equal(carried.drop(columns=added), received)


@pytest.mark.parametrize("name", OPTIONAL)
def test_columns_that_we_added_may_be_missing(name: str, tmp_path: Path) -> None:
    shutil.copytree(context(DEFAULT_STUDY), context(tmp_path))
    path = context(tmp_path) / f"{name}.csv"
    full = pd.read_csv(path, dtype=str, keep_default_na=False)
    full.drop(columns=OPTIONAL[name]).to_csv(path, index=False)
    loaded = load(tmp_path)
    table = loaded.statuses if name == "legal_statuses" else loaded.policies
    assert (table[OPTIONAL[name]] == "").all(axis=None)


def test_what_is_not_known_of_a_branch_stays_unknown(edit: Edit) -> None:
    folder = edit("legal_statuses.csv", ",yes,yes,yes,yes,yes,507", ",yes,?,,yes,yes,507")
    assert load(folder).statuses.iloc[0][list(BRANCHES)].tolist() == ["yes", "unknown", "unknown", "yes", "yes"]


def test_everything_in_the_tables_is_loaded(known: Context) -> None:
    raw = pd.read_csv(context(DEFAULT_STUDY) / "indicators.csv", dtype=str, keep_default_na=False)
    assert len(known.facts) == len(raw) == len(known.found_in)
    assert known.facts["estimate"].tolist() == raw["value"].astype(float).tolist()
    assert (known.facts["origin"] == "context").all()
    assert (known.facts["confidence"] == "to verify").sum() == (raw["confidence"] == "to verify").sum() > 0
    bracketed = raw["source"].str.contains("[", regex=False)
    remarked = (
        (known.facts["flag"] != "")
        | (known.facts["caveat"] != "")
        | raw["source"].str.contains("[year from", regex=False)
    )
    assert (remarked[bracketed]).all(), "a bracket in a source is lost"
    assert not known.facts["source"].str.contains("[", regex=False).any()
    assert len(known.statuses) == 38
    assert len(known.policies) == 61
    assert known.draft == set(BRANCHES)


@pytest.mark.parametrize(
    ("remark", "flag"),
    [
        ("flag b: break in series", "break"),
        ("definition differs", "definition"),
        ("derived: 100 - seen complement", "derived"),
        ("derived from two seen values", "derived"),
        ("year: to verify", "doubt"),
        ("survey year to verify", "doubt"),
        ("break in series 2021, IESS regulation", ""),
        ("year from y15_ prefix", ""),
    ],
)
def test_brackets_become_flags(remark: str, flag: str) -> None:
    assert flag_of(remark) == flag


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("indicators.csv", ",%,2018,4.2,", ",percent,2018,4.2,", ["indicators.csv, line 2", "unit 'percent'", "thousand persons"]),
        ("indicators.csv", "BE,cult_emp_women_pc", "XX,cult_emp_women_pc", ["indicators.csv, line 2", "country 'XX'", "FR, PT"]),
        ("indicators.csv", "Aug 2019),sourced", "Aug 2019),certain", ["indicators.csv, line 2", "confidence 'certain'", "sourced, to verify"]),
        ("indicators.csv", ",%,2018,4.2,", ",%,2018,n/a,", ["indicators.csv, line 2", "'n/a' is no number"]),
        ("indicators.csv", ",%,2018,4.2,", ",%,2018,142,", ["indicators.csv, line 2", "142", "0 to 100"]),
        ("indicators.csv", ",%,2018,4.2,", ",%,18,4.2,", ["indicators.csv, line 2", "year '18'"]),
        ("indicators.csv", '"Eurostat, EU-LFS, table cult_emp_sex [flag b: break in series]"', "", ["indicators.csv, line 2", "no source"]),
        ("indicators.csv", ",%,2017,4.2,", ",%,2018,4.3,", ["indicators.csv, line 3", "line 2", "another value"]),
        ("indicators.csv", "BE,cult_emp_women_pc_of_women_emp", "BE,cult_unheard", ["indicators.csv, line 2", "'cult_unheard'", "no topic"]),
        ("indicators.csv", "country,indicator,label", "country,indicator,title", ["indicators.csv, line 1", "title", "legal are"]),
        ("indicators.csv", "[flag b: break in series]", "[flag q]", ["indicators.csv, line 2", "[flag q]", "[flag b: break in series]"]),
        ("indicators.csv", ",%,2018,4.2,", ",%,2018,4\0.2,", ["indicators.csv, line 2", "null byte"]),
        ("legal_statuses.csv", ",yes,yes,yes,yes,yes,", ",yes,maybe,yes,yes,yes,", ["csv, line 2", "sickness 'maybe'", "yes, partial, no, unknown"]),
        ("legal_statuses.csv", ",sourced,project_employee", ",sourced,intermittent", ["legal_statuses.csv, line 2", "kind 'intermittent'", "sole_trader"]),
        ("policies.csv", "metiersculture.fr,sourced,,", "metiersculture.fr,sourced,no,", ["csv, line 25", "kind 'health_support'", "psychosocial_law, psychosocial_agreement, law"]),
        ("policies.csv", "metiersculture.fr,sourced,,", "metiersculture.fr,sourced,,Article 3", ["csv, line 25", "article 'Article 3'"]),
        ("policies.csv", ",explicit,Article 8", ",explicit,", ["policies.csv, line", "'explicit' without an article", "to verify"]),
        ("policies.csv", ",sourced,implied,", ",sourced,perhaps,", ["policies.csv, line 2", "names_psychosocial 'perhaps'", "explicit, implied, no"]),
        ("legal_statuses.csv", "fr_intermittent_a10", "fr_intermittent_a8", ["legal_statuses.csv, line 3", "stands twice"]),
        ("policies.csv", ",psychosocial_law,", ",psycho_law,", ["policies.csv, line 2", "kind 'psycho_law'"]),
        ("policies.csv", ",2021,2027,", ",2027,2021,", ["policies.csv", "lies before"]),
        ("breaks.yml", 'places: ["DE"]', 'places: ["ZZ"]', ["breaks.yml", "place 'ZZ'"]),
        ("topics.yml", "adp_.*", "adp_nothing", ["indicators.csv", "'adp_daily_stress'", "no topic"]),
        ("topics.yml", "\"adp_.*\", ", "\"adp_.*\", \"unused_.*\", ", ["topics.yml", "'unused_.*'", "no indicator"]),
        ("units.yml", "kind: share, digits: 1", "kind: part, digits: 1", ["units.yml", "'part'", "share, count"]),
        ("places.yml", 'place: "EU28"', 'place: "EU99"', ["places.yml", "'EU99'"]),
    ],
)  # fmt: skip
def test_bad_facts_stop_with_file_line_and_what_is_legal(
    edit: Edit, name: str, old: str, new: str, said: list[str]
) -> None:
    folder = edit(name, old, new)
    with pytest.raises(DefinitionError) as stopped:
        load(folder)
    message = str(stopped.value)
    for part in said:
        assert part in message


def test_a_header_without_rows_is_named_itself(edit: Edit) -> None:
    folder = edit("indicators.csv", ",%,2018,4.2,", ",%,2018,4.2,")
    path = context(folder) / "indicators.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"indicators\.csv: a header and no row"):
        load(folder)


def test_a_cell_with_a_line_break_does_not_shift_the_line_that_is_named(edit: Edit) -> None:
    folder = edit("legal_statuses.csv", '"A benefit regime, not', '"A benefit\nregime, not')
    path = context(folder) / "legal_statuses.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("FR,fr_intermittent_a10", "XX,fr_intermittent_a10"), encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="line 4: country 'XX'"):
        load(folder)


def test_a_study_without_facts_is_empty_and_says_so(tmp_path: Path) -> None:
    empty = load(tmp_path)
    assert empty.is_empty
    sheet = factsheet.open_sheet(empty, ["DK", "AT"], "DK", {}, text.load("en"))
    for shown in every_part(sheet):
        assert isinstance(shown, factsheet.Sentence)
        assert "no facts in our sources" in shown.text.lower()


def test_a_country_without_facts_says_so(known: Context) -> None:
    sheet = factsheet.open_sheet(known, [*PLACES, "DK"], "DK", {"DK": "Denmark"}, text.load("en"))
    assert "no facts on Denmark" in str(factsheet.nothing(sheet))
    shown = every_part(sheet)
    assert all(hasattr(one, "_repr_html_") for one in shown)


def every_part(sheet: factsheet.Sheet) -> list[object]:
    return [
        published.through_time(sheet, "cult_emp_pc"),
        published.beside(sheet, ["cult_self_pc"], "How people in culture work"),
        published.standing(sheet, "culture"),
        published.own_figures(sheet),
        law.protection(sheet),
        law.legal_bases(sheet),
        law.policies(sheet, "risk"),
        actors.met(sheet),
        published.gaps(sheet),
    ]


@pytest.mark.parametrize(
    ("place", "earlier", "later", "is_cut"),
    [
        ("PL", 2018, 2019, True),  # two extracts
        ("PL", 2019, 2020, False),
        ("PL", 2020, 2021, True),  # everywhere
        ("DE", 2019, 2020, True),
        ("FR", 2012, 2013, True),  # Eurostat's flag at the value of 2013
        ("PL", 2011, 2018, False),
        ("PL", 2017, 2022, True),
    ],
)
def test_breaks_cut(known: Context, place: str, earlier: int, later: int, is_cut: bool) -> None:
    assert known.broken("cult_emp_pc", place, earlier, later) is is_cut


@pytest.mark.parametrize("place", [*PLACES, "EU27", "EU28"])
def test_no_line_crosses_a_break_or_a_missing_year(known: Context, place: str) -> None:
    rows = facts.over_time(known, "cult_emp_pc", PLACES)
    own = rows[rows["country"] == place]
    parts = segments(own, place, lambda code, a, b: known.broken("cult_emp_pc", code, a, b))
    assert sum(len(part) for part in parts) == len(own) > 0
    for part in parts:
        years = list(part["period"].astype(int))
        assert years == list(range(years[0], years[-1] + 1))
        assert not any({2018, 2019} <= {a, b} or {2020, 2021} <= {a, b} for a, b in itertools.pairwise(years))


def test_europe_is_that_of_the_same_extract(known: Context) -> None:
    rows = facts.over_time(known, "cult_emp_women_share", PLACES)
    europe = rows[~rows["country"].isin(PLACES)]
    assert set(europe.loc[europe["period"].astype(int) <= 2018, "country"]) == {"EU28"}
    assert set(europe.loc[europe["period"].astype(int) >= 2019, "country"]) == {"EU27"}


def test_standing_compares_the_same_year_only(known: Context) -> None:
    found = facts.standing(known, "GB", ["cult_emp_pc"], PLACES).set_index("group")
    raw = known.facts[known.facts["indicator"] == "cult_emp_pc"].set_index(["country", "period"])["estimate"]
    assert set(found["period"]) == {"2018"}
    assert found.loc["value", "estimate"] == raw["GB", "2018"]
    assert found.loc["difference", "estimate"] == pytest.approx(raw["GB", "2018"] - raw["EU28", "2018"])
    assert found.loc["difference", "unit"] == "percentage points"
    assert found.loc["ranked", "estimate"] == 5


def test_a_gap_stays_a_gap(known: Context) -> None:
    assert facts.standing(known, "GB", ["cult_self_pc"], PLACES).empty
    rows = facts.side_by_side(known, ["cult_self_pc"], PLACES)
    assert "GB" not in set(rows["country"])
    sheet = factsheet.open_sheet(known, PLACES, "GB", {}, text.load("en"))
    figure = published.beside(sheet, ["cult_self_pc"], "How people in culture work")
    assert "No figure: United Kingdom." in figure.alt
    assert any("self-employed" in gap.what["en"] for gap in known.gaps if "GB" in gap.places)


def test_national_figures_and_opinion_are_never_compared(known: Context) -> None:
    for topic in [topic.id for topic in known.topics.values() if topic.shown in ("own", "apart")]:
        rows = known.facts[known.facts["part"] == topic]
        assert len(rows) > 0
        assert set(rows["comparable"]) == {"no"}
        assert (rows["reason"] != "").all()
        found = facts.standing(known, rows["country"].iloc[0], list(rows["indicator"].unique()), PLACES)
        assert set(found["group"]) <= {"value"}


@pytest.mark.parametrize("unit", [*PLACES, "EU"])
def test_every_value_of_a_page_reaches_a_table(known: Context, unit: str) -> None:
    """Whatever the sources hold on the country of the page stands in one of its tables, at its latest year."""
    sheet = factsheet.open_sheet(known, PLACES, unit, {}, text.load("en"))
    own = [published.own_figures(sheet, shown) for shown in ("own", "apart")]
    tables = [
        *(published.standing(sheet, shown) for shown in ("culture", "health")),
        *(part.shown for one in own for part in getattr(one, "parts", ())),  # of all countries: a folded table each
        *(one for one in own if not hasattr(one, "parts")),
        published.of_europe(sheet),
    ]
    shown = " ".join(
        str(cell) for table in tables if not isinstance(table, factsheet.Sentence) for cell in table.frame["Indicator"]
    )
    rows = known.facts[known.facts["country"].isin([unit])]
    assert unit == "EU" or len(rows) > 100
    missing = [text for text in rows["estimand"].unique() if text not in shown]
    latest = {known.labels[code] for code in rows["indicator"].unique()}
    assert not [text for text in missing if text in latest]


def test_the_matrix_says_draft_and_never_speaks_by_colour_alone(known: Context) -> None:
    for unit in ("FR", "EU"):
        sheet = factsheet.open_sheet(known, PLACES, unit, {}, text.load("en"))
        figure = law.protection(sheet)
        assert "first draft" in figure.caption
        html = figure._repr_html_()
        for sign, word in (("●", "yes"), ("◐", "partial"), ("○", "no")):
            assert f"{sign} {word}" in html
        assert "to verify" in html
    assert set(known.statuses[list(BRANCHES)].to_numpy().ravel()) <= set(COVERAGE)


def test_facts_to_verify_are_hollow_and_say_so(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    figure = published.beside(sheet, ["gov_cult_pc_gdp"], "Public money for culture")
    assert "to verify" in figure._repr_html_()


def test_every_text_of_the_facts_has_its_french(known: Context) -> None:
    texts = {
        *known.facts["estimand"],
        *(one for text in known.facts["caveat"] for one in text.split(CAVEATS)),
        *known.statuses["english_name"],
        *known.statuses["notes"],
        *known.statuses["threshold"],
        *known.policies["english_name"],
        *known.policies["description_in_own_words"],
        *known.policies["article"],
        *known.actors["what_they_do"],
    } - {"", "none"}
    missing = texts - set(known.translations["fr"])
    assert not missing, f"{len(missing)} without French, such as {sorted(missing)[:3]}"
    unused = set(known.translations["fr"]) - texts - set(known.statuses["legal_basis"])
    assert not unused, f"translations of nothing: {sorted(unused)[:3]}"
