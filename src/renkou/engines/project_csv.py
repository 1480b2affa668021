"""The CSV tables of a project, read and written. Not pure: reads and writes files.

Files come from planners: UTF-8 with or without BOM, or GB18030 as Excel saves it in China; headers
in English or Chinese, a title above them or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from renkou.core.progress import silent
from renkou.demography.scenarios.labels import HEADERS, column_of_header, plain
from renkou.demography.scenarios.problems import Problem, nearest
from renkou.demography.scenarios.tables import Table, TextColumn
from renkou.engines.files_csv import CsvSheet

# needed columns, and those that may be left out
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "areas": (("area",), ("name", "level", "parent")),
    "population": (("area", "sex", "age", "count"), ()),
    "mortality": (("area", "year", "sex", "age", "mx"), ()),
    "fertility": (("area", "year", "age", "asfr"), ()),
    "srb": (("area", "year", "srb"), ()),
    "migration": (("area", "year", "sex", "age", "net"), ()),
    "levels": (("area", "measure", "ratio"), ("deviation",)),
    "errors": (("area", "measure", "deviation"), ()),
    "moves_out": (("area", "sex", "age", "rate"), ()),
    "destinations": (("origin", "destination", "share"), ()),
    "moves_in": (("area", "sex", "age", "count"), ()),
    "history": (("area", "year", "measure", "value"), ()),
    "coverage": (("area", "ratio", "low", "high"), ("sex", "age")),
}
NEEDED = ("population", "mortality", "fertility", "srb")


def read_tables(folder: Path, problems: list[Problem]) -> dict[str, Table]:
    """The tables of a project folder by name; what is missing or lacks a column is noted.

    Raises
    ------
    FileRefused
        If a file is no text table at all.
    """
    found: dict[str, Table] = {}
    for name, (needed, others) in COLUMNS.items():
        path = folder / f"{name}.csv"
        if path.is_file():
            table = read_table(path, needed, others, problems)
            found |= {name: table} if table else {}
        elif name in NEEDED:
            problems.append(Problem(
                path.name, None, "", None, f"there is no such file in {folder}",
                f"add it, with the columns {','.join(needed)}",
                f"文件夹 {folder} 中没有这个文件；请补上，列为 {'、'.join(needed)}",
            ))  # fmt: skip
    return found


def read_table(
    path: Path, needed: Sequence[str], others: Sequence[str], problems: list[Problem]
) -> Table | None:
    """One table; None, and a problem, where a column is missing or no row is there."""
    sheet = CsvSheet(path)
    row, places = _header(sheet.head, needed, others)
    headers = sheet.head[row]
    missing = [name for name in needed if name not in places]
    if missing:
        problems.extend(_no_column(path.name, row, name, headers) for name in missing)
        return None
    loaded = sheet.load(sorted(places.values()), silent)
    loaded = loaded.filter(pc.greater(loaded["row"], row + 1))
    loaded = _without_blank_rows(loaded)
    faults = pc.filter(loaded["row"], pc.is_valid(loaded["fault"])).to_pylist()
    problems.extend(_broken(path.name, at) for at in faults[:3])
    if not loaded.num_rows:
        problems.append(Problem(path.name, None, "", None, "has no rows", "fill it in",
                                "没有数据行；请填写"))  # fmt: skip
    if faults or not loaded.num_rows:
        return None
    used = set(places.values())
    unused = tuple(text for at, text in enumerate(headers) if text.strip() and at not in used)
    columns = {name: _column(loaded[f"c{at}"]) for name, at in places.items()}
    said = {name: headers[at].strip() for name, at in places.items()}
    return Table(path.name, loaded["row"].to_numpy().astype(np.int64), columns, said, unused)


def _header(
    head: Sequence[Sequence[str]], needed: Sequence[str], others: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """The row that holds the headers (titles may stand above it), and each column's place."""
    found = [_places(row, (*needed, *others)) for row in head]
    fit = [sum(name in one for name in needed) for one in found]
    best = fit.index(max(fit))
    return best, found[best]


def _places(row: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Where each wanted column stands; its own name goes before other words for it."""
    found: dict[str, int] = {}
    for at, text in enumerate(row):
        name = _meaning(text, wanted)
        if name and (name not in found or plain(text) == name):
            found[name] = at
    return found


def _meaning(text: str, wanted: Sequence[str]) -> str | None:
    label = plain(text)
    if label in wanted:
        return label
    name = column_of_header(text)
    if name in wanted:
        return name
    return next((one for one in wanted if label in HEADERS[one]), None)


def _no_column(file: str, row: int, name: str, headers: Sequence[str]) -> Problem:
    there = [text.strip() for text in headers if text.strip()]
    near = nearest(name, there)
    remedy, zh = (f"is {near} meant?", f"是否为 {near}？") if near else (
        f"name it {name} or {HEADERS[name][-1]}", f"请命名为 {name} 或 {HEADERS[name][-1]}"
    )  # fmt: skip
    return Problem(
        file, row + 1, name, None, f"there is no such column (there are: {', '.join(there)})",
        remedy, f"没有这一列（现有：{'、'.join(there)}）；{zh}",
    )  # fmt: skip


def _broken(file: str, row: int) -> Problem:
    return Problem(
        file, row, "", None, "has more cells than the header, or cannot be decoded",
        "correct the row; texts with a comma stand in quotation marks",
        "单元格比表头多，或有无法识别的字符；请更正，含逗号的文字要加引号",
    )  # fmt: skip


def _without_blank_rows(table: pa.Table) -> pa.Table:
    cells = [table[name] for name in table.column_names if name.startswith("c")]
    there = pc.is_valid(cells[0])
    for one in cells[1:]:
        there = pc.or_(there, pc.is_valid(one))
    return table.filter(there)


def _column(cells: pa.ChunkedArray) -> TextColumn:
    encoded = pc.fill_null(cells, "").combine_chunks().dictionary_encode()
    at = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return TextColumn(at, tuple(encoded.dictionary.to_pylist()))


def write_table(
    path: Path, columns: Mapping[str, Sequence[object] | np.ndarray | pa.Array]
) -> None:
    """A CSV in UTF-8 with one header row."""
    options = arrow_csv.WriteOptions(quoting_style="needed", quoting_header="none")
    arrow_csv.write_csv(pa.table(dict(columns)), path, write_options=options)
