"""Profiles, a continuum cut into pieces, or nothing: planted data of each kind must be told apart."""

import numpy as np
import pandas as pd
import pytest
from test_latent_trait import graded

from compendium.typology import fit_hcpc, fit_mca
from compendium.typology.trust import CONTINUUM, NO_STRUCTURE, PROFILES, judge, verdict_of
from compendium.typology.trust.verdict import COLUMNS, NO_NUMBER, UNDETERMINED, UNSTABLE


def independent(n: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    return pd.DataFrame({f"q{j}": generator.choice(list("abcd"), n, p=[0.4, 0.3, 0.2, 0.1]) for j in range(8)})


def planted(n: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    odds = np.exp(1.2 * generator.normal(size=(8, 4, 4)))
    chances = (odds / odds.sum(axis=2, keepdims=True)).cumsum(axis=2)
    belongs = generator.choice(4, n, p=[0.35, 0.28, 0.22, 0.15])
    drawn = [(generator.random(n)[:, None] > chances[j, belongs]).sum(axis=1).clip(max=3) for j in range(8)]
    return pd.DataFrame(dict(zip("abcdefgh", drawn, strict=True))).astype(str)


@pytest.mark.parametrize(("n", "seed"), [(600, 1), (600, 2), (2000, 1)])
def test_each_kind_of_data_gets_its_verdict(n: int, seed: int) -> None:
    assert judge(independent(n, seed), n_starts=5).verdict == NO_STRUCTURE
    assert judge(graded(n, seed, items=8), n_starts=5).verdict == CONTINUUM
    assert judge(planted(n, seed), most=5).verdict == PROFILES


def test_the_number_of_planted_classes_is_found() -> None:
    assert judge(planted(2000, 3), most=6).n_classes == 4


def test_a_continuum_read_as_if_it_had_no_order_is_still_one() -> None:
    assert judge(graded(1000, 3, items=8).astype(str), n_starts=5, most=6).verdict == CONTINUUM


def test_a_skewed_continuum_is_no_profiles() -> None:
    """Three classes beat a normal trait by dozens of points of BIC here."""
    assert judge(graded(2000, 8, items=8, is_normal=False), n_starts=5, most=5).verdict == CONTINUUM


def test_two_continuous_differences_are_no_profiles() -> None:
    both = pd.concat([graded(1000, 4), graded(1000, 5).add_prefix("other_")], axis=1)
    assert judge(both, n_starts=10).verdict == CONTINUUM


def test_stability_would_have_been_deceived() -> None:
    """One factor cut into three comes back in the other half of the sample; the models are not impressed."""
    data = graded(2000, 6, items=8).astype(str)
    halves = [data.iloc[:1000], data.iloc[1000:]]
    maps = [fit_mca(half, 2) for half in halves]
    cuts = [fit_hcpc(one, 3) for one in maps]
    own = cuts[1].labels
    crossed = pd.crosstab(own, cuts[0].nearest(maps[0].project(halves[1]))).to_numpy()
    jaccard = (crossed / (crossed.sum(axis=1)[:, None] + crossed.sum(axis=0) - crossed)).max(axis=1)
    assert jaccard.min() > 0.75
    assert judge(data, n_starts=5, most=6).verdict == CONTINUUM


def models(**bic: float) -> pd.DataFrame:
    rows = [
        (name, name.split("_")[0], int(name[-1]), 0.0, 1, value, 1.0, value < 900)
        for name, value in {"classes_1": 500.0, "trait_1": 800.0, **bic}.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_doubt_never_turns_into_profiles() -> None:
    assert verdict_of(models(classes_2=400.0, classes_3=420.0)).verdict == PROFILES
    assert verdict_of(models(classes_2=400.0, classes_3=420.0, trait_1=405.0)).verdict == CONTINUUM
    assert verdict_of(models(classes_2=491.0, classes_3=495.0)).verdict == NO_STRUCTURE
    assert verdict_of(models(classes_2=420.0, classes_3=400.0)).reason == NO_NUMBER
    assert verdict_of(models(classes_2=901.0, trait_1=400.0)).reason == UNDETERMINED


def test_stability_can_take_profiles_away_and_never_gives_them() -> None:
    firm, weak = pd.Series([0.9, 0.9, 0.9]), pd.Series([0.9, 0.5, 0.4])
    groups, gradual = models(classes_2=400.0, classes_3=420.0), models(classes_2=400.0, classes_3=420.0, trait_1=390.0)
    assert verdict_of(groups, firm).verdict == PROFILES
    assert verdict_of(groups, weak).reason == UNSTABLE
    assert verdict_of(gradual, firm).verdict == CONTINUUM
    assert verdict_of(models(classes_2=495.0), firm).verdict == NO_STRUCTURE
