"""Pyramids then and now: a later year's bars, the base year's outline, the 80 % interval as marks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_projections import (
    interval_text,
    projected_rows,
    projected_table,
)
from renkou.publishing.chart_rows import SEX_WORDS, refuse_repeats, rows_of_sex
from renkou.publishing.chart_style import (
    FEMALE,
    INK,
    MALE,
    Caption,
    Chart,
    Picture,
    Row,
    count_axis,
    figure_text,
    inline,
    pictured,
    round_up,
)

_SIDE, _GAP = 250, 0
_SINGLE = 40  # from so many groups on they are drawn as single ages
_LIGHT = {"male": "#7396ba", "female": "#c98468"}
_STRONG = {"male": MALE, "female": FEMALE}
_MARK = {"male": "#16395a", "female": "#7a2f1c"}


@dataclass(frozen=True)
class _Group:
    """One sex and age group of one year."""

    sex: str
    label: str
    start: int
    end: int
    value: float
    low: float | None
    high: float | None


def pyramid_then_and_now(
    base: Sequence[Row],
    later: Sequence[Row],
    caption: Caption,
    *,
    base_year: int,
    later_year: int,
    totals: Row | None = None,
    notes: Sequence[str] = (),
) -> Picture:
    """The population of a later year as bars, with the base year as an outline.

    Parameters
    ----------
    base, later : columns sex, age, value of one area, ages as whole numbers or as labels (0-4, 85+),
        the same groups in both; low80, high80 of `later` where there are
    totals : a row of both sexes together in the later year, whose interval is told

    Raises
    ------
    FiguresRefused
        If a sex is missing, ages leave a gap or repeat, or the two years have other groups.
    """
    before, now = _groups("base", base), _groups("later", later)
    _refuse_other_groups(before, now)
    return pictured(
        _sides(before, now, base_year, later_year, caption),
        caption,
        width=2 * _SIDE + 60,
        alt_text=_words(before, now, base_year, later_year, caption),
        table=projected_table(
            [_said(row, caption) for row in [*_year(base, base_year), *_year(later, later_year)]],
            ("year", "sex", "age", "value", "low80", "high80"), caption,
        ),
        notes=list(notes),
        subtitle=[*_key(now, base_year, later_year, caption),
                  _total_words(before, now, base_year, later_year, totals, caption)],
    )  # fmt: skip


def five_year_ages(rows: Sequence[Row], oldest: int = 100) -> list[dict[str, Any]]:
    """Single ages as groups of five, the last open; the intervals of single ages do not add up.

    >>> people = [{"sex": "male", "age": age, "value": 1.0, "low80": 0.5} for age in range(12)]
    >>> five_year_ages(people, 10)[-1]
    {'sex': 'male', 'age': '10+', 'value': 2.0}
    """
    sums: dict[tuple[str, int], float] = {}
    for row in rows:
        start = min(int(row["age"]) // 5 * 5, oldest)
        key = (str(row["sex"]), start)
        sums[key] = sums.get(key, 0.0) + float(row["value"])
    return [
        {"sex": sex, "age": f"{start}+" if start == oldest else f"{start}-{start + 4}", "value": value}
        for (sex, start), value in sums.items()
    ]  # fmt: skip


def _year(rows: Sequence[Row], year: int) -> list[Row]:
    return [{**row, "year": year} for row in rows if row["sex"] in ("male", "female")]


def _said(row: Row, caption: Caption) -> Row:
    """A row for the table, its sex in words."""
    return {**row, "sex": SEX_WORDS[row["sex"]].in_language(caption.language)}


def _groups(name: str, rows: Sequence[Row]) -> list[_Group]:
    """Groups of men, then of women, from the youngest."""
    some = [{**row, "age": str(row["age"])} for row in rows if row["sex"] in ("male", "female")]
    read = projected_rows(some, ("sex", "age", "value")) if some else []
    refuse_repeats(read, ("sex", "age"))
    return [group for sex in ("male", "female") for group in _of_sex(name, sex, read)]


def _of_sex(name: str, sex: str, rows: Sequence[Row]) -> list[_Group]:
    found = rows_of_sex(name, sex, rows)
    width = (found[0][1] or 5) - found[0][0]
    groups = [
        _Group(sex, row["age"], start, end or start + width, row["value"] or 0.0, row["low80"],
               row["high80"])
        for start, end, row in found
    ]  # fmt: skip
    for one, after in pairwise(groups):
        if one.end != after.start:
            raise FiguresRefused(
                f"{name}.age ({sex})", f"{one.label}, then {after.label}",
                "age groups follow each other without a gap", "add the missing age or drop the overlap",
                zh="年龄组应首尾相接；请补上缺少的年龄或去掉重叠",
            )  # fmt: skip
    return groups


def _refuse_other_groups(before: Sequence[_Group], now: Sequence[_Group]) -> None:
    for one, other in zip(before, now, strict=False):
        if (one.sex, one.start, one.end) != (other.sex, other.start, other.end):
            break
    else:
        if len(before) == len(now):
            return
        one, other = (before[-1], now[-1])
    raise FiguresRefused(
        "base.age", one.label, f"both years have the same groups; later has {other.label}",
        "tabulate both by the same ages", zh="两个年份应按相同年龄组；请按相同年龄组汇总",
    )  # fmt: skip


def _sides(
    before: Sequence[_Group], now: Sequence[_Group], base_year: int, later_year: int, caption: Caption
) -> Chart:  # fmt: skip
    top = round_up(max([g.high or g.value for g in now] + [g.value for g in before], default=1))
    groups = len(now) // 2
    height = 420 if groups > _SINGLE else max(170, min(440, 21 * groups))
    sides = [
        _side(sex, [g for g in before if g.sex == sex], [g for g in now if g.sex == sex],
              (base_year, later_year), top, height, caption)
        for sex in ("male", "female")
    ]  # fmt: skip
    return alt.hconcat(*sides, spacing=_GAP)


def _side(
    sex: str, before: Sequence[_Group], now: Sequence[_Group], years: tuple[int, int], top: float,
    height: int, caption: Caption,
) -> Chart:  # fmt: skip
    men = sex == "male"
    x = alt.X("value:Q", title=None, axis=_count_axis(caption),
              scale=alt.Scale(domain=[top, 0] if men else [0, top], nice=False))  # fmt: skip
    y = alt.Y("start:Q", title=None, axis=_age_axis(now, shown=not men),
              scale=alt.Scale(domain=[now[0].start, now[-1].end], nice=False))  # fmt: skip
    single = len(now) > _SINGLE
    bars = alt.Chart(inline([_bar(g, years[1], caption) for g in now])).mark_rect(
        color=_LIGHT[sex], stroke="white", strokeWidth=0.15 if single else 0.7
    )
    tips = [alt.Tooltip(f"{name}:N", title="") for name in ("label", "text")]
    layers = [bars.encode(x=x, x2=alt.X2("zero:Q"), y=y, y2="end:Q", tooltip=tips)]
    if any(g.low is not None and g.high is not None for g in now):
        marks = alt.Chart(inline([_bar(g, years[1], caption) for g in now])).mark_rule(
            color=_MARK[sex], strokeWidth=1.1 if single else 2
        )
        layers.append(marks.encode(x="low:Q", x2="high:Q", y=alt.Y("middle:Q")))
    path = alt.Chart(inline(_outline(before))).mark_line(color=INK, strokeWidth=1.3)
    layers.append(path.encode(x="value:Q", y=alt.Y("start:Q"), order="order:O"))
    title = alt.TitleParams(
        _side_words(sex, before, now, years, caption), anchor="start" if men else "end",
        fontSize=12, color=_STRONG[sex], offset=6,
    )  # fmt: skip
    return alt.layer(*layers).properties(width=_SIDE, height=height, title=title)


def _bar(group: _Group, year: int, caption: Caption) -> dict[str, Any]:
    interval = interval_text(group.low, group.high, caption)
    text = caption.figure(group.value) + (f" (80 % {interval})" if interval else "")
    name = SEX_WORDS[group.sex].in_language(caption.language)
    return {
        "value": group.value, "zero": 0, "start": group.start, "end": group.end,
        "middle": (group.start + group.end) / 2, "low": group.low, "high": group.high, "text": text,
        "label": caption.say(f"{year}年 {name} {group.label}岁", f"{year}, {name} {group.label}"),
    }  # fmt: skip


def _outline(groups: Sequence[_Group]) -> list[dict[str, Any]]:
    """The base year as a path of steps."""
    points = [(group.value, age) for group in groups for age in (group.start, group.end)]
    return [{"value": v, "start": age, "order": at} for at, (v, age) in enumerate(points)]


def _age_axis(groups: Sequence[_Group], *, shown: bool) -> alt.Axis | None:
    """Ages stand once, between the two sides."""
    if not shown:
        return None
    quiet: dict[str, Any] = {"domain": True, "ticks": False, "grid": False, "labelOverlap": False,
                             "labelPadding": 4, "domainColor": "white"}  # fmt: skip
    if len(groups) > _SINGLE:
        return alt.Axis(values=list(range(groups[0].start, groups[-1].end, 10)), **quiet)
    labels = {(g.start + g.end) / 2: g.label.replace("-", "–") for g in groups}
    chosen = "".join(f"datum.value == {at} ? '{label}' : " for at, label in labels.items())
    return alt.Axis(values=list(labels), labelExpr=f"{chosen}''", **quiet)


def _count_axis(caption: Caption) -> alt.Axis:
    return count_axis(caption.language, tickCount=4, labelFlush=False)


def _sum(groups: Sequence[_Group], sex: str = "") -> float:
    return sum(group.value for group in groups if sex in ("", group.sex))


def _side_words(
    sex: str, before: Sequence[_Group], now: Sequence[_Group], years: tuple[int, int],
    caption: Caption,
) -> str:  # fmt: skip
    name = SEX_WORDS[sex].in_language(caption.language)
    first, last = figure_text(_sum(before), 0), figure_text(_sum(now), 0)
    return f"{name} {first} → {last}"


def _key(
    now: Sequence[_Group], base_year: int, later_year: int, caption: Caption
) -> list[str]:  # fmt: skip
    marks = any(group.low is not None and group.high is not None for group in now)
    zh = f"色块：{later_year}年初；黑线：基期{base_year}年初" + (
        "；细横线：80%区间" if marks else ""
    )
    en = f"bars: 1 January {later_year}; black line: 1 January {base_year}"
    return [caption.say(zh, en + ("; thin marks: 80 % interval" if marks else ""))]


def _total_words(
    before: Sequence[_Group], now: Sequence[_Group], base_year: int, later_year: int,
    totals: Row | None, caption: Caption,
) -> str:  # fmt: skip
    first, last = _sum(before), _sum(now)
    change = f"{100 * (last / first - 1):+.1f}%".replace("-", "−") if first else ""
    interval = interval_text(totals["low80"], totals["high80"], caption) if totals else ""
    zh = f"（80% {interval}）" if interval else ""
    en = f" (80 % {interval})" if interval else ""
    return caption.say(
        f"合计：{figure_text(first, 0)} → {figure_text(last, 0)}{zh}，{change}",
        f"Both sexes: {figure_text(first, 0)} → {figure_text(last, 0)}{en}, {change}",
    )


def _words(
    before: Sequence[_Group], now: Sequence[_Group], base_year: int, later_year: int,
    caption: Caption,
) -> str:  # fmt: skip
    parts = [
        caption.say(f"人口金字塔：{caption.title}，{base_year}年初与{later_year}年初。",
                    f"Population pyramid: {caption.title}, 1 January {base_year} and {later_year}. ")
    ]  # fmt: skip
    for sex in ("male", "female"):
        then, ahead = (figure_text(_sum(some, sex), 0) for some in (before, now))
        largest = max((g for g in now if g.sex == sex), key=lambda g: g.value).label
        name = SEX_WORDS[sex]
        parts.append(caption.say(
            f"{name.zh}性由 {then} 人到 {ahead} 人，{later_year}年人数最多的年龄组为 {largest} 岁。",
            f"{name.en}: {then} to {ahead}; the largest group of {later_year}: {largest}. ",
        ))  # fmt: skip
    return "".join(parts).strip()
