"""The pyramid that moves: one page that asks for nothing, and moves in a real browser."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from base64 import b64encode
from dataclasses import asdict

import pytest

from renkou.core.errors import FiguresRefused
from renkou.publishing.animated_pyramid import animated_pyramid
from renkou.publishing.projection_content import caption_for
from renkou.publishing.projection_figures import ProjectionFigures
from renkou.publishing.projection_measures import MEASURES

from .projection_example import BASE, CITY, INFO, UNTIL, ages, figures

CAPTION = caption_for(INFO, MEASURES["population"], "", title="云川县人口<年龄>结构")


@pytest.fixture(scope="module")
def page():
    read = ProjectionFigures((row for row in figures() if row["area"] == CITY), MEASURES)
    totals = [asdict(one) for one in read.of("population")]
    return animated_pyramid(
        ages(), CAPTION, base_year=BASE, totals=totals, notes=["一条</script>说明"]
    )


def script_of(page):
    return page[page.rindex("<script>") + 8 : page.rindex("</script>")]


def test_the_page_names_no_other_place(page):
    assert not re.search(r"https?:|//[a-z]", page.replace(script_of(page), ""))
    assert not re.search(r"https?:|import\b|fetch|XMLHttp|eval", script_of(page))
    assert not re.search(r"<(?:link|img|iframe)\b|\bsrc=|\burl\(|@import", page)


def test_the_policy_allows_the_one_script_and_the_one_style_alone(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    style = page[page.index("<style>") + 7 : page.index("</style>")]
    for kind, text in (("script", script_of(page)), ("style", style)):
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"<[^>]+\sstyle=", page)  # which the policy would forbid


def test_the_table_and_the_picture_hold_the_people_of_the_rows(page):
    held = json.loads(re.search(r'id="data">(.*?)</script>', page)[1])
    assert held["years"] == list(range(BASE, UNTIL + 1))
    women = [row["value"] for row in ages() if row["year"] == 2040 and row["sex"] == "female"]
    assert held["female"][15] == women
    people = [row["value"] for row in ages() if row["year"] == 2040]
    old = [row["value"] for row in ages() if row["year"] == 2040 and row["age"] >= 65]
    row = re.search(r'<tr data-at="15">(.*?)</tr>', page)[1]
    cells = re.findall(r"<td>(.*?)</td>", row)
    assert (cells[0], cells[1], cells[-1]) == (
        "2040年初", f"{sum(people):,.0f}", f"{100 * sum(old) / sum(people):.1f}%")  # fmt: skip
    assert held["facts"][15][0] == f"{sum(people):,.0f} 人"
    assert held["facts"][15][1] == cells[2]


def test_words_are_escaped(page):
    assert "<title>云川县人口&lt;年龄&gt;结构</title>" in page
    assert "一条&lt;/script&gt;说明" in page


@pytest.mark.parametrize(
    ("rows", "base", "message"),
    [
        ([r for r in ages() if (r["year"], r["age"]) != (2030, 4)], BASE, "has the ages 0 to 100"),
        (ages(), 2026, "is the first year"),
        ([{**r, "sex": "both"} for r in ages() if r["sex"] == "male"], BASE, "both sexes"),
    ],
)
def test_rows_that_cannot_move_are_refused(rows, base, message):
    with pytest.raises(FiguresRefused, match=message) as refused:
        animated_pyramid(rows, CAPTION, base_year=base)
    assert refused.value.zh


PROBE = """
const said = [];
const note = () => said.push(document.documentElement.dataset.year + ":"
  + document.querySelector("#facts dd").textContent);
addEventListener("load", () => {
  note();
  const slider = document.getElementById("year");
  slider.value = 20; slider.dispatchEvent(new Event("input")); note();
  document.getElementById("on").click(); note();
  document.getElementById("play").click();
  setTimeout(() => {
    document.getElementById("play").click(); note();
    said.push(document.activeElement && slider.getAttribute("aria-valuetext"));
    said.push(document.documentElement.scrollWidth > innerWidth + 1);
    document.title = said.join("|");
  }, 2600);
});
"""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--virtual-time-budget=6000", "--window-size=500,900",
         "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip


def in_the_browser(page, folder, *flags):
    """What the probe notes; the page's policy must name the probe too."""
    digest = b64encode(hashlib.sha256(PROBE.encode()).digest()).decode()
    page = page.replace("script-src 'sha256-", f"script-src 'sha256-{digest}' 'sha256-", 1)
    page = page.replace("<script>", f"<script>{PROBE}</script><script>", 1)
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    browser = shutil.which("chromium") or "chromium-browser"
    result = subprocess.run(
        [browser, *FLAGS, *flags, f"--user-data-dir={folder}/profile", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return re.search(r"<title>([^<]*)</title>", result.stdout)[1].split("|")


@pytest.mark.browser
@pytest.mark.parametrize("flags", [(), ("--force-prefers-reduced-motion",)])
def test_slider_buttons_and_play_move_through_the_years(page, tmp_path, flags):
    first, slid, stepped, played, spoken, wide = in_the_browser(page, tmp_path, *flags)
    assert (first[:4], slid[:4], stepped[:4]) == ("2025", "2045", "2046")
    total = sum(row["value"] for row in ages() if row["year"] == 2045)
    assert f"{total:,.0f} 人" in slid
    after = int(played[:4]) - 2046
    assert (after >= 4) if not flags else (1 <= after <= 3)  # calmly, a year a second
    assert spoken.startswith(f"{played[:4]}年初，总人口")
    assert wide == "false"
