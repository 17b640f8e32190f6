"""Published figures on a page: every comparable one is drawn, what stands out is chosen by a rule, scopes stay apart."""

import itertools
import re

import pandas as pd
import pytest

from compendium import facts, results, text
from compendium.explorers import countries as explorer
from compendium.figures import Figure
from compendium.paths import DEFAULT_STUDY
from compendium.sheets import factsheet, published
from compendium.sheets.base import Several
from compendium.sheets.factsheet import Folded, Sentence
from compendium.study.context import Context, Place, Reference
from compendium.study.context_file import load
from compendium.tables import Table

PLACES = ("FR", "PT", "PL", "DE", "GB")


@pytest.fixture(scope="module")
def known() -> Context:
    return load(DEFAULT_STUDY)


def made(values: dict[str, dict[str, float]], comparable: str = "yes") -> Context:
    """Return facts of one year: indicator -> country -> value; ``EU27`` is Europe."""
    rows = [
        {
            "country": country, "indicator": indicator, "period": "2022", "estimate": value, "unit": "%", "part": "a",
            "comparable": comparable, "reason": "a" if comparable == "no" else "", "source": "made", "confidence": "sourced",
        }
        for indicator, own in values.items()
        for country, value in own.items()
    ]  # fmt: skip
    empty = pd.DataFrame(columns=["country"])
    places = {
        code: Place(code, "aggregate" if code == "EU27" else "country", {"en": code}) for code in (*PLACES, "EU27")
    }
    return Context(
        results.make(rows, origin="context"), empty, empty, places=places, references=(Reference("EU27", 0, 9999),)
    )


def test_what_stands_out_is_far_in_standard_deviations() -> None:
    """x: 10 off where countries spread by 10; y: 2 off where they spread by 1; z: on the other side."""
    spread = {"PT": -1.0, "PL": 0.0, "DE": 1.0}
    context = made(
        {
            "x": {"FR": 10.0, "EU27": 0.0, **{code: 10 * one for code, one in spread.items()}},
            "y": {"FR": 2.0, "EU27": 0.0, **spread},
            "z": {"FR": -3.0, "EU27": 0.0, **spread},
            "few": {"FR": 99.0, "EU27": 0.0, "PT": 1.0, "PL": 2.0},
            "flat": {"FR": 5.0, "EU27": 0.0, "PT": 5.0, "PL": 5.0, "DE": 5.0},
            "no_europe": {"FR": 9.0, **spread},
            "y__small": {"FR": 50.0, "EU27": 0.0, **spread},
            "near": {"FR": 0.2, "EU27": 0.0, **spread},
        }
    )
    every = ["x", "y", "z", "few", "flat", "no_europe", "y__small", "near"]
    assert facts.stands_out(context, "FR", every) == (["y", "x"], ["z"])
    assert facts.stands_out(context, "FR", every, most=1) == (["y"], ["z"])
    assert facts.stands_out(context, "GB", every) == ([], [])


def test_what_may_not_be_compared_never_stands_out() -> None:
    context = made({"x": {"FR": 10.0, "EU27": 0.0, "PT": 1.0, "PL": 2.0, "DE": 3.0}}, comparable="no")
    assert facts.stands_out(context, "FR", ["x"]) == ([], [])
    assert not facts.is_compared(context, "x", PLACES)


def test_lists_hold_one_unit_and_not_too_many(known: Context) -> None:
    indicators = [code for code in known.labels if facts.is_compared(known, code, PLACES)]
    lists = facts.by_unit(known, indicators, 8)
    assert sorted(one for own in lists for one in own) == sorted(indicators)
    assert all(0 < len(own) <= 8 for own in lists)
    assert all(len({known.of_indicator(one)["unit"].iloc[0] for one in own}) == 1 for own in lists)


