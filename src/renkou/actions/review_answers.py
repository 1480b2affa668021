"""Take answered review files back: every answer is checked, then all are taken as decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from renkou.actions.audit import without_id_numbers
from renkou.actions.decisions import Word, decide_all
from renkou.actions.review import edition_digest
from renkou.actions.staff import require
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused
from renkou.core.permissions import Permission
from renkou.engines.editions import sealed_editions
from renkou.engines.review_files import Answer, Headings, read_answers
from renkou.publishing.review_tables import ANSWERS, pair_code
from renkou.publishing.review_workbook import (
    ANSWER_COLUMN,
    HEADER_ROW,
    KEY_COLUMN,
    KEY_SHEET,
    REMARK_COLUMN,
    SHEET,
)
from renkou.records.queries import Pair, binding_decisions, binding_decisions_by_pair

_HEADINGS = Headings(SHEET, KEY_SHEET, KEY_COLUMN, ANSWER_COLUMN, REMARK_COLUMN, HEADER_ROW)
_ENGLISH = {"same": True, "different": False, "unsure": None}  # in any case
_WORDS: dict[str, bool | None] = {**ANSWERS, **_ENGLISH}
_SAID = {same: word for word, same in ANSWERS.items() if same is not None}
_NO_REMARK = "核对名册后判定"


@dataclass
class ImportedReview:
    """What an answered file brought."""

    taken: int = 0
    known: int = 0
    unsure: int = 0
    blank: int = 0
    conflicts: list[str] = field(default_factory=list)


def import_review(
    workspace: Workspace, path: Path, *, by: str, replace: bool = False
) -> ImportedReview:
    """Take the answers of a file as binding decisions, all or none; again, nothing changes.

    An answer against a word that binds already is a conflict: it is named by row and not taken,
    unless `replace` says that the new word supersedes.

    Raises
    ------
    DataRefused
        REVIEW-01 no review file; REVIEW-02 an altered key; REVIEW-03 an unknown word; REVIEW-04 one
        pair answered in two ways; REVIEW-05 answers that contradict one another.
    """
    require(workspace, by, Permission.DECIDE_PAIR)
    answers = [one._replace(word=one.word.casefold()) for one in read_answers(path, _HEADINGS)]
    _refuse_altered_keys(workspace, answers)
    _refuse_unknown_words(answers)
    said = _by_pair(answers)
    _refuse_contradictions(said, _binding_words(said))
    found = ImportedReview(
        unsure=sum(_WORDS.get(answer.word, 0) is None for answer in answers),
        blank=sum(not answer.word for answer in answers),
    )
    words = _new_words(said, found, replace=replace)
    found.taken = decide_all(workspace, by=by, words=words)
    return found


def _refuse_altered_keys(workspace: Workspace, answers: Iterable[Answer]) -> None:
    editions = reversed(sealed_editions(workspace.editions))  # most files are of the newest
    digests = [edition_digest(workspace, one) for one in editions]
    for answer in answers:
        code = answer.key.rpartition("-")[2]
        pair = answer.record_ids
        if pair is None or not any(code == pair_code(digest, *pair) for digest in digests):
            raise DataRefused(
                answer.place,
                "REVIEW-02",
                "the pair's key was altered, or the file is of another workspace",
                "export again and copy the answers over; sort or delete no single lines",
                "该对的编码被改动，或文件来自别的工作区；请重新导出后把判定抄过去，不要单独排序或删除行",
            )


def _refuse_unknown_words(answers: Iterable[Answer]) -> None:
    wrong = [answer.place for answer in answers if answer.word and answer.word not in _WORDS]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        chinese, english = "、".join(ANSWERS), ", ".join(_ENGLISH)
        raise DataRefused(
            wrong[0],
            "REVIEW-03",
            f"an unknown answer{more}",
            f"choose one of {chinese} ({english}), or leave it empty",
            f"判定栏的文字无法识别（共 {len(wrong)} 行）；请从{chinese}（{english}）中选择，或留空",
        )


def _by_pair(answers: Iterable[Answer]) -> dict[Pair, Answer]:
    said: dict[Pair, Answer] = {}
    for answer in answers:
        if not answer.word or _WORDS[answer.word] is None or answer.record_ids is None:
            continue
        before = said.setdefault(answer.record_ids, answer)
        if _WORDS[before.word] != _WORDS[answer.word]:
            raise DataRefused(
                answer.place,
                "REVIEW-04",
                f"this pair was answered otherwise in row {before.place.row}",
                "keep one of the two answers",
                f"与第 {before.place.row} 行对同一对的判定不一致；请只保留一个判定",
            )
    return said


def _binding_words(said: Mapping[Pair, Answer]) -> dict[Pair, bool]:
    """The words that bind already, of pairs that this file does not answer."""
    words = {(one.record_id_l, one.record_id_r): one.same for one in binding_decisions()}
    return {pair: same for pair, same in words.items() if pair not in said}


def _refuse_contradictions(said: Mapping[Pair, Answer], binding: Mapping[Pair, bool]) -> None:
    """Same as A and same as B, yet A and B different: one of the three must be wrong."""
    answered = {pair: bool(_WORDS[answer.word]) for pair, answer in said.items()}
    words = {**binding, **answered}
    group: dict[int, int] = {}

    def root(record_id: int) -> int:
        while (above := group.get(record_id, record_id)) != record_id:
            record_id = group[record_id] = group.get(above, above)
        return record_id

    for (left, right), same in words.items():
        if same:
            group[root(right)] = root(left)
    for (left, right), same in words.items():
        if not same and root(left) == root(right):
            at_fault = [one for pair, one in said.items() if root(pair[0]) == root(left)]
            if at_fault:  # words that contradict one another without this file are not its fault
                raise _contradiction(said.get((left, right), at_fault[0]))


def _contradiction(answer: Answer) -> DataRefused:
    return DataRefused(
        answer.place,
        "REVIEW-05",
        "with other answers of the file, or decisions that bind already, two records are the same "
        "person as a third and yet different persons",
        "look at the rows of these records, and at their decisions (`renkou person show`), again",
        "此判定与文件中另几行或已有判定合起来自相矛盾：两条记录与第三条都是同一人，彼此却判为不同人；"
        "请重新核对有关各行，已有判定可用 renkou person show 查看",
    )


def _new_words(said: dict[Pair, Answer], found: ImportedReview, *, replace: bool) -> Sequence[Word]:
    binding = binding_decisions_by_pair(said)
    words = []
    for pair, answer in said.items():
        same = bool(_WORDS[answer.word])
        if pair in binding and binding[pair].same == same:
            found.known += 1
        elif pair in binding and not replace:
            who, when = binding[pair].decided_by.username, binding[pair].decided_at
            said_then = _SAID[binding[pair].same]
            found.conflicts.append(
                f"{answer.place.zh}：{who} 已于 {when:%Y-%m-%d} 判定为{said_then}"
            )
        else:
            remark = without_id_numbers(answer.remark) or _NO_REMARK
            words.append(Word(*pair, same, remark))
    return words
