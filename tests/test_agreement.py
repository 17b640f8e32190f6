"""How far coders agree: the textbook's numbers, another program's, planted agreement, and what cannot be reckoned."""

from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from agreement import agrees
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from compendium.errors import AnswersError
from compendium.paths import REPOSITORY
from compendium.qualitative import agreement, disagreements
from compendium.qualitative.agreement import METRICS

N = np.nan
OTHER = f"statsmodels {version('statsmodels')}"
TEXTBOOK = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
"""Krippendorff (2011): four observers, twelve units, missing values."""


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)]
)
def test_alpha_is_the_textbooks(metric: str, alpha: float) -> None:
    found = agreement(TEXTBOOK, metric).iloc[0]
    agrees(f"qualitative.agreement: alpha, {metric}", "Krippendorff 2011", found["estimate"], alpha, abs=5e-5)
    assert found["ci_low"] < alpha < found["ci_high"] <= 1
    assert (found["n_units"], found["n_coders"]) == (11, 4), "a unit that one coder saw says nothing of agreement"


def test_all_measures_agree_with_r_with_codings_missing() -> None:
    home = REPOSITORY / "tests" / "reference" / "qualitative"
    codings = pd.read_csv(home / "codings.csv")
    theirs = pd.read_csv(home / "agreement.csv").set_index("measure")["value"]
    ours = [agreement(codings, metric, draws=0).loc[0, "estimate"] for metric in METRICS]
    agrees("qualitative.agreement: alpha, four metrics", "R 4.2.2, own script", ours, theirs[list(METRICS)], abs=1e-12)
    ours = agreement(codings, draws=0)["estimate"].iloc[1:]
    names = ["fleiss", "cohen_1_2", "cohen_1_3", "cohen_2_3"]
    agrees("qualitative.agreement: Fleiss' and Cohen's kappa", "R 4.2.2, own script", ours, theirs[names], abs=1e-12)


def test_kappas_are_those_of_another_program() -> None:
    rng = np.random.default_rng(4)
    table = rng.choice(list("abcd"), (3, 60), p=[0.5, 0.3, 0.15, 0.05])
    found = agreement(table, draws=0)
    counts, _ = aggregate_raters(table.T)
    agrees("qualitative.agreement: Fleiss' kappa", OTHER, found.loc[1, "estimate"], fleiss_kappa(counts), abs=1e-12)
    for row, (one, other) in zip((2, 3, 4), ((0, 1), (0, 2), (1, 2)), strict=True):
        crossed = pd.crosstab(table[one], table[other]).reindex(index=list("abcd"), columns=list("abcd"), fill_value=0)
        theirs = cohens_kappa(crossed.to_numpy()).kappa
        agrees("qualitative.agreement: Cohen's kappa", OTHER, found.loc[row, "estimate"], theirs, abs=1e-12)


def test_long_and_wide_codings_say_the_same() -> None:
    wide = pd.DataFrame(TEXTBOOK, index=list("wxyz"))
    long = wide.rename_axis("coder").reset_index().melt("coder", var_name="unit", value_name="code")
    pd.testing.assert_frame_equal(agreement(long), agreement(wide))
    assert "w, x" in set(agreement(wide)["coders"])


def test_planted_agreement_is_held_by_the_intervals() -> None:
    """Each coding is the true code with probability p, else drawn anew: alpha is p squared, for codes equally frequent."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(200):
        true = rng.integers(0, 4, 100)
        table = [np.where(rng.random(100) < 0.8, true, rng.integers(0, 4, 100)) for _ in range(2)]
        row = agreement(table, draws=400).iloc[0]
        held += row["ci_low"] <= 0.64 <= row["ci_high"]
    assert 0.90 <= held / 200 <= 0.99


def test_disagreements_name_the_two_codes_and_their_units() -> None:
    found = disagreements([["a", "a", "b", None], ["a", "b", "a", "b"], ["a", "b", "b", "c"]])
    first = found.iloc[0]
    assert (first["code"], first["other"], first["pairs"], first["units"]) == ("a", "b", 4, 2)
    assert len(found) == 2 and found["pairs"].sum() == 5


@pytest.mark.parametrize(
    ("codings", "reason"),
    [
        ([["a"] * 12, ["a"] * 12], "the same code"),
        ([["a", "b", "c"]], "no unit was coded by two"),
        ([["a", None], [None, "b"]], "no unit was coded by two"),
    ],
)
def test_where_there_is_nothing_to_reckon_the_reason_is_said(codings: list[list[object]], reason: str) -> None:
    found = agreement(codings).iloc[0]
    assert np.isnan(found["estimate"]) and reason in found["reason"]


def test_few_units_have_no_interval() -> None:
    found = agreement([[1, 2, 1], [1, 2, 2]]).iloc[0]
    assert np.isnan(found["ci_low"]) and "too few units" in found["reason"] and np.isfinite(found["estimate"])


@pytest.mark.parametrize(
    ("codings", "metric", "message"),
    [
        (TEXTBOOK, "euclidean", "legal are nominal, ordinal, interval, ratio"),
        ([["a", "b"], ["a", "c"]], "ordinal", "code 'a'.*legal are numbers"),
        ([[-1, 2], [1, 2]], "ratio", "numbers of 0 or more"),
        ([1, 2, 3], "nominal", "1 dimensions; legal are two"),
        (pd.DataFrame({"unit": [1, 1], "coder": ["w", "w"], "code": ["a", "b"]}), "nominal", "more than once"),
    ],
)
def test_what_is_no_coding_is_refused(codings: object, metric: str, message: str) -> None:
    with pytest.raises(AnswersError, match=message):
        agreement(codings, metric)  # type: ignore[arg-type]
