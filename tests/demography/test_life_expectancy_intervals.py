import json
from pathlib import Path

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.life_expectancy_intervals import (
    chiang_interval,
    simulated_interval,
)
from renkou.demography.mortality.life_tables import LifeTable, life_table, life_table_from_deaths

GOLDEN = json.loads(
    (Path(__file__).parent / "golden/life_expectancy_intervals.json").read_text("utf-8")
)
SINGLE = 5e-5 * np.exp(0.095 * np.arange(91))
PEOPLE = 1000 * np.exp(-0.02 * np.arange(91))


def town(people: np.ndarray = PEOPLE) -> tuple[LifeTable, np.ndarray, np.ndarray]:
    deaths = np.maximum(np.rint(SINGLE * people), 1)
    return life_table_from_deaths(deaths, people, sex="female"), deaths, people


def test_the_limits_of_a_public_health_agency() -> None:
    case = GOLDEN["abridged_to_90"]
    width = np.diff(case["age"])
    ax = np.array([0.1, *(width[1:] / 2), 1])
    deaths, exposure = np.array(case["deaths"]), np.array(case["exposure"])
    table = life_table_from_deaths(deaths, exposure, sex="male", ages=case["age"], ax=ax)
    closed = chiang_interval(table, deaths, open_age="chiang").standard_error
    m = table.mx[-1]
    of_open = (table.lx[-1] / table.lx) ** 2 * (1 - m) / (m**2 * deaths[-1])
    half = case["z"] * np.sqrt(closed**2 + of_open)
    for found, printed in (
        (table.ex, case["ex"]), (table.ex - half, case["lower"]), (table.ex + half, case["upper"])
    ):  # fmt: skip
        difference = np.abs(found - printed).max()
        assert difference <= case["tolerance"], difference


def test_the_open_group_adds_the_variance_of_one_over_its_rate() -> None:
    table, deaths, _ = town()
    with_open = chiang_interval(table, deaths).standard_error ** 2
    without = chiang_interval(table, deaths, open_age="chiang").standard_error ** 2
    expected = (table.lx[-1] / table.lx) ** 2 / (table.mx[-1] ** 2 * deaths[-1])
    np.testing.assert_allclose(with_open - without, expected)


def test_the_formula_is_chiang_s_sum_over_ages() -> None:
    table, deaths, _ = town()
    q, n = table.qx[:-1], 1.0
    var_q = q**2 * (1 - q) / deaths[:-1]
    each = table.lx[:-1] ** 2 * (n - table.ax[:-1] + table.ex[1:]) ** 2 * var_q
    by_hand = np.sqrt(np.cumsum(each[::-1])[::-1]) / table.lx[:-1]
    found = chiang_interval(table, deaths, open_age="chiang")
    np.testing.assert_allclose(found.standard_error[:-1], by_hand)
    assert found.standard_error[-1] == 0


@pytest.mark.parametrize("deaths_are", ["binomial", "poisson"])
def test_simulation_and_chiang_agree(deaths_are) -> None:
    table, deaths, exposure = town(PEOPLE * 20)
    chiang = chiang_interval(table, deaths)
    drawn = simulated_interval(table, deaths, exposure, rng=7, draws=4000, deaths_are=deaths_are)
    ages = [0, 20, 65, 80]
    np.testing.assert_allclose(drawn.standard_error[ages], chiang.standard_error[ages], rtol=0.06)
    width = chiang.interval.upper - chiang.interval.lower
    for end in ("lower", "upper"):
        apart = (getattr(drawn.interval, end) - getattr(chiang.interval, end)) / width
        assert np.abs(apart[ages]).max() < 0.05, apart[ages]


def test_chiang_s_intervals_hold_the_true_life_expectancy_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    people = np.broadcast_to(PEOPLE * 5, (400, 91))
    deaths = rng.poisson(SINGLE * people).astype(float)
    deaths[:, -1] = np.maximum(deaths[:, -1], 1)
    found = chiang_interval(life_table_from_deaths(deaths, people, sex="female"), deaths).interval
    true = life_table(SINGLE, sex="female").e0
    inside = ((found.lower[:, 0] <= true) & (true <= found.upper[:, 0])).mean()
    assert 0.92 <= inside <= 0.98


def test_the_same_seed_gives_the_same_interval_and_batches_are_one_by_one_in_shape() -> None:
    table, deaths, exposure = town()
    twice = [simulated_interval(table, deaths, exposure, rng=3, draws=200) for _ in range(2)]
    np.testing.assert_array_equal(twice[0].interval.lower, twice[1].interval.lower)
    many = life_table_from_deaths(
        np.stack([deaths] * 3), np.stack([exposure] * 3), sex=("male", "female", "both")
    )
    found = simulated_interval(
        many, np.stack([deaths] * 3), np.stack([exposure] * 3), rng=3, draws=200
    )
    assert found.interval.lower.shape == found.standard_error.shape == (3, 91)
    assert (found.interval.lower <= found.interval.upper).all()


