"""The gate: nothing that shows a person passes, and what is blanked is blank everywhere."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure, paths, results
from compendium.disclosure import Rules, protect
from compendium.errors import DisclosureError

COMMON = {"study": "s", "wave": "w", "country": "AA", "part": "p", "origin": "synthetic"}


def _shares(*cells: tuple[str, int, int], by: str = "status") -> pd.DataFrame:
    rows = [
        {
            "indicator": "exposed",
            "group_by": by,
            "group": name,
            "estimate": 100 * hit / n,
            "n": float(n),
            "unit": "%",
            "method": "share",
        }
        for name, hit, n in cells
    ]
    return results.make(rows, **COMMON)


def test_a_small_group_loses_estimate_interval_and_n():
    frame = results.make(
        [{"indicator": "x", "estimate": 5.0, "ci_low": 4.0, "ci_high": 6.0, "n": 9.0, "n_effective": 8.0}], **COMMON
    )
    row = protect(frame, Rules(10)).iloc[0]
    assert row["suppressed"] and row["suppression_reason"] == "cell"
    assert row[list(results.BLANKED)].isna().all()


def test_a_blank_keeps_no_caveat_that_tells_its_size():
    """A caveat such as "too few for an interval" says of a blanked group that there was one person in it."""
    rows = [{"indicator": "x", "estimate": 5.0, "n": n, "caveat": "no interval"} for n in (1.0, 30.0)]
    assert protect(results.make(rows, **COMMON), Rules(10))["caveat"].tolist() == ["", "no interval"]


def test_a_group_at_the_minimum_stays():
    frame = results.make([{"indicator": "x", "estimate": 5.0, "n": 10.0}], **COMMON)
    assert not protect(frame, Rules(10)).iloc[0]["suppressed"]


@pytest.mark.parametrize(
    ("hit", "n", "blank"),
    [(9, 100, True), (10, 100, False), (91, 100, True), (90, 100, False), (0, 100, True), (100, 100, True)],
)
def test_a_share_is_blanked_by_its_count_and_by_who_is_left(hit, n, blank):
    frame = _shares(("a", hit, n), by="")
    assert protect(frame, Rules(10)).iloc[0]["suppressed"] == blank


@pytest.mark.parametrize(("estimate", "blank"), [(18.353705, True), (19.3, False), (81.0, True)])
def test_of_a_share_that_is_no_whole_number_of_persons_a_part_counts_as_none(estimate, blank, tmp_path):
    """9.54 of 52 supported persons by an incidence that counts open files: the gate and the last look agree."""
    row = {"indicator": "member", "estimate": estimate, "n": 52.0, "unit": "%", "method": "cumulative incidence"}
    protected = protect(results.make([row], **COMMON), Rules(10))
    assert bool(protected.loc[0, "suppressed"]) == blank
    disclosure.hold({"page": disclosure.rounded(protected)}, Rules(10))


def test_a_count_below_the_minimum_is_blanked_but_nobody_is_nothing_to_hide():
    rows = [
        {
            "indicator": "received",
            "group_by": "reason",
            "group": g,
            "estimate": e,
            "n": 400.0,
            "unit": "respondents",
            "method": "count",
        }
        for g, e in [("a", 3.0), ("b", 0.0), ("c", 380.0), ("d", 4.0)]
    ]
    shown = protect(results.make(rows, **COMMON), Rules(10)).set_index("group")["suppressed"]
    assert shown.to_dict() == {"a": True, "b": False, "c": True, "d": True}, "3 and 4 could be told from the total"


def test_a_single_blank_takes_a_neighbour_with_it():
    protected = protect(_shares(("a", 3, 40), ("b", 20, 40), ("c", 60, 120)), Rules(10)).set_index("group")
    assert protected["suppression_reason"].to_dict() == {"a": "count", "b": "complement", "c": ""}


def test_in_one_distribution_the_neighbour_is_the_smallest_answer():
    protected = protect(_shares(("a", 90, 200), ("b", 4, 200), ("c", 26, 200), ("d", 80, 200)), Rules(10)).set_index(
        "group"
    )
    assert protected["suppression_reason"].to_dict() == {"a": "", "b": "count", "c": "complement", "d": ""}


def test_two_blanks_need_no_third_where_they_hide_enough_persons():
    enough = protect(_shares(("a", 6, 40), ("b", 7, 40), ("c", 60, 120)), Rules(10))
    assert enough["suppressed"].tolist() == [True, True, False]
    too_few = protect(_shares(("a", 3, 40), ("b", 2, 40), ("c", 60, 120)), Rules(10))
    assert too_few["suppressed"].all()


def test_where_all_cells_hardly_leave_anybody_over_their_total_goes():
    """28 of 609 are left over: beside the total a cell of 277 could not lie lower than 90 %."""
    cells = _shares(("a", 51, 57), ("b", 61, 69), ("c", 32, 33), ("d", 170, 173), ("e", 268, 277))
    total = _shares(("", 582, 609)).assign(group_by="")
    protected = protect(pd.concat([cells, total], ignore_index=True), Rules(10))
    assert protected["suppressed"].all()
    assert list(protected["suppression_reason"]) == ["count"] * 5 + ["complement"]
    alone = protect(_shares(("", 582, 609)).assign(group_by=""), Rules(10))
    assert not alone["suppressed"].any()
    places = _shares(("north", 290, 304), ("south", 180, 192), ("west", 101, 113), by="territory")
    protected = protect(pd.concat([cells, total, places], ignore_index=True), Rules(10))
    assert protected["suppressed"].to_list()[:6] == [True] * 6
    assert protected.loc[protected["group_by"] == "territory", "suppressed"].any()  # or they would add up to the total


def test_published_facts_pass():
    frame = results.make(
        [{"indicator": "x", "estimate": 3.0, "n": 2.0, "unit": "%", "method": "share"}],
        **{**COMMON, "origin": "context"},
    )
    assert protect(frame, Rules(10))["estimate"].tolist() == [3.0]


def test_protecting_twice_changes_nothing():
    once = protect(_shares(("a", 3, 40), ("b", 20, 40), ("c", 60, 120)), Rules(10))
    pd.testing.assert_frame_equal(once, protect(once, Rules(10)))


def test_a_threshold_under_five_is_refused():
    with pytest.raises(ValueError, match="legal is 5 or more"):
        Rules(4)


def test_random_tables_never_show_a_small_count():
    generator = np.random.default_rng(1)
    for _ in range(30):
        sizes = generator.integers(1, 60, size=5)
        cells = [(str(i), int(generator.integers(0, n + 1)), int(n)) for i, n in enumerate(sizes)]
        shown = protect(_shares(*cells), Rules(10)).query("not suppressed")
        counts = shown["estimate"] / 100 * shown["n"]
        assert ((counts.round() >= 10) & ((shown["n"] - counts).round() >= 10)).all()


def test_nought_is_no_cover_for_a_single_blank():
    """Blanking it too would leave the small count as what remains of the total."""
    rows = [
        {"indicator": "excluded", "group_by": "reason", "group": name, "estimate": float(count), "n": 100.0}
        for name, count in (("withdrawn", 0), ("no_consent", 3), ("broken_off", 12), ("too_fast", 20))
    ]
    frame = results.make(rows, **COMMON, unit="answers received", method="count")
    gated = protect(frame, Rules(10)).set_index("group")
    assert gated["suppressed"].to_dict() == {
        "withdrawn": False, "no_consent": True, "broken_off": True, "too_fast": False,
    }  # fmt: skip


def _by_country(cells: dict[str, list[tuple[str, int, int]]]) -> pd.DataFrame:
    """Return the answers to one question by country, and of all countries together, each counting the same."""
    frames = [_shares(*own, by="q").assign(country=country) for country, own in cells.items()]
    frame = pd.concat(frames, ignore_index=True)
    whole = frame.groupby("group", sort=False, as_index=False).agg(estimate=("estimate", "mean"), n=("n", "sum"))
    rows = whole.assign(indicator="exposed", group_by="q", unit="%", method="share").to_dict("records")
    return results.concat([frame, results.make(rows, **{**COMMON, "country": "ALL"})])


def test_the_pooled_value_does_not_give_a_blank_country_back():
    """Of five countries one is blank: five times the pooled share less the four others would be its share."""
    many = [("a", 150, 300), ("b", 90, 300), ("c", 60, 300)]
    cells = dict.fromkeys(("P", "Q", "R", "S"), many)
    cells["T"] = [("a", 180, 300), ("b", 115, 300), ("c", 5, 300)]
    shown = protect(_by_country(cells), Rules(10), pooled="ALL")
    assert shown[shown["country"] == "T"].set_index("group")["suppressed"].to_dict() == {
        "a": False,
        "b": True,
        "c": True,
    }
    pooled = shown[shown["country"] == "ALL"].set_index("group")["suppressed"]
    assert pooled["b"] and pooled["c"], "b and c of T would follow from the pooled shares"
    rest = shown[~shown["country"].isin(["T", "ALL"])]
    assert not rest["suppressed"].any()


def test_a_pooled_value_that_alone_would_be_blank_takes_another_with_it():
    many = [("a", 150, 300), ("b", 90, 300), ("c", 60, 300)]
    frame = _by_country({**dict.fromkeys(("P", "Q", "R", "S"), many), "T": many})
    lost = (frame["country"] == "T") & (frame["group"] == "c")
    frame.loc[lost, "n"] = 9.0  # asked of few, so only this one cell of T goes by its own
    shown = protect(frame, Rules(10), pooled="ALL")
    assert shown[shown["country"] == "ALL"]["suppressed"].sum() >= 2


@pytest.mark.parametrize("few", [1, 2])
def test_a_product_of_all_together_withholds_what_one_of_each_country_withholds(few: int) -> None:
    """The same shares, once as rows of each country and once as groups of all together, are blank in the same places."""
    shares = {"P": (150, 300), "Q": (90, 300), "R": (60, 300), "S": (80, 300)} | dict.fromkeys("TU"[:few], (7, 300))
    whole = {"indicator": "x", "estimate": 22.0, "n": 300.0 * len(shares), "unit": "%", "method": "share"}
    each = [{**whole, "estimate": 100 * a / n, "n": float(n)} for a, n in shares.values()]
    apart = results.make(
        [*({**row, "country": name} for name, row in zip(shares, each, strict=True)), {**whole, "country": "ALL"}],
        **{name: value for name, value in COMMON.items() if name != "country"},
    )
    grouped = results.make(
        [whole, *({**row, "group_by": "country", "group": name} for name, row in zip(shares, each, strict=True))],
        **{**COMMON, "country": "ALL"},
    )
    total_apart = protect(apart, Rules(10), pooled="ALL").set_index("country")["suppressed"]
    total_grouped = protect(grouped, Rules(10), pooled="ALL").set_index("group")["suppressed"]
    assert total_apart["ALL"]
    assert total_grouped[""]


def test_without_blank_countries_the_pooled_values_stay():
    many = [("a", 150, 300), ("b", 90, 300), ("c", 60, 300)]
    shown = protect(_by_country(dict.fromkeys(("P", "Q"), many)), Rules(10), pooled="ALL")
    assert not shown["suppressed"].any()


def _means(total: float, *groups: tuple[str, float, float]) -> pd.DataFrame:
    rows = [{"indicator": "x", "estimate": 50.0, "n": total, "method": "mean", "unit": "points of 100"}]
    rows += [
        {"indicator": "x", "group_by": "status", "group": name, "estimate": mean, "n": n, "method": "mean", "unit": "points of 100"}
        for name, mean, n in groups
    ]  # fmt: skip
    return results.make(rows, **COMMON)


@pytest.mark.parametrize("named", [True, False])
def test_a_few_people_of_no_group_shown_take_the_smallest_group_with_them(named):
    """Three people are hidden: the total mean less those of the groups would be theirs, named in the table or not."""
    groups = [("a", 40.0, 100.0), ("b", 60.0, 40.0), ("c", 55.0, 20.0)]
    frame = _means(163.0, *groups, *([("d", 10.0, 3.0)] if named else []))
    blank = protect(frame, Rules(10)).set_index("group")["suppressed"]
    assert blank["c"] and not blank["a"] and not blank["b"] and not blank[""]


def test_groups_that_hold_everybody_stay():
    assert not protect(_means(140.0, ("a", 40.0, 100.0), ("b", 60.0, 40.0)), Rules(10))["suppressed"].any()
    assert not protect(_means(160.0, ("a", 40.0, 100.0), ("b", 60.0, 40.0)), Rules(10))["suppressed"].any()


def test_a_share_by_another_rule_gives_no_few_persons_away() -> None:
    """A planted leak: 30 and 34 of 60 differ by four persons; a blanked share is not given back by the other rule."""

    def row(group: str, exposed: int, rule: str = "") -> dict[str, object]:
        method = "share by another rule" if rule else "share"
        share = 100 * exposed / 60
        place = {"indicator": f"x_{group}", "group": group, "threshold_id": rule, "method": method, "unit": "%"}
        return {**place, "estimate": share, "ci_low": share - 1, "ci_high": share + 1, "n": 60.0}

    rows = [row("near", 30), row("near", 34, "looser"), row("far", 30), row("far", 45, "looser")]
    rows += [row("few", 5), row("few", 20, "looser"), row("none_between", 25), row("none_between", 25, "looser")]
    found = protect(results.make(rows, origin="real"), Rules())
    shown = {(one.group, one.threshold_id): not one.suppressed for one in found.itertuples()}
    assert shown["near", ""] and not shown["near", "looser"]
    assert shown["far", ""] and shown["far", "looser"]
    assert not shown["few", ""] and not shown["few", "looser"]
    assert shown["none_between", "looser"]


# --- what was released before, and what is published beside -------------------------------------------------------------


def _one(exposed: int, n: int, **more: object) -> pd.DataFrame:
    share = 100 * exposed / n
    row = {
        "indicator": "x",
        "estimate": share,
        "ci_low": share - 1,
        "ci_high": share + 1,
        "n": n,
        "method": "share",
        "unit": "%",
    }
    return results.make([row | more], **COMMON)


def test_two_releases_would_give_four_persons_away() -> None:
    """Planted leak: 60 of 120, later 64 of 124. Without the ledger the difference says that all four newcomers are exposed."""
    first, second = protect(_one(60, 120), Rules(10)), protect(_one(64, 124), Rules(10))
    counts = [round(frame["estimate"].iloc[0] / 100 * frame["n"].iloc[0]) for frame in (first, second)]
    assert counts[1] - counts[0] == 4 == second["n"].iloc[0] - first["n"].iloc[0]
    guarded = protect(_one(64, 124), Rules(10), ledger=first)
    assert guarded["suppressed"].all() and set(guarded["suppression_reason"]) == {"release"}
    assert guarded[["estimate", "ci_low", "n"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("exposed", "n", "shown"),
    [
        (60, 120, True),  # the same number again
        (61, 120, False),  # the same n, another share: somebody came and somebody went
        (75, 150, True),  # thirty came, fifteen of them exposed
        (62, 150, False),  # thirty came, two of them exposed: a cell of two
        (88, 150, False),  # thirty came, all but two exposed
        (52, 111, False),  # nine went
        (45, 90, True),  # thirty went, fifteen of them exposed
    ],
)
def test_what_came_or_went_since_a_release_is_a_cell_of_its_own(exposed: int, n: int, shown: bool) -> None:
    guarded = protect(_one(exposed, n), Rules(10), ledger=protect(_one(60, 120), Rules(10)))
    assert guarded["suppressed"].iloc[0] != shown


def test_what_a_release_takes_is_not_given_back_by_the_rest() -> None:
    """The blank of a release is a blank of a breakdown: the next smallest goes with it."""
    before = protect(_shares(("a", 60, 120), ("b", 40, 100), ("c", 50, 110)), Rules(10))
    after = protect(_shares(("a", 63, 124), ("b", 40, 100), ("c", 50, 110)), Rules(10), ledger=before)
    reasons = after.set_index("group")["suppression_reason"].to_dict()
    assert reasons["a"] == "release" and "complement" in (reasons["b"], reasons["c"])


def test_means_of_nearly_the_same_persons_are_held_apart() -> None:
    def mean(value: float, n: float) -> pd.DataFrame:
        row = {"indicator": "x", "estimate": value, "n": n, "method": "mean", "unit": "points of 100"}
        return results.make([row], **COMMON)

    assert protect(mean(51.0, 121), Rules(10), ledger=mean(50.0, 120))["suppressed"].all()
    assert not protect(mean(51.0, 140), Rules(10), ledger=mean(50.0, 120))["suppressed"].any()


def test_official_figures_and_what_was_withheld_are_no_ledger() -> None:
    hidden = protect(_one(3, 120), Rules(10))
    assert hidden["suppressed"].all()
    assert not protect(_one(64, 124), Rules(10), ledger=hidden)["suppressed"].any()
    fact = results.make([{"indicator": "x", "estimate": 4.2, "unit": "%", "method": "share"}], origin="context")
    assert not protect(fact, Rules(10), ledger=fact.assign(estimate=4.3))["suppressed"].any()


def test_a_release_is_kept_and_never_rewritten(tmp_path: Path) -> None:
    fact = results.make([{"indicator": "f", "estimate": 4.2, "unit": "%", "method": "share"}], origin="context")
    own = protect(_one(60, 120), Rules(10))
    assert disclosure.ledger(tmp_path).empty
    path = disclosure.write_release(tmp_path, "2026-11", results.concat([own, own, fact]))
    assert path == paths.released(tmp_path) / "2026-11.parquet"
    pd.testing.assert_frame_equal(disclosure.ledger(tmp_path), own)
    with pytest.raises(DisclosureError, match="already there"):
        disclosure.write_release(tmp_path, "2026-11", own)
    with pytest.raises(DisclosureError, match="small letters, digits"):
        disclosure.write_release(tmp_path, "../2026", own)


def test_the_build_stops_when_one_language_says_what_the_other_withholds() -> None:
    shown = protect(_one(60, 120), Rules(10))
    disclosure.hold({"en/page": shown, "fr/page": shown}, Rules(10))
    hidden = protect(_one(60, 120), Rules(10), ledger=protect(_one(62, 122), Rules(10)))
    with pytest.raises(DisclosureError, match=r"en/page shows what fr/page withholds: .*x"):
        disclosure.hold({"en/page": shown, "fr/page": hidden}, Rules(10))


def test_the_build_stops_when_two_pages_differ_by_a_few_persons() -> None:
    with pytest.raises(DisclosureError, match=r"a and b show .* differ by fewer than 10"):
        disclosure.hold({"a": _one(60, 120), "b": _one(62, 123)}, Rules(10))
    disclosure.hold({"a": _one(60, 120), "b": _one(80, 160)}, Rules(10))


@pytest.mark.parametrize("frame", [_one(4, 120), _one(118, 120), _one(4, 8)])
def test_the_build_stops_when_a_number_never_passed_the_gate(frame: pd.DataFrame) -> None:
    with pytest.raises(DisclosureError, match=r"page: .* rests on fewer than 10 persons"):
        disclosure.hold({"page": frame}, Rules(10))
