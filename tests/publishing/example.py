"""A made-up edition's report, for tests of the page, the charts and the workbook."""

from __future__ import annotations

import math

from renkou.publishing.report_tables import EditionReport, Headline
from renkou.publishing.words import METHODS, REVIEW_REASONS, SEVERITIES, Words

LISTS = {
    "公安户籍": ("公安局", 18822, 18790),
    "社保参保": ("人力资源和社会保障局", 14018, 13880),
    "学校学籍": ("教育局", 3012, 2990),
    "民政婚姻": ("民政局", 8120, 8034),
    "出生医学证明": ("卫生健康委", 1240, 1233),
    "新来人员花名册": ("乡镇", 2109, 2015),
    "抽样核查": ("统计局", 1260, 1258),
}
COUNTIES = ("云溪区", "临江县", "青石县", "白鹭市")


def _reconciled(scale):
    return {
        "accepted": scale,
        "refused": scale // 170,
        "duplicates": scale // 90,
        "lacking": scale // 12,
        "only_here": scale // 60,
        "differing": scale // 9,
    }


def _list_rows():
    return [
        {
            "list": name,
            "department": department,
            "reference_date": "2024-12-31",
            "cells": read // 40,
            "warnings": read // 70,
            **_reconciled(accepted),
        }
        for name, (department, read, accepted) in LISTS.items()
    ]


def _county_rows():
    return [
        {"area": county, "list": name, **_reconciled(accepted // (2 + at))}
        for at, county in enumerate(COUNTIES)
        for name, (_, _, accepted) in LISTS.items()
    ]


def _ages():
    groups = [f"{age}–{age + 4}" for age in range(0, 95, 5)] + ["95+"]
    shape = [math.exp(-(((at - 9) / 7) ** 2)) + 0.35 * math.exp(-(((at - 1) / 2) ** 2))
             for at in range(len(groups))]  # fmt: skip
    return [
        {"age_group": group, "male": int(900 * s * 1.04), "female": int(900 * s * (1 + at / 90))}
        for at, (group, s) in enumerate(zip(groups, shape, strict=True))
    ]


def _overlap_sets():
    names = list(LISTS)
    sets = [((0, 1), 6210), ((0, 1, 3), 4302), ((0, 2), 2410), ((0,), 1890), ((0, 1, 3, 6), 640),
            ((0, 4), 610), ((1, 5), 588), ((5,), 402), ((0, 3), 377), ((0, 1, 2), 120), ((1,), 98),
            ((2, 5), 77), ((0, 1, 6), 60), ((3,), 44)]  # fmt: skip
    return [{"members": tuple(names[at] for at in members), "people": n} for members, n in sets]


def _certainty():
    bands = {"≥ 0.9999": 40210, "0.999–0.9999": 5210, "0.99–0.999": 2310, "0.95–0.99": 611,
             "0.90–0.95": 120, "0.50–0.90": 68, "< 0.50": 12}  # fmt: skip
    whole = sum(bands.values())
    return [{"band": band, "records": n, "share": n / whole} for band, n in bands.items()]


def _methods():
    counts = {"number": 41000, "model": 5100, "household": 610, "decision": 25, "alone": 1890}
    whole = sum(counts.values())
    return [{"method": METHODS[m], "records": n, "share": n / whole} for m, n in counts.items()]


def _population():
    return [
        {
            "code": f"{990101 + at}",
            "area": county,
            "registered_population": 6400 - 1210 * at,
            "usual_resident_population": 7302 - 1504 * at,
            "difference": 902 - 294 * at,
        }
        for at, county in enumerate(COUNTIES)
    ]


def _rules():
    reasons = {
        "ID-03": ("身份号码校验码不正确", "cell", 412),
        "ID-06": ("身份号码被电子表格截断", "cell", 230),
        "DT-02": ("出生日期不是有效日期", "cell", 118),
        "ROW-01": ("缺姓名", "refused", 77),
        "SX-01": ("性别与身份号码不符", "warning", 61),
    }
    return [
        {
            "rule": rule,
            "reason": reason,
            "severity": SEVERITIES[s],
            "count": n,
            "lists": "公安户籍、社保参保",
        }
        for rule, (reason, s, n) in reasons.items()
    ]


def example_report(*, previous="2024-11"):
    sizes = [{"list": name, "people": accepted} for name, (_, _, accepted) in LISTS.items()]
    sets = _overlap_sets()
    whole = sum(row["people"] for row in sets)
    changes = [
        {"measure": Words(zh, en), "before": before, "now": now, "change": now - before}
        for zh, en, before, now in (
            ("登记册人数", "People in the register", 19950, 20013),
            ("常住人口", "Usual-resident population", 20010, 19804),
        )
    ]
    return EditionReport(
        city="云溪市",
        edition="2024-12-a1",
        previous=previous,
        reference_date="2024-12-31",
        built_at="2025-01-03 09:30",
        version="0.1.0",
        headline=Headline(7, 48200, 20013, 18204, 19804, 7120, 0.9958, 86, 381),
        tables={
            "lists": _list_rows(),
            "counties": _county_rows(),
            "fields": [{"list": "社保参保", "field": "现住址", "differing": 812}],
            "rules": _rules(),
            "refused_columns": [
                {"list": "出生医学证明", "files": 15, "topic": Words("孩次", "Birth order"), "columns": 1},
            ],
            "overlap": [
                {"lists": "、".join(row["members"]), "people": row["people"],
                 "share": row["people"] / whole} for row in sets
            ],
            "population": _population(),
            "ages": _ages(),
            "certainty": _certainty(),
            "methods": _methods(),
            "reviews": [
                {"reason": reason, "pairs": 12 + at}
                for at, reason in enumerate(REVIEW_REASONS.values())
            ],
            "changes": changes if previous else [],
        },
        list_sizes=sizes,
        overlap_sets=sets,
    )  # fmt: skip
