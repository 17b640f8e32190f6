"""One declared rounding: what leaves the house has no more digits than is declared, and stays consistent."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium import downloads, results, text
from compendium.disclosure import Rules, hold, rounded
from compendium.disclosure.releases import given_away
from compendium.disclosure.rounding import off_step, to_step
from compendium.errors import DisclosureError
from compendium.figures.intervals import intervals
from compendium.pipeline.diff import _numbers
from compendium.reading import read_parquet, write_parquet
from compendium.study.disclosure_rules import load_detail

UNITS = ["%", "points of 100", "percentage points", "standard deviations", "EUR a year", "respondents", "ratio", ""]


def _many(seed: int = 1, origin: str = "synthetic") -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    rows = []
    for at in range(400):
        estimate = float(draw.normal(0, 1) * 10.0 ** draw.integers(-4, 6))
        width = abs(estimate) * float(draw.choice([0.0, 1e-13, 1e-4, 0.1, 2.0]))
        rows.append(
            {
                "indicator": f"x{at}",
                "unit": str(draw.choice(UNITS)),
                "estimate": estimate,
                "ci_low": estimate - width,
                "ci_high": estimate + width,
                "n": float(draw.integers(10, 900)),
                "n_effective": float(draw.uniform(5, 900)),
                "p_adjusted": float(draw.uniform(0, 1)),
            }
        )
    return results.make(rows, study="s", wave="w", country="AA", origin=origin)


@pytest.mark.parametrize("seed", range(5))
def test_an_interval_widens_holds_its_estimate_and_its_own_interval(seed: int) -> None:
    given = _many(seed)
    found = rounded(given)
    results.validate(found)
    assert (found["ci_low"] <= found["estimate"]).all() and (found["estimate"] <= found["ci_high"]).all()
    assert (found["ci_low"] <= given["ci_low"] + 1e-6).all() and (found["ci_high"] >= given["ci_high"] - 1e-6).all()
    steps = given["unit"].map(dict(load_detail().rounding.steps)).fillna(load_detail().rounding.otherwise)
    assert ((found["estimate"] - given["estimate"]).abs() <= steps / 2 + 1e-9).all()
    assert (given["ci_low"] - found["ci_low"] < steps + 1e-9).all()


def test_rounding_twice_changes_nothing_and_what_is_rounded_is_on_its_step() -> None:
    found = rounded(_many())
    pd.testing.assert_frame_equal(rounded(found), found)
    assert not off_step(found).any()
    assert off_step(_many()).mean() > 0.9


def test_one_digit_too_many_is_found() -> None:
    found = rounded(_many())
    at = found.index[found["unit"] == "%"][0]
    found.loc[at, "ci_low"] -= 0.3
    assert off_step(found)[off_step(found)].index.tolist() == [at]


@pytest.mark.parametrize(
    ("unit", "given", "wanted"),
    [
        ("%", (35.8, 30.3, 41.7), (36.0, 30.0, 42.0)),
        ("%", (30.0, 30.0, 30.0), (30.0, 30.0, 30.0)),
        ("%", (-0.4, -1.2, 0.3), (0.0, -2.0, 1.0)),
        ("EUR a year", (12345.0, 9876.0, 15001.0), (12300.0, 9800.0, 15100.0)),
        ("ratio", (1.066, 0.07, 1.1), (1.07, 0.07, 1.1)),
        ("ratio", (0.29, 0.29, 0.29), (0.29, 0.29, 0.29)),  # 0.29 / 0.01 is 28.999999999999996
    ],
)
def test_by_hand(unit: str, given: tuple[float, ...], wanted: tuple[float, ...]) -> None:
    frame = results.make(
        [{"indicator": "x", "unit": unit, "n": 40.0, **dict(zip(("estimate", "ci_low", "ci_high"), given, strict=True))}],
        origin="real",
    )
    row = rounded(frame).iloc[0]
    assert (row["estimate"], row["ci_low"], row["ci_high"]) == wanted
    assert to_step(*given, unit) == wanted
    assert not np.signbit(row["estimate"]) or row["estimate"] < 0, "no negative nought"


def test_blanks_stay_blank_and_published_facts_keep_their_digits() -> None:
    frame = _many().assign(suppressed=True, suppression_reason="cell", **dict.fromkeys(results.BLANKED, np.nan))
    pd.testing.assert_frame_equal(rounded(frame), frame)
    facts = _many(origin="context")
    pd.testing.assert_frame_equal(rounded(facts), facts)


def test_p_goes_up_and_not_beyond_one() -> None:
    frame = results.make(
        [{"indicator": "x", "n": 20.0, "p_adjusted": p} for p in (0.00001, 0.04991, 0.99999, 1.0, np.nan)], origin="real"
    )
    assert rounded(frame)["p_adjusted"].tolist()[:4] == [0.0001, 0.05, 1.0, 1.0]


def test_the_same_rows_give_the_same_bytes_and_fewer_of_them(tmp_path: Path) -> None:
    given, files = _many(), [tmp_path / name for name in ("a", "b", "before")]
    for file, frame in zip(files, (rounded(given), rounded(given), given), strict=True):
        write_parquet(file, frame)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size < files[2].stat().st_size
    pd.testing.assert_frame_equal(read_parquet(files[0]), rounded(given))
    assert downloads.as_csv(given) == downloads.as_csv(rounded(given)), "a page's file holds what the frame holds"


def test_what_changed_between_runs_is_told_by_what_left_the_house() -> None:
    given = _many()
    moved = given.assign(estimate=given["estimate"] + 1e-7, ci_high=given["ci_high"] + 1e-7)
    same = _numbers("page", rounded(given), rounded(given))
    assert same.empty
    assert len(_numbers("page", rounded(given), rounded(moved))) < len(_numbers("page", given, moved)) / 10


def test_an_earlier_release_is_compared_with_the_same_digits() -> None:
    """The ledger holds rounded numbers: numbers that did not change must not look as if they had."""
    given = _many()
    assert not given_away(given, rounded(given), 10).any()


def test_a_drawing_cannot_be_measured_more_finely_than_it_says() -> None:
    def drawn(shift: float) -> str:
        frame = results.make(
            [
                {"country": code, "indicator": "x", "unit": "%", "method": "share", "n": 60.0,
                 "estimate": share + shift, "ci_low": share - 8 + shift, "ci_high": share + 8 + shift}
                for code, share in (("AA", 30.1), ("BB", 55.2))
            ],
            origin="synthetic",
        )  # fmt: skip
        return intervals(frame, y="country", t=text.load("en"), title="Exposed").svg()

    assert drawn(0.0) == drawn(0.2)
    assert drawn(0.0) != drawn(1.0)


@pytest.mark.parametrize(("hit", "n", "breach"), [(10, 700, False), (12, 3000, False), (1, 700, True), (9, 90, True), (0, 400, True)])
def test_the_last_look_knows_what_rounding_may_have_done(hit: int, n: int, breach: bool) -> None:
    """Ten of 700 are 1 %, and 1 % of 700 are seven: that is no breach. One of 700 is 0 %: nothing explains that but a breach."""
    frame = results.make(
        [{"indicator": "x", "unit": "%", "method": "share", "estimate": 100 * hit / n, "n": float(n)}], origin="real"
    )
    if breach:
        with pytest.raises(DisclosureError, match="fewer than 10 persons"):
            hold({"page": rounded(frame)}, Rules(10))
    else:
        hold({"page": rounded(frame)}, Rules(10))


def test_an_interval_in_words_has_the_ends_of_the_file_beside_it() -> None:
    row = results.make([{"study": "s", "wave": "2026", "country": "AA", "population": "active", "part": "risks", "indicator": "x", "unit": "%", "method": "share", "estimate": 58.4, "ci_low": 52.3, "ci_high": 64.2, "n": 296.0, "origin": "synthetic", "source": "drawn"}])  # fmt: skip
    told = rounded(row).iloc[0]
    t = text.load("en")
    assert t.interval(52.3, 64.2) == "52 to 65" == t.interval(told["ci_low"], told["ci_high"])
    assert t.interval(-0.4, 0.3) == "-1 to 1"
    assert t.interval(0.07, 0.29, 2) == "0.07 to 0.29"
    assert text.load("fr").interval(5.21, 7.0, 1) == "5,2 à 7,0"


def test_an_interval_without_an_end_is_a_dash_and_one_without_a_limit_keeps_it() -> None:
    t = text.load("en")
    assert t.interval(float("nan"), 3.0) == "–" == t.interval(1.0, float("nan"), 2)
    assert t.interval(1.24, float("inf"), 1) == "1.2 to ∞"
