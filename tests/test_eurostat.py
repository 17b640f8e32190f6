"""Fresh official tables: three formats say the same, what is declared is taken, what is not stops, revisions are listed.

The miniatures hold values of the study's own table (Eurostat, cult_emp_sex, bulk file of August 2019 and the interface of
2024); values that are made up are named so.
"""

import csv
import gzip
import io
import json
import math
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from compendium import facts
from compendium.__main__ import app
from compendium.errors import DefinitionError
from compendium.paths import DEFAULT_STUDY, REPOSITORY, context, study_file
from compendium.sheets import factsheet
from compendium.sheets.revisions import revisions
from compendium.study.context import FLAGS as context_flags
from compendium.study.context import Context
from compendium.study.context_file import load
from compendium.study.eurostat import jsonstat, sdmx_csv, tsv
from compendium.study.eurostat.extract import FLAGS, NO_VALUE, Extract, day
from compendium.tables import Table
from compendium.text import load as catalogue

Cells = Mapping[tuple[str, str, str, str], tuple[str, str]]
"""(sex, unit, geo, year) -> value and flags; a value may be empty."""
Drop = Callable[..., Path]

MINIATURES = sorted(path for path in (REPOSITORY / "tests/reference/eurostat").iterdir() if path.suffix != ".md")
OLD_TSV = (
    "sex,unit,geo\\time\t2018 \t2017 \t2016 \n"
    "T,PC_EMP,FR\t3.6 \t3.5 \t3.3 \n"
    "T,PC_EMP,BE\t4.3 b\t4.3 b\t3.9 \n"
    "T,PC_EMP,UK\t4.5 \t4.7 \t4.6 \n"
    "T,PC_EMP,EL\t3.3 \t3.2 \t3.2 \n"
    "T,THS_PER,FR\t965.7 \t939.4 \t889.1 \n"
    "F,THS_PER,FR\t466.9 \t435.1 \t399.3 \n"
)
NEW_TSV = (
    "freq,sex,unit,geo\\TIME_PERIOD\t2021 \t2022 \t2023 \n"
    "A,T,THS_PER,FR\t1087.5 bd\t1142.1 d\t1150.0 dp\n"  # 2023: made up
    "A,T,THS_PER,EU27_2020\t7401.3 b\t7732.6 \t: \n"
)


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """Put a file into the folder of official tables of a copy of the study's facts; return the study folder."""
    shutil.copytree(context(DEFAULT_STUDY), context(tmp_path))

    def put(name: str, content: str | bytes, **declared: tuple[str, str]) -> Path:
        folder = context(tmp_path) / "eurostat"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        path = context(tmp_path) / "eurostat.yml"
        text = path.read_text(encoding="utf-8")
        for old, new in declared.values():
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return put


def of(known: Context, country: str, indicator: str, year: str) -> pd.Series | None:
    rows = known.of_indicator(indicator)
    found = rows[(rows["country"] == country) & (rows["period"] == year)]
    return None if found.empty else found.iloc[0]


# --- three formats say the same -----------------------------------------------------------------------------------------


def as_tsv(cells: Cells, *, old: bool = False) -> str:
    years = sorted({year for *_, year in cells}, reverse=old)
    head = "sex,unit,geo\\time" if old else "freq,sex,unit,geo\\TIME_PERIOD"
    lines = ["\t".join([head, *(f"{year} " for year in years)])]
    for sex, unit, geo in dict.fromkeys(key[:3] for key in cells):
        found = [cells.get((sex, unit, geo, year), ("", "")) for year in years]
        codes = [sex, unit, geo] if old else ["A", sex, unit, geo]
        lines.append("\t".join([",".join(codes), *(f"{value or ':'} {flags}" for value, flags in found)]))
    return "\n".join(lines) + "\n"


