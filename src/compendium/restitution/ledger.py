"""The ledger of groups that have a page: a second page of some of the same persons would show the difference."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from .. import paths
from ..collection.privacy import key_of, pseudonyms
from ..errors import DisclosureError
from ..reading import write_atomically
from ..study.study import Study
from .group import Group

NAME = "groups.json"


def ledger_file(study: Study) -> Path:
    """Return the ledger of a study: beside its releases, since a page that was handed out cannot be taken back."""
    return paths.released(study.folder) / NAME


def note_group(study: Study, group: Group, answers: pd.DataFrame) -> None:
    """Note that a group has a page, and refuse it where that page would show somebody beside an earlier one.

    Parameters
    ----------
    study : Study
        The study.
    group : Group
        The group.
    answers : pandas.DataFrame
        Clean answers of its members.

    Raises
    ------
    DisclosureError
        Another group of the same wave holds some of the same persons, or the same persons with other answers; or the ledger
        cannot be read, so that nobody knows.

    Notes
    -----
    Members are kept as keyed hashes: who has the ledger alone finds nobody. A group of exactly the same persons and answers may
    have its page again; any other overlap is refused whatever its size, since differences of several groups add up.
    """
    key = key_of(study.id)
    hashed = sorted(pseudonyms(answers["respondent"].astype(str), key))
    digest = _digest(answers)
    noted = _read(ledger_file(study))
    for entry in noted:
        if entry["wave"] != group.wave or not set(entry["members"]) & set(hashed):
            continue
        if entry["members"] == hashed and entry["answers"] == digest:
            return
        what = "the same persons, with other answers," if entry["members"] == hashed else "some of the same persons"
        raise DisclosureError(
            f"{group.title}: {what} have had a page as {entry['title']!r}; legal are groups that share nobody with one before, "
            "since the difference of two pages would show a few persons"
        )
    noted.append({"title": group.title, "wave": group.wave, "members": hashed, "answers": digest})
    file = ledger_file(study)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, (json.dumps(noted, indent=1, ensure_ascii=False) + "\n").encode())


def _digest(answers: pd.DataFrame) -> str:
    """Return a fingerprint of the answers, whatever the order of rows and columns."""
    ordered = answers.sort_values("respondent")[sorted(answers.columns)]
    return hashlib.sha256(ordered.to_csv(index=False).encode()).hexdigest()[:16]


def _read(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    try:
        noted = json.loads(file.read_text(encoding="utf-8"))
        if all(set(entry) == {"title", "wave", "members", "answers"} for entry in noted):
            return list(noted)
    except (ValueError, TypeError, AttributeError):
        pass
    raise DisclosureError(
        f"{paths.shown(file)}: the ledger of groups cannot be read, so no page is made; legal is the file as it was written"
    )
