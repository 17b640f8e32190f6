"""Time to outcome with competing exits, held against R's survival and cmprsk, and against planted truths."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium.errors import CompendiumError
from compendium.pathways import (
    LANDMARK,
    cause_specific,
    cumulative_incidence,
    fine_gray,
    gray_test,
    landmark,
    naive_incidence,
    start_stop,
)

OWN = Path(__file__).parent / "reference" / "pathways"
SHARED = Path(__file__).parents[2] / "shared" / "reference"
SURVIVAL, CMPRSK = "R survival 3.5-3", "R cmprsk 2.2-11"
AT = [3, 6, 12, 24, 36]
CLOSE = 1e-9


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """400 persons in whole months, with late entry, weights, three groups and support that begins; made by pathways.R."""
    return pd.read_csv(OWN / "pathways.csv")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((OWN / "pathways.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mgus() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Patients of R's example set mgus2 (survival), and values computed from it by survival and cmprsk."""
    if not (SHARED / "competing_risks.json").exists():
        pytest.skip("the reference values of mgus2 are not beside this repository")
    data = pd.read_csv(SHARED / "data" / "mgus2.csv")
    months = data["ptime"].where(data["pstat"] == 1, data["futime"])
    event = np.where(data["pstat"] == 1, "pcm", np.where(data["death"] == 1, "death", "censor"))
    frame = pd.DataFrame(
        {"months": months, "event": event, "age": data["age"], "male": (data["sex"] == "M") * 1, "sex": data["sex"]}
    )
    return frame, json.loads((SHARED / "competing_risks.json").read_text(encoding="utf-8"))["mgus2_by_sex"]


def test_mgus2_agrees_with_survfit_and_cuminc(mgus: tuple[pd.DataFrame, dict[str, Any]]) -> None:
    data, truth = mgus
    at = [60, 120, 240, 300]
    found = {
        variance: cumulative_incidence(
            data["months"], data["event"], censored="censor", group=data["sex"], times=at, variance=variance
        ).set_index(["group", "event", "time"])
        for variance in ("aalen-johansen", "gray")
    }
    survfit, cuminc = found["aalen-johansen"], found["gray"]
    for row in truth["AJ"]:
        for event in ("pcm", "death"):
            ours = survfit.loc[(row["strata"].removeprefix("group="), event, row["time"])]
            agrees("pathways.cumulative_incidence: mgus2", SURVIVAL, ours["estimate"], row[f"P_{event}"], abs=CLOSE)
            agrees(
                "pathways.cumulative_incidence: mgus2, standard errors",
                SURVIVAL,
                ours["se"],
                row[f"SE_{event}"],
                abs=CLOSE,
            )
            assert ours["n_at_risk"] == row["n.risk"]
    for row in truth["cuminc_var"]:
        sex, number = row["curve"].split()
        ours = cuminc.loc[sex, {"1": "pcm", "2": "death"}[number]]["se"] ** 2
        agrees(
            "pathways.cumulative_incidence: mgus2, variance of Gray",
            CMPRSK,
            ours.loc[at],
            [row[str(t)] for t in at],
            abs=CLOSE,
        )


def test_mgus2_agrees_in_tests_and_regressions(mgus: tuple[pd.DataFrame, dict[str, Any]]) -> None:
    data, truth = mgus
    tests = gray_test(data["months"], data["event"], data["sex"], censored="censor").set_index("event")
    for row in truth["gray_tests"]:
        ours = tests.loc[{"1": "pcm", "2": "death"}[row["cause"]]]
        agrees("pathways.gray_test: mgus2", CMPRSK, ours[["statistic", "p_value"]], [row["stat"], row["pv"]], abs=CLOSE)
    covariates = data[["age", "male"]]
    for event, name in (("pcm", "CauseSpecificCox_cause1"), ("death", "CauseSpecificCox_cause2")):
        ours = cause_specific(data["months"], data["event"], covariates, event=event, censored="censor")
        agrees(
            "pathways.cause_specific: mgus2", SURVIVAL, ours["coef"], [row["coef"] for row in truth[name]], abs=CLOSE
        )
        agrees(
            "pathways.cause_specific: mgus2, errors",
            SURVIVAL,
            ours["se"],
            [row["se(coef)"] for row in truth[name]],
            abs=CLOSE,
        )
    ours = fine_gray(data["months"], data["event"], covariates, event="pcm", censored="censor")
    agrees(
        "pathways.fine_gray: mgus2", CMPRSK, ours["coef"], [row["coef"] for row in truth["FineGray_cause1"]], abs=CLOSE
    )
    agrees(
        "pathways.fine_gray: mgus2, errors",
        CMPRSK,
        ours["se"],
        [row["se(coef)"] for row in truth["FineGray_cause1"]],
        abs=1e-8,
    )


