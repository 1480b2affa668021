"""`renkou link`: link any lists from anywhere, without a workspace."""

from __future__ import annotations

import csv
import difflib
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from renkou.actions.linking import link_records
from renkou.core.errors import DataRefused, FileUnreadable, Place, UsageError, system_words_zh
from renkou.core.id_numbers import is_valid
from renkou.core.progress import Progress, silent
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.engines.engine import Engine, lookup
from renkou.engines.files import open_sheets, refuse_pipes
from renkou.intake.cleaning import clean_code, clean_dates, clean_id_number, known_codes
from renkou.linkage.link_spec import LinkSpec, ListSpec, parse_link_spec
from renkou.linkage.model import LinkResult, ListFacts, Options

_STEP = 10**10  # numbers of file k lie in k·10^10 …
_MISSING = ("", "null", "none", "nan", "na", "n/a", "-", "无", "不详")
_NUMBERS = ("id_number", "mother_id_number", "father_id_number", "spouse_id_number")


@dataclass(frozen=True)
class LinkedFiles:
    """What came of it: counts, and the files written.

    `compared`: pairs of rows worth comparing, beside those that a number joins.
    """

    records: int
    persons: int
    compared: int
    doubtful: int
    links: Path
    review: Path


def link_files(
    files: Sequence[Path], spec_file: Path, out: Path, *, progress: Progress = silent
) -> LinkedFiles:
    """Link the rows of files; writes `links.csv` and `review.csv` into `out`.

    Raises
    ------
    SpecError, FileUnreadable, DataRefused, UsageError
        With the file, the place and the remedy.
    """
    spec = parse_link_spec(_text(spec_file), spec_file.name)
    names = [path.name for path in files]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(
            f"two files are named {min(twice)}; rename one, so that links can tell them",
            zh=f"有两个文件都叫 {min(twice)}；请给其中一个改名，以便结果能够区分",
        )
    _check_listed(spec, names, spec_file.name)
    out.mkdir(parents=True, exist_ok=True)
    with DuckDBEngine() as engine:
        tables = []
        for at, path in enumerate(files):
            progress("读取文件", at, len(files))
            tables.append(_records(engine, path, spec.for_file(path.name), spec, at + 1))
        progress("读取文件", len(files), len(files))
        records = engine.keep(_united(tables))
        facts = [ListFacts(n, spec.for_file(n).free_of_duplicates) for n in names]
        options = Options(opaque=spec.id_number_kind != "gb11643")
        result = link_records(engine, records, facts, progress=progress, options=options)
        return _write(engine, records, result, out)


def _united(tables: Sequence[ir.Table]) -> ir.Table:
    """All files' records; a column that a file lacks is null there."""
    schema = {name: kind for table in tables for name, kind in table.schema().items()}
    padded = [
        table.mutate(**{c: ibis.null(k) for c, k in schema.items() if c not in table.columns})
        .select(*schema)
        for table in tables
    ]  # fmt: skip
    return ibis.union(*padded) if len(padded) > 1 else padded[0]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; name the specification with --spec",
            zh=f"{path}：{system_words_zh(error)}；请用 --spec 指明说明文件",
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{path}: is not UTF-8; save it as UTF-8", zh=f"{path}：不是 UTF-8 编码；请另存为 UTF-8"
        ) from None