def test_every_indicator_that_may_be_compared_is_drawn_once(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    drawn: list[str] = []
    for shown in ("culture", "health"):
        found = published.every(sheet, shown)
        assert isinstance(found, Several)
        for part in found.parts:
            assert isinstance(part, Folded) and isinstance(part.shown, Several)
            figures = [one for one in part.shown.parts if isinstance(one, Figure)]
            assert figures
            drawn += [
                code for figure in figures if figure.results is not None for code in set(figure.results["indicator"])
            ]
    expected = [code for code in known.labels if facts.is_compared(known, code, PLACES)]
    enough = [
        code
        for code in expected
        if facts.years(known, code, PLACES) > 1 or len(facts.side_by_side(known, [code], PLACES))
    ]
    assert sorted(drawn) == sorted(enough)
    assert len(drawn) > 80
    own_scope = {topic.id for topic in known.topics.values() if topic.comparable == "no"}
    assert not set(known.facts.loc[known.facts["indicator"].isin(drawn), "part"]) & own_scope


def test_what_stands_elsewhere_is_not_drawn_again(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    html = published.every(sheet, "culture", besides=["cult_emp_pc"])._repr_html_()
    assert "Cultural employment as share of total employment" not in html
    assert "Women in cultural employment" in html


@pytest.mark.parametrize("country", PLACES)
def test_a_portrait_has_both_sides_with_year_and_source(known: Context, country: str) -> None:
    sheet = factsheet.open_sheet(known, PLACES, country, {}, text.load("en"))
    above, below = (published.far_from_europe(sheet, side) for side in ("above", "below"))
    assert isinstance(above, Table) and isinstance(below, Table)
    assert above.frame["Distance"].str.startswith("+").all()
    assert below.frame["Distance"].str.startswith("−").all()
    for table in (above, below):
        assert table.frame["Value"].str.fullmatch(r".+ \(\d{4}\)").all()
        assert (table.frame["Source"] != "").all()
        assert table.results is not None and set(table.results["country"]) == {country}


def test_without_facts_a_portrait_says_so() -> None:
    nothing = Context(results.make([]), pd.DataFrame(columns=["country"]), pd.DataFrame(columns=["country"]))
    sheet = factsheet.open_sheet(nothing, PLACES, "FR", {}, text.load("en"))
    assert isinstance(published.far_from_europe(sheet, "above"), Sentence)
    assert isinstance(published.every(sheet, "culture"), Sentence)


def test_no_line_of_any_indicator_crosses_a_break(known: Context) -> None:
    """Read back from the drawings: whoever a line belongs to, no two of its points lie on both sides of a break."""
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    lines = 0
    for indicator in known.labels:
        if not facts.is_compared(known, indicator, PLACES) or facts.years(known, indicator, PLACES) < 2:
            continue
        figure = published.through_time(sheet, indicator)
        assert isinstance(figure, Figure) and figure.results is not None
        found = {(row.country, int(row.period)): row.estimate for row in figure.results.itertuples()}
        drawn = [line for ax in figure.fig.axes for line in ax.get_lines() if line.get_transform() == ax.transData]
        for points in (list(zip(line.get_xdata(), line.get_ydata(), strict=True)) for line in drawn):
            owners = {place for place, _ in found if all(found.get((place, int(x))) == y for x, y in points)}
            for (earlier, _), (later, _) in itertools.pairwise(points):
                lines += 1
                assert any(not known.broken(indicator, one, int(earlier), int(later)) for one in owners), indicator
    assert lines > 100


def test_where_a_country_stands_by_hand() -> None:
    """7 beside 5 in Europe; PT 9 and PL 7 are not lower: rank 2 of 4, with a tie."""
    context = made({"x": {"FR": 7.0, "EU27": 5.0, "PT": 9.0, "PL": 7.0, "DE": 1.0}})
    context.units["%"] = {"kind": "share", "digits": 1, "label": {"en": "%"}}  # type: ignore[index]
    found = facts.standing(context, "FR", ["x"], PLACES).set_index("group")["estimate"]
    assert found.to_dict() == {"value": 7.0, "europe": 5.0, "difference": 2.0, "rank": 2.0, "ranked": 4.0}


def test_what_may_not_be_compared_has_no_axis_in_common(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    apart = [
        one
        for one in known.labels
        if (rows := known.of_indicator(one))["comparable"].eq("no").any() and rows["country"].isin(PLACES).any()
    ]
    assert len(apart) > 5
    for indicator in apart:
        shown = published.through_time(sheet, indicator)
        assert isinstance(shown, Several) and "not comparable: " in repr(shown.parts[0])
        for figure in shown.parts[1:]:
            assert isinstance(figure, Figure) and figure.results is not None
            assert len(figure.fig.axes) == 1 and len(set(figure.results["country"])) == 1
            values = figure.results.sort_values("period")
            drawn = [y for line in figure.fig.axes[0].get_lines() for y in line.get_ydata() if y not in (0, 1)]
            assert set(drawn) <= set(values["estimate"])


def test_the_explorer_does_not_lay_scopes_over_one_another(known: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(explorer, "display", shown.append)
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    box = explorer.published(sheet)
    indicator, places, period = box.children[:3]
    first = shown[-1]
    assert isinstance(first, Figure | Several | Sentence)
    indicator.value = "artists_self_pc"
    places.value = ("DE", "GB")
    last = shown[-1]
    assert isinstance(last, Several) and len(last.parts) == 3
    indicator.value, places.value = "cult_emp_pc", ("FR",)
    period.value = (2021, 2022)
    last = shown[-1]
    assert isinstance(last, Figure) and last.results is not None and set(last.results["period"]) == {"2021", "2022"}
    places.value = ()
    assert isinstance(shown[-1], Sentence)


def test_flags_are_said_in_words_beside_the_figure(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "FR", {}, text.load("en"))
    rows = known.of_indicator("cult_emp_pc")
    flagged = rows[rows["flag"].str.contains("definition") & rows["country"].isin(PLACES)]
    figure = published.through_time(sheet, "cult_emp_pc")
    assert isinstance(figure, Figure) and len(flagged)
    for row in flagged.itertuples():
        assert re.search(
            rf"Flags: .*definition differs \(.*{sheet.label('country', row.country)} {row.period}", figure.caption
        )


def test_files_of_a_page_have_names_of_their_own(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "EU", {}, text.load("en"))
    shown = [published.every(sheet, one) for one in ("culture", "health")]
    shown += [published.own_figures(sheet, one) for one in ("own", "apart")]
    shown += [published.standing(sheet, one) for one in ("culture", "health")]
    names = re.findall(r'download="([^"]*)"', "".join(one._repr_html_() for one in shown))
    assert len(names) == len(set(names)) > 20


def test_a_portrait_keeps_culture_and_all_sectors_apart(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "PL", {}, text.load("en"))
    above = published.far_from_europe(sheet, "above")
    assert isinstance(above, Table) and above.row_headers == 2
    subjects = list(above.frame["Subject"])
    assert "How people in all sectors work" in subjects and "How people in culture work" in subjects
    assert len([one for one, _ in itertools.groupby(subjects)]) == len(set(subjects))


def test_a_panel_says_rank_and_distance_of_its_latest_value(known: Context) -> None:
    sheet = factsheet.open_sheet(known, PLACES, "EU", {}, text.load("en"))
    figure = published.through_time(sheet, "cult_emp_pc")
    assert isinstance(figure, Figure)
    rows = facts.over_time(known, "cult_emp_pc", PLACES)
    for place in PLACES:
        latest = rows[rows["country"] == place].iloc[-1]
        others = rows[(rows["period"] == latest["period"]) & rows["country"].isin(PLACES)]["estimate"]
        expected = f"rank {int((others > latest['estimate']).sum()) + 1} of {len(others)}; "
        panel = next(said for said in figure.alt.split(". ") if said.startswith(sheet.label("country", place)))
        assert expected in panel
        assert "from Europe" in panel
        assert figure.data["Standing"].str.startswith(expected).any()
    table = published.standing(sheet, "culture")
    assert isinstance(table, Table) and table.frame[sheet.label("country", PLACES[0])].str.contains(r"\(\d\)").any()
