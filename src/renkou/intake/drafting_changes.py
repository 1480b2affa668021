"""Guesses whether a file only says what changed, and which column says it in which words. Pure."""

from __future__ import annotations

from renkou.intake.drafting_sample import Findings, word
from renkou.intake.drafting_toml import line
from renkou.intake.vocabulary import vocabulary
from renkou.intake.words import plain_word

_MOST_SHOWN = 12  # of the words that are not known; longer ones may be remarks about people
_LONGEST = 8


def guess_changes(found: Findings) -> list[str]:
    """The `[changes]` of a draft; empty where the file is taken for a whole list.

    A column is taken whose cells say in known words that somebody left the list or came to it.
    """
    at = _column(found)
    if at is None:
        return []
    header = word(found.header.paths[at])
    gone, stay, other = _words(found, at)
    found.left.add(at)
    if not gone and not stay:
        found.doubts.append(
            f"“{header}”看来说明各行的变动，但用语都不认识，暂按全量名册读取；"
            '若只报变动，请写 mode = "changes" 和 [changes]'
        )
        return []
    found.doubts.append(
        f'“{header}”说明各行的变动，按变动名册读取（mode = "changes"）：'
        f"{_quoted(gone) or '没有见到'}的行移出名册，{_quoted(stay) or '其余'}的行在册；"
        '若是全量名册，请改为 mode = "full" 并删去 [changes]'
    )
    lines = ["[changes]", line("column", found.unique_word(at, found.header.paths[at]))]
    if other:
        found.doubts.append(
            f"“{header}”中{_quoted(other)}不知是移出还是在册，"
            "请写入 [changes] 的 removed 或 kept，否则这些行不予接收"
        )
        lines += ["# removed = []   # 移出名册的用语", "# kept = []      # 在册的用语"]
    return [*lines, ""]


def _column(found: Findings) -> int | None:
    """The column that says by its header, else by all its words, what happened to each row."""
    taken = {*found.used.values(), *found.left}
    free = [(at, path) for at, path in found.paths if at not in taken]
    for at, path in free:
        if vocabulary().says_what_changed(path[-1]):
            return at
    for at, _ in free:
        gone, stay, other = _words(found, at)
        if gone and stay and not other:
            return at
    return None


def _words(found: Findings, at: int) -> tuple[list[str], list[str], list[str]]:
    """The words of a column: for rows that leave the list, for those that stay, and others."""
    words = sorted(set(found.cells(at)))
    known = vocabulary()
    gone = [one for one in words if plain_word(one) in known.removed_words]
    stay = [one for one in words if plain_word(one) in known.kept_words]
    return gone, stay, [one for one in words if one not in gone and one not in stay]


def _quoted(words: list[str]) -> str:
    return "、".join(f"“{one}”" for one in words[:_MOST_SHOWN] if len(one) <= _LONGEST)
