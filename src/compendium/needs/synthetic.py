"""A declared generator of what a support body enters: what it plants is in ``definitions/training_synthetic.yml``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from ..collection.entries import write_synthetic
from ..paths import DEFINITIONS
from ..reading import read_yaml
from ..study.competences import load_competences
from .catalogue import NEEDED
from .entered import CATALOGUE, CONSENTS, EXPERTISE, HELPS, PLACES, TERRITORIES, WISHES
from .wishes import COLUMNS as WISHED

ENTERED_ON: Final = "2026-11-01"
SOURCE: Final = "Declared synthetic files of a support body"


def draw(
    organisations: Sequence[str], territories: Sequence[str], seed: int, language: str
) -> Mapping[str, pd.DataFrame]:
    """Draw the files of a support body.

    Parameters
    ----------
    organisations : sequence of str
        Codes of organisations in the answers; the first ones get a territory.
    territories : sequence of str
        Codes of the territories of the support pathway.
    seed : int
        The same one gives the same files.
    language : str
        Of the names of workshops.

    Returns
    -------
    mapping of str to pandas.DataFrame
        Name of a file, without ending -> its rows, without faults.
    """
    plan = read_yaml(DEFINITIONS / "training_synthetic.yml", "training_synthetic")
    rng = np.random.default_rng(seed)
    return {
        CATALOGUE: _catalogue(plan, rng, language),
        TERRITORIES: _territories(plan, organisations, territories),
        WISHES: _wishes(plan, rng),
        EXPERTISE: _directory(plan, rng),
    }


def write(folder: Path, organisations: Sequence[str], territories: Sequence[str], seed: int, language: str) -> None:
    """Write the files into a folder of answers, each with the sidecar that says where it comes from."""
    plan = read_yaml(DEFINITIONS / "training_synthetic.yml", "training_synthetic")
    write_synthetic(folder, draw(organisations, territories, seed, language), SOURCE, plan, seed)


def _catalogue(plan: dict[str, Any], rng: np.random.Generator, language: str) -> pd.DataFrame:
    low, high = plan["quoted_cost"]
    rows = [
        {
            **one,
            "workshop": one["workshop"][language],
            "obligatory": "yes" if one["obligatory"] else "no",
            "cost": str(10 * int(rng.integers(low // 10, high // 10 + 1))) if one.get("quoted") else "",
        }
        for one in plan["workshops"]
    ]
    return pd.DataFrame(rows)[NEEDED]


def _territories(plan: dict[str, Any], organisations: Sequence[str], territories: Sequence[str]) -> pd.DataFrame:
    own = sorted(organisations)[: plan["organisations_each"] * len(territories)]
    return pd.DataFrame([(code, territories[at % len(territories)]) for at, code in enumerate(own)], columns=PLACES)


def _wishes(plan: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    weights = np.array([one["weight"] for one in plan["wishes"]], dtype=float)
    languages = list(plan["languages"])
    rows = []
    for person in range(plan["writers"]):
        language = str(rng.choice(languages, p=[plan["languages"][code] for code in languages]))
        drawn = rng.choice(len(weights), plan["wishes_each"], replace=False, p=weights / weights.sum())
        rows += [(f"w{person + 1:03d}", language, plan["wishes"][at]["words"][language]) for at in drawn]
    return pd.DataFrame(rows, columns=WISHED)


def _directory(plan: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    known = list(load_competences())
    rows = []
    for person in range(plan["helpers"]):
        consent = CONSENTS[int(rng.random() < plan["consent"])]
        name, said = f"h{person + 1:02d}", ("an hour together", "through the support team")
        drawn = rng.choice(known, int(rng.integers(1, 4)), replace=False)
        rows += [(name, str(competence), *said, consent, ENTERED_ON) for competence in drawn]
    return pd.DataFrame(rows, columns=HELPS)
