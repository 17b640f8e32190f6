"""The chain: what runs and why, what a failure leaves, how a run is stopped."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import minichain
import nbformat
import pandas as pd
import pytest
from rich.console import Console

from compendium import paths
from compendium.errors import ChainError, CompendiumError
from compendium.pipeline import run
from compendium.pipeline.diff import compare
from compendium.pipeline.executor import TaskExecutor, open_executor
from compendium.pipeline.run import Result
from compendium.pipeline.why import why
from compendium.run_report import StepState, last_report, read_report

HERE = Path(__file__).parent
FIRST, POOL = "01_first", "02_pool"
ALL = {
    "AA/2026/collected", "BB/2026/collected", "EU/2026/pooled", f"AA/2026/en/{FIRST}", f"BB/2026/en/{FIRST}",
    f"AA/2026/en/{POOL}", f"BB/2026/en/{POOL}", f"EU/2026/en/{POOL}", f"EU/2026/fr/{POOL}",
}  # fmt: skip
POOLING = {"EU/2026/pooled", f"AA/2026/en/{POOL}", f"BB/2026/en/{POOL}", f"EU/2026/en/{POOL}", f"EU/2026/fr/{POOL}"}
EUROPE = {f"EU/2026/en/{POOL}", f"EU/2026/fr/{POOL}"}  # waits for every page of every country
SLEEP = "import time; time.sleep(120)"


@pytest.fixture(scope="module")
def executor() -> Iterator[TaskExecutor]:
    """Give one executor to all runs of this module: most of a miniature run is the fork server's start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
        with open_executor(4) as opened:
            Runs.executor = opened
            yield opened


class Runs:
    """Where :func:`reproduce` finds the executor."""

    executor: TaskExecutor


def write(folder: Path) -> Path:
    study = folder / "étude une"
    minichain.write_study(study)
    minichain.answer(study, "AA", 1, 2)
    minichain.answer(study, "BB", 3, 4)
    pool = minichain.reads(POOL, "pooled", unit='"EU"')
    minichain.write_notebook(
        folder / f"notebooks/{FIRST}.ipynb", minichain.reads(FIRST, "collected"), ["country"], ["collected"]
    )
    minichain.write_notebook(folder / f"notebooks/{POOL}.ipynb", pool, ["country", "pooled"], ["pooled"])
    return study


@pytest.fixture
def study(tmp_path: Path, executor: TaskExecutor) -> Path:
    """Give the folder of a miniature study, not yet run."""
    return write(tmp_path)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, executor: TaskExecutor) -> tuple[Path, Path]:
    """Give the folder of a miniature study that has run, and a copy to restore it from."""
    folder, copy = tmp_path_factory.mktemp("done"), tmp_path_factory.mktemp("copy") / "of"
    assert reproduce(write(folder)).exit_code == 0
    shutil.copytree(folder, copy)
    return folder, copy


@pytest.fixture
def done(pristine: tuple[Path, Path]) -> Path:
    """Give the folder of a miniature study as it was when it had run."""
    folder, copy = pristine
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    return folder / "étude une"


def reproduce(study: Path, **options: Any) -> Result:
    """Run a study quietly."""
    options = {
        "executors": lambda workers: nullcontext(Runs.executor),
        "console": Console(file=io.StringIO()),
        **options,
    }
    return run.reproduce(study, rooms=minichain.rooms(study), **options)


def states(study: Path) -> dict[str, StepState]:
    report = last_report(study)
    assert report is not None
    return {state.name: state for state in (*report.products, *report.pages)}


def made(study: Path) -> set[str]:
    return {name for name, state in states(study).items() if state.status == "made"}


def page(study: Path, unit: str, notebook: str, language: str = "en") -> Path:
    return paths.page(study, unit, "2026", language, notebook)


