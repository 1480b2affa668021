import json
from itertools import permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.rates.decomposition import arriaga, das_gupta, kitagawa, sum_of_products

GOLDEN = json.loads((Path(__file__).parent / "golden/das_gupta.json").read_text("utf-8"))
FLOATS = npt.NDArray[np.float64]
YOUNG = 5e-5 * np.exp(0.095 * np.arange(101))


@pytest.mark.parametrize("name", GOLDEN)
def test_the_examples_of_das_gupta(name: str) -> None:
    case = GOLDEN[name]
    found = das_gupta(case["first"], case["second"])
    difference = np.abs(found.effects - case["effects"])
    assert difference.max() <= case["tolerance"], difference
    crude = np.abs(np.array([found.first, found.second]) - case["crude"])
    assert crude.max() <= case["crude_tolerance"], crude


def test_kitagawa_by_hand() -> None:
    parts = kitagawa([0.01, 0.10], [80, 20], [0.02, 0.08], [60, 40])
    assert parts.first == pytest.approx(0.028)
    assert parts.second == pytest.approx(0.044)
    np.testing.assert_allclose(parts.rate_effects, [0.01 * 0.7, -0.02 * 0.3])
    np.testing.assert_allclose(parts.composition_effects, [-0.2 * 0.015, 0.2 * 0.09])
    assert parts.rate_effect + parts.composition_effect == pytest.approx(parts.difference)


def test_areas_are_taken_apart_at_once() -> None:
    rng = np.random.default_rng(1)
    m1, c1, m2, c2 = rng.uniform(0.1, 1, (4, 5, 7))
    parts = kitagawa(m1, c1, m2, c2)
    alone = kitagawa(m1[3], c1[3], m2[3], c2[3])
    np.testing.assert_allclose(parts.rate_effects[3], alone.rate_effects)
    assert parts.difference.shape == (5,)


def test_das_gupta_with_two_vectors_is_kitagawa() -> None:
    m1, c1, m2, c2 = np.random.default_rng(1).uniform(0.1, 1, (4, 7))
    parts = kitagawa(m1, c1, m2, c2)
    found = das_gupta(
        {"rates": m1, "shares": c1 / c1.sum()}, {"rates": m2, "shares": c2 / c2.sum()},
        sum_of_products,
    )  # fmt: skip
    assert found.names == ("rates", "shares")
    np.testing.assert_allclose(found.effects, [parts.rate_effect, parts.composition_effect])


def test_das_gupta_is_the_mean_over_all_orders_of_change() -> None:
    first, second = [2.0, 3.0, 5.0, 7.0], [3.0, 2.0, 6.0, 4.0]

    def some_function(a: float, b: float, c: float, d: float) -> float:
        return a * b / (c + d) + np.sqrt(b * d)

    mean = np.zeros(4)
    for order in permutations(range(4)):
        now = list(first)
        for i in order:
            before = some_function(*now)
            now[i] = second[i]
            mean[i] += (some_function(*now) - before) / 24
    found = das_gupta(first, second, some_function)
    np.testing.assert_allclose(found.effects, mean)


def test_vectors_by_age_of_many_areas() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.uniform(0.5, 2, (2, 3, 6, 10))
    found = das_gupta(list(first), list(second), sum_of_products)
    assert found.effects.shape == (3, 6)
    np.testing.assert_allclose(found.effects.sum(axis=0), found.difference)


def test_life_expectancies_are_taken_apart_by_age() -> None:
    before, after = life_table(YOUNG, sex="male"), life_table(YOUNG * 0.9, sex="male")
    parts = arriaga(before, after)
    assert parts.effects.sum() == pytest.approx(after.e0 - before.e0)
    assert (parts.effects > 0).all()
    only_60 = YOUNG.copy()
    only_60[60] *= 0.5
    one = arriaga(before, life_table(only_60, sex="male"))
    assert one.effects[60] == pytest.approx(one.difference)
    assert np.abs(np.delete(one.effects, 60)).max() < 1e-12
    assert one.direct[60] < one.indirect[60]


