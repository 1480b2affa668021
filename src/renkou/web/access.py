"""Every route says who may use it; a request is let through by grants in force, or refused and noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renkou.actions.audit import record_event
from renkou.actions.staff import Scope, require_scope
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted
from renkou.core.permissions import Permission

View = Callable[..., HttpResponse]


class Open(Enum):
    """Routes that ask for no permission."""

    TO_ALL = "to all"  # signing in, health
    TO_STAFF = "to staff"  # whoever is signed in and holds any grant


Rule = Permission | Open


@dataclass(frozen=True)
class Visit:
    """Who asks, of which office, and where they may do what the page is for."""

    workspace: Workspace
    username: str
    scope: Scope | None


def workspace() -> Workspace:
    """The office that is served."""
    return Workspace(settings.WORKSPACE.resolve())


def page(rule: Rule) -> Callable[[View], View]:
    """Let a view be called by whom the rule allows; the view gets a `Visit` after the request."""

    def of(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if rule is Open.TO_ALL:
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect(f"{settings.LOGIN_URL}")
            try:
                visit = _visit(request, rule)
            except NotPermitted as error:
                return refused(request, error)
            return view(request, visit, *args, **kwargs)

        guarded.rule = rule  # type: ignore[attr-defined]
        return guarded

    return of


def _visit(request: HttpRequest, rule: Rule) -> Visit:
    office, username = workspace(), request.user.get_username()
    if isinstance(rule, Permission):
        return Visit(office, username, require_scope(office, username, rule))
    return Visit(office, username, None)


def refused(request: HttpRequest, error: NotPermitted) -> HttpResponse:
    """A page that says what is not allowed and who could; the refusal goes into the audit."""
    match = request.resolver_match
    record_event(
        workspace(), by=request.user.get_username(), action="refused",
        subject=f"page:{(match.view_name if match else None) or 'unknown'}",
    )  # fmt: skip
    return render(request, "renkou/refused.html", {"error": error}, status=403)
