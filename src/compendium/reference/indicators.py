"""What each indicator means: looked up where it is defined, from the questionnaire to the topics of published figures."""

from collections.abc import Iterable, Mapping

import pandas as pd

from ..study.competences import load_competences
from ..study.context import Context
from ..study.cooperative_indicators import load_indicators
from ..study.questionnaire import Questionnaire
from ..study.questions import in_language
from ..study.situations import load_situations
from ..study.study import Study
from ..text import SOURCE_LANGUAGE
from ..wording import plain

Row = dict[str, str]


def indicators(study: Study, context: Context, published: Iterable[str]) -> pd.DataFrame:
    """Return every indicator that is defined or published, with its definition.

    Parameters
    ----------
    study, context : Study, Context
        The study and its country facts.
    published : iterable of str
        Names that estimates carry.

    Returns
    -------
    pandas.DataFrame
        ``indicator kind label definition belongs_to source``; a name that means several things has the first meaning of:
        measure, situation, cooperative indicator, competence, question, band, answer, published figure. What is none of them is
        an ``analysis``: method and estimand of its estimates define it.
    """
    found: dict[str, Row] = {}
    for row in (*_measures(study.questionnaire), *_definitions(), *_questions(study), *_official(context)):
        found.setdefault(row["indicator"], row)
    for name in sorted(set(published) - set(found)):
        found[name] = _answer(study, name) or _row(name, "analysis", plain("indicator", name), "", "", "")
    return pd.DataFrame(list(found.values()))


def _row(indicator: str, kind: str, label: str, definition: str, belongs_to: str, source: str) -> Row:
    return {
        "indicator": indicator,
        "kind": kind,
        "label": label,
        "definition": definition,
        "belongs_to": belongs_to,
        "source": source,
    }


def _measures(questionnaire: Questionnaire) -> Iterable[Row]:
    for one in questionnaire.measures.values():
        rule = f"{one.kind} of {', '.join(one.items)}; high: {_en(one.high)}"
        if one.exposed_items is not None:
            rule += f"; exposed: {one.exposed_items} of its questions or more"
        yield _row(one.id, "measure", _en(one.label), rule, one.family or "", f"questionnaire {questionnaire.id}")


def _definitions() -> Iterable[Row]:
    for situation in load_situations().values():
        yield _row(
            situation.id, "situation", _en(situation.name), _en(situation.means), "", "definitions/situations.yml"
        )
    for one in load_indicators().indicators.values():
        source = "definitions/cooperative_indicators.yml"
        yield _row(one.id, "cooperative", _en(one.name), _en(one.definition), one.posture, source)
    for competence in load_competences().values():
        yield _row(competence.id, "competence", _en(competence.name), "", "", "definitions/competences.yml")


def _questions(study: Study) -> Iterable[Row]:
    questionnaire = study.questionnaire
    source = f"questionnaire {questionnaire.id}"
    for one in questionnaire.questions.values():
        if one.is_answered and not one.personal:
            yield _row(one.id, "question", questionnaire.question_text(one.id, SOURCE_LANGUAGE), "", one.module, source)
    for question, banding in questionnaire.bands.items():
        yield _row(banding.id, "band", _en(banding.label), f"bands of {question}", question, source)


def _official(context: Context) -> Iterable[Row]:
    facts = context.facts.drop_duplicates("indicator")
    for row in facts.itertuples(index=False):
        topic = context.topics.get(str(row.part))
        scope = _en(topic.scope) if topic else ""
        yield _row(row.indicator, "official", context.labels.get(row.indicator, ""), scope, row.part, row.method)


def _answer(study: Study, name: str) -> Row | None:
    """Return what ``<question>__<code>`` means; nothing where it is no answer."""
    questionnaire = study.questionnaire
    question, apart, code = name.partition("__")
    known = question in questionnaire.questions or questionnaire.banding(question) is not None
    if not apart or not known or code not in questionnaire.codes(question):
        return None
    asked = questionnaire.question_text(question, SOURCE_LANGUAGE)
    label = questionnaire.label(question, code, SOURCE_LANGUAGE)
    return _row(name, "answer", label, asked, question, f"questionnaire {questionnaire.id}")


def _en(words: Mapping[str, str]) -> str:
    return in_language(words, SOURCE_LANGUAGE) if words else ""
