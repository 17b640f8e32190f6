"""The one shape of a result."""

import pandera.errors
import pytest

from compendium import results

COMMON = {"study": "s", "wave": "w", "country": "AA", "part": "p", "origin": "real"}


def test_defaults_fill_what_a_row_does_not_say():
    frame = results.make([{"indicator": "x", "estimate": 1}], **COMMON)
    assert list(frame.columns) == results.COLUMNS
    assert (
        frame.loc[0, "comparable"] == "yes"
        and frame.loc[0, "confidence"] == "computed"
        and frame.loc[0, "caveat"] == ""
    )


def test_no_rows_give_an_empty_frame_of_the_same_shape():
    assert list(results.make([]).columns) == results.COLUMNS
    assert results.make([]).dtypes.equals(results.make([{"indicator": "x"}], **COMMON).dtypes)


@pytest.mark.parametrize(
    "row",
    [
        {"indicator": "x", "estimate": 3.0, "ci_low": 4.0, "ci_high": 5.0},
        {"indicator": "x", "suppressed": True, "suppression_reason": "cell", "n": 4.0},
        {"indicator": "x", "suppressed": True},
        {"indicator": "x", "comparable": "no"},
        {"indicator": ""},
        {"indicator": "x", "origin": "invented"},
        {"indicator": "x", "n": -1.0},
    ],
    ids=[
        "interval beside estimate",
        "blank with n",
        "blank without reason",
        "incomparable without reason",
        "no indicator",
        "origin",
        "n",
    ],
)
def test_what_breaks_the_shape_is_refused(row):
    with pytest.raises((pandera.errors.SchemaError, pandera.errors.SchemaErrors)):
        results.make([{**COMMON, **row}])


def test_a_column_that_is_none_is_refused():
    with pytest.raises(TypeError, match="no such column"):
        results.make([{"indicator": "x", "value": 3}], **COMMON)


def test_one_synthetic_answer_makes_a_pool_synthetic():
    assert results.weakest_origin(["real", "synthetic", "real"]) == "synthetic"
    assert results.weakest_origin(["real"]) == "real"
