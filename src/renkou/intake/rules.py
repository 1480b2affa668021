"""Every rule that intake applies: code, severity, words in English and Chinese, remedy. Pure.

`docs/reference/rules.md` is generated from this table (`rules_markdown`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class Rule:
    """One rule. `severity` is what breaking it does.

    `file` the whole file is refused; `refused` the row; `cell` the canonical cell is left empty;
    `warning` nothing is changed.
    """

    code: str
    severity: str
    en: str
    zh: str
    remedy_en: str
    remedy_zh: str


def _load() -> dict[str, Rule]:
    text = resources.files("renkou.intake").joinpath("resources/rules.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Rule(**row) for row in rows}


RULES: dict[str, Rule] = _load()

_SEVERITIES = {
    "file": "the whole file is refused",
    "refused": "the row is refused (kept in `refused.parquet`)",
    "cell": "the canonical cell is left empty",
    "warning": "a warning; nothing is changed",
}


def rules_markdown() -> str:
    """The reference page of rules, as Markdown."""
    lines = [
        "# Rules",
        "",
        "Generated from `renkou.intake.rules`; a test holds them equal. What breaking a rule does:",
        "",
        *(f"- `{name}`: {meaning}" for name, meaning in _SEVERITIES.items()),
        "",
        "| code | severity | what is wrong | 问题 | what to do | 处理 |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {rule.code} | {rule.severity} | {rule.en} | {rule.zh} | {rule.remedy_en} | "
        f"{rule.remedy_zh} |"
        for rule in RULES.values()
    ]
    return "\n".join(lines) + "\n"
