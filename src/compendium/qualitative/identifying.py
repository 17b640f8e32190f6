"""Refuse what may name a person: statements are in our own words, and who speaks is a role."""

import re
from typing import Final

import pandas as pd

from ..collection.privacy import EMAIL, LINK, PHONE, masked

_TITLE: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Mme|Mlle|Herrn?|Frau|Pan|Pani|Sr|Sra|Dona)\b\.?\s+(?=[^\W\d_])[^\Wa-z\d_][^\W\d_]+"
)
_TWO_NAMES: Final = re.compile(r"\b[A-ZÀ-ÖØ-ÞŁŚŻŹĆ][^\W\d_]+[ -][A-ZÀ-ÖØ-ÞŁŚŻŹĆ][^\W\d_]+\b")
_NOUNS_ARE_CAPITAL: Final = ("de",)


def suspicion(text: str, country: str, *, language: str = "", is_role: bool = False, may_link: bool = False) -> str:
    """Say what in a text may identify a person; empty where nothing does.

    Parameters
    ----------
    text : str
        The text.
    country : str
        Whose telephone numbers to expect.
    language : str
        Language of the text: where all nouns are capital, two of them are no sign of a name.
    is_role : bool
        The text says who speaks: two capital words are then taken for a name.
    may_link : bool
        Whether an address on the web is legal here, as in the name of a source.

    Returns
    -------
    str
        The passage or its kind, to be quoted in an error.

    Notes
    -----
    E-mail addresses, telephone numbers and links are found by the masks of :mod:`compendium.collection.privacy`; of
    names only those behind a title, or in a role. Rather too much is refused than too little, and a person still reads
    every statement: no pattern knows all names.
    """
    hidden = str(masked(pd.Series([text]), country)[0].iloc[0])
    for mask, what in ((EMAIL, "an e-mail address"), (PHONE, "a telephone number"), (LINK, "a link or an account")):
        if mask in hidden and mask not in text and not (may_link and mask == LINK):
            return what
    named = name_in(text) or (is_role and language not in _NOUNS_ARE_CAPITAL and _TWO_NAMES.search(text))
    return f"what looks like a name, {named[0]!r}" if named else ""


def name_in(text: str) -> re.Match[str] | None:
    """Return what looks like a name behind a title, or nothing."""
    return _TITLE.search(text)
