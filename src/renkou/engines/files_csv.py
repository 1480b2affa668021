"""Reads CSV and other delimited text, whole columns at a time. Not pure: reads files.

PyArrow splits; rows whose number of cells differs (titles, footers, broken rows) are few and come
to Python one by one. Every row keeps its number, quoted line breaks counted as part of the row.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from renkou.core.errors import Place
from renkou.core.progress import Progress
from renkou.engines.files import HEAD_ROWS, WIDEST, SheetNote, unreadable
from renkou.engines.files_damage import broken_rows
from renkou.engines.files_text import Utf8Stream, detect_encoding

_DELIMITERS = ",\t;|"
_SNIFF_ROWS = 400
_SNIFF_BYTES = 2 << 20
_BLOCK = 8 << 20
_LONGEST_ROW_LINES = 200
_LINE_END = re.compile(r"\r\n|\r|\n")


class CsvSheet:
    """A delimited text file as one sheet."""

    name: str | None = None

    def __init__(self, path: Path) -> None:
        self.path, self.file = path, path.name
        self.merges: list[tuple[int, int, int, int]] = []
        self.notes: list[SheetNote] = []
        self.encoding = detect_encoding(path)
        rows = self._sniff()
        self.width = self._width(rows)
        self.head = [_fitted(row, self.width) for row in rows[:HEAD_ROWS]]

    def _sniff(self) -> list[list[str]]:
        with Utf8Stream(self.path, self.encoding) as stream:
            start = io.BufferedReader(stream).read(_SNIFF_BYTES)
        text = start.decode("utf-8", "ignore")
        if not text.strip():
            raise unreadable(
                Place(self.file), "FILE-01", "the file is empty", "ask the department for it again"
            )
        if len(start) == _SNIFF_BYTES and b"\n" not in start and b"\r" not in start:
            raise _too_long(Place(self.file, row=1))
        self.delimiter = _delimiter(text)
        return _first_rows(text, self.delimiter)

    def _width(self, rows: Sequence[Sequence[str]]) -> int:
        widest = max(map(len, rows))
        if widest > WIDEST:
            row = next(at for at, cells in enumerate(rows, 1) if len(cells) == widest)
            raise unreadable(
                Place(self.file, row=row),
                "FILE-09",
                f"the row has {widest} columns, more than {WIDEST}",
                "delete the empty columns to the right and save it again",
            )
        usual = Counter(len(row) for row in rows if any(row))
        return max(usual, key=lambda width: (usual[width], width)) if usual else widest

    def load(self, columns: Sequence[int], progress: Progress) -> pa.Table:
        """The columns asked for, see `Sheet.load`."""
        reader = _Rows(self, columns, progress)
        return reader.table()


def _too_long(place: Place) -> Exception:
    return unreadable(
        place,
        "FILE-10",
        f"the line is longer than {_SNIFF_BYTES >> 20} MB",
        "check the line; it may not be a text table",
    )


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:50]
    counts = {mark: sorted(line.count(mark) for line in lines if line) for mark in _DELIMITERS}
    return max(
        _DELIMITERS, key=lambda mark: (counts[mark][len(counts[mark]) // 2], sum(counts[mark]))
    )


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    csv.field_size_limit(_SNIFF_BYTES * 2)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        rows.append(row)
        if len(rows) == _SNIFF_ROWS:
            break
    else:  # the last row of the sample may be cut
        rows = rows[:-1] if len(text) >= _SNIFF_BYTES // 3 and len(rows) > 1 else rows
    return rows


def _fitted(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


class _Rows:
    """One pass over a CSV file: regular rows by columns, the others one by one."""

    def __init__(self, sheet: CsvSheet, columns: Sequence[int], progress: Progress) -> None:
        self.sheet, self.columns = sheet, list(columns)
        self.names = [f"c{at}" for at in columns]
        self.stream = Utf8Stream(sheet.path, sheet.encoding, progress)
        self.odd: dict[int, list[str]] = {}
        self.odd_line_ends = 0
        self.faults: dict[int, str] = {}
        self.unclosed_at: int | None = None
        self.too_long_at: int | None = None

    def table(self) -> pa.Table:
        """All rows, `row` ascending within the regular and then the odd ones."""
        with self.stream:
            batches = list(self._batches())
        rows = sum(batch.num_rows for batch in batches) + len(self.odd) + self.odd_line_ends
        if self.stream.quoted and self.stream.lines > rows:
            _SwallowedRows(self).refuse()
        odd = self._odd_batch()
        schema = odd.schema
        table = pa.Table.from_batches([*batches, odd], schema)
        damaged = self.stream.undecoded or self.stream.zeros
        table = self._broken_marked(table) if damaged else table
        return _trimmed(table, self.names) if self.stream.padded else table

    def _batches(self) -> Iterator[pa.RecordBatch]:
        next_row = 1
        try:
            for batch in self.open(self.stream, self.columns):
                rows, next_row = self.numbers(batch.num_rows, next_row)
                faults = pa.nulls(batch.num_rows, pa.string())
                yield pa.RecordBatch.from_arrays(
                    [pa.array(rows, pa.int32()), faults, *batch.columns],
                    names=["row", "fault", *self.names],
                )
        except pa.ArrowInvalid as error:
            raise self._invalid(error, next_row) from None

    def open(self, stream: Utf8Stream, columns: Sequence[int]) -> arrow_csv.CSVStreamingReader:
        """The regular rows in batches of the columns asked for."""
        every = [f"c{at}" for at in range(self.sheet.width)]
        return arrow_csv.open_csv(
            io.BufferedReader(stream, _BLOCK),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=every, block_size=_BLOCK
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.sheet.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=self._take_odd,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in every},
                include_columns=[f"c{at}" for at in columns],
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    def _take_odd(self, row: arrow_csv.InvalidRow) -> str:
        """Keep a row that has another number of cells than most."""
        text = row.text
        # An error raised here would not reach the reader's caller.
        if len(text) > _SNIFF_BYTES:
            self.too_long_at = row.number
            return "error"
        if self._swallows_rows(text):
            self.unclosed_at = row.number
            return "error"
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.sheet.delimiter), [])
        if any(cell.strip() for cell in cells[self.sheet.width :]):
            self.faults[row.number] = "ROW-02"
        if row.number not in self.odd:
            self.odd_line_ends += len(_LINE_END.findall(text.rstrip("\r\n")))
        self.odd[row.number] = _fitted(cells, self.sheet.width)
        return "skip"

    def _swallows_rows(self, text: str) -> bool:
        """Whether other rows stand within this one, as after a quotation mark never closed."""
        lines = text.splitlines()[1:]
        full = self.sheet.width - 1
        return len(lines) > _LONGEST_ROW_LINES or (
            text.count('"') % 2 == 1
            and any(line.count(self.sheet.delimiter) >= full for line in lines)
        )

    def numbers(self, count: int, start: int) -> tuple[np.ndarray, int]:
        """The numbers of `count` regular rows from `start` on, odd rows stepped over."""
        skipped = np.array([row for row in self.odd if row >= start], dtype=np.int64)
        numbers = np.arange(start, start + count + len(skipped))
        numbers = np.setdiff1d(numbers, skipped, assume_unique=True)[:count]
        return numbers, int(numbers[-1]) + 1 if count else start

    def _odd_batch(self) -> pa.RecordBatch:
        rows = sorted(self.odd)
        cells = [
            pa.array([self.odd[row][at].strip() or None for row in rows], pa.string())
            for at in self.columns
        ]
        faults = pa.array([self.faults.get(row) for row in rows], pa.string())
        return pa.RecordBatch.from_arrays(
            [pa.array(rows, pa.int32()), faults, *cells], names=["row", "fault", *self.names]
        )

    def _broken_marked(self, table: pa.Table) -> pa.Table:
        """Mark the rows that hold bytes which could not be decoded."""
        broken = pa.chunked_array([pa.array(np.zeros(table.num_rows, dtype=bool))])
        for name in self.names:
            found = pc.match_substring(table[name], "\ufffd")
            broken = pc.or_(broken, pc.fill_null(found, False))
        if pc.sum(broken).as_py() > max(20, table.num_rows // 50):
            rows = sorted(table.filter(broken)["row"].to_pylist())
            only_zeros = not self.stream.undecoded
            raise broken_rows(self.sheet.file, rows, self.sheet.encoding, zeros=only_zeros)
        fault = pc.if_else(broken, "ROW-05", table["fault"])
        return table.set_column(1, "fault", fault)

    def _invalid(self, error: pa.ArrowInvalid, row: int) -> Exception:
        if self.too_long_at:
            return _too_long(Place(self.sheet.file, row=self.too_long_at))
        if self.unclosed_at or "straddling" in str(error):
            return self.unclosed(self.unclosed_at or row)
        return unreadable(
            Place(self.sheet.file, row=row), "FILE-02", "the text cannot be split", "check the row"
        )

    def unclosed(self, row: int) -> Exception:
        return unreadable(
            Place(self.sheet.file, row=row),
            "FILE-11",
            "in or after this row a quotation mark is opened and never closed",
            "close or delete the quotation mark",
        )


class _SwallowedRows:
    """Looks for rows within a cell: between two stray quotation marks in one column.

    Such a row has as many cells as all others, so only its content gives it away: line by line it
    reads as the end of one row, whole rows and the start of another. All columns are looked at,
    also those that are not read; it takes a second pass, and only lists with line breaks within
    cells need it.
    """

    def __init__(self, rows: _Rows) -> None:
        self.rows = rows
        self.full = rows.sheet.width - 1

    def refuse(self) -> None:
        """Raise FILE-11 at the first such row, if there is one."""
        every = range(self.rows.sheet.width)
        next_row = 1
        with Utf8Stream(self.rows.sheet.path, self.rows.sheet.encoding) as stream:
            for batch in self.rows.open(stream, every):
                numbers, next_row = self.rows.numbers(batch.num_rows, next_row)
                found = [row for at in every for row in self._rows_with(batch.column(at), at)]
                if found:
                    raise self.rows.unclosed(int(numbers[min(found)]))

    def _rows_with(self, cells: pa.Array, column: int) -> list[int]:
        broken = pc.fill_null(pc.match_substring_regex(cells, "[\r\n]"), False)
        places = np.flatnonzero(broken.to_numpy(zero_copy_only=False))
        return [int(at) for at in places if self._holds_rows(cells[at].as_py(), column)]

    def _holds_rows(self, cell: str, column: int) -> bool:
        first, *between, last = [
            line.count(self.rows.sheet.delimiter) for line in cell.splitlines()
        ]
        return (
            first >= self.full - column
            and last >= column
            and all(count >= self.full for count in between)
            and self.full > 0
        )


def _trimmed(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Cells without blanks at their ends; null where nothing is left."""
    for name in names:
        cells = pc.utf8_trim_whitespace(table[name])
        blank = pc.equal(pc.binary_length(cells), 0)
        cells = pc.if_else(blank, pa.scalar(None, pa.string()), cells)
        table = table.set_column(table.schema.get_field_index(name), name, cells)
    return table