def test_mgus2_naive_curve_agrees_and_is_too_high(mgus: tuple[pd.DataFrame, dict[str, Any]]) -> None:
    data, truth = mgus
    at = [60, 120, 240, 300]
    naive = naive_incidence(data["months"], data["event"], censored="censor", times=at).set_index("event")
    right = cumulative_incidence(data["months"], data["event"], censored="censor", times=at).set_index("event")
    for event in ("pcm", "death"):
        agrees(
            "pathways.naive_incidence: mgus2",
            SURVIVAL,
            naive.loc[event, "estimate"],
            truth["naive_1_minus_KM_by_cause"][event],
            abs=CLOSE,
        )
        assert (naive.loc[event, "estimate"] > right.loc[event, "estimate"]).all()


@pytest.mark.parametrize("case", ["plain", "weighted", "entry", "both"])
def test_curves_agree_with_ties_late_entry_and_weights(
    people: pd.DataFrame, expected: dict[str, Any], case: str
) -> None:
    also: dict[str, Any] = {}
    if case in ("entry", "both"):
        also["entry"] = people["entry"]
    if case in ("weighted", "both"):
        also["weights"] = people["weight"]
    if case in ("plain", "both"):
        also["group"] = people["group"]
    found = cumulative_incidence(people["month"], people["event"], censored="open", times=AT, **also)
    theirs = pd.DataFrame(expected["curves"][case])
    both = found.merge(theirs, on=["group", "event", "time"], suffixes=("", "_r"))
    assert len(both) == len(found) == len(theirs)
    agrees(f"pathways.cumulative_incidence: {case}", SURVIVAL, both["estimate"], both["estimate_r"], abs=CLOSE)
    agrees(f"pathways.cumulative_incidence: {case}, standard errors", SURVIVAL, both["se"], both["se_r"], abs=CLOSE)
    for ours, name in (("ci_low", "low"), ("ci_high", "high")):
        limit = pd.to_numeric(both[name], errors="coerce")
        assert (limit.isna() == both[ours].isna()).all()
        agrees(
            f"pathways.cumulative_incidence: {case}, intervals",
            SURVIVAL,
            both[ours].dropna(),
            limit.dropna(),
            abs=CLOSE,
        )
    if case in ("plain", "entry"):
        assert (both["n_at_risk"] == both["n"]).all()


def test_variance_of_gray_and_test_agree_with_ties(people: pd.DataFrame, expected: dict[str, Any]) -> None:
    found = cumulative_incidence(
        people["month"], people["event"], censored="open", times=AT, group=people["group"], variance="gray"
    )
    theirs = pd.DataFrame(expected["cuminc"]["variance"]).replace("NA", np.nan).dropna()
    both = found.assign(curve=found["group"] + " " + found["event"]).merge(theirs, on=["curve", "time"])
    assert len(both) == 36
    agrees(
        "pathways.cumulative_incidence: variance of Gray",
        CMPRSK,
        both["se"] ** 2,
        both["value"].astype(float),
        abs=CLOSE,
    )
    for groups in ("group", "skilled"):
        ours = gray_test(people["month"], people["event"], people[groups], censored="open")
        truth = pd.DataFrame(expected["gray"][groups])
        assert list(ours["event"]) == list(truth["event"])
        agrees("pathways.gray_test: ties", CMPRSK, ours["statistic"], truth["stat"], abs=CLOSE)
        agrees("pathways.gray_test: ties, p-values", CMPRSK, ours["p_value"], truth["pv"], abs=CLOSE)


