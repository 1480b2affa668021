"""The words of the report in Chinese and English: one dictionary, no framework. Pure."""

from __future__ import annotations

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
    "between_thresholds": Words("概率介于两个阈值之间", "Between the two thresholds"),
    "namesakes": Words("同名同日出生", "Namesakes born on one day"),
    "two_numbers": Words("同一人疑有两个号码", "One person, perhaps two numbers"),
}

LINEAGE = {
    "merge": Words("原为两人，现并为一人", "Two people that became one"),
    "split": Words("原为一人，现拆为两人", "One person that became two"),
    "move": Words("记录改归他人", "Records given to another person"),
}

SEXES = {"male": Words("男", "Male"), "female": Words("女", "Female")}


def word(words: dict[str, Words], key: str) -> Words:
    """The text for a key; the key itself where the dictionary does not hold it."""
    return words.get(key, Words(key, key))
