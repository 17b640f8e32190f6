"""What a support body enters beside the answers: territories, wishes, and who can help on what."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import pandas as pd

from .. import paths
from ..collection.entries import Form, one_of, read_whole, words
from ..collection.records import received
from ..errors import AnswersError
from ..study.competences import load_competences
from ..study.study import Study

CATALOGUE, TERRITORIES, WISHES, EXPERTISE = "catalogue", "territories", "training_wishes", "expertise"
PLACES: Final = ["organisation", "territory"]
HELPS: Final = ["person", "competence", "helps", "contact", "consent", "entered_on"]
NOBODY, MEMBERS = "nobody", "members"
CONSENTS: Final = (NOBODY, MEMBERS)
"""Who may see an entry. Nothing makes it public: a page never shows persons."""


def entered(study: Study, unit: str, wave: str, name: str) -> Path | None:
    """Return a file that a unit entered, or nothing where it is not there.

    Raises
    ------
    AnswersError
        It is no text file, or two files have the same name.
    """
    record = received(study, unit, wave, name)
    if record is not None and record.file.suffix != ".csv":
        raise AnswersError(f"{paths.shown(record.file)}: legal is a text file, {name}.csv")
    return record.file if record else None


def origins(study: Study, unit: str, wave: str) -> list[tuple[str, str]]:
    """Return origin and source of the files that wishes and the plan rest on."""
    records = (received(study, unit, wave, name) for name in (CATALOGUE, TERRITORIES, WISHES))
    return list(dict.fromkeys((record.origin, record.source) for record in records if record))


def read_territories(path: Path, legal: Collection[str] = ()) -> pd.Series:
    """Read to which territory the code of an organisation belongs: organisation -> territory.

    Parameters
    ----------
    path : Path
        Columns ``organisation territory``.
    legal : collection of str
        Codes of the territories that the study declares; any is legal where it declares none.

    Raises
    ------
    AnswersError
        A column is missing or unknown, a cell is empty, a territory is unknown, or an organisation stands twice.
    """
    places = one_of(legal) if legal else words()
    return read_whole(path, Form({"organisation": words(), "territory": places}, ["organisation"])).set_index(
        "organisation"
    )["territory"]


def read_directory(path: Path) -> pd.DataFrame:
    """Read who can help on what.

    Returns
    -------
    pandas.DataFrame
        ``person competence helps contact consent entered_on``: names and contacts of people. For the members of the body alone
        (:func:`for_members`), never for a page.

    Raises
    ------
    AnswersError
        A column is missing or unknown, a competence or consent is unknown, or a person stands twice for a competence.
    """
    own = {"person": words(), "competence": one_of(load_competences()), "consent": one_of(CONSENTS)}
    return read_whole(path, Form({name: own.get(name, words(0)) for name in HELPS}, ["person", "competence"]))


def helpers(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Return the competences on which somebody with consent helps: the product ``helpers``, which holds no person."""
    path = entered(study, unit, wave, EXPERTISE)
    return pd.DataFrame({"competence": helped(read_directory(path)) if path else []}, dtype="str")


def for_members(directory: pd.DataFrame) -> pd.DataFrame:
    """Return the entries that members may see, by competence: those with their consent."""
    return directory[directory["consent"] == MEMBERS].sort_values(["competence", "person"], ignore_index=True)


def helped(directory: pd.DataFrame) -> list[str]:
    """Return the competences on which somebody with consent helps: no name, no number."""
    own = set(for_members(directory)["competence"])
    return [id for id in load_competences() if id in own]
