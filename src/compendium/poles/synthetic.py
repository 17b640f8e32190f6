"""A declared generator of a list of poles: what it plants is in ``definitions/poles_synthetic.yml``."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..collection.entries import write_synthetic
from ..paths import DEFINITIONS
from ..reading import read_yaml
from ..study.competences import load_competences
from .records import EDGES, MEMBERS, NO, YES, forms

SOURCE = "Declared synthetic list of poles"
"""What a drawn list says of where it comes from."""


def planted() -> dict[str, Any]:
    """Return what is planted."""
    return read_yaml(DEFINITIONS / "poles_synthetic.yml", "poles_synthetic")


def draw(seed: int) -> Mapping[str, pd.DataFrame]:
    """Draw both files, without faults: name of a file -> its rows; the same seed gives the same files."""
    plan, rng = planted(), np.random.default_rng(seed)
    poles = [pole for pole, one in plan["poles"].items() for _ in range(one["members"])]
    names = [f"m{at + 1:03d}" for at in range(len(poles))]
    alone = rng.random(len(poles)) < plan["alone"]
    skills, (low, high) = list(load_competences()), plan["skills"]
    members = [
        (name, pole, ";".join(sorted(rng.choice(skills, int(rng.integers(low, high + 1)), replace=False))),
         YES if rng.random() < plan["consents"] else NO)
        for name, pole in zip(names, poles, strict=True)
    ]  # fmt: skip
    edges = []
    for one, other in combinations(range(len(poles)), 2):
        chance = plan["poles"][poles[one]]["within"] if poles[one] == poles[other] else plan["across"]
        if rng.random() >= chance or alone[one] or alone[other]:
            continue
        edges += [pair for pair in ((one, other), (other, one)) if rng.random() < plan["names"]]
    return {
        MEMBERS: pd.DataFrame(members, columns=list(forms()[MEMBERS].columns)),
        EDGES: pd.DataFrame([(names[one], names[other]) for one, other in edges], columns=list(forms()[EDGES].columns)),
    }


def write(folder: Path, seed: int) -> None:
    """Write the files into a folder of answers, each with the sidecar that says where it comes from."""
    write_synthetic(folder, draw(seed), SOURCE, planted(), seed)
