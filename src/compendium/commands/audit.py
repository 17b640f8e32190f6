"""``compendium audit``: whether what lies in the site is what was examined, and how much was withheld by which rule."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from compendium import paths, text
from compendium.disclosure.audit import LOG, by_unit, verify
from compendium.publishing.protection_page import rule_in_words
from compendium.study.study import load_study


def show(folder: Path, console: Console) -> None:
    """Hold the site of a study against its log and print the log by country.

    Raises
    ------
    DisclosureError
        They do not agree, or a rule is broken: one sentence.
    """
    study = load_study(folder)
    log = verify(folder, study.disclosure)
    t = text.load(text.SOURCE_LANGUAGE)
    found = by_unit(log.entries)
    table = Table()
    table.add_column(f"Rules {log.rules['hash']}")
    for unit in found["unit"]:
        table.add_column(unit, justify="right")
    words = {"pages": "Pages", "examined": "Numbers about people", "withheld": "Withheld", "official": "Published figures"}
    for name in ["pages", "official", "examined", "withheld", *found.columns[5:]]:
        label = words.get(name) or f"  {rule_in_words(name, t)}"
        table.add_row(label, *(t.number(count) for count in found[name]), end_section=name == "official")
    console.print(table)
    console.print(
        f"{len(log.entries)} pages and {len(log.front)} front files are as they were examined; {log.held} numbers were held "
        f"against one another. Log: {paths.shown(paths.site(folder) / LOG)}",
        highlight=False,
        soft_wrap=True,
    )
