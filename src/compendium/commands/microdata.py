"""``compendium microdata``: the answers that may be shared as a file, and beside it what it shows of persons, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from compendium import products, text
from compendium.cells import as_cells
from compendium.disclosure.sharing import Shared, share
from compendium.errors import CompendiumError
from compendium.reading import write_atomically, write_parquet
from compendium.study.study import Study, load_study
from compendium.text import Catalogue
from compendium.wording import origin

KINDS = (".csv", ".parquet")


def lines(folder: Path, out: Path, wave: str = "") -> list[str]:
    """Write the answers of a wave that may be shared, and what the file shows of persons, in every language of the study.

    Parameters
    ----------
    folder : Path
        The study.
    out : Path
        The file, ``.csv`` or ``.parquet``; the report has its name with the language and ``.md``.
    wave : str
        The wave; the last of the study where none is given.

    Raises
    ------
    CompendiumError
        The ending or the wave is not legal, or the answers cannot be shared: nothing is written then.
    """
    study = load_study(folder)
    wave = wave or study.waves[-1]
    if out.suffix not in KINDS:
        raise CompendiumError(f"{out.name}: the ending {out.suffix!r} is not legal; legal are {', '.join(KINDS)}")
    if wave not in study.waves:
        raise CompendiumError(f"wave {wave!r} is not in the study; legal are {', '.join(study.waves)}")
    shared = share(study, products.read(study, "answers", study.pooled.code, wave))
    if out.suffix == ".csv":
        write_atomically(out, as_cells(shared.answers).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))
    else:
        write_parquet(out, shared.answers)
    reports = [out.with_suffix(f".{language}.md") for language in study.languages]
    for language, path in zip(study.languages, reports, strict=True):
        write_atomically(path, in_words(study, shared, text.load(language)).encode())
    after = shared.after
    return [
        f"{out}: {after.persons} persons, {shared.answers.shape[1]} columns; everybody is alike with {after.smallest - 1} "
        f"others or more in {', '.join(after.keys)}.",
        *(f"{row.variable}: {row.blanked} of {row.answers} answers blanked." for row in _blanked(shared)),
        f"{len(shared.left_out)} questions are left out; {', '.join(path.name for path in reports)} say which and why.",
    ]


def in_words(study: Study, shared: Shared, t: Catalogue) -> str:
    """Return the report on a shared file as a text (Markdown) in the language of a catalogue."""
    before, after = shared.before, shared.after

    def name(variable: str) -> str:
        return t("Country") if variable == "country" else study.questionnaire.question_text(variable, t.language)

    parts = [
        f"# {t('Answers that may be shared: what they show of persons')}",
        t.pick(study.title),
        " ".join(origin(code, t) for code in shared.answers["origin"].drop_duplicates()),
        f"## {t('What others may know')}",
        t(
            "Whoever knows of a person what stands below, and that the person answered, finds a group of people alike, not the "
            "person. The file holds {n} persons in {groups} groups; the smallest has {smallest}.",
            n=t.number(after.persons),
            groups=t.number(after.classes),
            smallest=t.number(after.smallest),
        ),
        _list(name(key) for key in after.keys),
        _table(
            (t("Measure"), t("Before"), t("In the file")),
            [
                (t("Persons alone in their group"), t.number(before.unique), t.number(after.unique)),
                (
                    t("Persons alike with fewer than {n} others", n=t.number(after.k - 1)),
                    t.number(before.below),
                    t.number(after.below),
                ),
                (t("Largest chance of finding a person"), *_percents(t, before.highest_risk, after.highest_risk)),
                (
                    t("Persons found on average, of {n}", n=t.number(after.persons)),
                    t.number(before.expected),
                    t.number(after.expected),
                ),
            ],
        ),
        t(
            "How many people of the population are alike with somebody who answered is not known. The chances above are for "
            "somebody who knows who answered; for everybody else they are smaller."
        ),
        f"## {t('What a group tells about its members')}",
        t(
            "In every group in which anybody answered there are {n} different answers or more to each of these questions. The "
            "effective number counts rare answers less.",
            n=t.number(after.l),
        ),
        _table(
            (t("Question"), t("Fewest different answers"), t("Least effective number")),
            [(name(row["variable"]), *_least(row, t)) for row in after.sensitive.to_dict("records")],
        ),
        f"## {t('What was blanked')}",
        t("As few answers as the program could find; of equal ways the one that keeps the keys named first."),
        _table(
            (t("Question"), t("Answers"), t("Blanked"), t("Per cent")),
            [
                (name(row.variable), t.number(row.answers), t.number(row.blanked), t.percent(row.share, 1))
                for row in _blanked(shared)
            ],
        ),
        f"## {t('What is left out')}",
        t(
            "Numbers of respondents, weights, scores, dates and the language of the form never go along: they would give back "
            "what was blanked. The order of the rows tells nothing."
        ),
        *(
            f"**{t(reason)}** ({t.number(len(names))}): {', '.join(f'`{one}`' for one in names)}"
            for reason, names in _by_reason(shared.left_out).items()
        ),
    ]
    return text.spaced("\n\n".join(parts), t.language) + "\n"


def _least(row: Mapping[str, Any], t: Catalogue) -> tuple[str, str]:
    if not row["distinct"]:
        return t("nobody answered"), ""
    return t.number(row["distinct"]), t.number(row["entropy"], 1)


def _percents(t: Catalogue, *shares: float) -> list[str]:
    return [t.percent(100 * share, 1) for share in shares]


def _blanked(shared: Shared) -> list[Any]:
    frame = shared.blanked
    return list(frame.assign(share=100 * frame["blanked"] / frame["answers"]).itertuples(index=False))


def _by_reason(left_out: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for question, reason in left_out.items():
        found.setdefault(reason, []).append(question)
    return found


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" if at == 0 else "---:" for at in range(len(head))), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in cells)