@pytest.mark.parametrize(
    ("case", "also"),
    [
        ("efron", {}),
        ("breslow", {"ties": "breslow"}),
        ("entry", {"entry": "entry"}),
        ("weighted_efron", {"entry": "entry", "weights": "weight"}),
        ("weighted_breslow", {"entry": "entry", "weights": "weight", "ties": "breslow"}),
    ],
)
def test_cause_specific_hazards_agree(
    people: pd.DataFrame, expected: dict[str, Any], case: str, also: dict[str, str]
) -> None:
    given = {name: people.get(value, value) for name, value in also.items()}
    found = cause_specific(
        people["month"], people["event"], people[["age", "skilled"]], event="contract", censored="open", **given
    )
    theirs = pd.DataFrame(expected["cox"][case])
    agrees(f"pathways.cause_specific: {case}", SURVIVAL, found["coef"], theirs["coef"], abs=CLOSE)
    agrees(f"pathways.cause_specific: {case}, errors", SURVIVAL, found["se"], theirs["se"], abs=CLOSE)


def test_subdistribution_hazards_agree(people: pd.DataFrame, expected: dict[str, Any]) -> None:
    for time, case, package in (
        ("month", "months", CMPRSK),
        ("exact", "exact", CMPRSK),
        ("exact", "finegray_exact", SURVIVAL),
    ):
        found = fine_gray(people[time], people["event"], people[["age", "skilled"]], event="contract", censored="open")
        theirs = pd.DataFrame(expected["subdistribution"][case])
        agrees(f"pathways.fine_gray: {case}", package, found["coef"], theirs["coef"], abs=CLOSE)
        if package == CMPRSK:  # coxph's sandwich does not know that censoring was estimated
            agrees(f"pathways.fine_gray: {case}, errors", package, found["se"], theirs["se"], abs=CLOSE)


def test_support_that_begins_agrees_with_tmerge_and_landmark(people: pd.DataFrame, expected: dict[str, Any]) -> None:
    rows = start_stop(people["month"], people["event"], people["starts"], censored="open")
    rows["age"] = people["age"].to_numpy()[rows["person"]]
    assert (rows["event"] != "open").sum() == (people["event"] != "open").sum()
    found = cause_specific(
        rows["duration"],
        rows["event"],
        rows[["age", "supported"]],
        entry=rows["entry"],
        event="contract",
        censored="open",
    )
    agrees(
        "pathways.start_stop", SURVIVAL, found["coef"], [row["coef"] for row in expected["cox"]["support"]], abs=CLOSE
    )
    agrees(
        "pathways.start_stop, errors",
        SURVIVAL,
        found["se"],
        [row["se"] for row in expected["cox"]["support"]],
        abs=CLOSE,
    )
    left = landmark(people["month"], people["event"], people["starts"])
    left["age"] = people["age"].to_numpy()[left["person"]]
    assert LANDMARK == 6 and len(left) == expected["cox"]["landmark_n"]
    found = cause_specific(
        left["duration"], left["event"], left[["age", "supported"]], event="contract", censored="open"
    )
    agrees(
        "pathways.landmark", SURVIVAL, found["coef"], [row["coef"] for row in expected["cox"]["landmark"]], abs=CLOSE
    )


# Truths that were planted


