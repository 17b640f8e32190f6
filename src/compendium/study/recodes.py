"""Lists by which a free text becomes a code: a status, say, that a person wrote in their own words."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml


@dataclass(frozen=True)
class Recode:
    """A list of words for the codes of a question.

    Attributes
    ----------
    id : str
        Name of the file under ``definitions/recodes``.
    into, when : str
        The question that takes the code, where it was answered with this code ("something else").
    words : Mapping of str to str
        Words, simplified -> code.
    """

    id: str
    into: str
    when: str
    words: Mapping[str, str]

    def code_of(self, said: str) -> str:
        """Return the code whose words a text holds; empty where it holds none, or those of several codes.

        Notes
        -----
        Words are found whole, whatever their case, accents and punctuation. Where one listed expression lies inside
        another, the longer one speaks.
        """
        text = f" {simplified(said)} "
        found: set[str] = set()
        for words in sorted(self.words, key=len, reverse=True):
            if f" {words} " in text:
                found.add(self.words[words])
                text = text.replace(f" {words} ", "  ")
        return found.pop() if len(found) == 1 else ""


def simplified(text: str) -> str:
    """Return a text in small letters and digits, without accents, one blank between words."""
    spelt = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    bare = "".join(sign for sign in spelt if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare))


def load_recode(name: str, where: str) -> Recode:
    """Load a list of ``definitions/recodes``.

    Raises
    ------
    DefinitionError
        There is none of this name, it breaks its schema, or it gives the same words two codes.
    """
    path = paths.DEFINITIONS / "recodes" / f"{name}.yml"
    if not path.is_file():
        legal = ", ".join(sorted(file.stem for file in path.parent.glob("*.yml")))
        raise DefinitionError(f"{where}: recode: {name!r} is not legal; legal are {legal}")
    content = read_yaml(path, "recode")
    words: dict[str, str] = {}
    for code, expressions in content["words"].items():
        for expression in expressions:
            if words.setdefault(simplified(expression), code) != code:
                raise DefinitionError(
                    f"{paths.shown(path)}: words.{code}: {expression!r} stands for another code too; one is legal"
                )
    return Recode(content["id"], content["into"], content["when"], words)
