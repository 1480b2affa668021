import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from renkou.actions.decisions import Word, decide, decide_all, decisions_table
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError, WorkspaceError
from renkou.records.models import AuditEvent, Decision, Staff


def _pair(left: int, right: int) -> dict[str, int]:
    return {"record_id_l": left, "record_id_r": right}


def test_a_clerk_decides_and_the_pair_is_stored_smaller_first(office: Workspace) -> None:
    assert decide(office, by="bob", **_pair(9, 3), same=True, reason="同一住址")
    row = decisions_table(office).to_pylist()[0]
    assert (row["record_id_l"], row["record_id_r"], row["same"]) == (3, 9, True)
    assert row["decided_by"] == "bob"


@pytest.mark.parametrize("who", ["olga", "charlie"])
def test_who_may_not_decide_is_refused(office: Workspace, who: str) -> None:
    with pytest.raises(NotPermitted):
        decide(office, by=who, **_pair(3, 9), same=True, reason="同一住址")
    assert not Decision.objects.exists()


def test_a_word_said_again_is_no_news(office: Workspace) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    assert not decide(office, by="alice", **_pair(3, 9), same=True, reason="也这样看")
    assert Decision.objects.count() == 1


def test_another_word_supersedes_and_the_first_one_stays(office: Workspace) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    decide(office, by="alice", **_pair(3, 9), same=False, reason="身份证照片不同")
    assert [d.revision for d in Decision.objects.all()] == [1, 2]
    assert decisions_table(office).column("same").to_pylist() == [False]


def test_many_words_are_taken_all_or_none(office: Workspace) -> None:
    words = [Word(1, 2, True, "同名同址"), Word(5, 4, True, "同名同址")]
    with pytest.raises(UsageError, match="smaller number first"):
        decide_all(office, by="bob", words=words)
    assert not Decision.objects.exists()


def test_one_pair_twice_among_many_words_is_refused_whole(office: Workspace) -> None:
    words = [Word(1, 2, True, "同名同址"), Word(1, 2, False, "性别不同")]
    with pytest.raises(WorkspaceError, match="nothing was taken"):
        decide_all(office, by="bob", words=words)
    assert not Decision.objects.exists()


def test_a_decision_without_a_reason_is_refused(office: Workspace) -> None:
    with pytest.raises(UsageError, match="reason"):
        decide(office, by="bob", **_pair(3, 9), same=True, reason=" ")


def test_every_word_leaves_an_audit_event(office: Workspace) -> None:
    decide(office, by="bob", **_pair(3, 9), same=False, reason="性别不同")
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject) == ("decide_different", "pair:3-9")


@pytest.mark.parametrize(
    "change",
    [{"record_id_l": 9}, {"record_id_l": 10}, {"revision": 0}, {"reason": ""}],
)
def test_the_database_refuses_a_decision_that_makes_no_sense(
    office: Workspace, change: dict[str, object]
) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    row = Decision.objects.values().get() | {"id": None, "revision": 2} | change
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.bulk_create([Decision(**row)])


def test_the_database_refuses_two_words_of_one_revision(office: Workspace) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    row = Decision.objects.values().get() | {"id": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.bulk_create([Decision(**row)])


def test_a_decision_is_never_changed_or_deleted(office: Workspace) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    decision = Decision.objects.get()
    for change in (decision.save, decision.delete, Decision.objects.all().delete):
        with pytest.raises(WorkspaceError, match="never"):
            change()
    with pytest.raises(WorkspaceError, match="never changed"):
        Decision.objects.update(same=False)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_decision SET same = NOT same",
        "DELETE FROM records_decision",
        "UPDATE records_auditevent SET reason = 'x'",
        "DELETE FROM records_auditevent",
    ],
)
def test_not_even_sql_changes_a_decision_or_the_audit(office: Workspace, sql: str) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_person_who_decided_cannot_be_deleted(office: Workspace) -> None:
    decide(office, by="bob", **_pair(3, 9), same=True, reason="同一住址")
    with pytest.raises(ProtectedError):
        Staff.objects.get(username="bob").delete()
