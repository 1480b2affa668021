"""The report as one self-contained page: HTML, style and inline SVG, no script. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from renkou.publishing.charts import (
    certainty_bars,
    method_strip,
    overlap_picture,
    population_bars,
    pyramid,
    svg,
)
from renkou.publishing.page_templates import page_environment
from renkou.publishing.report_tables import TABLE, EditionReport, Row
from renkou.publishing.words import LANGUAGES, Words

_NUMERALS = "一二三四五六七八九"


def report_page(report: EditionReport) -> str:
    """The whole page; every text of the report is escaped."""
    template = _environment().get_template("report.html.jinja")
    return template.render(report=report, tables=TABLE, charts=_charts(report), numerals=_NUMERALS)


@cache
def _environment() -> jinja2.Environment:
    environment = page_environment()
    environment.filters.update(words=both_languages, tinted=tinted, figure=figure, plain=plain_text)
    environment.globals["words"] = Words
    return environment


def both_languages(text: Words | str) -> Markup:
    """A text in Chinese and English, of which the style shows one."""
    if not isinstance(text, Words):
        return Markup("{}").format(text)
    if text.zh == text.en:
        return Markup("{}").format(text.zh)
    form = '<span class="zh">{}</span><span class="en" lang="en">{}</span>'
    return Markup(form).format(text.zh, text.en)  # noqa: S704  # a constant form, escaped arguments


_FEWEST_TINTED = 50
_TINTED = ("refused", "duplicates", "lacking", "only_here", "differing")


def tinted(rows: Sequence[Row]) -> list[Row]:
    """Rows with `tints`: each count per accepted record, over the column's highest such share."""
    shares = [{name: _share(row[name], row["accepted"]) for name in _TINTED} for row in rows]
    top = {name: max((share[name] for share in shares), default=0.0) or 1.0 for name in _TINTED}
    return [
        {**row, "tints": {name: round(share[name] / top[name], 2) for name in _TINTED}}
        for row, share in zip(rows, shares, strict=True)
    ]


def _share(count: int, accepted: int) -> float:
    """Share of the accepted records; 0 where the records are too few for a share to tell."""
    return count / accepted if accepted >= _FEWEST_TINTED else 0.0


def plain_text(text: Words | str) -> str:
    """The Chinese text alone, where markup cannot stand."""
    return text.zh if isinstance(text, Words) else text


def figure(value: Any, form: str) -> str:
    """A figure as it is printed: thousands separated, a minus sign, a dash for what is unknown.

    >>> figure(12345, "count"), figure(0.99584, "share"), figure(-3, "change"), figure(None, "")
    ('12,345', '99.58%', '−3', '–')
    """
    if value is None:
        return "–"
    if form == "share":
        return f"{value:.2%}"
    if form == "change":
        return f"{value:+,}".replace("-", "−") if value else "0"
    return f"{value:,}" if form == "count" else str(value)


def _charts(report: EditionReport) -> Mapping[str, Mapping[str, Markup]]:
    """Inline SVG of each chart in each language; a chart without rows is left out."""
    tables = report.tables
    makers: Mapping[str, tuple[Sequence[Row], Callable[[str], Any]]] = {
        "overlap": (report.overlap_sets, lambda said: overlap_picture(report, said)),
        "population": (
            tables["population"][:30],
            lambda said: population_bars(tables["population"][:30], said),
        ),
        "pyramid": (tables["ages"], lambda said: pyramid(tables["ages"], said)),
        "certainty": (tables["certainty"], lambda said: certainty_bars(tables["certainty"], said)),
        "methods": (tables["methods"], lambda said: method_strip(tables["methods"], said)),
    }
    # Our own drawing: what text in it comes from outside was escaped by Vega.
    return {
        name: {said: Markup(svg(make(said), f"{name}-{said}")) for said in LANGUAGES}  # noqa: S704
        for name, (rows, make) in makers.items()
        if rows
    }
