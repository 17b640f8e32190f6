"""Own a fork server, and ask it for children.

The owner (the command, or a Jupyter server) holds a :class:`ForkServer`; whoever needs a kernel or a task
makes a :class:`ForkedProcess` at the server's address, which the owner hands down in the environment as
``COMPENDIUM_FORKSERVER``.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from compendium.pipeline.privatefolder import PrivateFolder

ADDRESS = "COMPENDIUM_FORKSERVER"
"""Environment variable with the path of the server's socket."""

SETTINGS: Mapping[str, str] = {
    # Without this backend from the very first import a forked kernel drops every figure.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # The order of a set of strings must not differ between runs.
    "PYTHONHASHSEED": "0",
    # One thread: sums come out the same everywhere, and a fork inherits no thread pool.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
"""Environment of the server, of every task and of every kernel, forked or cold."""

RESTARTS = 1
"""How often a server that died is started again."""


class ForkServerError(RuntimeError):
    """The fork server cannot be reached or cannot fork."""


def can_fork() -> bool:
    """Say whether this platform forks safely after the scientific stack is loaded (Linux does)."""
    return sys.platform == "linux"


class ForkServer:
    """A server process that lives no longer than its owner.

    Nothing is started before :meth:`start`. The listening socket stays with the owner, so a server that died
    is replaced at the same address (once), and requests that came meanwhile wait instead of failing.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._folder: PrivateFolder | None = None
        self._closing = False

    @property
    def pid(self) -> int | None:
        """Process number of the server, None when it is not running."""
        with self._lock:  # another thread may be in the middle of starting it
            return None if self._folder is None or self._closing else self._process.pid

    @property
    def folder(self) -> Path:
        """Private folder of the running server, for sockets and small files; removed with the server."""
        assert self._folder is not None, "the server was not started"
        return self._folder.path

    def start(self) -> str:
        """Start the server unless it runs already, without waiting for its imports.

        Returns
        -------
        str
            The address: path of its socket.

        Raises
        ------
        ForkServerError
            If the server was closed or died twice.
        """
        with self._lock:
            if self._closing:
                raise ForkServerError("The fork server was closed or stopped twice and is not started again.")
            if self._folder is None:
                self._folder = PrivateFolder()
                self._listener = socket.socket(socket.AF_UNIX)
                self._listener.bind(str(self._folder.path / "server"))
                self._listener.listen(128)
                self._launch()
                self._watcher = threading.Thread(target=self._watch, name="forkserver", daemon=True)
                self._watcher.start()
            return str(self._folder.path / "server")

    def close(self) -> None:
        """End the server and with it all its children; return when they are gone."""
        with self._lock:
            if self._folder is None or self._closing:
                self._closing = True
                return
            self._closing = True
            self._process.terminate()
            os.close(self._lifeline)
        self._watcher.join()
        self._listener.close()
        self._folder.remove()

    def _launch(self) -> None:
        assert self._folder is not None
        lifeline, self._lifeline = os.pipe()
        program = str(Path(__file__).with_name("forkserver.py"))
        descriptors = (self._listener.fileno(), lifeline)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", program, *map(str, descriptors), str(self._folder.path)],
                env={**os.environ, **SETTINGS},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
                start_new_session=True,
            )
        finally:
            os.close(lifeline)

    def _watch(self) -> None:
        for restarts_left in range(RESTARTS, -1, -1):
            self._process.wait()
            with self._lock:
                if self._closing:
                    return
                os.close(self._lifeline)
                if restarts_left:
                    print("The fork server stopped and is started again.", file=sys.stderr)
                    self._launch()
                else:
                    print("The fork server stopped twice and is given up.", file=sys.stderr)
                    self._closing = True
        assert self._folder is not None
        self._listener.close()
        self._folder.remove()


@functools.cache
def shared_server() -> ForkServer:
    """Return the one server of a long-lived process such as a Jupyter server; it ends with the process."""
    server = ForkServer()
    atexit.register(server.close)
    return server


class ForkedProcess:
    """A child of the fork server, with the part of the interface of ``subprocess.Popen`` that is used.

    The child is killed, with its whole process group, when this object is closed or its process ends.

    Parameters
    ----------
    address
        Path of the server's socket.
    target
        ``module:function`` called without arguments in the child.
    argv
        ``sys.argv`` of the child; ``{server_pid}`` stands for the server's process number.
    env, cwd
        Environment and working folder of the child.

    Raises
    ------
    ForkServerError
        If the server is not there or cannot fork.
    """

    stdin = stdout = stderr = None

    def __init__(self, address: str, target: str, argv: Sequence[str], env: Mapping[str, str], cwd: str | Path) -> None:
        self.returncode: int | None = None
        self._received = b""
        self._reading = threading.Lock()
        self._channel = socket.socket(socket.AF_UNIX)
        request = {"target": target, "argv": list(argv), "env": dict(env), "cwd": str(cwd)}
        line = json.dumps(request).encode() + b"\n"
        try:
            self._channel.connect(address)
            sent = socket.send_fds(self._channel, [line], [1, 2])
            self._channel.sendall(line[sent:])
            answer = self._next_message(None)
        except OSError as problem:
            self._channel.close()
            raise ForkServerError(f"The fork server at {address} does not answer: {problem}.") from problem
        if answer is None or "pid" not in answer:
            self._channel.close()
            reason = "it stopped" if answer is None else answer["error"]
            raise ForkServerError(f"The fork server at {address} started no process: {reason}.")
        self.pid: int = int(answer["pid"])

    def _next_message(self, timeout: float | None) -> dict[str, int | str] | None:
        """Return the next line, None at the end; TimeoutError or BlockingIOError when nothing came."""
        self._channel.settimeout(timeout)
        while b"\n" not in self._received:
            data = self._channel.recv(4096)
            if not data:
                return None
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        message: dict[str, int | str] = json.loads(line)
        return message

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; negative numbers are signals, as in ``subprocess``.

        Raises
        ------
        subprocess.TimeoutExpired
            If the child still runs after `timeout` seconds.
        """
        with self._reading:
            if self.returncode is None:
                try:
                    message = self._next_message(timeout)
                except (TimeoutError, BlockingIOError):
                    raise subprocess.TimeoutExpired(f"child {self.pid}", timeout or 0) from None
                except ConnectionResetError:
                    message = None
                if message is None:  # server gone: its children died with it, what they had started did not
                    self._kill_leftovers()
                self.returncode = -signal.SIGKILL if message is None else int(message["exit"])
                self._channel.close()
            return self.returncode

    def poll(self) -> int | None:
        """Return the exit code, None while the child runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send a signal to the child's process group, through the server, which knows it still lives."""
        try:
            self._channel.send(json.dumps({"signal": int(number)}).encode() + b"\n")
        except OSError:  # it has ended, which the next poll tells
            pass

    def terminate(self) -> None:
        """Ask the child's group to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the child's group."""
        self.send_signal(signal.SIGKILL)

    def _kill_leftovers(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
