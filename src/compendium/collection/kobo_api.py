"""Fetch the answers of a form from a KoboToolbox or ODK Central server, and prove that all of them came.

A server gives a page at a time (KoboToolbox 100 rows by default and 1,000 at most), so a download proves itself: each
answer once, as many as the server counts before and after. It is tested against a fake server only.
"""

import getpass
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from ..errors import AnswersError
from ..paths import shown
from .kobo_http import Server
from .kobo_sources import write_download

TOKEN = "KOBO_TOKEN"
"""Environment variable with the token; for ODK Central also ``e-mail:password``."""
PAGE, MOST = 100, 1000
_AGAIN = 3
"""How often a download begins anew where answers arrive meanwhile."""


@dataclass(frozen=True)
class _Page:
    rows: list[dict[str, Any]]
    count: int
    following: str  # the query of the next page; empty on the last


@dataclass(frozen=True)
class _Kind:
    """How a platform is asked: where, with which query, and how its pages name things."""

    program: str
    path: str
    first: Mapping[str, str]
    alone: Mapping[str, str]  # the query that asks for little but the count
    key: str
    rows: str
    count: str
    following: str


class _Changed(Exception):
    """The answers on the server changed while they were fetched."""


def download(url: str, asset: str, into: Path, *, page: int = PAGE) -> Path:
    """Fetch all answers to a form.

    Parameters
    ----------
    url : str
        Address of a KoboToolbox server, such as ``https://kf.kobotoolbox.org``, or of a project on ODK Central, such as
        ``https://central.example.org/projects/7``.
    asset : str
        Identifier of the form: the asset's uid at KoboToolbox, the form's id at ODK Central.
    into : Path
        Folder for the file; its name carries the moment, so that nothing is overwritten.
    page : int
        Answers a page, 1 to 1,000.

    Returns
    -------
    Path
        One line that says where, when and how many, then each answer in a line of its own as the server sent it (decimals
        as text, digit by digit); :func:`.kobo.read` reads it and holds the number of lines against the first one.

    Raises
    ------
    AnswersError
        No such server or form, a token that is not taken, a server that stays busy or silent, an answer that is none,
        or a number of answers that is not the number the server counts.

    Notes
    -----
    The token comes from the environment variable ``KOBO_TOKEN`` or is asked for; it is sent to the server that was named
    and to no other, and never over a connection that can be overheard, but to this machine itself. Pages are sorted by
    the answer's number, and the query of the next page is the server's own. Where the number of answers changes on the
    way, the download begins anew, three times at most. Tested against a fake server only.
    """
    if not 1 <= page <= MOST:
        raise AnswersError(f"the size of a page {page} is not legal; legal is 1 to {MOST}")
    kind = _kind(url, asset, page)
    server = Server(url, _token(), kind.program)
    fetched = datetime.now(UTC)
    rows = _all(server, kind)
    record = {
        "program": kind.program,
        "server": urlsplit(url).netloc,
        "form": asset,
        "fetched": fetched.isoformat(timespec="seconds"),
        "rows": str(len(rows)),
        "rows on the server": f"{len(rows)}, counted before and after",
    }
    name = re.sub(r"[^\w-]", "_", asset)
    file = into / f"{name}_{fetched:%Y%m%dT%H%M%SZ}.jsonl"
    if file.exists():
        raise AnswersError(f"{shown(file)}: the file exists already; nothing that was received is overwritten")
    into.mkdir(parents=True, exist_ok=True)
    write_download(file, record, rows)
    return file


def _kind(url: str, asset: str, page: int) -> _Kind:
    project = re.search(r"/projects/(\d+)", url)
    if project:
        return _Kind(
            program="ODK Central",
            path=f"/v1/projects/{project[1]}/forms/{quote(asset, safe='')}.svc/Submissions",
            first={"$count": "true", "$top": str(page), "$expand": "*"},
            alone={"$count": "true", "$top": "0"},
            key="__id",
            rows="value",
            count="@odata.count",
            following="@odata.nextLink",
        )
    common = {"format": "json", "sort": '{"_id":1}'}
    return _Kind(
        program="KoboToolbox",
        path=f"/api/v2/assets/{quote(asset, safe='')}/data/",
        first={**common, "limit": str(page), "start": "0"},
        alone={**common, "limit": "1", "start": "0"},
        key="_id",
        rows="results",
        count="count",
        following="next",
    )


def _token() -> str:
    token = os.environ.get(TOKEN, "") or getpass.getpass("Token: ")
    if not token.strip() or not token.strip().isprintable() or not token.isascii():
        raise AnswersError(f"no token: set {TOKEN}, or type it when it is asked for")
    return token.strip()


def _all(server: Server, kind: _Kind) -> list[dict[str, Any]]:
    for _ in range(_AGAIN):
        try:
            return _once(server, kind)
        except _Changed as change:
            last = str(change)
    raise AnswersError(f"{server.name}: {last}, {_AGAIN} times in a row; fetch again when fewer answers come in")


def _once(server: Server, kind: _Kind) -> list[dict[str, Any]]:
    """Fetch every page, and prove that the rows are all there are."""
    found: dict[str, dict[str, Any]] = {}
    query = urlencode(kind.first)
    asked: set[str] = set()
    before = None
    while query:
        asked.add(query)
        page = _page(server, kind, query)
        before = page.count if before is None else before
        if page.count != before:
            raise _Changed(f"the server counted {before} answers and then {page.count}")
        keys = [_key(row, kind, server) for row in page.rows]
        if keys and all(key in found for key in keys):
            raise AnswersError(f"{server.name}: the same page came twice, after {len(found)} of {before} answers")
        twice = next((key for at, key in enumerate(keys) if key in found or key in keys[:at]), "")
        if twice:
            raise _Changed(f"the answer {twice} came twice")
        found |= zip(keys, page.rows, strict=True)
        if page.following and (page.following in asked or not page.rows):
            raise AnswersError(f"{server.name}: no further page came, after {len(found)} of {before} answers")
        query = page.following
    after = _page(server, kind, urlencode(kind.alone)).count
    if after != before:
        raise _Changed(f"the server counted {before} answers and then {after}")
    if len(found) != after:
        raise AnswersError(
            f"{server.name}: {len(found)} answers came where the server counts {after}; nothing was written"
        )
    return list(found.values())


def _page(server: Server, kind: _Kind, query: str) -> _Page:
    content = server.get(kind.path, query)
    rows, count = content.get(kind.rows), content.get(kind.count)
    if not isinstance(rows, list) or not isinstance(count, int) or not all(isinstance(row, dict) for row in rows):
        raise AnswersError(
            f"{server.name}: no page of answers came, as {kind.program} gives them; is the address right?"
        )
    following = content.get(kind.following) or ""
    if following:
        where = urlsplit(str(following))
        if where.netloc and where.hostname != server.host:
            raise AnswersError(f"{server.name}: the next page is said to lie on {where.netloc!r}; the token stays here")
        following = where.query
        if not parse_qs(following):
            raise AnswersError(f"{server.name}: the address of the next page says nothing: {content[kind.following]!r}")
    return _Page(rows, count, following)


def _key(row: Mapping[str, Any], kind: _Kind, server: Server) -> str:
    key = row.get(kind.key)
    if key in (None, ""):
        raise AnswersError(
            f"{server.name}: an answer came without {kind.key}, so that none can be counted twice or missed"
        )
    return str(key)
