"""Reads list files by their source's rules: opens, resolves, checks. Joins intake and engines."""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from renkou.core.areas import AreaIndex, areas_from_rows
from renkou.core.dates import date_in_text
from renkou.core.errors import Place, UsageError
from renkou.core.progress import Progress, silent
from renkou.engines.engine import Engine, lookups
from renkou.engines.files import MemorySheet, Sheet, open_sheets
from renkou.intake import outcome
from renkou.intake.cells import (
    SheetContext,
    all_person_cells,
    body_rows,
    columns_to_load,
    context_parts,
)
from renkou.intake.checks import CheckSettings, checked_cells, keyed_cells
from renkou.intake.columns import Resolution, header_words, label, refusal, resolve
from renkou.intake.drafting import TO_FILL
from renkou.intake.headers import Header, Merge, find_header
from renkou.intake.sources import SourceSpec

_FILES_AHEAD = 2
_EARLIEST = date(1949, 10, 1)


@dataclass(frozen=True)
class OpenSheet:
    """A sheet whose header is found and resolved, and that is not yet loaded."""

    sheet: Sheet
    header: Header
    resolution: Resolution
    context: SheetContext
    # Rows already read; a workbook's are taken over at once, since lists of texts are large.
    grid: pa.Table | None = None

    @property
    def layout(self) -> Hashable:
        """What sheets that can stand in one table have in common."""
        resolution = self.resolution
        columns = tuple(sorted(resolution.columns.items()))
        return self.header.paths, columns, resolution.changes_column

    @property
    def place(self) -> Place:
        """The sheet as a place."""
        return Place(self.sheet.file, self.sheet.name)


@dataclass(frozen=True)
class Note:
    """Something about a sheet that the officer should know."""

    rule: str
    file: str
    sheet: str | None = None
    column: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class OpenDelivery:
    """The sheets of a delivery with the day they describe."""

    spec: SourceSpec
    reference_date: date
    sheets: Sequence[OpenSheet]
    notes: Sequence[Note] = field(default_factory=list)


def open_delivery(
    spec: SourceSpec, files: Sequence[Path], reference_date: date | None,
    progress: Progress = silent,
) -> OpenDelivery:  # fmt: skip
    """Open the files of a delivery and resolve every sheet's header.

    Raises
    ------
    FileRefused, DataRefused
        If a file cannot be read, or no sheet of it has a header (FILE-06), or columns are missing,
        or the day lies in the future (FILE-21).
    UsageError
        If nothing says which day the files describe.
    """
    sheets: list[OpenSheet] = []
    notes = _unstated(spec)
    for at, (path, found) in enumerate(zip(files, _sheets_ahead(files), strict=True)):
        progress(f"打开 {spec.name}", at, len(files))
        opened, said = _open_file(spec, path, found, len(sheets))
        sheets += opened
        notes += said
    day = reference_date or day_of_files(files, spec) or _day_in_titles(sheets)
    if day is None:
        raise UsageError(
            f"{files[0].name}: nothing says which day it describes; give --date, or "
            f"reference_date in sources/{spec.id}.toml",
            zh=f"{files[0].name}：看不出名册截至哪一天；请用 --date 指明，"
            f"或在 sources/{spec.id}.toml 中写 reference_date",
        )
    return OpenDelivery(spec, _possible(day, files[0].name), sheets, notes)


def _possible(day: date, file: str) -> date:
    """The day, unless nobody can have kept a list then.

    Every value is weighed by its day, and what is later counts as news: a year typed wrongly would
    silence the lists of years to come. It is tomorrow already east of where a clock runs on UTC.
    """
    if _EARLIEST <= day <= today() + timedelta(days=1):
        return day
    late = day > today()
    what = f"after today ({today()})" if late else f"before {_EARLIEST}"
    what_zh = f"晚于今天（{today()}）" if late else f"早于 {_EARLIEST}"
    reason, reason_zh = f"the list's day {day} lies {what}", f"名册的基准日期 {day} {what_zh}"
    raise refusal(Place(file), "FILE-21", reason, reason_zh)


def today() -> date:
    """The day by this machine's clock."""
    return date.today()


def _unstated(spec: SourceSpec) -> list[Note]:
    """What of the source is still to be filled in."""
    return [
        Note("FILE-19", f"sources/{spec.id}.toml", detail=name)
        for name in ("legal_basis", "purpose")
        if getattr(spec, name).strip(" 。.？?") in (TO_FILL, "待定", "TODO")
    ]


