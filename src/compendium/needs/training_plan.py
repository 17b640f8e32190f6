"""Which workshops to hold, and where: a yearly plan of proven greatest worth within money, sessions and trainers.

Persons of a territory differ for a competence only in what it is worth to them. Those who gain most come first, so a seat
after the next adds what the next person gains: the worth of a number of seats is a concave sum, and the plan an integer programme
in sessions with one continuous unknown for each person and competence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from ..errors import AnswersError
from ..study.training_rules import TrainingRules

Floats = NDArray[np.float64]

NEEDED = ["person", "territory", "competence", "worth"]
OFFERED = ["workshop", "competence", "obligatory", "trainer", "days", "cost", "seats"]
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class TrainingPlan:
    """A yearly plan.

    Attributes
    ----------
    sessions : pandas.DataFrame
        ``workshop competence territory trainer days cost seats persons worth``, a row a session to hold; ``persons`` gain from it
        and ``worth`` is what they gain together.
    worth : float
        Sum over persons and competences of gap x importance covered.
    bound : float
        No plan is worth more: equal to `worth` where the optimum is proven.
    unmet : float
        Worth that no session covers.
    limits : pandas.DataFrame
        ``limit allowed used one_more worth binds``: what each limit allows, what the plan uses of it, what *one more* is, how much
        worth that would add, and whether it would add any.
    """

    sessions: pd.DataFrame
    worth: float
    bound: float
    unmet: float
    limits: pd.DataFrame

    @property
    def is_proven(self) -> bool:
        """Whether no plan can be worth more."""
        return bool(self.bound - self.worth <= _TOLERANCE * max(1.0, self.worth))


def plan_training(
    needed: pd.DataFrame, offered: pd.DataFrame, rules: TrainingRules, *, limits: bool = True
) -> TrainingPlan:
    """Choose the sessions of a year that cover the greatest worth, and say what holds it back.

    Parameters
    ----------
    needed : pandas.DataFrame
        ``person territory competence worth``: one row a person and competence, worth greater than 0 (gap x importance). A person
        goes to sessions in the own territory.
    offered : pandas.DataFrame
        ``workshop competence obligatory trainer days cost seats``: one row a workshop; ``trainer`` is a kind of the rules, ``cost``
        of one session where its kind quotes a price. A workshop may be held several times.
    rules : TrainingRules
        Budget, sessions and trainers.
    limits : bool
        Whether to plan again with one more of each limit; without, the table of limits is empty.

    Returns
    -------
    TrainingPlan
        Among plans of equal worth the cheapest.

    Raises
    ------
    AnswersError
        Obligatory workshops and a session for each territory do not fit into the limits.

    Notes
    -----
    Maximise :math:`\\sum_{tci} v_{tci} u_{tci}`, where :math:`v_{tc1} \\ge v_{tc2} \\ge \\dots` are the worths of persons of territory
    `t` for competence `c` and :math:`0 \\le u \\le 1`, subject to :math:`\\sum_i u_{tci} \\le \\sum_{w \\in c} s_w y_{wt}` seats; the
    cost, number and trainers' days of sessions :math:`y_{wt}` within their limits; each obligatory workshop held at least once, and a
    session in each territory. A person-competence counts once. Solved by HiGHS to a gap of nought.
    """
    programme = _Programme.of(needed, offered, rules)
    found = programme.solve()
    if found is None:
        raise AnswersError(
            f"training plan: {int(offered['obligatory'].sum())} obligatory workshops and a session in each of "
            f"{len(programme.territories)} territories do not fit into {rules.sessions} sessions, {rules.budget:g} "
            f"{rules.currency} and the days of trainers; legal is a plan in which they do"
        )
    held, worth, bound = found
    return TrainingPlan(
        sessions=programme.listed(held),
        worth=worth,
        bound=bound,
        unmet=float(needed["worth"].sum()) - worth,
        limits=_limits(needed, offered, rules, held.sum(axis=1), worth) if limits else pd.DataFrame(),
    )


@dataclass(frozen=True)
class _Programme:
    """The integer programme; sessions come first among its unknowns, workshop by workshop and territory by territory."""

    offered: pd.DataFrame
    territories: list[str]
    worths: Mapping[tuple[str, str], Floats]
    cost: Floats
    rules: TrainingRules

    @classmethod
    def of(cls, needed: pd.DataFrame, offered: pd.DataFrame, rules: TrainingRules) -> "_Programme":
        useful = needed[needed["competence"].isin(offered["competence"])]
        worths = {
            (str(territory), str(competence)): np.sort(rows["worth"].to_numpy(dtype=float))[::-1]
            for (territory, competence), rows in useful.groupby(["territory", "competence"], sort=True)
        }
        return cls(
            offered.reset_index(drop=True), sorted(needed["territory"].unique()), worths, costs(offered, rules), rules
        )

    def solve(self) -> tuple[NDArray[np.int64], float, float] | None:
        """Return sessions by workshop and territory, their worth and the bound on any plan's; nothing where none is feasible."""
        workshops, places = len(self.offered), len(self.territories)
        sessions = workshops * places
        worth = np.concatenate([np.zeros(sessions), *self.worths.values()])
        constraints = list(self._constraints(sessions, len(worth)))
        whole = np.concatenate([np.ones(sessions), np.zeros(len(worth) - sessions)])
        top = np.concatenate([np.full(sessions, float(self.rules.sessions)), np.ones(len(worth) - sessions)])
        options = {"mip_rel_gap": 0.0}
        best = milp(-worth, integrality=whole, bounds=Bounds(0, top), constraints=constraints, options=options)
        if best.x is None:
            return None
        # of the plans that are worth as much, the cheapest
        kept = LinearConstraint(worth[None, :], lb=-best.fun - _TOLERANCE)
        price = np.concatenate([np.repeat(self.cost, places), np.zeros(len(worth) - sessions)])
        cheapest = milp(
            price, integrality=whole, bounds=Bounds(0, top), constraints=[*constraints, kept], options=options
        )
        chosen = best if cheapest.x is None else cheapest
        held = np.rint(chosen.x[:sessions]).astype(np.int64).reshape(workshops, places)
        return held, float(worth @ chosen.x), float(-best.mip_dual_bound)

    def _constraints(self, sessions: int, unknowns: int) -> Iterator[LinearConstraint]:
        places = len(self.territories)

        def row(by_workshop: Floats) -> sparse.csr_array:
            return sparse.csr_array(
                np.concatenate([np.repeat(by_workshop, places), np.zeros(unknowns - sessions)])[None, :]
            )

        ones = np.ones(len(self.offered))
        yield LinearConstraint(row(ones), ub=self.rules.sessions)
        yield LinearConstraint(row(self.cost), ub=self.rules.budget)
        for kind in self.rules.trainers.values():
            if kind.days is not None:
                days = np.where(self.offered["trainer"] == kind.id, self.offered["days"], 0.0)
                yield LinearConstraint(row(days), ub=kind.days)
        for at in np.flatnonzero(self.offered["obligatory"]):
            yield LinearConstraint(row(np.eye(len(self.offered))[at]), lb=1)
        for place in range(places):
            here = np.zeros(unknowns)
            here[place:sessions:places] = 1
            yield LinearConstraint(here[None, :], lb=1)
        yield from self._seats(sessions, unknowns)

    def _seats(self, sessions: int, unknowns: int) -> Iterator[LinearConstraint]:
        places, first = len(self.territories), sessions
        rows = sparse.lil_array((len(self.worths), unknowns))
        for at, ((territory, competence), worths) in enumerate(self.worths.items()):
            rows[at, first : first + len(worths)] = 1.0
            first += len(worths)
            for workshop in np.flatnonzero(self.offered["competence"] == competence):
                rows[at, workshop * places + self.territories.index(territory)] = -float(
                    self.offered["seats"][workshop]
                )
        if self.worths:
            yield LinearConstraint(rows.tocsr(), ub=0.0)

    def listed(self, held: NDArray[np.int64]) -> pd.DataFrame:
        """Return a row a session; those who gain most sit in the first session of their competence and territory."""
        taken = dict.fromkeys(self.worths, 0)
        rows = []
        for at, place in zip(*np.nonzero(held), strict=True):
            offer = self.offered.iloc[at]
            key = (self.territories[place], str(offer["competence"]))
            for _ in range(held[at, place]):
                waiting = self.worths.get(key, np.empty(0))[taken.get(key, 0) :][: int(offer["seats"])]
                taken[key] = taken.get(key, 0) + len(waiting)
                about = offer[["workshop", "competence", "trainer", "days", "seats"]].to_dict()
                gained = {"persons": len(waiting), "worth": float(waiting.sum())}
                rows.append({**about, "territory": key[0], "cost": float(self.cost[at]), **gained})
        columns = ["workshop", "competence", "territory", "trainer", "days", "cost", "seats", "persons", "worth"]
        return pd.DataFrame(rows, columns=columns)


