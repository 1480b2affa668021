"""Reads review files that came back: workbook, CSV or JSON become rows of text. Not pure.

Whatever the form, `Answer` says where a row stands, its key and what was answered.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from renkou.core.errors import DataRefused, FileUnreadable, Place
from renkou.engines.files import MemorySheet, open_sheets, refuse_pipes


class Answer(NamedTuple):
    """One answered row: its place, the pair's key and record numbers, the word and the remark."""

    place: Place
    key: str
    record_ids: tuple[int, int] | None
    word: str
    remark: str


class Headings(NamedTuple):
    """What the columns and sheets of a review workbook are called."""

    sheet: str
    key_sheet: str
    key: str
    answer: str
    remark: str
    header_row: int


def read_answers(path: Path, headings: Headings) -> list[Answer]:
    """The rows of a review file.

    Raises
    ------
    FileUnreadable
        If it cannot be opened or decoded.
    DataRefused
        REVIEW-01: it is no review file; a sheet or column is missing.
    """
    refuse_pipes(path)
    if not path.is_file():
        raise FileUnreadable(
            f"{path}: there is no such file; check the path",
            zh=f"{path}：没有这个文件；请核对路径",
        )
    readers = {".csv": _csv_rows, ".json": _json_rows}
    reader = readers.get(path.suffix.lower())
    return _answers_of_rows(path, reader(path)) if reader else _workbook(path, headings)


def _refused(place: Place) -> DataRefused:
    remedy = "give a file that `renkou review export` wrote, answered but otherwise as it was"
    zh = "不是复核文件；请使用 renkou review export 导出的文件，只填判定和备注，不改其他内容"
    return DataRefused(place, "REVIEW-01", "this is no review file", remedy, zh)


def _workbook(path: Path, headings: Headings) -> list[Answer]:
    sheets = {sheet.name: sheet for sheet in open_sheets(path) if isinstance(sheet, MemorySheet)}
    if headings.sheet not in sheets or headings.key_sheet not in sheets:
        raise _refused(Place(path.name))
    keys = _keys(sheets[headings.key_sheet].rows)
    rows = sheets[headings.sheet].rows
    head = rows[headings.header_row] if len(rows) > headings.header_row else []
    wanted = (headings.key, headings.answer, headings.remark)
    if any(name not in head for name in wanted):
        raise _refused(Place(path.name, headings.sheet, headings.header_row + 1))
    at = [head.index(name) for name in wanted]
    # Both lines of a pair carry its merged cells: the first one speaks.
    return [
        Answer(
            Place(path.name, headings.sheet, number, headings.answer),
            key := rows[number - 1][at[0]].strip(),
            keys.get(key),
            rows[number - 1][at[1]].strip(),
            rows[number - 1][at[2]].strip(),
        )
        for number in range(headings.header_row + 2, len(rows) + 1, 2)
    ]


def _keys(rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    return {
        row[0]: (int(row[1]), int(row[2]))
        for row in rows[1:]
        if len(row) > 2 and row[1].isdecimal() and row[2].isdecimal()
    }


def _csv_rows(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream)
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(
            f"{path}: not readable as CSV; save it as CSV in UTF-8",
            zh=f"{path}：无法按 CSV 读取；请另存为“CSV UTF-8”",
        ) from error


def _json_rows(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileUnreadable(
            f"{path}: not readable as JSON; write a list of rows",
            zh=f"{path}：无法按 JSON 读取；内容须是由各行组成的列表",
        ) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _refused(Place(path.name))
    return rows


def _answers_of_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> list[Answer]:
    answers = []
    for number, row in enumerate(rows, 2 if path.suffix.lower() == ".csv" else 1):
        place = Place(path.name, row=number, column="answer")
        if "key" not in row or "answer" not in row:
            raise _refused(place)
        ids = [str(row.get(name) or "") for name in ("record_id_l", "record_id_r")]
        known = (int(ids[0]), int(ids[1])) if all(text.isdecimal() for text in ids) else None
        texts = [str(row.get(name) or "").strip() for name in ("key", "answer", "remark")]
        answers.append(Answer(place, texts[0], known, texts[1], texts[2]))
    return answers
