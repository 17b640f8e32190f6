"""Lay answers out as KoboToolbox or ODK would export them from our own XLSForm: the other half of the round trip."""

import csv
import datetime as dt
import io
import uuid
from pathlib import Path

import openpyxl
import pandas as pd

from compendium.forms import xlsform
from compendium.study.codebook import form_version
from compendium.study.study import Study

BEGIN = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


def sheet(path: Path, name: str) -> list[dict[str, str]]:
    header, *rows = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
    return [{key: str(cell) for key, cell in zip(header, row, strict=True) if cell is not None} for row in rows]


def laid_out(
    study: Study, country: str, answers: pd.DataFrame, folder: Path, *, sign: str = "/", several: str = "both"
) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of an export.

    ``answers`` are all text, one column a question; ``sign`` parts groups from questions; ``several`` is ``both``,
    ``whole`` or ``options``, as a platform offers them.
    """
    form = study.form(country, "2026")
    (path,) = xlsform.write(study, country, "2026", ["en"], folder)
    lists: dict[str, list[str]] = {}
    for row in sheet(path, "choices"):
        lists.setdefault(row["list_name"], []).append(row["name"])
    columns: list[tuple[str, str, str]] = []  # heading, question, option
    groups: list[str] = []
    for row in sheet(path, "survey"):
        type, name = row["type"], row.get("name", "")
        heading = sign.join([*groups, name])
        if type == "begin_group":
            groups.append(name)
        elif type == "end_group":
            groups.pop()
        elif type.startswith("select_multiple"):
            if several != "options":
                columns.append((heading, name, ""))
            if several != "whole":
                columns += [(f"{heading}/{code}", name, code) for code in lists[type.split()[1]]]
        else:
            columns.append((heading, name, ""))
    odk = sign == "-"
    system = (
        ["SubmissionDate", "KEY", "SubmitterName"] if odk else ["_id", "_uuid", "_submission_time", "_submitted_by"]
    )
    types = {one.id: one.type for one in form.questions.values()}
    shares = [name for name, type in types.items() if type == "shares"]
    version = form_version(form)
    rows = []
    for at, answer in enumerate(answers.to_dict("records")):
        begin = BEGIN + dt.timedelta(hours=at)
        cells = {"start": begin.isoformat(timespec="milliseconds"), "form_version": version}
        minutes = float(answer.get("duration_min") or 10)
        cells["end"] = (begin + dt.timedelta(minutes=minutes)).isoformat(timespec="milliseconds")
        cells["today"] = begin.date().isoformat()
        for name in shares:
            parts = dict(part.split("=") for part in answer[name].split(";") if part)
            cells |= {f"{name}__{code}": number for code, number in parts.items()}
            cells[f"total_{name}"] = str(sum(map(float, parts.values())))
        row = []
        for _, name, code in columns:
            value = cells.get(name, answer.get(name, "") if name not in shares else "")
            if types.get(name) == "multiple":
                ticked = value.split(";") if value else []
                value = " ".join(ticked) if not code else "" if not ticked else str(int(code in ticked))
            row.append(value)
        key = str(uuid.UUID(int=at))
        moment = (begin + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
        row += [f"{moment}.000Z", f"uuid:{key}", "Someone"] if odk else [str(at + 1), key, moment, "someone"]
        rows.append(row)
    return [heading for heading, _, _ in columns] + system, rows


def as_csv(header: list[str], rows: list[list[str]], separator: str = ";") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def as_workbook(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        book.active.append([int(cell) if cell.isdigit() and len(cell) < 9 else cell or None for cell in row])
    book.save(path)
    return path


def as_submissions(header: list[str], rows: list[list[str]]) -> list[dict[str, object]]:
    """Return answers as the interface of KoboToolbox gives them: without the questions that were left blank."""
    return [
        {
            name: int(cell) if name == "_id" else cell
            for name, cell in zip(header, row, strict=True)
            if cell or name.startswith("_")
        }
        for row in rows
    ]
