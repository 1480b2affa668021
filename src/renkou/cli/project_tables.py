"""Projections as people read them on a terminal, with Chinese labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rich.table
import typer
from rich.text import Text

from renkou.cli.options import wide_console

SEXES = {"both": "", "male": "男", "female": "女"}
KINDS = {"stock": "年初", "flow": "全年", "school_year": "秋季"}
_MOST_ROWS = 200


def print_made(made: Any) -> None:
    """What a new projection starts from, what was assumed, what to do next."""
    typer.echo(
        f"预测 {made.name}：基期 {made.base_year} 年 1 月 1 日，{made.leaves:,} 个区域，"
        f"{made.people:,.0f} 人；文件夹 {made.folder}"
    )
    for note in made.notes:
        typer.echo(f"注意：{note}")
    typer.echo(f"方案：{'、'.join(made.scenarios)}（在 scenarios 文件夹中，可修改）")
    typer.echo(f"下一步：renkou project run {made.called}")


def print_ran(ran: Any) -> None:
    """What a run says in a line, and where to look."""
    told = ran.manifest
    typer.echo(
        f"{told['title']}（{ran.scenario}）：{told['base_year']}—{told['until']} 年，"
        f"{told['areas']:,} 个区域，{_drawn(told['trajectories'])}，"
        f"用时 {told['seconds']:.1f} 秒"
    )
    for line in ran.headlines:
        typer.echo(f"  {line}")
    for warning in told["warnings"]:
        typer.echo(f"注意：{warning}")
    for floor in told["floors"][:5]:
        typer.echo(f"注意：{floor}")
    typer.echo(f"查看：renkou project show {ran.called}；导出：renkou project export {ran.called}")


def _drawn(trajectories: int) -> str:
    return f"{trajectories:,} 条随机轨迹" if trajectories else "没有随机轨迹"


def print_stale(told: Sequence[str], *, compared: bool = False) -> None:
    """Runs whose files were changed afterwards; a comparison takes the files as they are."""
    if told and compared:
        typer.echo("注意：以上按各文件现在的内容计算；show、export 所用的结果是改动前编制的：")
    for one in told:
        typer.echo(f"注意：{one}")


def print_projects(rows: list[dict[str, Any]]) -> None:
    """The projections of a workspace."""
    if not rows:
        typer.echo("还没有预测；可用 renkou project init 名称 新建")
        return
    table = rich.table.Table("预测", "标题", "基期", "来源", "已编制的方案")
    for row in rows:
        table.add_row(
            row["name"], row["title"], str(row["base_year"] or ""), str(row["made_from"]),
            "、".join(row["runs"]) or "无",
        )  # fmt: skip
    wide_console().print(table)


def print_overview(found: Any) -> None:
    """Measures of one area by year, with 80 % intervals, and turning years."""
    told = found.manifest
    typer.echo(f"{found.area_name}：{told['title']}（{told['scenario']}），{told['made_from']}")
    table = rich.table.Table()
    table.add_column("项目")
    for year in found.years:
        table.add_column(str(year), justify="right")
    for measure in found.measures:
        cells: list[Text | str] = []
        for year in found.years:
            row = found.rows.get((measure.id, year))
            cells.append("–" if row is None else _with_interval(row, measure.decimals))
        table.add_row(_label(measure), *cells)
    wide_console().print(table)
    if told["trajectories"]:
        typer.echo(f"  括号内为 80% 区间（{told['trajectories']:,} 条随机轨迹）")
    for one in found.turning_points:
        typer.echo(f"  {one['text']}")
    for note in told["notes"]:
        typer.echo(f"注意：{note}")
    print_stale([found.stale] if found.stale else [])


def print_figures(shown: Any) -> None:
    """Figures of one measure: by area in one year, or by year in one area."""
    measure, rows = shown.measure, shown.rows
    typer.echo(f"{_label(measure)} {measure.en}")
    typer.echo(f"  方案：{shown.manifest['title']}（{shown.manifest['scenario']}）")
    typer.echo(f"  单位：{measure.unit_zh}；时点：{KINDS[measure.kind]}")
    if measure.need and len({row["area"] for row in rows}) > 1:
        grades = "、各年级" if measure.by_grade else ""
        typer.echo(f"  各区域{grades}分别进位取整，下级之和可大于上级")
    many_areas = len({row["area"] for row in rows}) > 1
    first = "区域" if many_areas else "年份"
    table = rich.table.Table()
    table.add_column(first)
    if many_areas and len({row["year"] for row in rows}) > 1:
        table.add_column("年份")
    for heading in ("方案值", "中位数", "80%区间", "95%区间"):
        table.add_column(heading, justify="right")
    for row in rows[:_MOST_ROWS]:
        where = [row["area_name"] if many_areas else str(row["year"])]
        if len(table.columns) == 6:
            where.append(str(row["year"]))
        table.add_row(*where, *_numbers(row, measure.decimals))
    wide_console().print(table)
    if len(rows) > _MOST_ROWS:
        typer.echo(
            f"共 {len(rows):,} 行，只显示前 {_MOST_ROWS} 行；可用 --year、--area 缩小，或用 --json"
        )
    print_stale([shown.stale] if shown.stale else [])
    if rows and rows[0]["median"] is None:
        typer.echo(
            "  该方案没有随机轨迹，因此没有区间；renkou project run --trajectories 1000 可求区间"
        )


def print_comparison(found: Any) -> None:
    """Two scenarios by year, and what makes them differ."""
    typer.echo(f"{found.area_name}·{_label(found.measure)}：{found.titles[0]} 与 {found.titles[1]}")
    table = rich.table.Table("年份")
    for heading in (*found.titles, "相差", *found.components):
        table.add_column(heading, justify="right")
    for row in found.rows:
        values = (row["first"], row["second"], row["difference"], *row["effects"])
        table.add_row(str(row["year"]), *(_number(one, found.measure.decimals) for one in values))
    wide_console().print(table)
    typer.echo(
        "  相差 = 各因素作用之和（Das Gupta 分解，逐一替换两方案的生育、死亡、迁移和基期年龄结构）"
    )


def _label(measure: Any) -> str:
    of = "，".join(one for one in (SEXES[measure.sex], _age(measure.age)) if one)
    return f"{measure.zh}（{of}）" if of and measure.age not in measure.zh else measure.zh


def _age(age: str) -> str:
    if age == "all":
        return ""
    return f"{age[:-1]}岁及以上" if age.endswith("+") else f"{age}岁"


def _with_interval(row: dict[str, Any], decimals: int) -> str:
    value = _number(row["value"], decimals)
    if row["low80"] is None:
        return value
    return f"{value}\n({_number(row['low80'], decimals)}–{_number(row['high80'], decimals)})"


def _numbers(row: dict[str, Any], decimals: int) -> list[str]:
    return [
        _number(row["value"], decimals),
        _number(row["median"], decimals),
        _interval(row, "80", decimals),
        _interval(row, "95", decimals),
    ]


def _interval(row: dict[str, Any], level: str, decimals: int) -> str:
    low, high = row[f"low{level}"], row[f"high{level}"]
    return "–" if low is None else f"{_number(low, decimals)} – {_number(high, decimals)}"


def _number(value: float | None, decimals: int) -> str:
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text
