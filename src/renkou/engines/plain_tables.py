"""Opens plain tables: Parquet, or CSV with one header row (truth files, links). Not pure.

Lists of departments are read by `engines.files`, which expects the worst of them.
"""

from __future__ import annotations

from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
from pyarrow import csv, parquet

from renkou.core.errors import FileUnreadable
from renkou.engines.engine import Engine


def plain_table(engine: Engine, path: Path) -> ir.Table:
    """A Parquet or CSV file as a table; every column of a CSV is text, '' is null.

    Raises
    ------
    FileUnreadable
        If the file is missing, empty or neither.
    """
    if not path.is_file():
        raise FileUnreadable(
            f"{path}: there is no such file; check the path",
            zh=f"{path}：没有这个文件；请核对路径",
        )
    try:
        if path.suffix.lower() == ".parquet":
            parquet.read_schema(path)  # a plain error where it is no Parquet file
            return engine.read(path)
        return engine.table(_csv(path))
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError) as error:
        remedy = "give a Parquet file, or a CSV file in UTF-8 with one header row"
        raise FileUnreadable(
            f"{path}: not readable as a table; {remedy}",
            zh=f"{path}：无法按表格读取；请提供 Parquet 文件，或只有一行表头的 UTF-8 CSV 文件",
        ) from error


def _csv(path: Path) -> pa.Table:
    with csv.open_csv(path) as reader:
        names = reader.schema.names
    types = dict.fromkeys(names, pa.string())
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    return csv.read_csv(path, convert_options=options)
