"""Notes of a report name areas, tell the base first and say the same once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from renkou.actions.project_export_notes import notes_in_report

DATA = cast("Any", SimpleNamespace(areas=[SimpleNamespace(code="5130", name="云汀市")]))


def test_areas_are_named_and_sentences_of_the_same_year_are_one() -> None:
    notes = [
        "5130 的生育率：2025 年采用 2024 年的数。",
        "迁移计在年末，不影响当年的出生和死亡。",
        "5130 的死亡率：2025 年采用 2024 年的数。",
    ]
    assert notes_in_report(notes, DATA) == [
        "云汀市的生育率、死亡率：2025年采用2024年的数。",
        "迁移计在年末，不影响当年的出生和死亡。",
    ]


def test_what_is_said_of_the_base_stands_together() -> None:
    base = "基期人口为版本 1 中 2024 年末常住人口 20,510 人。"
    coverage = (
        "按抽查，实际常住人口为登记数的 0.953 倍（95 % 区间 0.941—0.965），各区域用同一比值。"
    )
    used = "基期人口按覆盖率校正：登记每 1 人对应实际 0.9528 人。"
    other = "有 7 人性别或年龄不详，按已知者的比例分摊。"
    assert notes_in_report([base, other, coverage, used], DATA) == [base, coverage, used, other]
