"""Areas beside each other: what is chance, and what is never ranked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from renkou.actions.statistics_compare import Comparison, _compared, compare_areas
from renkou.actions.workspaces import Workspace
from renkou.core.errors import NotPermitted, UsageError
from renkou.core.figures import Sensitivity


def _of(
    counts: list[float], below: list[float], kind: str, sensitivity: str = "ordinary"
) -> Comparison:
    per = 1000 if kind == "rate" else 100
    rows: list[dict[str, Any]] = [
        {"indicator": "x", "period": "2024", "area": str(at), "area_name": str(at),
         "numerator": top, "denominator": under, "value": per * top / under, "lower": 0, "upper": 1}
        for at, (top, under) in enumerate(zip(counts, below, strict=True))
    ]  # fmt: skip
    return _compared(rows, [], Sensitivity(sensitivity), kind, np.zeros(len(rows)))


def test_a_ratio_of_two_counts_varies_by_chance_in_both() -> None:
    """230 boys on 200 girls: z of a rate is 2.1, that of the share of boys 1.5."""
    found = _of([230, 53_000], [190, 50_000], "sex_ratio_of_events", "fertility")
    share = 53_230 / 103_420
    assert found.reference == pytest.approx(100 * share / (1 - share))
    assert binom.sf(229, 420, share) > 0.025
    assert [row["funnel"] for row in found.rows] == ["", ""]
    assert {row["rank"] for row in found.rows} == {None}
    wide = _of([300, 53_000], [190, 50_000], "sex_ratio_of_events", "fertility")
    assert wide.rows[0]["funnel"] == "very high"


def test_rates_and_shares_stand_on_their_own_denominators() -> None:
    rate = _of([10, 90], [1000, 9000], "rate")
    assert rate.reference == pytest.approx(10.0)
    assert [row["steadied"] for row in rate.rows] == pytest.approx([10, 10])
    share = _of([80, 920], [1000, 9000], "share")
    assert share.reference == pytest.approx(10.0)
    assert sorted(row["rank"] for row in share.rows) == [1, 2]


def test_what_has_no_chance_between_areas_is_refused(office: Workspace) -> None:
    with pytest.raises(UsageError, match="is no rate, share or ratio of counts") as refused:
        compare_areas(office, "median_age", by="bob", level="county")
    assert "renkou stats show" in refused.value.zh
    with pytest.raises(NotPermitted):
        compare_areas(office, "share_65", by="carol", level="county")


def test_areas_of_the_office_are_compared_by_published_figures(office: Workspace) -> None:
    aged = compare_areas(office, "share_65", by="bob", level="county", period="2024")
    assert len(aged.rows) >= 2
    assert all(row["rank_lower"] <= row["rank"] <= row["rank_upper"] for row in aged.rows)
    births = compare_areas(office, "birth_rate", by="bob", level="county", period="2024")
    assert {row["rank"] for row in births.rows} == {None}
