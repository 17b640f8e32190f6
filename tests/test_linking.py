"""Answers of two waves, linked with consent, from the forms' columns to the numbers of the signs page."""

from pathlib import Path

import pandas as pd
import pytest

from compendium import cleaning, paths
from compendium.collection import collect, synthetic
from compendium.diagnosis.signs import signs
from compendium.study.study import Study, load_study

LINKED, UNWILLING = 150, 30
"""Persons who come back with their code and agree in both waves; persons who come back with their code and no longer agree."""


def code(number: int) -> str:
    """Return the code that a person chose."""
    return f"Blue heron {number}"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study with a second wave that asks for a code: the same persons give the same answers to the scales."""
    folder = tmp_path_factory.mktemp("waves")
    text = paths.study_file(paths.DEFAULT_STUDY).read_text(encoding="utf-8")
    text = text.replace('waves: ["2026"]', 'waves: ["2026", "2027"]')
    text = text.replace("\nmodules:\n", "\nmodules:\n  - {module: linking, asked: true}\n")
    (folder / "study.yml").write_text(text, encoding="utf-8")
    study = load_study(folder)
    first, second = (_received(study, wave) for wave in study.waves)
    back = LINKED + UNWILLING
    same = [name for name in first if name in second and name not in ("respondent", "submitted", "withdrawal_code")]
    second.loc[: back - 1, same] = first.loc[: back - 1, same].to_numpy()
    second.loc[LINKED : back - 1, "consent_linking"] = "no"
    for wave, answers in zip(study.waves, (first, second), strict=True):
        answers.to_csv(paths.answers_folder(folder, "FR", wave) / "responses.csv", index=False)
    return study


def _received(study: Study, wave: str) -> pd.DataFrame:
    synthetic.write(study, "FR", wave)
    file = paths.answers_folder(study.folder, "FR", wave) / "responses.csv"
    answers = pd.read_csv(file, dtype=str, keep_default_na=False)
    answers[["consent_linking", "linking_code"]] = ["no", ""]
    asked = answers.index < LINKED + UNWILLING
    answers.loc[asked, "consent_linking"] = "yes"
    answers.loc[asked, "linking_code"] = [code(number) for number in answers.index[asked]]
    return answers


def test_codes_link_persons_through_the_chain_and_are_kept_by_nobody(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPENDIUM_KEY", str(tmp_path / "study.key"))
    clean = {wave: cleaning.clean(study, "FR", wave, collect(study, "FR", wave)) for wave in study.waves}
    for answers in clean.values():
        hashed = answers["linking_code"].dropna()
        assert not hashed.empty
        assert not hashed.str.contains("heron").any()
    codes = [
        set(answers.loc[answers["consent_linking"] == "yes", "linking_code"].dropna()) for answers in clean.values()
    ]
    back = len(codes[0] & codes[1])
    assert 0.6 * LINKED < back <= LINKED  # cleaning leaves some out; who no longer agrees is not among them

    found = signs(study, "FR", "2027", clean["2027"], {"2026": clean["2026"]})
    change = found[found["estimand"] == "reliable change of linked persons"].set_index("group")
    assert change.loc["no reliable change", "estimate"] == 100
    assert 0 < change["n"].max() <= back
    assert (found["method"] == "what follows what").any()
