"""Figures as people read them on a terminal, with Chinese labels."""

from __future__ import annotations

import re
from typing import Any

import rich.table
import typer

from renkou.cli.options import wide_console

GROUPS = {
    "population": "人口总量",
    "structure": "人口结构",
    "births": "出生与生育",
    "deaths": "死亡与寿命",
    "migration": "迁移流动",
    "families": "婚姻",
    "quality": "登记质量",
}
LEVELS = {"prefecture": "市", "county": "县区", "township": "乡镇街道", "village": "村社区"}
SEXES = {"both": "合计", "male": "男", "female": "女"}
KINDS = {"month": "月", "quarter": "季", "half_year": "半年", "year": "年"}
_MOST_ROWS = 60
_FUNNEL = {
    "": "",
    "high": "偏高（超出95%）",
    "low": "偏低（超出95%）",
    "very high": "显著偏高（超出99.8%）",
    "very low": "显著偏低（超出99.8%）",
}


def print_definition(definition: Any, internal: bool) -> None:
    """What an indicator is, above its figures."""
    told = (
        ("口径", definition.base_zh),
        ("公式", definition.formula_zh),
        ("单位", definition.unit_zh),
        ("区间", definition.interval_zh),
        ("依据", definition.source),
    )
    mark = "（内部：未经扰动，不得公布）" if internal else ""
    typer.echo(f"{definition.zh} {definition.en}{mark}")
    for label, text in told:
        typer.echo(f"  {label}：{text}")


def print_figures(rows: list[dict[str, Any]], decimals: int) -> None:
    """Figures as a table, the first of many."""
    headings = ("地区", "时期", "性别", "年龄", "数值", "95%区间", "分子", "分母", "说明")
    right = {"数值", "95%区间", "分子", "分母"}
    table = rich.table.Table()
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left")
    for row in rows[:_MOST_ROWS]:
        age = "全部" if row["age"] == "all" else row["age"]
        table.add_row(
            row["area_name"], row["period"], SEXES[row["sex"]], age, _said(row["value"], decimals),
            _interval(row, decimals), _said(row["numerator"], 0), _said(row["denominator"], 0),
            row["note"],
        )  # fmt: skip
    wide_console().print(table)
    if len(rows) > _MOST_ROWS:
        typer.echo(
            f"共 {len(rows):,} 行，只显示前 {_MOST_ROWS} 行；可用 --area、--period 缩小，或用 --json"
        )


def print_comparison(found: Any, decimals: int) -> None:
    """Areas beside each other."""
    ranked = found.rows[0]["rank"] is not None
    table = rich.table.Table()
    headings = ["地区", "数值", "95%区间", "平滑后", "与参照值相比"]
    headings += ["名次", "名次95%区间"] if ranked else []
    for heading in headings:
        left = heading in ("地区", "与参照值相比")
        table.add_column(heading, justify="left" if left else "right")
    rows = sorted(found.rows, key=lambda row: row["rank"]) if ranked else found.rows
    for row in rows:
        ranks = [str(row["rank"]), f"{row['rank_lower']} – {row['rank_upper']}"] if ranked else []
        table.add_row(
            row["area_name"], _said(row["value"], decimals), _interval(row, decimals),
            _said(row["steadied"], decimals), _FUNNEL[row["funnel"]], *ranks,
        )  # fmt: skip
    wide_console().print(table)
    if not ranked:
        typer.echo("出生、生育与出生性别比不排名，按行政区划代码排列。")
    for row in found.left_out:
        typer.echo(f"未列入：{row['area_name']}：{row['note']}")


def print_watch(found: Any) -> None:
    """The newest period, and what went beyond chance in any."""
    newest = max(row["period"] for row in found.rows)
    shown = [row for row in found.rows if row["found"] or row["signal"] or row["period"] == newest]
    table = rich.table.Table(
        "县区", "时期", "出生数", "性别比", "95%区间", "校正后 p 值", "结论", "累计图"
    )
    for row in shown:
        verdict = "偏离106，超出偶然" if row["found"] else "未见超出偶然的偏离"
        table.add_row(
            row["area_name"], row["period"], f"{row['births']:,}", _said(row["sex_ratio"], 1),
            _interval(row, 1), _said(row["adjusted_p"], 3),
            verdict if row["adjusted_p"] is not None else "出生数过少，未检验",
            "越过界限" if row["signal"] else "",
        )  # fmt: skip
    wide_console().print(table)
    tested = sum(row["p_value"] is not None for row in found.rows)
    typer.echo(
        f"精确二项检验（双侧，中 p 值），共 {tested} 项，按 Benjamini-Hochberg 法控制误报；"
        "只列最近一期与超出偶然的各期，全部见 --json。结果只说明地区，不说明任何人、家庭或机构。"
    )


def in_chinese(note: str) -> str:
    """A note's Chinese half: notes are written in English and then in Chinese.

    >>> in_chinese("Links taken to be right. 假设关联无误。")
    '假设关联无误。'
    """
    found = re.search(r"[\u4e00-\u9fff“（].*", note)
    return found[0] if found else note


def _said(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:,.{decimals}f}"


def _interval(row: dict[str, Any], decimals: int) -> str:
    if row["lower"] is None or row["upper"] is None:
        return "–"
    return f"{_said(row['lower'], decimals)} – {_said(row['upper'], decimals)}"
