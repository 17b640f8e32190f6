"""Make the folder of another partner country: a line in ``study.yml``, a folder for its answers, nothing in Python."""

import re
from collections.abc import Mapping
from pathlib import Path

import babel
from babel.languages import get_official_languages

from . import paths, text
from .collection import arrivals, records, synthetic
from .errors import CompendiumError
from .pathways import synthetic as pathways
from .pathways.received import LOG
from .reading import write_atomically
from .study.study import Study, load_study

NAMED_IN = ("en", "fr", "pt", "pl", "de")
"""Languages in which the name of the new country is written down."""


def new_country(folder: Path, code: str) -> str:
    """Add a country to a study, complete and valid, with declared synthetic answers until real ones arrive.

    A country whose line stands in ``study.yml`` already, written by hand, gets the answers that it lacks.

    Parameters
    ----------
    folder : Path
        Folder of the study.
    code : str
        ISO 3166-1 alpha-2 code of the country, such as ``"ES"``.

    Returns
    -------
    str
        What was made and what a person has to do next.

    Raises
    ------
    CompendiumError
        The code is no country, or the study has it already with answers in every wave.

    Notes
    -----
    Names and official languages come from the Unicode CLDR (through Babel). Comments and order of ``study.yml`` stay
    as they are: the entry is put after the last country, and the file is only replaced when it loads.
    """
    study = load_study(folder)
    names = {language: babel.Locale(language).territories.get(code) for language in NAMED_IN}
    # CLDR also names groups and an unknown region; a country has languages.
    if len(code) != 2 or not code.isupper() or not all(names.values()) or not get_official_languages(code):
        raise CompendiumError(
            f"new-country: {code!r} is no country; legal is an ISO 3166-1 alpha-2 code in capitals, such as ES"
        )
    lacking, logs = _without_answers(study, code), _without_log(study, code)
    if code in study.units:
        if not logs and (study.answers is not None or not lacking):  # one file that holds all countries holds this one too
            raise CompendiumError(
                f"{paths.shown(paths.study_file(folder))}: the country {code!r} is there already; the study has {', '.join(study.units)}"
            )
        for wave in lacking if study.answers is None else ():
            synthetic.write(study, code, wave)
        for wave in logs:
            pathways.write(study, code, wave)
        return _said(study, code)
    path = paths.study_file(folder)
    before = path.read_bytes()
    write_atomically(
        path, _with_country(before.decode("utf-8"), _entry(code, names), paths.shown(path)).encode("utf-8")
    )
    try:
        grown = load_study(folder)
        for wave in lacking:
            synthetic.write(grown, code, wave)
    except BaseException:
        write_atomically(path, before)
        raise
    return _said(grown, code)


def _without_answers(study: Study, code: str) -> list[str]:
    """Return the waves of a study for which a country has no folder, or one that holds records alone."""
    folders = {wave: paths.answers_folder(study.folder, code, wave) for wave in study.waves}
    return [
        wave
        for wave, folder in folders.items()
        if not folder.exists() or (any(folder.iterdir()) and not arrivals.of_answers(folder))
    ]


def _without_log(study: Study, code: str) -> list[str]:
    """Return the waves for which a country with a support pathway has no log of it."""
    waves = study.waves if code in study.territories else ()
    return [wave for wave in waves if records.received(study, code, wave, LOG) is None]


def _entry(code: str, names: Mapping[str, str | None]) -> list[str]:
    languages = get_official_languages(code)
    known = [language for language in languages if len(language) == 2][:1] or [text.SOURCE_LANGUAGE]
    written = ", ".join(f'{language}: "{name}"' for language, name in names.items())
    return [
        f'- code: "{code}"  # to verify: languages in which people answer',
        f"  name: {{{written}}}",
        f"  languages: [{', '.join(known)}]",
    ]


def _with_country(content: str, entry: list[str], where: str) -> str:
    """Put an entry after the last country, indented as the others are."""
    lines = content.splitlines()
    start = next((at for at, line in enumerate(lines) if re.fullmatch(r"countries:\s*(#.*)?", line)), None)
    first = (
        None
        if start is None
        else next((at for at in range(start + 1, len(lines)) if lines[at].lstrip()[:2] == "- "), None)
    )
    if first is None:
        raise CompendiumError(
            f"{where}: countries: cannot be added to as it is written; legal is one entry a country, on lines of its own"
        )
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    last = first
    for at in range(first + 1, len(lines)):
        inside = lines[at].startswith((f"{indent} ", f"{indent}- "))
        if not inside and lines[at].strip() and not lines[at].lstrip().startswith("#"):
            break
        last = at if inside else last
    return "\n".join([*lines[: last + 1], *(indent + line for line in entry), *lines[last + 1 :]]) + "\n"


def _said(study: Study, code: str) -> str:
    places = ", ".join(paths.shown(paths.answers_folder(study.folder, code, wave)) for wave in study.waves)
    return (
        f"{study.name(code, text.SOURCE_LANGUAGE)} is in {paths.shown(paths.study_file(study.folder))}, with declared synthetic answers in {places}.\n"
        f"Next: put real answers and their source.yml there, check the languages, add its partner, and its facts to {paths.shown(paths.context(study.folder))}."
    )
