"""The yearly training plan: against every plan there is, within its limits, and what holds it back."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from compendium.errors import AnswersError
from compendium.needs.training_plan import OFFERED, costs, plan_training
from compendium.study.training_rules import TrainingRules, load_training_rules


def _case(seed: int, workshops: int = 3) -> tuple[pd.DataFrame, pd.DataFrame, TrainingRules]:
    rng = np.random.default_rng(seed)
    needed = pd.DataFrame(
        [(p, "AB"[p % 2], c, float(rng.integers(1, 20))) for p in range(7) for c in "xyz" if rng.random() < 0.8],
        columns=["person", "territory", "competence", "worth"],
    )
    kinds = rng.choice(["team", "member", "external"], workshops)
    offered = pd.DataFrame(
        {
            "workshop": [f"w{at}" for at in range(workshops)],
            "competence": rng.choice(list("xyz"), workshops),
            "obligatory": np.arange(workshops) == 0,
            "trainer": kinds,
            "days": rng.choice([0.5, 1.0, 2.0], workshops),
            "cost": np.where(kinds == "external", rng.integers(300, 900, workshops), np.nan),
            "seats": rng.integers(1, 4, workshops),
        },
        columns=OFFERED,
    )
    declared = load_training_rules()
    few = {**declared.trainers, "member": replace(declared.trainers["member"], days=2.0)}
    return needed, offered, replace(declared, budget=1500.0, sessions=4, trainers=few)


def _best_of_all(needed: pd.DataFrame, offered: pd.DataFrame, rules: TrainingRules) -> float:
    """Try every plan."""
    places, cost = ["A", "B"], costs(offered, rules)
    members = (offered["trainer"] == "member").to_numpy() * offered["days"].to_numpy()
    best = -np.inf
    for held in product(range(rules.sessions + 1), repeat=len(offered) * 2):
        table = np.array(held).reshape(len(offered), 2)
        often = table.sum(axis=1)
        if often.sum() > rules.sessions or often @ cost > rules.budget or often @ members > 2.0:
            continue
        if (often[offered["obligatory"]] < 1).any() or (table.sum(axis=0) < 1).any():
            continue
        gained = 0.0
        for at, place in enumerate(places):
            for competence, rows in needed[needed["territory"] == place].groupby("competence"):
                seats = int((table[:, at] * offered["seats"] * (offered["competence"] == competence)).sum())
                gained += rows["worth"].nlargest(seats).sum() if seats else 0.0
        best = max(best, gained)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_is_worth_more(seed: int) -> None:
    needed, offered, rules = _case(seed)
    best = _best_of_all(needed, offered, rules)
    if best == -np.inf:
        with pytest.raises(AnswersError, match="do not fit into 4 sessions"):
            plan_training(needed, offered, rules)
        return
    plan = plan_training(needed, offered, rules)
    assert plan.worth == pytest.approx(best, abs=1e-4) and plan.is_proven
    assert plan.sessions["worth"].sum() == pytest.approx(plan.worth, abs=1e-4)
    assert plan.worth + plan.unmet == pytest.approx(needed["worth"].sum())
    for limit in plan.limits.itertuples():
        assert limit.used <= limit.allowed + 1e-9
        if limit.limit == "sessions":
            more = _best_of_all(needed, offered, replace(rules, sessions=rules.sessions + 1))
            assert limit.worth == pytest.approx(more - best, abs=1e-4) and limit.binds == (limit.worth > 0)


def test_a_study_of_some_size_is_planned_to_a_proven_optimum() -> None:
    rng = np.random.default_rng(3)
    competences = [f"c{at}" for at in range(15)]
    needed = pd.DataFrame(
        [
            (p, f"t{p % 5}", c, float(rng.integers(1, 20)))
            for p in range(300)
            for c in competences
            if rng.random() < 0.5
        ],
        columns=["person", "territory", "competence", "worth"],
    )
    kinds = rng.choice(["team", "member", "external"], 25)
    offered = pd.DataFrame(
        {
            "workshop": [f"w{at}" for at in range(25)],
            "competence": rng.choice(competences, 25),
            "obligatory": np.arange(25) < 3,
            "trainer": kinds,
            "days": rng.choice([0.5, 1.0, 2.0], 25),
            "cost": np.where(kinds == "external", rng.integers(600, 1500, 25), np.nan),
            "seats": rng.integers(6, 13, 25),
        },
        columns=OFFERED,
    )
    plan = plan_training(needed, offered, load_training_rules())
    assert plan.is_proven and set(plan.sessions["territory"]) == {f"t{at}" for at in range(5)}
    assert {"w0", "w1", "w2"} <= set(plan.sessions["workshop"])
    assert plan.sessions["cost"].sum() <= 5000 and len(plan.sessions) <= 12
    assert plan.limits.set_index("limit").loc["sessions", "binds"]


def test_without_needs_the_obligatory_are_held_and_nothing_else_is_bought() -> None:
    needed, offered, rules = _case(1)
    needed["competence"] = "nobody offers it"
    offered["trainer"], offered["cost"] = "member", np.nan
    offered["days"] = 1.0
    plan = plan_training(needed, offered, rules)
    assert plan.worth == 0 and len(plan.sessions) == 2, "one obligatory, and one for the other territory"
    assert not plan.limits["binds"].any()