def _sheets_ahead(files: Sequence[Path]) -> Iterator[Sequence[Sheet]]:
    """The sheets of each file; the next files are opened while one is looked at."""
    with ThreadPoolExecutor(_FILES_AHEAD) as pool:
        waiting = [pool.submit(open_sheets, path) for path in files[:_FILES_AHEAD]]
        for at in range(len(files)):
            found = waiting.pop(0).result()
            if at + _FILES_AHEAD < len(files):
                waiting.append(pool.submit(open_sheets, files[at + _FILES_AHEAD]))
            yield found


def read_rows(opened: OpenDelivery, progress: Progress = silent) -> OpenDelivery:
    """The same delivery with the rows of all its files read."""
    sheets = [
        sheet
        if sheet.grid is not None
        else replace(
            sheet,
            grid=sheet.sheet.load(columns_to_load(sheet.header, sheet.resolution), progress),
        )
        for sheet in opened.sheets
    ]
    return replace(opened, sheets=sheets)


def day_of_files(files: Sequence[Path], spec: SourceSpec) -> date | None:
    """The day in the files' names, else the source's: next month's file is not last month's list."""
    stated = (date_in_text(path.stem) for path in files)
    return next((day for day in stated if day), spec.reference_date)


def _day_in_titles(sheets: Sequence[OpenSheet]) -> date | None:
    return next((day for one in sheets if (day := date_in_text(one.header.title))), None)


def _open_file(
    spec: SourceSpec, path: Path, sheets: Sequence[Sheet], first: int
) -> tuple[list[OpenSheet], list[Note]]:
    words = set(header_words(spec))
    opened: list[OpenSheet] = []
    notes: list[Note] = []
    for sheet in sheets:
        merges = [Merge(*merge) for merge in sheet.merges]
        header = find_header(sheet.head, merges, words)
        if header is None:
            notes.append(Note("FILE-12", sheet.file, sheet.name))
            continue
        place = Place(sheet.file, sheet.name)
        resolution = resolve(header, spec, place)
        context = SheetContext(first + len(opened), sheet.file, sheet.name, header.title)
        grid = None
        if isinstance(sheet, MemorySheet):
            grid = sheet.load(columns_to_load(header, resolution), silent)
            sheet.rows.clear()
        opened.append(OpenSheet(sheet, header, resolution, context, grid))
        notes += _notes(opened[-1])
    if not opened:
        raise refusal(Place(path.name), "FILE-06")
    return opened, notes


def _notes(opened: OpenSheet) -> list[Note]:
    """What to say of a sheet: refused and unmapped columns, columns not found, the reader's own."""
    sheet, header, resolution = opened.sheet, opened.header, opened.resolution
    notes = [Note(one.rule, sheet.file, sheet.name, None, one.detail) for one in sheet.notes]
    notes += [
        Note("FILE-13", sheet.file, sheet.name, label(header, at), topic)
        for at, topic in resolution.refused.items()
    ]
    notes += [
        Note("FILE-14", sheet.file, sheet.name, label(header, at))
        for at in resolution.unmapped
        if at not in resolution.saying_what_changed
    ]
    notes += [
        Note("FILE-23", sheet.file, sheet.name, label(header, at))
        for at in resolution.saying_what_changed
    ]
    return notes + [
        Note("FILE-15", sheet.file, sheet.name, None, f"{role}.{name}")
        for role, name in resolution.not_found
    ]


@dataclass(frozen=True)
class CheckedDelivery:
    """A delivery in the engine: cells as written, what the checks say, where sheets and columns stand."""

    opened: OpenDelivery
    cells: ir.Table
    verdicts: ir.Table
    places: ir.Table
    labels: ir.Table


