from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from renkou.actions.audit import Event, record_event, record_events, verify_audit
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
    with pytest.raises(WorkspaceError, match=f"event {middle.id + 1}"):
        verify_audit(three_events)


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
