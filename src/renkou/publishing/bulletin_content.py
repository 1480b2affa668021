"""What a bulletin consists of, whatever file it becomes: headings, paragraphs, tables, charts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from renkou.publishing.words import Words

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class BulletinInfo:
    """Whose bulletin it is, of which area and period; what its letterhead and signature say."""

    issuer: str  # 发文机关, as it signs: 云川市统计局
    area: str  # code of the area that the bulletin is about
    city: str  # its name: 云川市
    period: str  # 2024-H1
    edition: str  # the edition of the register that the figures come from
    issued: date  # 成文日期
    contact: str  # telephone, address or page for questions
    document_number: str | None = None  # 发文字号: 云统〔2024〕12号
    secrecy: str | None = None  # 密级和保密期限: 内部
    urgency: str | None = None  # 紧急程度
    letterhead: bool = True  # whether the issuer stands in red above the title


@dataclass(frozen=True)
class BulletinChart:
    """A chart that was drawn elsewhere, and the part of the bulletin that it belongs to."""

    png: bytes
    caption: str
    alt: str  # what it shows, for those who cannot see it
    section: str = (
        "population"  # population, births, deaths, migration, families, structure, areas, quality
    )


@dataclass(frozen=True)
class Heading:
    """一、 (level 1) or （一） (level 2); the text holds its number."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Table:
    """A numbered table; cells are text as printed. The first columns of text are left aligned."""

    label: str  # 表1
    caption: str
    unit: str  # of the whole table, '' where rows or columns name their own
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int = 1
    wide_text: bool = False  # cells of sentences: every column is text and wraps
    compact: bool = False  # many rows: set small and close, for looking up
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A numbered chart."""

    label: str  # 图1
    caption: str
    png: bytes
    alt: str


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True)
class Annex:
    """What is looked up rather than read: on pages of its own after the signature."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Bulletin:
    """A whole bulletin, ready to be set."""

    info: BulletinInfo
    language: Language
    title: str
    blocks: tuple[Block, ...]
    remark: str  # 附注

    @property
    def date_text(self) -> str:
        """The date of issue as it is signed."""
        day = self.info.issued
        if self.language == "en":
            return f"{day.day} {day:%B} {day.year}"
        return f"{day.year}年{day.month}月{day.day}日"


SECTIONS: dict[str, Words] = {
    "population": Words("人口总量", "Population"),
    "births": Words("出生", "Births"),
    "deaths": Words("死亡与预期寿命", "Deaths and life expectancy"),
    "migration": Words("人口迁移流动", "Migration"),
    "families": Words("婚姻与家庭", "Marriages and families"),
    "structure": Words("年龄与性别构成", "Age and sex"),
    "areas": Words("分地区情况", "Areas"),
    "quality": Words("数据质量与覆盖", "Data quality and coverage"),
    "notes": Words("说明", "Notes"),
}

LABELS: dict[str, Words] = {
    "table": Words("表", "Table "),
    "chart": Words("图", "Figure "),
    "indicator": Words("指标", "Indicator"),
    "unit": Words("单位", "Unit"),
    "now": Words("本期", "This period"),
    "interval": Words("95%区间", "95% interval"),
    "before": Words("上年同期", "A year before"),
    "before_year": Words("上年", "Year before"),
    "change": Words("增减", "Change"),
    "overlap": Words("两期区间", "Intervals"),
    "area": Words("地区", "Area"),
    "age": Words("年龄", "Age"),
    "both": Words("合计", "Both sexes"),
    "male": Words("男", "Male"),
    "female": Words("女", "Female"),
    "all": Words("总计", "All ages"),
    "apart": Words("不重叠", "apart"),
    "overlapping": Words("重叠", "overlap"),
    "formula": Words("计算方法", "How it is computed"),
    "base": Words("口径", "Base"),
    "method": Words("区间方法", "Interval"),
    "source": Words("依据", "Source"),
}


def label(name: str, language: Language) -> str:
    """A word of a heading or table."""
    return LABELS[name].in_language(language)
