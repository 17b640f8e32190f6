"""At the door: who withdrew is left out, tokens become pseudonyms, and identifiers in free text are masked."""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

import pandas as pd
import phonenumbers

from .. import paths
from ..errors import AnswersError, CompendiumError
from ..reading import read_table

WITHDRAWN = "withdrawn.csv"
"""Beside the answers: the tokens or personal codes of those who withdrew, one a row in the column ``token``."""
TOKEN = "token"
EMAIL, LINK, PHONE = "[e-mail]", "[link]", "[phone]"
_PATTERNS = {
    EMAIL: re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE),
    # an address with or without its scheme, and the name of an account
    LINK: re.compile(r"(?i:https?://|www\.)\S+|(?<![\w@.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?(?![\w.])|(?<![\w@])@\w[\w.]{2,}"),
}

_LEAST_DIGITS = 9
"""Fewer digits after a leading 0 or + are rather a date or a sum than a telephone number."""


def masked(texts: pd.Series, country: str) -> tuple[pd.Series, pd.Series]:
    """Mask e-mail addresses, links and telephone numbers in free text.

    Parameters
    ----------
    texts : pandas.Series of str
        Free texts; missing where there is none.
    country : str
        Whose national telephone numbers to expect, ISO 3166-1 alpha-2; international ones are always found.

    Returns
    -------
    texts : pandas.Series of str
        The same with ``[e-mail]``, ``[link]`` and ``[phone]`` in their place.
    counts : pandas.Series of int
        How many were masked in each.

    Notes
    -----
    Direct identifiers with a form of their own are found; a name is not. So free text is never published, and is read
    by people only. Rather too much is masked than too little: "etc.and" looks like an address.
    """
    given = texts.dropna().astype("str")
    counts = pd.Series(0, index=given.index)
    for mask, pattern in _PATTERNS.items():
        counts += given.str.count(pattern)
        given = given.str.replace(pattern, mask, regex=True)
    phones = given.map(lambda text: _without_phones(text, country))
    counts += phones.str.count(re.escape(PHONE)) - given.str.count(re.escape(PHONE))
    return phones.reindex(texts.index), counts.reindex(texts.index, fill_value=0)


def _without_phones(text: str, country: str) -> str:
    """Mask what is a number of the country's plan, and what begins like one; years and sums of money stay."""
    found = phonenumbers.PhoneNumberMatcher(text, country, leniency=phonenumbers.Leniency.POSSIBLE)
    for match in reversed(list(found)):
        digits = re.sub(r"\D", "", match.raw_string)
        dialled = match.raw_string.lstrip("(").startswith(("+", "0")) and len(digits) >= _LEAST_DIGITS
        if dialled or phonenumbers.is_valid_number(match.number):
            text = text[: match.start] + PHONE + text[match.end :]
    return text


def withdrawn_tokens(folder: Path) -> frozenset[str]:
    """Read who withdrew: the column ``token`` of ``withdrawn.csv`` beside the answers; nobody where there is no such file.

    Raises
    ------
    AnswersError
        The file has no column ``token``.
    """
    path = folder / WITHDRAWN
    if not path.exists():
        return frozenset()
    table = read_table(path)
    if TOKEN not in table:
        raise AnswersError(
            f"{paths.shown(path)}, line 1: the columns are {', '.join(table.columns)}; legal is a column {TOKEN!r}"
        )
    return tokens_of(table[TOKEN])


def tokens_of(column: pd.Series) -> frozenset[str]:
    """Return the tokens of a column as they are compared, without those that are missing or blank."""
    return frozenset(_same(token) for token in column.dropna().astype("str") if token.strip())


def withdrawn(columns: list[pd.Series], tokens: frozenset[str]) -> pd.Series:
    """Tell which rows belong to who withdrew: one of these columns (token, personal code) holds one of the tokens."""
    hit = pd.Series(False, index=columns[0].index) if columns else pd.Series(dtype=bool)
    for column in columns:
        hit |= column.fillna("").astype("str").map(_same).isin(tokens)
    return hit


def _same(token: str) -> str:
    """People write a code of their own in different ways: blanks and case do not count."""
    return re.sub(r"\s+", "", token).casefold()


def pseudonyms(tokens: pd.Series, key: bytes) -> pd.Series:
    """Turn tokens into pseudonyms by a keyed hash: the same person has the same one in every wave.

    Notes
    -----
    HMAC-SHA-256, its first 16 hexadecimal digits. Without the key nobody can find out who is who by hashing a list of
    all tokens, which a plain hash would allow. A row without a token has no pseudonym.

    References
    ----------
    RFC 2104, HMAC: Keyed-Hashing for Message Authentication.
    """

    def one(token: str) -> str:
        return hmac.new(key, token.strip().encode(), hashlib.sha256).hexdigest()[:16]

    return tokens.map(one, na_action="ignore")


def key_of(study: str) -> bytes:
    """Return the key of a study's pseudonyms, which lies outside the data; make it where there is none yet.

    Parameters
    ----------
    study : str
        Short name of the study.

    Raises
    ------
    CompendiumError
        The key cannot be read or written, or is too short to be one.

    Notes
    -----
    The file is ``<study>.key`` in the user's own configuration, or the one that ``COMPENDIUM_KEY`` names. Who holds both
    the key and the tokens can find a person's answers, to correct or delete them; who publishes the data deletes the key.
    """
    path = paths.key(study)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        key = path.read_text(encoding="ascii").strip()
    except FileExistsError:  # another task of the same run was first
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CompendiumError(f"{path.name}: the key of the pseudonyms cannot be read or written: {error}") from None
    if len(key) < 32:
        raise CompendiumError(f"{path.name}: {len(key)} characters are too short for a key; legal are 32 or more")
    return key.encode()
