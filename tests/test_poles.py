"""Poles: numbers of a declared list are those of textbooks and of brute force; no tie and no member can be read from what is shown."""

from itertools import combinations, pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure, text
from compendium.collection.entries import REFUSED
from compendium.errors import AnswersError
from compendium.poles import band, band_step, network, poles, synthetic
from compendium.poles.estimates import DENSITY, HELPS, ISOLATED, LEFT_OUT, ROWS_REFUSED, SIZE
from compendium.poles.records import EDGES, MEMBERS, read
from compendium.sheets import poles as sheet
from compendium.sheets.factsheet import Sentence

RULES = disclosure.Rules()
# Marriages between families of Florence (Padgett and Ansell 1993): 16 families, 20 ties, Pucci alone, density 1/6.
FLORENCE = """acciaiuoli medici, castellani peruzzi, castellani strozzi, castellani barbadori, medici barbadori, medici ridolfi,
medici tornabuoni, medici albizzi, medici salviati, salviati pazzi, peruzzi strozzi, peruzzi bischeri, strozzi ridolfi,
strozzi bischeri, ridolfi tornabuoni, tornabuoni guadagni, albizzi ginori, albizzi guadagni, bischeri guadagni,
guadagni lamberteschi"""


def at(folder: Path, seed: int = 3) -> SimpleNamespace:
    home = folder / "raw" / "AA" / "1"
    home.mkdir(parents=True)
    synthetic.write(home, seed)
    return SimpleNamespace(id="trial", folder=folder, disclosure=RULES, seed=1, home=home, is_pooled=lambda unit: False)


