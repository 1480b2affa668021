"""What a projection's documents are made of: tables in, workbook and Word document out. Pure.

Rows are mappings or tables of Arrow with the columns of a run's `figures.parquet` and
`ages.parquet`; areas stand in the order in which they first occur, the whole first. The rows
hold numbers rounded to the decimals of their measure: nothing here rounds a cell to make a sum.

    from renkou.publishing.projection_content import (
        Assumption, Projection, ProjectionInfo, Question, projection,
    )
    from renkou.publishing.projection_document import word_projection
    from renkou.publishing.projection_workbook import projection_workbook

    info = ProjectionInfo(
        title="云川市人口预测（2025—2055年）", area="5130", city="云川市", base_year=2025, until=2055,
        scenario="medium", scenario_title="中方案", made_from="人口登记册版本2024-12",
        issuer="云川市统计局", issued=date(2026, 11, 23), trajectories=1000,
    )
    made = projection(
        info, figures=pq.read_table("figures.parquet"), ages=pq.read_table("ages.parquet"),
        assumptions=[Assumption("fertility", "全市", "2025年 1.05，2055年 1.20", "…", "2026-11-01")],
        questions=[Question("entering_primary", 2032)],
        notes=["…"], floors=["…"], method=["…"],
    )
    Path("预测.xlsx").write_bytes(projection_workbook(made))
    Path("预测.docx").write_bytes(word_projection(made, charts, internal=True))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_style import Caption
from renkou.publishing.projection_figures import ProjectionFigures, rows_of
from renkou.publishing.projection_measures import MEASURES, Measure
from renkou.publishing.words import Words

COMPONENTS: Mapping[str, Words] = {
    "base": Words("基期人口", "Base population"),
    "fertility": Words("生育", "Fertility"),
    "srb": Words("出生人口性别比", "Sex ratio at birth"),
    "mortality": Words("死亡", "Mortality"),
    "migration": Words("迁移", "Migration"),
    "structure": Words("年龄结构", "Age structure"),
    "interaction": Words("交互", "Interaction"),
    "bind": Words("总量约束", "Binding totals"),
    "uncertainty": Words("不确定性", "Uncertainty"),
    "planning": Words("规划参数", "Planning parameters"),
}


@dataclass(frozen=True)
class ProjectionInfo:
    """Whose projection it is, of which area, from when to when, made from what."""

    title: str  # 云川市人口预测（2025—2055年）
    area: str  # code of the whole
    city: str  # its name: 云川市
    base_year: int  # stocks of 1 January of it are known
    until: int  # the last 1 January
    scenario: str  # medium
    scenario_title: str  # 中方案
    made_from: str  # 人口登记册版本2024-12
    issuer: str
    issued: date
    base: str = "常住人口"  # whose population
    base_en: str = "usual residents"
    trajectories: int | None = None  # None where the run had no chance in it
    interval_method: str = ""  # what the trajectories vary: 生育率、预期寿命、迁移和基期人口误差
    contact: str = ""
    document_number: str | None = None

    def source(self, language: str = "zh") -> str:
        """What stands as the source under every chart and table: who, which scenario, from what."""
        return Words(
            f"{self.issuer}人口预测（{self.scenario_title}），据{self.made_from}",
            f"{self.issuer}, population projection ({self.scenario_title}), from {self.made_from}",
        ).in_language(language)


@dataclass(frozen=True)
class Assumption:
    """What a scenario assumes of one component, from where, and when it was assumed."""

    component: str  # a key of COMPONENTS
    area: str  # name of the area that it holds for: 全市
    text: str  # years and values in words: 总和生育率：2025年 1.05，2035年 1.10
    source: str
    date: str  # 2026-11-01


@dataclass(frozen=True)
class TurningPoint:
    """The year in which something is largest, smallest, or passes a mark."""

    area: str
    area_name: str
    measure: str
    what: str  # 最高, 最低, 开始减少, 首次低于100人 …
    year: int | None  # None where it does not happen before the end
    value: float | None = None
    sex: str = "both"
    age: str = "all"
    year_low80: int | None = None  # years between which 80 % of the trajectories have it
    year_high80: int | None = None
    open_low: bool = False  # whether the first year stands for any before it, too
    open_high: bool = False  # whether the last year stands for any after it, too
    agreed: float | None = None  # share of trajectories in which it is so, where nearly all agree
    note: str = ""

    @property
    def ends80(self) -> tuple[str, str] | None:
        """Both ends of the 80 % interval in words: 2037年, 2054年或以后."""
        if self.year_low80 is None or self.year_high80 is None:
            return None
        low = f"{self.year_low80}年" + ("或以前" if self.open_low else "")
        return low, f"{self.year_high80}年" + ("或以后" if self.open_high else "")

    @property
    def never(self) -> str:
        """What is so to the end where no year has it."""
        return {"最高": "到期末仍在上升", "最低": "到期末仍在下降"}.get(self.what, "预测期内未出现")


@dataclass(frozen=True)
class Question:
    """One figure that is asked for: answered in a sentence, in a table by area, in a chart."""

    measure: str
    year: int
    sex: str = "both"
    age: str = "all"

    @property
    def section(self) -> str:
        """The part of the document that its charts belong to."""
        return f"{self.measure} {self.sex} {self.age} {self.year}"


@dataclass(frozen=True)
class Comparison:
    """Two or more scenarios side by side, and what makes each differ from the first.

    `rows` : scenario, area, area_name, year, measure, value; sex, age, low80, high80 where there are
    `differences` : scenario, area, area_name, year, measure, difference and a column for each
    component of `components`, which sum to the difference
    """

    titles: Mapping[str, str]  # 中方案 by medium; the first is what the others are compared with
    rows: Sequence[Mapping[str, Any]]
    differences: Sequence[Mapping[str, Any]] = ()
    components: Sequence[str] = ("fertility", "mortality", "migration", "structure")


@dataclass(frozen=True)
class Projection:
    """All that the documents of one run say. Made by `projection`."""

    info: ProjectionInfo
    figures: ProjectionFigures
    measures: Mapping[str, Measure]
    ages: tuple[Mapping[str, Any], ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    questions: tuple[Question, ...] = ()
    turning_points: tuple[TurningPoint, ...] = ()
    comparison: Comparison | None = None
    floors: tuple[str, ...] = ()  # cells that were floored, in Chinese, one each
    notes: tuple[str, ...] = ()  # what else a reader must know, in Chinese
    method: tuple[str, ...] = ()  # paragraphs on method and limits, in Chinese

    def measure(self, name: str) -> Measure:
        """The definition of a measure, also of one that only a turning point or comparison names.

        Raises
        ------
        FiguresRefused
            If there is none.
        """
        if name not in self.measures:
            raise FiguresRefused(
                "measure", name, "a measure has a definition", "hand over its Measure in `measures`",
                zh="该项目没有定义；请在 measures 中给出",
            )  # fmt: skip
        return self.measures[name]


def projection(
    info: ProjectionInfo,
    figures: Any,
    *,
    ages: Any = (),
    measures: Iterable[Measure] = (),
    assumptions: Iterable[Assumption] = (),
    questions: Iterable[Question] = (),
    turning_points: Iterable[TurningPoint] = (),
    comparison: Comparison | None = None,
    floors: Iterable[str] = (),
    notes: Iterable[str] = (),
    method: Iterable[str] = (),
) -> Projection:
    """The content of a run's documents, checked.

    Parameters
    ----------
    figures, ages : mappings or Arrow tables with the columns of `figures.parquet`, `ages.parquet`
    measures : definitions that `MEASURES` lacks, or that stand in place of its own

    Raises
    ------
    FiguresRefused
        If rows are at fault (see `ProjectionFigures`), the area of `info` is not among them, or a
        question asks for what no row holds.
    """
    known = {**MEASURES, **{one.id: one for one in measures}}
    read = ProjectionFigures(rows_of(figures), known)
    asked = tuple(questions)
    _refuse_unknown_area(info, read)
    for place, one in enumerate(asked):
        _refuse_without_answer(place, one, info, read)
    return Projection(
        info, read, known, tuple(rows_of(ages)), tuple(assumptions), asked, tuple(turning_points),
        comparison, tuple(floors), tuple(notes), tuple(method),
    )  # fmt: skip


def _refuse_unknown_area(info: ProjectionInfo, figures: ProjectionFigures) -> None:
    if info.area not in figures.areas:
        raise FiguresRefused(
            "info.area", info.area, "is one of the areas of the figures",
            f"name one of: {', '.join(list(figures.areas)[:5])}",
            zh="应为数字中有的区域；请改为其中之一",
        )  # fmt: skip


def _refuse_without_answer(
    place: int, asked: Question, info: ProjectionInfo, figures: ProjectionFigures
) -> None:
    if figures.find(asked.measure, info.area, asked.year, asked.sex, asked.age) is None:
        what = f"{asked.measure} {asked.year} {asked.sex} {asked.age}"
        raise FiguresRefused(
            f"questions[{place}]", what, f"is a figure of {info.area}",
            f"ask for a measure of the run and a year until {info.until}",
            zh=f"所问的数字不在预测结果中；请改问结果中有的项目和{info.until}年以前的年份",
        )  # fmt: skip


def caption_for(
    info: ProjectionInfo, measure: Measure, period: str, *, language: str = "zh", title: str = ""
) -> Caption:
    """The caption of a chart of one measure; `title` where its name does not say enough.

    The intervals are told in the charts' own notes, as they are of two widths.
    """
    return Caption(
        title=title or Words(f"{info.city}{measure.zh}", measure.en).in_language(language),
        unit=measure.unit_zh if language == "zh" else measure.unit_en,
        base=info.base if language == "zh" else info.base_en,
        period=period,
        source=info.source(language),
        sensitivity=measure.sensitivity,
        decimals=measure.decimals,
        language=language,
    )


def interval_note(info: ProjectionInfo, language: str = "zh") -> str:
    """How intervals came about; '' where the run had none."""
    if not info.trajectories:
        return ""
    varied = info.interval_method
    zh = f"区间为{info.trajectories:,}条随机轨迹的分位数" + (f"，计及{varied}" if varied else "")
    en = f"Intervals are quantiles of {info.trajectories:,} random trajectories"
    return Words(f"{zh}。", f"{en}.").in_language(language)
