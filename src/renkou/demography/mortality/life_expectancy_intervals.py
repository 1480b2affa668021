"""How sure a life expectancy is, from the deaths a life table was made of. Pure (NumPy).

Chiang's variance in closed form, and simulation of the deaths; both say how far life expectancy
would move if the same risks had worked on the same people again. Neither knows of deaths that were
not registered or of people counted twice.

Sources: Chiang (1984), The Life Table and its Applications, chapter 8; Silcocks, Jenner & Reza
(2001), Journal of Epidemiology and Community Health 55:38-43, for the open age group; Eayrs &
Williams (2004), the same journal 58:243-249, for small areas.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, refuse_where
from renkou.demography.mortality.infant_ax import one_of
from renkou.demography.mortality.life_tables import LifeTable, years_to_live
from renkou.demography.rates.intervals import (
    Estimate,
    Interval,
    normal_quantile,
    together,
    with_noise,
)

OpenAge = Literal["silcocks", "chiang"]
Deaths = Literal["binomial", "poisson"]
_CELLS_AT_ONCE = 4_000_000


def chiang_interval(
    table: LifeTable,
    deaths: npt.ArrayLike,
    *,
    level: float = 0.95,
    open_age: OpenAge = "silcocks",
    rate_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Life expectancy at every age with Chiang's interval.

    var(qx) = q² (1 - q) / D in the closed groups; ax are taken as known. The open group has the
    variance of 1 / m ("silcocks", which small areas need) or none ("chiang", as first published).

    Parameters
    ----------
    table : shape (..., n_ages)
    deaths : shape (..., n_ages), the deaths that the table was made of
    level : share of such intervals that hold the true life expectancy
    rate_noise_variance : shape (..., n_ages) or one number, variance that disclosure control has added
        to the death rates: that of perturbed deaths over exposure squared; it adds to Chiang's

    Returns
    -------
    Estimate of ex in years, with `standard_error`, of shape (..., n_ages)

    Raises
    ------
    FiguresRefused
        If the deaths are not those of the table, or level or open_age are none.

    >>> from renkou.demography.mortality.life_tables import life_table_from_deaths
    >>> deaths, exposure = [10, 20, 60], [1000, 1000, 400]
    >>> table = life_table_from_deaths(deaths, exposure, sex="male", ages=[0, 1, 2])
    >>> found = chiang_interval(table, deaths)
    >>> found.interval.lower.round(2), found.interval.upper.round(2)
    (array([6.8 , 5.87, 4.98]), array([10.08,  9.18,  8.35]))
    """
    died = _deaths_of(table, deaths)
    one_of("open_age", open_age, ("silcocks", "chiang"))
    z = normal_quantile(level)
    noise = _noise_of(table, rate_noise_variance)
    error = np.sqrt(_variance(table, died, noise, with_open=open_age == "silcocks"))
    method = "Chiang, open age by Silcocks" if open_age == "silcocks" else "Chiang"
    assumption = "deaths in each closed age group are binomial, ax are known, ex is nearly normal"
    assumption = with_noise(assumption, noise)
    notes = (*_notes_of_zeros(died), *_notes_of_open(open_age))
    interval = Interval(
        table.ex - z * error, table.ex + z * error, level, method, assumption, notes
    )
    return Estimate(table.ex, interval, "years", table.notes, error)


