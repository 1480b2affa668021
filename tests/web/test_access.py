"""Who may open what: every role, every route, and what is not asked for is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from renkou.actions.workspaces import Workspace
from renkou.core.permissions import Permission, Role
from renkou.records.models import AuditEvent
from renkou.web.access import Open
from tests.web.conftest import STAFF

ROUTES = list(get_resolver().url_patterns[0].url_patterns)
_VALUES = {"username": "li", "number": 1}


def rule_of(route: object) -> object:
    return getattr(route.callback, "rule", None)  # type: ignore[attr-defined]


def address_of(route: object) -> str:
    wanted = route.pattern.converters  # type: ignore[attr-defined]
    return reverse(route.name, kwargs={name: _VALUES[name] for name in wanted})  # type: ignore[attr-defined]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_declares_its_rule(route: object) -> None:
    assert isinstance(rule_of(route), Permission | Open)


def test_only_signing_in_and_health_are_open_to_all() -> None:
    ours = {"health", "language"}
    for route in ROUTES:
        if rule_of(route) is Open.TO_ALL:
            assert route.name in ours or route.name.startswith(("account_", "mfa_"))


@pytest.mark.parametrize("username", STAFF)
def test_a_role_opens_what_it_allows_and_nothing_else(
    username: str, office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    role, _ = STAFF[username]
    client = signed_in(username)
    for route in ROUTES:
        rule = rule_of(route)
        if not isinstance(rule, Permission):
            continue
        allowed = rule in role.permissions
        for answer in (client.get(address_of(route)), client.post(address_of(route), {})):
            assert (answer.status_code == 403) is not allowed or answer.status_code == 405, (
                route.name, role, answer.status_code,
            )  # fmt: skip


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_who_is_not_signed_in_is_sent_to_sign_in(route: object, office: Workspace) -> None:
    if rule_of(route) is Open.TO_ALL:
        return
    for answer in (Client().get(address_of(route)), Client().post(address_of(route))):
        assert answer.status_code in (302, 405)
        if answer.status_code == 302:
            assert answer.headers["Location"] == "/sign-in/"


def test_a_refusal_says_who_may_and_is_in_the_audit(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    answer = signed_in("wang").get("/audit/")
    assert answer.status_code == 403
    assert "无权查看审计记录" in answer.content.decode()
    assert "审计人员" in answer.content.decode()
    event = AuditEvent.objects.last()
    assert event is not None
    assert (event.action, event.subject, event.actor.username) == ("refused", "page:audit", "wang")


def test_every_permission_is_held_by_some_role() -> None:
    for permission in Permission:
        assert any(permission in role.permissions for role in Role)
