"""The factor plane: nothing covers anything, and the words say what the picture shows."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from compendium import results, text
from compendium.errors import CompendiumError
from compendium.figures.plane import plane

T = text.load("en")


def places(count: int, seed: int, spread: float = 1.0) -> pd.DataFrame:
    """Return results that place so many answers and three profiles at random, and the rates of two axes."""
    rng = np.random.default_rng(seed)
    groups = [("question", f"quite a long answer number {number}") for number in range(count)]
    groups += [("profile", f"P{number}") for number in (1, 2, 3)]
    rows = [
        {
            "indicator": f"axis_{axis}",
            "group_by": by,
            "group": code,
            "estimate": value,
            "n": 40,
            "unit": "coordinates",
        }
        for by, code in groups
        for axis, value in zip((1, 2), rng.normal(scale=spread, size=2), strict=True)
    ]
    rows += [{"indicator": f"axis_{axis}", "estimate": 60 - 20 * axis, "unit": "%", "n": 400} for axis in (1, 2)]
    return results.make(rows, study="s", wave="1", country="XX", origin="synthetic", method="mean")


@pytest.mark.parametrize(("count", "seed"), [(6, 0), (18, 1), (30, 2), (45, 3)])
def test_no_label_covers_another_label_or_a_mark(count: int, seed: int) -> None:
    figure = plane(places(count, seed), t=T, title="Which answers go together")
    (axes,) = figure.fig.axes
    boxes = [label.get_window_extent() for label in axes.texts]
    assert len(boxes) >= min(count, 12)
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    marks = [axes.transData.transform(line.get_xydata())[0] for line in axes.lines if len(line.get_xydata()) == 1]
    assert not [mark for mark in marks for box in boxes if box.contains(*mark)]
    assert all(axes.bbox.containsx(box.x0) and axes.bbox.containsx(box.x1) for box in boxes)


def test_what_finds_no_place_is_said_and_stands_in_the_data() -> None:
    figure = plane(places(60, 4, spread=0.01), t=T, title="Crowded")
    (axes,) = figure.fig.axes
    unnamed = 63 - len(axes.texts)
    assert unnamed > 0
    assert f"for want of room: {unnamed}." in figure.caption
    assert len(figure.data) == 63


def test_the_words_say_what_the_picture_shows() -> None:
    rows = [
        ("status", "poor", -2, 0),
        ("status", "rich", 2, 0.1),
        ("field", "old", 0, -1),
        ("profile", "P1", -1.9, 0),
        ("profile", "P2", 0.1, 0),
    ]
    frame = results.make(
        (
            {
                "indicator": f"axis_{axis}",
                "group_by": by,
                "group": code,
                "estimate": (x, y)[axis - 1],
                "n": 20,
            }
            for by, code, x, y in rows
            for axis in (1, 2)
        ),
        origin="real",
    )
    figure = plane(frame, t=T, title="Map")
    assert "Axis 1 sets “poor” against “rich”." in figure.alt
    assert "P1 lies nearest to “poor”" in figure.alt
    assert "P2 lies near the middle of these two axes." in figure.alt


def test_withheld_groups_are_not_drawn_and_an_empty_plane_is_refused() -> None:
    frame = places(5, 0)
    hidden = frame["group"] == "quite a long answer number 0"
    frame.loc[hidden, ["estimate", "n"]] = np.nan
    frame.loc[hidden, "suppressed"] = True
    frame.loc[hidden, "suppression_reason"] = "cell"
    figure = plane(frame, t=T, title="Map")
    assert not figure.data["Answer"].str.contains("number 0").any()
    with pytest.raises(CompendiumError, match="no rows to draw"):
        plane(frame.head(0), t=T, title="Map")


def test_the_same_results_give_the_same_drawing() -> None:
    first, second = (plane(places(20, 7), t=T, title="Map")._repr_html_() for _ in range(2))
    assert first == second
