import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.infant_ax import (
    andreev_kingkade_a0,
    coale_demeny_4a1,
    coale_demeny_a0,
    female_share,
    infant_a0,
)


@pytest.mark.parametrize(
    ("sex", "coefficients", "m0", "a0"),
    [
        ("male", "un", 0.01, 0.1493 - 2.0367 * 0.01),
        ("male", "un", 0.0226, 0.0244 + 3.4994 * 0.0226),
        ("male", "un", 0.0785, 0.2991),
        ("female", "un", 0.01, 0.1490 - 2.0867 * 0.01),
        ("female", "un", 0.0170, 0.0438 + 4.1075 * 0.0170),
        ("female", "un", 0.0658, 0.3141),
        ("male", "hmd", 0.0229, 0.14929 - 1.99545 * 0.0229),
        ("male", "hmd", 0.0230, 0.02832 + 3.26021 * 0.0230),
        ("male", "hmd", 0.08307, 0.29915),
        ("female", "hmd", 0.0172, 0.14903 - 2.05527 * 0.0172),
        ("female", "hmd", 0.01724, 0.04667 + 3.88089 * 0.01724),
        ("female", "hmd", 0.06891, 0.31411),
    ],
)
def test_each_line_of_andreev_and_kingkade(sex: str, coefficients, m0: float, a0: float) -> None:
    assert andreev_kingkade_a0(m0, sex, coefficients) == pytest.approx(a0, abs=1e-12)


@pytest.mark.parametrize("region", ["west", "north", "east", "south"])
@pytest.mark.parametrize("sex", ["male", "female"])
def test_coale_and_demeny_agree_with_the_q0_that_their_a0_implies(sex: str, region) -> None:
    m0 = np.array([0.001, 0.02, 0.08])
    a0 = coale_demeny_a0(m0, sex, region)
    q0 = m0 / (1 + (1 - a0) * m0)
    np.testing.assert_allclose(coale_demeny_a0(m0, sex, region, q0), a0, rtol=1e-12)
    np.testing.assert_allclose(
        coale_demeny_4a1(m0, sex, region, q0), coale_demeny_4a1(m0, sex, region), rtol=1e-12
    )


def test_coale_and_demeny_by_hand() -> None:
    assert coale_demeny_a0(1, "male", "west", q0=0.02) == pytest.approx(0.0425 + 2.875 * 0.02)
    assert coale_demeny_4a1(1, "female", "east", q0=0.02) == pytest.approx(1.487 - 1.627 * 0.02)
    assert coale_demeny_a0(1, "female", "east", q0=0.1001) == 0.31
    assert coale_demeny_4a1(0.9, "male", "south") == 1.240
    assert coale_demeny_a0(5.0, "male") == 0.33  # where the quadratic has no root


def test_preston_stays_near_the_region_west() -> None:
    m0 = np.linspace(0.001, 0.2, 50)
    for sex in ("male", "female"):
        west = infant_a0(m0, sex, "coale-demeny", "west", None)
        assert np.abs(infant_a0(m0, sex, "preston", "west", None) - west).max() < 0.02


def test_sexes_along_the_axes_before_ages() -> None:
    share = female_share(("male", "female"), (3, 2))
    np.testing.assert_array_equal(share, [[0, 1]] * 3)
    np.testing.assert_array_equal(female_share("both", (2,)), [0.5, 0.5])


def test_a_word_far_from_all_is_refused_without_a_guess() -> None:
    with pytest.raises(FiguresRefused, match="name one of these") as refusal:
        andreev_kingkade_a0(0.1, "xyz")
    assert "请选其一" in refusal.value.zh
    with pytest.raises(FiguresRefused, match=r"q0 = 1.5: a probability"):
        coale_demeny_a0(0.1, "male", "west", q0=1.5)
    with pytest.raises(FiguresRefused, match="coefficients = 'who'"):
        andreev_kingkade_a0(0.1, "male", "who")  # type: ignore[arg-type]
