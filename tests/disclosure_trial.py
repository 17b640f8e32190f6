"""Attack everything that a study publishes, without and with the gate, and write down how close the attacker comes.

Run ``python tests/disclosure_trial.py`` after ``make reproduce`` (some minutes); it writes ``docs/disclosure.md``.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from attack import attack

from compendium import paths, results
from compendium.disclosure import protect
from compendium.disclosure.gate import COUNT_UNITS
from compendium.disclosure.rounding import rounded
from compendium.reading import read_parquet
from compendium.study.study import Study, load_study

TARGET = paths.REPOSITORY / "docs" / "disclosure.md"
LEAST = {"share": 10.0, "mean": 5.0, "count": 10.0}
"""Range by which what is withheld stays open: points of 100, or persons."""
HEAD = """# How close an attacker comes

The attacker holds every share, mean and count that the products of the study publish, rounded as they go out, for every country and for all
together; knows how many persons stand behind every number, withheld ones included; and knows that groups of a breakdown with
those who named no group make up the country, and that countries, each counting the same, make up all together. All of it is one
linear programme for each quantity (`tests/attack.py`); a withheld number can then be anything between its smallest and largest
feasible value.

Promised: a withheld share stays open by {share:.0f} points, a withheld mean by {mean:.0f} points of 100, a withheld count by {count:.0f} persons. *Small cells alone* is what most
systems do: blank what rests on, counts, or leaves over fewer than {minimum} persons, and nothing else. Of all
together only what is withheld on its own account stands in the table; what is withheld there for the sake of a country guards
that country's number, whose range is in the lines of countries. Answers: {origin}, {n:,} numbers attacked
in {units} units. Written by `python tests/disclosure_trial.py`.

| what is withheld | by | withheld | smallest range (points or persons) | median range | below the promise |
|---|---|---:|---:|---:|---:|
"""
FOOT = """
Not in the attack: what several quantities say together (a share of a situation beside the shares of its questions, pairs of families, a looser
rule beside the fixed one, counts of families at once); numbers of models; groups that overlap across breakdowns, such as statuses and
membership; what somebody knows from outside. Single rules stand for some of them (`nested`, releases, pages against one another) and have
tests of their own: `tests/test_attacker.py`, `tests/test_disclosure.py`, `tests/test_audit.py`, `tests/test_restitution.py`.
"""


def published(study: Study) -> pd.DataFrame:
    """Return all estimates of the last wave before the gate; the column ``_product`` says whose product a row is of."""
    frames = []
    for unit in study.units:
        for file in sorted(paths.unit_folder(study.folder, unit, study.waves[-1]).glob("*.parquet")):
            frame = read_parquet(file)
            if set(results.COLUMNS) <= set(frame):
                frames.append(frame.assign(_product=f"{unit}/{file.stem}"))
    if not frames:
        sys.exit(f"{paths.shown(study.folder)}: nothing is computed yet; make reproduce first")
    return pd.concat(frames, ignore_index=True)


def small_cells_alone(frame: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Blank what rests on too few persons, or counts or leaves over too few, and nothing that would give it back."""
    people = frame["origin"] != "context"
    counted = (frame["estimate"] / 100 * frame["n"]).round()
    is_share = (frame["unit"] == "%") & frame["method"].str.startswith("share")
    few = (frame["n"] < minimum) | (is_share & ((counted < minimum) | (frame["n"] - counted < minimum)))
    few |= frame["unit"].isin(COUNT_UNITS) & frame["estimate"].between(0, minimum, inclusive="neither")
    shown = frame.copy()
    shown.loc[people & few, list(results.BLANKED)] = np.nan
    shown.loc[people & few, "suppressed"] = True
    return shown


def gated(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Put each product of each unit through the gate, as its pages do: those of all together beside those of each country."""
    unit, name = (frame["_product"].str.split("/").str[at] for at in (0, 1))
    is_pooled = unit == study.pooled.code
    parts = []
    for _, rows in frame.drop(columns="_product").groupby([name, unit], sort=False):
        beside = None
        if is_pooled[rows.index[0]]:
            others = frame[(name == name[rows.index[0]]) & ~is_pooled].drop(columns="_product")
            beside = others if len(others) else None
        shown = protect(rows, study.disclosure, pooled=study.pooled.code, beside=beside)
        parts.append(shown.set_axis(rows.index))
    return pd.concat(parts)


def for_another(found: pd.DataFrame, shown: pd.DataFrame, study: Study) -> pd.Series:
    """Tell which numbers of all together are withheld for the sake of a country or another cell only."""
    keys = ["country", "indicator", "method", "group_by", "group"]
    cover = shown[(shown["country"] == study.pooled.code) & (shown["suppression_reason"] == "complement")]
    return pd.Series(pd.MultiIndex.from_frame(found[keys]).isin(pd.MultiIndex.from_frame(cover[keys])), found.index)


def lines(found: pd.DataFrame, by: str, pooled: str) -> list[str]:
    """Return a line of the table for shares and means of countries and of all together."""
    written = []
    width = found["high"] - found["low"]
    for method, what in (("share", "shares"), ("mean", "means"), ("count", "counts")):
        for is_pooled, whose in ((False, "of countries"), (True, "of all together")):
            own = found[(found["method"] == method) & ((found["country"] == pooled) == is_pooled)]
            if own.empty:
                continue
            open_by = width[own.index]
            if method == "count":
                open_by = open_by * own["n"] / 100
            bad = open_by < LEAST[method]
            cells = [f"{len(own):,}", f"{open_by.min():.1f}", f"{open_by.median():.1f}", f"{int(bad.sum()):,}"]
            written.append(f"| {what} {whose} | {by} | {' | '.join(cells)} |")
    return written


def main(folder: Path) -> None:
    """Attack the study, without and with the gate, and write the table."""
    study = load_study(folder)
    truth = published(study)
    plain = truth.drop(columns="_product")
    minimum = study.disclosure.minimum_cell
    shown = {
        "small cells alone": small_cells_alone(plain, minimum),
        "the gate": gated(study, truth).loc[plain.index],
    }
    table = []
    for by, frame in shown.items():
        found = attack(rounded(frame), plain, study.pooled.code)
        table += lines(found[~for_another(found, frame, study)], by, study.pooled.code)
        print("\n".join(table), flush=True)
    head = HEAD.format(
        **LEAST,
        minimum=minimum,
        origin=results.weakest_origin(plain.loc[plain["origin"] != "context", "origin"]),
        n=len(plain),
        units=len(study.units),
    )
    TARGET.write_text(head + "\n".join(table) + "\n" + FOOT, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else paths.DEFAULT_STUDY)
