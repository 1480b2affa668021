"""Options of `renkou project …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROJECT",
        help="预测的名称（在工作区的 projections 中），或其文件夹。 "
        "Its name, in the workspace's projections, or a folder.",
    ),
]
MeasureArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[MEASURE]",
        help="项目的编号或中文名；不写则给出概要。 Id or Chinese name of a measure; without it, an overview.",
    ),
]
EditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="ID",
        help="从哪个版本出发，缺省为最新一版。 The edition to start from; without it, the newest.",
    ),
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--from-csv",
        metavar="DIR",
        help="从 CSV 文件夹出发（population.csv 等），不用版本。 "
        "Start from a folder of CSV files in place of an edition.",
    ),
]
WppOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--from-wpp",
        metavar="FILE",
        help="从联合国《世界人口展望》文件或文件夹出发，可写多次。 "
        "Start from files, or a folder, of the UN's World Population Prospects; may be repeated.",
    ),
]
LocationOption = Annotated[
    str | None,
    typer.Option(
        "--location",
        metavar="CODE",
        help="世界人口展望中的国家代码，如中国 156。 Country code in those files, such as 156 for China.",
    ),
]
BaseYearOption = Annotated[
    int | None,
    typer.Option(
        "--base-year",
        metavar="YEAR",
        help="基期：该年1月1日的人口。 The base: the population of 1 January of that year.",
    ),
]
UntilOption = Annotated[
    int | None,
    typer.Option(
        "--until",
        metavar="YEAR",
        help="预测到哪一年的1月1日，缺省为三十年后。 The last 1 January; without it, thirty years on.",
    ),
]
TitleOption = Annotated[
    str, typer.Option("--title", metavar="TEXT", help="标题。 A title for tables and documents.")
]
ScenarioOption = Annotated[
    str,
    typer.Option("--scenario", metavar="NAME", help="方案，缺省为中方案 medium。 The scenario."),
]
EveryOption = Annotated[
    bool, typer.Option("--all", help="编制全部方案。 Run every scenario of the projection.")
]
TrajectoriesOption = Annotated[
    int | None,
    typer.Option(
        "--trajectories",
        metavar="N",
        help="随机轨迹数，0 为不求区间；缺省依方案。 "
        "Number of trajectories, 0 for no intervals; without it, the scenario's.",
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option(
        "--seed", metavar="N", help="随机数种子，缺省依方案。 Seed of the random numbers."
    ),
]
AreaOption = Annotated[
    str | None,
    typer.Option("--area", metavar="AREA", help="区域的代码或名称。 Code or name of an area."),
]
LevelOption = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="各级区域：prefecture、county、township，或 lowest 为最低一级。 "
        "All areas of a tier; lowest is the lowest.",
    ),
]
YearOption = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", help="哪一年。 Of which year.")
]
SexOption = Annotated[
    str,
    typer.Option(
        "--sex", metavar="SEX", help="合计、男或女（both、male、female）。 Both, male or female."
    ),
]
AgeOption = Annotated[
    str,
    typer.Option("--age", metavar="AGE", help="年龄组，如 0-4、65+、65岁及以上。 An age group."),
]
FormatsOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="LIST",
        help="逗号分隔：xlsx、docx、html、png、csv。 Comma-separated; without it, all.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="写到哪个文件夹，缺省为预测文件夹中的 export。 "
        "Where to write; without it, `export` in the projection's folder.",
    ),
]
IssuerOption = Annotated[
    str, typer.Option("--issuer", metavar="TEXT", help="编制单位。 The office that gives it out.")
]
QuestionYearOption = Annotated[
    int | None,
    typer.Option(
        "--year",
        metavar="YEAR",
        help="报告回答哪一年，缺省为基期后第七年。 The year the report answers for.",
    ),
]
CompareOption = Annotated[
    str,
    typer.Option(
        "--compare",
        metavar="LIST",
        help="与哪些方案比较，逗号分隔；缺省为已编制的全部方案（图中最多六个）。 "
        "Scenarios to compare with, comma-separated; without it, all that were run "
        "(a chart shows six).",
    ),
]
MarkOption = Annotated[
    bool,
    typer.Option(
        "--internal/--no-internal",
        help="是否标注“内部资料”，缺省标注。 Whether to mark documents as internal.",
    ),
]
