from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from renkou.actions.audit import (
    Event,
    journal_of,
    record_event,
    record_events,
    verify_audit,
)
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError, WorkspaceError
from renkou.records.models import AuditEvent


@pytest.fixture
def three_events(office: Workspace) -> Workspace:
    events = [Event("build_edition", f"edition:2024-0{month}") for month in (1, 2, 3)]
    record_events(office, by="alice", events=events)
    return office


def _without_trigger(table: str, verb: str, sql: str) -> None:
    where = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_{verb}{where}")
        cursor.execute(sql)


def test_an_untouched_audit_verifies(three_events: Workspace) -> None:
    assert verify_audit(three_events) == AuditEvent.objects.count()


def test_an_altered_event_is_named(three_events: Workspace) -> None:
    middle = AuditEvent.objects.get(subject="edition:2024-02")
    _without_trigger(
        "records_auditevent",
        "update",
        f"UPDATE records_auditevent SET subject = 'edition:2023-01' WHERE id = {middle.id}",
    )
    with pytest.raises(WorkspaceError, match=f"event {middle.id}"):
        verify_audit(three_events)


def test_a_removed_event_is_noticed_at_the_next(three_events: Workspace) -> None:
    middle = AuditEvent.objects.get(subject="edition:2024-02")
    _without_trigger(
        "records_auditevent",
        "delete",
        f"DELETE FROM records_auditevent WHERE id = {middle.id}",
    )
    with pytest.raises(WorkspaceError, match=f"event {middle.id}: the journal has it"):
        verify_audit(three_events)


def test_the_newest_event_removed_is_named(three_events: Workspace) -> None:
    newest = AuditEvent.objects.order_by("id").last()
    assert newest is not None
    sql = f"DELETE FROM records_auditevent WHERE id = {newest.id}"
    _without_trigger("records_auditevent", "delete", sql)
    with pytest.raises(WorkspaceError, match=f"event {newest.id}: the journal has it"):
        verify_audit(three_events)


def test_all_events_removed_are_noticed(three_events: Workspace) -> None:
    first = AuditEvent.objects.order_by("id").first()
    assert first is not None
    _without_trigger("records_auditevent", "delete", "DELETE FROM records_auditevent")
    with pytest.raises(WorkspaceError, match=f"event {first.id}: the journal has it"):
        verify_audit(three_events)


def test_an_event_rewritten_with_a_fresh_chain_is_named(three_events: Workspace) -> None:
    """Who can compute digests cannot make the journal forget the old ones."""
    from renkou.actions.audit import _digest

    newest = AuditEvent.objects.order_by("id").last()
    assert newest is not None
    newest.subject = "edition:2030-01"
    sql = (
        f"UPDATE records_auditevent SET subject = 'edition:2030-01', digest = '{_digest(newest)}' "
        f"WHERE id = {newest.id}"
    )
    _without_trigger("records_auditevent", "update", sql)
    with pytest.raises(WorkspaceError, match=f"event {newest.id}"):
        verify_audit(three_events)


def test_a_journal_that_is_gone_is_noticed(three_events: Workspace) -> None:
    journal_of(three_events).unlink()
    with pytest.raises(WorkspaceError, match="journal is gone"):
        verify_audit(three_events)


def test_a_journal_begun_anew_behind_older_events_is_an_event(three_events: Workspace) -> None:
    assert not AuditEvent.objects.filter(action="begin_journal").exists()
    journal_of(three_events).unlink()
    record_event(three_events, by="alice", action="build_edition", subject="edition:9")
    newest = AuditEvent.objects.order_by("id").last()
    assert newest is not None
    assert newest.action == "begin_journal"
    assert verify_audit(three_events) == AuditEvent.objects.count()


@pytest.mark.parametrize("altered", [b"", b"17 abc\n", b"x y\n"])
def test_a_journal_that_was_cut_off_or_altered_is_noticed(
    three_events: Workspace, altered: bytes
) -> None:
    path = journal_of(three_events)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + altered)
    with pytest.raises(WorkspaceError, match="line"):
        verify_audit(three_events)
    with pytest.raises(WorkspaceError, match="line"):  # and nothing is written behind it
        record_event(three_events, by="alice", action="build_edition", subject="edition:9")


def test_an_event_that_the_process_could_not_journal_is_added_with_the_next(
    three_events: Workspace,
) -> None:
    path = journal_of(three_events)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert verify_audit(three_events) == AuditEvent.objects.count()
    record_event(three_events, by="alice", action="build_edition", subject="edition:9")
    assert len(path.read_bytes().splitlines()) == len(lines) + 1


def test_the_journal_lies_where_the_settings_say(office: Workspace, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other-disk.journal"
    text = office.settings.read_text("utf-8")
    office.settings.write_text(f'{text}audit_journal = "{elsewhere}"\n', encoding="utf-8")
    record_event(office, by="alice", action="build_edition", subject="edition:1")
    assert len(elsewhere.read_text().splitlines()) == AuditEvent.objects.count()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert verify_audit(office) == AuditEvent.objects.count()


def test_a_stranger_leaves_no_event(office: Workspace) -> None:
    with pytest.raises(NotPermitted):
        record_event(office, by="charlie", action="build_edition", subject="edition:2024-01")


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("person:王伟", ""),
        ("the person", ""),
        ("person:110101199003070011", ""),
        ("list:police/2024-01-01", "本人身份证110101199003070011核对"),
        ("list:police/2024-01-01", "旧号110101900307001"),
    ],
)
def test_names_and_id_numbers_stay_out_of_the_audit(
    office: Workspace, subject: str, reason: str
) -> None:
    with pytest.raises(UsageError, match="audit"):
        record_event(office, by="alice", action="show", subject=subject, reason=reason)


def test_no_event_is_recorded_when_one_of_several_is_refused(office: Workspace) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(UsageError):
        record_events(office, by="alice", events=[Event("a", "edition:1"), Event("b", "nobody")])
    assert AuditEvent.objects.count() == before


def test_events_of_many_at_once_stay_one_chain(office: Workspace) -> None:
    def record(number: int) -> None:
        try:
            record_event(office, by="alice", action="build_edition", subject=f"edition:{number}")
        finally:
            connections.close_all()  # each thread has a connection of its own

    before = verify_audit(office)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(24)))
    assert verify_audit(office) == before + 24
