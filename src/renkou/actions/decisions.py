"""A reviewer's word on a pair of records: it binds every later build until a newer word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
from django.db import IntegrityError, transaction

from renkou.actions.audit import Event, record_events
from renkou.actions.edition_tables import DECISIONS
from renkou.actions.office import open_office
from renkou.actions.staff import require
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.permissions import Permission
from renkou.records.databases import told_of_the_office
from renkou.records.models import Decision, Staff
from renkou.records.queries import Pair, binding_decisions, binding_decisions_by_pair


class Word(NamedTuple):
    """What a reviewer says of two records."""

    record_id_l: int
    record_id_r: int
    same: bool
    reason: str

    @property
    def pair(self) -> Pair:
        """The two records, the smaller first."""
        return (self.record_id_l, self.record_id_r)


def decide(
    workspace: Workspace, *, by: str, record_id_l: int, record_id_r: int, same: bool, reason: str
) -> bool:
    """Say whether two records are one person; True if that is news.

    Raises
    ------
    NotPermitted
        If the role of `by` does not include deciding.
    """
    left, right = sorted((record_id_l, record_id_r))
    return bool(decide_all(workspace, by=by, words=[Word(left, right, same, reason)]))


def decide_all(workspace: Workspace, *, by: str, words: Sequence[Word]) -> int:
    """Take many words, all or none; returns how many were news. Said again, a word is no news."""
    reviewer = require(workspace, by, Permission.DECIDE_PAIR)
    for word in words:
        _refuse_unusable(word)
    try:
        with told_of_the_office(), transaction.atomic():
            return _take(workspace, reviewer, words)
    except IntegrityError:
        raise WorkspaceError(
            "somebody decided one of these pairs at the same moment; nothing was taken, try again",
            zh="有人同时判定了其中的记录对，本次一对也没有采纳；请重试",
        ) from None


def _take(workspace: Workspace, reviewer: Staff, words: Sequence[Word]) -> int:
    binding = binding_decisions_by_pair(word.pair for word in words)
    news = [
        word for word in words if word.pair not in binding or binding[word.pair].same != word.same
    ]
    Decision.objects.bulk_create(
        [_decision(word, reviewer, binding.get(word.pair)) for word in news], batch_size=500
    )
    record_events(workspace, by=reviewer.username, events=[_event(word) for word in news])
    return len(news)


def decisions_table(workspace: Workspace) -> pa.Table:
    """The binding decisions, sorted by pair (tables.md, `decisions`)."""
    open_office(workspace)
    rows = [
        {
            "record_id_l": decision.record_id_l,
            "record_id_r": decision.record_id_r,
            "same": decision.same,
            "decided_by": decision.decided_by.username,
            "decided_at": decision.decided_at,
            "reason": decision.reason,
        }
        for decision in binding_decisions().order_by("record_id_l", "record_id_r")
    ]
    return pa.Table.from_pylist(rows, schema=DECISIONS)


def _refuse_unusable(word: Word) -> None:
    if word.record_id_l >= word.record_id_r:
        raise UsageError("a decision is on two different records, the smaller number first")
    if not word.reason.strip():
        raise UsageError("a decision needs a reason; give one", zh="判定须写明理由；请补写")


def _decision(word: Word, reviewer: Staff, before: Decision | None) -> Decision:
    return Decision(
        record_id_l=word.record_id_l,
        record_id_r=word.record_id_r,
        revision=before.revision + 1 if before else 1,
        same=word.same,
        decided_by=reviewer,
        decided_at=datetime.now(UTC),
        reason=word.reason,
    )


def _event(word: Word) -> Event:
    action = "decide_same" if word.same else "decide_different"
    return Event(action, f"pair:{word.record_id_l}-{word.record_id_r}", word.reason)
