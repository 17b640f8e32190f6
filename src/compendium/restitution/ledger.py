"""The ledger of groups that have a page: pages of overlapping groups together would show the few who make the difference.

It lies beside the study (``restitutions/ledger.json``): ``compendium clean`` leaves it, since a page that was handed out cannot be
taken back. It is git-ignored, since even without a name it tells how large groups are and how they overlap.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .. import paths
from ..collection.privacy import key_of
from ..errors import DisclosureError
from ..reading import check, write_atomically
from ..study.questionnaire import Questionnaire
from ..study.restitution_rules import load_restitution
from ..study.study import Study
from .apart import nearly_published, parts
from .group import Group, families_of

_DIGITS = 16


@dataclass(frozen=True)
class Noted:
    """What the ledger allows a group.

    Attributes
    ----------
    sees_numbers : bool
        Whether numbers may be shown; else bands.
    secret : bytes
        Key of the blur: the same whenever the same persons ask with the same answers.
    parts : tuple of Series of bool
        Who belongs to each other group that has a page.
    """

    sees_numbers: bool
    secret: bytes
    parts: tuple[pd.Series, ...]


def note_group(study: Study, group: Group, answers: pd.DataFrame, inside: pd.Series) -> Noted:
    """Note that a group gets a page, and refuse it where that page would show somebody beside an earlier one.

    Parameters
    ----------
    study : Study
        The study.
    group : Group
        The group.
    answers : pandas.DataFrame
        Clean answers of everybody.
    inside : pandas.Series of bool
        Who belongs to the group.

    Raises
    ------
    DisclosureError
        This group and earlier ones set fewer persons apart than the minimum, or leave fewer outside; or the ledger cannot be read
        or was written with another key, so that nobody knows.

    Notes
    -----
    Who holds the ledger alone finds nobody: each person is the keyed hash of code *and* answers, so that somebody whose answers
    changed is another one, and pages before and after differ by them. The same persons with the same answers are always allowed.
    Numbers need more than bands: the people they stand beside must not have changed by a few since an earlier page with numbers,
    and the group must not be a published set of people give or take a few; else bands are shown.
    """
    key, minimum = key_of(study.id), study.disclosure.minimum_cell
    hashed = _hashed(answers, study.questionnaire, key)
    own, everybody = sorted(hashed[inside]), sorted(hashed)
    content = _read(study, key)
    earlier = [one for one in content["groups"] if (one["country"], one["wave"]) == (group.country, group.wave)]
    # a page that is asked for again is judged by what was there before it: it stays the same page
    again = [at for at, one in enumerate(earlier) if one["members"] == own and one["beside"] in ([], everybody)]
    earlier = earlier[: again[0]] if again else earlier
    groups = [one["members"] for one in earlier]
    apart = parts(everybody, [own, *groups])
    if min(apart.values()) < minimum:
        raise DisclosureError(
            f"{group.file}: beside the pages there are ({', '.join(one['asked_on'] for one in earlier)}) this group would show fewer than "
            f"{minimum} persons: those of one group and not of another, of both, of none, or whose answers have changed since; so it gets "
            "no page, and legal are groups that share nobody, or enough"
        )
    beside = [one["beside"] for one in earlier if one["beside"]]
    sees_numbers = (
        len(own) >= load_restitution().numbers_from
        and all(
            number >= minimum for part, number in parts(everybody, [own, *groups, *beside, everybody]).items() if part
        )
        and not nearly_published(answers, inside, study.questionnaire, minimum)
    )
    entry = {
        "country": group.country,
        "wave": group.wave,
        "asked_on": group.asked_on,
        "members": own,
        "beside": everybody if sees_numbers else [],
    }
    if not any(one["members"] == own and one["beside"] == entry["beside"] for one in content["groups"]):
        content["groups"].append(entry)
        write_atomically(ledger_file(study), (json.dumps(content, indent=1) + "\n").encode())
    secret = hmac.new(key, "\n".join(["restitution", group.wave, *own]).encode(), hashlib.sha256).digest()
    return Noted(sees_numbers, secret, tuple(hashed.isin(one) for one in groups))


def ledger_file(study: Study) -> Path:
    """Return the ledger of a study."""
    return paths.restitutions(study.folder) / "ledger.json"


def _hashed(answers: pd.DataFrame, questionnaire: Questionnaire, key: bytes) -> pd.Series:
    """Return a keyed hash of each person's code and of the answers that a page may rest on."""
    items = [item for measure in families_of(questionnaire) for item in measure.items if item in answers]
    told = answers[["respondent", *items]].astype("object")
    lines = told.where(told.notna(), "").astype(str).agg("\x1f".join, axis=1)
    return lines.map(lambda line: _mac(key, line))


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def _read(study: Study, key: bytes) -> dict[str, Any]:
    file, sign = ledger_file(study), _mac(key, "ledger of restitutions")
    if not file.is_file():
        return {"key": sign, "groups": []}
    where = paths.shown(file)
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        check(content, "restitution_ledger", where)
    except (ValueError, OSError) as error:  # a broken rule of the schema is a ValueError too
        said = str(error).removeprefix(f"{where}: ")
        raise DisclosureError(
            f"{where}: the ledger of groups cannot be read ({said}), so nobody knows which pages there are and none is made; "
            "legal is the file as it was written"
        ) from None
    if content["key"] != sign:
        raise DisclosureError(
            f"{where}: the ledger was written with another key of pseudonyms, so its groups cannot be compared with this one and no "
            "page is made; legal is the key it was written with"
        )
    return content
