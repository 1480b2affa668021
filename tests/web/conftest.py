"""An office of two counties, one person for each role, and browsers without a browser (Django's client).

Zhang is an officer, Li a clerk of one township, Wang a planner, Zhao an auditor, Qian the protection
officer, Sun administers the first county.
"""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.test.utils import setup_test_environment, teardown_test_environment

from renkou.actions.staff import add_staff, current_actor, new_first_password
from renkou.actions.workspaces import Workspace, init_workspace
from renkou.core.permissions import Role
from renkou.records.databases import close_database

STAFF = {
    "zhang": (Role.OFFICER, ""),
    "li": (Role.CLERK, "513021100"),
    "wang": (Role.PLANNER, ""),
    "zhao": (Role.AUDITOR, ""),
    "qian": (Role.PROTECTION_OFFICER, ""),
    "sun": (Role.AREA_ADMINISTRATOR, "513021"),
}
OWN_PASSWORD = "Shan-shui-2026"


def six_digits(secret: str, at: float | None = None) -> str:
    """What an authenticator shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counted = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(key, counted, "sha1").digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@pytest.fixture(scope="session", autouse=True)
def rendered_templates() -> Iterator[None]:
    """Answers know what their page was made of."""
    setup_test_environment()
    yield
    teardown_test_environment()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Workspace]:
    """The office, served."""
    close_database()
    cache.clear()  # limits of attempts by minute
    workspace = init_workspace(tmp_path / "office")
    workspace.areas.write_text(
        "code,name,level\n513000000000,甲市,prefecture\n513021000000,甲县,county\n"
        "513021100000,甲镇,township\n513022000000,乙县,county\n",
        encoding="utf-8",
    )
    me = current_actor(workspace)
    for name, (role, area) in STAFF.items():
        add_staff(workspace, by=me, username=name, role=role, area=area, name=f"{name}先生")
    with override_settings(WORKSPACE=workspace.path):
        yield workspace
    close_database()


@pytest.fixture
def signed_in(office: Workspace) -> Callable[[str], Client]:
    """Who has gone all the way: own password, second factor."""

    def one(username: str) -> Client:
        first = new_first_password(office, by=current_actor(office), username=username)
        client = Client()
        client.post("/sign-in/", {"login": username, "password": first})
        client.post(
            "/password/",
            {"oldpassword": first, "password1": OWN_PASSWORD, "password2": OWN_PASSWORD},
        )
        page = client.get("/second-factor/set-up/")
        secret = page.context["form"].secret
        client.post("/second-factor/set-up/", {"code": six_digits(secret)})
        client.secret = secret  # type: ignore[attr-defined]
        return client

    return one
