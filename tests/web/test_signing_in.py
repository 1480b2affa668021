"""Signing in: first password, second factor, lock-out, and what ends a session."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.test import Client

from renkou.actions.staff import current_actor, new_first_password, staff, withdraw_grant
from renkou.actions.workspaces import Workspace
from renkou.records.models import AuditEvent
from tests.web.conftest import OWN_PASSWORD, six_digits


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def test_the_first_password_only_opens_the_page_that_changes_it(office: Workspace) -> None:
    first = new_first_password(office, by=current_actor(office), username="wang")
    client = Client()
    client.post("/sign-in/", {"login": "wang", "password": first})
    for address in ("/", "/people/", "/second-factor/codes/"):
        assert client.get(address).headers["Location"] == "/password/"


def test_nothing_opens_without_a_second_factor(office: Workspace) -> None:
    first = new_first_password(office, by=current_actor(office), username="wang")
    client = Client()
    client.post("/sign-in/", {"login": "wang", "password": first})
    new = {"oldpassword": first, "password1": OWN_PASSWORD, "password2": OWN_PASSWORD}
    client.post("/password/", new)
    assert client.get("/").headers["Location"] == "/second-factor/set-up/"


def test_a_second_sign_in_asks_for_six_digits(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    secret = signed_in("wang").secret  # type: ignore[attr-defined]
    client = Client()
    client.post("/sign-in/", {"login": "wang", "password": OWN_PASSWORD})
    assert client.get("/").headers["Location"] == "/sign-in/"
    wrong = client.post("/second-factor/sign-in/", {"code": "000000"})
    assert wrong.status_code == 200
    client.post("/second-factor/sign-in/", {"code": six_digits(secret, time.time() + 30)})
    assert client.get("/").status_code == 200
    done = [event for event in actions() if event != "add_staff"]
    assert done == [
        "first_password", "sign_in", "password_set", "second_factor_added", "sign_in",
    ]  # fmt: skip


def test_five_failures_lock_the_account_whatever_comes_then(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    signed_in("wang")
    client = Client()
    for _ in range(5):
        last = client.post("/sign-in/", {"login": "wang", "password": "wrong"})
    assert last.status_code == 429
    right = client.post("/sign-in/", {"login": "wang", "password": OWN_PASSWORD})
    assert right.status_code == 429
    assert "锁定" in right.content.decode()
    assert "locked_out" in actions()
    assert actions().count("sign_in_failed") >= 4


def test_a_session_ends_when_the_last_grant_is_withdrawn(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("wang")
    assert client.get("/").status_code == 200
    held = next(row for row in staff(office) if row["username"] == "wang")["grants"]
    withdraw_grant(office, by="zhang", grant=held[0]["id"], reason="调离")
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/"
    assert "授权已到期或被撤销" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_a_new_first_password_ends_sessions_and_the_second_factor(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("wang")
    first = new_first_password(office, by="zhang", username="wang")
    assert client.get("/").headers["Location"] == "/sign-in/"
    client.post("/sign-in/", {"login": "wang", "password": first})
    assert client.get("/").headers["Location"] == "/password/"


def test_a_weak_password_is_refused_in_words(office: Workspace) -> None:
    first = new_first_password(office, by=current_actor(office), username="wang")
    client = Client()
    client.post("/sign-in/", {"login": "wang", "password": first})
    answer = client.post(
        "/password/", {"oldpassword": first, "password1": "12345", "password2": "12345"}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_headers_let_no_foreign_script_run(office: Workspace) -> None:
    answer = Client().get("/sign-in/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]
    assert "no-store" in Client().get("/").headers["Cache-Control"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_switch_of_language_changes_the_page(office: Workspace) -> None:
    client = Client()
    assert "登录" in client.get("/sign-in/").content.decode()
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    page = client.get("/sign-in/").content.decode()
    assert 'lang="en"' in page
    assert "Accounts are opened by who manages staff" in page