def costs(offered: pd.DataFrame, rules: TrainingRules) -> Floats:
    """Return what a session of each workshop costs: by the day where its trainer's kind has a price, else as quoted."""
    a_day = offered["trainer"].map({kind.id: kind.price_per_day for kind in rules.trainers.values()}).astype(float)
    return (a_day * offered["days"]).fillna(offered["cost"]).to_numpy(dtype=float)


def _limits(
    needed: pd.DataFrame, offered: pd.DataFrame, rules: TrainingRules, held: NDArray[np.int64], worth: float
) -> pd.DataFrame:
    """Solve again with one more of each limit."""
    cost = costs(offered, rules)
    a_session = float(cost[cost > 0].min()) if (cost > 0).any() else 0.0
    rows = [
        ("sessions", rules.sessions, held.sum(), 1.0, replace(rules, sessions=rules.sessions + 1)),
        ("budget", rules.budget, held @ cost, a_session, replace(rules, budget=rules.budget + a_session)),
    ]
    for kind in rules.trainers.values():
        if kind.days is not None:
            days = np.where(offered["trainer"] == kind.id, offered["days"], 0.0)
            one = float(days[days > 0].min()) if (days > 0).any() else 1.0
            more = {**rules.trainers, kind.id: replace(kind, days=kind.days + one)}
            rows.append((kind.id, kind.days, held @ days, one, replace(rules, trainers=more)))
    found = []
    for limit, allowed, used, one, looser in rows:
        again = _Programme.of(needed, offered, looser).solve()
        gained = max(0.0, again[1] - worth) if again else 0.0
        gained = gained if gained > 10 * _TOLERANCE else 0.0
        found.append((limit, float(allowed), float(used), one, gained, gained > 0))
    return pd.DataFrame(found, columns=["limit", "allowed", "used", "one_more", "worth", "binds"])
