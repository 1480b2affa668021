"""What holds for every request: a second factor, a password of one's own, grants in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from renkou.web.languages import say

_BEFORE_SET_UP = (
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "health",
    "language",
    "mfa_activate_totp",
)


class OfficeMiddleware:
    """Sends people to what they must do first, and ends sessions of those who hold no grant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Before a page: what is still missing."""
        if not request.user.is_authenticated or request.resolver_match is None:
            return None
        if not request.user.grants.in_force(date.today()).exists():
            logout(request)
            messages.error(
                request,
                say(
                    "您的授权已到期或被撤销，已退出登录；如有疑问，请联系管理人员。",
                    "Your grants have ended, you were signed out; ask who manages staff.",
                ),
            )
            return redirect("account_login")
        if request.resolver_match.url_name in _BEFORE_SET_UP:
            return None
        if request.user.password_is_first:
            return redirect("account_change_password")
        if not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        return None
