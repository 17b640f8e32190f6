"""Import the scientific stack once and fork a child for each kernel or task.

This file is a program, started by :mod:`compendium.pipeline.forkclient` as
``python -P forkserver.py LISTENER LIFELINE FOLDER`` (two inherited descriptors and the private folder the
sockets live in). It imports third-party packages only and nothing of ``compendium``: a child imports our code
itself, so that "Restart kernel" runs the code as it is now.

Notes
-----
A client keeps one connection per child. It sends a line of JSON ``{"target", "argv", "env", "cwd"}`` with two
descriptors (standard output and error); the server answers ``{"pid"}`` and, later, ``{"exit"}``. Lines
``{"signal": number}`` reach the child's process group. End of file on the connection kills that group; end of
file on the lifeline (the owner is gone, however it went) kills every group and ends the server.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import random
import select
import selectors
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

PRELOAD = (
    "numpy",
    "pandas",
    "pyarrow",
    "pyarrow.parquet",
    "scipy.stats",
    "scipy.cluster.hierarchy",
    "matplotlib.pyplot",
    "seaborn",
    "statsmodels.api",
    "statsmodels.formula.api",
    "pingouin",
    "pandera.pandas",
    "duckdb",
    "babel.messages",
    "babel.numbers",
    "babel.dates",
    "jinja2",
    "yaml",
    "jsonschema",
    "nbformat",
    "nbclient",
    "nbconvert.exporters",
    "papermill",
    "IPython",
    "ipykernel.kernelapp",
)
"""Third-party modules every kernel and task would import anyway.

