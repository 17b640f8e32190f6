"""Count themes in sources: how many documents bring one up, never how many people."""

from collections.abc import Sequence

import pandas as pd

from .. import results
from .statements import Voices

UNIT = "sources"
METHOD = "coded statements"


def in_sources(voices: Voices, places: Sequence[str]) -> pd.DataFrame:
    """Count the sources that bring up each theme, country by country.

    Parameters
    ----------
    voices : Voices
        The coded statements.
    places : sequence of str
        Countries; those whose form has not come in give no rows, for nothing is known of them.

    Returns
    -------
    pandas.DataFrame
        Results without intervals, origin ``context``; ``indicator`` is the theme, ``part`` its subject, ``estimate``
        the number of different documents with a statement on it, 0 where a form came in and no source does.

    Notes
    -----
    A source counts once for a theme however many statements it brings: a talkative document is still one. There is no
    interval and no test, because sources are not drawn from anything: nobody knows which documents could have been read
    and were not, so there is no sampling error to state. A count says that a theme is present, not how common it is.
    """
    statements = voices.statements
    same = statements["source"].str.casefold().str.split().str.join(" ")
    found = statements.assign(_source=same).groupby(["country", "theme"])["_source"].nunique()
    rows = [
        {
            "country": country,
            "part": theme.subject,
            "indicator": theme.id,
            "estimate": float(found.get((country, theme.id), 0)),
        }
        for country in places
        if country in voices.received
        for theme in voices.codebook.themes.values()
    ]
    return results.make(rows, origin="context", unit=UNIT, method=METHOD, confidence="sourced")
