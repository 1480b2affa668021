"""Adding people, granting, withdrawing; and the auditor who reads of it."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from renkou.actions.staff import in_years, staff
from renkou.actions.workspaces import Workspace

GRANT = {"role": "clerk", "area": "513021100", "until": in_years(1).isoformat(), "reason": "新到岗"}


def of(office: Workspace, username: str) -> dict:
    return next(row for row in staff(office) if row["username"] == username)


def test_an_administrator_adds_a_clerk_in_the_own_county(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("sun")
    page = client.post("/people/add/", {"username": "zhou", "name": "周先生", **GRANT})
    assert "首次口令" in page.content.decode()
    assert of(office, "zhou")["grants"][0]["area"] == "513021100"


def test_an_administrator_adds_nobody_elsewhere(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    answer = signed_in("sun").post(
        "/people/add/", {"username": "zhou", "name": "周先生", **GRANT, "area": "513022"}
    )
    assert answer.status_code == 422
    assert "513021" in answer.content.decode()
    assert not [row for row in staff(office) if row["username"] == "zhou"]


def test_what_is_missing_in_the_form_is_said_beside_the_field(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    answer = signed_in("zhang").post("/people/add/", {"username": "周", "name": "", **GRANT})
    assert answer.status_code == 422
    assert {"username", "name"} <= set(answer.context["form"].errors)


def test_withdrawing_takes_a_reason_and_a_second_click_does_nothing(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("zhang")
    number = of(office, "li")["grants"][0]["id"]
    client.post(f"/people/grants/{number}/withdraw/", {"reason": ""})
    assert of(office, "li")["grants"]
    for _ in range(2):
        answer = client.post(f"/people/grants/{number}/withdraw/", {"reason": "调离"}, follow=True)
        assert answer.status_code == 200
    assert not of(office, "li")["grants"]


def test_nobody_grants_to_themselves_on_the_page(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("zhang")
    answer = client.post("/people/zhang/grant/", {**GRANT, "role": "auditor", "area": ""})
    assert answer.status_code == 422
    assert "不能给自己授权" in answer.content.decode()
    assert "/people/zhang/grant/" not in client.get("/people/").content.decode()


def test_the_auditor_reads_and_verifies(
    office: Workspace, signed_in: Callable[[str], Client]
) -> None:
    signed_in("zhang").post("/people/li/grant/", GRANT)
    client = signed_in("zhao")
    page = client.get("/audit/", {"who": "zhang", "what": "grant_role"}).content.decode()
    assert "授予角色" in page
    assert "新到岗" in page
    answer = client.post("/audit/verify/", follow=True).content.decode()
    assert "前后相接，未见改动" in answer


def test_health_tells_whoever_watches(office: Workspace) -> None:
    assert Client().get("/health/").json() == {"well": True}
