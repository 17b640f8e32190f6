"""Whom to turn to: help contacts of the countries of a page, dated, and to be checked until a partner has dialled them."""

from __future__ import annotations

import pandas as pd

from ..study.elements import Contacts
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from .factsheet import Sentence


def listed(study: Study, unit: str, t: Catalogue) -> Table | Sentence:
    """List the help contacts of the country of a page, or of every country on the page of all together.

    Parameters
    ----------
    study : Study
        The study; its file holds the contacts.
    unit : str
        Country of the page, or the pooled unit.
    t : Catalogue
        Language of the page.
    """
    countries = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    rows = [
        {
            t("Country"): study.name(code, t.language),
            t("Name"): line.name,
            t("Contact"): line.contact,
            t("Noted on"): line.noted,
            t("Checked on"): line.checked or t("to be checked by the partner"),
            t("Source"): line.source,
        }
        for code in countries
        for line in study.contacts.get(code, Contacts()).help
    ]
    without = [code for code in countries if not study.contacts.get(code, Contacts()).help]
    names = t.join([study.name(code, t.language) for code in without])
    said = t("No help contact is on file yet for: {countries}.", countries=names) if without else ""
    if not rows:
        return Sentence(said)
    return Table(pd.DataFrame(rows), t("Help contacts"), t, row_headers=2, note=said)
