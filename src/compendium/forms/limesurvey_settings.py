"""What a LimeSurvey survey is told about itself: its settings, and the texts before and after the questions."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator, Mapping
from typing import Final

from ..study.study import Study
from ..text import spaced
from .outline import Words
from .sheet import sheet

Row = dict[str, str]
"""Column -> cell."""
POINT_LANGUAGES: Final = ("en",)
"""Languages that write decimals with a point."""
SETTINGS: Final = {
    "format": "G",  # one group a page
    "anonymized": "Y",
    "datestamp": "Y",
    "savetimings": "Y",
    "ipaddr": "N",
    "refurl": "N",
    "usecookie": "N",
    "allowsave": "N",  # saving for later would ask for an e-mail address
    "usetokens": "N",
    "allowregister": "N",
    "alloweditaftercompletion": "N",
    "printanswers": "N",
    "publicstatistics": "N",
    "publicgraphs": "N",
    "listpublic": "N",
    "sendconfirmation": "N",
    "assessments": "N",
    "autoredirect": "N",
    "allowprev": "Y",
    "showwelcome": "Y",
    "showprogress": "Y",
    "shownoanswer": "Y",  # an answer given can be taken back
    "showgroupinfo": "B",
    "showqnumcode": "X",
    "showxquestions": "N",
    "questionindex": "0",
}
"""What the survey records: answers and times, nothing about the device, the address or the person."""


def settings(study: Study, country: str, wave: str, texts: list[Words]) -> Iterator[Row]:
    """Return the rows ``S``; they stand first, for LimeSurvey guesses the encoding from the first thousand bytes."""
    digits = int(hashlib.sha256(f"{study.id} {country} {wave}".encode()).hexdigest()[:12], 16)
    others = " ".join(words.t.language for words in texts[1:])
    yield {"class": "S", "name": "sid", "text": str(100_000 + digits % 900_000)}
    yield {"class": "S", "name": "language", "text": texts[0].t.language}
    yield {"class": "S", "name": "additional_languages", "text": others}
    for name, value in SETTINGS.items():
        yield {"class": "S", "name": name, "text": value}


def language_settings(study: Study, country: str, wave: str, words: Words) -> Iterator[Row]:
    """Return the rows ``SL`` of one language: title, who asks and how long it takes, thanks and where to turn to."""
    t = words.t
    made = sheet(study, country, wave, t.language)
    facts = "".join(
        f"<p><strong>{shown_as_is(name)}</strong><br />{shown_as_is(fact)}</p>" for name, fact in made.facts
    )
    blank = t("You may leave blank any question that you do not want to answer.")
    help_ = words({t.language: "{help_contacts}"})
    farewell = [t("Thank you for your answers; they have been received."), t("If you would like to talk to somebody:")]
    texts = {
        "surveyls_title": shown_as_is(words(study.title)),
        "surveyls_welcometext": f"{facts}<p>{shown_as_is(blank)}</p>",
        "surveyls_endtext": f"<p>{shown_as_is(farewell[0])}</p><p>{shown_as_is(farewell[1])}<br />{shown_as_is(help_)}</p>",
        "surveyls_numberformat": "0" if t.language in POINT_LANGUAGES else "1",
    }
    for name, text in texts.items():
        yield {"class": "SL", "name": name, "text": spaced(text, t.language), "language": t.language}


def shown_as_is(text: str) -> str:
    """Write a text so that LimeSurvey shows it as it is: neither mark-up nor an expression in braces."""
    signs: Mapping[int, str] = {ord(sign): f"&#{ord(sign)};" for sign in '{}"\\'}
    return "<br />".join(html.escape(line, quote=False).translate(signs) for line in text.splitlines())