def as_csv(cells: Cells, version: str = "1.0") -> str:
    """Write SDMX-CSV; version 1.0+ has labels behind the codes, 2.0+ in columns of their own."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = ["freq", "sex", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"]
    label = version.endswith("+")
    if version.startswith("1"):
        head = ["DATAFLOW", "LAST UPDATE", *names]
        writer.writerow([f"{name}:A label" if label and name != "OBS_VALUE" else name for name in head])
    else:
        both = [part for name in names for part in (name, f"Label of {name}")] if label else names
        writer.writerow(["STRUCTURE", "STRUCTURE_ID", *(["STRUCTURE_NAME"] if label else []), *both])
    for (sex, unit, geo, year), (value, flags) in cells.items():
        row = ["A", sex, unit, geo, year, value, flags, ""]
        if version.startswith("1"):
            said = [f"{code}:Said, in words" if label and at != 5 and code else code for at, code in enumerate(row)]
            writer.writerow(["ESTAT:CULT_EMP_SEX(1.0)" + (":A title" if label else ""), "01/07/24 23:00:00", *said])
        else:
            both = [part for code in row for part in (code, "Said, in words")] if label else row
            writer.writerow(["dataflow", "ESTAT:CULT_EMP_SEX(1.0)", *(["A title"] if label else []), *both])
    return out.getvalue()


def as_jsonstat(cells: Cells, *, sparse: bool = True) -> str:
    axes = [["A"], *(sorted({key[at] for key in cells}) for at in range(4))]
    shape = [len(axis) for axis in axes]
    values: dict[str, float] = {}
    status: dict[str, str] = {}
    for key, (value, flags) in cells.items():
        at = 0
        for axis, code in zip(axes, ["A", *key], strict=True):
            at = at * len(axis) + axis.index(code)
        if value:
            values[str(at)] = float(value)
        if flags:
            status[str(at)] = flags
    length = math.prod(shape)
    names = ["freq", "sex", "unit", "geo", "time"]
    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "source": "ESTAT",
            "updated": "2024-07-01T23:00:00+0200",
            "id": names,
            "size": shape,
            "dimension": {
                name: {"category": {"index": {code: at for at, code in enumerate(axis)} if sparse else axis}}
                for name, axis in zip(names, axes, strict=True)
            },
            "value": values if sparse else [values.get(str(at)) for at in range(length)],
            "status": status if sparse else [status.get(str(at)) for at in range(length)],
            "extension": {"id": "CULT_EMP_SEX"},
        }
    )


def content(extract: Extract) -> dict[tuple[str, str, str, str], tuple[float, str]]:
    """Return what an extract holds, whatever its format, leaving out cells that hold nothing at all."""
    cells = extract.cells(pd.Series(True, index=extract.keys.index))
    found = {}
    for cell in cells.itertuples(index=False):
        if cell.value or cell.flag:
            key = extract.keys.iloc[cell.row]
            found[key["sex"], key["unit"], key["geo"], cell.time] = (float(cell.value or "nan"), cell.flag)
    return found


numbers = st.integers(0, 10**7).map(lambda number: f"{number / 10:.1f}")
letters = st.sets(st.sampled_from(sorted(FLAGS)), max_size=2).map(lambda found: "".join(sorted(found)))
tables = st.dictionaries(
    st.tuples(
        st.sampled_from(["T", "M", "F"]),
        st.sampled_from(["PC_EMP", "THS_PER"]),
        st.sampled_from(["FR", "UK", "EL", "EU27_2020", "XK"]),
        st.integers(1995, 2024).map(str),
    ),
    st.one_of(st.tuples(numbers, letters), st.tuples(st.just(""), st.sampled_from(sorted(NO_VALUE)))),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(cells=tables)
def test_three_formats_give_the_same_frame(cells: Cells, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("formats")
    expected = {key: (float(value or "nan"), flags) for key, (value, flags) in cells.items()}
    written = {
        "new.tsv": (tsv.read, as_tsv(cells)),
        "old.tsv": (tsv.read, as_tsv(cells, old=True)),
        "one.csv": (sdmx_csv.read, as_csv(cells)),
        "one_labelled.csv": (sdmx_csv.read, as_csv(cells, "1.0+")),
        "two.csv": (sdmx_csv.read, as_csv(cells, "2.0")),
        "two_labelled.csv": (sdmx_csv.read, as_csv(cells, "2.0+")),
        "sparse.json": (jsonstat.read, as_jsonstat(cells)),
        "dense.json": (jsonstat.read, as_jsonstat(cells, sparse=False)),
    }
    for name, (reader, text) in written.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        for path in (folder / name, folder / f"{name}.gz"):
            np.testing.assert_equal(content(reader(path)), expected, err_msg=path.name)


@pytest.mark.parametrize("path", MINIATURES, ids=lambda path: path.name)
def test_what_we_hold_of_a_table_is_what_its_files_say(drop: Drop, path: Path) -> None:
    """Real values and flags in each format: all are those of the study's table, the shares worked out of them included."""
    known = load(drop(path.name, path.read_bytes()))
    (one,) = known.extracts
    assert known.revisions.empty
    assert (one.confirmed, one.added, one.without) == (one.values, 0, 0)
    assert one.values == 90
    pd.testing.assert_frame_equal(known.facts.drop(columns="source"), load(DEFAULT_STUDY).facts.drop(columns="source"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024-07-01T11:00:00+0200", "2024-07-01"), ("01/07/24 23:00:00", "2024-07-01"), ("01/07/2024", "2024-07-01")],
)
def test_days_are_read(text: str, expected: str) -> None:
    assert day(text) == expected
    assert day("yesterday") is None


# --- what files do to the study -----------------------------------------------------------------------------------------


def test_a_table_that_says_what_we_have_changes_nothing(drop: Drop) -> None:
    known = load(
        drop("cult_emp_sex.tsv", OLD_TSV, day=("extracted: {}", 'extracted: {"cult_emp_sex.tsv": "2019-08-15"}'))
    )
    own = load(DEFAULT_STUDY)
    assert known.revisions.empty
    (one,) = known.extracts
    assert (one.dataset, one.updated, one.confirmed, one.added, one.without) == ("cult_emp_sex", "2019-08-15", 18, 0, 0)
    assert one.elsewhere == {"EL": 3}
    columns = ["country", "indicator", "period", "estimate", "unit", "part", "estimand", "flag", "confidence"]
    pd.testing.assert_frame_equal(known.facts[columns], own.facts[columns])
    value = of(known, "GB", "cult_emp_pc", "2018")
    assert value is not None
    assert value["source"] == "Eurostat, EU-LFS, table cult_emp_sex (2019-08-15, cult_emp_sex.tsv)"
    assert known.found_in["GB", "cult_emp_pc", "2018"] == "raw/context/eurostat/cult_emp_sex.tsv, line 4, column 2018"


def test_new_years_are_added_with_flags_and_a_cut_where_extracts_meet(drop: Drop) -> None:
    known = load(drop("estat_cult_emp_sex.tsv.gz", gzip.compress(NEW_TSV.encode())))
    new = of(known, "FR", "cult_emp_ths", "2023")
    assert new is not None
    assert (new["estimate"], new["flag"], new["confidence"]) == (1150.0, "definition; provisional", "sourced")
    assert of(known, "EU27", "cult_emp_ths", "2023") is None, "a colon is a gap"
    assert known.broken("cult_emp_ths", "FR", 2022, 2023) is False, "one extract"
    assert known.broken("cult_emp_ths", "FR", 2020, 2021) is True
    seam = [one for one in known.breaks if one.reason["en"].startswith("two extracts of the statistics meet")]
    assert {(place, one.between) for one in seam for place in one.places} == {
        ("FR", (2020, 2021)),
        ("EU27", (2020, 2021)),
    }
    assert not load(DEFAULT_STUDY).broken("cult_emp_ths", "PL", 2019, 2020)


@pytest.mark.parametrize("suffix", ["tsv", "csv", "json"])
def test_revisions_are_listed_whatever_the_format(drop: Drop, suffix: str) -> None:
    cells = {
        ("T", "THS_PER", "FR", "2021"): ("1090.0", "b"),  # made up: we have 1087.5
        ("T", "THS_PER", "FR", "2022"): ("1142.1", ""),
        ("T", "THS_PER", "FR", "2020"): ("", "c"),  # made up: we have 972.3
        ("F", "THS_PER", "FR", "2021"): ("545.0", ""),  # made up: half of the total
    }
    text = {"tsv": as_tsv, "csv": as_csv, "json": as_jsonstat}[suffix](cells)
    known = load(drop(f"cult_emp_sex.{suffix}", text))
    listed = known.revisions.set_index(["indicator", "country", "period"])
    revised = listed.loc[("cult_emp_ths", "FR", "2021")]
    assert (revised["old"], revised["new"], revised["effect"], revised["file"]) == (
        1087.5,
        1090.0,
        "revised",
        f"cult_emp_sex.{suffix}",
    )
    assert revised["unit"] == "thousand persons"
    withdrawn = listed.loc[("cult_emp_ths", "FR", "2020")]
    assert (withdrawn["effect"], withdrawn["old"], math.isnan(withdrawn["new"])) == ("withdrawn", 972.3, True)
    assert of(known, "FR", "cult_emp_ths", "2020") is None
    assert ("cult_emp_ths", "FR", "2022") not in listed.index
    share = of(known, "FR", "cult_emp_women_share", "2021")
    assert share is not None
    assert (share["estimate"], share["flag"]) == (50.0, "derived; break"), "what is worked out follows"


def test_a_table_that_extends_leaves_our_values(drop: Drop) -> None:
    changed = NEW_TSV.replace("1087.5 bd", "1090.0 bd")
    known = load(drop("cult_emp_sex.tsv", changed, effect=("    effect: replace", "    effect: extend")))
    held, new = of(known, "FR", "cult_emp_ths", "2021"), of(known, "FR", "cult_emp_ths", "2023")
    assert held is not None
    assert new is not None
    assert (held["estimate"], new["estimate"]) == (1087.5, 1150.0)
    assert known.revisions[["effect", "old", "new"]].to_numpy().tolist() == [["kept", 1087.5, 1090.0]]
    assert known.broken("cult_emp_ths", "FR", 2022, 2023), "old and new extract meet"


def test_codes_that_nobody_has_checked_make_values_to_verify(drop: Drop) -> None:
    text = "freq,unit,sector,cofog99,na_item,geo\\TIME_PERIOD\t2023 \nA,PC_GDP,S13,GF0802,TE,FR\t0.7 p\n"  # made up
    value = of(load(drop("gov_10a_exp.tsv", text)), "FR", "gov_cult_pc_gdp", "2023")
    assert value is not None
    assert (value["estimate"], value["unit"], value["confidence"]) == (0.7, "% of GDP", "to verify")


def test_a_break_between_extracts_is_lifted_where_one_table_gives_both_sides(drop: Drop) -> None:
    assert load(DEFAULT_STUDY).broken("cult_emp_pc", "FR", 2018, 2019)
    whole = "freq,sex,unit,geo\\TIME_PERIOD\t2018 \t2019 \nA,T,PC_EMP,FR\t3.6 \t3.6 \n"
    known = load(drop("cult_emp_sex.tsv", whole))
    assert not known.broken("cult_emp_pc", "FR", 2018, 2019)
    assert known.broken("cult_emp_pc", "PL", 2018, 2019)
    assert known.broken("cult_emp_pc", "FR", 2017, 2018), "the table meets our values there"
    said = facts.reasons_cut(known, "cult_emp_pc", ["FR", "PL"], "en")
    assert "2018/2019 (PL) two extracts of the same table with a revised method" in said
    assert "2017/2018 (FR) two extracts of the statistics meet here" in said


def test_a_gap_is_closed_where_a_table_fills_it(drop: Drop) -> None:
    def levels(known: Context) -> list[frozenset[str]]:
        return [gap.places for gap in known.gaps if gap.what["en"].startswith("Cultural employment after 2022")]

    assert levels(load(DEFAULT_STUDY)) == [frozenset()]
    (open_in,) = levels(load(drop("cult_emp_sex.tsv", NEW_TSV)))
    assert "FR" not in open_in
    assert {"PL", "DE", "IT"} <= open_in
    every = {("T", "THS_PER", geo, "2023"): ("100.0", "") for geo in ("PT", "PL", "DE", "UK", "BE", "ES", "IT", "NL")}
    assert levels(load(drop("rest.csv", as_csv(every)))) == []


def test_the_same_files_give_the_same_facts(drop: Drop) -> None:
    drop("cult_emp_sex.tsv", NEW_TSV)
    folder = drop("cult_emp_sex_2.csv", as_csv({("T", "PC_EMP", "FR", "2023"): ("3.9", "p")}))  # made up
    first, second = load(folder), load(folder)
    pd.testing.assert_frame_equal(first.facts, second.facts)
    assert [one.file for one in first.extracts] == ["cult_emp_sex.tsv", "cult_emp_sex_2.csv"]
    assert not list((context(folder) / "eurostat").glob("*.part")), "raw stays as it was"


# --- what readers are told ----------------------------------------------------------------------------------------------


def sheet_of(known: Context, unit: str = "FR", language: str = "en") -> factsheet.Sheet:
    return factsheet.open_sheet(known, ["FR", "PL"], unit, {}, catalogue(language))


def test_a_page_lists_revisions_of_its_country_and_europe(drop: Drop) -> None:
    cells = {
        ("T", "THS_PER", "FR", "2021"): ("1090.0", "b"),  # made up: we have 1087.5
        ("T", "THS_PER", "FR", "2022"): ("", "c"),  # made up: we have 1142.1
        ("T", "THS_PER", "PL", "2022"): ("700.0", ""),  # made up
        ("T", "THS_PER", "XK", "2022"): ("70.0", ""),  # made up
    }
    known = load(drop("cult_emp_sex.csv", as_csv(cells)))
    table = revisions(sheet_of(known))
    assert isinstance(table, Table)
    assert set(table.frame["Country"]) == {"France"}
    assert table.frame["Difference"].tolist() == ["+2.5", "–"]
    assert table.frame["Value of the fresh table"].tolist() == ["1,090.0", "no value"]
    assert table.frame["What this page shows"].tolist() == ["the fresh value", "a gap: the fresh table gives no value"]
    assert "1 July 2024" in table.note
    assert "outside the study (1)" in table.note
    french = sheet_of(known, "EU", "fr")
    both = revisions(french)
    assert isinstance(both, Table)
    assert set(both.frame["Pays"]) == {"France", "Pologne"}
    assert not french.t.missing


def test_a_page_says_when_nothing_is_revised(drop: Drop) -> None:
    assert "No fresh official table was read" in repr(revisions(sheet_of(load(DEFAULT_STUDY))))
    known = load(drop("cult_emp_sex.tsv", OLD_TSV))
    assert "No fresh official table contradicts" in repr(revisions(sheet_of(known)))
    assert "day unknown" in repr(revisions(sheet_of(known)))


def test_every_flag_has_words() -> None:
    sheet = sheet_of(load(DEFAULT_STUDY), language="fr")
    for code, _ in FLAGS.values():
        assert code in context_flags
        assert sheet.label("flag", code) != code
    assert not sheet.t.missing


def test_the_command_says_what_was_read_or_one_sentence(drop: Drop) -> None:
    run = CliRunner()
    folder = drop("cult_emp_sex.tsv", NEW_TSV.replace("1087.5 bd", "1090.0 bd") + "A,T,THS_PER,XK\t1 \t2 \t: \n")
    study = study_file(DEFAULT_STUDY).read_text(encoding="utf-8")
    line = '  - {code: "DK", name: {en: "Denmark"}, languages: [da]}\n'
    study_file(folder).write_text(study.replace("countries:\n", f"countries:\n{line}"), encoding="utf-8")
    said = run.invoke(app, ["facts", "--study", str(folder)])
    assert said.exit_code == 0
    for part in (
        "cult_emp_sex.tsv (dataset cult_emp_sex",
        "5 values taken: 1 new, 3 as before, 1 revised",
        "XK (2)",
        "Denmark (DK): nothing in our sources",
    ):
        assert part in said.output
    assert "revised: FR, cult_emp_ths, 2021: 1087.5 -> 1090 thousand persons (cult_emp_sex.tsv)" in said.output
    refused = run.invoke(app, ["facts", "--study", str(drop("notes.txt", ""))])
    assert refused.exit_code == 1
    assert "no format of official tables" in refused.output


# --- what is refused ----------------------------------------------------------------------------------------------------

HEAD = "freq,sex,unit,geo\\TIME_PERIOD\t2022 \n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3.6 q\n", ["eurostat/cult_emp_sex.tsv, line 2, column 2022", "flag 'q'", "b (break in series)"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3.", ["eurostat/cult_emp_sex.tsv", "cut off", "as it was downloaded"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\tmany \n", ["line 2, column 2022", "'many' is no number", "':'"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3,6 \n", ["line 2, column 2022", "'3,6' is no number"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t-3.6 \n", ["line 2, column 2022", "cult_emp_pc: -3.6", "0 to 100"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t103.6 \n", ["line 2, column 2022", "103.6", "0 to 100"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,THS_PER,FR\t-5 \n", ["line 2, column 2022", "cult_emp_ths: -5", "0 or more"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,THS_PER,FR\t1142100 \n", ["line 2, column 2022", "1142100 here and 1142.1 in indicators.csv", "thousand persons", "factor"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP\t3.6 \n", ["line 2", "3 codes where the header has 4"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3.6 \t3.7 \n", ["line 2", "2 cells where the header has 1 periods"]),
        ("cult_emp_sex.tsv", "sex;unit;geo;2022\nT;PC_EMP;FR;3.6\n", ["line 1", "legal is dimensions and time"]),
        ("cult_emp_sex.tsv", "", ["line 1", "legal is"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3.6 \nA,T,PC_EMP,FR\t3.7 \n", ["line 3, column 2022", "line 2, column 2022 (3.6, here 3.7)", "once"]),
        ("cult_emp_sex.tsv", HEAD.replace("2022", "2022-Q1") + "A,T,PC_EMP,FR\t3.6 \n", ["line 2, column 2022-Q1", "is no year"]),
        ("cult_emp_sex.tsv", HEAD + "A,T,PC_XX,FR\t3.6 \n", ["no cell of it is declared in eurostat.yml", "unit (PC_XX)"]),
        ("cult_emp_sex.tsv", HEAD.replace("sex", "sex,age") + "A,T,Y15-74,PC_EMP,FR\t3.6 \n", ["dimension 'age'", "in the file but not declared", "age (Y15-74)"]),
        ("cult_emp_sex.tsv", "freq,unit,geo\\TIME_PERIOD\t2022 \nA,PC_EMP,FR\t3.6 \n", ["dimension 'sex'", "declared but not in the file"]),
        ("cult_emp_wsta.tsv", HEAD + "A,T,PC_EMP,FR\t3.6 \n", ["eurostat/cult_emp_wsta.tsv", "not declared in eurostat.yml", "cult_emp_sex", "unit (PC_EMP)"]),
        ("notes.txt", "see the web page", ["notes.txt", "'.txt' is no format", ".tsv, .tsv.gz"]),
        ("cult_emp_sex.tsv.gz", "not packed", ["cult_emp_sex.tsv.gz", "not readable"]),
        ("a.csv", "country,year,value\nFR,2022,3.6\n", ["a.csv, line 1", "TIME_PERIOD is missing"]),
        ("a.csv", "", ["a.csv", "empty"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("many", "")}), ["a.csv, line 2", "'many' is no number"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.6", "q")}), ["a.csv, line 2", "flag 'q'"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}).replace("01/07/24 23:00:00", "in July"), ["line 2", "'in July' is no day"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}).replace("CULT_EMP_SEX", "CULT_EMP_AGE"), ["'cult_emp_age' is not declared"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}) + "ESTAT:CULT_EMP_AGE(1.0),,A,T,PC_EMP,FR,2021,3.6,,\n", ["line 3", "several datasets in one file: cult_emp_sex, cult_emp_age"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}) + "ESTAT:CULT_EMP_SEX(1.0),,A,T\n", ["line 3", "4 cells where the header has 10"]),
        ("a.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}) + "x,,A,T,P,FR,2021,3.6,,,,,\n", ["line 3", "13 cells where the header has 10"]),
        ("a.json", "{", ["a.json, line 1", "not readable as JSON"]),
        ("a.json", '{"class": "collection", "version": "2.0", "id": ["geo"], "size": [1], "dimension": {}}', ["a.json", "class", "'collection' is not legal; legal are dataset"]),
        ("a.json", as_jsonstat({("T", "PC_EMP", "FR", "2022"): ("3.6", "q")}), ["a.json, value 0", "flag 'q'"]),
        ("a.json", as_jsonstat({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}).replace('"0": 3.6', '"7": 3.6'), ["a.json, value", "position 7", "1 cells"]),
        ("a.json", as_jsonstat({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}, sparse=False).replace("[3.6]", "[3.6, 3.7]"), ["a.json, value", "2 entries", "make 1"]),
        ("a.json", as_jsonstat({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}).replace('"size": [1, 1', '"size": [1, 2'), ["dimension sex", "1 categories where size says 2"]),
    ],
)  # fmt: skip
def test_bad_files_stop_with_file_place_and_what_is_legal(drop: Drop, name: str, text: str, said: list[str]) -> None:
    folder = drop(name, text)
    with pytest.raises(DefinitionError) as stopped:
        load(folder)
    message = str(stopped.value)
    assert "\n" not in message
    for part in said:
        assert part in message


@settings(max_examples=60, deadline=None)
@given(
    at=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 30),
    put=st.sampled_from(["", "\t", "\n", ",", '"', "{", "[]", "null", "-", ":", "\x00", "1e999", "true", "\xff"]),
)
def test_a_spoilt_file_is_read_or_refused_in_one_sentence(
    at: float, length: int, put: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spoilt")
    for source in MINIATURES:
        whole = source.read_bytes()
        start = int(at * len(whole))
        path = folder / source.name
        path.write_bytes(whole[:start] + put.encode("latin-1") + whole[start + length :])
        suffix = source.name.removesuffix(".gz").rpartition(".")[2]
        try:
            extract = {"tsv": tsv.read, "csv": sdmx_csv.read, "json": jsonstat.read}[suffix](path)
            extract.cells(pd.Series(True, index=extract.keys.index))
        except DefinitionError as refused:
            assert "\n" not in str(refused)
            assert source.name in str(refused)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("size", [1, "x", 1, 1, 1], "size.1: 'x' is not legal"),
        ("id", ["freq", "sex", "unit", "geo", "when"], "'when' stands in id and not in dimension"),
        ("dimension", {}, "'freq' stands in id and not in dimension"),
        ("version", "1.0", "version: '1.0' is not legal"),
        ("value", {"0": True}, "value 0: True is neither a number nor a flag"),
        ("value", "3.6", "legal is a list, or an object keyed by position"),
        ("updated", "in July", "updated: 'in July' is no day"),
    ],
)
def test_a_jsonstat_that_does_not_fit_itself_is_refused(tmp_path: Path, key: str, value: object, said: str) -> None:
    whole = json.loads(as_jsonstat({("T", "PC_EMP", "FR", "2022"): ("3.6", "")}))
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**whole, key: value}), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        content(jsonstat.read(path))
    assert "a.json" in str(refused.value)
    assert said in str(refused.value)


def test_two_files_that_contradict_one_another_stop(drop: Drop) -> None:
    drop("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3.6 \n")
    folder = drop("later.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.8", "p")}))
    with pytest.raises(DefinitionError) as stopped:
        load(folder)
    message = str(stopped.value)
    for part in (
        "eurostat/later.csv, line 2",
        "FR, cult_emp_pc, 2022 is 3.8 p here",
        "3.6 in cult_emp_sex.tsv, line 2, column 2022",
        "legal is one value",
    ):
        assert part in message  # fmt: skip


def test_two_files_that_agree_count_once(drop: Drop) -> None:
    drop("cult_emp_sex.tsv", HEAD + "A,T,PC_EMP,FR\t3.6 \n")
    known = load(drop("same.csv", as_csv({("T", "PC_EMP", "FR", "2022"): ("3.60", "")})))
    rows = known.of_indicator("cult_emp_pc")
    assert len(rows[(rows["country"] == "FR") & (rows["period"] == "2022")]) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit: "thousand persons"', 'unit: "thousands"', ["cult_emp_ths: unit 'thousands' is unknown"]),
        (
            'unit: "thousand persons"',
            'unit: "%"',
            ["cult_emp_ths: unit '%' where indicators.csv has 'thousand persons'"],
        ),
        (
            '"cult_emp_ths", where',
            '"cult_emp_all", where',
            ["cult_emp_all: no indicator of indicators.csv; give it a label"],
        ),
        (
            '"cult_emp_ths", where',
            '"cult_unheard", label: "Unheard", where',
            ["the share cult_emp_women_share", "'cult_emp_ths'"],
        ),
        ('"cult_emp_men_ths", where', '"cult_emp_ths", where', ["cult_emp_ths", "declared twice"]),
        ("    effect: replace", "    effect: overwrite", ["'overwrite' is not legal; legal are replace, extend"]),
        ('"UK": "GB"', '"UK": "EU"', ["geo UK: place 'EU'", "no place of statistics", "FR, PT"]),
        ('code: "cult_emp_n2"', 'code: "cult_emp_sex"', ["'cult_emp_sex' is declared twice"]),
        ("licence:", "license:", ["unknown key 'license'"]),
    ],
)
def test_a_bad_declaration_stops(drop: Drop, old: str, new: str, said: list[str]) -> None:
    folder = drop("cult_emp_sex.tsv", NEW_TSV, change=(old, new))
    with pytest.raises(DefinitionError) as stopped:
        load(folder)
    for part in ("eurostat.yml", *said):
        assert part in str(stopped.value)