def write(study: SimpleNamespace, members: list[tuple[str, ...]], edges: list[tuple[str, str]]) -> None:
    """Put a received list in the place of the drawn one."""
    for sidecar in study.home.glob("*.source.yml"):
        sidecar.unlink()
    pd.DataFrame(members, columns=["member", "pole", "skills", "consent"]).to_csv(
        study.home / f"{MEMBERS}.csv", index=False
    )
    pd.DataFrame(edges, columns=["member", "works_with"]).to_csv(study.home / f"{EDGES}.csv", index=False)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return at(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def found(planted):
    return poles(planted, "AA", "1")


def test_the_families_of_florence():
    ties = [tuple(pair.split()) for pair in FLORENCE.replace("\n", " ").split(",")]
    families = {one for pair in ties for one in pair} | {"pucci"}
    whole = network(families, ties)
    assert (len(whole.members), len(whole.ties)) == (16, 20)
    assert whole.density == pytest.approx(1 / 6)
    assert whole.isolated == {"pucci"}
    assert not whole.mutual


def test_numbers_are_those_of_a_matrix():
    rng = np.random.default_rng(1)
    for _ in range(30):
        size = int(rng.integers(2, 12))
        arrows = rng.random((size, size)) < rng.random()
        np.fill_diagonal(arrows, False)
        names = [f"m{at}" for at in range(size)]
        own = network(names, [(names[a], names[b]) for a, b in np.argwhere(arrows)])
        either, both = arrows | arrows.T, arrows & arrows.T
        assert len(own.ties) == either.sum() / 2
        assert len(own.mutual) == both.sum() / 2
        assert own.density == pytest.approx(either.sum() / (size * (size - 1)))
        assert own.isolated == {name for name, row in zip(names, either, strict=True) if not row.any()}
        some = names[: size // 2]
        inside = either[: size // 2, : size // 2]
        assert len(own.within(some).ties) == inside.sum() / 2


def test_a_tie_named_twice_is_one_and_one_with_a_stranger_none():
    own = network("ab", [("a", "b"), ("b", "a"), ("a", "b"), ("a", "z")])
    assert len(own.ties) == len(own.mutual) == 1
    with pytest.raises(ValueError, match="named themselves"):
        network("ab", [("a", "a")])


@pytest.mark.parametrize("members", [10, 11, 17, 30, 60, 200])
def test_a_band_leaves_as_many_ties_open_as_there_are_members(members):
    pairs = members * (members - 1) // 2
    step = band_step(pairs, members, 10)
    assert step is not None
    ends = [band(ties / pairs, step) for ties in range(pairs + 1)]
    assert min(low for low, _ in ends) == 0
    assert max(high for _, high in ends) == 100
    counts = pd.Series(ends).value_counts()
    assert counts.min() >= members - 1
    assert all(low <= 100 * ties / pairs <= high for ties, (low, high) in enumerate(ends))


def test_two_lists_that_differ_by_one_tie_mostly_show_the_same(tmp_path):
    """Who knows all ties but one cannot tell that one, unless it happens to stand on the edge of a band."""
    names = [f"m{at:02d}" for at in range(17)]
    every = list(combinations(names, 2))
    same = 0
    for ties in range(1, len(every)):
        shown = [band(len(network(names, every[:count]).ties) / 136, 20) for count in (ties - 1, ties)]
        same += shown[0] == shown[1]
    assert same >= len(every) - 1 - 4  # the four inner edges of five bands


def test_members_without_consent_and_small_poles_count_nowhere(tmp_path):
    study = at(tmp_path)
    members = [(f"a{at}", "large", "pricing", "yes") for at in range(12)]
    members += [("a12", "large", "own_pay", "no"), *((f"b{at}", "small", "insurance", "yes") for at in range(9))]
    write(study, members, [("a0", "a12"), ("a1", "b1"), ("a2", "a3")])
    found = poles(study, "AA", "1").set_index(["indicator", "group"])["estimate"]
    assert found[SIZE, ""] == found[SIZE, "large"] == 12
    assert found[LEFT_OUT, ""] == 1
    assert found[ISOLATED, ""] == pytest.approx(100 * 10 / 12)
    assert "small" not in found.index.get_level_values("group")
    assert found["own_pay", "large"] == found["insurance", "large"] == 0


def test_isolated_members_are_withheld_when_few_or_none(tmp_path):
    study = at(tmp_path)
    names = [f"a{at:02d}" for at in range(24)]
    for alone in (0, 1, 9, 12):
        ring = names[alone:]
        write(study, [(name, "one", "", "yes") for name in names], list(pairwise(ring)))
        shown = disclosure.protect(poles(study, "AA", "1"), RULES)
        rows = shown[shown["indicator"] == ISOLATED]
        assert rows["suppressed"].all() == (alone < 10), alone


def test_no_member_and_no_exact_density_is_in_the_product(planted, found):
    members = set(pd.read_csv(planted.home / f"{MEMBERS}.csv")["member"])
    assert not members & set(found.astype(str).to_numpy().ravel())
    density = found[found["indicator"] == DENSITY]
    assert (density["estimate"] % density["threshold_id"].str.removeprefix("band_").astype(float) == 0).all()


def test_what_is_planted_lies_in_its_band(found):
    """What one end at least names: 1 - (1 - names)² of the ties, of members who are not alone."""
    plan = synthetic.planted()
    density = found[found["indicator"] == DENSITY].set_index("group")
    heard = 1 - (1 - plan["names"]) ** 2
    expected = 100 * plan["poles"]["delta"]["within"] * heard * (1 - plan["alone"]) ** 2
    low = density.loc["delta", "estimate"]
    assert low - 8 <= expected <= low + 28


def test_rows_with_faults_are_refused(tmp_path):
    study = at(tmp_path)
    members = [(f"a{at}", "one", "", "yes") for at in range(12)]
    hostile = [
        ("a1", "one", "", "yes"),
        ("x", "one", "juggling", "yes"),
        ("y", "one", "", "perhaps"),
        ("", "one", "", "yes"),
    ]
    write(study, [*members, *hostile], [("a0", "a0"), ("a0", "nobody"), ("a0", "a1"), ("a0", "a1")])
    files = read(study, "AA", "1")
    assert (files[MEMBERS][REFUSED] != "").tolist() == [False] * 12 + [True] * 4
    assert (files[EDGES][REFUSED] != "").tolist() == [True, True, False, True]
    found = poles(study, "AA", "1")
    assert found.loc[found["indicator"] == ROWS_REFUSED, "estimate"].tolist() == [7.0]


def test_a_list_with_other_columns_is_refused(tmp_path):
    study = at(tmp_path)
    write(study, [("a", "one", "", "yes")], [])
    (study.home / f"{MEMBERS}.csv").write_text("member,pole\na,one\n")
    with pytest.raises(AnswersError, match=r"pole_members\.csv: columns member, pole; legal are .*consent"):
        poles(study, "AA", "1")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_shows_poles_and_nobody(planted, found, language):
    t = text.load(language)
    before = set(t.missing)
    own = sheet.open_sheet(planted, "AA", disclosure.protect(found, RULES), t, lambda column, code: code)
    html = "".join(
        part._repr_html_()
        for part in (
            sheet.overview(own),
            sheet.together(own),
            sheet.skills(own),
            sheet.who_counts(own),
            sheet.of_pole(own, "delta"),
        )
    )
    for pole in ("alpha", "beta", "delta"):
        assert pole in html
    assert "epsilon" not in html
    assert "m001" not in html
    assert not {one for one in t.missing - before if "pole" in one.lower()}
    assert set(own.results.loc[own.results["method"] == HELPS, "estimate"].dropna()) <= {0.0, 1.0}


def test_a_page_without_a_list_says_so(planted):
    own = sheet.open_sheet(
        planted, "AA", poles(SimpleNamespace(folder=Path("/nowhere")), "AA", "1"), text.load("en"), str
    )
    assert isinstance(sheet.overview(own), Sentence)
    assert "No list" in repr(sheet.overview(own))
    assert sheet.together(own) is sheet.who_counts(own) is None


def test_the_generator_writes_what_the_repository_holds():
    homes = [path.parent for path in (Path(__file__).parents[1] / "data" / "raw").glob("*/*/pole_members.source.yml")]
    assert homes
    for home in homes:
        seed = int((home / "pole_members.source.yml").read_text().split("seed: ")[1].split()[0])
        for name, rows in synthetic.draw(seed).items():
            assert rows.to_csv(index=False, lineterminator="\n") == (home / f"{name}.csv").read_text(), name
