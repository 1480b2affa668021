"""The pages in a real browser: signing in with a second factor, and no barrier that axe knows of."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from renkou.actions.workspaces import Workspace
from tests.web.conftest import OWN_PASSWORD, six_digits

RENKOU = str(Path(sys.executable).with_name("renkou"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def address(office: Workspace) -> Iterator[str]:
    """The office behind the web server that `renkou serve` starts."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = [RENKOU, "serve", "--port", str(port), "--workspace", str(office.path)]
    with subprocess.Popen(words) as server:
        base = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}/health/", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, "the server has stopped"
                time.sleep(0.1)
        yield base
        server.terminate()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def first_password(office: Workspace, username: str) -> str:
    """At the command line: Django refuses its database beside the browser's event loop."""
    said = subprocess.run(
        [RENKOU, "staff", "password", username, "--workspace", str(office.path)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return said.strip().rpartition("：")[2]


def submit(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"main form.stack [name={name}]", value)
    page.click("main form.stack button")


def sign_in(page: Page, address: str, office: Workspace, username: str) -> None:
    first = first_password(office, username)
    page.goto(address)
    submit(page, login=username, password=first)
    submit(page, oldpassword=first, password1=OWN_PASSWORD, password2=OWN_PASSWORD)
    page.goto(address)
    submit(page, code=six_digits(page.inner_text("#secret")))
    page.goto(address)


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def test_an_officer_signs_in_adds_a_clerk_and_may_not_read_the_audit(
    office: Workspace, address: str, chromium: Browser
) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(address)
    found = barriers(page)
    sign_in(page, address, office, "zhang")
    found += barriers(page)
    page.click("text=人员与授权")
    found += barriers(page)
    page.select_option("main form.stack [name=role]", "clerk")
    submit(page, username="zhou", name="周先生", area="513021100", reason="新到岗")
    assert len(page.inner_text("#first-password")) == 19
    found += barriers(page)
    assert complaints == []  # nothing that the content policy stopped, nothing missing
    assert page.goto(f"{address}/audit/").status == 403  # type: ignore[union-attr]
    assert "无权查看审计记录" in page.inner_text("main")
    found += barriers(page)
    assert found == []


def test_an_auditor_reads_on_a_phone_what_was_done(
    office: Workspace, address: str, chromium: Browser
) -> None:
    phone = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 800})
    page = phone.new_page()
    sign_in(page, address, office, "zhao")
    page.click("text=审计")
    assert "登录" in page.inner_text("table")
    page.click("text=验证未被改动")
    assert "前后相接" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert barriers(page) == []
