"""Measure what warning signs promise: how much naive cut-offs flatter, and how often a sign that says nothing is called one.

Run ``python tests/benchmarks/signs.py`` (2,000 draws a line) or with the number of draws as argument; it writes
``docs/signs.md``. Groups of 15 persons; the sign and the outcome are means of their persons.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from compendium.diagnosis.signs import accuracy, best_cutoff, held_out, load_rules, middle_cutoff

RUNS = 2000
PERSONS = 15
TARGET = Path(__file__).parents[2] / "docs" / "signs.md"
RULES = load_rules()
HEAD = """# What warning signs promise

Groups of 15 persons, in organisations of one or of four groups. The strain of a group shows in its sign and, as much as the
line says, in its outcome; a group is a case when a third of its persons or more have the outcome. *Usual*: the cut-off that does
best among the groups at hand, judged by those very groups. *Held out*: the cut-off midway between cases and others, each
group judged by cut-offs from other organisations. *True* is how the cut-off from all groups does in 20,000 other groups. Written by `python tests/benchmarks/signs.py`; nothing here was typed.

"""


class Setting(NamedTuple):
    """Groups, groups an organisation has, how strongly the outcome follows the strain, and whether the sign is skewed."""

    groups: int
    each: int
    bond: float
    is_skewed: bool = False

    @property
    def shared(self) -> float:
        """Share of the variance that groups of one organisation have in common."""
        return 0.4 if self.each > 1 else 0.0


class Groups(NamedTuple):
    """The sign, the case and the organisation of each group."""

    sign: np.ndarray
    case: np.ndarray
    organisation: np.ndarray


def draw(rng: np.random.Generator, setting: Setting, groups: int) -> Groups:
    """Draw groups; those of one organisation are alike in their sign and in their outcome."""
    organisation = np.arange(groups) // setting.each
    count = organisation[-1] + 1
    mine, ours = rng.normal(size=(2, groups)), rng.normal(size=(2, count))[:, organisation]
    strain, other = np.sqrt(1 - setting.shared) * mine + np.sqrt(setting.shared) * ours
    shown = 2 * np.exp(strain) if setting.is_skewed else strain
    sign = 50 + 8 * shown + rng.normal(0, 20 / np.sqrt(PERSONS), groups)
    pull = setting.bond * strain + np.sqrt(1 - setting.bond**2) * other
    tired = rng.binomial(PERSONS, 1 / (1 + np.exp(-(pull - 0.9))))
    return Groups(sign, tired / PERSONS >= 1 / 3, organisation)


def run(rng: np.random.Generator, setting: Setting, others: Groups) -> dict[str, float] | None:
    """Return what one study of groups finds, and the truth; nothing where it has too few cases to be printed."""
    own = draw(rng, setting, setting.groups)
    if min(own.case.sum(), (~own.case).sum()) < RULES.least_cases:
        return None
    usual, cutoff = best_cutoff(own.sign, own.case), middle_cutoff(own.sign, own.case)
    seed = int(rng.integers(1 << 31))
    judged = held_out(own.sign, own.case, own.organisation, repeats=RULES.repeats, folds=RULES.folds, seed=seed)
    held = dict(accuracy(judged.flagged, own.case, own.organisation))
    naive = dict(accuracy((own.sign >= usual).astype(float), own.case, own.organisation))
    found = {"alarm": held["balance"].low > 0, "naive alarm": naive["balance"].low > 0}
    for way, results, used in (("naive", naive, usual), ("held", held, cutoff)):
        for name, truth in true(others, used).items():
            low, high = results[name].low, results[name].high
            found |= {f"true {way} {name}": truth, f"{way} {name}": results[name].estimate}
            found[f"{way} covers {name}"] = low <= truth <= high
    return found


def true(others: Groups, cutoff: float) -> dict[str, float]:
    """Return how a cut-off does in other groups."""
    warned = others.sign >= cutoff
    sensitivity, specificity = warned[others.case].mean(), (~warned[~others.case]).mean()
    return {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "positive predictive value": others.case[warned].mean(),
        "negative predictive value": (~others.case[~warned]).mean(),
        "balance": sensitivity + specificity - 1,
    }


def main(runs: int) -> None:
    """Write the tables."""
    bonds = {"nothing": 0.0, "some": 0.5, "much": 0.85}
    settings = {
        (groups, each, bond, skewed): Setting(groups, each, strength, skewed)
        for groups, each, skewed in ((30, 1, False), (60, 1, False), (120, 1, False), (120, 4, False), (60, 1, True))
        for bond, strength in bonds.items()
    }
    columns = (
        "true naive balance", "naive balance", "naive covers balance", "true held balance", "held balance", "held covers balance",
        "held covers sensitivity", "held covers specificity", "held covers positive predictive value",
        "held covers negative predictive value",
    )  # fmt: skip
    lines = "|---:|---:|---|---|---:|---:|" + "---:|" * len(columns)
    flattery = [
        "## How much the same data flatter",
        "",
        "Balance: mean of sensitivity + specificity - 1 in points, nought for a sign that says nothing. Coverage: intervals that hold the truth, in %.",
        "",
        "| groups | in an organisation | sign | it says | runs | printed (%) | usual: true balance | printed | coverage | held out: true balance | printed | coverage | coverage of sensitivity | of specificity | of the positive | of the negative predictive value |",
        lines,
    ]
    alarms = [
        "",
        "## How often a sign is said to warn",
        "",
        "Share of the printed runs in which the interval of the balance lies above nought, in %. Where the sign says nothing, each is a false alarm.",
        "",
        "| groups | in an organisation | sign | it says | usual | held out |",
        "|---:|---:|---|---|---:|---:|",
    ]
    for (groups, each, bond, skewed), setting in settings.items():
        rng = np.random.default_rng([20261123, groups, each, skewed, round(100 * setting.bond)])
        others = draw(rng, setting, 20_000)
        found = [one for one in (run(rng, setting, others) for _ in range(runs)) if one]
        mean = {name: 100 * float(np.mean([one[name] for one in found])) for name in found[0]}
        where = f"| {groups} | {each} | {'skewed' if skewed else 'even'} | {bond} |"
        numbers = " | ".join(f"{mean[name]:.1f}" for name in columns)
        flattery.append(f"{where} {runs} | {100 * len(found) / runs:.0f} | {numbers} |")
        alarms.append(f"{where} {mean['naive alarm']:.1f} | {mean['alarm']:.1f} |")
    TARGET.write_text(HEAD + "\n".join([*flattery, *alarms]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
