"""The command line: one sentence for what a user can put right, and its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def compendium(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "compendium", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reproduce", "--study", "{}/none"], "study.yml: the file is missing"),
        (["why", "--study", "{}/none"], "study.yml: the file is missing"),
        (["facts", "--study", "{}/none"], "study.yml: the file is missing"),
        (["diff", "a", "b", "--study", "{}/none"], "there is no run 'a' of this study"),
        (["messages", "xx"], "language 'xx' has no catalogue; legal are en"),
    ],
)
def test_a_users_error_is_one_sentence_and_exit_1(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    result = compendium(*(argument.format(tmp_path) for argument in arguments))
    assert result.returncode == 1
    assert sentence in result.stderr
    assert result.stderr.startswith("compendium: ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", [["nonsense"], ["reproduce", "--workers", "0"], ["new-country"]])
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    assert compendium(*arguments).returncode == 2


def test_help_names_every_command() -> None:
    text = compendium("--help").stdout
    for command in ("reproduce", "facts", "why", "diff", "new-country", "tidy", "lab", "clean", "messages"):
        assert command in text


def test_clean_deletes_what_was_computed_and_keeps_what_was_received(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "processed/PT").mkdir(parents=True)
    assert compendium("clean", "--study", str(tmp_path)).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