def test_the_symmetric_form_only_changes_sign() -> None:
    before, after = life_table(YOUNG, sex="male"), life_table(YOUNG * 0.7, sex="male", radix=1)
    there = arriaga(before, after, symmetric=True)
    back = arriaga(after, before, symmetric=True)
    np.testing.assert_allclose(there.effects, -back.effects)
    assert there.effects.sum() == pytest.approx(there.difference)


def test_many_tables_are_taken_apart_at_once() -> None:
    first = life_table(YOUNG * np.array([[1.0], [1.2]]), sex="male")
    second = life_table(YOUNG * np.array([[0.8], [0.9]]), sex="male")
    parts = arriaga(first, second)
    np.testing.assert_allclose(parts.effects.sum(axis=-1), parts.difference)


def test_what_cannot_be_taken_apart_is_refused() -> None:
    two = [[0.1, 0.2], [1, 1]]
    with pytest.raises(FiguresRefused, match=r"first_rates\[0\] = -0.1"):
        kitagawa([-0.1, 0.2], [1, 1], *two)
    with pytest.raises(FiguresRefused, match="sum of first_people"):
        kitagawa([0.1, 0.2], [0, 0], *two)
    with pytest.raises(FiguresRefused, match="first_rates and second_rates = 3 and 2"):
        kitagawa([0.1, 0.2, 0.3], [1, 1, 1], *two)
    with pytest.raises(FiguresRefused, match="first = 1 factors"):
        das_gupta([1], [2])
    with pytest.raises(FiguresRefused, match="first = 13 factors"):
        das_gupta([1] * 13, [2] * 13)
    with pytest.raises(FiguresRefused, match="the same factors in one order"):
        das_gupta({"a": 1, "b": 2}, {"b": 1, "a": 2})
    with pytest.raises(FiguresRefused, match=r"first\['b'\] = nan"):
        das_gupta({"a": 1, "b": np.nan}, {"a": 2, "b": 1})
    with pytest.raises(FiguresRefused, match="function of the factors = nan"):
        das_gupta([1, 2], [3, 4], lambda a, b: np.nan if a > 2 else a * b)
    whole = life_table(YOUNG, sex="male")
    with pytest.raises(FiguresRefused, match="both tables have the same age groups") as refusal:
        arriaga(whole, life_table(YOUNG[:90], sex="male"))
    assert refusal.value.zh
    ended = YOUNG.copy()
    ended[70] = 2
    with pytest.raises(FiguresRefused, match=r"second.lx\[71\] = 0: somebody is left"):
        arriaga(whole, life_table(ended, sex="male"))


positive = st.floats(0.01, 10)


@given(arrays(np.float64, (4, 6), elements=positive))
def test_kitagawa_s_parts_add_to_the_difference(given_four: FLOATS) -> None:
    m1, c1, m2, c2 = given_four
    parts = kitagawa(m1, c1, m2, c2)
    assert parts.rate_effect + parts.composition_effect == pytest.approx(parts.difference, abs=1e-9)
    back = kitagawa(m2, c2, m1, c1)
    np.testing.assert_allclose(parts.rate_effects, -back.rate_effects)


@given(st.integers(2, 6).flatmap(lambda k: arrays(np.float64, (2, k), elements=positive)))
def test_das_gupta_s_effects_add_to_the_difference(two: FLOATS) -> None:
    found = das_gupta(list(two[0]), list(two[1]))
    largest = max(1.0, float(np.prod(two.max(axis=0))))
    assert float(found.effects.sum()) == pytest.approx(float(found.difference), abs=1e-9 * largest)


@given(arrays(np.float64, (2, 20), elements=st.floats(0.001, 0.5)))
def test_arriaga_s_effects_add_to_the_difference(two: FLOATS) -> None:
    first, second = (life_table(mx, sex="female") for mx in two)
    for symmetric in (False, True):
        parts = arriaga(first, second, symmetric=symmetric)
        assert parts.effects.sum() == pytest.approx(second.e0 - first.e0, abs=1e-8)
