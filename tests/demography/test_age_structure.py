import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.rates.age_structure import (
    age_shares,
    ageing_index,
    dependency_ratios,
    median_age,
    people_aged,
)

SINGLE = np.ones(101)
FIVE = [0, 1, *range(5, 90, 5)]


@pytest.mark.parametrize(
    ("span", "people"),
    [("7", 1), ("0-14", 15), ("15-64", 50), ("65+", 36), ("100+", 1), ("0+", 101), ("0-99", 100)],
)
def test_spans_include_both_ends(span: str, people: int) -> None:
    assert people_aged(SINGLE, span) == people


def test_grouped_ages_are_taken_whole() -> None:
    people = np.arange(1.0, 20)
    assert people_aged(people, "0-4", FIVE) == 1 + 2
    assert people_aged(people, "0", FIVE) == 1
    assert people_aged(people, "85+", FIVE) == 19


@pytest.mark.parametrize(
    ("working", "young", "old"), [("15-64", 15, 36), ("15-59", 15, 41), ("16-59", 16, 41)]
)
def test_dependency_ratios_say_which_ages_they_divide_by(
    working: str, young: int, old: int
) -> None:
    found = dependency_ratios(SINGLE, working)
    base = 101 - young - old
    assert found.young == pytest.approx(100 * young / base)
    assert found.old == pytest.approx(100 * old / base)
    assert found.total == pytest.approx(100 * (young + old) / base)
    assert working in found.label
    assert working in found.label_zh


def test_shares_keep_the_axes_before_ages() -> None:
    people = np.stack([SINGLE, 2 * SINGLE])
    found = age_shares(people)
    assert list(found) == ["0-14", "15-59", "60+", "65+", "80+"]
    assert found["60+"].tolist() == pytest.approx([100 * 41 / 101] * 2)
    assert ageing_index(people, 60).tolist() == pytest.approx([100 * 41 / 15] * 2)


def test_the_median_age_of_single_years_and_of_groups() -> None:
    assert median_age([0, 0, 10, 0]) == 2.5
    assert median_age([10, 10, 0, 0]) == 1  # half are reached at the very end of age 0
    assert median_age([[4, 4, 4, 0], [1, 1, 6, 0]], [0, 15, 30, 60]).tolist() == [22.5, 40.0]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: people_aged(SINGLE, "14-0"), "span = '14-0'"),
        (lambda: people_aged(SINGLE, "young"), "span = 'young'"),
        (lambda: people_aged(SINGLE, "101+"), "ages for 101+ = 101"),
        (lambda: people_aged(np.ones(19), "16-59", FIVE), "ages for 16-59 = 16"),
        (lambda: people_aged(np.ones(19), "0-87", FIVE), "ages for 0-87 = 88"),
        (lambda: people_aged(np.ones(18), "0-14", FIVE), "population and ages = 18 and 19"),
        (lambda: people_aged([1, 2], "15+", [15, 65]), "ages[0] = 15"),
        (lambda: people_aged([1, -2], "0"), "population[1] = -2"),
        (lambda: people_aged(5, "0"), "ages = (0,)"),
        (lambda: dependency_ratios(SINGLE, "18-60"), "working_ages = '18-60'"),
        (lambda: dependency_ratios([[1, 1, 1], [1, 0, 1]], ages=[0, 15, 65]),
         "population aged 15-64[1] = 0"),
        (lambda: age_shares(np.zeros((2, 101))), "population summed over ages[0] = 0"),
        (lambda: ageing_index([0, 1, 1], ages=[0, 15, 65]), "population aged 0-14 = 0"),
        (lambda: median_age([[5, 1, 1], [1, 1, 5]]), "population[1] = 3.5"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name_place_and_value(call: object, said: str) -> None:
    with pytest.raises(FiguresRefused) as refused:
        call()  # type: ignore[operator]
    assert said in str(refused.value)
    assert refused.value.zh
