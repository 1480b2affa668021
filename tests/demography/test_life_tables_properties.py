import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renkou.demography.mortality.life_tables import life_table, life_table_from_deaths

ABRIDGED = np.array([0, 1, *range(5, 90, 5)])
SINGLE = np.arange(20)
FLOATS = npt.NDArray[np.float64]


def rates(n: int, highest: float) -> st.SearchStrategy[FLOATS]:
    """Rates of two tables, of which the open one is never 0."""
    some = st.floats(0, highest) | st.floats(1e-6, 0.01)
    return arrays(np.float64, (2, n), elements=some).map(_with_open_deaths)


def _with_open_deaths(mx: FLOATS) -> FLOATS:
    mx[:, -1] = np.maximum(mx[:, -1], 1e-3)
    return mx


cases = st.one_of(
    st.tuples(rates(20, 1.9), st.just(SINGLE), st.sampled_from(["un", "hmd", "coale-demeny"])),
    st.tuples(rates(19, 0.3), st.just(ABRIDGED), st.sampled_from(["un", "hmd", "preston"])),
)
radices = st.sampled_from([1, 100_000])


@given(cases, radices)
def test_identities_of_a_life_table(case: tuple[FLOATS, FLOATS, str], radix: float) -> None:
    mx, ages, rule = case
    table = life_table(mx, sex=("male", "female"), ages=ages, infant_rule=rule, radix=radix)
    assert (np.diff(table.lx) <= 0).all()
    assert ((table.qx >= 0) & (table.qx <= 1)).all()
    np.testing.assert_allclose(table.dx.sum(axis=-1), radix, rtol=1e-12)
    np.testing.assert_allclose(table.Tx, np.cumsum(table.Lx[:, ::-1], axis=-1)[:, ::-1])
    left = table.lx > radix * 1e-12
    np.testing.assert_allclose((table.ex * table.lx)[left], table.Tx[left], rtol=1e-9)
    # what a stationary population would observe
    np.testing.assert_allclose(
        (table.mx * table.Lx)[left], table.dx[left], rtol=1e-9, atol=radix * 1e-14
    )
    n = table.width[:-1]
    np.testing.assert_allclose(
        table.ex[:, :-1],
        table.ax[:, :-1] * table.qx[:, :-1] + table.px[:, :-1] * (n + table.ex[:, 1:]),
        rtol=1e-6,
    )


@given(cases)
def test_many_tables_at_once_are_the_tables_one_by_one(case: tuple[FLOATS, FLOATS, str]) -> None:
    mx, ages, rule = case
    both = life_table(mx, sex=("male", "female"), ages=ages, infant_rule=rule)
    for i, sex in enumerate(("male", "female")):
        alone = life_table(mx[i], sex=sex, ages=ages, infant_rule=rule)
        for name in ("ax", "qx", "lx", "dx", "Lx", "Tx", "ex", "Sx"):
            np.testing.assert_allclose(
                getattr(both, name)[i], getattr(alone, name), rtol=1e-12, err_msg=name
            )


@given(cases)
def test_higher_rates_never_lengthen_life(case: tuple[FLOATS, FLOATS, str]) -> None:
    mx, ages, _ = case
    ax = np.append(np.diff(ages) / 2, 1.0)
    now = life_table(mx, sex="male", ages=ages, ax=ax)
    worse = life_table(np.minimum(mx * 1.05, 2 / 5), sex="male", ages=ages, ax=ax)
    lower = life_table(np.minimum(mx, 2 / 5), sex="male", ages=ages, ax=ax)
    assert (worse.e0 <= lower.e0 + 1e-9).all()
    assert (now.e0 <= lower.e0 + 1e-9).all()


@given(st.floats(1e-6, 1.9), st.floats(0.1, 1e6))
def test_only_the_ratio_of_deaths_to_exposure_matters(rate: float, scale: float) -> None:
    exposure = np.array([10.0, 20.0, 30.0])
    deaths = exposure * rate
    one = life_table_from_deaths(deaths, exposure, sex="male")
    other = life_table_from_deaths(deaths * scale, exposure * scale, sex="male")
    np.testing.assert_allclose(one.ex, other.ex)
