"""At the door: who withdrew is gone, tokens become pseudonyms that only the key explains, identifiers are masked."""

import hashlib
import hmac
import stat
from pathlib import Path

import pandas as pd
import pytest

from compendium import cleaning, collection, paths
from compendium.collection import collect, privacy
from compendium.errors import AnswersError, CompendiumError
from compendium.study.study import Study, load_study


@pytest.mark.parametrize(
    ("country", "text", "expected"),
    [
        ("FR", "écris à marie.dupont+art@coop.example.fr ou au 06 12 34 56 78", "écris à [e-mail] ou au [phone]"),
        ("PL", "albo 601 234 567", "albo [phone]"),
        ("DE", "Tel.: 0251/1234567", "Tel.: [phone]"),
        ("GB", "call +44 (0)20 7946 0958 please", "call [phone] please"),
        ("PT", "o meu número é 912 345 678", "o meu número é [phone]"),
        ("FR", "voir www.atelier.example/equipe et @atelier_maker", "voir [link] et [link]"),
        ("FR", "jean (at) exemple.fr", "[e-mail]"),
    ],
)
def test_identifiers_are_masked(country: str, text: str, expected: str) -> None:
    texts, counts = privacy.masked(pd.Series([text, None]), country)
    assert texts.tolist()[0] == expected
    assert counts.tolist() == [expected.count("["), 0]


@pytest.mark.parametrize("country", ["FR", "PT", "PL", "DE", "GB"])
@pytest.mark.parametrize(
    "text", ["le 12.03.2024", "12.000,50 euros", "2020, 2021, 2022", "J'ai 3.5 jours. Rien d'autre"]
)
def test_dates_sums_and_years_stay(country: str, text: str) -> None:
    texts, counts = privacy.masked(pd.Series([text]), country)
    assert texts.tolist() == [text]
    assert counts.tolist() == [0]


def test_a_pseudonym_is_the_same_in_every_wave_and_cannot_be_computed_without_the_key() -> None:
    tokens = pd.Series(["ann@x.org", None, " ann@x.org "])
    mine, other = privacy.pseudonyms(tokens, b"k" * 32), privacy.pseudonyms(tokens, b"l" * 32)
    assert mine[0] == mine[2] == hmac.new(b"k" * 32, b"ann@x.org", hashlib.sha256).hexdigest()[:16]
    assert mine[0] != other[0]
    assert mine[0] != hashlib.sha256(b"ann@x.org").hexdigest()[:16]
    assert pd.isna(mine[1])


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPENDIUM_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key = privacy.key_of("a-study")
    assert key == privacy.key_of("a-study")
    assert len(key) == 64
    path = tmp_path / "compendium" / "a-study.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    with pytest.raises(CompendiumError, match="too short for a key"):
        privacy.key_of("a-study")


def test_who_withdrew_is_in_nothing_that_is_computed(tmp_path: Path) -> None:
    whole, folder = load_study(paths.DEFAULT_STUDY), tmp_path / "study"
    country = whole.countries[0].code
    received = paths.answers_folder(folder, country, "2026")
    received.mkdir(parents=True)
    for name in ("responses.csv", "source.yml"):
        (received / name).write_bytes((paths.answers_folder(whole.folder, country, "2026") / name).read_bytes())
    (folder / "study.yml").write_bytes(paths.study_file(whole.folder).read_bytes())
    study: Study = load_study(folder)
    before = collect(study, country, "2026")
    tokens = before["respondent"].drop_duplicates().iloc[:12].tolist()
    lines = "".join(f" {token.lower()} ,2026-11-01\n" for token in tokens)
    (received / "withdrawn.csv").write_text(f"token,day\n{lines}nobody,2026-11-02\n")
    after = collect(study, country, "2026")
    gone = int(before["respondent"].isin(tokens).sum())
    assert gone >= 12
    assert len(after) == len(before) - gone
    assert not set(tokens) & set(after["respondent"])
    assert (after.attrs["withdrawn"], after.attrs["unmatched"]) == (gone, 1)
    log = cleaning.exclusions(study, country, "2026", after)
    left_out = log[(log["indicator"] == "excluded") & (log["group"] == "withdrawn")]
    assert left_out["estimate"].tolist() == [gone]
    assert log.loc[log["indicator"] == "received", "estimate"].tolist() == [len(before)]
    (received / "withdrawn.csv").write_text(f"token\n{tokens[0]}\n")
    few = cleaning.exclusions(study, country, "2026", collect(study, country, "2026"))
    assert "withdrawn" not in set(few["group"]), "one who withdrew is too few to be counted"
    assert few.loc[few["indicator"] == "received", "estimate"].item() < len(before)
    (received / "withdrawn.csv").write_text("code\nx\n")
    with pytest.raises(AnswersError, match="legal is a column 'token'"):
        collect(study, country, "2026")


def _answers(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in columns.items()})


def test_a_personal_code_in_one_row_takes_every_row_of_the_same_token_along() -> None:
    study = load_study(paths.DEFAULT_STUDY)
    code = study.questionnaire.cleaning.withdrawal
    assert code is not None
    rows = _answers(respondent=["T1", "T1", "T2", None, None], **{code: ["Rose 7", None, None, None, "rose7"]})
    kept, gone, unmatched = collection._without_withdrawn(study, rows, frozenset({"rose7"}))
    assert (gone, unmatched) == (3, 0)
    assert kept["respondent"].tolist()[0] == "T2"
    assert len(kept) == 2


def test_two_organisations_that_give_an_address_do_not_become_one() -> None:
    study = load_study(paths.DEFAULT_STUDY)
    texts = {name: ["a"] * 3 for name, one in study.questionnaire.questions.items() if one.type == "text"}
    named = next(name for name, one in study.questionnaire.questions.items() if one.group)
    cells = {**texts, named: ["a@one.org", "b@two.org", "ORG-1"]}
    answers, counts = collection._masked(study, _answers(**cells), study.countries[0].code)
    assert answers[named].isna().tolist() == [True, True, False]
    assert counts.tolist() == [1, 1, 0]


def test_of_who_does_not_agree_nothing_is_kept_but_that() -> None:
    study = load_study(paths.DEFAULT_STUDY)
    consent = study.questionnaire.cleaning.consent
    assert consent is not None
    cells = {name: ["something", "something"] for name in study.questionnaire.questions}
    answers = collection._without_refused(study, _answers(**{**cells, consent.question: ["yes", "no"]}))
    assert answers.loc[0].notna().all()
    assert answers.loc[1].dropna().to_dict() == {consent.question: "no"}
