"""What a sample can show: against other programs' numbers, and without giving anybody away."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import proportion_confint

from compendium import disclosure, paths, planning
from compendium.commands.plan import show
from compendium.errors import DefinitionError
from compendium.study.study import Study, load_study


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(paths.DEFAULT_STUDY)


@pytest.mark.parametrize("n", [10, 57, 150, 1000])
def test_half_width_of_a_share_is_that_of_wilsons_interval(n: int) -> None:
    low, high = proportion_confint(n / 2, n, method="wilson")
    assert planning.half_width_share(n) == pytest.approx(50 * (high - low), abs=1e-9)


@pytest.mark.parametrize(("n1", "n2"), [(64, 64), (30, 200), (150, 150)])
@pytest.mark.parametrize("comparisons", [1, 10])
def test_the_smallest_difference_has_the_power_that_it_promises(n1: int, n2: int, comparisons: int) -> None:
    d = planning.smallest_difference(n1, n2, comparisons) / planning.assumptions().score_sd
    power = TTestIndPower().power(d, n1, 0.05 / comparisons, ratio=n2 / n1)
    assert power == pytest.approx(planning.assumptions().power, abs=1e-4)


def test_the_smallest_difference_is_found_that_often_in_simulated_samples() -> None:
    """Planted truth: at the promised difference four tests in five find it."""
    from scipy import stats

    rng, sd = np.random.default_rng(11), planning.assumptions().score_sd
    difference = planning.smallest_difference(80, 120)
    first, second = rng.normal(difference, sd, (4000, 80)), rng.normal(0, sd, (4000, 120))
    found = stats.ttest_ind(first, second, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(0.80, abs=0.02)


def test_a_cell_that_is_withheld_is_withheld_everywhere(study: Study) -> None:
    """The half-width, or the n beside it, would give the count away."""
    variable = "territory"
    cells = {planning.ALL: 200, (variable, "large_city"): 150, (variable, "town"): 43, (variable, "rural"): 7}
    country = study.countries[0].code
    frame = planning.plan(study, {country: cells}, planning.IN_HAND, wave="2026", origin="synthetic")
    shown = disclosure.protect(frame, study.disclosure)
    said = shown[~shown["suppressed"] & (shown["group_by"] == variable)]
    assert set(said["group"]) == {"large_city"}
    assert not {7.0, 43.0} & set(shown["n"].dropna())


def test_a_country_too_small_to_be_shown_stands_in_no_pair(study: Study) -> None:
    """The sum of two totals, one of them known, would give the other away."""
    first, second = (country.code for country in study.countries[:2])
    held = {first: {planning.ALL: 200}, second: {planning.ALL: 7}}
    frame = planning.plan(study, held, planning.IN_HAND, wave="2026", origin="synthetic")
    assert 207.0 not in set(disclosure.protect(frame, study.disclosure)["n"].dropna())


def test_crossed_tables_are_reckoned_from_their_margins(study: Study) -> None:
    cells = {
        planning.ALL: 100,
        ("territory", "large_city"): 50,
        ("territory", "rural"): 50,
        ("population", "active"): 90,
        ("population", "potential"): 10,
    }
    frame = planning.plan(
        study, {study.countries[0].code: cells}, planning.PLANNED, wave="2026", **planning.OF_THE_PLAN
    )
    crossed = frame[frame["indicator"] == planning.CROSS].iloc[0]
    assert (crossed["estimate"], crossed["unit"]) == (2.0, "of 4 cells")  # two cells of 5 persons


def test_what_is_in_hand_is_counted_as_kept(study: Study) -> None:
    country = study.countries[0].code
    answers = pd.DataFrame(
        {"country": country, "origin": "synthetic", "source": "a test"}
        | dict.fromkeys((*study.questionnaire.groups, *study.questionnaire.questions))
        | {"population": ["active"] * 30}
    )
    assert planning.in_hand(study, answers)[("population", "active")] == 30
    assert planning.in_hand(study, answers)[planning.ALL] == 30


def test_the_plan_is_printed_for_every_country_and_needs_targets(study: Study, tmp_path: Path) -> None:
    console = Console(width=120, record=True, file=(tmp_path / "out").open("w"))
    show(study.folder, console)
    said = console.export_text()
    for country in study.countries:
        assert study.name(country.code, "en") in said
    text = paths.study_file(study.folder).read_text(encoding="utf-8")
    (tmp_path / "study.yml").write_text(text[: text.index("\ntargets:")], encoding="utf-8")
    with pytest.raises(DefinitionError, match="targets: the key is missing"):
        show(tmp_path, Console())
