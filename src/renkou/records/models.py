"""The office database: people who work here, their decisions, and the audit.

Decisions and audit events are added, never changed: a second word on a pair is a new revision, and
triggers of the database refuse UPDATE and DELETE (migration 0001).
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from renkou.core.errors import WorkspaceError
from renkou.core.permissions import Role


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that may be added and read."""

    def update(self, **values: Any) -> NoReturn:
        """Refused."""
        raise WorkspaceError(f"{self.model.__name__} rows are never changed; add a new one")

    def delete(self) -> NoReturn:
        """Refused."""
        raise WorkspaceError(f"{self.model.__name__} rows are never deleted")


class AppendOnly(models.Model):
    """A row that may be added and read."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; a row already stored is refused."""
        if not self._state.adding:
            raise WorkspaceError(f"{type(self).__name__} rows are never changed; add a new one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise WorkspaceError(f"{type(self).__name__} rows are never deleted")


class Staff(models.Model):
    """A person who works here. Never deleted: what they did must keep their name."""

    username = models.CharField(max_length=150, unique=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.zh) for role in Role])
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="staff_role_is_known"
            ),
            CheckConstraint(condition=~Q(username=""), name="staff_has_a_username"),
        ]

    def __str__(self) -> str:
        return self.username


class Decision(AppendOnly):
    """A reviewer's word on whether two records are one person; the highest revision binds."""

    record_id_l = models.BigIntegerField()
    record_id_r = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=1)
    same = models.BooleanField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["record_id_l", "record_id_r", "revision"]
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(record_id_l__lt=F("record_id_r")), name="decision_left_below_right"
            ),
            CheckConstraint(condition=Q(revision__gte=1), name="decision_revision_from_one"),
            CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
            UniqueConstraint(
                fields=["record_id_l", "record_id_r", "revision"], name="decision_one_per_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id_l}-{self.record_id_r} r{self.revision}"


class AuditEvent(AppendOnly):
    """Who did what, when, why. Each row's digest covers the row before: none can be altered.

    `subject` names an edition, a delivery, a person id or a pair; never a name or an id number.
    """

    happened_at = models.DateTimeField()
    actor = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="audit_events")
    action = models.CharField(max_length=50)
    subject = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    previous_digest = models.CharField(max_length=64, unique=True)  # no two rows follow one row
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.action} {self.subject}"
