"""Who acts, and what the audit keeps of it."""

from __future__ import annotations

import pytest

from renkou.actions import staff
from renkou.actions.office import open_office
from renkou.actions.workspaces import Workspace
from renkou.records.models import AuditEvent


def acting_as(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the operating system's user is this person."""
    monkeypatch.setattr(staff, "operating_system_user", lambda: name)


def events_of(office: Workspace, action: str, subject: str) -> list[AuditEvent]:
    """Audit events of one kind about one thing."""
    open_office(office)
    return list(AuditEvent.objects.filter(action=action, subject=subject))
