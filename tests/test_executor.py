"""Tasks: one process each, a killed one fails alone, nothing outlives the owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from compendium.pipeline.executor import (
    ColdExecutor,
    ForkServerExecutor,
    TaskExecutor,
    open_executor,
)
from compendium.pipeline.forkclient import ADDRESS, ForkServerError, can_fork
from compendium.pipeline.task import TaskError, TaskTraceback, WorkerDied

needs_fork = pytest.mark.skipif(not can_fork(), reason="this platform does not fork; tasks are cold")
KINDS = [
    pytest.param(ForkServerExecutor, marks=needs_fork, id="forked"),
    pytest.param(ColdExecutor, id="cold"),
]
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
NOTE_PID = "import os, pathlib\npid = os.getpid()\npathlib.Path({!r}, f'{{pid}}.pid').write_text(str(pid))\n"
SLEEP = "import time; time.sleep(300)"


@pytest.fixture(scope="module", params=KINDS)
def executor(request: pytest.FixtureRequest) -> Iterator[TaskExecutor]:
    """Give an executor shared by the tests that leave it usable."""
    executor = request.param(3)
    yield executor
    executor.shutdown()


@pytest.fixture(params=KINDS)
def own_executor(request: pytest.FixtureRequest) -> Iterator[TaskExecutor]:
    """Give an executor that a test may ruin."""
    executor = request.param(2)
    yield executor
    executor.shutdown(cancel_futures=True)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def numbers_in(folder: Path) -> list[int]:
    return [int(path.read_text()) for path in folder.glob("*.pid") if path.read_text()]


def test_results_and_arguments_travel(executor: TaskExecutor) -> None:
    assert executor.submit(sorted, [3, 1, 2], reverse=True).result(60) == [3, 2, 1]
    assert list(executor.map(abs, [-1, 2, -3])) == [1, 2, 3]


def test_each_task_has_a_process_of_its_own(executor: TaskExecutor) -> None:
    pids = [executor.submit(os.getpid).result(60) for _ in range(3)]
    assert len({os.getpid(), *pids}) == 4


def test_a_task_has_the_folder_and_environment_of_its_submitter(
    executor: TaskExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "enquête d'été"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TZ", "America/Lima")
    assert executor.submit(os.getcwd).result(60) == str(folder)
    assert executor.submit(eval, "__import__('time').tzname[0]").result(60) == "-05"
    assert executor.submit(os.getenv, "PYTHONHASHSEED").result(60) == "0"


def test_exit_functions_of_a_task_run(executor: TaskExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = "import atexit, pathlib; atexit.register(pathlib.Path('ended').touch)"
    executor.submit(exec, program).result(60)
    assert (tmp_path / "ended").exists()


def test_unseeded_tasks_draw_different_numbers(executor: TaskExecutor) -> None:
    draw = "(__import__('numpy').random.rand(), __import__('random').random())"
    first, second = (executor.submit(eval, draw).result(60) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_an_exception_keeps_its_type_and_traceback(executor: TaskExecutor) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        executor.submit(divmod, 1, 0).result(60)
    assert isinstance(caught.value.__cause__, TaskTraceback)
    assert "Traceback (most recent call last)" in str(caught.value.__cause__)


def test_an_exception_that_cannot_travel_is_named(executor: TaskExecutor) -> None:
    raising = "class Odd(Exception): pass\nraise Odd('strange')"
    with pytest.raises(TaskError, match="Odd: strange"):
        executor.submit(exec, raising, {}).result(60)


def test_a_result_that_cannot_travel_is_an_error(executor: TaskExecutor) -> None:
    with pytest.raises(Exception, match="pickle"):
        executor.submit(eval, "lambda: None").result(60)


def test_exiting_is_not_an_outcome(executor: TaskExecutor) -> None:
    with pytest.raises(WorkerDied, match="task leaver ended with exit code 3"):
        executor.submit_as("leaver", sys.exit, 3).result(60)


def test_a_killed_task_fails_alone(executor: TaskExecutor) -> None:
    good = [executor.submit(eval, f"__import__('time').sleep(0.5) or {number}") for number in range(2)]
    bad = executor.submit_as("PT 03_typology", exec, KILLED)
    with pytest.raises(WorkerDied, match="task PT 03_typology was stopped by SIGKILL") as caught:
        bad.result(60)
    assert (caught.value.label, caught.value.exitcode) == ("PT 03_typology", -signal.SIGKILL)
    assert [future.result(60) for future in good] == [0, 1]


def test_only_functions_that_can_be_imported(executor: TaskExecutor) -> None:
    with pytest.raises(ValueError, match="can be imported"):
        executor.submit(lambda: None)


def test_kill_all_names_kills_and_cancels(own_executor: TaskExecutor, tmp_path: Path) -> None:
    sleeping = NOTE_PID.format(str(tmp_path)) + SLEEP
    futures = [own_executor.submit_as(f"sleeper {number}", exec, sleeping) for number in range(4)]
    assert wait_until(lambda: len(numbers_in(tmp_path)) == 2, 60)
    assert own_executor.running() == ["sleeper 0", "sleeper 1"]
    started = time.monotonic()
    own_executor.kill_all()
    done, _ = wait(futures, timeout=5)
    own_executor.shutdown()
    assert time.monotonic() - started < 2
    assert len(done) == 4
    assert [type(future.exception()) for future in futures[:2]] == [WorkerDied, WorkerDied]
    with pytest.raises(CancelledError):
        futures[3].result()
    assert wait_until(lambda: all(map(is_gone, numbers_in(tmp_path))), 2)
    assert own_executor.running() == []
    with pytest.raises(RuntimeError, match="shutdown"):
        own_executor.submit(os.getpid)


def test_kill_all_while_the_server_still_imports(own_executor: TaskExecutor) -> None:
    future = own_executor.submit_as("early", exec, SLEEP)
    time.sleep(0.3)
    started = time.monotonic()
    own_executor.shutdown(cancel_futures=True)
    assert time.monotonic() - started < 2
    with pytest.raises(WorkerDied, match="early"):
        future.result(0)


def test_leaving_by_an_exception_kills() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), open_executor(1) as executor:
        future = executor.submit(exec, SLEEP)
        assert wait_until(executor.running, 30)
        raise KeyboardInterrupt
    assert future.done()
    assert time.monotonic() - started < 10


@needs_fork
def test_no_server_before_the_first_task() -> None:
    executor = ForkServerExecutor(1)
    assert executor.server_pid is None
    executor.shutdown()


@needs_fork
def test_a_server_that_dies_is_replaced_once() -> None:
    with open_executor(1) as executor:
        assert isinstance(executor, ForkServerExecutor)
        for _ in range(2):
            executor.submit(os.getpid).result(60)
            pid = executor.server_pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert wait_until(lambda pid=pid: executor.server_pid != pid, 5)
        with pytest.raises(ForkServerError):
            executor.submit(os.getpid).result(60)


@needs_fork
def test_nothing_is_left_of_a_killed_owner(tmp_path: Path) -> None:
    notebook = tmp_path / "sleeping.ipynb"
    note = NOTE_PID.format(str(tmp_path))
    cell = note + SLEEP
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)]), notebook)
    task = note + textwrap.dedent(
        f"""
        import subprocess, signal
        child = subprocess.Popen(["sleep", "300"])
        pathlib.Path({str(tmp_path)!r}, "sleep.pid").write_text(str(child.pid))
        signal.pause()
        """
    )
    program = textwrap.dedent(
        f"""
        import papermill, pathlib, time
        from compendium.pipeline.executor import open_executor
        with open_executor(2) as executor:
            executor.submit(exec, {task!r}, {{}})
            executor.submit(papermill.execute_notebook, {str(notebook)!r}, {str(tmp_path / "out.ipynb")!r},
                            kernel_name="compendium", progress_bar=False)
            while not executor.server_pid:
                time.sleep(0.01)
            pathlib.Path({str(tmp_path)!r}, "server.pid").write_text(str(executor.server_pid))
            print(executor._server.folder, flush=True)
        """
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    assert wait_until(lambda: len(numbers_in(tmp_path)) == 4, 60)  # server, task, its child, kernel
    assert not any(map(is_gone, numbers_in(tmp_path)))
    owner.kill()
    owner.communicate()
    assert wait_until(lambda: all(map(is_gone, numbers_in(tmp_path))), 2)
    assert wait_until(lambda: not folder.exists(), 2)


@needs_fork
def test_kernels_opened_by_a_task_are_forked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    notebook = tmp_path / "parent.ipynb"
    cells = [nbformat.v4.new_code_cell("import os\nprint(os.getppid())")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    with open_executor(2) as executor:
        assert isinstance(executor, ForkServerExecutor)
        runs = [
            executor.submit(
                papermill.execute_notebook,
                notebook,
                tmp_path / f"{number}.ipynb",
                kernel_name="compendium",
                progress_bar=False,
            )
            for number in range(2)
        ]
        for run in runs:
            assert int(run.result(60).cells[0].outputs[0].text) == executor.server_pid
