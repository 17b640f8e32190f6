"""Kernels: forked and cold ones must not differ, and none may outlive its owner."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from jupyter_client.multikernelmanager import MultiKernelManager

from compendium.pipeline import privatefolder
from compendium.pipeline.forkclient import (
    ADDRESS,
    ForkedProcess,
    ForkServer,
    ForkServerError,
    can_fork,
    shared_server,
)

needs_fork = pytest.mark.skipif(not can_fork(), reason="this platform does not fork; kernels are cold")

CELLS = [
    "import datetime, os, time\nimport matplotlib.pyplot as plt, numpy as np, pandas as pd",
    "np.random.seed(20261122)\npd.DataFrame({'drawn': np.random.normal(size=4)})",
    "pd.DataFrame([range(100, 130)])",
    "print(list({'artist', 'paragon', 'profile', 'status', 'strain', 'reward'}))",
    "print(time.tzname, datetime.datetime.fromtimestamp(0).astimezone().isoformat())",
    "plt.plot([1, 2])\nplt.figure()\nplt.plot([2, 1]);",
]


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    if not can_fork():
        pytest.skip("this platform does not fork; kernels are cold")
    server = ForkServer()
    server.start()
    yield server
    server.close()


@pytest.fixture(params=["forked", "cold"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the tests a server, then none."""
    monkeypatch.delenv(ADDRESS, raising=False)
    if request.param == "forked":
        monkeypatch.setenv(ADDRESS, request.getfixturevalue("server").start())
    return str(request.param)


def write_notebook(path: Path, cells: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, path)
    return path


def outputs_of(notebook: Path) -> list[Any]:
    """Run a notebook; return texts and tables as they are, and each figure as its kind only."""
    executed = papermill.execute_notebook(
        notebook, notebook.with_suffix(".out.ipynb"), kernel_name="compendium", progress_bar=False
    )
    found: list[Any] = []
    for output in (output for cell in executed.cells for output in cell.outputs):
        data = output.get("data", {"text": output.get("text")})
        found.append("figure" if "image/png" in data else dict(data))
    return found


def evaluate(client: BlockingKernelClient, expression: str) -> str:
    """Return what an expression is in the kernel; one that has just failed aborts what is asked of it meanwhile."""
    for _ in range(50):
        reply = client.execute("", user_expressions={"it": expression}, reply=True, timeout=30)
        if reply["content"]["status"] != "aborted":
            return str(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])
        time.sleep(0.1)
    raise AssertionError("the kernel goes on aborting")


