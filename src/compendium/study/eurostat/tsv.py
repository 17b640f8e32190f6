"""Read Eurostat's own format: one series a line, tabs between periods, the flag of a value behind a space.

Both generations are read: the bulk files until 2022 (``sex,unit,geo\\time``, newest period first) and those of the present
interface (``freq,sex,unit,geo\\TIME_PERIOD``, oldest first). The format says neither the dataset nor the day: the name of
the file says the one, the declaration may say the other.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from .extract import Extract, cell, frame, refuse, text_of

TIME = ("time", "time_period")


def read(path: Path) -> Extract:
    """Read a file ``.tsv`` or ``.tsv.gz``.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Extract
        Without dataset and day. Cells are taken apart only where they are asked for, so that a table of hundreds of
        thousands of series is read in a second or two.

    Raises
    ------
    DefinitionError
        The header is not Eurostat's, or a line has other codes or cells than the header says; the line is named.
    """
    text = text_of(path)
    if text and not text.endswith("\n"):  # a number cut in two would still be a number
        raise refuse(path, "", "the last line has no end: the file was cut off; take it as it was downloaded")
    lines = text.splitlines()
    head, *periods = lines[0].split("\t") if lines else [""]
    named, _, across = head.partition("\\")
    dimensions = [name.strip().lower() for name in named.split(",")]
    if across.strip().lower() not in TIME or not periods:
        raise refuse(
            path,
            "line 1",
            f"the first column is {head!r}; legal is dimensions and time, such as freq,unit,geo\\TIME_PERIOD, then periods",
        )
    times = [one.strip() for one in periods]
    numbers = [number for number, line in enumerate(lines[1:], 2) if line.strip()]
    keys = [[code.strip() for code in lines[number - 1].partition("\t")[0].split(",")] for number in numbers]
    for number, codes in zip(numbers, keys, strict=True):
        if len(codes) != len(dimensions):
            raise refuse(
                path, f"line {number}", f"{len(codes)} codes where the header has {len(dimensions)}: {','.join(codes)}"
            )

    def cells(wanted: pd.Series) -> pd.DataFrame:
        rows = []
        for row in np.flatnonzero(wanted.to_numpy()):
            number = numbers[row]
            values = lines[number - 1].split("\t")[1:]
            if len(values) != len(times):
                raise refuse(path, f"line {number}", f"{len(values)} cells where the header has {len(times)} periods")
            for time, text in zip(times, values, strict=True):
                place = f"line {number}, column {time}"
                value, flag = cell(path, place, *_parts(text))
                rows.append((int(row), time, value, flag, place))
        return frame(rows)

    return Extract(path, "", "", pd.DataFrame(keys, columns=dimensions, dtype="str"), cells)


def _parts(text: str) -> tuple[str, str]:
    """Part ``4.2 b`` and ``:c`` into value and flags."""
    value, _, flags = text.strip().partition(" ")
    return (":", value[1:] + flags) if value.startswith(":") else (value, flags)
