"""The audit: who did what, when, to what, why. Events are chained, so that none can be altered."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from renkou.actions.office import open_office
from renkou.actions.staff import require, staff_member
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.permissions import Permission
from renkou.records.databases import told_of_the_office
from renkou.records.models import AuditEvent, Staff

_FIRST = "0" * 64
_ATTEMPTS = 20
_ID_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?!\d)")
_SUBJECT = re.compile(r"[a-z_]+:\S{1,180}")
_OF_NUMBERS = ("person", "record", "pair", "household")


class Event(NamedTuple):
    """What happened to what, and why."""

    action: str
    subject: str
    reason: str = ""


def record_event(
    workspace: Workspace, *, by: str, action: str, subject: str, reason: str = ""
) -> None:
    """Add one event. `subject` is `kind:identifier`, such as `edition:2024-03` or `person:17`."""
    record_events(workspace, by=by, events=[Event(action, subject, reason)])


def record_events(workspace: Workspace, *, by: str, events: Sequence[Event]) -> None:
    """Add events in order, all or none.

    Raises
    ------
    UsageError
        If a subject could name a person, or a text holds what looks like an id number.
    """
    for event in events:
        _refuse_personal_text(event)
    actor = staff_member(workspace, by)
    for attempt in range(_ATTEMPTS):
        try:
            with told_of_the_office(), transaction.atomic():
                AuditEvent.objects.bulk_create(_chained(actor, events), batch_size=500)
        except IntegrityError:  # another's event took the place behind the last one
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def without_id_numbers(text: str) -> str:
    """A remark of somebody's, fit for the audit: what looks like an id number is blotted out."""
    return _ID_NUMBER.sub("〔号码〕", text)


def verify_audit(workspace: Workspace) -> int:
    """How many events there are, each proved to follow the one before it.

    Raises
    ------
    WorkspaceError
        Naming the first event that was altered, or before which one is missing.
    """
    open_office(workspace)
    count, previous = 0, _FIRST
    for event in AuditEvent.objects.select_related("actor").order_by("id").iterator():
        if event.previous_digest != previous or event.digest != _digest(event):
            raise WorkspaceError(
                f"audit event {event.id}: it, or one before it, was altered or removed; "
                "compare with a backup of the office database",
                zh=f"审计记录 {event.id}：本条或前一条被改动或删除；请与办公数据库的备份对照",
            )
        count, previous = count + 1, event.digest
    return count


def newest_events(workspace: Workspace, *, by: str, limit: int) -> list[dict[str, Any]]:
    """The newest events, newest first; only for a role that reads the audit."""
    require(workspace, by, Permission.READ_AUDIT)
    rows = AuditEvent.objects.order_by("-id")[: max(limit, 0)]
    return list(rows.values("happened_at", "action", "subject", "reason", who=F("actor__username")))


def audit_events(
    workspace: Workspace, *, by: str, who: str = "", what: str = ""
) -> QuerySet[AuditEvent]:
    """Events, newest first, of a person or of a kind; only for a role that reads the audit."""
    require(workspace, by, Permission.READ_AUDIT)
    events = AuditEvent.objects.select_related("actor").order_by("-id")
    if who:
        events = events.filter(actor__username=who)
    return events.filter(action=what) if what else events


def _chained(actor: Staff, events: Iterable[Event]) -> list[AuditEvent]:
    last = AuditEvent.objects.select_for_update().order_by("-id").first()
    previous = last.digest if last else _FIRST
    rows = []
    for event in events:
        row = AuditEvent(
            happened_at=datetime.now(UTC),
            actor=actor,
            action=event.action,
            subject=event.subject,
            reason=event.reason,
            previous_digest=previous,
        )
        row.digest = previous = _digest(row)
        rows.append(row)
    return rows


def _digest(event: AuditEvent) -> str:
    when = event.happened_at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [event.previous_digest, when, event.actor.username]
    parts += [event.action, event.subject, event.reason]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _refuse_personal_text(event: Event) -> None:
    kind, _, identifier = event.subject.partition(":")
    if not _SUBJECT.fullmatch(event.subject):
        raise UsageError("audit subject: not of the form kind:identifier without blanks")
    if kind in _OF_NUMBERS and not re.fullmatch(r"[\d/-]+", identifier):
        raise UsageError(f"audit subject of kind {kind}: only its number may stand there")
    if _ID_NUMBER.search(event.subject) or _ID_NUMBER.search(event.reason):
        raise UsageError(
            "audit text: it holds what looks like an id number; leave it out",
            zh="写入审计的文字中疑有公民身份号码；请删去号码后重试",
        )