@pytest.fixture
def kernel(how: str) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    manager, client = start_new_kernel(kernel_name="compendium")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def is_gone(pid: int) -> bool:
    """Say whether a process has ended (one that nobody has reaped yet has ended as well)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def takes_the_network_away(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0


def wait_until(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


@needs_fork
def test_forked_twice_and_cold_give_the_same(
    tmp_path: Path, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = write_notebook(tmp_path / "notebook.ipynb", CELLS)
    monkeypatch.setenv("TZ", "America/Lima")
    monkeypatch.delenv(ADDRESS, raising=False)
    cold = outputs_of(notebook)
    monkeypatch.setenv(ADDRESS, server.start())
    first, second = outputs_of(notebook), outputs_of(notebook)
    assert cold.count("figure") == 2
    assert "-05:00" in str(cold), "the time zone of the environment was not used"
    assert first == cold
    assert second == cold


@needs_fork
def test_two_unseeded_kernels_draw_different_numbers(
    tmp_path: Path, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, server.start())
    cells = ["import random, numpy\nprint(numpy.random.rand())", "print(random.random())"]
    notebook = write_notebook(tmp_path / "draw.ipynb", cells)
    first, second = outputs_of(notebook), outputs_of(notebook)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_kernel_is_what_it_should_be(
    how: str, kernel: tuple[KernelManager, BlockingKernelClient], request: pytest.FixtureRequest
) -> None:
    manager, client = kernel
    is_child = int(evaluate(client, "__import__('os').getppid()")) == (
        request.getfixturevalue("server").pid if how == "forked" else os.getpid()
    )
    assert is_child
    assert manager.transport == ("tcp" if sys.platform == "win32" else "ipc")
    analysis = "[name for name in __import__('sys').modules if name.startswith('compendium.')]"
    assert "executor" not in evaluate(client, analysis)
    assert evaluate(client, "get_ipython().history_manager.enabled") == "False"
    assert evaluate(client, "__import__('sys').flags.hash_randomization") == "0"


def test_interrupt(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    started = time.monotonic()
    request = client.execute("import time; print('started', flush=True); time.sleep(60)")
    while client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != request:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert evaluate(client, "1 + 1") == "2"
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("now", [True, False])
def test_restart(kernel: tuple[KernelManager, BlockingKernelClient], now: bool) -> None:
    manager, client = kernel
    client.execute("marker = 1", reply=True, timeout=30)
    before = int(evaluate(client, "__import__('os').getpid()"))
    manager.restart_kernel(now=now)
    client.wait_for_ready(timeout=30)
    assert evaluate(client, "'marker' in globals()") == "False"
    assert int(evaluate(client, "__import__('os').getpid()")) != before
    assert manager.is_alive()
    assert is_gone(before)


def test_a_killed_kernel_is_noticed_and_can_be_restarted(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    manager, client = kernel
    pid = int(evaluate(client, "__import__('os').getpid()"))
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not manager.is_alive(), 3)
    manager.restart_kernel()
    client.wait_for_ready(timeout=30)
    assert manager.is_alive()


def test_a_kernel_ends_properly_and_leaves_nothing(how: str, tmp_path: Path) -> None:
    manager, client = start_new_kernel(kernel_name="compendium")
    ended = tmp_path / "ended"
    client.execute(f"import atexit, pathlib; atexit.register(pathlib.Path({str(ended)!r}).touch)")
    pid = int(evaluate(client, "__import__('os').getpid()"))
    folder = Path(manager.ip).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    client.stop_channels()
    manager.shutdown_kernel()
    assert ended.exists(), "exit functions did not run"
    assert is_gone(pid)
    assert not folder.exists()


@needs_fork
def test_a_kernel_dies_with_its_client(server: ForkServer) -> None:
    program = (
        "import sys, signal\n"
        "from compendium.pipeline.forkclient import ForkedProcess\n"
        "child = ForkedProcess(sys.argv[1], 'signal:pause', ['child'], {}, '/')\n"
        "print(child.pid, flush=True)\n"
        "signal.pause()\n"
    )
    command = [sys.executable, "-c", program, server.start()]
    client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    pid = int(client.stdout.readline())
    assert not is_gone(pid)
    client.kill()
    client.communicate()
    assert wait_until(lambda: is_gone(pid), 2)


@needs_fork
def test_a_target_that_fails_ends_with_code_1(server: ForkServer) -> None:
    child = ForkedProcess(server.start(), "no_such_module:main", ["child"], dict(os.environ), "/")
    assert child.wait(30) == 1


@needs_fork
def test_a_jupyter_server_owns_a_fork_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    many = MultiKernelManager()
    try:
        kernel_id = many.start_kernel(kernel_name="compendium")
        client = many.get_kernel(kernel_id).client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        assert int(evaluate(client, "__import__('os').getppid()")) == shared_server().pid
        client.stop_channels()
        many.shutdown_kernel(kernel_id, now=True)
    finally:
        shared_server().close()
        shared_server.cache_clear()


@needs_fork
def test_a_kernel_whose_server_has_gone_is_restarted_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ForkServer()
    monkeypatch.setenv(ADDRESS, server.start())
    manager, client = start_new_kernel(kernel_name="compendium")
    server.close()
    assert wait_until(lambda: not manager.is_alive(), 3)
    manager.restart_kernel()
    client.wait_for_ready(timeout=30)
    assert int(evaluate(client, "__import__('os').getppid()")) == os.getpid()
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_stale_address_gives_a_cold_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ADDRESS, "/tmp/no-such-folder/server")
    manager, client = start_new_kernel(kernel_name="compendium")
    assert evaluate(client, "1 + 1") == "2"
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@needs_fork
def test_paths_with_spaces_and_accents(tmp_path: Path, server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, server.start())
    folder = tmp_path / "enquête d'été"
    notebook = write_notebook(folder / "première étude.ipynb", ["import os\nprint(os.getcwd())"])
    monkeypatch.chdir(folder)
    assert outputs_of(notebook) == [{"text": f"{folder}\n"}]


@needs_fork
def test_without_any_network(tmp_path: Path) -> None:
    isolate = next(filter(takes_the_network_away, (["unshare", "-n"], ["unshare", "-rn"])), None)
    if isolate is None:
        pytest.skip("unshare cannot take the network away here")
    notebook = write_notebook(tmp_path / "offline.ipynb", ["print('ran')"])
    program = (
        "import sys, papermill\n"
        "from compendium.pipeline.executor import open_executor\n"
        "with open_executor(1) as executor:\n"
        "    run = executor.submit(papermill.execute_notebook, *sys.argv[1:], kernel_name='compendium')\n"
        "    print(run.result().cells[0].outputs[0].text)\n"
    )
    command = [*isolate, sys.executable, "-c", program, str(notebook), str(tmp_path / "out.ipynb")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert "ran" in done.stdout, done.stderr


@needs_fork
def test_a_server_that_dies_is_replaced_once() -> None:
    server = ForkServer()
    address = server.start()
    first = server.pid
    sleeper = ForkedProcess(address, "signal:pause", ["sleeper"], dict(os.environ), "/")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert sleeper.wait(10) == -signal.SIGKILL
    assert wait_until(lambda: is_gone(sleeper.pid), 2)
    again = ForkedProcess(address, "signal:pause", ["sleeper"], dict(os.environ), "/")
    second = server.pid
    assert second is not None
    assert second != first
    os.kill(second, signal.SIGKILL)
    assert again.wait(10) == -signal.SIGKILL
    assert wait_until(lambda: server.pid is None, 5)
    with pytest.raises(ForkServerError):
        ForkedProcess(address, "signal:pause", ["sleeper"], dict(os.environ), "/")
    with pytest.raises(ForkServerError, match="twice"):
        server.start()


@needs_fork
def test_a_child_keeps_nothing_of_the_server(server: ForkServer) -> None:
    other = ForkedProcess(server.start(), "signal:pause", ["other"], dict(os.environ), "/")
    child = ForkedProcess(server.start(), "signal:pause", ["child"], dict(os.environ), "/")
    assert wait_until(lambda: os.readlink(f"/proc/{child.pid}/cwd") == "/", 10)
    time.sleep(0.2)
    descriptors = Path(f"/proc/{child.pid}/fd")
    kept = [os.readlink(link) for link in descriptors.iterdir() if int(link.name) > 2]
    assert not [name for name in kept if name.startswith(("socket:", "pipe:", "anon_inode:"))]
    assert os.getsid(child.pid) == child.pid
    child.terminate()
    assert child.wait(10) == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    assert other.wait(10) == -signal.SIGKILL


@needs_fork
def test_folders_of_killed_owners_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privatefolder.tempfile, "gettempdir", lambda: "/tmp")
    alive = privatefolder.PrivateFolder()
    stale = Path(privatefolder.tempfile.mkdtemp(prefix=privatefolder.PREFIX, dir="/tmp"))
    for path in (alive.path, stale):
        os.utime(path, (0, 0))
    privatefolder.sweep()
    assert alive.path.exists()
    assert not stale.exists()
    alive.remove()
    assert not alive.path.exists()
