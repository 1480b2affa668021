"""Rows and captions that the tests of statistical charts share."""

from __future__ import annotations

from renkou.core.figures import Definition, Sensitivity
from renkou.publishing.chart_style import Caption


def a_caption(language="zh", **changes):
    words = {
        "title": "云溪市粗死亡率", "unit": "‰", "base": "常住人口", "period": "2024年",
        "source": "版本 2024-12", "sensitivity": Sensitivity.ORDINARY, "interval": "Byar 近似",
        "decimals": 2, "language": language,
    }  # fmt: skip
    return Caption(**{**words, **changes})


def a_definition(**changes):
    words = {
        "id": "crude_death_rate", "zh": "粗死亡率", "en": "Crude death rate",
        "formula_zh": "", "formula_en": "",
        "numerator_zh": "死亡人数", "numerator_en": "deaths", "denominator_zh": "平均人口",
        "denominator_en": "mean population", "base_zh": "常住人口", "base_en": "usual residents",
        "unit_zh": "‰", "unit_en": "per 1,000", "decimals": 2, "source": "", "interval_zh": "Byar 近似",
        "interval_en": "Byar's approximation", "sensitivity": Sensitivity.ORDINARY,
        "lowest_level": "township", "group": "deaths",
    }  # fmt: skip
    return Definition(**{**words, **changes})


def a_row(area="510101", value=7.0, **changes):
    spread = None if value is None else 0.5
    return {
        "indicator": "crude_death_rate", "area": area, "area_name": f"地区{area[-2:]}", "level": "county",
        "period": "2024", "sex": "both", "age": "all", "value": value,
        "lower": None if spread is None else value - spread,
        "upper": None if spread is None else value + spread, "note": "", **changes,
    }  # fmt: skip


def ranked_rows(values):
    order = sorted((v for v in values if v is not None), reverse=True)
    rows = []
    for place, value in enumerate(values):
        rank = None if value is None else order.index(value) + 1
        rows.append({
            **a_row(f"5101{place + 1:02d}", value), "rank": rank,
            "rank_lower": rank and max(1, rank - 1), "rank_upper": rank and min(len(order), rank + 1),
        })  # fmt: skip
    return rows


def by_age(sexes=("male", "female"), **people):
    """Rows of a pyramid; keywords such as `a0_4=(3, 2)` are ages with men and women."""
    return [
        a_row(value=None if pair[at] is None else float(pair[at]), sex=sex, lower=None, upper=None,
              age=name[1:].replace("_", "-").replace("-plus", "+"),
              note="少于 3 人" if pair[at] is None else "")
        for name, pair in people.items()
        for at, sex in enumerate(("male", "female"))
        if sex in sexes
    ]  # fmt: skip


def rows_in(picture):
    """Every row that the drawing holds, of all its data sets."""
    return [row for rows in picture.chart.to_dict()["datasets"].values() for row in rows]