def check_delivery(
    engine: Engine, opened: OpenDelivery, areas: AreaIndex, progress: Progress = silent,
    *, keyed: bool = False,
) -> CheckedDelivery:  # fmt: skip
    """Load and check all sheets of a delivery; `keyed` if there is an earlier one to compare with.

    Raises
    ------
    DataRefused
        If a full list has a header and no row under it: accepting it would close every record.
    """
    settings = CheckSettings(opened.spec, opened.reference_date, areas)
    raw = _cells(opened, progress)
    progress("检查", 0, None)
    cells, verdicts = judged(engine, raw, settings, keyed=keyed)
    if opened.spec.mode == "full" and not engine.arrow(verdicts.limit(1).select("row")).num_rows:
        raise refusal(opened.sheets[0].place, "FILE-20")
    places, labels = _places(engine, opened), _labels(engine, opened)
    return CheckedDelivery(opened, cells, verdicts, places, labels)


def judged(
    engine: Engine, raw: ir.Table, settings: CheckSettings, *, keyed: bool
) -> tuple[ir.Table, ir.Table]:
    """The cells and what the checks say of them, kept apart: each is written on its own."""
    cells = engine.keep(keyed_cells(raw, settings))
    checked = checked_cells(cells, settings, partial(lookups, engine))
    return cells, engine.keep(outcome.verdicts(checked, settings.spec, keyed=keyed))


def _cells(opened: OpenDelivery, progress: Progress) -> ir.Table:
    """The cells of all sheets; those laid out alike are one table, however many they are."""
    layouts: dict[Hashable, list[OpenSheet]] = {}
    for sheet in opened.sheets:
        layouts.setdefault(sheet.layout, []).append(sheet)
    parts: list[ir.Table] = []
    for sheets in layouts.values():
        header, resolution = sheets[0].header, sheets[0].resolution
        grid = ibis.memtable(pa.concat_tables([_grid(sheet, progress) for sheet in sheets]))
        body = body_rows(grid, header, resolution)
        parts.append(all_person_cells(body, opened.spec, resolution))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _grid(opened: OpenSheet, progress: Progress) -> pa.Table:
    """The rows below a sheet's header, with the sheet's number and the texts around it."""
    table = opened.grid
    if table is None:
        table = opened.sheet.load(columns_to_load(opened.header, opened.resolution), progress)
    table = _below(table, opened.header.last_row)
    count = table.num_rows
    table = table.append_column(
        "grid", pa.repeat(pa.scalar(opened.context.grid, pa.int32()), count)
    )
    for part in context_parts(opened.resolution):
        text = pa.scalar(opened.context.text(part), pa.string())
        table = table.append_column(part, pa.repeat(text, count))
    return table


def _below(table: pa.Table, last_row: int) -> pa.Table:
    """The rows below a header; blocks without one are taken over, not copied."""
    blocks = [
        block
        if block.num_rows and pc.min(block["row"]).as_py() > last_row
        else block.filter(pc.greater(block["row"], last_row))
        for block in table.to_batches()
    ]
    return pa.Table.from_batches(blocks, table.schema)


def _places(engine: Engine, opened: OpenDelivery) -> ir.Table:
    contexts = [sheet.context for sheet in opened.sheets]
    return engine.table(
        pa.table(
            {
                "grid": pa.array([context.grid for context in contexts], pa.int32()),
                "file": pa.array([context.file for context in contexts], pa.string()),
                "sheet": pa.array([context.sheet for context in contexts], pa.string()),
            }
        )
    )


def _labels(engine: Engine, opened: OpenDelivery) -> ir.Table:
    rows = [
        (sheet.context.grid, role, name, _label(sheet, parts))
        for sheet in opened.sheets
        for (role, name), parts in sheet.resolution.columns.items()
    ]
    grid, role, name, column = zip(*rows, strict=True)
    return engine.table(
        pa.table(
            {
                "grid": pa.array(grid, pa.int32()),
                "role": pa.array(role, pa.string()),
                "field": pa.array(name, pa.string()),
                "column": pa.array(column, pa.string()),
            }
        )
    )


def _label(sheet: OpenSheet, parts: Sequence[int | str]) -> str:
    return " + ".join(
        part if isinstance(part, str) else label(sheet.header, part) for part in parts
    )


def area_index(path: Path, day: date) -> AreaIndex:
    """The workspace's tree of areas; empty where `areas.csv` does not exist."""
    if not path.exists():
        return AreaIndex([], day)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if not {"code", "name", "level"} <= set(reader.fieldnames or ()):
            raise UsageError(
                f"{path}: needs the columns code, name and level (see tables.md)",
                zh=f"{path}：须有 code、name、level 三列；请补齐表头",
            )
        return AreaIndex(areas_from_rows(reader), day)
