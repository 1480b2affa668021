"""One chart in every medium: SVG and PNG for documents, a self-contained HTML page. Pure.

All three come from the same Vega-Lite specification, drawn by vl-convert without any network. The
page shows the drawing at once and makes it interactive by the script it carries; its policy allows
that script alone and no connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache

import vl_convert as vlc
from markupsafe import Markup

from renkou.core.errors import RenkouError
from renkou.publishing.chart_style import FONT, Chart, Picture
from renkou.publishing.page_templates import json_in_script, page_template, policy_digest
from renkou.publishing.words import Words

_CHINESE = re.compile("[⺀-鿿豈-﫿]")
_DRAW = """
const place = document.getElementById("chart");
const spec = JSON.parse(document.getElementById("spec").textContent);
const live = document.createElement("div");
vegaEmbed(live, spec, {ast: true, actions: false, defaultStyle: false, renderer: "svg"})
  .then(() => { place.replaceChildren(live); document.documentElement.dataset.live = "yes"; });
"""


def as_svg(chart: Picture | Chart) -> str:
    """A chart as an SVG document with title and description for screen readers."""
    drawn = vlc.vegalite_to_svg(_specification(chart))
    if not isinstance(chart, Picture):
        return drawn
    words = Markup("<title>{}</title><desc>{}</desc>").format(chart.caption.title, chart.alt_text)
    return re.sub(
        r"^(<svg [^>]*>)", lambda found: f'{found[1][:-1]} role="img">{words}', drawn, count=1
    )


def as_png(chart: Picture | Chart, scale: float = 2) -> bytes:
    """A chart as PNG; `scale` 2 is for the printed page.

    Raises
    ------
    RenkouError
        If the chart has Chinese words and this machine has no font to draw them.
    """
    specification = _specification(chart)
    if _CHINESE.search(specification) and not chinese_can_be_drawn():
        raise RenkouError(
            "chart as PNG: this machine has no font with Chinese characters; install one "
            "(Debian and Ubuntu: fonts-noto-cjk), or export SVG or HTML, which need none here",
            zh="导出 PNG 图：本机没有中文字体；请安装字体（Debian、Ubuntu：fonts-noto-cjk），"
            "或导出 SVG、HTML（无需本机字体）",
        )
    return bytes(vlc.vegalite_to_png(specification, scale=scale))


def as_html(
    picture: Picture, title: str = "", notes: Sequence[str] = (), language: str | None = None
) -> str:
    """A chart as one HTML file that needs no network, with its table for everyone.

    Parameters
    ----------
    picture : what a chart function of this package returns
    title : of the page; the chart's own where it is ''
    notes : further lines under the chart
    language : of the page's own words; the chart's where None
    """
    language = language or picture.caption.language
    return page_template("chart.html.jinja").render(
        title=title or picture.caption.title,
        picture=picture,
        notes=[*picture.notes, *notes],
        language=language,
        say=lambda zh, en: Words(zh, en).in_language(language),
        drawing=Markup(as_svg(picture)),  # noqa: S704  # our own drawing, texts escaped by Vega
        specification=json_in_script(json.loads(_specification(picture))),
        script=Markup(_script()),  # noqa: S704  # vl-convert's bundle and the lines above
        digest=policy_digest(_script()),
    )


def svg(chart: Chart, name: str) -> str:
    """Inline SVG that scales with the page; `name` keeps ids of several charts apart."""
    drawn = vlc.vegalite_to_svg(_specification(chart))
    drawn = re.sub(r'(id="|url\(#)', rf"\g<1>{name}-", drawn)
    return re.sub(
        r'^<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"',
        r'<svg \1style="width:100%;max-width:\2px;height:auto" aria-hidden="true"',
        drawn,
        count=1,
    )


@cache
def chinese_can_be_drawn() -> bool:
    """Whether this machine has a font with Chinese characters, found by drawing two of them."""
    return draws_apart("人", "口")


def draws_apart(first: str, second: str) -> bool:
    """Whether two characters come out as different pictures.

    Without a font for them both are the same empty box, or nothing at all.
    """
    return _drawn_letter(first) != _drawn_letter(second)


def _drawn_letter(letter: str) -> bytes:
    text = f'<text x="4" y="30" font-size="28" font-family="{FONT}">{letter}</text>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{text}</svg>'
    return bytes(vlc.svg_to_png(drawing))


def _specification(chart: Picture | Chart) -> str:
    found = chart.chart if isinstance(chart, Picture) else chart
    return str(found.to_json(indent=None))


@cache
def _script() -> str:
    return str(vlc.javascript_bundle(_DRAW)).replace("</script", "<\\/script")
