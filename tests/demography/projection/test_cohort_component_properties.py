"""What holds of every projection, whatever its rates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.demography import (
    Projection,
    life_table,
    project_cohort_component,
    survival_ratios_from_mx,
)

AGES, YEARS = 8, 4
SEXES = ("male", "female")


def whole(*shape: int, low: float, high: float) -> st.SearchStrategy:
    return arrays(np.float64, shape, elements=st.floats(low, high, allow_subnormal=False))


@st.composite
def inputs(draw, *, batch: tuple[int, ...] = (), migration: bool = True) -> dict:
    mx = draw(whole(*batch, YEARS, 2, AGES, low=0, high=1.5))
    mx[..., -1] += 0.01
    asfr = draw(whole(*batch, YEARS, AGES, low=0, high=1))
    asfr[..., 0] = 0
    found = {
        "population": draw(whole(*batch, 2, AGES, low=0, high=1e6)), "mx": mx, "asfr": asfr,
        "srb": draw(whole(*batch, YEARS, low=0.9, high=1.3)),
        "open_group": draw(st.booleans()),
    }  # fmt: skip
    if migration:
        found["net_migration"] = draw(whole(*batch, YEARS, 2, AGES, low=-1e5, high=1e5))
        found["migration_timing"] = draw(st.sampled_from(["end", "even"]))
    return found


def assert_balanced(future: Projection) -> None:
    people = future.population.sum(axis=-1)
    change = future.births + future.net_migration.sum(axis=-1) - future.aged_out
    for deaths in (future.cohort_deaths, future.period_deaths):
        np.testing.assert_allclose(
            people[..., 1:, :],
            people[..., :-1, :] + change - deaths.sum(axis=-1),
            rtol=1e-9,
            atol=1e-6,
        )


@given(inputs())
def test_people_change_by_births_deaths_and_migration_alone(case):
    future = project_cohort_component(**case)
    assert_balanced(future)
    for stock_or_flow in (
        future.population,
        future.births,
        future.cohort_deaths,
        future.period_deaths,
    ):
        assert stock_or_flow.min() >= 0
    requested = case["net_migration"].sum() - sum(cell.value for cell in future.floors)
    np.testing.assert_allclose(future.net_migration.sum(), requested, rtol=1e-9, atol=1e-5)


@given(inputs())
def test_births_are_the_rates_times_the_years_that_women_lived(case):
    future = project_cohort_component(**case)
    expected = (case["asfr"] * future.exposure[:, 1]).sum(axis=-1)
    floored_at_the_end = {cell.place[0] for cell in future.floors if not cell.at_start}
    for year in set(range(YEARS)) - floored_at_the_end:
        np.testing.assert_allclose(future.births[year].sum(), expected[year], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(future.births[:, 0], case["srb"] * future.births[:, 1], rtol=1e-12)


@given(inputs(migration=False))
def test_deaths_over_exposure_are_the_rates_given(case):
    case["mx"][..., -1] = np.maximum(case["mx"][..., -1], case["mx"][..., -2])
    future = project_cohort_component(**case)
    closed = slice(1, AGES - 1)
    np.testing.assert_allclose(
        future.period_deaths[..., closed], (case["mx"] * future.exposure)[..., closed],
        rtol=1e-9, atol=1e-9,
    )  # fmt: skip


@given(whole(2, AGES, low=0, high=1e6), st.sampled_from([1, 5]))
def test_with_no_rates_everybody_stays_and_grows_older(population, step):
    future = project_cohort_component(
        population, survival_ratio=np.ones((YEARS, 2, AGES)), births=np.zeros((YEARS, 2)), step=step
    )
    np.testing.assert_allclose(future.total, population.sum(), rtol=1e-12)
    np.testing.assert_array_equal(future.at(1)[:, 1:-1], population[:, :-2])
    assert future.cohort_deaths.sum() == future.period_deaths.sum() == 0


@given(inputs(batch=(3,)))
def test_a_batch_is_as_good_as_a_loop(case):
    future = project_cohort_component(**case)
    shared = {name: case.pop(name) for name in ("open_group", "migration_timing")}
    for row in range(3):
        alone = project_cohort_component(**{name: one[row] for name, one in case.items()}, **shared)
        for name in ("population", "births", "cohort_deaths", "period_deaths", "net_migration"):
            np.testing.assert_array_equal(getattr(future, name)[row], getattr(alone, name))


@given(inputs(migration=False), st.floats(0, 100))
def test_without_migration_twice_the_people_have_twice_the_future(case, times):
    one = project_cohort_component(**case)
    more = project_cohort_component(**{**case, "population": case["population"] * times})
    np.testing.assert_allclose(more.population, one.population * times, rtol=1e-9, atol=1e-9)


@given(inputs(), st.integers(1, YEARS - 1))
def test_projecting_on_from_a_later_year_gives_the_same(case, year):
    through = project_cohort_component(**case)
    later = {name: case[name][year:] for name in ("mx", "asfr", "srb", "net_migration")}
    on = project_cohort_component(**{**case, **later, "population": through.at(year)})
    np.testing.assert_array_equal(on.population, through.population[year:])


@given(inputs())
def test_survival_ratios_do_as_well_as_the_rates_they_come_from(case):
    future = project_cohort_component(**case)
    mx = case.pop("mx")
    ratio = survival_ratios_from_mx(mx, sex=SEXES, open_group=case["open_group"])
    same = project_cohort_component(**case, survival_ratio=ratio)
    np.testing.assert_allclose(same.population, future.population, rtol=1e-9, atol=1e-6)


@given(whole(3, 2, AGES, low=0, high=1.9))
def test_ratios_straight_from_rates_are_those_of_the_life_table(mx):
    mx[..., -1] += 0.001
    table = life_table(mx, sex=SEXES)
    someone = np.broadcast_to((table.lx[..., -2:-1] > 0), mx.shape)
    straight = survival_ratios_from_mx(mx, sex=SEXES)
    np.testing.assert_allclose(straight[someone], table.Sx[someone], rtol=1e-9, atol=1e-12)