def computed(study: Path) -> dict[str, bytes]:
    """Return everything computed but the records of runs."""
    folder = paths.processed(study)
    files = [file for file in folder.glob("[AE-Z]*/**/*") if file.is_file()] + list(
        (folder / "site").rglob("*/*/*.html")
    )
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def start(study: Path) -> subprocess.Popen[str]:
    """Start a run in a process and session of its own."""
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(HERE / "minichain.py"), str(study)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def wait_for(text: str, process: subprocess.Popen[str]) -> str:
    """Read what a run prints up to the line that holds a text."""
    seen = ""
    assert process.stdout is not None
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} was not printed:\n{seen}")


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of the living processes that know of a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in environment and int(entry.name) != os.getpid():
            found.append(environment.decode(errors="replace"))
    return found


def test_a_first_run_makes_everything_and_says_where(study: Path) -> None:
    out = io.StringIO()
    result = reproduce(study, console=Console(file=out))
    assert result.exit_code == 0
    assert made(study) == ALL
    assert (paths.site(study) / "index.html").as_uri() in out.getvalue()
    assert "6 pages: 6 made" in out.getvalue()
    assert all(state.shown == "current" for state in states(study).values())
    assert not list(study.rglob("*.part*"))


def test_nothing_changed_runs_nothing_and_records_no_run(done: Path) -> None:
    before = computed(done)
    assert reproduce(done) == Result(0, None)
    assert computed(done) == before
    assert len(list(paths.runs(done).glob("*/report.json"))) == 1


def test_a_touched_file_is_not_a_changed_file(done: Path) -> None:
    for file in (done / "raw").rglob("*.csv"):
        os.utime(file, (1, 1))
    assert reproduce(done).report is None


def test_one_country_changed_runs_that_country_and_what_pools_it(done: Path) -> None:
    minichain.answer(done, "BB", 5, 6)
    assert reproduce(done).exit_code == 0
    assert made(done) == {"BB/2026/collected", f"BB/2026/en/{FIRST}"} | POOLING


def test_what_why_says_is_what_runs(done: Path) -> None:
    minichain.answer(done, "BB", 5, 6)
    steps, outcomes = run.explain(done, rooms=minichain.rooms(done))
    would = {name for name, outcome in outcomes.items() if outcome.status == "would run"}
    lines = why(done, steps, outcomes)
    reproduce(done)
    assert would == made(done)
    assert "BB/2026/collected: raw/BB/2026 changed (raw/BB/2026/responses.csv)" in lines
    assert f"BB/2026/en/{FIRST}: BB/2026/collected would be made anew" in lines


def test_a_changed_notebook_runs_only_itself_and_a_saved_one_does_not(done: Path) -> None:
    path = done.parent / f"notebooks/{FIRST}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="left by JupyterLab")]
    notebook.cells[1].execution_count = 7
    nbformat.write(notebook, path)
    assert reproduce(done).report is None
    notebook.cells[2].source = "print('now otherwise')"
    nbformat.write(notebook, path)
    assert reproduce(done).exit_code == 0
    assert made(done) == {f"AA/2026/en/{FIRST}", f"BB/2026/en/{FIRST}"}


def test_an_output_that_is_gone_is_made_again(done: Path) -> None:
    page(done, "AA", FIRST).unlink()
    reproduce(done)
    assert made(done) == {f"AA/2026/en/{FIRST}"}


def test_an_output_that_was_meddled_with_is_made_again(done: Path) -> None:
    whole = page(done, "AA", FIRST).read_bytes()
    page(done, "AA", FIRST).write_text("half a pa")
    reproduce(done)
    assert page(done, "AA", FIRST).read_bytes() == whole


def test_links_and_marks_of_a_page_do_not_count_as_a_change(done: Path) -> None:
    path = page(done, "AA", FIRST)
    path.write_text(path.read_text().replace("<!--notice-->", "<!--notice-->an earlier version"))
    assert reproduce(done).report is None


def test_executed_notebooks_are_the_same_twice_and_know_no_folder(done: Path) -> None:
    executed = paths.executed(done, "AA", "2026", "en", FIRST)
    before = executed.read_bytes()
    executed.unlink()
    reproduce(done)
    assert executed.read_bytes() == before
    assert str(done).encode() not in before
    assert "papermill" not in nbformat.reads(before.decode(), as_version=4).metadata


