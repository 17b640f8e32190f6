"""The codebook of the voices: subjects of the country questionnaire, themes under each, codes under each theme."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml

Texts = Mapping[str, str]

CHECKED: Final = ("supported", "contradicted", "opinion", "unchecked")
"""What holding a statement against the country facts gave.

supported: a fact says what the statement says; contradicted: a fact says otherwise for at least a part of it; opinion: a
view, a question or a proposal, so that there is nothing to check; unchecked: it could be checked, and no fact here does.
Of the first two the note names scope, and the part of the statement that no fact is about.
"""


@dataclass(frozen=True)
class Code:
    """What a statement says, within a theme."""

    id: str
    label: Texts
    description: Texts


@dataclass(frozen=True)
class Theme:
    """What a statement or passage is about, when to use it and when not; belongs to one subject of the country questionnaire."""

    id: str
    subject: str
    label: Texts
    description: Texts
    use: Texts
    avoid: Texts
    codes: Mapping[str, Code]


@dataclass(frozen=True)
class Subject:
    """A subject of the country questionnaire with its open questions."""

    id: str
    label: Texts
    questions: tuple[Texts, ...]


@dataclass(frozen=True)
class Codebook:
    """Subjects and themes, each in the order of the file, every text in every language of the forms."""

    subjects: Mapping[str, Subject]
    themes: Mapping[str, Theme]

    def of_subject(self, subject: str) -> list[Theme]:
        """Return the themes of a subject in their order."""
        return [theme for theme in self.themes.values() if theme.subject == subject]


@cache
def load_codebook() -> Codebook:
    """Load the codebook of the voices.

    Raises
    ------
    DefinitionError
        The file breaks its schema, an identifier stands twice, or a theme belongs to no subject.
    """
    path = paths.DEFINITIONS / "codebook" / "voices.yml"
    content = read_yaml(path, "voices")
    where = paths.shown(path)
    subjects = {one["id"]: Subject(one["id"], one["label"], tuple(one["questions"])) for one in content["subjects"]}
    _unique((one["id"] for one in content["subjects"]), f"{where}: subjects")
    _unique((one["id"] for one in content["themes"]), f"{where}: themes")
    themes = {}
    for one in content["themes"]:
        if one["subject"] not in subjects:
            raise DefinitionError(
                f"{where}: theme {one['id']}: subject {one['subject']!r} is unknown; legal are {', '.join(subjects)}"
            )
        _unique((code["id"] for code in one["codes"]), f"{where}: theme {one['id']}")
        codes = {code["id"]: Code(code["id"], code["label"], code["description"]) for code in one["codes"]}
        texts = {name: one[name] for name in ("label", "description", "use", "avoid")}
        themes[one["id"]] = Theme(one["id"], one["subject"], codes=codes, **texts)
    return Codebook(subjects, themes)


def _unique(ids: Iterable[str], where: str) -> None:
    twice = next((name for name, count in Counter(ids).items() if count > 1), None)
    if twice is not None:
        raise DefinitionError(f"{where}: {twice!r} stands twice; each identifier may stand once")
