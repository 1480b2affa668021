"""Options of `renkou stats …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="ID",
        help="版本编号，缺省为有统计数据的最新一版。 "
        "The edition; without it, the newest that has statistics.",
    ),
]
NewestEditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="ID",
        help="版本编号，缺省为最新一版。 The edition; without it, the newest.",
    ),
]
FirstMonthOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="YYYY-MM",
        help="从哪个月起，缺省为最近六十个月。 First month; without it, the last sixty months.",
    ),
]
LastMonthOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="YYYY-MM",
        help="到哪个月止，缺省为版本基准日之前。 Last month; without it, the edition's last.",
    ),
]
IndicatorArgument = Annotated[
    str,
    typer.Argument(metavar="INDICATOR", help="指标的编号或中文名。 Its id or its Chinese name."),
]
AreaOption = Annotated[
    str | None,
    typer.Option(
        "--area",
        metavar="AREA",
        help="地区的代码或名称。 Code or name of an area; without it, city and counties.",
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="时期，如 2024、2024-H1、2024-Q3、2024-03；缺省为最近一年。 "
        "The period; without it, the last year.",
    ),
]
LevelOption = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="层级：prefecture、county、township、village。 Tier of areas.",
    ),
]
SexOption = Annotated[
    str | None,
    typer.Option("--sex", metavar="SEX", help="性别：both、male、female。 Sex."),
]
AgeOption = Annotated[
    str | None,
    typer.Option("--age", metavar="AGE", help="年龄组，如 all、0-4、85+。 Age group."),
]
InternalOption = Annotated[
    str | None,
    typer.Option(
        "--internal",
        metavar="REASON",
        help="查看未经扰动的数字，须写明理由，并记入审计。 "
        "The true counts, for a reason that goes into the audit; not for publication.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="写到哪个文件夹，缺省为 reports/ID/statistics。 "
        "The folder to write to; without it, reports/ID/statistics.",
    ),
]
BulletinPeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="公报的时期，缺省为最近半年。 The period; without it, the last half-year.",
    ),
]
BulletinAreaOption = Annotated[
    str | None,
    typer.Option(
        "--area",
        metavar="AREA",
        help="地区的代码或名称，缺省为全市。 Code or name of the area; without it, the city.",
    ),
]
FormatsOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="LIST",
        help="格式，逗号分隔：docx、pdf、xlsx、sdmx、png、svg、html；缺省为全部。 "
        "Formats, with commas between; without it, all.",
    ),
]
IssuerOption = Annotated[
    str, typer.Option("--issuer", metavar="NAME", help="发文机关。 The issuing office.")
]
ContactOption = Annotated[
    str,
    typer.Option("--contact", metavar="TEXT", help="联系方式。 Whom to ask, and how."),
]
NumberOption = Annotated[
    str,
    typer.Option(
        "--number",
        metavar="TEXT",
        help="发文字号，如 云统〔2025〕3号。 Number of the document.",
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE",
        help="本地地图（GeoJSON）；没有则用方格图。 A map of the areas; without it, tiles.",
    ),
]
LanguageOption = Annotated[
    bool,
    typer.Option("--english/--chinese", help="公报和图用英文或中文。 Language of the texts."),
]
CompareLevelOption = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="比较哪一层级：county、township。 The tier of the areas to compare.",
    ),
]
ComparePeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="时期，缺省为最近一年。 The period; without it, the last year.",
    ),
]
KindOption = Annotated[
    str,
    typer.Option("--by", metavar="KIND", help="按半年或年：half_year、year。 Half-years or years."),
]
ChartOption = Annotated[
    Path | None,
    typer.Option(
        "--chart",
        metavar="FILE",
        help="把累计图写成 .png、.svg 或 .html 文件。 Write the cumulative chart to a file.",
    ),
]