def simulated_interval(
    table: LifeTable,
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    rng: np.random.Generator | int,
    level: float = 0.95,
    draws: int = 2000,
    deaths_are: Deaths = "binomial",
) -> Estimate:
    """Life expectancy at every age with the interval of simulated deaths.

    Deaths of each closed group are drawn from the binomial distribution of D / q people (as Chiang
    assumes) or from the Poisson distribution; those of the open group are Poisson. A draw without a
    death in the open group is drawn again, since life would have no end there. ax stay as they are.

    Parameters
    ----------
    table : shape (..., n_ages)
    deaths, exposure : shape (..., n_ages), what the table was made of
    rng : a generator or a seed; the same seed gives the same interval
    draws : simulations for each table

    Returns
    -------
    Estimate of ex in years: limits are quantiles of the draws, `standard_error` their deviation

    Raises
    ------
    FiguresRefused
        If the deaths are not those of the table, draws are fewer than 100, or Poisson deaths imply a
        probability above 1.
    """
    died, lived = _deaths_of(table, deaths), positive("exposure", exposure)
    lived = np.broadcast_to(lived, died.shape)
    one_of("deaths_are", deaths_are, ("binomial", "poisson"))
    normal_quantile(level)
    if draws < 100:
        raise FiguresRefused(
            "draws", draws, "limits need 100 draws at least", "take 1000 or more",
            zh="模拟次数至少为 100；建议 1000 次以上",
        )  # fmt: skip
    generator = np.random.default_rng(rng)
    flat = [part.reshape(-1, died.shape[-1]) for part in (died, lived, table.qx, table.ax)]
    error, lower, upper = (np.empty(flat[0].shape) for _ in range(3))
    rows = max(1, _CELLS_AT_ONCE // (draws * died.shape[-1]))
    for start in range(0, len(flat[0]), rows):
        block = slice(start, start + rows)
        one = [part[block] for part in flat]
        years = _drawn_years(one, table.width[:-1], generator, draws, deaths_are)
        error[block] = years.std(axis=0, ddof=1)
        lower[block], upper[block] = np.quantile(years, [(1 - level) / 2, (1 + level) / 2], axis=0)
    assumption = f"deaths in each closed age group are {deaths_are}, ax are known"
    notes = (*_notes_of_zeros(died), "Draws without a death in the open age group are drawn again.")
    shape = died.shape
    interval = Interval(
        lower.reshape(shape), upper.reshape(shape), level, f"simulation, {draws} draws", assumption,
        notes,
    )  # fmt: skip
    return Estimate(table.ex, interval, "years", table.notes, error.reshape(shape))


def _variance(table: LifeTable, died: Floats, noise: Floats, *, with_open: bool) -> Floats:
    """Variance of ex: what the chance in each group does to the years lived from there on."""
    n, q, some = table.width[:-1], table.qx[..., :-1], died[..., :-1] > 0
    rest = n - table.ax[..., :-1]
    of_q = np.divide(q**2 * (1 - q), died[..., :-1], out=np.zeros(q.shape), where=some)
    by_rate = n / (1 + rest * table.mx[..., :-1]) ** 2  # by how much q rises with mx
    of_q += by_rate**2 * noise[..., :-1]
    parts = np.zeros(died.shape)
    parts[..., :-1] = (rest + table.ex[..., 1:]) ** 2 * of_q
    open_ex = table.ex[..., -1]
    parts[..., -1] = open_ex**4 * noise[..., -1]
    if with_open:
        parts[..., -1] += open_ex**2 / died[..., -1]
    # From the oldest down: what is left of it at younger ages is weighted by survival squared.
    for i in range(q.shape[-1] - 1, -1, -1):
        parts[..., i] += (1 - q[..., i]) ** 2 * parts[..., i + 1]
    return parts


def _noise_of(table: LifeTable, rate_noise_variance: npt.ArrayLike) -> Floats:
    noise = not_negative("rate_noise_variance", rate_noise_variance)
    _, noise = together(mx=table.mx, rate_noise_variance=noise)
    if noise.shape != table.mx.shape:
        raise FiguresRefused(
            "rate_noise_variance", f"of shape {noise.shape}", f"the table is of shape {table.mx.shape}",
            "give one variance for each rate, or one for all",
            zh=f"生命表各列的形状为 {table.mx.shape}；请为每个死亡率给出一个方差，或全部共用一个",
        )  # fmt: skip
    return noise


def _drawn_years(
    columns: list[Floats], width: Floats, rng: np.random.Generator, draws: int, deaths_are: str
) -> Floats:
    """ex of each draw, shape (draws, rows, n_ages), from deaths, exposure, qx and ax."""
    died, lived, qx, ax = columns
    size = (draws, *died.shape)
    closed, q = died[:, :-1], qx[:, :-1]
    drawn = np.ones(size)
    if deaths_are == "binomial":
        people = np.divide(closed, q, out=np.ones(q.shape), where=q > 0)
        people = np.maximum(np.rint(people), 1).astype(np.int64)
        drawn[..., :-1] = rng.binomial(people, q, size=(draws, *q.shape)) / people
    else:
        rates = rng.poisson(closed, size=(draws, *closed.shape)) / lived[:, :-1]
        drawn[..., :-1] = width * rates / (1 + (width - ax[:, :-1]) * rates)
        _refuse_drawn_above_one(drawn)
    years = np.broadcast_to(ax, size).copy()
    years[..., -1] = lived[:, -1] / _at_least_one(died[:, -1], rng, draws)
    return years_to_live(drawn, years, width)


def _at_least_one(died: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """Poisson deaths of the open group given that somebody dies."""
    drawn = rng.poisson(died, size=(draws, *died.shape))
    while (none := drawn == 0).any():
        drawn[none] = rng.poisson(np.broadcast_to(died, drawn.shape)[none])
    return drawn.astype(np.float64)


def _deaths_of(table: LifeTable, deaths: npt.ArrayLike) -> Floats:
    """Deaths that can have made the table: of its shape, and above 0 where its rates are."""
    died = not_negative("deaths", deaths)
    if died.shape != table.mx.shape:
        raise FiguresRefused(
            "deaths", f"of shape {died.shape}", f"the table is of shape {table.mx.shape}",
            "give the deaths the table was made of; a table that closing has lengthened has none there",
            zh=f"生命表各列的形状为 {table.mx.shape}；请给出编制该表所用的死亡人数，"
            "经封闭延长的表没有相应的死亡人数",
        )  # fmt: skip
    refuse_where(
        "deaths", died, (died > 0) != (table.mx > 0), "deaths and mx are 0 at the same places",
        "give the deaths the table was made of", "死亡人数与 mx 应同时为 0；请给出编制该表所用的死亡人数",
    )  # fmt: skip
    return died


def _refuse_drawn_above_one(drawn: Floats) -> None:
    if drawn.max() > 1:
        at = np.argwhere(drawn > 1)[0]
        raise FiguresRefused(
            f"qx[..., {at[-1]}]", f"{drawn[tuple(at)]:.3g}",
            "so few people live there that Poisson deaths exceed them",
            "set deaths_are='binomial', or open the last group earlier",
            zh="该年龄人数过少，泊松死亡数超过人数；请设 deaths_are='binomial'，或将开放组提前",
        )  # fmt: skip


def _notes_of_zeros(died: Floats) -> tuple[str, ...]:
    none = int((died[..., :-1] == 0).sum())
    if not none:
        return ()
    return (
        f"{none} of {died[..., :-1].size} closed age groups have no deaths and add nothing to the "
        "variance, so the interval is narrower than it should be.",
    )


def _notes_of_open(open_age: str) -> tuple[str, ...]:
    if open_age == "chiang":
        return ("Life expectancy in the open age group is taken as known.",)
    return ()
