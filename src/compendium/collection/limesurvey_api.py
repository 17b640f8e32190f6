"""Fetch the answers of a survey from a LimeSurvey server, and prove that all of them came.

Through RemoteControl 2 (JSON-RPC) and ``citric``. Tested against a fake server only, which answers as the manual says;
no real one was at hand.
"""

import getpass
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from citric import Client
from citric.exceptions import LimeSurveyError, ResponseMismatchError

from ..errors import AnswersError
from ..paths import shown
from ..reading import write_atomically
from . import limesurvey

PASSWORD = "LIMESURVEY_PASSWORD"
"""Environment variable with the password; without it the password is asked for."""
TIMEOUT = (10.0, 300.0)
"""Seconds to wait for the server to answer at all, and between two parts of an answer: a large export takes its time."""
_LOCAL = ("localhost", "127.0.0.1", "::1")


def download(url: str, survey: int, user: str, into: Path) -> list[Path]:
    """Fetch all answers of a survey, finished or not, as codes.

    Parameters
    ----------
    url : str
        Address of RemoteControl, ``https://.../admin/remotecontrol``.
    survey : int
        Number of the survey.
    user : str
        Name on that server; it needs the right to export the answers.
    into : Path
        Folder for the files; it may be absent. Nothing in it is overwritten.

    Returns
    -------
    list of Path
        ``limesurvey_<survey>.csv`` exactly as the server sent it, and ``limesurvey_<survey>.json`` which says when it was
        fetched and how many answers the server counts. The structure of a survey cannot be fetched this way: export it in
        the browser (Display / Export > Survey structure).

    Raises
    ------
    AnswersError
        No password, an address that would show it, a server that does not answer or refuses, a survey without answers,
        or a number of rows that is not the server's own count.

    Notes
    -----
    Proof of completeness: rows in the file = completed + incomplete answers by the server's summary after the fetch, and
    unfinished rows = its incomplete ones. Answers that arrive meanwhile break it; then fetch again.

    References
    ----------
    LimeSurvey manual, "RemoteControl 2 API": ``export_responses``, ``get_summary``.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AnswersError(f"{url!r} is no address; legal is https://.../admin/remotecontrol")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise AnswersError(f"{url!r} would send the password in clear; legal is an address that begins with https")
    target = into / f"limesurvey_{survey}.csv"
    said = target.with_suffix(".json")
    for file in (target, said):
        if file.exists():
            raise AnswersError(f"{shown(file.resolve())}: the file exists already, and nothing received is overwritten")
    content, completed, incomplete = _fetched(url, survey, user)
    record = _proved(content, survey, completed, incomplete)
    about = {
        "server": parts.hostname,
        "survey": survey,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "completed on the server": completed,
        "incomplete on the server": incomplete,
        "rows": int(record["rows"]),
        "sha256": record["sha256"],
    }
    write_atomically(target, content)
    write_atomically(said, (json.dumps(about, indent=2) + "\n").encode("utf-8"))
    return [target, said]


class _Patient(requests.Session):
    """A session that does not wait for ever."""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request that gives up after a while."""
        return super().request(*arguments, **{"timeout": TIMEOUT, **options})


def _fetched(url: str, survey: int, user: str) -> tuple[bytes, int, int]:
    """Return the export and the server's counts of completed and incomplete answers."""
    password = os.environ.get(PASSWORD) or getpass.getpass(f"Password of {user} on {urlsplit(url).hostname}: ")
    if not password:
        raise AnswersError(f"no password for {user}; give it when asked, or in the environment variable {PASSWORD}")
    where = f"{urlsplit(url).hostname}, survey {survey}"
    try:
        with Client(url, user, password, requests_session=_Patient()) as client:
            content = client.export_responses(
                survey, file_format="csv", completion_status="all", heading_type="code", response_type="short"
            )
            summary = client.get_summary(survey)
    # What requests raises is an OSError; what is no base64, or lacks a key, was no answer of RemoteControl.
    except (LimeSurveyError, ResponseMismatchError, OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).replace(password, "***").split())[:200] or type(error).__name__
        raise AnswersError(f"{where}: the server does not give the answers: {reason}") from None
    counts = [str((summary or {}).get(name, "")) for name in ("completed_responses", "incomplete_responses")]
    if not all(count.isdecimal() for count in counts):
        raise AnswersError(f"{where}: the server does not say how many answers it has, so nothing proves that all came")
    return content, int(counts[0]), int(counts[1])


def _proved(content: bytes, survey: int, completed: int, incomplete: int) -> dict[str, str]:
    """Hold what came against the server's own counts; return the record of the file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"limesurvey_{survey}.csv"
        file.write_bytes(content)
        received = limesurvey.read(file)
    rows, unfinished = len(received.table), received.record.get("unfinished rows", "")
    if rows != completed + incomplete:
        raise AnswersError(
            f"survey {survey}: {rows} rows came where the server counts {completed} completed and {incomplete} incomplete "
            "answers; nothing was kept, fetch again"
        )
    if unfinished != str(incomplete):
        raise AnswersError(
            f"survey {survey}: {unfinished or 'no'} unfinished rows came where the server counts {incomplete}; nothing was "
            "kept, fetch again"
        )
    if "id" in received.table and received.table["id"].duplicated().any():
        twice = received.table["id"][received.table["id"].duplicated()].iloc[0]
        raise AnswersError(f"survey {survey}: the answer {twice!r} came twice; nothing was kept, fetch again")
    return dict(received.record)
