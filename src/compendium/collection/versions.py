"""Answers belong to one version of the form: those of another stop, with the differences named."""

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..reading import read_table
from ..study.codebook import differences, fingerprint, form_version
from ..study.questionnaire import Questionnaire
from .provenance import Source

VERSION = "form_version"
"""Column by which a form that we exported says its version: ``<questionnaire> <version> <fingerprint>``."""
_NAMED = 5


def same_version(table: pd.DataFrame, form: Questionnaire, source: Source) -> pd.DataFrame:
    """Stop at answers of another version of the form; return the table without the column that says it.

    Parameters
    ----------
    table : pandas.DataFrame
        All text; ``form_version`` may be absent (a form that we did not export) or empty.
    form : Questionnaire
        The form as the study asks it now.
    source : Source
        The file, and the codebook of the fielded form beside it.

    Raises
    ------
    AnswersError
        An answer was given to another version. The differences are named from the codebook that was exported with that
        form, where it lies beside the answers.
    """
    if VERSION not in table:
        return table
    print_ = fingerprint(form)
    given = table[VERSION].str.strip()
    other = given[(given != "") & (given.str.split().str[-1] != print_)]
    if other.empty:
        return table.drop(columns=VERSION)
    named = "its codebook does not lie beside the answers, so what changed cannot be named"
    if source.codebook.is_file():
        changes = differences(read_table(source.codebook), form)
        more = f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
        named = ("; ".join(changes[:_NAMED]) + more) if changes else f"{source.codebook.name} shows no difference"
    raise AnswersError(
        f"{shown(source.file)}: {len(other)} answers were given to the form {other.iloc[0]!r}, where the study asks "
        f"{form_version(form)!r}: {named}"
    )
