"""What a command says of an error: in Chinese first, then in English."""

from __future__ import annotations

from renkou.core.errors import DataRefused, RenkouError


def in_both_languages(error: RenkouError) -> str:
    """The Chinese text, where there is one, and the English below it."""
    chinese = error.zh or (_of_its_rule(error) if isinstance(error, DataRefused) else None)
    return f"{chinese}\n  {error}" if chinese else str(error)


def _of_its_rule(error: DataRefused) -> str | None:
    """Place, reason and remedy by the rule that the data break."""
    from renkou.intake.rules import RULES

    rule = RULES.get(error.rule)
    if rule is None:
        return None
    return f"{error.place.zh}：{rule.zh}；{rule.remedy_zh}（规则 {rule.code}）"
