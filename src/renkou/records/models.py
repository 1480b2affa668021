"""The office database: people who work here, their decisions, and the audit.

Decisions and audit events are added, never changed: a second word on a pair is a new revision, and
triggers of the database refuse UPDATE and DELETE (migration 0001).
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
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


class StaffManager(BaseUserManager):
    """People by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        """The person of that name."""
        found: Staff = self.get(username=username)
        return found


class Staff(AbstractBaseUser):
    """A person who works here. Never deleted: what they did must keep their name.

    What they may do is in their grants. Without a password they work at the command line only.
    """

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=60, blank=True)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    password_is_first = models.BooleanField(default=False)  # to be changed when signing in

    USERNAME_FIELD = "username"
    objects = StaffManager()

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=~Q(username=""), name="staff_has_a_username"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_active(self) -> bool:
        """Whether they may sign in, by the name that Django asks for."""
        return self.active


class GrantQuerySet(models.QuerySet):
    """Grants of roles."""

    def in_force(self, on: date) -> GrantQuerySet:
        """Those that hold on a day."""
        return self.filter(withdrawn_at__isnull=True, until__gte=on, staff__active=True)


class Grant(models.Model):
    """A role for an area of the tree, with a reason, until a day; ended early by withdrawal.

    `area` is a code without the zeros that fill it up, and stands for all that lies in it; empty is the
    whole office.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.zh) for role in Role])
    area = models.CharField(max_length=12, blank=True)
    reason = models.TextField()
    granted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    until = models.DateField()  # the last day on which it holds
    withdrawn_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="grant_role_is_known"
            ),
            CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
            CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_because=""),
                name="grant_withdrawal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.role} {self.area or '*'}"


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
