import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.mortality.life_tables_from_qx import life_table_from_qx

GOLDEN = json.loads((Path(__file__).parent / "golden/life_tables.json").read_text("utf-8"))
ABRIDGED = np.array([0, 1, *range(5, 90, 5)])


@pytest.mark.parametrize("name", ["un_1982", "mortpak_1988"])
def test_probabilities_of_a_published_table_lead_back_to_its_rates(name: str) -> None:
    case = GOLDEN[name]
    there = life_table(case["mx"], sex=case["sex"], ages=case["age"], infant_rule="coale-demeny")
    back = life_table_from_qx(
        there.qx, there.ex[-1], sex=case["sex"], ages=case["age"], infant_rule="coale-demeny"
    )
    np.testing.assert_allclose(back.mx, case["mx"], rtol=1e-10)
    np.testing.assert_allclose(back.ex, there.ex, rtol=1e-10)
    assert "mx is found from qx" in back.notes[0]


@given(st.floats(1e-5, 5e-4), st.floats(0.04, 0.11), st.sampled_from(["un", "hmd", "coale-demeny"]))
def test_tables_by_gompertz_come_back_from_their_probabilities(
    level: float, growth: float, rule: str
) -> None:
    mx = level * np.exp(growth * ABRIDGED[:, None].T) * np.array([[1.0], [0.8]])
    mx = np.minimum(mx, 0.35)
    there = life_table(mx, sex=("male", "female"), ages=ABRIDGED, infant_rule=rule)
    back = life_table_from_qx(
        there.qx, there.ex[:, -1], sex=("male", "female"), ages=ABRIDGED, infant_rule=rule
    )
    np.testing.assert_allclose(back.qx, there.qx, rtol=1e-9)


def test_ax_given_needs_no_turns() -> None:
    ax = [0.1, 0.5, 5]
    table = life_table_from_qx([0.1, 0.2, 1], 5, sex="male", ages=[0, 1, 2], ax=ax)
    np.testing.assert_allclose(table.mx, [0.1 / (1 - 0.9 * 0.1), 0.2 / (1 - 0.5 * 0.2), 0.2])
    np.testing.assert_allclose(table.qx, [0.1, 0.2, 1])


def test_probabilities_that_make_no_table_are_refused() -> None:
    refused = [
        ([0.1, 1.2, 1], 5, r"qx\[1\] = 1.2: a probability"),
        ([0.1, 0.2, 0.9], 5, r"qx\[2\] = 0.9: everybody dies in the open"),
        ([0.1, 0.2, 1], 0, "open_ex = 0: is divided by"),
    ]
    for qx, open_ex, message in refused:
        with pytest.raises(FiguresRefused, match=message) as refusal:
            life_table_from_qx(qx, open_ex, sex="male")
        assert refusal.value.zh
    with pytest.raises(FiguresRefused, match="qx and ages = 3 and 2"):
        life_table_from_qx([0.1, 0.2, 1], 5, sex="male", ages=[0, 1])