Not ``matplotlib_inline``: its backend must be imported where the kernel's shell is, else no figure is shown.
"""

_OUR_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


class _Connection:
    """One client, and the child it asked for."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.received = b""
        self.descriptors: list[int] = []
        self.pid: int | None = None

    def tell(self, **message: Any) -> None:
        """Send one line; a client that has gone is noticed by its end of file."""
        try:
            self.channel.sendall(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            pass

    def close_descriptors(self) -> None:
        """Close the descriptors the client sent."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []


class Server:
    """Fork children on request until the lifeline ends.

    Parameters
    ----------
    listener
        Listening Unix socket, shared with the owner, which keeps it open when it restarts this process.
    lifeline
        Read end of a pipe whose only write end is held by the owner.
    """

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self._listener = listener
        self._lifeline = lifeline
        self._connections: set[_Connection] = set()
        self._children: dict[int, _Connection] = {}
        self._ending = False
        self._pid = os.getpid()
        self._libc = ctypes.CDLL(None)
        self._signals, self._wakeup = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Answer clients and reap children; return when the owner is gone or asks to end."""
        for channel in (self._signals, self._wakeup, self._listener):
            channel.setblocking(False)
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # the wakeup socket carries the number
        self._watch(self._listener, self._accept)
        self._watch(self._lifeline, self._end)
        self._watch(self._signals, self._on_signal)
        while not self._ending:
            for key, _ in self._selector.select():
                key.data()
        for pid in list(self._children):
            _signal_group(pid, signal.SIGKILL)
        while self._children:
            self._reap(wait=True)

    def _watch(self, source: socket.socket | int, action: Callable[[], None]) -> None:
        self._selector.register(source, selectors.EVENT_READ, action)

    def _end(self) -> None:
        self._ending = True

    def _on_signal(self) -> None:
        self._ending = self._ending or signal.SIGTERM in self._signals.recv(4096)
        self._reap()

    def _reap(self, *, wait: bool = False) -> None:
        """Collect every child that has ended, after killing what it left in its group."""
        how = os.WEXITED | os.WNOWAIT | (0 if wait else os.WNOHANG)
        while self._children and (ended := os.waitid(os.P_ALL, 0, how)) is not None:
            _signal_group(ended.si_pid, signal.SIGKILL)  # before reaping: the number is still its own
            _, status = os.waitpid(ended.si_pid, 0)
            connection = self._children.pop(ended.si_pid)
            if connection in self._connections:
                connection.tell(exit=os.waitstatus_to_exitcode(status))
                self._drop(connection)

    def _accept(self) -> None:
        try:
            channel, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        connection = _Connection(channel)
        self._connections.add(connection)
        self._watch(channel, lambda: self._read(connection))

    def _drop(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        self._selector.unregister(connection.channel)
        connection.channel.close()
        connection.close_descriptors()

    def _read(self, connection: _Connection) -> None:
        if connection not in self._connections:  # dropped by an earlier event of the same batch
            return
        try:
            data, descriptors, _, _ = socket.recv_fds(connection.channel, 65536, 2)
        except ConnectionResetError:
            data, descriptors = b"", []
        connection.descriptors += descriptors
        if not data:
            if connection.pid is not None:
                _signal_group(connection.pid, signal.SIGKILL)
            self._drop(connection)
            return
        *lines, connection.received = (connection.received + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "signal" in message:
                if connection.pid in self._children:
                    _signal_group(connection.pid, message["signal"])
            else:
                self._fork(connection, message)

    def _fork(self, connection: _Connection, request: dict[str, Any]) -> None:
        # Blocked until the child has left our wakeup socket: a signal meant for it must not end us.
        signal.pthread_sigmask(signal.SIG_BLOCK, _OUR_SIGNALS)
        try:
            pid = os.fork()
        except OSError as problem:
            connection.tell(error=str(problem))
            return
        else:
            if pid == 0:
                self._become_child(connection, request)
            self._children[pid] = connection
            connection.pid = pid
            connection.close_descriptors()
            connection.tell(pid=pid)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _OUR_SIGNALS)

    def _become_child(self, connection: _Connection, request: dict[str, Any]) -> NoReturn:
        """Leave everything of the server behind, run the target, and end without returning."""
        code = 1
        try:
            os.setsid()
            self._libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            if os.getppid() != self._pid:  # the server died before the line above
                os._exit(code)
            output, error = connection.descriptors
            os.dup2(output, 1)
            os.dup2(error, 2)
            self._close_everything()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _OUR_SIGNALS)
            _enter(request, self._pid)
            code = _run(request["target"])
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _close_everything(self) -> None:
        # Only close: unregistering would change the epoll set that is shared with the server.
        self._selector.close()
        for channel in (self._listener, self._signals, self._wakeup):
            channel.close()
        os.close(self._lifeline)
        for connection in self._connections:
            connection.channel.close()
            connection.close_descriptors()


def _signal_group(pid: int, number: int) -> None:
    """Signal a child's group, or the child alone where it has no group of its own yet."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)


def _enter(request: dict[str, Any], server: int) -> None:
    """Take on the client's environment, folder and arguments, and randomness of its own."""
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    sys.argv = [argument.replace("{server_pid}", str(server)) for argument in request["argv"]]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    random.seed()
    import numpy

    numpy.random.seed()  # the legacy global state, which every child would otherwise inherit alike  # noqa: NPY002 - notebooks may use the legacy one


def _run(target: str) -> int:
    """Call ``module:function`` as a program would be: exit functions run, the exit code comes back."""
    try:
        module, _, name = target.partition(":")
        getattr(importlib.import_module(module), name)()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
        if isinstance(ending.code, str):
            print(ending.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def main(listener: int, lifeline: int, folder: str) -> None:
    """Preload the stack, then serve; remove the socket folder when the owner is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner_gone = select.poll()
    owner_gone.register(lifeline, select.POLLIN | select.POLLHUP)
    for name in PRELOAD:
        importlib.import_module(name)
        if owner_gone.poll(0):
            break
    else:
        gc.collect()
        gc.freeze()  # so that collections in the children do not copy these pages
        Server(socket.socket(fileno=listener), lifeline).serve()
    if owner_gone.poll(0):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    os._exit(0)  # what is frozen cannot be torn down in order, and extension modules complain about it