def test_only_limits_the_targets_and_never_what_they_are_compared_with(study: Path) -> None:
    assert reproduce(study, only=["BB"]).exit_code == 0
    own = {f"BB/2026/en/{FIRST}", f"BB/2026/en/{POOL}"}
    assert made(study) == {"AA/2026/collected", "BB/2026/collected", "EU/2026/pooled"} | own
    pooled = pd.read_parquet(paths.product(study, "EU", "2026", "pooled"))
    assert set(pooled["country"]) == {"AA", "BB"}
    assert states(study)[f"AA/2026/en/{FIRST}"].status == "not asked"
    assert states(study)[f"AA/2026/en/{FIRST}"].shown == "absent"


def test_only_marks_the_other_pages_that_are_out_of_date(done: Path) -> None:
    minichain.answer(done, "AA", 9)
    reproduce(done, only=["BB"])
    assert states(done)[f"BB/2026/en/{POOL}"].shown == "current"
    assert states(done)[f"AA/2026/en/{POOL}"].shown == "kept"
    assert states(done)[f"AA/2026/en/{POOL}"].made_at
    assert states(done)[f"BB/2026/en/{FIRST}"].shown == "current"


def test_only_names_the_legal_countries(study: Path) -> None:
    with pytest.raises(ChainError, match=r"no country 'XX'; legal are AA, BB, EU"):
        reproduce(study, only=["XX"])


def test_a_country_that_fails_is_withdrawn_and_europe_keeps_its_last_version(done: Path) -> None:
    europe = page(done, "EU", POOL, "fr").read_bytes()
    (done / "raw/BB/2026/responses.csv").unlink()
    assert reproduce(done).exit_code == 1
    found = states(done)
    assert found["BB/2026/collected"].status == "failed"
    assert "responses.csv: the file is missing" in found["BB/2026/collected"].message
    assert not page(done, "BB", FIRST).exists() and not page(done, "BB", POOL).exists()
    assert not paths.published(done, "BB", "2026", "en", FIRST).exists()
    assert found[f"BB/2026/en/{FIRST}"].shown == "absent"
    assert found[f"AA/2026/en/{FIRST}"].shown == "current"
    assert (found[f"EU/2026/fr/{POOL}"].status, found[f"EU/2026/fr/{POOL}"].shown) == ("blocked", "kept")
    assert found[f"EU/2026/fr/{POOL}"].made_at
    assert page(done, "EU", POOL, "fr").read_bytes() == europe
    assert "BB/2026/collected" in (paths.site(done) / "index.html").read_text()


def test_a_country_that_fails_the_first_time_leaves_europe_absent(study: Path) -> None:
    minichain.answer(study, "BB")
    assert reproduce(study).exit_code == 1
    assert "no answers of BB" in states(study)["BB/2026/collected"].message
    assert states(study)[f"EU/2026/en/{POOL}"].shown == "absent"
    assert page(study, "AA", FIRST).exists()


def test_what_was_put_right_makes_the_site_whole_again(done: Path) -> None:
    whole = computed(done)
    answers = (done / "raw/BB/2026/responses.csv").read_bytes()
    (done / "raw/BB/2026/responses.csv").unlink()
    reproduce(done)
    (done / "raw/BB/2026/responses.csv").write_bytes(answers)
    assert reproduce(done).exit_code == 0
    assert computed(done) == whole
    assert all(state.shown == "current" for state in states(done).values())


def test_a_notebook_that_fails_in_its_third_cell(done: Path) -> None:
    failing = minichain.reads(FIRST, "collected", middle="if country == 'BB':\n    raise ValueError('too few answers')")
    minichain.write_notebook(done.parent / f"notebooks/{FIRST}.ipynb", failing, ["country"], ["collected"])
    assert reproduce(done).exit_code == 1
    state = states(done)[f"BB/2026/en/{FIRST}"]
    assert state.cell == """code cell 3 of 4 ("if country == 'BB':")"""
    assert "stopped with ValueError: too few answers" in state.message
    failed = paths.executed(done, "BB", "2026", "en", FIRST).with_suffix(".failed.ipynb")
    assert state.failed_notebook == paths.shown(failed)
    assert "too few answers" in failed.read_text()
    assert not page(done, "BB", FIRST).exists()
    assert not paths.executed(done, "BB", "2026", "en", FIRST).exists()
    assert states(done)[f"AA/2026/en/{FIRST}"].status == "made"
    assert all(states(done)[name].shown == "kept" for name in EUROPE)  # never from a mixture
    minichain.write_notebook(
        done.parent / f"notebooks/{FIRST}.ipynb", minichain.reads(FIRST, "collected"), ["country"], ["collected"]
    )
    assert reproduce(done).exit_code == 0
    assert not failed.exists()


