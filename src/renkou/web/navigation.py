"""The menu: what this person may open, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from renkou.actions.reporting import city_name
from renkou.core.permissions import Permission, may
from renkou.web.access import workspace
from renkou.web.languages import say

ENTRIES = (
    ("home", "工作台", "Home", None),
    ("people", "人员与授权", "People", Permission.MANAGE_STAFF),
    ("audit", "审计", "Audit", Permission.READ_AUDIT),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Entries of the menu, and the name of the office."""
    given: dict[str, Any] = {"office_name": city_name(workspace())}
    if getattr(request, "user", None) is None or not request.user.is_authenticated:
        return given
    roles = set(request.user.grants.in_force(date.today()).values_list("role", flat=True))
    return given | {
        "menu": [
            {"route": route, "name": say(zh, en)}
            for route, zh, en, permission in ENTRIES
            if permission is None or any(may(role, permission) for role in roles)
        ]
    }
