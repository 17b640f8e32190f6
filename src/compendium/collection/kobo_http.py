"""Ask a server politely: one page, a limited number of trials, and one sentence for whatever goes wrong."""

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from ..errors import AnswersError

TRIALS = 4
TIMEOUT = 60.0
"""Seconds without a byte."""
PAUSE = 2.0
"""Seconds before the second trial; each further pause is twice as long."""
LONGEST = 60.0
"""Seconds that a server may ask us to wait."""
_BUSY = (429, 500, 502, 503, 504)
_HERE = ("localhost", "127.0.0.1", "::1")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirection: a token would travel with it."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Server:
    """A server that gives JSON to whoever holds a token.

    Parameters
    ----------
    url : str
        Its address; only scheme, host and port count.
    token : str
        Sent as KoboToolbox or ODK Central want it; ``e-mail:password`` as such.
    program : str
        ``KoboToolbox`` or ``ODK Central``.

    Raises
    ------
    AnswersError
        The address is none, or the connection could be overheard.
    """

    def __init__(self, url: str, token: str, program: str) -> None:
        try:
            parts = urlsplit(url)
            self.host, port = parts.hostname or "", parts.port
        except ValueError:
            raise AnswersError(f"{url!r} is no address; legal is such as https://kf.kobotoolbox.org") from None
        if parts.scheme not in ("http", "https") or not self.host or parts.username:
            raise AnswersError(f"{url!r} is no address; legal is such as https://kf.kobotoolbox.org")
        if parts.scheme == "http" and self.host not in _HERE:
            raise AnswersError(f"{url!r}: the token would be sent where it can be overheard; legal is https")
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.name = f"{host}:{port}" if port else host
        self._base = f"{parts.scheme}://{self.name}"
        if program == "KoboToolbox":
            self._authorization = f"Token {token}"
        elif ":" in token:
            self._authorization = f"Basic {base64.b64encode(token.encode()).decode()}"
        else:
            self._authorization = f"Bearer {token}"
        self._open = urllib.request.build_opener(_Stay()).open

    def get(self, path: str, query: str) -> dict[str, Any]:
        """Get one page.

        Raises
        ------
        AnswersError
            The token is not taken, there is no such form, the server stays busy, silent or broken after some trials, or
            what comes is no JSON.
        """
        request = urllib.request.Request(
            f"{self._base}{path}?{query}",
            headers={"Authorization": self._authorization, "Accept": "application/json"},
        )
        pause, last = PAUSE, ""
        for trial in range(TRIALS):
            if trial:
                time.sleep(pause)
                pause = min(2 * pause, LONGEST)
            try:
                with self._open(request, timeout=TIMEOUT) as response:
                    return self._content(response.read())
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _BUSY:
                        raise self._refused(error.code) from None
                    last = f"it answered {error.code} (busy or broken)"
                    pause = self._asked_to_wait(error.headers.get("Retry-After", ""), pause)
            except TimeoutError:
                last = f"no byte came in {TIMEOUT:g} seconds"
            except http.client.IncompleteRead:
                last = "the page broke off"
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                reason = getattr(error, "reason", error)
                last = f"it cannot be reached ({' '.join(str(reason).split())[:100] or type(reason).__name__})"
        raise AnswersError(f"{self.name}: {last}, {TRIALS} times in a row; try again later")

    def _content(self, body: bytes) -> dict[str, Any]:
        try:
            content = json.loads(body, parse_float=str)  # digit by digit, as it was sent
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise AnswersError(f"{self.name}: no JSON came, perhaps a page to log in; is the address right?")
        return content

    def _refused(self, code: int) -> AnswersError:
        said = {
            401: "the token is not taken (401); take a new one from your account settings",
            403: "the token may not read the answers to this form (403); ask its owner for the right to view submissions",
            404: "there is no such form (404), or the token may not see it; look at its identifier in its address",
        }
        if code in said:
            return AnswersError(f"{self.name}: {said[code]}")
        if 300 <= code < 400:
            return AnswersError(
                f"{self.name}: it sends us elsewhere ({code}), and the token does not follow; give the address it has now"
            )
        return AnswersError(f"{self.name}: the question was refused ({code}); is the address right?")

    @staticmethod
    def _asked_to_wait(seconds: str, pause: float) -> float:
        return min(float(seconds), LONGEST) if seconds.isdigit() else pause
