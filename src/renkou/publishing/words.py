"""The words of the report in Chinese and English: one dictionary, no framework. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in `zh` or `en`."""
        return self.en if language == "en" else self.zh


LANGUAGES = ("zh", "en")

METHODS = {
    "number": Words("身份号码", "Identity number"),
    "model": Words("概率模型", "Probability model"),
    "household": Words("家庭关系", "Household"),
    "decision": Words("人工判定", "Reviewer"),
    "alone": Words("仅一条记录", "Single record"),
}

SEVERITIES = {
    "refused": Words("退回该行", "Row refused"),
    "cell": Words("单元格未采用", "Cell left empty"),
    "warning": Words("提示", "Warning"),
}

REVIEW_REASONS = {
    "number_shared": Words("身份号码相同，姓名或出生日期不符", "Same number, name or birth differ"),
    "between_thresholds": Words("像同一人，但把握不够", "Between the two thresholds"),
    "namesakes": Words("同名同日出生", "Namesakes born on one day"),
    "two_numbers": Words("同一人疑有两个号码", "One person, perhaps two numbers"),
}

LINEAGE = {
    "merge": Words("原为两人，现并为一人", "Two people that became one"),
    "split": Words("原为一人，现拆为两人", "One person that became two"),
    "move": Words("记录改归他人", "Records given to another person"),
}

SEXES = {"male": Words("男", "Male"), "female": Words("女", "Female")}

# What stands for a canonical code where people read it, by field.
CODE_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {"male": "男", "female": "女"},
    "marital_status": {
        "single": "未婚", "married": "有配偶", "widowed": "丧偶", "divorced": "离婚",
    },
    "relationship": {
        "head": "户主", "spouse": "配偶", "child": "子女", "grandchild": "孙辈", "parent": "父母",
        "grandparent": "祖辈", "sibling": "兄弟姐妹", "child_in_law": "儿媳、女婿",
        "parent_in_law": "配偶父母", "other": "其他",
    },
    "status": {"present": "在册", "dead": "死亡", "left": "离开", "cancelled": "注销户口"},
}  # fmt: skip

RESIDENCE = {
    "resident": "户籍与居住均在此地",
    "from_elsewhere": "外来常住（居住半年以上）",
    "temporary": "短期外出（不满半年）",
    "away": "外出半年以上，去向不明",
    "left": "已离开，去向不明",
    "dead": "死亡",
    "unknown": "不明",
    "unlisted": "已不在任何名册",
}


def word(words: dict[str, Words], key: str) -> Words:
    """The text for a key; the key itself where the dictionary does not hold it."""
    return words.get(key, Words(key, key))