def planted(rng: np.random.Generator, n: int, hazards: dict[str, float], months: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw persons month by month: each month one of the events with its probability; open after a uniform time."""
    names = [*hazards, "open"]
    chances = np.array([*hazards.values(), 1 - sum(hazards.values())])
    drawn = rng.choice(len(names), size=(n, months), p=chances)
    came = (drawn < len(hazards)).any(axis=1)
    month = np.where(came, (drawn < len(hazards)).argmax(axis=1) + 1, months)
    event = np.where(came, np.array(names, dtype=object)[drawn[np.arange(n), month - 1]], "open")
    followed = rng.integers(1, months + 1, n)
    return np.minimum(month, followed), np.where(month <= followed, event, "open")


def test_support_before_the_start_of_who_leaves_on_the_first_day_is_support() -> None:
    """An event at 0 has an entry before it; support that began in between must not split a time below nought."""
    rows = start_stop([0.0, 0.0, 3.0], ["exit", "exit", "exit"], [-0.4, np.nan, -0.4], censored="open")
    assert rows["duration"].tolist() == [0.0, 0.0, 3.0]
    assert rows["supported"].tolist() == [1, 0, 1]


def test_planted_hazards_are_covered() -> None:
    rng = np.random.default_rng(8)
    hazards = {"contract": 0.06, "failed": 0.02}
    total = sum(hazards.values())
    runs, covered = 300, dict.fromkeys(hazards, 0)
    for _ in range(runs):
        month, event = planted(rng, 150, hazards, 30)
        found = cumulative_incidence(month, event, censored="open", times=[12]).set_index("event")
        for name, hazard in hazards.items():
            truth = hazard / total * (1 - (1 - total) ** 12)
            covered[name] += found.loc[name, "ci_low"] <= truth <= found.loc[name, "ci_high"]
    for count in covered.values():
        assert 0.92 <= count / runs <= 0.98


def test_planted_hazard_ratios_are_covered() -> None:
    rng = np.random.default_rng(9)
    runs, inside = 200, np.zeros(2)
    for _ in range(runs):
        x = rng.integers(0, 2, 200)
        wait = rng.exponential(1 / (0.05 * np.exp(0.7 * x)))
        other = rng.exponential(1 / 0.03, 200)
        follow = rng.uniform(5, 40, 200)
        time = np.minimum.reduce([wait, other, follow])
        event = np.where(time == wait, "contract", np.where(time == other, "failed", "open"))
        found = cause_specific(time, event, pd.DataFrame({"x": x}), event="contract", censored="open").iloc[0]
        inside[0] += found["ci_low"] <= np.exp(0.7) <= found["ci_high"]
        # The other event does not depend on x: its cause-specific ratio is one, though its cumulative incidence differs.
        found = cause_specific(time, event, pd.DataFrame({"x": x}), event="failed", censored="open").iloc[0]
        inside[1] += found["ci_low"] <= 1 <= found["ci_high"]
    assert ((inside / runs >= 0.9) & (inside / runs <= 0.99)).all()


def test_support_without_effect_shows_none_but_for_the_naive_table() -> None:
    rng = np.random.default_rng(10)
    runs, hits = 200, {"naive": 0, "start_stop": 0, "landmark": 0}
    ratios = []
    for _ in range(runs):
        n = 300
        leaves, begins, follow = rng.exponential(12, n), rng.exponential(10, n), rng.uniform(12, 36, n)
        time = np.minimum(leaves, follow)
        event = np.where(leaves <= follow, "left", "open")
        starts = np.where(begins < time, begins, np.nan)
        ever = pd.DataFrame({"supported": (~np.isnan(starts)).astype(int)})
        rows = start_stop(time, event, starts, censored="open")
        late = landmark(time, event, starts)
        found = {
            "naive": cause_specific(time, event, ever, event="left", censored="open"),
            "start_stop": cause_specific(
                rows["duration"], rows["event"], rows[["supported"]], entry=rows["entry"], event="left", censored="open"
            ),
            "landmark": cause_specific(
                late["duration"], late["event"], late[["supported"]], event="left", censored="open"
            ),
        }
        ratios.append([fit.loc[0, "coef"] for fit in found.values()])
        for name, fit in found.items():
            hits[name] += fit.loc[0, "p_value"] < 0.05
    assert hits["naive"] / runs > 0.99  # those who stay have time to be supported
    assert hits["start_stop"] / runs < 0.09 and hits["landmark"] / runs < 0.09
    naive, changing, marked = np.mean(ratios, axis=0)
    assert naive < -0.5 and abs(changing) < 0.03 and abs(marked) < 0.03


# What does not matter, and what is refused


def test_order_of_rows_rounding_noise_and_unit_weights_do_not_matter(people: pd.DataFrame) -> None:
    plain = cumulative_incidence(people["month"], people["event"], censored="open", times=AT)
    mixed = people.sample(frac=1, random_state=3)
    noise = mixed["month"] * (1 + np.random.default_rng(1).uniform(-1e-12, 1e-12, len(mixed)))
    other = cumulative_incidence(noise, mixed["event"], censored="open", times=AT, weights=np.full(len(mixed), 1.0))
    pd.testing.assert_frame_equal(plain, other, check_exact=False, rtol=1e-9)


def test_the_shares_add_up_and_open_files_are_no_failures() -> None:
    found = cumulative_incidence([1, 2, 2, 3, 5], ["a", "b", "open", "a", "open"], censored="open")
    assert list(found.columns) == ["group", "event", "time", "estimate", "se", "ci_low", "ci_high", "n_at_risk"]
    a = found[found["event"] == "a"].set_index("time")
    assert a.loc[3, "estimate"] == pytest.approx(0.2 + 0.6 * 0.5)
    assert list(a["n_at_risk"]) == [5, 4, 2, 1]


def test_after_the_last_person_nothing_is_said_unless_all_is_known() -> None:
    open_ended = cumulative_incidence([1, 2], ["a", "open"], censored="open", times=[3])
    assert open_ended["estimate"].isna().all() and open_ended["n_at_risk"].eq(0).all()
    closed = cumulative_incidence([1, 2], ["a", "b"], censored="open", times=[3])
    assert list(closed["estimate"]) == [0.5, 0.5]


def test_an_event_nobody_met_is_zero_without_interval() -> None:
    events = pd.Categorical(["a", "open", "a"], categories=["a", "b", "open"])
    found = cumulative_incidence([1, 2, 2], events, censored="open", times=[2]).set_index("event")
    assert found.loc["b", "estimate"] == 0 and np.isnan(found.loc["b", "ci_high"])


@pytest.mark.parametrize(
    ("durations", "events", "also", "says"),
    [
        ([1, -2], ["a", "open"], {}, "durations, row 2: -2"),
        ([1, None], ["a", "open"], {}, "durations, row 2: None"),
        ([1, "x"], ["a", "open"], {}, "durations, row 2: x"),
        ([], [], {}, "at least one person"),
        ([1, 2], ["a", None], {}, "events, row 2"),
        ([1, 2], ["a"], {}, "events: 1 values for 2"),
        ([1, 2], ["a", "open"], {"entry": [0, 2]}, "entry, row 2: 2.0"),
        ([1, 2], ["a", "open"], {"weights": [1, 0]}, "weights, row 2: 0.0"),
        ([1, 2], ["a", "open"], {"group": ["x", None]}, "group: 1 known"),
        ([1, 2], ["a", "open"], {"variance": "greenwood"}, "legal are aalen-johansen, gray"),
        ([1, 2], ["a", "open"], {"variance": "gray", "weights": [1, 2]}, "neither entry nor weights"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(
    durations: list[Any], events: list[Any], also: dict[str, Any], says: str
) -> None:
    with pytest.raises(CompendiumError, match=says):
        cumulative_incidence(durations, events, censored="open", **also)


def test_regressions_refuse_what_has_no_estimate(people: pd.DataFrame) -> None:
    known = {"event": "contract", "censored": "open"}
    apart = pd.DataFrame({"x": (people["event"] == "contract").astype(int)})
    for covariates, says in (
        (apart, "no largest likelihood"),
        (apart * 0, "does not vary"),
        (people[["age", "age"]].set_axis(["one", "two"], axis=1), "follows from the others"),
        (people[["group"]], "row 1: group is"),
    ):
        for fitted in (cause_specific, fine_gray):
            with pytest.raises(CompendiumError, match=says):
                fitted(people["month"], people["event"], covariates, **known)
    with pytest.raises(CompendiumError, match="nobody meets 'pension'"):
        fine_gray(people["month"], people["event"], people[["age"]], event="pension", censored="open")
    with pytest.raises(CompendiumError, match="nobody is under observation"):
        landmark(people["month"], people["event"], people["starts"], at=100)
    with pytest.raises(CompendiumError, match="two groups or more"):
        gray_test(people["month"], people["event"], np.ones(len(people)), censored="open")


def test_an_event_in_the_month_of_entry_counts() -> None:
    found = cumulative_incidence([0, 1, 1], ["a", "open", "a"], censored="open", times=[0, 1])
    assert found["estimate"].iloc[0] == pytest.approx(1 / 3)
    rows = start_stop([0, 3], ["a", "open"], [np.nan, 0], censored="open")
    assert list(rows["supported"]) == [0, 1] and len(rows) == 2
