import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.core.errors import FiguresRefused
from renkou.demography.areas.srb_charts import POINTWISE, RARE, cusum_limit, sex_ratio_chart

P, Q = 106 / 206, 115 / 215


def test_the_cumulative_excess_and_its_band_worked_by_hand() -> None:
    found = sex_ratio_chart([60, 40], [40, 60], limit=3.0, seed=1)
    assert found.excess_boys == pytest.approx([60 - 100 * P, 100 - 200 * P])
    assert found.band == pytest.approx(1.959964 * np.sqrt(P * (1 - P) * np.array([100, 200])))
    assert found.notes == (POINTWISE,)


def test_the_cusum_starts_again_when_the_evidence_falls_below_nothing() -> None:
    boy, girl = np.log(Q / P), np.log((1 - Q) / (1 - P))
    boys, girls = np.array([10, 90, 20, 200]), np.array([30, 20, 60, 100])
    expected, before = [], 0.0
    for more in boys * boy + girls * girl:
        before = max(0.0, before + more)
        expected.append(before)
    found = sex_ratio_chart(boys, girls, limit=3.0, seed=1)
    assert found.cusum == pytest.approx(expected)
    assert found.signal.tolist() == [each >= 3 for each in expected]
    assert found.signal[-1]
    assert found.cusum[0] == 0
    first = sex_ratio_chart([90], [20], limit=3.0, seed=1).cusum[0]
    assert first == pytest.approx(90 * boy + 20 * girl)


@pytest.mark.parametrize("births", [40, 600])
def test_the_limit_gives_the_average_run_length_that_was_asked_for(births: int) -> None:
    limit = cusum_limit(births, seed=1, average_run_length=60)
    random = np.random.default_rng(99)  # other areas than those of the calibration
    boys = random.binomial(births, P, (1000, 900))
    signal = sex_ratio_chart(boys, births - boys, limit=np.full(1000, limit), seed=1).signal
    first = np.where(signal.any(axis=-1), signal.argmax(axis=-1) + 1, 900)
    assert first.mean() == pytest.approx(60, rel=0.15)


def test_selection_is_found_sooner_than_chance_signals() -> None:
    random = np.random.default_rng(3)
    boys = random.binomial(400, 118 / 218, (200, 120))
    found = sex_ratio_chart(boys, 400 - boys, seed=1)
    delay = np.where(found.signal.any(axis=-1), found.signal.argmax(axis=-1) + 1, 121)
    assert np.median(delay) < 12
    assert len(found.notes) == 2
    assert "one false signal in 120 periods" in found.notes[1]


def test_limits_of_many_sizes_grow_and_those_between_are_interpolated() -> None:
    limits = cusum_limit([[20, 60], [200, 600]], seed=1, runs=300)
    assert limits.shape == (2, 2)
    assert (np.diff(limits.ravel()) > 0).all()
    assert cusum_limit(20, seed=1, average_run_length=240, runs=300) > limits[0, 0]


def test_less_than_one_birth_per_period_is_said() -> None:
    found = sex_ratio_chart([1, 0, 0], [0, 0, 0], seed=1)
    assert RARE in found.notes


@given(
    arrays(np.int64, (2, 12), elements=st.integers(0, 200)),
    arrays(np.int64, (2, 12), elements=st.integers(0, 200)),
)
def test_the_cusum_is_never_negative_and_each_area_stands_alone(
    boys: np.ndarray, girls: np.ndarray
) -> None:
    found = sex_ratio_chart(boys, girls, limit=[3.0, 4.0], seed=1)
    assert (found.cusum >= 0).all()
    assert (np.diff(found.band, axis=-1) >= 0).all()
    alone = sex_ratio_chart(boys[1], girls[1], limit=4.0, seed=1)
    np.testing.assert_allclose(found.cusum[1], alone.cusum)
    assert (found.signal[1] == alone.signal).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sex_ratio_chart([1, -1], [1, 1], seed=1), "male_births[1] = -1"),
        (lambda: sex_ratio_chart([1, 1], [1, 1, 1], seed=1), "male_births and female_births"),
        (lambda: sex_ratio_chart([1], [1], limit=0, seed=1), "limit = 0"),
        (lambda: sex_ratio_chart([0], [0], seed=1), "births_per_period = 0"),
        (lambda: sex_ratio_chart([1], [1], limit=3, seed=1, reference=1.06),
         "reference and alternative[0] = 1.06"),
        (lambda: sex_ratio_chart([1], [1], limit=3, seed=1, alternative=106), "alternative = 106"),
        (lambda: sex_ratio_chart([1], [1], limit=3, seed=1, level=95), "level = 95"),
        (lambda: cusum_limit(50, seed=1, average_run_length=1), "average_run_length = 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
