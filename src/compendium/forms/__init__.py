"""Forms: the questionnaire of a country and wave as files for the platforms and the printer."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from .. import paths
from ..errors import CompendiumError
from ..reading import write_atomically
from ..study.codebook import codebook
from ..study.study import Study
from . import limesurvey, paper, paper_docx, xlsform
from .outline import open_form

CODEBOOK: Final = "codebook"
FORMATS: Final[dict[str, Callable[[Study, str, str, Sequence[str], Path], list[Path]]]] = {
    "limesurvey": limesurvey.write,
    "xlsform": xlsform.write,
    "html": paper.write,
    "docx": paper_docx.write,
}


def export(
    study: Study, country: str, wave: str, format_: str, folder: Path, languages: Sequence[str] = ()
) -> list[Path]:
    """Write the form of a country and wave, with its codebook beside it.

    Parameters
    ----------
    study : Study
        The study.
    country, wave : str
        Whose form.
    format_ : str
        ``limesurvey``, ``xlsform``, ``html``, ``docx``, or ``codebook`` for the codebook alone.
    folder : Path
        Where to.
    languages : sequence of str
        Languages of the form, the one it opens in first; none are those of the country, then English.

    Returns
    -------
    list of Path
        The files, ``codebook.csv`` last: it is put beside the answers when they come back, so that the differences can
        be named should the form have changed in between.

    Raises
    ------
    CompendiumError
        Format, country, wave or language is not known, or the form lacks the wording of an instrument.
    """
    if format_ not in (*FORMATS, CODEBOOK):
        raise CompendiumError(
            f"questionnaire: the format {format_!r} is not known; legal are {', '.join((*FORMATS, CODEBOOK))}"
        )
    form = open_form(study, country, wave)
    wanted = tuple(languages) or default_languages(study, country)
    written = FORMATS[format_](study, country, wave, wanted, folder) if format_ in FORMATS else []
    path = folder / f"{CODEBOOK}.csv"
    write_atomically(path, codebook(form).to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    return [*written, path]


def default_languages(study: Study, country: str) -> tuple[str, ...]:
    """Return the languages that people in a country answer in, then English, as far as the questionnaire has them."""
    written = study.questionnaire.languages
    return tuple(one for one in dict.fromkeys((*study.country(country).languages, "en")) if one in written)


def default_folder(study: Study, country: str, wave: str) -> Path:
    """Return where the forms of a country and wave go when nothing else is wanted."""
    return paths.unit_folder(study.folder, country, wave) / "forms"
