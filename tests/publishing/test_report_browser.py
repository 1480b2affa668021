"""The page in a real browser: nothing is wider than a phone, and the languages change places."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from renkou.publishing.page import report_page

from .example import example_report

pytestmark = pytest.mark.browser
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--virtual-time-budget=2000")  # fmt: skip
# The page itself allows no script; the test adds one to measure it.
PROBE = """<script>
const wide = document.documentElement.scrollWidth > innerWidth + 1;
const shown = one => getComputedStyle(document.querySelector(one)).display !== 'none';
document.getElementById('say-en').checked = SAY_ENGLISH;
document.title = [wide, shown('.lead .zh'), shown('.lead .en')].join(' ');
</script></body>"""


def measured(tmp_path, *, english, width):
    page = report_page(example_report())
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    probe = PROBE.replace("SAY_ENGLISH", str(english).lower())
    path = tmp_path / "page.html"
    path.write_text(page.replace("</body>", probe), encoding="utf-8")
    browser = shutil.which("chromium") or "chromium-browser"
    result = subprocess.run(
        [browser, *FLAGS, f"--user-data-dir={tmp_path}/profile", f"--window-size={width},900",
         "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return re.search(r"<title>([^<]*)</title>", result.stdout).group(1).split()


@pytest.mark.parametrize("width", [500, 1280])
def test_no_page_is_wider_than_its_window(tmp_path, width):
    wide, *_ = measured(tmp_path, english=False, width=width)
    assert wide == "false"


def test_chinese_is_shown_first_and_english_on_request(tmp_path):
    assert measured(tmp_path, english=False, width=1280)[1:] == ["true", "false"]
    assert measured(tmp_path, english=True, width=1280)[1:] == ["false", "true"]
