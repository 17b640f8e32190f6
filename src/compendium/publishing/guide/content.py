"""The guide in one language, from the definitions, the facts of the study, and one number of its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ... import paths
from ...notebook import ORIGIN_NAMES
from ...reading import read_parquet
from ...results import weakest_origin
from ...sheets.risks import foremost, open_sheet
from ...sheets.risks.sheet import overall
from ...study.guide import Guide, load_guide
from ...study.levers import load_levers
from ...study.study import Study
from ...text import Catalogue
from ..pages import title as title_of
from .document import Document, Grid, Part, Points, Prose, Section
from .reference import colophon, contacts, law, sources

EXAMPLE = "05_diagnosis"
"""Page whose first sentence with a number is read aloud."""
NEAR = ("group", "support_team")
"""Who can begin without asking anybody else."""


def guide(study: Study, t: Catalogue) -> Document:
    """Put the guide together.

    Parameters
    ----------
    study : Study
        The study.
    t : Catalogue
        Language.

    Returns
    -------
    Document
        The guide; its one number comes from the published estimates of the page of all countries, which passed the gate, and is
        left out with a sentence where there are none.
    """
    content, found = load_guide(), _published(study, t)
    origin = weakest_origin(found["origin"]) if len(found) else "context"
    sections = [
        *_what_for(content, t),
        *_definitions(content, t),
        *_reading(content, study, found, t),
        *_day(content, t),
        *_blocks(content, t),
        *_monday(content, t),
        *law(study, t),
        *contacts(study, t),
        *_worksheets(content, t),
        *sources(content, t),
        *colophon(t),
    ]
    return Document(
        title=t("Psychosocial risks in cultural work: a guide for a working group"),
        subtitle=t.pick(study.title),
        language=t.language,
        notice=t(ORIGIN_NAMES[origin]) if origin in ("synthetic", "real_other") else "",
        origin=origin,
        sections=sections,
    )


def _published(study: Study, t: Catalogue) -> pd.DataFrame:
    """Return the estimates behind the page of all countries together, as they went out; none where it was not made."""
    languages = [t.language, *study.languages]
    files = [
        paths.published(study.folder, study.pooled.code, study.waves[-1], language, EXAMPLE) for language in languages
    ]
    return next((read_parquet(file) for file in files if file.is_file()), pd.DataFrame())


def _what_for(content: Guide, t: Catalogue) -> Iterator[Section]:
    yield Section(
        "what-for",
        t("What this guide is for"),
        2,
        [
            Prose(
                t(
                    "For a group of {n} people who want to change something about work, and for whoever leads their day. It says what the "
                    "words mean, how to read the pages of this study, how to spend a day on them in {blocks} blocks, and what follows "
                    "on Monday.",
                    n=content.people,
                    blocks=t.number(len(content.blocks)),
                )
            ),
            Prose(t("These rules hold all day. Whoever leads reads them out first."), strong=True),
            Points([t.pick(one["text"]) for one in content.rules], numbered=True),
        ],
    )


def _definitions(content: Guide, t: Catalogue) -> Iterator[Section]:
    yield Section(
        "definitions",
        t("What psychosocial risk means"),
        2,
        [
            Prose(
                t(
                    "No single definition fits. These stand side by side, in our words, with who says so and what was read."
                )
            ),
            Grid(
                t("Definitions"),
                [t("Who, when"), t("What they say"), t("What it is worth for us")],
                [
                    [
                        f"{t.pick(one['who'])}, {one['year'] or '[' + t('year to verify') + ']'}",
                        t.pick(one["says"]) + ("" if one["confidence"] == "sourced" else f" [{t('to verify')}]"),
                        t.pick(one["for_us"]),
                    ]
                    for one in content.definitions
                ],
                [2, 5, 3],
            ),
        ],
    )


def _reading(content: Guide, study: Study, found: pd.DataFrame, t: Catalogue) -> Iterator[Section]:
    example = _example(study, found, t)
    parts: list[Part] = [
        Grid(
            t("Words on the pages"),
            [t("Word"), t("How to read it")],
            [[t.pick(one["name"]), t.pick(one["text"])] for one in content.reading],
            [2, 8],
        )
    ]
    if example:
        parts.append(
            Grid(
                t("One sentence of this study, read aloud"),
                [t("What the page says"), t("What it means, and what not")],
                [
                    [
                        example,
                        t(
                            "So many of those who answered, not of everybody. Chance alone leaves the interval open. It does not say why, nor "
                            "for whom it is worst, nor that work made it so."
                        ),
                    ]
                ],
                [1, 1],
            )
        )
    else:
        parts.append(
            Prose(
                t("This study has no share of exposed persons to read aloud: its page says what it measures instead.")
            )
        )
    yield Section("reading", t("How to read the results"), 2, parts)


def _example(study: Study, found: pd.DataFrame, t: Catalogue) -> str:
    """Return the first sentence with a number of the page on exposure; empty where it shows none."""
    if found.empty:
        return ""
    sheet = open_sheet(study, found, t, lambda column, code: code)
    return foremost(sheet).text if overall(sheet)["estimate"].notna().any() else ""


def _day(content: Guide, t: Catalogue) -> Iterator[Section]:
    hours = [[f"{slot.begins}–{slot.ends}", t.pick(slot.name), t("{n} min", n=slot.minutes)] for slot in content.day]
    yield Section(
        "day",
        t("The day"),
        2,
        [
            Prose(
                t(
                    "One room with a free wall, paper, cards, dots and pens; the pages of the country printed; someone to lead and someone "
                    "named to whom people can go out."
                )
            ),
            Grid(t("Timetable"), [t("Time"), t("What"), t("Minutes")], hours, [2, 6, 1.5]),
        ],
        sheet=True,
    )


def _blocks(content: Guide, t: Catalogue) -> Iterator[Section]:
    yield Section("blocks", t("The blocks, one by one"), 2, sheet=True)
    slots = {slot.id: slot for slot in content.day}
    for at, (name, block) in enumerate(content.blocks.items(), start=1):
        slot = slots[name]
        yield Section(
            f"block-{name}",
            t(
                "{number}. {title} ({begins}, {n} min)",
                number=at,
                title=t.pick(block["name"]),
                begins=slot.begins,
                n=slot.minutes,
            ),
            3,
            [
                Prose(t.pick(block["purpose"])),
                Prose(t.pick(block["material"]), t("On the table")),
                Points([t.pick(step) for step in block["steps"]], numbered=True),
                Prose(t.pick(block["wall"]), t("On the wall")),
                Prose(t.pick(block["takes_along"]), t("Taken along")),
                Prose(title_of(block["page"], t), t("Page of the study")),
            ],
        )


def _monday(content: Guide, t: Catalogue) -> Iterator[Section]:
    when = {"monday": t("On Monday"), "week": t("This week"), "month": t("This month"), "quarter": t("This quarter")}
    near = [lever for lever in load_levers().values() if lever.who in NEAR and lever.effort == "low"]
    yield Section(
        "monday",
        t("What to do on Monday"),
        2,
        [
            Grid(
                t("Who does what, and by when"),
                [t("When"), t("Who"), t("What")],
                [[when[one["when"]], t.pick(one["who"]), t.pick(one["does"])] for one in content.monday],
                [1.6, 2.2, 6],
            ),
            Grid(
                t("First steps that need nobody's leave"),
                [t("Lever"), t("First step"), t("Take care")],
                [[t.pick(one.name), t.pick(one.first_step), t.pick(one.caution)] for one in near],
                [3, 4, 4],
            ),
            Prose(
                t("All levers, with what is known of each, stand on the page «{page}».", page=title_of("05_action", t))
            ),
        ],
    )


def _worksheets(content: Guide, t: Catalogue) -> Iterator[Section]:
    for sheet in content.worksheets:
        head = ["", *(t.pick(column) for column in sheet["columns"])]
        rows = [[t.pick(row), *[""] * len(sheet["columns"])] for row in sheet["rows"]]
        widths = [1.4, *[2.0] * len(sheet["columns"])]
        grid = Grid(t.pick(sheet["name"]), head, rows, widths, row_height=24)
        yield Section(f"sheet-{sheet['id']}", t("Worksheet: {name}", name=t.pick(sheet["name"])), 2, [grid], sheet=True)
