"""The table of rules and the page generated from it."""

from __future__ import annotations

import re
from pathlib import Path

from renkou.intake import checks
from renkou.intake.rules import RULES, rules_markdown

PAGE = Path(__file__).parents[2] / "docs/reference/rules.md"
SOURCE = Path(checks.__file__).parents[1]


def test_the_reference_page_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == rules_markdown()


def test_every_rule_named_in_the_code_is_in_the_table() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("intake", "engines", "actions")
        for path in (SOURCE / folder).glob("*.py")
    )
    named = set(re.findall(r'"((?:FILE|ROW|ID|DATE|NAME|CODE|AREA)-\d\d)"', code))
    assert named <= set(RULES)


def test_every_rule_has_words_in_both_languages_and_a_remedy() -> None:
    for rule in RULES.values():
        assert all((rule.en, rule.zh, rule.remedy_en, rule.remedy_zh)), rule.code
        assert rule.severity in {"file", "refused", "cell", "warning"}
