"""Signing in: accounts are made by the office, every attempt goes into the audit.

Django imports this while it is set up, when models and actions are not there yet: they are imported late.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.signals import authenticator_added
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from renkou.records.models import Staff

_JUST_SIGNED_IN = 600.0  # seconds


class OfficeAccounts(DefaultAccountAdapter):
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by who manages staff."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever has just signed in sets up their second factor without a further password."""
        methods = get_authentication_records(self.request, self.request.user)
        if app == "allauth.mfa" and methods and time.time() - methods[-1]["at"] < _JUST_SIGNED_IN:
            return False
        required: bool = super().is_reauthentication_required(app=app)
        return required

    def set_password(self, user: Staff, password: str) -> None:
        """A password of one's own."""
        user.password_is_first = False
        super().set_password(user, password)
        _note(user.username, "password_set")


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page for whoever failed too often."""
    return render(request, "renkou/locked_out.html", status=429)


def listen() -> None:
    """Note sign-ins, sign-outs and failures."""
    user_logged_in.connect(_signed_in, dispatch_uid="renkou-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="renkou-signed-out")
    user_login_failed.connect(_failed, dispatch_uid="renkou-failed")
    user_locked_out.connect(_locked, dispatch_uid="renkou-locked")
    authenticator_added.connect(_second_factor, dispatch_uid="renkou-second-factor")


def _note(username: str, action: str) -> None:
    from renkou.actions.audit import record_event
    from renkou.records.models import Staff
    from renkou.web.access import workspace

    if Staff.objects.filter(username=username, active=True).exists():
        record_event(workspace(), by=username, action=action, subject=f"staff:{username}")


def _signed_in(sender: object, user: Staff, **_: object) -> None:
    _note(user.username, "sign_in")


def _signed_out(sender: object, user: Staff | None, **_: object) -> None:
    if user is not None:
        _note(user.username, "sign_out")


def _failed(sender: object, credentials: dict[str, Any], **_: object) -> None:
    _note(str(credentials.get("username", "")), "sign_in_failed")


def _locked(sender: object, username: str, **_: object) -> None:
    _note(username, "locked_out")


def _second_factor(sender: object, user: Staff, authenticator: Authenticator, **_: object) -> None:
    if authenticator.type == authenticator.Type.TOTP:  # not its recovery codes, made with it
        _note(user.username, "second_factor_added")