def test_method_and_assumption_are_named_and_ages_without_deaths_are_counted() -> None:
    table, deaths, exposure = town()
    deaths = deaths.copy()
    deaths[[5, 6]] = 0
    table = life_table_from_deaths(deaths, exposure, sex="female")
    found = chiang_interval(table, deaths, open_age="chiang")
    assert found.interval.method == "Chiang"
    assert "binomial" in found.interval.assumption
    assert any("2 of 90 closed age groups have no deaths" in one for one in found.interval.notes)
    assert any("taken as known" in one for one in found.interval.notes)
    assert found.notes == table.notes
    assert found.unit == "years"
    drawn = simulated_interval(table, deaths, exposure, rng=1, draws=100)
    assert any("drawn again" in one for one in drawn.interval.notes)


def test_noise_of_disclosure_control_adds_what_it_does_to_life_expectancy() -> None:
    table, deaths, exposure = town()
    noise = 4 / exposure**2
    plain = chiang_interval(table, deaths)
    noisy = chiang_interval(table, deaths, rate_noise_variance=noise)
    slopes = np.empty(91)
    for i in range(91):
        mx = table.mx.copy()
        mx[i] *= 1.000001
        moved = life_table(mx, sex="female", ax=np.append(table.ax[:-1], 1))
        slopes[i] = (moved.e0 - table.e0) / (mx[i] - table.mx[i])
    added = noisy.standard_error[0] ** 2 - plain.standard_error[0] ** 2
    assert added == pytest.approx((slopes**2 * noise).sum(), rel=1e-4)
    assert "disclosure control" in noisy.interval.assumption
    assert "disclosure control" not in plain.interval.assumption
    with pytest.raises(FiguresRefused, match=r"rate_noise_variance = of shape \(2, 91\)"):
        chiang_interval(table, deaths, rate_noise_variance=np.ones((2, 91)))
    with pytest.raises(FiguresRefused, match="rate_noise_variance = -1"):
        chiang_interval(table, deaths, rate_noise_variance=-1)


def test_few_deaths_in_the_open_group_never_make_life_endless() -> None:
    table, deaths, exposure = town()
    deaths = deaths.copy()
    deaths[-1] = 0.5  # a perturbed count: most draws have none
    table = life_table_from_deaths(deaths, exposure, sex="female")
    drawn = simulated_interval(table, deaths, exposure, rng=1, draws=500)
    assert np.isfinite(drawn.interval.upper).all()


REFUSED = {
    "other deaths": ({"deaths": np.ones(5)}, r"deaths = of shape \(5,\): the table is of shape"),
    "deaths where none can be": ({"deaths": np.zeros(91)}, r"deaths\[0\] = 0: deaths and mx are 0"),
    "negative deaths": ({"deaths": -np.ones(91)}, r"deaths\[0\] = -1"),
    "a level above 1": ({"level": 95}, "level = 95"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_of_the_table_is_refused(what: str) -> None:
    table, deaths, exposure = town()
    changed, message = REFUSED[what]
    given = {"deaths": deaths, **changed}
    with pytest.raises(FiguresRefused, match=message) as refusal:
        chiang_interval(table, **given)
    assert refusal.value.zh
    with pytest.raises(FiguresRefused, match=message):
        simulated_interval(table, exposure=exposure, rng=1, **given)


def test_unknown_words_and_too_few_draws_are_refused() -> None:
    table, deaths, exposure = town()
    with pytest.raises(FiguresRefused, match=r"open_age = 'silcock': .*mean 'silcocks'"):
        chiang_interval(table, deaths, open_age="silcock")  # type: ignore[arg-type]
    with pytest.raises(FiguresRefused, match="draws = 50: limits need 100 draws"):
        simulated_interval(table, deaths, exposure, rng=1, draws=50)
    with pytest.raises(FiguresRefused, match="deaths_are = 'normal'"):
        simulated_interval(table, deaths, exposure, rng=1, deaths_are="normal")  # type: ignore[arg-type]
    with pytest.raises(FiguresRefused, match=r"exposure\[0\] = 0"):
        simulated_interval(table, deaths, exposure * 0, rng=1)


def test_poisson_deaths_of_more_people_than_live_are_refused() -> None:
    deaths, exposure = np.array([1.0, 1.0, 1.0]), np.array([10.0, 0.6, 1.0])
    table = life_table_from_deaths(deaths, exposure, sex="male")
    with pytest.raises(FiguresRefused, match="set deaths_are='binomial'"):
        simulated_interval(table, deaths, exposure, rng=1, deaths_are="poisson")
    assert (simulated_interval(table, deaths, exposure, rng=1).interval.lower > 0).all()
