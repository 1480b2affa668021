"""Completeness of deaths: known truth is found again; refusals; what follows for rates."""

from typing import Any

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.open_age_expectancy import kannisto_open_ex
from renkou.demography.quality.death_completeness import adjusted_death_rates
from renkou.demography.quality.extinct_generations import completeness_ggb_seg, completeness_seg
from renkou.demography.quality.growth_balance import completeness_ggb

STEP = 0.05
AGE = np.arange(0, 121, STEP) + STEP / 2
RISK = 0.0004 * np.exp(0.085 * AGE) / (1 + 0.0004 * np.exp(0.085 * AGE))
ALIVE = np.exp(-np.cumsum(RISK) * STEP)


def _closed_population(
    growth: float = 0.01,
    completeness: float = 1.0,
    coverage: float = 1.0,
    years: float = 10,
    open_group: int = 17,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A stable closed population, its registered deaths, and two censuses of unequal coverage."""
    group = np.minimum(AGE // 5, open_group).astype(int)
    people = 1e6 * np.exp(-growth * AGE) * ALIVE * STEP
    first = np.bincount(group, people)
    grown = np.expm1(growth * years) / growth if growth else years
    deaths = np.bincount(group, people * RISK) * grown * completeness
    return (
        first * min(coverage, 1),
        first * np.exp(growth * years) * min(1, 1 / coverage),
        deaths,
    )


@pytest.mark.parametrize("growth", [-0.005, 0.0, 0.02])
@pytest.mark.parametrize("truth", [0.6, 0.8, 1.0])
def test_complete_censuses_give_the_completeness_back(growth: float, truth: float) -> None:
    people = _closed_population(growth, truth)
    balance = completeness_ggb(*people, years=10, fit_ages=(15, 75))
    generations = completeness_seg(*people, years=10)
    assert balance.completeness == pytest.approx(truth, rel=0.02)
    assert balance.census_coverage == pytest.approx(1, abs=0.01)
    assert generations.completeness == pytest.approx(truth, rel=0.01)


@pytest.mark.parametrize("coverage", [0.96, 1.03])
def test_unequal_censuses_are_found_and_mislead_extinct_generations_alone(coverage: float) -> None:
    people = _closed_population(0.01, 0.8, coverage)
    balance = completeness_ggb(*people, years=10, fit_ages=(15, 75))
    assert balance.census_coverage == pytest.approx(coverage, abs=0.01)
    assert balance.completeness == pytest.approx(0.8, rel=0.03)
    alone = completeness_seg(*people, years=10)
    assert abs(alone.completeness - 0.8) > 0.025
    both, _ = completeness_ggb_seg(*people, years=10, ggb_ages=(15, 75))
    levelled = completeness_seg(*people, years=10, census_coverage="level")
    assert both.completeness == pytest.approx(0.8, rel=0.03)
    assert levelled.completeness == pytest.approx(0.8, rel=0.03)
    assert levelled.census_coverage == pytest.approx(coverage, abs=0.01)
    assert np.ptp(levelled.ratio[levelled.used]) < np.ptp(alone.ratio[alone.used])


def test_migrants_who_are_known_do_not_count_as_survivors_or_deaths() -> None:
    pop1, pop2, deaths = _closed_population(0.01, 0.8)
    came = 0.05 * pop2
    closed = completeness_ggb(pop1, pop2 + came, deaths, years=10, fit_ages=(15, 75))
    open_ = completeness_ggb(pop1, pop2 + came, deaths, years=10, migrants=came, fit_ages=(15, 75))
    assert open_.completeness == pytest.approx(0.8, rel=0.03)
    assert open_.census_coverage == pytest.approx(1, abs=0.01)
    assert closed.census_coverage == pytest.approx(1 / 1.05, abs=0.01)
    generations = completeness_seg(pop1, pop2 + came, deaths, years=10, migrants=came)
    assert generations.completeness == pytest.approx(0.8, rel=0.04)


def test_the_run_of_ages_chosen_by_fit_lies_inside_the_search() -> None:
    people = _closed_population(0.01, 0.8)
    found = completeness_ggb(*people, years=10, search=(20, 70), fewest=6)
    assert 20 <= found.first_age <= found.last_age <= 70
    assert found.used.sum() >= 6
    assert found.correlation > 0.999
    assert any("Ages chosen by fit" in note for note in found.notes)
    wrong = people[2].copy()
    wrong[4:6] *= 3  # deaths of 20-29 put down twice over
    avoiding = completeness_ggb(people[0], people[1], wrong, years=10, search=(5, 80), fewest=6)
    assert avoiding.first_age >= 30
    assert avoiding.completeness == pytest.approx(0.8, rel=0.03)


def test_areas_are_estimated_at_once_each_with_its_own_ages() -> None:
    areas = [_closed_population(0.01, 0.6), _closed_population(0.02, 0.9, 0.97)]
    pop1, pop2, deaths = (np.stack(parts) for parts in zip(*areas, strict=True))
    both = completeness_ggb(pop1, pop2, deaths, years=10)
    generations = completeness_seg(pop1, pop2, deaths, years=10, census_coverage=[1, 0.97])
    levelled = completeness_seg(pop1, pop2, deaths, years=10, census_coverage="level")
    for at, people in enumerate(areas):
        alone = completeness_ggb(*people, years=10)
        assert both.completeness[at] == pytest.approx(alone.completeness)
        assert both.used[at].tolist() == alone.used.tolist()
        assert both.last_age[at] == alone.last_age
        one = completeness_seg(*people, years=10, census_coverage=[1, 0.97][at])
        assert generations.completeness[at] == pytest.approx(one.completeness)
        one = completeness_seg(*people, years=10, census_coverage="level")
        assert levelled.completeness[at] == pytest.approx(one.completeness, rel=1e-6)


def test_the_fitted_line_is_returned_for_the_plot() -> None:
    found = completeness_ggb(*_closed_population(0.01, 0.8), years=10, fit_ages=(15, 75))
    assert found.fitted[3] == pytest.approx(found.intercept + found.slope * found.death_rate[3])
    assert np.isnan(found.entry_minus_growth[0])
    assert found.ages[found.used].tolist() == list(range(15, 80, 5))
    x, y = found.death_rate[found.used], found.entry_minus_growth[found.used]
    assert found.slope == pytest.approx(y.std() / x.std())


def test_the_expectation_of_life_at_the_open_age() -> None:
    """Of the very population, when rates and mean ages are exact."""
    at = np.arange(62.5, 85, 5)
    odds = 0.0004 * np.exp(0.085 * at)
    beyond = AGE > 85
    true = ALIVE[beyond].sum() * STEP / ALIVE[beyond][0]
    assert kannisto_open_ex(odds / (1 + odds), at, 85.0) == pytest.approx(true, rel=0.01)
    generations = completeness_seg(*_closed_population(0.0, 1.0), years=10)
    assert generations.open_ex == pytest.approx(true, rel=0.02)
    with pytest.raises(FiguresRefused, match=r"death rate below the open age\[1\] = 0"):
        kannisto_open_ex(np.array([0.1, 0.0]), np.array([62.5, 67.5]), 70.0)


def test_an_early_open_group_that_grows_fast_is_carried_back() -> None:
    """60 and over, growing 3 % a year: the square of growth times expectation of life matters."""
    growth = 0.03
    pop1, pop2, deaths = _closed_population(growth, open_group=12)
    beyond = AGE > 60
    ex = ALIVE[beyond].sum() * STEP / ALIVE[beyond][0]
    found = completeness_seg(pop1, pop2, deaths, years=10, fit_ages=(25, 55), open_ex=ex)
    year = np.expm1(growth * 10) / growth / 10  # people of the mean of ten years
    true = 1e6 * np.exp(-growth * 60) * ALIVE[beyond][0] * year
    assert found.rebuilt[-1] == pytest.approx(true, rel=0.02)


def test_rates_are_divided_by_the_completeness_from_the_given_age() -> None:
    found = adjusted_death_rates(
        np.ones((2, 4)), np.full((2, 4), 100.0), [0.5, 1.25], ages=[0, 5, 10, 15]
    )
    assert found.mx == pytest.approx(np.array([[0.01] * 3 + [0.02], [0.01] * 3 + [0.008]]))
    assert any("above 1" in note for note in found.notes)
    assert len(adjusted_death_rates([1, 1], [1, 1], 0.9, ages=[0, 15]).notes) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"years": 0}, "years = 0: the second census comes after the first"),
        ({"years": np.nan}, "years = nan"),
        ({"fit_ages": (17, 60)}, "fit_ages = 17-60: both are first ages"),
        ({"fit_ages": (0, 60)}, "fit_ages = 0-60: both are first ages"),
        ({"fit_ages": (60, 65)}, "fit_ages = 60-65"),
        (
            {"ages": np.r_[np.arange(0, 80, 5), 90, 95]},
            r"ages\[16\] = 90: groups follow each other by 5",
        ),
        ({"migrants": [0, 1]}, "pop1 and migrants = 18 and 2"),
        ({"search": (60, 75), "fit_ages": "best"}, "search = 60-75"),
    ],
)
def test_growth_balance_refuses(change: dict[str, Any], message: str) -> None:
    options = {"years": 10, "fit_ages": (15, 75), **change}
    with pytest.raises(FiguresRefused, match=message) as refused:
        completeness_ggb(*_closed_population(), **options)
    assert refused.value.zh


def test_figures_that_cannot_balance_are_refused() -> None:
    pop1, pop2, deaths = _closed_population()
    empty = pop1.copy()
    empty[3] = 0
    with pytest.raises(FiguresRefused, match=r"pop1\[3\] = 0"):
        completeness_ggb(empty, pop2, deaths, years=10)
    with pytest.raises(FiguresRefused, match=r"deaths\[2\] = -1"):
        completeness_ggb(pop1, pop2, [0, 0, -1], years=10)
    with pytest.raises(FiguresRefused, match="their rates differ between the ages"):
        completeness_ggb(pop1, pop2, np.zeros(18), years=10)
    with pytest.raises(FiguresRefused, match="entries less growth rise"):
        completeness_ggb(pop1, pop2, deaths[::-1] * np.exp(-np.arange(18)), years=10)


def test_a_model_of_the_open_age_that_does_not_settle_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("renkou.demography.quality.extinct_generations._MOST_STEPS", 2)
    with pytest.raises(FiguresRefused, match="open_ex: the model settles within 2 steps"):
        completeness_seg(*_closed_population(), years=10)


def test_extinct_generations_refuse() -> None:
    people = _closed_population()
    with pytest.raises(FiguresRefused, match="census_coverage = 'flat'"):
        completeness_seg(*people, years=10, census_coverage="flat")
    with pytest.raises(FiguresRefused, match="census_coverage = -1"):
        completeness_seg(*people, years=10, census_coverage=-1)
    with pytest.raises(FiguresRefused, match="open_ex = 0"):
        completeness_seg(*people, years=10, open_ex=0)
    with pytest.raises(FiguresRefused, match="trend of the ratio"):
        completeness_seg(*_closed_population(0.01, 0.8, 0.5), years=10, census_coverage="level")
    nobody = people[2].copy()
    nobody[-1] = 0
    with pytest.raises(FiguresRefused, match="deaths of the open group carried back = 0"):
        completeness_seg(people[0], people[1], nobody, years=10)
