"""What a report of an edition consists of: its tables, their columns and their titles. Pure.

The page and the workbook are both written from these definitions, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from renkou.publishing.words import Words

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its key in the rows, its heading, and its form (count, share, change or text)."""

    name: str
    title: Words
    form: str = "text"


@dataclass(frozen=True)
class ReportTable:
    """A table of the report: heading, columns, and a note on what its figures mean."""

    name: str
    title: Words
    columns: tuple[Column, ...]
    note: Words | None = None


def _count(name: str, zh: str, en: str) -> Column:
    return Column(name, Words(zh, en), "count")


def _text(name: str, zh: str, en: str) -> Column:
    return Column(name, Words(zh, en))


def _share(zh: str = "占比", en: str = "Share") -> Column:
    return Column("share", Words(zh, en), "share")


_LIST = _text("list", "名册", "List")
_RECONCILED = (
    _count("accepted", "接收记录", "Accepted"),
    _count("refused", "退回", "Refused"),
    _count("duplicates", "册内重复", "Duplicates"),
    _count("lacking", "缺人", "Lacking"),
    _count("only_here", "仅本册有", "Only here"),
    _count("differing", "内容不符", "Differing"),
)
_RECONCILED_NOTE = Words(
    "册内重复：同一人在本册中多出的记录。缺人：其他名册有、本册理应收录的人（同县区、同出生年、同来源者过半在本册）。"
    "仅本册有：只有本册有的人。内容不符：本册的值与登记册采用的值不一致（按项计）。",
    "Duplicates: further records of one person in this list. Lacking: people of other lists whom "
    "this one should hold (it holds half or more of those of the same county, year of birth and "
    "origin). Only here: people whom no other list has. Differing: values that "
    "disagree with the register's (counted by item).",
)

TABLES: tuple[ReportTable, ...] = (
    ReportTable(
        "lists",
        Words("各名册接收与核对情况", "What each list brought, and how it compares"),
        (
            _LIST,
            _text("department", "部门", "Department"),
            _text("reference_date", "基准日期", "Reference date"),
            *_RECONCILED[:2],
            _count("cells", "未采用单元格", "Cells emptied"),
            _count("warnings", "提示", "Warnings"),
            *_RECONCILED[2:],
        ),
        _RECONCILED_NOTE,
    ),
    ReportTable(
        "counties",
        Words("各县（区）各名册核对情况", "The lists compared, by county"),
        (_text("area", "县（区）", "County"), _LIST, *_RECONCILED),
        _RECONCILED_NOTE,
    ),
    ReportTable(
        "fields",
        Words("各名册内容不符的项目", "Items in which each list differs from the register"),
        (_LIST, _text("field", "项目", "Item"), _count("differing", "不符", "Differing")),
    ),
    ReportTable(
        "rules",
        Words("最常见的问题", "Most frequent problems"),
        (
            _text("rule", "规则", "Rule"),
            _text("reason", "原因", "Reason"),
            _text("severity", "处理", "Treatment"),
            _count("count", "次数", "Count"),
            _text("lists", "涉及名册", "Lists"),
        ),
    ),
    ReportTable(
        "refused_columns",
        Words("未接收的列", "Columns that were not accepted"),
        (
            _LIST,
            _text("topic", "事由", "Topic"),
            _count("files", "文件", "Files"),
            _count("columns", "列", "Columns"),
        ),
        Words(
            "涉及避孕、绝育、孕检、流产、生育指标、社会抚养费、孩次、举报等内容的列，"
            "在保存之前即已剔除，其内容不在本系统任何文件中。",
            "Columns on contraception, sterilisation, pregnancy tests, abortion, birth quotas, "
            "social maintenance fees, birth order or informing are dropped before anything is "
            "stored; no file of this system holds their content.",
        ),
    ),
    ReportTable(
        "overlap",
        Words("人员在各名册中的重合", "How the lists overlap in people"),
        (_text("lists", "所在名册", "Lists"), _count("people", "人数", "People"), _share()),
        Words("每人只计一次。", "Everyone is counted once."),
    ),
    ReportTable(
        "population",
        Words("各地户籍人口与常住人口", "Registered and usual-resident population by area"),
        (
            _text("code", "代码", "Code"),
            _text("area", "区域", "Area"),
            _count("registered_population", "户籍人口", "Registered population"),
            _count("usual_resident_population", "常住人口", "Usual-resident population"),
            Column("difference", Words("常住减户籍", "Usual less registered"), "change"),
        ),
        Words(
            "户籍人口：户口登记在该地的在世人员。常住人口：按常住规则认定居住在该地的在世人员。"
            "两种口径不可混用。",
            "Registered population: the living whose hukou is there. Usual-resident population: "
            "the living whom the residence rule places there. The two bases are never to be mixed.",
        ),
    ),
    ReportTable(
        "ages",
        Words("常住人口年龄与性别", "Usual-resident population by age and sex"),
        (
            _text("age_group", "年龄", "Age"),
            _count("male", "男", "Male"),
            _count("female", "女", "Female"),
        ),
    ),
    ReportTable(
        "certainty",
        Words("记录归属的把握", "How sure it is whose each record is"),
        (
            _text("band", "概率", "Probability"),
            _count("records", "记录", "Records"),
            _share(),
        ),
        Words(
            "概率：该记录属于所归之人的概率，由关联模型给出。",
            "Probability: that the record belongs to the person it was given to, by the model.",
        ),
    ),
    ReportTable(
        "methods",
        Words("记录归属的依据", "On what ground records were joined"),
        (
            _text("method", "依据", "Ground"),
            _count("records", "记录", "Records"),
            _share(),
        ),
    ),
    ReportTable(
        "reviews",
        Words("待人工复核的记录对", "Pairs waiting for a reviewer"),
        (_text("reason", "原因", "Reason"), _count("pairs", "对数", "Pairs")),
    ),
    ReportTable(
        "changes",
        Words("与上一版本相比", "Changes since the previous edition"),
        (
            _text("measure", "指标", "Measure"),
            _count("before", "上一版本", "Previous"),
            _count("now", "本版本", "This edition"),
            Column("change", Words("增减", "Change"), "change"),
        ),
    ),
)

TABLE = {table.name: table for table in TABLES}


@dataclass(frozen=True)
class Headline:
    """The figures a reader meets first; counts, and shares in [0, 1]."""

    lists: int
    records: int
    persons: int
    registered_population: int
    usual_resident_population: int
    households: int
    sure_share: float
    review_pairs: int
    refused: int


@dataclass(frozen=True)
class EditionReport:
    """An edition as its report tells it: rows for each of `TABLES`, texts as `Words` or str."""

    city: str
    edition: str
    previous: str | None
    reference_date: str
    built_at: str
    version: str
    headline: Headline
    tables: Mapping[str, Sequence[Row]]
    list_sizes: Sequence[Row] = field(default=())  # list, people: for the picture of overlaps
    overlap_sets: Sequence[Row] = field(default=())  # members (tuple of list names), people
