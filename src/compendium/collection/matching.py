"""Find the question of a column by its name, its wording or its labels, in any language of the form."""

import html
import re

from ..study.questionnaire import Questionnaire
from ..study.questions import Question
from .crosswalk import same
from .received import SEVERAL, WIDE, Received, plain

ABOUT = {"respondent", "submitted", "language", "duration_min", "country", "form_version"}
_NUMBERING = re.compile(r"^(?:[a-z]{0,2}\d+[a-z]?[.)]?\s+)+(?=\S)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_RESEMBLES = 0.5
"""Share of words in common from which a wording is offered as a guess."""
_LABELS = 3
"""Labels in common from which a question is offered as a guess; yes and no are everywhere."""
AT_MOST = 60
"""Different cells of one column that are listed; a column with more is rather free text."""


def wording(text: str) -> str:
    """Return a wording or label for comparing, without tags, signs written as in HTML (``&amp;``), and numbering."""
    return _NUMBERING.sub("", plain(_TAG.sub(" ", html.unescape(text))))


class Index:
    """Names and wordings of a form, to find the question of a column."""

    def __init__(self, form: Questionnaire) -> None:
        self.names: dict[str, str] = {name: name for name in (*ABOUT, *form.questions)}
        self.wordings: dict[str, set[str]] = {}
        self.tokens: list[tuple[frozenset[str], str]] = []
        self.labels: dict[tuple[str, str], set[str]] = {}
        for question in form.questions.values():
            for text in question.text.values():
                self._add(text, question.id)
            for language in question.text:
                labels = {plain(texts.get(language, "")) for texts in question.labels.values()} - {""}
                if labels:
                    self.labels[question.id, language] = labels
            if question.type in SEVERAL:
                self._add_options(question)

    def _add(self, text: str, target: str) -> None:
        key = wording(text)
        self.wordings.setdefault(key, set()).add(target)
        self.tokens.append((frozenset(key.split()), target))

    def _add_options(self, question: Question) -> None:
        for code, labels in question.options.items():
            target = f"{question.id}__{code}"
            for pattern in WIDE:
                self.names.setdefault(pattern.format(question=question.id, code=code).lower(), target)
            for language, label in labels.items():
                self.wordings.setdefault(wording(f"{question.text.get(language, '')} {label}"), set()).add(target)

    def find(self, column: str, received: Received) -> tuple[str, str]:
        """Return the question of a column, or else the one that its wording resembles most; both may be empty."""
        name = self.names.get(same(column).lower(), "")
        if name:
            return name, ""
        if column == received.record.get("moment"):
            return "submitted", ""
        keys = [key for text in (received.wordings.get(column, ""), column) if (key := wording(text))]
        for key in keys:
            found = self.wordings.get(key, set())
            if len(found) == 1:
                return next(iter(found)), ""
            if found:
                return "", " and ".join(sorted(found))
        best = max(
            ((_alike(frozenset(key.split()), own), len(own), target) for key in keys for own, target in self.tokens),
            default=(0.0, 0, ""),
        )
        return "", best[2] if best[0] >= _RESEMBLES else self._by_labels(column, received)

    def _by_labels(self, column: str, received: Received) -> str:
        """Return the one question most of whose labels are those of a column, where there is one."""
        values = {plain(value) for value in received.table[column].unique()[: AT_MOST + 1]}
        values |= {plain(label) for label in received.meanings.get(column, {}).values()}
        shares: dict[str, float] = {}
        for (name, _), labels in self.labels.items():
            if len(values & labels) >= _LABELS:
                shares[name] = max(shares.get(name, 0.0), len(values & labels) / len(labels))
        most = max(shares.values(), default=0.0)
        best = [name for name, share in shares.items() if share == most and share >= _RESEMBLES]
        return best[0] if len(best) == 1 else ""


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words in common; ours may be whole within a longer wording of theirs."""
    if not other or (len(other) > 1 and len(one) < 2):
        return 0.0
    return _RESEMBLES if other <= one and one != other else len(one & other) / len(one | other)
