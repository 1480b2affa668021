"""What was assumed while a projection's inputs were made from an edition: Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from renkou.actions.project_edition_counts import LeafCounts
from renkou.actions.project_edition_moves import LeafMoves
from renkou.demography.checked import Floats
from renkou.demography.coverage.register_coverage import RegisterCoverage
from renkou.demography.levels.brass_fit import LEVEL_SPREAD, SLOPE_SPREAD
from renkou.demography.levels.mortality_level import AGE_SPREAD


class Note(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


def month_name(number: int) -> str:
    """Year and month of a month's number.

    >>> month_name(2024 * 12 + 11)
    '2024-12'
    """
    year, month = divmod(number, 12)
    return f"{year}-{month + 1:02}"


PERTURBED = Note(
    "为保护个人信息，基期人口和各率所依据的人数均经过小幅随机扰动，与统计数据的扰动一致：乡镇已知人数即公布数，"
    "市、县合计与公布数可有几人之差；单个年龄的人数不宜单独引用。",
    "To protect people, the counts that the base and all rates rest on carry a small random change, the "
    "same as in statistics: the people known to a township are those published, totals of counties and "
    "the city may miss theirs by a few, and the people of one age are not to be quoted by themselves.",
)


def notes_on_people(counts: LeafCounts, base_year: int, edition: str) -> list[Note]:
    """Of the base population."""
    whole = counts.stock[:, -1].sum()
    notes = [
        Note(
            f"基期人口为版本 {edition} 中 {base_year - 1} 年末常住人口 {whole:,.0f} 人。",
            f"The base population is the {whole:,.0f} usual residents of edition {edition} "
            f"at the end of {base_year - 1}.",
        ),
        PERTURBED,
    ]
    if counts.unplaced:
        spread = sum(counts.unplaced.values())
        notes.append(Note(
            f"有 {spread:,.0f} 人（{spread / whole:.1%}）只知所在县（市、区），按性别、年龄分摊到所辖乡镇。",
            f"{spread:,.0f} people ({spread / whole:.1%}) are known only to a county; they were spread "
            "over its townships by sex and age.",
        ))  # fmt: skip
    if counts.unknown:
        notes.append(Note(
            f"有 {counts.unknown:,.0f} 人性别或年龄不详，按已知者的比例分摊。",
            f"{counts.unknown:,.0f} people of unknown sex or age were spread as the known ones.",
        ))  # fmt: skip
    return notes


def notes_on_mortality(
    name: str, e0: Floats, error: Floats, years: Sequence[int], complete: Floats | None, raised: int
) -> list[Note]:
    """Of death rates: e0 and its error (2,) of the last year."""
    told = [f"{value:.2f} ± {1.96 * each:.2f}" for value, each in zip(e0, error, strict=True)]
    notes = [Note(
        f"{name}死亡率按 {years[0]}—{years[-1]} 年死亡以布拉斯模型对照全国标准（联合国 2024）估计："
        f"{years[-1]} 年预期寿命男 {told[0]} 岁、女 {told[1]} 岁（95 % 区间）；水平与斜率参数的先验标准差为 "
        f"{LEVEL_SPREAD:g} 和 {SLOPE_SPREAD:g}，"
        f"各年龄组再按本地死亡作收缩订正（标准差先验 {AGE_SPREAD:g}）。",
        f"Death rates of {name} are China's of each year (UN 2024) moved by Brass's model to the deaths "
        f"of {years[0]}-{years[-1]}: life expectancy in {years[-1]} {told[0]} (male) and {told[1]} "
        f"(female), 95 % intervals; priors of level and slope have deviations {LEVEL_SPREAD:g} and "
        f"{SLOPE_SPREAD:g}; factors of age groups, steadied, have one of {AGE_SPREAD:g}.",
    )]  # fmt: skip
    if complete is None:
        notes.append(Note(
            "没有可相互核对的两份死亡来源，死亡按登记数计算，未作漏报订正，预期寿命可能偏高。",
            "No two lists of deaths could be held against each other: deaths are as registered, with no "
            "correction for those unreported, and life expectancy may be too high.",
        ))  # fmt: skip
    else:
        share = float(complete.mean())
        notes.append(Note(
            f"死亡登记完整率按两份名册的双系统估计为 {share:.1%}，已据此订正。",
            f"Deaths are corrected for completeness of {share:.1%}, by a dual system of two lists.",
        ))  # fmt: skip
    if raised:
        notes.append(Note(
            f"有 {raised} 个性别、年龄单元的人年数少于死亡数的一半，按死亡数的一半计。",
            f"In {raised} cells of sex and age the person-years were fewer than half the deaths and were "
            "set to that.",
        ))  # fmt: skip
    return notes


def notes_on_fertility(
    name: str,
    tfr: float,
    error: float,
    years: Sequence[int],
    unknown: float,
    srb: tuple[float, float],
    complete: Floats | None,
) -> list[Note]:
    """Of birth rates: the level of the last year and the standard error of its log."""
    low, high = tfr * np.exp(-1.96 * error), tfr * np.exp(1.96 * error)
    return [
        Note(
            f"{name}总和生育率 {years[-1]} 年为 {tfr:.2f}（95 % 区间 {low:.2f}—{high:.2f}），由 "
            f"{years[0]}—{years[-1]} 年各年出生经局部水平模型平滑；年龄模式以全国模式为先验，按最近五年"
            f"母亲年龄订正；{unknown:.1%} 的出生不知母亲年龄，按已知者分摊。",
            f"The total fertility rate of {name} in {years[-1]} is {tfr:.2f} (95 % interval {low:.2f}-"
            f"{high:.2f}): births of {years[0]}-{years[-1]} smoothed by a local level; its age pattern is "
            f"China's, moved by the mothers of the last five years; {unknown:.1%} of births have no "
            "mother's age and were spread as the others.",
        ),
        Note(
            f"{name}出生性别比取 {srb[0]:.3f}（男/女），为本地最近五年出生与全国数的加权。",
            f"Males per female birth of {name}: {srb[0]:.3f}, its births of the last five years weighed "
            "with the nation's.",
        ),
        *_on_complete_births(complete),
    ]  # fmt: skip


def _on_complete_births(complete: Floats | None) -> list[Note]:
    if complete is None:
        return [Note(
            "没有可相互核对的两份出生来源，出生按登记数计算。",
            "No two lists of births could be held against each other: births are as registered.",
        )]  # fmt: skip
    return [Note(
        f"最近一年出生登记完整率按两份名册的双系统估计为 {complete[-1]:.1%}，已据此订正。",
        f"Births are corrected for completeness, {complete[-1]:.1%} in the last year, by a dual system "
        "of two lists.",
    )]  # fmt: skip


def notes_on_recent_births(last_quarter: float, usual: float) -> list[Note]:
    """Where the last months have far fewer births than the months before."""
    return [Note(
        f"最近三个月的出生（{last_quarter:,.0f} 人）明显少于此前各季平均（{usual:,.0f} 人），"
        "可能尚未全部登记，最近一年的生育水平或偏低；请在补登后重新编制版本。",
        f"The last three months have far fewer births ({last_quarter:,.0f}) than quarters before "
        f"({usual:,.0f}): some may not be registered yet, and the last year's fertility may be too low; "
        "build a new edition once they are.",
    )]  # fmt: skip


NO_MOVES = Note(
    "版本中没有带日期的迁入、迁出，因此不含迁移；请接入含到达日期或离开日期的名册后重新编制版本，"
    "或自行填写 migration.csv。",
    "The edition has no dated moves, so there is no migration: add lists with days of arrival or "
    "departure and build again, or fill in migration.csv.",
)


def notes_on_moves(moves: LeafMoves, base_month: int) -> list[Note]:
    """Of moves between areas and with outside."""
    came, left = moves.arrivals_window, moves.departures_window
    spans = [f"{month_name(one.opening + 1)}—{month_name(one.last)}" for one in (came, left)]
    notes = [Note(
        f"迁移按登记的迁入（{spans[0]}）和迁出（{spans[1]}）估计；年龄模式为本地计数平滑后与罗杰斯-卡斯特罗"
        "模式合并；流向以目的地人口为先验。",
        f"Moves are those registered: arrivals of {spans[0]}, departures of {spans[1]}; ages are smoothed "
        "and joined with a Rogers-Castro schedule, destinations with the people of the destinations.",
    ), Note(
        "名册只列仍在的人：较早到来而又离开者不在其中；离开而未申报者仍计为常住。迁入、迁出均可能偏少。",
        "Lists hold those who are still there: who came earlier and left again is missing, and who left "
        "without a word still counts as resident. Both arrivals and departures may be too few.",
    )]  # fmt: skip
    if came.last < base_month:
        notes.append(Note(
            f"流入名册只到 {month_name(came.last)}，此后到来的人不在基期人口中。",
            f"The list of arrivals ends with {month_name(came.last)}: who came later is not in the base.",
        ))  # fmt: skip
    if moves.heaped:
        share, month = moves.heaped
        notes.append(Note(
            f"{share:.0%} 的迁入日期集中在 {month_name(month)}，可能是名册填写的默认日期，迁移率因此不可靠；"
            "请核对该名册的到达日期。",
            f"{share:.0%} of arrivals are dated {month_name(month)}, perhaps a date put where none was "
            "known, which makes rates of moving unreliable; check the list's days of arrival.",
        ))  # fmt: skip
    return notes


def notes_on_balance(names: Sequence[str], by_flows: Floats, by_stock: Floats) -> list[Note]:
    """Leaves whose moves do not tell what their people did."""
    if not names:
        return []
    told = [
        (name, f"{flow:+,.0f}", f"{stock:+,.0f}")
        for name, flow, stock in zip(names, by_flows, by_stock, strict=True)
    ][:5]
    zh = "、".join(f"{name}（按迁移 {flow}，按人口变动 {stock}）" for name, flow, stock in told)
    en = ", ".join(f"{name} ({flow} by moves, {stock} by people)" for name, flow, stock in told)
    return [Note(
        f"{len(names)} 个区域的年净迁移与同期人口变动（扣除出生、死亡）不符：{zh}；"
        "差额多为只有登记日期而没有迁入日期的人。",
        f"In {len(names)} areas the yearly net of moves disagrees with the growth beyond births and "
        f"deaths: {en}; most of the gap are people with a day of registration and none of arrival.",
    )]  # fmt: skip


NO_COVERAGE = Note(
    "没有基期人口覆盖率的估计，区间不含登记误差；请在 statistics.toml 写明 audit 与 looked_up。",
    "There is no estimate of the base population's coverage, so intervals leave out register error; "
    "name audit and looked_up in statistics.toml.",
)


def notes_on_coverage(found: RegisterCoverage, ratio: Floats) -> list[Note]:
    """Of the base population's coverage; ratio, low and high."""
    estimate, low, high = ratio
    gone = found.overcoverage.estimate
    return [Note(
        f"按抽查，实际常住人口为登记数的 {estimate:.3f} 倍（95 % 区间 {low:.3f}—{high:.3f}），各区域、性别、"
        f"年龄用同一比值；登记者中 {gone:.1%} 已不在本地。",
        f"By the audit the true people are {estimate:.3f} times the register's (95 % interval {low:.3f}-"
        f"{high:.3f}), one ratio for all areas, sexes and ages; {gone:.1%} of those registered do not "
        "live here any more.",
    )]  # fmt: skip


def of_levels(measures: Mapping[str, Floats]) -> Note:
    """Of the levels of leaves: the smallest and largest ratio of each measure."""
    zh_names = {"fertility": "生育", "mortality": "死亡", "moves_out": "迁出", "moves_in": "迁入"}
    spans = {name: f"{ratio.min():.2f}-{ratio.max():.2f}" for name, ratio in measures.items()}
    zh = "、".join(f"{zh_names[name]} {span}" for name, span in spans.items())
    en = ", ".join(f"{name} {span}" for name, span in spans.items())
    return Note(
        f"各区域相对全市的水平由登记数与期望数之比按经验贝叶斯收缩得到：{zh}。",
        f"Levels of areas beside the city are observed over expected, steadied by empirical Bayes: {en}.",
    )
