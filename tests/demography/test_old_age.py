import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.old_age import close_by_kannisto, kannisto_life_expectancy

AGES = np.arange(101)
RISING = expit(-2.3 + 0.11 * (AGES + 0.5 - 80))


def test_rates_on_the_curve_give_back_its_parameters() -> None:
    closed = close_by_kannisto(RISING)
    assert closed.a == pytest.approx(np.exp(-2.3))
    assert closed.b == pytest.approx(0.11)
    np.testing.assert_allclose(
        closed.mx[100:110], expit(-2.3 + 0.11 * (np.arange(100, 110) + 0.5 - 80))
    )
    np.testing.assert_array_equal(closed.mx[:100], RISING[:100])
    np.testing.assert_array_equal(closed.ages, np.arange(111))


def test_likelihood_gives_back_the_curve_that_made_the_deaths() -> None:
    exposure = np.exp(12 - 0.2 * (AGES - 60)) * np.ones((3, 1))
    deaths = exposure * RISING * np.array([[0.9], [1.0], [1.0]])
    closed = close_by_kannisto(deaths / exposure, deaths=deaths, exposure=exposure)
    assert closed.a[1] == pytest.approx(np.exp(-2.3))
    assert closed.b[1] == pytest.approx(0.11)
    assert closed.a[0] < closed.a[1]
    assert "likelihood" in closed.notes[0]


def test_likelihood_is_at_its_top() -> None:
    rng = np.random.default_rng(5)
    exposure = np.linspace(400, 3, 101)
    deaths = rng.poisson(exposure * RISING).astype(float)
    closed = close_by_kannisto(deaths / exposure, deaths=deaths, exposure=exposure)

    def likelihood(a: float, b: float) -> float:
        mu = expit(np.log(a) + b * (AGES[80:100] + 0.5 - 80))
        return float((deaths[80:100] * np.log(mu) - exposure[80:100] * mu).sum())

    top = likelihood(closed.a, closed.b)
    for up in (0.999, 1.001):
        assert likelihood(closed.a * up, closed.b) < top
        assert likelihood(closed.a, closed.b * up) < top


def test_groups_of_five_years_and_a_lower_first_age_replaced() -> None:
    ages = np.array([0, 1, *range(5, 90, 5)])
    mx = expit(-2.3 + 0.11 * (ages + 2.5 - 80))
    closed = close_by_kannisto(mx, ages=ages, fit_from=60, replace_from=80)
    np.testing.assert_array_equal(closed.ages[-7:], np.arange(80, 111, 5))
    np.testing.assert_allclose(
        closed.mx[-7:-1], expit(-2.3 + 0.11 * (np.arange(80, 110, 5) + 2.5 - 80))
    )
    assert "Rates from age 80 to 110+ are Kannisto's curve" in closed.notes[0]
    assert (
        "fitted by least squares of logits to the groups beginning at 60 to 80" in closed.notes[0]
    )


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.1), (2, 0.08), (0.01, 0.002), (0.1, 1e-5)])
def test_life_expectancy_of_the_curve_is_the_integral_of_its_survivors(a: float, b: float) -> None:
    def alive(t: float) -> float:
        return ((1 + a) / (1 + a * np.exp(b * t))) ** (1 / b)

    years = quad(alive, 0, 40 * (1 + a) / a, limit=500)[0]
    assert kannisto_life_expectancy(a, b) == pytest.approx(years, rel=1e-6)


def test_the_open_rate_is_one_over_life_expectancy_there() -> None:
    closed = close_by_kannisto(RISING)
    odds = closed.a * np.exp(closed.b * 30)
    assert 1 / closed.mx[110] == pytest.approx(kannisto_life_expectancy(odds, closed.b))
    assert closed.mx[109] < closed.mx[110] < 1


REFUSED = {
    "an open age not above": ({"to_age": 100}, "to_age = 100: the new open age is above 100"),
    "an open age off the grid": (
        {"mx": RISING[::5], "ages": AGES[::5], "to_age": 112}, "on the grid of 5 years"
    ),
    "a first age that is none": ({"replace_from": 200}, "replace_from = 200: is the first age of"),
    "too few groups": ({"fit_from": 98}, "2 closed groups from 98 to 99: .*three groups at least"),
    "a rate of zero": ({"mx": np.where(AGES == 90, 0, RISING)}, r"mx\[90\] = 0: .*between 0 and 1"),
    "a rate above one": ({"mx": np.where(AGES == 90, 1.2, RISING)}, r"mx\[90\] = 1.2"),
    "falling rates": ({"mx": RISING[::-1] / 3}, "death rates must rise over the ages fitted"),
    "deaths alone": ({"deaths": RISING}, "the likelihood needs both"),
    "no deaths to fit": (
        {"deaths": np.where(AGES < 80, 1, 0), "exposure": np.ones(101)}, "nobody died at the ages"
    ),
    "no exposure": ({"deaths": RISING, "exposure": AGES * 0.0}, r"exposure\[0\] = 0: is divided"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_kannisto_cannot_close_is_refused(what: str) -> None:
    changed, message = REFUSED[what]
    given = {"mx": RISING, **changed}
    with pytest.raises(FiguresRefused, match=message) as refusal:
        close_by_kannisto(given.pop("mx"), **given)
    assert refusal.value.zh
