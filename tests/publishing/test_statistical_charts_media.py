"""One chart as SVG, PNG and a page that stands alone."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from renkou.core.errors import RenkouError
from renkou.publishing import chart_media
from renkou.publishing.chart_media import as_html, as_png, as_svg, draws_apart
from renkou.publishing.charts_comparison import area_bars
from renkou.publishing.charts_series import time_series
from renkou.publishing.page_templates import policy_digest

from .charting import a_caption, a_row


@pytest.fixture(scope="module")
def picture():
    rows = [a_row(period=str(year), value=year - 2015.0) for year in (2022, 2023, 2024)]
    return time_series(rows, a_caption())


def test_the_drawing_says_in_words_what_it_shows(picture):
    drawn = as_svg(picture)
    assert '<svg role="img"' in drawn or 'role="img"><title>云溪市粗死亡率</title>' in drawn
    assert f"<desc>{picture.alt_text}</desc>" in drawn
    assert "2022年 7.00" in picture.alt_text


def test_words_of_a_caption_are_escaped():
    picture = area_bars([a_row()], a_caption(title="<script>alert(1)</script>&"))
    for made in (as_svg(picture), as_html(picture)):
        assert "<script>alert" not in made
        assert "&lt;script&gt;alert(1)" in made


def test_a_larger_scale_makes_a_larger_picture(picture):
    small, large = (as_png(picture, scale) for scale in (1, 2))
    assert small.startswith(b"\x89PNG")
    assert 1.9 < int.from_bytes(large[16:20], "big") / int.from_bytes(small[16:20], "big") < 2.1


def test_a_machine_without_chinese_letters_is_told_so(picture, monkeypatch):
    monkeypatch.setattr(chart_media, "chinese_can_be_drawn", lambda: False)
    with pytest.raises(RenkouError, match="fonts-noto-cjk") as refused:
        as_png(picture)
    assert "本机没有中文字体" in refused.value.zh
    english = a_caption("en", title="Deaths", base="usual residents", period="2024",
                        source="edition 1", interval="Byar")  # fmt: skip
    assert as_png(area_bars([a_row(area_name="Yunxi")], english), 1).startswith(b"\x89PNG")


def test_letters_that_no_font_has_look_alike():
    assert draws_apart("A", "B")
    assert not draws_apart("\U000f1234", "\U000f5678")


def test_the_page_names_no_other_place(picture):
    page = as_html(picture)
    without = page.split('<script type="module">')[0]
    assert not re.search(r'(?:src|href)="?(?:https?:)?//', without)
    assert "default-src 'none'" in without
    assert "unsafe-eval" not in without


def test_the_page_has_the_table_of_what_is_drawn(picture):
    page = as_html(picture, "另一标题", ["一条说明"])
    assert "<title>另一标题</title>" in page
    assert "<li>一条说明</li>" in page
    table = page[page.index("<table>") : page.index("</table>")]
    assert table.count("<tr>") == 1 + len(picture.rows)
    assert '<html lang="zh-CN">' in page
    assert '<html lang="en">' in as_html(picture, language="en")


PROBE = """
const said = () => [...document.querySelectorAll("#chart svg text")].map(one => one.textContent).sort();
const still = said();
addEventListener("load", () => setTimeout(() => {
  const wide = document.documentElement.scrollWidth > innerWidth + 1;
  const live = document.documentElement.dataset.live;
  document.title = [live, said().join() === still.join(), still.length > 5, wide].join(" ");
}, 1500));
"""
DATA = '<script type="application/json"'
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--virtual-time-budget=4000", "--window-size=500,900",
         "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip


def in_the_browser(page, folder):
    """The title that the probe gives the page; the page's policy must name the probe too."""
    digest = policy_digest(PROBE)
    page = page.replace("script-src 'sha256-", f"script-src 'sha256-{digest}' 'sha256-", 1)
    page = page.replace(DATA, f"<script>{PROBE}</script>{DATA}", 1)
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    browser = shutil.which("chromium") or "chromium-browser"
    result = subprocess.run(
        [browser, *FLAGS, f"--user-data-dir={folder}/profile", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return re.search(r"<title>([^<]*)</title>", result.stdout)[1].split()


@pytest.mark.browser
def test_the_page_comes_alive_without_any_network_and_says_the_same(picture, tmp_path):
    assert in_the_browser(as_html(picture), tmp_path) == ["yes", "true", "true", "false"]
