"""A fake of LimeSurvey's RemoteControl 2: the few methods that are asked of it, over HTTP on this machine."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-session-key"


@dataclass
class Server:
    """What the server holds and how it behaves.

    Attributes
    ----------
    export : bytes
        What ``export_responses`` sends.
    summary : dict or list
        What ``get_summary`` says; an empty list where a survey is not active.
    user, password : str
        Who may come in.
    replies : dict
        Method -> what it answers instead: a result, or bytes for a whole body.
    calls : list of tuple
        Every method that was called, with its parameters.
    """

    export: bytes = b""
    summary: Any = field(default_factory=dict)
    user: str = "researcher"
    password: str = "right"
    replies: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, list[Any]]] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, params: list[Any]) -> Any:
        """Return the result of one call."""
        self.calls.append((method, params))
        if method in self.replies:
            return self.replies[method]
        if method == "get_session_key":
            known = params[:2] == [self.user, self.password]
            return KEY if known else {"status": "Invalid user name or password"}
        if params[:1] != [KEY]:
            return {"status": "Invalid session key"}
        if method == "export_responses":
            return base64.b64encode(self.export).decode("ascii")
        return {"get_summary": self.summary, "release_session_key": "OK"}[method]


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run the server on a free port; ``server.url`` is its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            result = server.answer(call["method"], call["params"])
            body = (
                result
                if isinstance(result, bytes)
                else json.dumps({"id": call["id"], "result": result, "error": None}).encode("utf-8")
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}/admin/remotecontrol"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
