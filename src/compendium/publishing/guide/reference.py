"""What stands behind the guide: law, help contacts, sources, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator

from ... import provenance
from ...study.elements import Contacts
from ...study.guide import Guide
from ...study.levers import load_levers
from ...study.postures import load_postures, load_sources
from ...study.study import Study
from ...text import Catalogue
from ..about import citation
from .document import Grid, Part, Points, Prose, Section

ENTRIES = ("employer_assess", "employer_prevent", "employee_protected", "worker_care")
"""Lines of the table of postures that say who answers for prevention."""


def law(study: Study, t: Catalogue) -> Iterator[Section]:
    """Tell who answers for prevention in each country, with what is still to verify and where nothing is on file."""
    known = load_sources(study.folder)
    entries = {entry.id: entry for posture in load_postures().values() for entry in posture.entries}
    rows = []
    for unit in study.units if known else ():
        for name in ENTRIES:
            source = known.get((unit, name))
            if source is None:
                rows.append(
                    [study.name(unit, t.language), t.pick(entries[name].text), t("no source on file [to verify]")]
                )
                continue
            says = t.pick(source.says) if source.says else t("nobody has read it for this study")
            mark = "" if source.confidence == "sourced" else f" [{t('to verify')}]"
            rows.append(
                [
                    study.name(unit, t.language),
                    t.pick(entries[name].text),
                    t("{what}: {text}", what=source.law + mark, text=says),
                ]
            )
    if rows:
        shown: Grid | Prose = Grid(
            t("Who answers for prevention"), [t("Where"), t("What"), t("Law, in our words")], rows, [1.6, 3.4, 5]
        )
    else:
        shown = Prose(t("This study has no legal sources on file."))
    yield Section("law", t("What law says"), 2, [shown, Prose(t("This is no legal advice."))])


def contacts(study: Study, t: Catalogue) -> Iterator[Section]:
    """Tell whom to speak to, country by country."""
    rows = [
        [
            study.name(one.code, t.language),
            line.name,
            line.contact,
            line.checked or t("to be checked by the partner"),
        ]
        for one in study.countries
        for line in study.contacts.get(one.code, Contacts()).help
    ]
    without = [one.code for one in study.countries if not study.contacts.get(one.code, Contacts()).help]
    parts: list[Part] = [
        Prose(
            t(
                "A questionnaire is no diagnosis of a person. If work wears you out, speak to someone: a doctor, the occupational health "
                "service where your status gives you one, a colleague you trust. In an emergency, call the rescue services of the country "
                "you are in."
            )
        )
    ]
    if rows:
        parts.append(
            Grid(t("Help contacts"), [t("Country"), t("Name"), t("Contact"), t("Checked on")], rows, [2, 4, 3, 3])
        )
    if without:
        names = t.join([study.name(code, t.language) for code in without])
        parts.append(Prose(t("No help contact is on file yet for: {countries}.", countries=names)))
    yield Section("help", t("If this page touches you"), 2, parts)


def sources(content: Guide, t: Catalogue) -> Iterator[Section]:
    """List what was read, and what nobody read."""
    listed = [
        t(
            "{what}: {text}",
            what=t.pick(one["who"]) + (f", {one['year']}" if one["year"] else ""),
            text=_read(t.pick(one["read"]) if "read" in one else "", t),
        )
        for one in content.definitions
    ]
    levers = {source.id: source for lever in load_levers().values() for source in lever.evidence.sources}
    listed += [t("{what}: {text}", what=source.title, text=_read(source.read, t)) for source in levers.values()]
    yield Section("sources", t("What was read"), 2, [Points(listed)], sheet=True)


def _read(read: str | None, t: Catalogue) -> str:
    return read or t("by nobody for this study: to verify")


def colophon(t: Catalogue) -> Iterator[Section]:
    """Tell how to cite the guide, under which licences it stands, and what made it."""
    said = [Prose(text, heading) for heading, text in citation(t) if text]
    versions = ", ".join(f"{name} {version}" for name, version in provenance.versions().items())
    yield Section("colophon", t("Colophon"), 2, [*said, Prose(versions, t("Versions"))])