def _check_listed(spec: LinkSpec, names: Sequence[str], file: str) -> None:
    for one in spec.lists:
        if one.file not in names:
            near = difflib.get_close_matches(one.file, names, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            hint_zh = f"；是不是 {near[0]}？" if near else "；请核对 [[lists]] 中的 file"
            raise UsageError(
                f"{file}: no file named {one.file} was given{hint}",
                zh=f"{file}：命令中没有名为 {one.file} 的文件{hint_zh}",
            )


def _records(engine: Engine, path: Path, one: ListSpec, spec: LinkSpec, number: int) -> ir.Table:
    """Kept canonical records of one file."""
    cells = _cells(engine, path, one)
    place = ibis.row_number().over(order_by=[cells.sheet, cells["row"]])
    rows: dict[str, ir.Value] = {
        "record_id": (ibis.literal(number * _STEP) + place).cast("int64"),
        "source": ibis.literal(path.name),
        "file": ibis.literal(path.name),
        "sheet": cells.sheet,
        "row": cells["row"],
    }
    for column, headers in one.columns.items():
        rows[column] = _joined_cells(cells, headers)
    for header in one.compare:
        rows["compare_" + _plain(header)] = _filled(cells[header].strip().lower())
    table = engine.keep(cells.select(**rows))
    table = _cleaned(engine, table, "birth_date", lambda texts: _dates(texts, one.date_order))
    table = _cleaned(engine, table, "sex", _sexes)
    table = _cleaned(engine, table, "registered_area", _area_codes)
    return engine.keep(_with_keys(engine, table, spec.id_number_kind))


def _plain(header: str) -> str:
    return re.sub(r"\W+", "_", header).strip("_").lower()


def _filled(text: ir.StringValue) -> ir.StringValue:
    return text.lower().isin(list(_MISSING)).ifelse(ibis.null("string"), text)


def _joined_cells(cells: ir.Table, headers: Sequence[str]) -> ir.StringValue:
    texts = [ibis.coalesce(_filled(cells[h].strip()), "") for h in headers]
    whole = texts[0]
    for text in texts[1:]:
        whole = whole + " " + text
    return _filled(whole.strip())


def _cells(engine: Engine, path: Path, one: ListSpec) -> ir.Table:
    """sheet, row and one text column per header that the specification names."""
    wanted = sorted({h for headers in one.columns.values() for h in headers} | set(one.compare))
    if not wanted:
        raise UsageError(
            f"{path.name}: the specification names no column of this file",
            zh=f"{path.name}：说明文件没有对应这个文件的任何列；请补写 [columns]",
        )
    refuse_pipes(path)
    if path.suffix.lower() == ".parquet":
        return _parquet_cells(engine, path, wanted)
    tables = []
    for sheet in open_sheets(path):
        at = next((i for i, row in enumerate(sheet.head) if set(wanted) <= _stripped(row)), None)
        if at is None:
            continue
        header = [cell.strip() for cell in sheet.head[at]]
        numbers = {name: header.index(name) for name in wanted}
        loaded = engine.table(sheet.load(sorted(set(numbers.values())), silent))
        body = loaded.filter(loaded["row"] > at + 1)
        name = ibis.literal(sheet.name) if sheet.name else ibis.null("string")
        columns = {h: body[f"c{n}"].cast("string") for h, n in numbers.items()}
        tables.append(engine.keep(body.select(sheet=name, row=body["row"], **columns)))
    if not tables:
        raise _missing_columns(path, wanted)
    return engine.keep(ibis.union(*tables)) if len(tables) > 1 else tables[0]


def _stripped(row: Sequence[str]) -> set[str]:
    return {cell.strip() for cell in row}


def _missing_columns(path: Path, wanted: Sequence[str]) -> DataRefused:
    sheets = open_sheets(path)
    best = max(
        (row for sheet in sheets for row in sheet.head),
        key=lambda row: len(_stripped(row) & set(wanted)),
        default=[],
    )
    return _lacks_columns(path, wanted, [cell.strip() for cell in best if cell.strip()])


def _lacks_columns(path: Path, wanted: Sequence[str], found: Sequence[str]) -> DataRefused:
    """The error of a file without columns that the specification names, with what it has."""
    lacking = [h for h in wanted if h not in found]
    near = difflib.get_close_matches(lacking[0], found, 1) if lacking else []
    hint = f"did you mean `{near[0]}`?" if near else f"its header has: {', '.join(found[:20])}"
    hint_zh = f"是不是“{near[0]}”？" if near else f"表头有：{'、'.join(found[:20])}"
    return DataRefused(
        Place(path.name),
        "FILE-07",
        f"no header row with the columns {', '.join(lacking[:5])}",
        f"mend the specification; {hint}",
        f"找不到含有这些列的表头：{'、'.join(lacking[:5])}；请改正说明文件，{hint_zh}",
    )


def _parquet_cells(engine: Engine, path: Path, wanted: Sequence[str]) -> ir.Table:
    try:
        names = pq.read_schema(path).names
    except (OSError, pa.ArrowInvalid):
        raise FileUnreadable(
            f"{path.name}: is not a Parquet file that can be read",
            zh=f"{path.name}：不是可读的 Parquet 文件；请核对文件",
        ) from None
    if not set(wanted) <= set(names):
        raise _lacks_columns(path, wanted, names)
    rows = pq.read_table(path, columns=list(wanted))
    texts = {h: pc.cast(rows[h], pa.string()) for h in wanted}
    count = pa.array(range(1, len(rows) + 1), pa.int32())
    return engine.table(
        pa.table({"sheet": pa.nulls(len(rows), pa.string()), "row": count, **texts})
    )


def _cleaned(
    engine: Engine,
    table: ir.Table,
    column: str,
    function: Callable[[Sequence[str]], Sequence[str | None]],
) -> ir.Table:
    if column not in table.columns:
        return table
    found = lookup(engine, table[column], {"clean": function})
    met = table.left_join(found, table[column] == found["value"])
    return met.mutate(**{column: met.clean}).drop("value", "clean")


def _dates(texts: Sequence[str], order: str) -> list[str | None]:
    # Eight digits without marks follow the file's order too: 05061994 in a file of mdy.
    if order != "ymd":
        texts = [re.sub(r"^(\d\d)(\d\d)(\d{4})$", r"\1/\2/\3", text) for text in texts]
    return clean_dates(texts, order=order, lunar=False, latest=date.today())[0]


def _sexes(texts: Sequence[str]) -> list[str | None]:
    known = known_codes("sex", {})
    return [clean_code(text, known)[0] or text.lower() for text in texts]


# County, township and village of a written area; what stands before the county tells nothing more.
_AREA_NAMES = re.compile(r"(.*[县区旗市])?([^省市县区旗]{1,12}?(?:街道|镇|乡|苏木))(.+)?")


def _area_codes(texts: Sequence[str]) -> list[str | None]:
    """Areas written as names under codes of our own, since levels are compared by a code's beginning."""
    return [_area_code(re.sub(r"\s", "", text)) for text in texts]


def _area_code(text: str) -> str:
    """6 characters for what stands before the township, 3 for the township and 3 for the village."""
    found = None if text[:2].isdigit() else _AREA_NAMES.fullmatch(text)
    if found is None:
        return text
    county, township, village = found.groups()
    parts = [(county or "", 6), (township, 3), *([(village, 3)] if village else [])]
    return "".join(hashlib.sha256(name.encode()).hexdigest()[:length] for name, length in parts)


def _with_keys(engine: Engine, table: ir.Table, kind: str) -> ir.Table:
    """`id_key` and the keys of kin: valid numbers, or the number as it stands where it is opaque."""
    for column in _NUMBERS:
        if column not in table.columns:
            continue
        key = column.replace("number", "key")
        if kind == "none":
            table = table.mutate(**{key: ibis.null("string")})
        elif kind == "opaque":
            table = table.mutate(**{key: table[column].re_replace(r"[\s-]", "").nullif("")})
        else:
            found = lookup(engine, table[column], {key: _standard, "_clean": _cleaned_numbers})
            met = table.left_join(found, table[column] == found["value"])
            table = met.mutate(**{column: met["_clean"]}).drop("value", "_clean")
    return table


def _standard(texts: Sequence[str]) -> list[str | None]:
    """The number in 18 characters where it is valid: only such a number joins rows by itself."""
    whole = [clean_id_number(text)[1] for text in texts]
    return [number if number and is_valid(number) else None for number in whole]


def _cleaned_numbers(texts: Sequence[str]) -> list[str | None]:
    return [clean_id_number(text)[0] for text in texts]


def _write(engine: Engine, records: ir.Table, found: LinkResult, out: Path) -> LinkedFiles:
    links, pairs = found.links, found.review_pairs
    place = records.select("record_id", "file", "sheet", "row")
    linked = links.join(place, "record_id")
    sheets = engine.arrow(place.sheet.count().as_table())[0][0].as_py()
    columns = ["file", *(["sheet"] if sheets else []), "row", "person_id", "probability"]
    table = engine.arrow(
        linked.mutate(person_id=linked.entity_id).order_by("record_id").select(*columns)
    )
    _write_csv(table, out / "links.csv")
    left = place.rename({f"{c}_l": c for c in place.columns})
    right = place.rename({f"{c}_r": c for c in place.columns})
    doubtful = engine.arrow(
        pairs.join(left, "record_id_l").join(right, "record_id_r").order_by(ibis.desc("doubt"))
        .select("file_l", "sheet_l", "row_l", "file_r", "sheet_r", "row_r", "probability", "reason")
    )  # fmt: skip
    _write_csv(doubtful, out / "review.csv")
    persons = len(table["person_id"].unique())
    return LinkedFiles(
        records=table.num_rows,
        persons=persons,
        compared=int(found.figures["unit_pairs"]),
        doubtful=doubtful.num_rows,
        links=out / "links.csv",
        review=out / "review.csv",
    )


def _write_csv(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.column_names)
        for batch in table.to_batches(10_000):
            writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
