"""What the city's offices would save: files as descriptions, with the truth beside. Pure.

`engines.city_files` writes them. Every cell is text or null; a cell marked in `numbers` is stored
as a number, as Excel does with what somebody typed into an unformatted cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renkou.synthetic.kinds import kind_texts
from renkou.synthetic.streams import Ints, Mask

Kinds = npt.NDArray[np.uint64]
Row = list[str]


@dataclass
class Grid:
    """Rows above, header rows, body columns, rows below; merges are (row, column, row, column)
    from 1, as Excel counts."""

    headers: list[Row]
    columns: list[pa.Array]
    above: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    numbers: dict[int, Mask] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def first_row(self) -> int:
        """The row of the first body row, as Excel counts."""
        return len(self.above) + len(self.headers) + 1

    def __len__(self) -> int:
        return len(self.columns[0])


@dataclass
class TextFile:
    """A delimited text file."""

    grid: Grid
    encoding: str
    delimiter: str = ","


@dataclass
class Workbook:
    """An .xlsx file: sheets by name."""

    sheets: dict[str, Grid]


@dataclass
class TruthRows:
    """Who the rows of one sheet are: arrays of one length."""

    sheet: str | None
    row: Ints
    role: str
    person: Ints
    kinds: Kinds


@dataclass
class CityFile:
    """One file in `incoming/`, and who is in it."""

    source: str
    name: str
    content: TextFile | Workbook
    truth: list[TruthRows]


TRUTH_SCHEMA = pa.schema([
    ("source", pa.string()), ("file", pa.string()), ("sheet", pa.string()), ("row", pa.int32()),
    ("role", pa.string()), ("person", pa.int64()), ("kind", pa.string()),
])  # fmt: skip


def truth_table(file: CityFile) -> pa.Table:
    """The rows of `truth.parquet` for one file."""
    tables = [_truth_of(file, part) for part in file.truth]
    return pa.concat_tables(tables) if tables else TRUTH_SCHEMA.empty_table()


def _truth_of(file: CityFile, part: TruthRows) -> pa.Table:
    count = len(part.row)
    constants = [pa.repeat(pa.scalar(text, pa.string()), count)
                 for text in (file.source, file.name, part.sheet, part.role)]  # fmt: skip
    source, name, sheet, role = constants
    arrays = [source, name, sheet, pa.array(part.row, pa.int32()), role,
              pa.array(part.person, pa.int64()), kind_texts(part.kinds)]  # fmt: skip
    return pa.table(arrays, schema=TRUTH_SCHEMA)
