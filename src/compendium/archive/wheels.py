"""The packages of the locked environment for one platform, so that an archive is installed without network."""

import platform
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Final

from .. import paths
from ..errors import CompendiumError

WHEELS: Final = "wheels"
_INSTALL: Final = """\
#!/bin/sh
# Set up the environment of the compendium in .venv from the packages beside this file, without network.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --no-index --find-links wheels --require-hashes --requirement wheels/requirements.txt
.venv/bin/python -m pip install --quiet --no-index --find-links wheels --no-deps --editable .
touch .venv/.ready
"""


def fetch_wheels(folder: Path) -> dict[str, Path]:
    """Download the packages of ``uv.lock`` for this platform, each held against the sum of the lock.

    Parameters
    ----------
    folder : Path
        Where to put them; what lies there and is right is not downloaded again.

    Returns
    -------
    dict of str to Path
        Path in the archive -> file.

    Raises
    ------
    CompendiumError
        uv or pip is not there or refuses; the sentence ends with what it said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tools = paths.REPOSITORY / ".tools" / "bin"
    uv = str(tools / "uv") if (tools / "uv").is_file() else "uv"
    wanted = ["export", "--frozen", "--no-default-groups", "--no-emit-project", "--no-header", "--no-annotate"]
    required = _run([uv, *wanted, "--format", "requirements.txt"])
    (folder / "requirements.txt").write_text(required, encoding="utf-8")
    project = tomllib.loads((paths.REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    builder = project["build-system"]["requires"]  # which no lock pins: the list of sums of the archive does
    pip = [str(tools / "python"), "-m", "pip"] if (tools / "python").is_file() else [uv, "tool", "run", "pip"]
    fetch = [*pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
    target = ["--dest", str(folder), "--python-version", platform.python_version()]
    _run([*fetch, *target, "--require-hashes", "--requirement", str(folder / "requirements.txt")])
    _run([*fetch, *target, *builder])
    where = f"{sysconfig.get_platform()}, Python {sys.version_info.major}.{sys.version_info.minor}\n"
    (folder / "platform.txt").write_text(where, encoding="utf-8")
    (folder / "install.sh").write_text(_INSTALL, encoding="utf-8")
    kept = [
        *sorted(folder.glob("*.whl")),
        *(folder / name for name in ("requirements.txt", "platform.txt", "install.sh")),
    ]
    return {f"{WHEELS}/{file.name}": file for file in kept}


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=paths.REPOSITORY)
    except OSError as error:
        raise CompendiumError(
            f"{Path(command[0]).name} cannot be started: {error.strerror}; packages need uv and pip"
        ) from None
    if done.returncode:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason given")
        raise CompendiumError(f"{Path(command[0]).name} could not fetch the packages: {last.strip()}")
    return done.stdout
