"""The audit: who did what, when, to what, why. Events are chained, so that none can be altered."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from renkou.actions.office import open_office
from renkou.actions.staff import require, staff_member
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.permissions import Permission
from renkou.engines.audit_journal import append_to_journal, journal_lines
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
                rows = AuditEvent.objects.bulk_create(_chained(actor, events), batch_size=500)
                if rows:
                    transaction.on_commit(partial(_keep_journal, workspace, by, rows[0].id))
        except IntegrityError:  # another's event took the place behind the last one
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def without_id_numbers(text: str) -> str:
    """A remark of somebody's, fit for the audit: what looks like an id number is blotted out."""
    return _ID_NUMBER.sub("〔号码〕", text)


def verify_audit(workspace: Workspace) -> int:
    """How many events there are, each proved to follow the one before it and to be in the journal.

    An event after the journal's last line is not at fault: a process was cut off between the two, and
    the next event adds it.

    Raises
    ------
    WorkspaceError
        Naming the first event that was altered, added or is missing, the newest included.
    """
    open_office(workspace)
    count, previous = 0, _FIRST
    lines = _journal(workspace)
    expected = next(lines, None)
    for event in AuditEvent.objects.select_related("actor").order_by("id").iterator():
        if expected and expected[0] < event.id:
            raise _missing(expected[0])
        if event.previous_digest != previous or event.digest != _digest(event):
            raise _altered(event.id)
        if expected and expected != (event.id, event.digest):
            raise _altered(event.id)
        expected = next(lines, None) if expected else None
        count, previous = count + 1, event.digest
    if expected:
        raise _missing(expected[0])
    return count


def journal_of(workspace: Workspace) -> Path:
    """Where the journal lies: `audit_journal` in renkou.toml, else in the workspace."""
    named = None
    if workspace.settings.exists():
        named = tomllib.loads(workspace.settings.read_text("utf-8")).get("audit_journal")
    return Path(named) if named else workspace.path / "audit.journal"


def _journal(workspace: Workspace) -> Iterator[tuple[int, str]]:
    path = journal_of(workspace)
    if path.exists():
        yield from journal_lines(path)
    elif AuditEvent.objects.exists():
        raise WorkspaceError(
            f"{path}: the audit's journal is gone while the database holds events; "
            "put it back from a backup",
            zh=f"{path}：数据库中有审计记录，而日志文件不见了；请从备份恢复",
        )


def _keep_journal(workspace: Workspace, by: str, first: int) -> None:
    """Add what the journal lacks; that one is begun behind older events is an event itself."""
    before = append_to_journal(journal_of(workspace), _events_after)
    if not before and AuditEvent.objects.filter(id__lt=first).exists():
        record_event(workspace, by=by, action="begin_journal", subject=f"event:{first}")


def _events_after(number: int) -> list[tuple[int, str]]:
    rows = AuditEvent.objects.filter(id__gt=number).order_by("id")
    return list(rows.values_list("id", "digest"))


def _altered(number: int) -> WorkspaceError:
    return WorkspaceError(
        f"audit event {number}: it, or one before it, was altered or removed; "
        "compare with a backup of the office database",
        zh=f"审计记录 {number}：本条或前一条被改动或删除；请与办公数据库的备份对照",
    )


def _missing(number: int) -> WorkspaceError:
    return WorkspaceError(
        f"audit event {number}: the journal has it and the database has not: it was removed; "
        "compare with a backup of the office database",
        zh=f"审计记录 {number}：日志中有而数据库中没有，已被删除；请与办公数据库的备份对照",
    )


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
