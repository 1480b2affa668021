"""The page stands alone, says everything in two languages and trusts no text."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from renkou.publishing.page import report_page
from renkou.publishing.report_tables import TABLES

from .example import example_report

VOID = {"meta", "input", "br", "link", "img"}


class Balance(HTMLParser):
    """Notes elements that are closed out of order, and every id."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def page():
    return report_page(example_report())


def test_the_page_asks_nothing_of_any_server(page):
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page


def test_the_page_is_well_formed_and_its_ids_are_unique(page):
    balance = Balance()
    balance.feed(page)
    assert (balance.wrong, balance.open) == ([], [])
    assert len(balance.ids) == len(set(balance.ids))


def test_every_table_of_the_report_is_on_the_page(page):
    for table in TABLES:
        assert table.title.zh in page, table.name
        assert table.title.en in page, table.name


def test_population_figures_name_their_base(page):
    assert "户籍人口" in page
    assert "常住人口金字塔" in page
    assert "Usual-resident population" in page


def test_the_page_says_that_it_is_internal(page):
    assert "内部资料" in page
    assert "not for release" in page


def test_text_from_files_is_escaped():
    report = example_report()
    rows = [{"list": "<b>x", "topic": "<script>", "files": 1, "columns": 1}]
    page = report_page(
        dataclasses.replace(report, city="<i>城", tables={**report.tables, "refused_columns": rows})
    )
    assert "<script>" not in page
    assert "<i>城" not in page
    assert "&lt;b&gt;x" in page


def test_a_first_edition_without_problems_or_reviews_says_so():
    report = example_report(previous=None)
    bare = {name: [] for name in ("rules", "refused_columns", "reviews", "counties", "fields")}
    page = report_page(dataclasses.replace(report, tables={**report.tables, **bare}))
    for words in ("这是首个版本", "未发现违反规则", "没有涉及不接收内容", "没有待复核"):
        assert words in page
