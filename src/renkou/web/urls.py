"""Addresses; each view declares who may use it (`access.page`)."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path
from django.views.i18n import set_language

from renkou.web.access import Open, page
from renkou.web.views import audit, home, people, problems

_all = page(Open.TO_ALL)

urlpatterns = [
    path("", home.home, name="home"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="people-add"),
    path("people/<str:username>/grant/", people.grant, name="people-grant"),
    path("people/grants/<int:number>/withdraw/", people.withdraw, name="people-withdraw"),
    path("people/<str:username>/password/", people.first_password, name="people-password"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify/", audit.verify, name="audit-verify"),
    path("health/", problems.health, name="health"),
    path("language/", _all(set_language), name="language"),
    path("sign-in/", _all(account.login), name="account_login"),
    path("sign-out/", _all(account.logout), name="account_logout"),
    path("password/", _all(account.password_change), name="account_change_password"),
    path("reauthenticate/", _all(account.reauthenticate), name="account_reauthenticate"),
    path("inactive/", _all(account.account_inactive), name="account_inactive"),
    path("second-factor/", _all(mfa.index), name="mfa_index"),
    path("second-factor/sign-in/", _all(mfa.authenticate), name="mfa_authenticate"),
    path("second-factor/again/", _all(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/set-up/", _all(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/codes/", _all(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/make/", _all(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/codes/download/", _all(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]  # fmt: skip
