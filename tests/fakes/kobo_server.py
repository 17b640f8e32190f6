"""A fake KoboToolbox and ODK Central server, with the faults that real ones show. Tests are run against nothing else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN = "token-of-the-fake"


@dataclass
class Fake:
    """What the server holds and how it behaves.

    ``faults`` are used up one a request: a status code, or one of ``html``, ``broken off``, ``silent``, ``arrival`` (one
    more answer is there from now on), ``departure``. ``bent`` changes every page.
    """

    answers: list[dict[str, Any]]
    most: int = 1000
    bent: str = ""
    faults: list[int | str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def page(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        if path == "/api/v2/assets/form/data/":
            return self._kobo(query)
        if path == "/v1/projects/7/forms/form.svc/Submissions":
            return self._central(query)
        return None

    def _kobo(self, query: dict[str, str]) -> dict[str, Any]:
        assert query["format"] == "json" and json.loads(query["sort"]) == {"_id": 1}
        start, limit = int(query["start"]), min(int(query["limit"]), self.most)
        rows = sorted(self.answers, key=lambda row: row["_id"])[start : start + limit]
        following: str | None = f"{self.url}/api/v2/assets/form/data/?" + urlencode({**query, "start": start + limit})
        if start + limit >= len(self.answers):
            following = None
        if self.bent == "first page always":
            rows = self.answers[:limit]
        if self.bent == "never ends":
            rows, following = [], f"{self.url}/api/v2/assets/form/data/?" + urlencode({**query, "start": start + 1})
        if self.bent == "one lost":
            rows = [row for row in rows if row is not self.answers[1]]
        if self.bent == "one twice":
            rows = [*rows, rows[0]] if rows else rows
        if self.bent == "ends early":
            following = None
        if self.bent == "elsewhere" and following:
            following = following.replace("127.0.0.1", "elsewhere.example.org")
        if self.bent == "no ids":
            rows = [{"q": "1"} for _ in rows]
        return {"count": len(self.answers), "next": following, "previous": None, "results": rows}

    def _central(self, query: dict[str, str]) -> dict[str, Any]:
        assert query["$count"] == "true"
        start, top = int(query.get("$skiptoken", "0")), int(query["$top"])
        page: dict[str, Any] = {"value": self.answers[start : start + top], "@odata.count": len(self.answers)}
        if 0 < start + top < len(self.answers):
            page["@odata.nextLink"] = f"{self.url}/v1/projects/7/forms/form.svc/Submissions?" + urlencode(
                {**query, "$skiptoken": start + top}
            )
        return page


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    """Serve in a thread while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append(self.path)
            fault = fake.faults.pop(0) if fake.faults else ""
            if fault == "arrival":
                number = max(row["_id"] for row in fake.answers) + 1
                fake.answers.append({"_id": number, "_uuid": f"u-{number}", "q": "new"})
            if fault == "departure":
                fake.answers.pop(0)
            if isinstance(fault, int):
                self._send(fault, b"{}")
                return
            if self.headers["Authorization"] not in (f"Token {TOKEN}", f"Bearer {TOKEN}", "Basic bWVAZS5vcmc6cHc="):
                self._send(401, b'{"detail": "Invalid token."}')
                return
            parts = urlsplit(self.path)
            page = fake.page(parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()})
            if page is None:
                self._send(404, b"{}")
            elif fault == "html":
                self._send(200, b"<html>log in</html>")
            elif fault == "silent":
                threading.Event().wait(0.5)
            else:
                self._send(200, json.dumps(page).encode(), broken=fault == "broken off")

        def _send(self, status: int, body: bytes, broken: bool = False) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/accounts/login/")
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body) + (10 if broken else 0)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
