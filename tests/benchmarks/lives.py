"""A second world of statuses, written apart from the first: people with lives, who choose a status and answer five items.

Nothing here follows the assumptions of the estimators: who takes a status is no logistic function of the covariates, strain has
heavy tails, answers are five steps of five items and lie towards their floor, covariates go together and are partly missing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHIFT = np.array([0.0, 0.45, 0.0, 0.2, -0.2])
"""What a status adds to strain, whose spread within persons alike is about one."""
STEPS = np.array([-0.2, 0.6, 1.4, 2.2])
"""Strain from which an item is answered a step higher."""
SLOPES = np.array([[0.0, 0.0, 0.0], [0.6, 0.4, -0.3], [-0.5, 0.3, 0.4], [0.2, -0.5, 0.2], [-0.2, 0.2, 0.6]])
"""How age, education and gender draw to each status."""
CRAFTS = 7


@dataclass(frozen=True)
class Lives:
    """How many people, of how many statuses, and what makes it harder.

    Attributes
    ----------
    organisations : int
        Who has the second status works in one of so many organisations; all others work alone.
    weighted : bool
        The young answer three times as rarely, and are weighted for it.
    interplay : bool
        Age counts for strain and for the status the other way round for women: a regression without products misses it.
    """

    name: str
    n: int
    statuses: int = 3
    organisations: int = 0
    weighted: bool = False
    interplay: bool = False


def lived(world: Lives, rng: np.random.Generator, n: int = 0) -> pd.DataFrame:
    """Draw people: covariates, status, place, weight, the outcome `y`, and what it would be in each status (`if_s0` ...)."""
    count = n or world.n
    asked = count * 2 if world.weighted else count
    origin, drive = rng.standard_normal((2, asked))
    gender = (rng.random(asked) < 0.55).astype(int)
    age = 22 + 43 * rng.beta(2, 2.2, asked)
    if world.weighted:
        takes_part = np.where(age < 38, 0.25, 0.75)
        kept = np.flatnonzero(rng.random(asked) < takes_part)[:count]
        origin, drive, gender, age = origin[kept], drive[kept], gender[kept], age[kept]
        count = len(kept)
    education = np.digitize(0.7 * origin + 0.7 * rng.standard_normal(count), [-1.0, 0.0, 0.9])
    table = np.random.default_rng(11)  # the same trades in every draw
    liked, worn = table.normal(size=(CRAFTS, 2)), 0.35 * table.normal(size=CRAFTS)
    draws_to = 0.5 * table.normal(size=(CRAFTS, 5))
    craft = (np.column_stack([gender, education / 2]) @ liked.T + rng.gumbel(size=(count, CRAFTS))).argmax(axis=1)
    years = (age - 20) * rng.beta(1.8, 1.8, count)
    old = (age - 41) / 10
    bent = np.where(gender == 1, 1.0, -1.0) if world.interplay else np.ones(count)
    traits = np.column_stack([old * bent, (education - 1.5) / 1.1, gender - 0.55])
    utility = traits @ SLOPES[: world.statuses].T + draws_to[craft][:, : world.statuses]
    status = (utility + 1.2 * rng.standard_t(5, (count, world.statuses))).argmax(axis=1)
    place = np.char.add("alone", np.arange(count).astype(str)).astype(object)
    together = np.zeros(count)
    if world.organisations:
        units = world.organisations if not n else max(n // 20, 1)
        chances = rng.gamma(2.0, size=units)
        inside = np.flatnonzero(status == 1)
        unit = rng.choice(units, len(inside), p=chances / chances.sum())
        place[inside] = np.char.add("o", unit.astype(str))
        together[inside] = 0.3 * rng.standard_normal(units)[unit]
    strain = 0.25 * old * bent + 0.02 * years + 0.3 * (gender - 0.5) + worn[craft] + 0.15 * (education - 1.5)
    strain = strain + 0.8 * rng.standard_t(6, count) + together
    tone = 0.7 * rng.standard_normal((count, 5))
    possible = {f"if_s{k}": _answered(strain + SHIFT[k], tone) for k in range(world.statuses)}
    frame = pd.DataFrame(
        {
            "age": np.char.add("a", np.digitize(age, [30, 37, 44, 52]).astype(str)),
            "gender": np.char.add("g", gender.astype(str)),
            "education": np.where(
                rng.random(count) < 0.06, None, np.char.add("e", education.astype(str)).astype(object)
            ),
            "discipline": np.char.add("d", craft.astype(str)),
            "years": years,
            "status": np.char.add("s", status.astype(str)),
            "y": np.column_stack(list(possible.values()))[np.arange(count), status],
            "weight": np.where(age < 38, 3.0, 1.0) if world.weighted else 1.0,
            **possible,
        }
    )
    if world.organisations:
        frame["place"] = place
    return frame


def _answered(strain: Array, tone: Array) -> Array:
    """Return the mean of five items on 0-100."""
    return np.digitize(strain[:, None] + tone, STEPS).mean(axis=1) * 25.0


LIVES = (
    Lives("lives", 150),
    Lives("lives", 300),
    Lives("lives", 900),
    Lives("lives, five statuses", 500, statuses=5),
    Lives("lives, second status in 12 organisations", 400, organisations=12),
    Lives("lives, second status in 30 organisations", 400, organisations=30),
    Lives("lives, weighted", 300, weighted=True),
    Lives("lives, interplay unseen", 300, interplay=True),
)