def test_a_page_that_may_not_go_out_keeps_its_notebook(study: Path) -> None:
    cells = minichain.reads(FIRST, "collected", middle="print('not for everyone' if country == 'AA' else 'fine')")
    minichain.write_notebook(study.parent / f"notebooks/{FIRST}.ipynb", cells, ["country"], ["collected"])
    assert reproduce(study).exit_code == 1
    assert states(study)[f"AA/2026/en/{FIRST}"].message == "the page shows what is not for everyone"
    assert paths.executed(study, "AA", "2026", "en", FIRST).with_suffix(".failed.ipynb").exists()
    assert not page(study, "AA", FIRST).exists()
    assert page(study, "BB", FIRST).exists()


def test_a_kernel_that_is_killed_fails_only_itself(study: Path) -> None:
    middle = "import os, signal\nif country == 'AA': os.kill(os.getpid(), signal.SIGKILL)"
    cells = minichain.reads(FIRST, "collected", middle=middle)
    minichain.write_notebook(study.parent / f"notebooks/{FIRST}.ipynb", cells, ["country"], ["collected"])
    assert reproduce(study).exit_code == 1
    found = {name: state for name, state in states(study).items() if state.status != "made"}
    assert set(found) == {f"AA/2026/en/{FIRST}"} | EUROPE
    assert all(found[name].status == "blocked" and f"AA/2026/en/{FIRST}" in found[name].message for name in EUROPE)
    assert "code cell 3 of 4" in found[f"AA/2026/en/{FIRST}"].message
    assert "lost its kernel" in found[f"AA/2026/en/{FIRST}"].message


def test_a_notebook_that_publishes_nothing_is_not_finished(study: Path) -> None:
    minichain.write_notebook(study.parent / f"notebooks/{FIRST}.ipynb", ["1 + 1"], ["country"], ["collected"])
    assert reproduce(study).exit_code == 1
    assert "AA/2026/en/01_first.published.parquet" in states(study)[f"AA/2026/en/{FIRST}"].message


def test_outputs_of_what_the_study_dropped_are_removed(done: Path) -> None:
    minichain.write_study(done, countries=("AA",), pooled_languages=("en",))
    assert reproduce(done).exit_code == 0
    assert not (paths.processed(done) / "BB").exists()
    assert not (paths.site(done) / "en/BB").exists()
    assert not (paths.site(done) / "fr/EU").exists()
    assert page(done, "EU", POOL).exists()
    assert set(states(done)) == {name for name in ALL if not name.startswith(("BB", "EU/2026/fr"))}


def test_two_runs_are_compared(done: Path) -> None:
    minichain.answer(done, "BB", 30, 4)
    reproduce(done)
    found = compare(done, "previous", "last")
    assert found.inputs == {"raw/BB/2026/responses.csv": "changed"}
    row = found.numbers[found.numbers["page"] == f"BB/2026/en/{FIRST}"].iloc[0]
    assert (row["column"], row["before"], row["after"]) == ("estimate", 3.5, 17.0)
    assert f"AA/2026/en/{FIRST}" not in set(found.numbers["page"])
    with pytest.raises(ChainError, match="there is no run 'never' of this study; legal are 0001_"):
        compare(done, "never", "last")


def test_the_manifest_says_what_a_run_was_made_of(done: Path) -> None:
    folder = next(paths.runs(done).glob("0001_*"))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(manifest["inputs"]["raw/AA/2026/responses.csv"]) == 64
    assert manifest["versions"]["pandas"] == pd.__version__
    assert manifest["parameters"][f"AA/2026/en/{FIRST}"]["country"] == "AA"
    assert {task["name"] for task in manifest["tasks"]} == ALL
    assert all(task["took_s"] > 0 for task in manifest["tasks"])
    report = read_report(folder)
    assert all(state.memory_mb and state.seconds is not None for state in (*report.pages, *report.products))
    assert f"EU/2026/fr/{POOL}: made, current" in (folder / "report.log").read_text()


