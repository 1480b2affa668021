"""One step by hand, and the choices: timing, kind and floors of migration, closed ages, steps of five."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography import life_table, project_cohort_component

PEOPLE = np.array([[100.0, 90, 80, 10], [95, 85, 75, 20]])  # ages 0, 1, 2, 3+
RATIO = np.array([[[0.99, 0.98, 0.97, 0.6], [0.995, 0.99, 0.98, 0.7]]])
ASFR, SRB = [[0, 0.2, 0.1, 0]], [1.06]
NOBODY_BORN = [[0.0, 0.0]]


def test_a_year_by_hand():
    future = project_cohort_component(PEOPLE, survival_ratio=RATIO, asfr=ASFR, srb=SRB)
    women = [95 * 0.99, 85 * 0.98]
    births = 0.2 * (85 + women[0]) / 2 + 0.1 * (75 + women[1]) / 2
    girls = births / 2.06
    np.testing.assert_allclose(future.births, [[births - girls, girls]])
    np.testing.assert_allclose(
        future.at(1),
        [[(births - girls) * 0.99, 98, 87.3, 54], [girls * 0.995, *women, 0.7 * 95]],
    )
    np.testing.assert_allclose(
        future.cohort_deaths[0, 1], [girls * 0.005, 0.95, 1.7, 0.3 * 95], atol=1e-12
    )
    assert future.population.shape == (2, 2, 4)
    assert future.total[0] == PEOPLE.sum()
    np.testing.assert_allclose(future.deaths, future.cohort_deaths.sum(axis=-1))


def test_deaths_by_age_are_split_at_the_birthday_by_the_life_table():
    mx = np.array([[[0.02, 0.004, 0.01, 0.3], [0.01, 0.003, 0.02, 0.2]]])
    future = project_cohort_component(PEOPLE, mx=mx, births=[[50, 48]])
    table = life_table(mx, sex=("male", "female"), radix=1)
    before_birthday = PEOPLE[:, :-1] * (1 - table.lx[0, :, 1:] / table.Lx[0, :, :-1])
    after = future.cohort_deaths[0].copy()
    after[:, 1:] -= before_birthday
    expected = after
    expected[:, :-1] += before_birthday
    np.testing.assert_allclose(future.period_deaths[0], expected)


def test_where_the_open_group_dies_less_than_the_age_before_no_death_is_negative():
    mx = np.array([[[0.01, 0.01, 1.9, 0.1]] * 2])
    people = [[0, 0, 100.0, 0]] * 2
    future = project_cohort_component(people, mx=mx, births=NOBODY_BORN)
    assert future.period_deaths.min() == 0
    np.testing.assert_allclose(future.period_deaths.sum(), future.cohort_deaths.sum())
    assert any("less than half the rate" in note for note in future.notes)


def test_migrants_at_the_end_have_no_children_and_do_not_die_in_the_year_they_come():
    moved = np.full((1, 2, 4), 10.0)
    without = project_cohort_component(PEOPLE, survival_ratio=RATIO, asfr=ASFR, srb=SRB)
    given = {"survival_ratio": RATIO, "asfr": ASFR, "srb": SRB, "net_migration": moved}
    at_end = project_cohort_component(PEOPLE, **given)
    evenly = project_cohort_component(PEOPLE, **given, migration_timing="even")
    np.testing.assert_allclose(at_end.at(1), without.at(1) + 10)
    np.testing.assert_array_equal(at_end.births, without.births)
    assert evenly.births.sum() > at_end.births.sum()
    assert evenly.cohort_deaths.sum() > at_end.cohort_deaths.sum()
    np.testing.assert_allclose(evenly.net_migration, moved)


@pytest.mark.parametrize("timing", ["end", "even"])
def test_rates_of_migration_are_per_person_alive_there(timing):
    rates = np.full((1, 2, 4), 0.04)
    future = project_cohort_component(
        PEOPLE, survival_ratio=np.ones((1, 2, 4)), births=NOBODY_BORN, net_migration=rates,
        migration_as="rates", migration_timing=timing,
    )  # fmt: skip
    men = PEOPLE[0]
    stayed = [0, men[0], men[1], men[2] + men[3]]
    if timing == "end":
        np.testing.assert_allclose(future.net_migration[0, 0], 0.04 * np.array(stayed))
    else:
        grown = np.array(stayed) * 1.02
        np.testing.assert_allclose(future.net_migration[0, 0], 0.02 * men + 0.02 * grown)


def leaving(timing: str, floor: float = 0.0):
    moved = np.zeros((2, 3, 2, 4))
    moved[1, 2, 0, 1] = -500  # the second area's third year, men aged 1
    births = np.full((3, 2), 40.0)
    return project_cohort_component(
        PEOPLE, survival_ratio=np.ones((3, 2, 4)), births=births, net_migration=moved,
        migration_timing=timing, floor=floor,
    )  # fmt: skip


def test_a_cell_that_would_turn_negative_is_floored_and_told():
    future = leaving("end")
    [cell] = future.floors
    assert cell.place == (1, 2, 0, 1)
    assert cell.value == -460
    assert not cell.at_start
    assert future.net_migration[cell.place] == -40
    assert future.population[1, 3, 0, 1] == 0
    assert future.notes[-1].startswith(
        "1 cells that migration would have turned negative were set to 0"
    )
    assert len(leaving("end", floor=0.0005).floors) == 1
    assert leaving("end", floor=0.0005).population[1, 3, 0, 1] == 0.0005


def test_a_floor_at_the_start_of_a_year_is_told_apart():
    first, second = leaving("even").floors
    assert (first.place, first.value, first.at_start) == ((1, 2, 0, 1), -210, True)
    assert (second.place, second.value, second.at_start) == ((1, 2, 0, 1), -210, False)
    assert leaving("even").net_migration[1, 2, 0, 1] == -80


def test_nothing_is_said_of_floors_where_there_are_none():
    future = project_cohort_component(PEOPLE, survival_ratio=RATIO, asfr=ASFR, srb=SRB)
    assert len(future.floors) == 0
    assert future.floors.index.shape == (0, 3)
    assert not any("negative" in note for note in future.notes)


def test_people_leave_a_closed_last_age():
    mx = np.full((1, 1, 4), 0.02)
    future = project_cohort_component([[40.0, 30, 20, 10]], mx=mx, births=[[5]], open_group=False)
    assert future.aged_out.tolist() == [[10.0]]
    np.testing.assert_allclose(future.at(1)[0, 3], 20 * 0.99 / 1.01)
    assert any("closed" in note for note in future.notes)


def test_an_age_may_say_where_the_open_group_begins():
    given = {"survival_ratio": RATIO, "asfr": ASFR, "srb": SRB}
    said = project_cohort_component(PEOPLE, **given, open_group=3)
    np.testing.assert_array_equal(
        said.population, project_cohort_component(PEOPLE, **given).population
    )


@pytest.mark.parametrize("open_group", [True, False])
def test_steps_of_five_years_join_infants_and_small_children(open_group):
    starts = [0, 1, 5, 10, 15, 20]
    mx = np.array([[[0.02, 0.002, 0.001, 0.001, 0.002, 0.01]] * 2])
    people = np.full((2, 5), 100.0)
    future = project_cohort_component(
        people, mx=mx, asfr=[[0, 0, 0, 0.1, 0]], srb=[1.05], step=5, open_group=open_group
    )
    table = life_table(mx[0], sex=("male", "female"), ages=starts, radix=1)
    ratio = table.Sx
    np.testing.assert_allclose(future.at(1)[:, 0], future.births[0] * ratio[:, 0])
    np.testing.assert_allclose(future.at(1)[:, 1:3], 100 * ratio[:, 1:3])
    assert future.step == 5
    if open_group:
        np.testing.assert_allclose(future.at(1)[:, 3], 100 * ratio[:, 3])
        np.testing.assert_allclose(future.at(1)[:, 4], 200 * ratio[:, 4])
        np.testing.assert_allclose(
            future.period_deaths[0, 1, 1:4] / future.exposure[0, 1, 1:4], mx[0, 1, 2:5], rtol=0.02
        )
    else:
        assert (future.at(1)[:, 4] > 90).all()


def test_births_may_be_given_by_sex_or_with_the_sex_ratio():
    by_sex = project_cohort_component(PEOPLE, survival_ratio=RATIO, births=[[51.5, 48.5]])
    total = project_cohort_component(PEOPLE, survival_ratio=RATIO, births=[100], srb=[51.5 / 48.5])
    np.testing.assert_allclose(total.births, by_sex.births)
    np.testing.assert_allclose(total.population, by_sex.population)


def test_what_is_given_once_serves_all_years_areas_and_trajectories():
    areas = np.stack([PEOPLE, 2 * PEOPLE, 3 * PEOPLE])[:, None]  # (3, 1, 2, 4)
    asfr = np.full((5, 6, 4), 0.1)  # five trajectories of six years
    asfr[..., 0] = 0
    future = project_cohort_component(areas, survival_ratio=RATIO, asfr=asfr, srb=[[1.05]])
    assert future.population.shape == (3, 5, 7, 2, 4)
    assert future.births.shape == (3, 5, 6, 2)
    np.testing.assert_allclose(future.population[1], 2 * future.population[0])


def test_fertility_of_15_to_49_is_that_of_all_ages_with_noughts_around():
    people, mx = np.full((2, 60), 50.0), np.full((1, 2, 60), 0.01)
    rates = np.linspace(0.01, 0.1, 35)
    short = project_cohort_component(people, mx=mx, asfr=rates[None], srb=[1.05])
    whole = np.zeros((1, 60))
    whole[0, 15:50] = rates
    long = project_cohort_component(people, mx=mx, asfr=whole, srb=[1.05])
    from_15 = project_cohort_component(people, mx=mx, asfr=rates[None], srb=[1.05], asfr_from=15)
    np.testing.assert_allclose(short.population, long.population)
    np.testing.assert_array_equal(short.population, from_15.population)


def test_more_threads_change_no_digit():
    rng = np.random.default_rng(3)
    people = rng.uniform(0, 1000, (200, 2, 101))
    mx = rng.uniform(0.001, 0.2, (200, 12, 2, 101))
    moved = rng.normal(0, 300, (200, 12, 2, 101))
    births = np.full((12, 2), 900.0)
    one, two = (
        project_cohort_component(people, mx=mx, births=births, net_migration=moved, threads=threads)
        for threads in (1, 3)
    )
    np.testing.assert_array_equal(one.population, two.population)
    np.testing.assert_array_equal(one.floors.index, two.floors.index)
    assert len(one.floors) > 1000
    assert one.floors.value.max() < 0
    place = tuple(one.floors.index[-1])
    assert one.population[place[0], place[1] + 1, place[2], place[3]] == 0


def test_the_arrays_given_are_left_as_they_were():
    moved = np.full((1, 2, 4), -200.0)
    before = moved.copy(), PEOPLE.copy()
    future = project_cohort_component(
        PEOPLE, survival_ratio=RATIO, births=NOBODY_BORN, net_migration=moved
    )
    future.population[0] = 0
    np.testing.assert_array_equal(moved, before[0])
    np.testing.assert_array_equal(PEOPLE, before[1])


def test_flows_by_age_need_not_be_kept():
    given = {
        "survival_ratio": RATIO,
        "asfr": ASFR,
        "srb": SRB,
        "net_migration": np.full((1, 2, 4), -95.0),
    }
    whole, lean = (
        project_cohort_component(PEOPLE, **given, keep_flows=keep) for keep in (True, False)
    )
    np.testing.assert_array_equal(lean.population, whole.population)
    np.testing.assert_array_equal(lean.births, whole.births)
    np.testing.assert_array_equal(lean.deaths, whole.deaths)
    np.testing.assert_array_equal(lean.floors.value, whole.floors.value)
    for name in ("cohort_deaths", "period_deaths", "exposure", "net_migration"):
        with pytest.raises(FiguresRefused, match="keep_flows=True"):
            getattr(lean, name)


@pytest.mark.parametrize("step", [1, 5])
def test_exposure_is_what_it_is_said_to_be_and_where_it_is_not_the_years_lived(step):
    """Infants who die before the first stock that would hold them are in neither."""
    ages = np.arange(101) if step == 1 else np.r_[0, 1, np.arange(5, 105, 5)]
    mx = np.where(ages == 0, 0.2, 0.0003 * np.exp(0.08 * ages))
    people = np.full((2, 101 if step == 1 else 21), 100.0)
    future = project_cohort_component(
        people, mx=[[mx, mx]], births=[[80.0, 80.0]], step=step, keep_flows=True
    )
    mean = step * (future.at(0) + future.at(1)) / 2
    np.testing.assert_allclose(future.exposure[0], mean, rtol=1e-12)
    rate = future.period_deaths / future.exposure
    if step == 1:
        np.testing.assert_allclose(rate[0, 0, 1:-1], mx[1:-1], rtol=1e-9)
    assert abs(rate[0, 0, 0] / mx[0] - 1) > 0.05
    assert any("not the years lived at the first age" in note for note in future.notes)
    kept = project_cohort_component(
        people, mx=[[mx, mx]], births=[[80.0, 80.0]], step=step, keep_flows=False
    )
    assert not any("Exposure" in note for note in kept.notes)
