"""A small fictional office for the intake tests: a source, a file, a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from renkou.actions.intake import add_list
from renkou.actions.list_reports import ListReport
from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace

POLICE = """
[source]
name = "公安户籍人口"
department = "市公安局"
legal_basis = "政务数据共享条例"
purpose = "人口基础信息核对"
files = ["police*.csv"]
own_key = "source_key"
[[persons]]
role = "self"
[persons.columns]
source_key = "人员编号"
name = "姓名"
id_number = ["公民身份号码", "身份证号"]
sex = "性别"
birth_date = "出生日期"
registered_area = "户籍地"
[authority]
id_number = 90
"""

ZHANG = "a1,张三,11010519491231002X,女,1949-12-31,110105"
LI = "a2,李四,,男,1990.1.1,110105"
WANG = "a3,王五,,男,1980-01-01,110105"
HEADER = "人员编号,姓名,身份证号,性别,出生日期,户籍地"


def write_source(workspace: Workspace, text: str = POLICE, source: str = "police") -> None:
    (workspace.sources / f"{source}.toml").write_text(text, "utf-8")


def write_list(
    workspace: Workspace, *rows: str, name: str = "police_20241231.csv", encoding: str = "utf-8-sig"
) -> Path:
    path = workspace.incoming / name
    path.write_bytes("\n".join([HEADER, *rows, ""]).encode(encoding))
    return path


def add(workspace: Workspace, *paths: Path, source: str = "police", **options: Any) -> ListReport:
    return add_list(workspace, paths, source, by=current_actor(workspace), **options)


def stored(
    workspace: Workspace, report: ListReport, table: str = "records"
) -> list[dict[str, Any]]:
    path = workspace.lists / report.source / str(report.delivery) / f"{table}.parquet"
    return pq.read_table(path).to_pylist()
