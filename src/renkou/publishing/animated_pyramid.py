"""A population pyramid that moves through the years: one page that needs no network. Pure.

The page draws with a script of its own of a hundred lines; its policy allows that script and its
style alone, by their digests, and no connection. Without script it shows the base year and the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from renkou.core.errors import FiguresRefused
from renkou.publishing.chart_projections import interval_text, projected_rows
from renkou.publishing.chart_style import Caption, Row, figure_text, round_up
from renkou.publishing.page_templates import (
    json_in_script,
    page_resource,
    page_template,
    policy_digest,
)

_ACROSS, _TOP, _HEIGHT, _FOOT, _CENTRE = 960, 34, 480, 30, 44
_WIDTH = _ACROSS // 2 - _CENTRE // 2 - 26
_MALE_BAR, _FEMALE_BAR = "#7396ba", "#c98468"  # light enough for the outline to be seen on them
_FRAME: Mapping[str, float] = {
    "across": _ACROSS, "top": _TOP, "height": _HEIGHT, "page": _TOP + _HEIGHT + _FOOT,
    "left": (_ACROSS - _CENTRE) / 2, "right": (_ACROSS + _CENTRE) / 2, "width": _WIDTH,
    "middle": _ACROSS / 2,
}  # fmt: skip
_HINT = "指向图中某一年龄，可看该龄人数。"
_HEADS = ("年份", "总人口", "80%区间", "男", "女", "0—14岁占比", "15—64岁占比", "65岁及以上占比")
_SEXES = ("male", "female")


def animated_pyramid(
    rows: Sequence[Row],
    caption: Caption,
    *,
    base_year: int,
    totals: Sequence[Row] = (),
    notes: Sequence[str] = (),
) -> str:
    """The page: slider, play button, the base year's outline, total and share of 65+ of each year.

    Parameters
    ----------
    rows : columns year, sex, age (single, 0 and up), value of one area, the same ages in every year
    base_year : the year of the outline, the first of the rows
    totals : rows of both sexes and all ages with year, low80, high80, whose intervals are told

    Raises
    ------
    FiguresRefused
        If a year lacks a sex or an age, has one twice, or the base year is not the first.
    """
    people = _people(rows)
    years = sorted(people)
    if years[0] != base_year:
        raise FiguresRefused(
            "base_year", base_year, f"is the first year of the rows, {years[0]}",
            "hand over the rows from the base year on", zh="应为数据的第一年；请从基期起给出数据",
        )  # fmt: skip
    intervals = {int(row["year"]): interval_text(row.get("low80"), row.get("high80"), caption)
                 for row in totals}  # fmt: skip
    top = round_up(max(v for year in people.values() for values in year.values() for v in values))
    lines = [_line(year, people[year], intervals.get(year, "")) for year in years]
    style, script = (page_resource(f"animated_pyramid.{kind}") for kind in ("css", "js"))
    known = any(intervals.values())
    facts = [_facts(line, lines[0], known) for line in lines]
    return page_template("animated_pyramid.html.jinja").render(
        title=caption.title, about=_about(caption, years), years=years, facts=facts[0],
        frame=_frame(people[base_year]), words=_words(caption, lines), label=lines[0][0],
        ticks=_ticks(top), ages=_age_labels(people[base_year]),
        male_bar=_MALE_BAR, female_bar=_FEMALE_BAR, **_paths(people[base_year], top), hint=_HINT,
        heads=_HEADS, rows=lines, notes=[*notes, f"来源：{caption.source}"], style=Markup(style),  # noqa: S704
        script=Markup(script), style_digest=policy_digest(style), script_digest=policy_digest(script),  # noqa: S704
        data=_data(people, years, top, lines, facts),
    )  # fmt: skip


def _people(rows: Sequence[Row]) -> dict[int, dict[str, list[float]]]:
    """Men and women by single age, by year."""
    read = projected_rows([{**row, "area": ""} for row in rows], ("year", "sex", "age", "value"))
    found: dict[int, dict[str, dict[int, float]]] = {}
    for row in read:
        if row["sex"] in _SEXES:
            by_sex = found.setdefault(row["year"], {sex: {} for sex in _SEXES})
            by_sex[row["sex"]][int(str(row["age"]).removesuffix("+"))] = row["value"] or 0.0
    oldest = max((age for by_sex in found.values() for ages in by_sex.values() for age in ages),
                 default=-1)  # fmt: skip
    for year, by_sex in found.items():
        for sex, ages in by_sex.items():
            missing = next((age for age in range(oldest + 1) if age not in ages), None)
            if missing is not None:
                raise FiguresRefused(
                    f"rows ({year}, {sex})", missing, f"every year has the ages 0 to {oldest} of both sexes",
                    "add the missing age", zh="各年男女的年龄应齐全；请补上缺少的年龄",
                )  # fmt: skip
    if not found:
        raise FiguresRefused(
            "rows.sex", None, "a pyramid has rows of both sexes", "hand over male and female",
            zh="金字塔需要男女两性的数据；请补上",
        )  # fmt: skip
    return {
        year: {sex: [ages[age] for age in sorted(ages)] for sex, ages in by_sex.items()}
        for year, by_sex in found.items()
    }


def _line(year: int, people: Mapping[str, Sequence[float]], interval: str) -> list[str]:
    """A row of the table: the cells of _HEADS."""
    sums = {sex: sum(people[sex]) for sex in _SEXES}
    total = sum(sums.values())
    shares = [sum(sum(people[sex][low:high]) for sex in _SEXES) / total if total else 0.0
              for low, high in ((0, 15), (15, 65), (65, None))]  # fmt: skip
    counts = [figure_text(one, 0) for one in (total, sums["male"], sums["female"])]
    return [f"{year}年初", counts[0], interval or "–", *counts[1:],
            *(f"{100 * share:.1f}%" for share in shares)]  # fmt: skip


def _facts(line: Sequence[str], first: Sequence[str], known: bool) -> list[tuple[str, str]]:
    """What is told of a year beside its picture: heads and texts; the interval where any is known."""
    total, base = (float(one[1].replace(",", "")) for one in (line, first))
    change = f"{100 * (total / base - 1):+.1f}%".replace("-", "−") if base else "–"
    return [
        ("总人口", f"{line[1]} 人"), *([("80%区间", line[2])] if known else []),
        ("比基期", "–" if line is first else change), ("65岁及以上占比", line[7]),
        ("0—14岁占比", line[5]),
    ]  # fmt: skip


def _about(caption: Caption, years: Sequence[int]) -> str:
    return f"{caption.base} · {years[0]}年初至{years[-1]}年初 · 单位：{caption.unit}"


def _words(caption: Caption, lines: Sequence[Sequence[str]]) -> str:
    parts = [
        f"{line[0]}总人口 {line[1]} 人，65岁及以上占 {line[7]}" for line in (lines[0], lines[-1])
    ]
    return f"人口金字塔：{caption.title}。{'；'.join(parts)}。"


def _frame(people: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {**_FRAME, "step": round(_HEIGHT / len(people["male"]), 3)}


def _ticks(top: float) -> list[dict[str, object]]:
    """Whole numbers along both sides, from the middle outwards."""
    made: list[dict[str, object]] = []
    for part in (0, 0.25, 0.5, 0.75, 1):
        text = figure_text(top * part, 0) if top * part == int(top * part) else f"{top * part:g}"
        for sign, start in ((-1, _FRAME["left"]), (1, _FRAME["right"])):
            made.append({"x": round(start + sign * part * _WIDTH, 2), "text": text})
    return made


def _age_labels(people: Mapping[str, Sequence[float]]) -> list[dict[str, object]]:
    count = len(people["male"])
    step = _HEIGHT / count
    return [
        {"y": round(_TOP + _HEIGHT - (age + 0.5) * step, 2),
         "text": f"{age}+" if age == count - 1 else age}
        for age in range(0, count, 10)
    ]  # fmt: skip


def _paths(people: Mapping[str, Sequence[float]], top: float) -> dict[str, str]:
    """Bars of the base year and its outline."""
    step = _HEIGHT / len(people["male"])
    made = {}
    for name, sex, sign, start in (("men", "male", -1, _FRAME["left"]),
                                   ("women", "female", 1, _FRAME["right"])):  # fmt: skip
        across = [round(sign * value / top * _WIDTH, 2) for value in people[sex]]
        rows = [round(_TOP + _HEIGHT - (age + 1) * step, 2) for age in range(len(across))]
        made[name] = "".join(
            f"M{start:g} {y:g}h{x:g}v{step * 0.9:.2f}h{-x:g}z"
            for x, y in zip(across, rows, strict=True)
        )
        steps = "".join(f"H{start + x:g}V{y:g}" for x, y in zip(across, rows, strict=True))
        made[f"outline_{name}"] = f"M{start:g} {_TOP + _HEIGHT}{steps}H{start:g}"
    return made


def _data(
    people: Mapping[int, Mapping[str, Sequence[float]]], years: Sequence[int], top: float,
    lines: Sequence[Sequence[str]], facts: Sequence[Sequence[tuple[str, str]]],
) -> Markup:  # fmt: skip
    count = len(people[years[0]]["male"])
    ages: list[Any] = [*range(count - 1), f"{count - 1}+"]
    said = {
        "years": list(years), "ages": ages, "frame": {**_FRAME, "most": top}, "hint": _HINT,
        "labels": [line[0] for line in lines], "facts": [[text for _, text in one] for one in facts],
        "spoken": [f"{line[0]}，总人口{line[1]}人，65岁及以上占{line[7]}" for line in lines],
        **{sex: [people[year][sex] for year in years] for sex in _SEXES},
    }  # fmt: skip
    return json_in_script(said)
