"""Words that several parts of the page of conditions share."""

from ..risks import Sheet


def quoted(sheet: Sheet, name: str) -> str:
    """Return a name in the quotation marks of the language, so that it can stand in a sentence."""
    return sheet.t("“{name}”", name=name)
