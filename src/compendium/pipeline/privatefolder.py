"""Short private folders for sockets and for what must not outlive a run.

The path of a Unix socket has at most 107 bytes, so these folders lie near the root; their mode is 0700, so no
other user reaches the sockets.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

PREFIX = "cpd-"
_LONGEST_BASE = 60  # bytes; leaves room for the folder's and the socket's own names
_SETTLED = 5  # seconds


def _base() -> Path:
    base = tempfile.gettempdir()
    return Path(base if len(os.fsencode(base)) <= _LONGEST_BASE else "/tmp")


class PrivateFolder:
    """A new private folder, removed by :meth:`remove` or, when its maker was killed, by the next one made.

    Parameters
    ----------
    within
        Make it inside this folder, which then decides about its removal; by default, in the temporary folder.
    """

    def __init__(self, within: Path | None = None) -> None:
        if within is None:
            sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within or _base()))
        self._lock = None if within else _lock(self.path)

    def remove(self) -> None:
        """Remove the folder with all it holds; a second call does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


if sys.platform == "win32":

    def sweep() -> None:
        """Sweep nothing: Windows keeps no sockets in these folders."""

    def _lock(path: Path) -> int | None:
        return None

else:
    import fcntl

    def sweep() -> None:
        """Remove the folders whose makers are gone, known by the lock that the system released."""
        for path in _base().glob(f"{PREFIX}*"):
            try:
                found = path.stat()
                # A folder this young may be one that its maker has not locked yet.
                if found.st_uid != os.getuid() or time.time() - found.st_mtime < _SETTLED:
                    continue
                lock = _lock(path)
            except OSError:  # another process removed it, or its maker still holds it
                continue
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)

    def _lock(path: Path) -> int:
        """Lock a folder until the returned descriptor is closed; OSError when another holds it."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor
