"""What comes in at the door, and what is turned away with one clear sentence."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from compendium import paths
from compendium.collection import collect, fieldwork
from compendium.errors import AnswersError, CompendiumError, DefinitionError
from compendium.reading import read_parquet, write_parquet
from compendium.study.study import Study, load_study

TEXT = {"en": "Text"}
STUDY = {
    "id": "small",
    "title": TEXT,
    "countries": [{"code": "NO", "name": TEXT, "languages": ["en"]}, {"code": "NA", "name": TEXT, "languages": ["en"]}],
    "pooled": {"code": "ALL", "name": TEXT},
    "waves": ["2026"],
    "languages": ["en"],
    "disclosure": {"minimum_cell": 10},
    "seed": 1,
    "questionnaire": {
        "id": "small",
        "version": "1",
        "languages": ["en"],
        "modules": [
            {
                "id": "all",
                "title": TEXT,
                "questions": [
                    {
                        "id": "trade",
                        "type": "single",
                        "text": TEXT,
                        "options": [{"code": "music", "label": TEXT}, {"code": "crafts", "label": TEXT}],
                    },
                    {
                        "id": "tools",
                        "type": "multiple",
                        "text": TEXT,
                        "options": [{"code": code, "label": TEXT} for code in ("pen", "saw", "other")],
                    },
                    {"id": "years", "type": "number", "unit": "years", "text": TEXT, "minimum": 0, "maximum": 60},
                    {"id": "tired", "type": "item", "scale": "frequency5", "text": TEXT},
                    {"id": "words", "type": "text", "text": TEXT, "personal": True},
                ],
            }
        ],
    },
}
HEADER = "respondent,country,trade,tools,years,tired,words\n"
SHARED = {"file": "answers.csv", "origin": "real", "source": "a test", "licence": "none"}


def small(folder: Path, answers: str, crosswalk: str | None = None, **declared: str) -> Study:
    """Lay out a study of two countries whose answers stand in one file."""
    own = {**SHARED, **({"crosswalk": "crosswalk.csv"} if crosswalk else {}), **declared}
    (folder / "study.yml").write_text(yaml.safe_dump({**STUDY, "answers": own}), encoding="utf-8")
    (folder / "answers.csv").write_text(answers, encoding="utf-8")
    if crosswalk:
        (folder / "crosswalk.csv").write_text("their_column,their_label,question,code\n" + crosswalk, encoding="utf-8")
    return load_study(folder)


def test_codes_stay_text_and_every_row_is_kept(tmp_path: Path) -> None:
    """Norway is not false and Namibia is not missing."""
    study = small(
        tmp_path,
        HEADER + 'ann@x.org,NO,music,pen;saw,3,5,hello\nann@x.org,NO,,,,not_applicable,\nben,NA,crafts,,"2,5",1,\n',
    )
    north, south = collect(study, "NO", "2026"), collect(study, "NA", "2026")
    assert len(north) == 2
    assert south["country"].tolist() == ["NA"]
    assert north.loc[0, ["trade", "tools", "years", "tired"]].tolist() == ["music", "pen;saw", 3.0, "5"]
    assert north.loc[1, ["trade", "tools", "years"]].isna().all()
    assert north.loc[1, "tired"] == "not_applicable"
    assert south.loc[0, "years"] == 2.5


def test_tokens_become_pseudonyms_unless_the_file_holds_some(tmp_path: Path) -> None:
    answers = HEADER + "ann@x.org,NO,music,,,1,\nben@x.org,NO,music,,,1,\nann@x.org,NO,music,,,2,\nc,NA,music,,,1,\n"
    collected = collect(small(tmp_path, answers), "NO", "2026")
    first, second, third = collected["respondent"]
    assert first == third != second
    assert first.startswith("NO-")
    assert not collected.astype("str").apply(lambda column: column.str.contains("@")).any(axis=None)
    kept = collect(small(tmp_path, answers.replace("@x.org", "-17"), pseudonymous=True), "NO", "2026")  # type: ignore[arg-type]
    assert kept["respondent"].iloc[1] == "ben-17"
    with pytest.raises(AnswersError, match=r"the column 'respondent' holds e-mail addresses \(4 rows\)"):
        collect(small(tmp_path, answers, pseudonymous=True), "NO", "2026")  # type: ignore[arg-type]


def test_known_spellings_are_put_right_and_refusals_counted(tmp_path: Path) -> None:
    collected = collect(
        small(tmp_path, HEADER + "a,NO,music,,,alway,\nb,NO,music,,,prefer_not_to_say,\nc,NA,music,,,1,\n"),
        "NO",
        "2026",
    )
    assert collected["tired"].tolist()[0] == "5"
    assert pd.isna(collected["tired"].tolist()[1])
    assert collected["respelt"].tolist() == [1, 0]
    assert collected["refused"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (HEADER + "a,NO,painting,,,1,\nb,NA,music,,,1,\n", r"column 'trade': the code 'painting' \(1 rows\) is unknown; legal are music, crafts"),
        (HEADER + "a,NO,music,hammer;pen,,1,\n", r"column 'tools': the code 'hammer' \(1 rows\) is unknown; legal are pen, saw, other"),
        (HEADER + "a,NO,music,,,9,\n", r"column 'tired': the code '9' \(1 rows\) is unknown"),
        (HEADER + "a,NO,music,,many,1,\n", r"column 'years': 'many' \(1 such rows\) is no number"),
        (HEADER + "a,NO,music,,,1,\nb,XX,music,,,1,\n", r"column 'country': the country 'XX' in 1 rows; legal are NO, NA"),
        (HEADER + "a,NO,music,,,1,\nb,,music,,,1,\n", r"column 'country': no country in 1 rows; legal are NO, NA"),
        (HEADER + "a,NA,music,,,1,\n", r"no answers from NO; each country of the study needs at least one row"),
        (HEADER.replace("years", "trade"), r"line 1: the column 'trade' stands twice"),
        (HEADER.replace("years,", ""), r"no column holds the question 'years'"),
        (HEADER.replace("years", "years,age"), r"the column 'age' is no question of questionnaire small"),
        ("respondent,trade,tools,years,tired,words\n", r"no column 'country' where the file holds 2 countries"),
        ("", r"the file is empty"),
        (HEADER + "a,NO,music\n", r"line 2: 3 cells where the header has 7"),
    ],
    ids=[
        "code", "several", "item", "number", "strange_country", "no_country", "empty_country",
        "twice", "absent", "extra", "countryless", "empty", "short",
    ],
)  # fmt: skip
def test_bad_input_is_turned_away_with_one_sentence(tmp_path: Path, answers: str, sentence: str) -> None:
    study = small(tmp_path, answers)
    with pytest.raises(AnswersError, match=sentence) as caught:
        collect(study, "NO", "2026")
    assert "answers.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing_or_in_another_encoding(tmp_path: Path) -> None:
    study = small(tmp_path, HEADER, encoding="utf-8")
    content = HEADER.encode() + "a,NO,music,,,1,été\nb,NA,music,,,1,\n".encode("latin-1")
    (tmp_path / "answers.csv").write_bytes(content)
    with pytest.raises(AnswersError, match=r"answers\.csv, line 2: not readable as utf-8"):
        collect(study, "NO", "2026")
    study = small(tmp_path, HEADER)
    (tmp_path / "answers.csv").write_bytes(content)
    collected = collect(study, "NO", "2026")
    assert collected["words"].tolist() == ["été"]
    assert collected.attrs["received"]["encoding"] == "cp1252"
    (tmp_path / "answers.csv").unlink()
    with pytest.raises(AnswersError, match=r"answers\.csv: the file is missing"):
        collect(study, "NO", "2026")


def test_a_folder_without_its_sidecar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"NO/2026: there are no answers of NO in the wave 2026; legal are"):
        collect(load_study(tmp_path), "NO", "2026")
    (tmp_path / "raw" / "NO" / "2026").mkdir(parents=True)
    with pytest.raises(DefinitionError, match=r"source\.yml: the file is missing"):
        collect(load_study(tmp_path), "NO", "2026")


THEIRS = """Land,Beruf,Womit?,Jahre,Müde,Worte,Uhr
Norwegen,Musik,Stift;Säge,seit 2020,nie,x,1
Norwegen,,Feder,4,immer,x,2
Namibia,Handwerk,,1,,,3
"""
CROSSWALK = """Land,Norwegen,country,NO
Land,Namibia,country,NA
Beruf,Musik,trade,music
Beruf,Handwerk,trade,crafts
Beruf,Tanz,trade,crafts
Beruf,(blank),trade,music
Womit?,Stift,tools,pen
Womit?,Säge,tools,saw
Womit?,*,tools,other
Jahre,,years,
Jahre,seit 2020,years,6
Müde,nie,tired,1
Müde,immer,tired,5
Worte,,words,
"""


def test_a_crosswalk_turns_their_labels_into_our_codes(tmp_path: Path) -> None:
    study = small(tmp_path, THEIRS, CROSSWALK)
    north = collect(study, "NO", "2026")
    assert north["trade"].tolist() == ["music", "music"]
    assert north["tools"].tolist() == ["pen;saw", "other"]
    assert north["years"].tolist() == [6.0, 4.0]
    assert north["tired"].tolist() == ["1", "5"]
    assert north.attrs["crosswalk"] == {"unused": ["Beruf: Tanz"], "unnamed": ["Uhr"], "caught": {"Womit?": 1}}
    write_parquet(tmp_path / "collected.parquet", north)
    told = fieldwork(study, "NO", "2026", read_parquet(tmp_path / "collected.parquet"))
    warnings = told[told["indicator"] == "crosswalk"]
    assert warnings["group"].tolist() == ["unused", "unnamed"]
    assert "Beruf: Tanz" in warnings["caveat"].iloc[0]


@pytest.mark.parametrize(
    ("crosswalk", "sentence"),
    [
        (
            CROSSWALK.replace("Beruf,Musik", "Beruf,Gesang"),
            r"column 'Beruf': the label 'Musik' \(1 rows\) is unknown; legal are 'Gesang', 'Handwerk', 'Tanz'",
        ),
        (CROSSWALK + "Wetter,,,\n", r"the column 'Wetter' of .*crosswalk\.csv is not there; there are 'Land', 'Beruf'"),
        (
            CROSSWALK + "Beruf,Musik,trade,crafts\n",
            r"crosswalk\.csv: the label 'Musik' of 'Beruf' stands twice for trade",
        ),
        (CROSSWALK + "Land,,trade,\n", r"crosswalk\.csv: two columns feed the question 'trade'"),
    ],
    ids=["label", "column", "label_twice", "question_twice"],
)
def test_a_crosswalk_that_does_not_fit_says_where(tmp_path: Path, crosswalk: str, sentence: str) -> None:
    with pytest.raises(AnswersError, match=sentence):
        collect(small(tmp_path, THEIRS, crosswalk), "NO", "2026")


def test_fieldwork_counts_who_answered_and_describes_only_who_agreed() -> None:
    study = load_study(paths.DEFAULT_STUDY)
    unit = study.countries[0].code
    collected = collect(study, unit, study.waves[0])
    told = fieldwork(study, unit, study.waves[0], collected)
    received = told[told["indicator"] == "received"]
    total = received[received["group_by"] == ""]
    agreed = int((collected["consent"] == "yes").sum())
    assert total["estimate"].item() == len(collected)
    assert agreed < len(collected)
    for variable in ("population", "status", "territory", "language"):
        assert received.loc[received["group_by"] == variable, "estimate"].sum() == agreed, variable
    assert total["period"].item().startswith(study.waves[0])
    assert set(told["origin"]) == {"synthetic"}


def test_an_unknown_country_names_the_legal_ones() -> None:
    with pytest.raises(CompendiumError, match="legal are"):
        load_study(paths.DEFAULT_STUDY).country("XX")


def test_answers_to_another_questionnaire_are_refused(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    folder = tmp_path / "raw" / "NO" / "2026"
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(
        "{origin: real, source: a test, licence: none, questionnaire: large}", encoding="utf-8"
    )
    with pytest.raises(
        DefinitionError, match=r"source\.yml: questionnaire: 'large' is not legal; this study asks 'small'"
    ):
        collect(load_study(tmp_path), "NO", "2026")
