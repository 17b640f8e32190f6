"""How much memory a process took."""

import re
from pathlib import Path


def peak_memory_mb(process: int | str = "self") -> int | None:
    """Return the peak resident memory of a process in MB, pages shared with others included; None where unknown."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(peak[1]) // 1024 if peak else None
