"""One run of a study at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from compendium.errors import ChainError
from compendium.paths import shown


@contextmanager
def study_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a study's computed folder.

    The operating system releases it when its holder ends, however that happens, so the lock of a dead process
    is taken over.

    Raises
    ------
    ChainError
        Another run holds it, or the folder cannot be written.
    """
    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise ChainError(f"{shown(folder)}: cannot be written: {error.strerror}") from None
    with file:
        try:
            _lock(file.fileno())
        except OSError:
            raise ChainError(
                f"{shown(folder.parent)}: {_holder(path)} runs this study already; wait for it, or stop it"
            ) from None
        file.truncate(0)
        json.dump({"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}, file)
        file.flush()
        yield
        file.truncate(0)


def _holder(path: Path) -> str:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return f"process {content['process']} (since {content['since']})"
    except (OSError, ValueError, KeyError):  # it holds the lock but has not written its name yet
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # a byte outside the text, which stays readable for others
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
