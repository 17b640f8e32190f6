"""Where each competence of the list was found: by whom it was named, and when sources stopped adding new ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from .. import paths
from ..collection.entries import Form, one_of, read_whole, words
from ..reading import read_table, read_yaml
from ..study.competences import load_competences
from ..study.study import Study

COLUMNS: Final = ["competence", "kind", "source", "statement", "said"]
KINDS: Final = ("rating", "open_answer", "interview", "document", "partner_list")
"""What a source is; ``rating`` is the questionnaire, which is read from itself."""
QUESTIONNAIRE: Final = "questionnaire"


def competences(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Return what names a competence in one country, or in all of them: the product ``competences``, without numbers about people.

    Returns
    -------
    pandas.DataFrame
        ``competence kind source statement said country``, in the order in which sources were read: the questionnaire first, then each
        country's file; the questionnaire's rows have no country.

    Raises
    ------
    AnswersError
        A file is not legal (:func:`read_evidence`).
    """
    del wave  # what was found in documents belongs to no wave
    known = load_competences()
    rated = [one.id for one in study.questionnaire.analysis.competences if one.id in known]
    first = {"kind": "rating", "source": QUESTIONNAIRE, "statement": "", "said": "", "country": ""}
    own = pd.DataFrame({"competence": rated}, dtype="str").assign(**first)
    countries = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    files = {code: paths.competences(study.folder, code) for code in countries}
    found = [read_evidence(file).assign(country=code) for code, file in files.items() if file.is_file()]
    return pd.concat([own, *found], ignore_index=True)[[*COLUMNS, "country"]]


def read_evidence(path: Path) -> pd.DataFrame:
    """Read where competences were found.

    Raises
    ------
    AnswersError
        A column is missing or unknown, or a row names an unknown competence or kind, no source, or a statement that is not on file: one
        sentence with the line.
    """
    beside = path.with_name("statements.csv")
    statements = set(read_table(beside)["statement_id"]) if beside.is_file() else set()

    def rule(row: Mapping[str, str]) -> str:
        named = [one.strip() for one in row["statement"].split(";") if one.strip()]
        unknown = next((one for one in named if one not in statements), "")
        return f"statement {unknown!r} is not in {beside.name}; legal are its ids" if unknown else ""

    legal = {"competence": one_of(load_competences()), "kind": one_of(KINDS[1:]), "source": words()}
    return read_whole(path, Form({name: legal.get(name, words(0)) for name in COLUMNS}, (), rule))


def translations(study: Study, unit: str, language: str) -> Mapping[str, str]:
    """Return the names of sources in a language, as ``competences.<language>.yml`` beside the files gives them."""
    countries = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    texts: dict[str, str] = {}
    for code in countries:
        file = paths.competences(study.folder, code).with_suffix(f".{language}.yml")
        texts |= read_yaml(file, "context_translations")["texts"] if file.is_file() else {}
    return texts


def saturation(evidence: pd.DataFrame) -> pd.DataFrame:
    """Count how many new competences each source adds to those before it.

    Parameters
    ----------
    evidence : pandas.DataFrame
        As :func:`competences` returns it.

    Returns
    -------
    pandas.DataFrame
        ``kind source named new known``, a row a source in its order: competences that it names, those that none before it named,
        and how many are known after it.
    """
    first = evidence.drop_duplicates("competence")
    keys = ["country", "kind", "source"]
    named = evidence.drop_duplicates([*keys, "competence"]).groupby(keys, sort=False).size().rename("named")
    new = first.groupby(keys, sort=False).size().rename("new")
    table = pd.concat([named, new], axis=1).fillna(0).astype(int).reset_index()
    return table.assign(known=table["new"].cumsum())[["kind", "source", "named", "new", "known"]]


def share_new(evidence: pd.DataFrame) -> tuple[int, int]:
    """Return how many competences were found beyond the questionnaire, and how many there are."""
    first = evidence.drop_duplicates("competence")
    return int((first["kind"] != "rating").sum()), len(first)