def test_files_without_a_declaration_stop(drop: Drop) -> None:
    folder = drop("cult_emp_sex.tsv", NEW_TSV)
    (context(folder) / "eurostat.yml").unlink()
    with pytest.raises(
        DefinitionError, match=r"eurostat.yml: the file is missing; it must declare what cult_emp_sex.tsv holds"
    ):
        load(folder)


def test_an_indicator_of_no_topic_stops(drop: Drop) -> None:
    change = ('"cult_emp_pc", where', '"cult_unheard", label: "Unheard of", where')
    text = HEAD + "A,T,PC_EMP,FR\t3.6 \n"
    with pytest.raises(DefinitionError, match=r"eurostat.yml: indicator 'cult_unheard' belongs to no topic"):
        load(drop("cult_emp_sex.tsv", text, change=change))


# --- size ---------------------------------------------------------------------------------------------------------------


def test_a_full_bulk_file_takes_seconds(tmp_path: Path) -> None:
    n = 200_000
    line = "\t3.6 " * 12
    rows = "".join(f"A,T,PC_EMP,X{number}{line}\n" for number in range(n))
    path = tmp_path / "cult_emp_sex.tsv"
    path.write_text(
        "freq,sex,unit,geo\\TIME_PERIOD" + "".join(f"\t{year} " for year in range(2011, 2023)) + "\n" + rows
    )
    start = time.process_time()
    extract = tsv.read(path)
    cells = extract.cells(extract.keys["geo"].isin(["X1", f"X{n - 1}"]))
    assert len(cells) == 24
    assert time.process_time() - start < 5
