"""The benchmark of coverage runs, its truths are true, and the page that it wrote explains every line that breaks."""

import importlib
import sys
from types import ModuleType

import numpy as np
import pytest

from compendium import paths

BENCHMARKS = paths.REPOSITORY / "tests" / "benchmarks"
RUNS = 200


@pytest.fixture(scope="module")
def coverage() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("benchmarks.coverage")
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def made(coverage: ModuleType) -> ModuleType:
    return importlib.import_module("generators")


@pytest.mark.parametrize("shape", ["symmetric", "skewed", "floor"])
def test_the_truth_of_the_generators_is_that_of_many_answers(made: ModuleType, shape: str) -> None:
    rng = np.random.default_rng(5)
    many = made.people(rng, 40_000, shape, 0.3)
    assert many.mean() == pytest.approx(made.mean_score(shape, 0.3), abs=4 * many.std() / 200)
    assert made.people(rng, 40_000, shape).std() == pytest.approx(made.spread(shape), rel=0.05)
    latent = rng.standard_normal(40_000)
    weights = made.log_normal_weights(rng, latent, 0.5, 0.5)
    weighted = np.average(made.scores(rng, latent, shape), weights=weights)
    assert weighted == pytest.approx(made.mean_score(shape, 0.25), rel=0.05)
    assert made.mean_score(shape, made.latent_for(shape, 20.0)) == pytest.approx(20, abs=0.01)


def test_no_two_lines_draw_the_same_answers(coverage: ModuleType) -> None:
    names = [(section.title, line.answers, line.n) for section in _sections(coverage) for line in section.lines]
    assert len(names) > 150
    assert len(set(names)) == len(names)


def test_intervals_cover_and_those_said_to_break_do(coverage: ModuleType) -> None:
    """The first line of four sections covers within four Monte-Carlo errors; ignoring organisations does not."""
    chance = 4 * 100 * np.sqrt(0.05 * 0.95 / RUNS)
    for section in (coverage.means(), coverage.pooled(), coverage.differences(), coverage.ranks()):
        row = section.lines[0].measure(RUNS, np.random.default_rng(1))
        covered = next(value for name, value in row.items() if "overed" in name)
        assert abs(float(str(covered).split(" ")[0]) - 95) < chance, section.title
    ignored = next(
        one for one in coverage.organisations().lines if "in 20" in one.answers and "0.2; not named" in one.answers
    )
    row = ignored.measure(RUNS, np.random.default_rng(1))
    assert float(str(row["Covered, % (error)"]).split(" ")[0]) < 95 - chance
    assert str(row["Verdict"]).startswith("breaks: ")


def test_the_page_holds_every_line_and_explains_those_that_break(coverage: ModuleType) -> None:
    page = coverage.PAGE.read_text(encoding="utf-8")
    assert page.startswith(coverage.head())
    for section in _sections(coverage):
        assert f"## {section.title}\n\n{section.words}\n" in page
        assert all(f"| {line.answers} | {line.n} |" in page for line in section.lines), section.title
    assert "BREAKS" not in page


def _sections(coverage: ModuleType) -> list:
    return [make() for make in coverage.SECTIONS]
