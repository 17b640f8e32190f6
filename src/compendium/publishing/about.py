"""What the front page says about the study itself: whose answers, which partners, which files, how to cite it."""

from __future__ import annotations

import babel
import pandas as pd

from .. import paths
from ..reading import read_yaml
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue


def answers(study: Study, origins: dict[str, str], t: Catalogue) -> str:
    """Return a table of where the answers of each country come from, as HTML."""
    words = {
        "synthetic": t("synthetic: drawn by a declared generator"),
        "real": t("real: received by this study"),
        "real_other": t("real: a survey by others, not findings of this study"),
        "": t("none: no page shows answers"),
    }
    frame = pd.DataFrame(
        {
            t("Country"): [study.name(unit, t.language) for unit in origins],
            t("Answers"): [words[found] for found in origins.values()],
            t("Languages of the pages"): [
                t.join([language_in(language, t) for language in study.languages_of(unit)]) for unit in origins
            ],
        }
    )
    return Table(frame, t("Origin of the answers, by country"), t)._repr_html_()


def partners(study: Study, t: Catalogue) -> str:
    """Return a table of the partners and of the parts that they supervise, as HTML."""

    def country(code: str, confidence: str) -> str:
        name = study.name(code, t.language) if code in study.units else code
        return t("{country} (to verify)", country=name) if confidence == "to verify" else name

    frame = pd.DataFrame(
        {
            t("Partner"): [partner.name for partner in study.partners],
            t("Country"): [country(partner.country, partner.confidence) for partner in study.partners],
            t("Place"): [partner.place for partner in study.partners],
            t("What it is"): [t.pick(partner.what) for partner in study.partners],
            t("Supervises"): [
                "; ".join(t.pick(part.title) for part in study.parts if partner.id in part.supervised_by)
                or t("no part")
                for partner in study.partners
            ],
        }
    )
    note = (
        t("To verify: no source read so far states it.")
        if any(p.confidence == "to verify" for p in study.partners)
        else ""
    )
    return Table(frame, t("Partners, and the parts of the study they supervise in pairs"), t, note=note)._repr_html_()


def places(study: Study, t: Catalogue) -> str:
    """Return a table of where the files behind the site lie, as HTML."""
    rows = [
        (t("Pages"), "processed/site/<language>/<country>/<wave>/<page>.html"),
        (
            t("Every number a page shows, with interval, n, source and origin"),
            "processed/<country>/<wave>/<language>/<page>.published.parquet",
        ),
        (t("How many numbers were withheld on each page, and by which rule"), "processed/site/audit.jsonl"),
        (t("Executed notebooks"), "processed/<country>/<wave>/<language>/<page>.ipynb"),
        (t("Products the pages are made from"), "processed/<country>/<wave>/<product>.parquet"),
        (t("Answers and country facts as received, with their provenance"), "raw/"),
        (t("What the study is: countries, partners, waves, thresholds"), "study.yml"),
        (t("What each run made, from which inputs"), "processed/runs/<run>/"),
    ]
    frame = pd.DataFrame(rows, columns=[t("What"), t("Where, in the folder of the study")])
    return Table(frame, t("Files behind this site"), t)._repr_html_()


def citation(t: Catalogue) -> list[tuple[str, str]]:
    """Return how to cite the study, and under which licences it stands, each with its heading."""
    found = read_yaml(paths.REPOSITORY / "CITATION.cff")
    authors = [
        author["name"] if "name" in author else f"{author['family-names']}, {author['given-names']}"
        for author in found["authors"]
    ]
    version = f"{t('version')} {found['version']}" if "version" in found else ""
    address = found.get("url") or found.get("repository-code", "")
    cited = ". ".join(
        filter(None, ["; ".join(authors), found["title"], version, str(found.get("date-released", "")), address])
    )
    licences = found.get("license", [])
    data = next(
        (
            line.strip("# ")
            for line in (paths.REPOSITORY / "LICENSE-DATA").read_text(encoding="utf-8").splitlines()
            if line.strip()
        ),
        "",
    )
    return [
        (t("How to cite"), f"{cited}."),
        (t("Licence of the program"), licences if isinstance(licences, str) else ", ".join(licences)),
        (t("Licence of data, texts and pages"), data),
    ]


def language_in(language: str, t: Catalogue) -> str:
    """Return the name of a language in the language of the page."""
    return babel.Locale(language).get_display_name(t.language) or language
