"""Measure how often printed 95 % intervals hold the truth and how often tests of nothing reject; write ``docs/coverage.md``.

Run ``python tests/benchmarks/coverage.py`` (about ten minutes); with a number of runs as argument it prints the tables and writes
nothing. Every line calls the public function that the pages call; :mod:`generators` draws answers whose truth is exact.
"""

import sys

import pandas as pd
from coverage_field import associations, confounders, organisations, ranks, silence
from coverage_lines import differences, means, pooled, raked, shares, weighted, weighted_shares
from coverage_shape import FAMILY_KEPT, KEPT, LEVEL_KEPT, RUNS, Section
from coverage_tests import families, nothing

from compendium import paths

PAGE = paths.REPOSITORY / "docs" / "coverage.md"
COMMAND = "python tests/benchmarks/coverage.py"
SECTIONS = (
    means, shares, weighted, weighted_shares, raked, pooled, differences, ranks, organisations, silence, confounders,
    associations, nothing, families,
)  # fmt: skip


def head() -> str:
    """Return the words before the tables."""
    return f"""# How often the printed intervals hold the truth

Written by `{COMMAND}`; do not edit. Every line draws answers {RUNS:,} times or more from a source whose truth is known
exactly (`tests/benchmarks/generators.py`; random numbers are seeded by the words of the line, so that the same command gives
the same table), and calls the function that makes the numbers of the pages. In brackets the Monte-Carlo error of a
percentage: one standard error, itself from chance alone.

A 95 % interval has to hold the truth in {KEPT[0]:g} to {KEPT[1]:g} % of the runs; a test of nothing at 5 % has to reject in
{LEVEL_KEPT[0]:g} to {LEVEL_KEPT[1]:g} %; among families of tests at most {FAMILY_KEPT:g} % may hold a false rejection after Holm, and at
most {FAMILY_KEPT:g} % of what is rejected after Benjamini-Hochberg may be false. Where a line does not keep this, the last column
says why, and whether the page switches to another method, warns, or cannot know. "Too low" is an interval that lies
wholly below the truth.

Reliability has a table of its own: [coverage of intervals for reliability](coverage_reliability.md).
"""


def markdown(section: Section, table: pd.DataFrame) -> str:
    """Return a section as a heading, a paragraph and a table."""
    cells = [list(table.columns), ["---"] * table.shape[1], *table.astype(str).to_numpy().tolist()]
    rows = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return f"## {section.title}\n\n{section.words}\n\n{rows}\n"


def main(runs: int | None) -> int:
    """Measure all sections; return 1 where a line breaks that does not say why."""
    parts, unexplained = [head()], 0
    for make in SECTIONS:
        section = make()
        table = section.measure(runs or RUNS)
        unexplained += int(table["Verdict"].str.startswith("BREAKS").sum())
        parts.append(markdown(section, table))
        print(parts[-1], flush=True)
    if runs is None:
        PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"{unexplained} lines break without a reason")
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else None))