def test_a_second_run_at_once_stops_with_a_sentence(study: Path) -> None:
    slow(study)
    first = start(study)
    try:
        wait_for("running", first)
        with pytest.raises(ChainError, match=rf"process {first.pid} \(since .*\) runs this study already"):
            reproduce(study)
    finally:
        first.terminate()
        first.wait()


def slow(study: Path) -> None:
    cells = minichain.reads("03_slow", "collected", middle=SLEEP)
    minichain.write_notebook(study.parent / "notebooks/03_slow.ipynb", cells, ["country"], ["collected"])


@pytest.fixture
def running(study: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a run that has made all of the countries but one notebook each, which sleep."""
    slow(study)
    process = start(study)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for what is left in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_at_once_and_names_what_ran(
    study: Path, running: subprocess.Popen[str], number: int
) -> None:
    wait_for("[7/11]", running)
    began = time.monotonic()
    running.send_signal(number)
    text, _ = running.communicate(timeout=10)
    assert time.monotonic() - began < 5
    assert running.returncode == 130
    assert "Interrupted; was running: " in text
    assert "AA/2026/en/03_slow" in text and "BB/2026/en/03_slow" in text
    assert "Traceback" not in text
    assert processes_of(study.parent) == []
    report = last_report(study)
    assert report is not None and report.outcome == "interrupted"
    assert made(study) == ALL - EUROPE
    (study.parent / "notebooks/03_slow.ipynb").unlink()
    assert reproduce(study).exit_code == 0
    assert made(study) == EUROPE  # nothing that was done before is done again


@pytest.mark.skipif(sys.platform != "linux", reason="looks for what is left in /proc")
def test_a_killed_run_leaves_no_process_and_no_lock_and_loses_nothing(
    study: Path, running: subprocess.Popen[str]
) -> None:
    wait_for("[7/11]", running)
    running.kill()
    running.wait()
    deadline = time.monotonic() + 5
    while processes_of(study.parent) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(study.parent) == []
    (study.parent / "notebooks/03_slow.ipynb").unlink()
    assert reproduce(study).exit_code == 0
    assert made(study) == EUROPE
    assert not list(study.rglob("*.part*"))


def test_a_full_disk_is_one_sentence_and_withdraws_nothing(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = computed(done)
    minichain.answer(done, "BB", 5, 6)
    products = paths.unit_folder(done, "BB", "2026") / ".collected.parquet.part"
    products.mkdir()  # the product cannot be written ...
    written = Path.write_bytes

    def write_bytes(self: Path, data: bytes) -> int:  # ... and nothing else fits either
        if self.name == ".probe":
            raise OSError(28, "No space left on device")
        return written(self, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    with pytest.raises(
        CompendiumError, match="cannot be written: No space left on device; what was computed before stays"
    ):
        reproduce(done)
    assert computed(done) == before


def test_an_unreadable_record_is_set_aside(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (paths.processed(done) / "pytask.lock").write_text("no [[ toml")
    assert reproduce(done).exit_code == 0
    assert made(done) == ALL
    assert "set aside" in capsys.readouterr().err


def test_cold_and_forked_runs_give_the_same(done: Path) -> None:
    forked = computed(done)
    for name in (f"AA/2026/en/{FIRST}.ipynb", "EU/2026/pooled.parquet"):
        (paths.processed(done) / name).unlink()
    assert reproduce(done, cold=True, executors=None).exit_code == 0
    assert computed(done) == forked


def test_a_notebook_that_needs_what_nothing_makes(study: Path) -> None:
    minichain.write_notebook(study.parent / "notebooks/04_x.ipynb", ["1"], ["country"], ["nothing"])
    with pytest.raises(ChainError, match=r"04_x.ipynb: needs the product 'nothing'; legal are collected, pooled"):
        reproduce(study)
