"""`renkou link`: the library's front door for other people's data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renkou.cli.options import JsonOption, print_json
from renkou.cli.progress import progress_bars

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="要关联的名册：.csv、.xlsx、.xls 或 .parquet。 Lists to link: .csv, .xlsx, .xls or .parquet."
    ),
]
SpecOption = Annotated[
    Path,
    typer.Option(
        help="说明各列含义的 TOML 文件。 "
        "TOML file that says which column means what (docs/reference/linkage.md)."
    ),
]
OutOption = Annotated[
    Path,
    typer.Option(
        help="存放 links.csv 和 review.csv 的文件夹。 Folder for links.csv and review.csv."
    ),
]


_NOTHING_COMPARED = (
    "没有任何两条记录可比对，因此每条记录各算一人。或者各行本来互不相同；"
    "或者太多行完全一样，分不清谁是谁（例如只对应了姓名）。"
    "若是后者，请在说明文件中增加出生日期、性别、地址或身份号码等列。\n"
    "No two rows are worth comparing, so each is a person of its own: either nobody is alike, or too many "
    "rows are (where names alone are mapped, for example). If so, map birth date, sex, address or an "
    "id number."
)


def link(files: FilesArgument, spec: SpecOption, out: OutOption, json: JsonOption = False) -> None:
    """关联任意名册，不需要工作区：哪些记录是同一人，有多大把握。

    Link any lists from anywhere, without a workspace: who is the same person, and how sure.
    """
    from renkou.actions.link_files import link_files

    with progress_bars() as progress:
        done = link_files(files, spec, out, progress=progress)
    if not done.compared and done.persons == done.records > 1:
        typer.echo(_NOTHING_COMPARED, err=True)
    if json:
        figures = {
            "records": done.records,
            "persons": done.persons,
            "compared_pairs": done.compared,
            "doubtful_pairs": done.doubtful,
        }
        print_json({**figures, "links": str(done.links), "review": str(done.review)})
        return
    typer.echo(f"{done.records:,} 条记录 → {done.persons:,} 人；待复核 {done.doubtful:,} 对")
    typer.echo(f"结果：{done.links}\n待复核：{done.review}")
