"""Read one file of SPSS, Stata or SAS in a process of its own; started by path, so that it imports next to nothing.

The library that reads these formats is C code and can crash on a broken file. Here a crash ends this process and not the
run: the parent (:mod:`.statistical`) says in a sentence that the file is broken.
"""

import pickle
import sys
from pathlib import Path

REPORTED = 3
"""Exit code of an error that is told on the error channel."""
TOLD = (
    "column_names_to_labels",
    "variable_value_labels",
    "missing_ranges",
    "missing_user_values",
    "original_variable_types",
    "readstat_variable_types",
    "file_encoding",
    "file_label",
    "number_rows",
    "mr_sets",
)


def main(reader: str, path: str, into: str, *options: str) -> int:
    """Read a file by a function of pyreadstat and write its columns and what it says of them; options are ``key=value``."""
    import pyreadstat

    own = {key: True if value == "yes" else value for key, value in (option.split("=", 1) for option in options)}
    try:
        columns, meta = getattr(pyreadstat, reader)(path, output_format="dict", **own)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return REPORTED
    with Path(into).open("wb") as file:
        pickle.dump((dict(columns), {name: getattr(meta, name) for name in TOLD}), file, protocol=5)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
