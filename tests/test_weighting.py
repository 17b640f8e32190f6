"""Weights against R (survey), what they must do whatever the answers, and what is refused."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from agreement import agrees
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import paths
from compendium.errors import CompendiumError, DefinitionError
from compendium.intervals import effective_n
from compendium.study.study import load_study
from compendium.weighting import Margin, Total, calibrate, design_effect, poststratify, rake, trim

SHARED = Path(__file__).parents[2] / "shared" / "reference"
OURS = Path(__file__).parent / "reference" / "survey"
needs_reference = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the reference values of R are not beside this repository"
)
R = "R survey 4.1-1"
PEOPLE = "people who make pictures"


def margin(population: str = PEOPLE, source: str = "a register", **values: float) -> Margin:
    return Margin(values, population, source)


SEX = margin(f=3000, m=2300)
AGE = margin(young=2000, middle=2100, old=1200)
FIELD = margin(image=1900, stage=1800, text=1600)
CROSSED = Margin(
    {
        ("f", "young"): 1200,
        ("f", "middle"): 1200,
        ("f", "old"): 600,
        ("m", "young"): 900,
        ("m", "middle"): 900,
        ("m", "old"): 500,
    },
    PEOPLE,
    "a register",
)
QUANTITY = {"sex": SEX, "hours": Total(172000, PEOPLE, "a register")}


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.read_csv(OURS / "answers.csv")


@pytest.fixture(scope="module")
def expected() -> dict[str, list[float]]:
    """Weights by survey 4.1-1 under R 4.2.2, script beside them."""
    return json.loads((OURS / "survey.json").read_text(encoding="utf-8"))["weights"]


WAYS = {
    "rake": lambda f: rake(f, {"sex": SEX, "age": AGE, "field": FIELD}, f["weight"]),
    "poststratify": lambda f: poststratify(f, {("sex", "age"): CROSSED}, f["weight"]),
    "linear": lambda f: calibrate(f, QUANTITY, f["weight"]),
    "raking": lambda f: calibrate(f, QUANTITY, f["weight"], method="raking"),
    "logit": lambda f: calibrate(f, QUANTITY, f["weight"], method="logit", bounds=(0.6, 1.8)),
    "bounded": lambda f: calibrate(f, QUANTITY, f["weight"], bounds=(0.85, 1.15)),
    "trim": lambda f: trim(f["weight"], 9, 35),
}


@pytest.mark.parametrize("way", WAYS)
def test_weights_agree_with_r(way, answers, expected):
    names = {"linear": "calibrate, linear", "raking": "calibrate, raking", "logit": "calibrate, logit with bounds"}
    what = f"weighting.{names.get(way, 'calibrate, linear with bounds' if way == 'bounded' else way)}: weights"
    agrees(what, R, WAYS[way](answers), expected[way], rel=1e-7)


@needs_reference
def test_raked_schools_agree_with_r():
    """California schools (survey 4.1-1, `apiclus1`), raked to school type and growth target; then trimmed at 45."""
    schools = pd.read_csv(SHARED / "data" / "apiclus1.csv")
    reference = json.loads((SHARED / "survey_raking.json").read_text())
    known = {"stype": margin("schools", E=4421, H=755, M=1018), "sch.wide": margin("schools", No=1072, Yes=5122)}
    weights = rake(schools, known, schools["pw"])
    agrees("weighting.rake: weights", R, weights, pd.read_csv(SHARED / "api_clus1_rake_weights.csv")["w"], rel=1e-8)
    raked = reference["api_clus1_rake"]
    told = [weights.min(), weights.max(), weights.mean(), weights.std() / weights.mean()]
    agrees("weighting.rake: least, largest, mean weight, variation", R, told, raked["weights_summary"], rel=1e-8)
    agrees("intervals.effective_n", R, effective_n(weights), raked["kish_neff"], rel=1e-8)
    cut = trim(weights, upper=45)
    agrees("weighting.trim: sum, largest, least", R, [cut.sum(), cut.max(), cut.min()], reference["api_trim"], rel=1e-8)


def test_base_weights_are_a_name_a_series_or_plain_values(answers):
    known = {"sex": SEX, "age": AGE}
    weights = rake(answers, known, answers["weight"])
    for base in ("weight", answers["weight"].to_numpy(), answers["weight"].tolist()):
        pd.testing.assert_series_equal(rake(answers, known, base), weights)
    with pytest.raises(CompendiumError, match="no column 'nothing', named for the base weights"):
        rake(answers, known, "nothing")
    with pytest.raises(CompendiumError, match="2 base weights for 240 answers"):
        rake(answers, known, [1.0, 2.0])


@st.composite
def raked(draw) -> tuple[pd.DataFrame, dict[str, Margin]]:
    """Answers in which every crossing occurs, so that any two margins of one sum can be met."""
    rows = [(a, b) for a in "xyz" for b in "uv" for _ in range(draw(st.integers(1, 5)))]
    frame = pd.DataFrame(rows, columns=["one", "two"])
    values = st.floats(0.05, 1)
    one, two = (np.array(draw(st.lists(values, min_size=k, max_size=k))) for k in (3, 2))
    return frame, {
        "one": Margin(dict(zip("xyz", one / one.sum(), strict=True)), PEOPLE, "drawn"),
        "two": Margin(dict(zip("uv", two / two.sum(), strict=True)), PEOPLE, "drawn"),
    }


@settings(deadline=None, max_examples=40)
@given(raked(), st.randoms(use_true_random=False))
def test_margins_are_met_and_the_order_of_rows_does_not_count(case, random):
    frame, margins = case
    weights = rake(frame, margins)
    assert weights.sum() == pytest.approx(len(frame))
    for name, known in margins.items():
        shares = weights.groupby(frame[name]).sum() / weights.sum()
        assert shares.to_dict() == pytest.approx(dict(known.values), rel=1e-7)
    order = random.sample(range(len(frame)), len(frame))
    pd.testing.assert_series_equal(rake(frame.iloc[order], margins).sort_index(), weights, rtol=1e-7)


def test_bounds_hold(answers):
    weights = rake(answers, {"sex": SEX, "age": AGE}, answers["weight"], bounds=(0.7, 1.6))
    ratio = weights / answers["weight"]
    assert ratio.min() >= 0.7
    assert ratio.max() <= 1.6
    assert weights.groupby(answers["sex"]).sum().to_dict() == pytest.approx(dict(SEX.values))


def test_shares_and_counts_give_one_total(answers):
    weights = rake(answers, {"sex": SEX, "age": margin(young=0.4, middle=0.4, old=0.2)})
    assert weights.sum() == pytest.approx(5300)
    assert weights[answers["age"] == "old"].sum() == pytest.approx(1060)


@pytest.mark.parametrize(
    ("margins", "sentence"),
    [
        ({"sex": margin(source=" ", f=3000, m=2300)}, "the margin of sex has no source"),
        ({"sex": {"f": 3000, "m": 2300}}, "the margin of sex has no source; write Margin"),
        ({"sex": Margin({"f": 3000, "m": 2300}, PEOPLE)}, "the margin of sex has no source"),
        ({"sex": margin("all workers", f=3000, m=2300)}, f"describes 'all workers', not '{PEOPLE}'"),
        ({"sex": margin("", f=3000, m=2300)}, "does not say which population"),
        ({"sex": SEX, "age": margin(young=1, middle=2, old=3)}, "margins of one population have one sum"),
        ({"sex": margin(f=3000)}, "has the code 'm', which its margin does not give"),
        ({"sex": margin(f=3000, m=2300, x=10)}, "nobody answered with 'x'"),
        ({"sex": margin(f=3000, m=0)}, "legal are numbers above 0"),
        ({"gender": SEX}, "no column 'gender'"),
        ({}, "no margin is given"),
    ],
)
def test_margins_that_do_not_fit_are_refused(margins, sentence, answers):
    with pytest.raises(CompendiumError, match=sentence):
        rake(answers, margins, population=PEOPLE)


def test_a_population_named_by_the_frame_or_by_other_margins_binds(answers):
    answers = answers.copy()
    with pytest.raises(CompendiumError, match="the margin of age describes 'all workers'"):
        rake(answers, {"sex": SEX, "age": margin("all workers", young=2000, middle=2100, old=1200)})
    answers.attrs["population"] = "entrepreneurs"
    with pytest.raises(CompendiumError, match=f"describes '{PEOPLE}', not 'entrepreneurs'"):
        rake(answers, {"sex": SEX})


def test_missing_codes_and_bad_weights_are_refused(answers):
    gaps = answers.assign(sex=answers["sex"].where(answers.index > 2))
    with pytest.raises(CompendiumError, match="sex is missing in 3 rows"):
        rake(gaps, {"sex": SEX})
    with pytest.raises(CompendiumError, match="missing, infinite or negative"):
        rake(answers, {"sex": SEX}, answers["income"])


def test_margins_that_contradict_each_other_do_not_converge():
    frame = pd.DataFrame({"one": ["x", "y"], "two": ["u", "v"]})
    with pytest.raises(CompendiumError, match="raking does not converge"):
        rake(frame, {"one": margin(x=0.5, y=0.5), "two": margin(u=0.9, v=0.1)}, max_iterations=20)
    with pytest.raises(CompendiumError, match="calibration does not converge"):
        calibrate(frame, {"one": margin(x=0.9, y=0.1)}, bounds=(0.5, 1.5))


def test_trimming_keeps_the_sum_or_refuses():
    weights = pd.Series([1.0, 1.0, 1.0, 9.0])
    assert trim(weights, upper=4).tolist() == pytest.approx([8 / 3, 8 / 3, 8 / 3, 4])
    assert trim(weights, upper=3).tolist() == pytest.approx([3, 3, 3, 3])
    with pytest.raises(CompendiumError, match="cannot keep the sum"):
        trim(weights, upper=2)


def test_design_effect_is_n_over_the_effective_number():
    assert design_effect(pd.Series([2.0, 2.0])) == 1
    assert design_effect(pd.Series([1.0, 3.0])) == pytest.approx(1.25)


def _study(folder, margins, population="cultural_entrepreneurs"):
    """Copy the study of the repository with margins of its own."""
    content = yaml.safe_load(paths.study_file(paths.DEFAULT_STUDY).read_text(encoding="utf-8"))
    content["population"]["id"] = population
    content["margins"] = margins
    folder.mkdir(exist_ok=True)
    paths.study_file(folder).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


KNOWN = {
    "country": "FR",
    "population": "cultural_entrepreneurs",
    "variable": "territory",
    "values": {"large_city": 40, "town": 30, "rural": 30},
    "unit": "%",
    "source": "a register of all of them",
    "year": 2024,
}


def test_a_study_file_holds_margins(tmp_path):
    (margin,) = load_study(_study(tmp_path / "study", [KNOWN])).margins
    assert (margin.country, margin.variable, margin.year) == ("FR", "territory", 2024)
    assert dict(margin.shares) == pytest.approx({"large_city": 0.4, "town": 0.3, "rural": 0.3})
    counts = KNOWN | {"unit": "thousand persons", "values": {"large_city": 8, "town": 6, "rural": 6}}
    assert load_study(_study(tmp_path / "study", [counts])).margins[0].shares == margin.shares


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"population": "cultural_employment"}, "the population 'cultural_employment', not 'cultural_entrepreneurs'"),
        ({"source": None}, "source: None is not legal"),
        ({"source": " "}, "source: ' ' is not legal"),
        ({"variable": "income"}, "margins.FR.income: 'income' is not legal; legal are consent"),
        ({"country": "ES"}, "'ES' is not legal; legal are FR, PT"),
        ({"values": {"large_city": 40, "village": 60}}, "'village' is not legal; legal are large_city"),
        ({"values": {"large_city": 40, "rural": 30}}, "the values sum to 70; legal is 100 for the unit '%'"),
        ({"unit": "percent"}, "'percent' is not legal; legal are share, %, persons"),
    ],
)
def test_margins_of_a_study_file_that_do_not_fit_are_refused(change, sentence, tmp_path):
    with pytest.raises(DefinitionError, match=re.escape(sentence)) as caught:
        load_study(_study(tmp_path / "study", [KNOWN | change]))
    assert "study.yml" in str(caught.value)


def test_our_own_study_is_weighted_to_nothing():
    """Nobody counts cultural entrepreneurs by who they are; all cultural employment is another population."""
    study = load_study(paths.DEFAULT_STUDY)
    assert study.population.id == "cultural_entrepreneurs"
    assert study.margins == ()
