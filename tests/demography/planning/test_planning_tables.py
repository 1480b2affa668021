"""Every planning measure against the plain function or formula for it, one projection at a time."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.planning.measures import PLANNING_MEASURES, planning_measures
from renkou.demography.planning.needs import planning_needs, sources_of
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.planning.school import children_of_school_age
from renkou.demography.planning.tables import planning_table
from renkou.demography.rates.age_structure import dependency_ratios, median_age, people_aged

YEARS = 4
PARAMETERS = PlanningParameters.default()


def _projection(*leading: int, seed: int = 1):
    random = np.random.default_rng(seed)
    population = random.integers(0, 90, (*leading, YEARS + 1, 2, 101)).astype(float)
    births = random.integers(0, 80, (*leading, YEARS, 2)).astype(float)
    deaths = random.integers(0, 70, (*leading, YEARS, 2)).astype(float)
    return population, births, deaths


@pytest.fixture(scope="module")
def projected():
    population, births, deaths = _projection()
    measures, values = planning_table(population, births, deaths, base_year=2024)
    found = {one.key: values[:, place] for place, one in enumerate(measures)}
    return population, births, deaths, found


def test_the_table_has_every_measure_of_the_catalogue_once(projected):
    assert list(projected[3]) == [one.key for one in PLANNING_MEASURES]
    assert len(projected[3]) == len(PLANNING_MEASURES) > 150


def test_counts_of_ages_are_those_of_people_aged(projected):
    population, *_, found = projected
    spans = {"all": "0+"}
    for (id_, sex, age), values in found.items():
        if id_ in (
            "population",
            "children",
            "elderly",
            "working_age",
            "women_childbearing",
            "infants",
        ):
            men, women = (people_aged(population[:, row], spans.get(age, age)) for row in (0, 1))
            expected = {"male": men, "female": women, "both": men + women}[sex]
            np.testing.assert_allclose(values, expected, rtol=1e-12, err_msg=f"{id_} {sex} {age}")


def test_ratios_are_those_of_the_functions_for_age_structure(projected):
    population, *_, found = projected
    both = population.sum(axis=-2)
    for span in ("15-64", "15-59"):
        ratios = dependency_ratios(both, span)
        for part in ("total", "young", "old"):
            np.testing.assert_allclose(
                found[f"dependency_{part}", "both", span], getattr(ratios, part), rtol=1e-12
            )
    np.testing.assert_allclose(found["median_age", "both", "all"], median_age(both), rtol=1e-12)
    shares = 100 * people_aged(both, "65+") / both.sum(axis=-1)
    np.testing.assert_allclose(found["age_share", "both", "65+"], shares, rtol=1e-12)
    men, women = population.sum(axis=-1).T
    np.testing.assert_allclose(found["sex_ratio", "both", "all"], 100 * men / women, rtol=1e-12)
    index = 100 * people_aged(both, "65+") / people_aged(both, "0-14")
    np.testing.assert_allclose(found["ageing_index", "both", "all"], index, rtol=1e-12)


def test_the_balance_holds_and_the_last_year_has_no_flows(projected):
    population, births, deaths, found = projected
    total = population.sum(axis=(-1, -2))
    change = found["population_change", "both", "all"]
    np.testing.assert_allclose(change[:-1], np.diff(total))
    np.testing.assert_allclose(
        found["natural_increase", "both", "all"] + found["net_migration", "both", "all"], change
    )
    rate = 1000 * births.sum(axis=-1) / ((total[1:] + total[:-1]) / 2)
    np.testing.assert_allclose(found["birth_rate", "both", "all"][:-1], rate)
    died = 1000 * deaths.sum(axis=-1) / ((total[1:] + total[:-1]) / 2)
    np.testing.assert_allclose(found["death_rate", "both", "all"][:-1], died)
    np.testing.assert_allclose(found["natural_increase_rate", "both", "all"][:-1], rate - died)
    for one in PLANNING_MEASURES:
        last, rest = found[one.key][-1], found[one.key][:-1]
        assert np.isnan(last) == (one.kind != "stock"), one.key
        assert np.isfinite(rest).all(), one.key
    np.testing.assert_allclose(found["deaths", "female", "all"][:-1], deaths[:, 1])


def test_school_measures_follow_from_the_children(projected):
    population, *_, found = projected
    for stage in PARAMETERS.stages:
        name = stage.name
        children = children_of_school_age(population, stage.first_age, stage.years)
        entering = children_of_school_age(population, stage.first_age)
        rate = PARAMETERS.number(f"school.{name}.participation")
        enrolled = found[f"enrolled_{name}", "both", stage.ages][:-1]
        np.testing.assert_allclose(found[f"children_{name}", "both", stage.ages][:-1], children)
        np.testing.assert_allclose(enrolled, children * rate)
        first = found[f"entering_{name}", "both", str(stage.first_age)][:-1]
        np.testing.assert_allclose(first, entering * rate)
        size = PARAMETERS.number(f"school.{name}.class_size")
        grades = [children_of_school_age(population, stage.first_age + one) * rate
                  for one in range(stage.years)]  # fmt: skip
        classes = found[f"classes_{name}", "both", stage.ages][:-1]
        assert (classes == sum(np.ceil(one / size) for one in grades)).all()
        each = PARAMETERS.number(f"school.{name}.pupils_per_teacher")
        least = PARAMETERS.number(f"school.{name}.teachers_per_class")
        teachers = found[f"teachers_{name}", "both", stage.ages][:-1]
        assert (teachers == np.ceil(np.maximum(enrolled / each, classes * least))).all()


def _of_primary(population, **own):
    """Pupils, classes and teachers of primary school in the first year."""
    parameters = PlanningParameters.from_mapping({"school": own})
    measures, values = planning_table(
        population, base_year=2024, parameters=parameters, only=["school"]
    )
    found = {one.id: values[0, place] for place, one in enumerate(measures)}
    return [found[f"{what}_primary"] for what in ("enrolled", "classes", "teachers")]


def test_a_small_school_of_six_grades_has_six_classes_and_as_many_teachers():
    """87 pupils: two classes of 45 in all, but fourteen or fifteen children in each grade."""
    population = np.full((2, 2, 101), 87 / 12)
    pupils, classes, teachers = _of_primary(population)
    assert (round(pupils, 9), classes, teachers) == (87, 6, 6)
    together = _of_primary(population, primary={"classes_by_grade": False})
    assert together[1:] == [2, 5]  # 87 / 45, 87 / 19
    by_pupils = _of_primary(population, primary={"teachers_per_class": 0})
    assert by_pupils[1:] == [6, 5]


def test_grades_are_split_where_the_school_year_is():
    """Ages 6 at 1 January 2025 hold 46 children: who of them are in grade 1 hangs on the cut-off."""
    population = np.zeros((2, 2, 101))
    population[0, 0, 5] = population[1, 0, 6] = 46.0  # born in 2018, nobody dies or moves
    # Cut-off 31 August: two thirds (30.7) are in grade 1, a third (15.3) begins a year later.
    assert _of_primary(population)[:2] == pytest.approx([46 * 8 / 12, 1])
    assert _of_primary(population, cutoff_month=12)[:2] == pytest.approx([46, 2])
    first_half = [1] * 6 + [0] * 6
    assert _of_primary(population, births_by_month=first_half)[:2] == pytest.approx([46, 2])
    population[0, 0, 6] = population[1, 0, 7] = 30.0  # of 2017: 20 in grade 2, 10 beside the 30.7
    assert _of_primary(population)[:2] == pytest.approx([46 * 8 / 12 + 30, 2])
    population[0, 0, 6] = population[1, 0, 7] = 45.0  # 15 beside the 30.7: a second class
    assert _of_primary(population)[:2] == pytest.approx([46 * 8 / 12 + 45, 3])


def test_an_empty_grade_needs_no_class():
    population = np.zeros((2, 2, 101))
    population[:, :, 8:11] = 10.0
    _, classes, _ = _of_primary(population, births_by_month=[1] + [0] * 11)
    assert (
        classes == 4
    )  # both neighbours of the three ages have some: dying and moving fill the year


def test_care_need_is_people_by_prevalence(projected):
    population, *_, found = projected
    for name, id_ in (("any", "care_need"), ("severe", "care_need_severe")):
        schedule = PARAMETERS.by_age(f"care.{name}_prevalence", 101)
        by_sex = (population * schedule).sum(axis=-1)
        np.testing.assert_allclose(found[id_, "male", "60+"], by_sex[:, 0])
        np.testing.assert_allclose(found[id_, "both", "60+"], by_sex.sum(axis=-1))
    severe, cared_for = found["care_need_severe", "both", "60+"], found["care_need", "both", "60+"]
    carers = np.ceil(severe / 4 + (cared_for - severe) / 10)
    assert (found["caregivers", "both", "60+"] == carers).all()
    elderly = found["elderly", "both", "60+"]
    assert (found["care_beds", "both", "60+"] == np.ceil(elderly * 0.03)).all()
    assert (found["nursing_beds", "both", "60+"] == np.ceil(elderly * 0.03 * 0.55)).all()


def test_beds_and_places_are_rounded_up_from_births_and_people(projected):
    population, births, _, found = projected
    beds = births.sum(axis=-1) * 0.999 * 5 * 1.1 / (365 * 0.85)
    assert (found["maternity_beds", "both", "all"][:-1] == np.ceil(beds)).all()
    places = np.ceil(population.sum(axis=(-1, -2)) * 4.5 / 1000)
    assert (found["childcare_places", "both", "all"] == places).all()


def test_a_batch_gives_what_a_loop_gives(monkeypatch):
    population, births, deaths = _projection(3, 5, seed=2)
    _, together = planning_table(population, births, deaths, base_year=2024)
    monkeypatch.setattr("renkou.demography.planning.tables._CELLS_OF_A_BLOCK", 1)
    _, in_blocks = planning_table(population, births, deaths, base_year=2024)
    np.testing.assert_allclose(in_blocks, together, rtol=1e-12)
    for at in np.ndindex(3, 5):
        _, alone = planning_table(population[at], births[at], deaths[at], base_year=2024)
        np.testing.assert_allclose(together[at], alone, rtol=1e-12)


def test_part_of_the_measures_are_as_in_the_whole():
    population, births, deaths = _projection(2, seed=3)
    every, whole = planning_table(population, births, deaths, base_year=2024)
    for only in (["school"], ["classes_primary"], ["caregivers", "maternity"], ["median_age"]):
        some, part = planning_table(population, births, deaths, base_year=2024, only=only)
        assert {one.id for one in some} | {one.group for one in some} >= set(only)
        np.testing.assert_array_equal(part, whole[..., [every.index(one) for one in some]])


def test_needs_may_be_made_of_quantiles():
    population, births, deaths = _projection(200, seed=4)
    population *= 20
    whole, values = planning_table(population, births, deaths, base_year=2024)
    exact, people = planning_table(population, births, deaths, base_year=2024, needs=False)
    wanted = [one for one in whole if one.need and not one.by_grade]
    assert set(whole) - set(exact) == set(wanted)
    how = {"axis": 0, "method": "inverted_cdf"}
    after = planning_needs(exact, np.quantile(people, 0.9, **how), wanted, base_year=2024,
                     parameters=PARAMETERS)  # fmt: skip
    before = np.quantile(values[..., [whole.index(one) for one in wanted]], 0.9, **how)
    np.testing.assert_array_equal(after, before)


def test_a_need_without_its_people_is_refused():
    measures, values = planning_table(_projection()[0], base_year=2024, only=["structure"])
    [beds] = [one for one in PLANNING_MEASURES if one.id == "care_beds"]
    with pytest.raises(FiguresRefused, match=r"elderly.*which the table lacks"):
        planning_needs(measures, values, [beds], base_year=2024, parameters=PARAMETERS)
    assert sources_of(measures[0]) == ()


def test_classes_by_grade_are_not_made_of_all_pupils():
    measures, values = planning_table(_projection()[0], base_year=2024)
    for name in ("classes_primary", "teachers_primary"):
        [need] = [one for one in PLANNING_MEASURES if one.id == name]
        with pytest.raises(FiguresRefused, match="rounded up in each grade") as refused:
            planning_needs(measures, values, [need], base_year=2024, parameters=PARAMETERS)
        assert refused.value.zh
    together = {"school": {"primary": {"classes_by_grade": False}}}
    parameters = PlanningParameters.from_mapping(together)
    needs = [one for one in planning_measures(parameters) if one.id[-8:] == "_primary" and one.need]
    found = planning_needs(measures, values, needs, base_year=2024, parameters=parameters)
    pupils = values[:-1, [one.id for one in measures].index("enrolled_primary")]
    classes = np.ceil(pupils / 45)
    np.testing.assert_array_equal(found[:-1, 0], classes)
    np.testing.assert_array_equal(found[:-1, 1], np.ceil(np.maximum(pupils / 19, classes)))


def test_deaths_by_age_are_summed_and_left_out_ones_are_not_made_up():
    population, births, deaths = _projection()
    by_age = np.zeros((YEARS, 2, 101))
    by_age[..., 80] = deaths
    _, summed = planning_table(population, births, by_age, base_year=2024)
    _, plain = planning_table(population, births, deaths, base_year=2024)
    np.testing.assert_array_equal(summed, plain)
    measures, without = planning_table(population, base_year=2024)
    for one, column in zip(measures, without.T, strict=True):
        lacking = one.id in ("births", "deaths", "births_in_facilities", "maternity_beds") or (
            one.group == "change" and one.id != "population_change"
        )
        assert np.isnan(column).all() == lacking, one.key


def test_the_statutory_working_age_follows_the_year(projected):
    population, *_, found = projected
    # On 1 January 2024 and 2025 the old ages hold; on 1 January 2026 a quarter of those aged 60 work.
    men = [people_aged(population[year, 0], "16-59") for year in (0, 1, 2)]
    men[2] += population[2, 0, 60] / 4
    here = found["working_age_statutory", "male", "16-statutory"]
    np.testing.assert_allclose(here[:3], men)
    women = found["working_age_statutory_women_50", "female", "16-statutory"]
    np.testing.assert_allclose(women[0], people_aged(population[0, 1], "16-49"))
    both = found["working_age_statutory_women_50", "both", "16-statutory"]
    np.testing.assert_allclose(both, here + women)
    later = found["working_age_statutory_women_55", "female", "16-statutory"]
    assert (later > women).all()


def test_an_empty_area_has_no_ratios_and_needs_nothing():
    measures, values = planning_table(np.zeros((2, 2, 101)), base_year=2024)
    for one, column in zip(measures, values.T, strict=True):
        assert np.isnan(column[0]) == (one.group == "structure") or np.isnan(column).all()
        assert one.group == "structure" or not np.nansum(column)


def test_households_are_computed_from_headship_rates_when_given():
    schedule = {"male": {0: 0.0, 20: 0.5}, "female": {0: 0.0, 20: 0.1}}
    own = PlanningParameters.from_mapping({"households": {"headship": schedule}})
    population = _projection()[0]
    measures, values = planning_table(
        population, base_year=2024, parameters=own, only=["households"]
    )
    assert [one.id for one in measures] == ["households", "household_size"]
    heads = 0.5 * population[:, 0, 20:].sum(axis=-1) + 0.1 * population[:, 1, 20:].sum(axis=-1)
    np.testing.assert_allclose(values[:, 0], heads)
    np.testing.assert_allclose(values[:, 1], population.sum(axis=(-1, -2)) / heads)
    assert len(planning_measures(own)) == len(PLANNING_MEASURES) + 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"population": np.zeros((5, 101))}, r"population = shape \(5, 101\): has axes"),
        ({"population": np.zeros((5, 2, 100))}, "an open one such as 100"),
        (
            {"population": np.full((5, 2, 101), -1.0)},
            r"population\[0, 0, 0\] = -1: no value is below 0",
        ),
        ({"population": np.full((5, 2, 101), np.nan)}, "every value is a finite number"),
        (
            {"births": np.zeros((5, 2))},
            r"births = shape \(5, 2\): is of shape \(4, 2\), one year fewer",
        ),
        ({"deaths": np.zeros((4, 2, 99))}, "deaths = shape"),
        ({"births": np.full((4, 2), -3.0)}, "births.* = -3"),
        ({"only": ["shcool"]}, "only = 'shcool': names a measure or a group"),
    ],
)
def test_what_does_not_belong_together_is_refused(change, message):
    population, births, deaths = _projection()
    given = {"population": population, "births": births, "deaths": deaths} | change
    with pytest.raises(FiguresRefused, match=message) as refused:
        planning_table(base_year=2024, **given)
    assert refused.value.zh


@pytest.mark.parametrize("measure_first", [True, False])
@pytest.mark.parametrize("leading", [(), (3,), (2, 3)])
def test_values_can_be_written_to_a_place_of_the_callers(leading, measure_first):
    given = _projection(*leading)
    measures, values = planning_table(*given, base_year=2024)
    place = np.zeros(values.shape, np.float32)
    if measure_first:
        place = np.moveaxis(np.zeros((len(measures), *values.shape[:-1]), np.float32), 0, -1)
    _, there = planning_table(*given, base_year=2024, out=place)
    assert there is place
    np.testing.assert_array_equal(place, values.astype(np.float32))


def test_a_place_of_another_shape_is_refused():
    with pytest.raises(FiguresRefused, match=r"out = shape \(3,\): values are of shape") as refused:
        planning_table(*_projection(), base_year=2024, out=np.zeros(3))
    assert refused.value.zh


def test_a_median_age_in_the_open_group_is_not_known():
    population = np.zeros((2, 1, 2, 101))
    population[0, :, :, 100] = 5.0
    population[1, :, :, 99] = 5.0
    _, values = planning_table(population, base_year=2024, only=["median_age"])
    np.testing.assert_allclose(values[:, 0, 0], [np.nan, 99.5])
