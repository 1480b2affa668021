"""Accuracy as a person reads it on a terminal, with Chinese labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group
from rich.table import Table

_PAIRS = {"precision": "查准率", "recall": "查全率", "f1": "F1"}
_PERSONS = {
    "exactly_right": "完全正确",
    "split": "被误拆分",
    "merged": "与他人误合并",
    "lost": "无一行被接收",
}
_RECORDS = {
    "records": "记录",
    "unmatched": "真值中没有的记录",
    "truth": "真值行",
    "unlinked": "没有记录对应的真值行",
}


def accuracy_tables(result: Mapping[str, Any]) -> Group:
    """The tables that `renkou evaluate` prints."""
    groups = {
        "按错误种类（涉及该种类记录的记录对）": result["by_kind"],
        "按名册（涉及该名册记录的记录对）": result["by_list"],
    }
    named = {title: found for title, found in groups.items() if any(found)}
    return Group(_whole(result), *(_by_group(title, found) for title, found in named.items()))


def share(value: float | None) -> str:
    """A share with two decimals of a percent, or a dash where nothing is known."""
    return "–" if value is None else f"{value:.2%}"


def _whole(result: Mapping[str, Any]) -> Table:
    table = Table(title="关联准确性", title_justify="left")
    for heading in ("指标", "全部真值", "仅已接收的行"):
        table.add_column(heading, justify="left" if heading == "指标" else "right")
    accepted = result["accepted"]
    for part, labels in (("pairs", _PAIRS), ("persons", _PERSONS)):
        owner = "记录对" if part == "pairs" else "人员"
        for name, label in labels.items():
            row = (share(found[part][name]) for found in (result, accepted))
            table.add_row(f"{owner}{label}", *row)
    for name, label in (("true", "真实人数"), ("found", "关联所得人数")):
        table.add_row(label, *(f"{found['persons'][name]:,}" for found in (result, accepted)))
    for name, label in _RECORDS.items():
        table.add_row(label, f"{result['records'][name]:,}", "")
    return table


def _by_group(title: str, groups: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", *_PAIRS.values(), "真实对"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, measures in groups.items():
        table.add_row(name, *(share(measures[key]) for key in _PAIRS), f"{measures['true']:,}")
    return table
