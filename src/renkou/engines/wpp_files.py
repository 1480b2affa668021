"""Files of the United Nations' World Population Prospects as a project's data. Not pure: reads files.

Two forms are known by their columns. The CSV downloads of population.un.org (2022 and 2024; plain
or .gz), by LocID or ISO3 code:

    WPP2024_Population1JanuaryBySingleAgeSex_Medium_*.csv  Time, AgeGrpStart, PopMale, PopFemale
    WPP2024_Life_Table_Complete_Medium_Male_*.csv, Female  Time, Sex, AgeGrpStart, mx
    WPP2024_Fertility_by_Age1.csv                          Time, AgeGrpStart, ASFR (per 1000)
    WPP2024_Demographic_Indicators_Medium.csv              Time, SRB (per 100), NetMigrations, ...

and tables of the R packages wpp2022 and wpp2024 (CSV or Parquet), by country_code and year:
popM and popF by age at 31 December, mxM and mxF, pasfr (% of the TFR), migM and migF by age, and
tfr, srb, mig, e0M, e0F. Counts are in thousands in both.

Source: United Nations, World Population Prospects 2024, CC BY 3.0 IGO; Methodology of the United
Nations population estimates and projections.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from renkou.demography.scenarios.problems import Problem, ProjectDataRefused
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.scenarios.wpp import WppRows, project_data_of_wpp

_ENDS = (".csv", ".csv.gz", ".parquet")
_UN, _R = "LocID", "country_code"
_TYPES: dict[str, pa.DataType] = {
    "LocID": pa.int64(), "ISO3_code": pa.string(), "Location": pa.string(),
    "Variant": pa.string(), "Time": pa.int64(), "MidPeriod": pa.float64(), "Sex": pa.string(),
    "AgeGrpStart": pa.int64(), "AgeGrpSpan": pa.int64(), "PopMale": pa.float64(),
    "PopFemale": pa.float64(), "mx": pa.float64(), "ASFR": pa.float64(),
    "TPopulation1Jan": pa.float64(), "TFR": pa.float64(), "SRB": pa.float64(),
    "LExMale": pa.float64(), "LExFemale": pa.float64(), "NetMigrations": pa.float64(),
    "country_code": pa.int64(), "name": pa.string(), "year": pa.int64(), "age": pa.string(),
    "popM": pa.float64(), "popF": pa.float64(), "mxM": pa.float64(), "mxF": pa.float64(),
    "pasfr": pa.float64(), "migM": pa.float64(), "migF": pa.float64(), "tfr": pa.float64(),
    "srb": pa.float64(), "mig": pa.float64(), "e0M": pa.float64(), "e0F": pa.float64(),
}  # fmt: skip
_OTHER_FORMS = ("period", "pop_both", "mx_both", "asfr_per1000")  # read to be refused by name
_MEDIUM = pa.array(["Medium", "Estimates"])


def read_wpp(paths: Iterable[Path], location: int | str, base_year: int) -> ProjectData:
    """The data of one country out of files of World Population Prospects.

    Parameters
    ----------
    paths : files, or folders that hold them; files without a column that is needed are left out
    location : LocID or country_code, or the ISO3 code or name where the files have one
    base_year : people at 1 January of it; earlier years are history, later ones rates ahead

    Raises
    ------
    ProjectDataRefused
        If a file is in another form (1 July, five-year ages, both sexes together), a year or age
        is missing, or a file that is needed is not among them.
    """
    problems: list[Problem] = []
    rows = []
    for path in _files(paths):
        one = _read(path, str(location), problems)
        if one is not None:
            rows.append(one)
    if problems:
        raise ProjectDataRefused(problems)
    return project_data_of_wpp(rows, str(location), base_year)


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [one for one in inside if one.name.lower().endswith(_ENDS) or one == path]
    return found


def _read(path: Path, location: str, problems: list[Problem]) -> WppRows | None:
    """The rows of one country; None where a file has none, or none that is needed."""
    try:
        table = _table(path, location)
    except FileNotFoundError:
        problems.append(Problem(path.name, None, "", None, "there is no such file",
                                f"check the path {path}", f"没有这个文件；请核对路径 {path}"))  # fmt: skip
        return None
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError, OSError) as error:
        problems.append(_unreadable(path, error))
        return None
    if table is None or not table.num_rows:
        return None
    return WppRows(path.name, {
        name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names
    })  # fmt: skip


def _unreadable(path: Path, error: Exception) -> Problem:
    said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return Problem(
        path.name, None, "", None, f"is not readable as a table of World Population Prospects ({said})",
        "download it again", "无法按《世界人口展望》的表格读取；请重新下载",
    )  # fmt: skip


def _table(path: Path, location: str) -> pa.Table | None:
    """The rows of one country with the columns that are known; None where there is no such column."""
    if path.suffix.lower() == ".parquet":
        wanted = _known(pq.read_schema(path).names)
        table = pq.read_table(path, columns=wanted)
        types = [_TYPES.get(name, pa.string()) for name in wanted]
        table = table.cast(pa.schema(list(zip(wanted, types, strict=True))))
        return _of_location(table, location) if wanted else None
    with arrow_csv.open_csv(path) as reader:
        wanted = _known(reader.schema.names)
    if not wanted:
        return None
    options = arrow_csv.ConvertOptions(
        column_types={name: _TYPES.get(name, pa.string()) for name in wanted},
        include_columns=wanted,
    )
    with arrow_csv.open_csv(path, convert_options=options) as reader:
        parts = [_of_location(pa.Table.from_batches([batch]), location) for batch in reader]
    return pa.concat_tables(parts)


def _known(names: list[str]) -> list[str]:
    """Columns that are read; none of a file that says of no row which country it is."""
    wanted = [name for name in names if name in _TYPES or name in _OTHER_FORMS]
    return wanted if _UN in wanted or _R in wanted else []


def _of_location(table: pa.Table, location: str) -> pa.Table:
    """Rows of one country in the medium variant."""
    names = table.column_names
    if location.isdigit():
        here = pc.equal(table[_UN if _UN in names else _R], int(location))
    else:
        said = [table[name] for name in ("ISO3_code", "Location", "name") if name in names]
        if not said:
            return table.slice(0, 0)
        here = pc.equal(said[0], location)
        for one in said[1:]:
            here = pc.or_kleene(here, pc.equal(one, location))
    table = table.filter(here)
    if "Variant" in names:
        table = table.filter(pc.is_in(table["Variant"], value_set=_MEDIUM))
    return table
