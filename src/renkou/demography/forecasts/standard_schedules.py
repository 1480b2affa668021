"""China's mortality, fertility and annual series as the UN has them, packaged. Pure (NumPy, SciPy).

What an area lacks of its own it takes from the nation: the pattern of its death rates, the pattern of
its fertility, and the course to which small areas are drawn. Five-year ages are split into single
ones by the methods of `graduate_abridged_mx` and `graduate_fertility_pattern`.

Source: United Nations, DESA, Population Division (2024), World Population Prospects 2024; CC BY 3.0
IGO. Estimates to 2023, medians of the probabilistic projection from 2024.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import SEXES, Floats, figures
from renkou.demography.forecasts.abridged_mortality import SingleAgeMortality, graduate_abridged_mx
from renkou.demography.forecasts.fertility_by_single_age import graduate_fertility_pattern
from renkou.demography.forecasts.fertility_patterns import FertilityPattern
from renkou.demography.forecasts.relational_mortality import mortality_for_e0

FIRST_YEAR, LAST_YEAR, ESTIMATED_TO = 1950, 2100, 2023
OPEN_AGE = 100
SOURCE = "United Nations, World Population Prospects 2024, China (CC BY 3.0 IGO)"


@dataclass(frozen=True, eq=False)
class NationalHistory:
    """Annual series of the nation; all of shape (years,) but for e0."""

    year: npt.NDArray[np.int64]
    tfr: Floats
    e0: Floats  # shape (years, 2), male, female
    srb: Floats  # males per female birth
    net_migration: Floats  # persons a year
    births: Floats  # persons
    deaths: Floats  # persons
    estimated_to: int  # the last year of estimates; medians of a projection follow
    source: str

    @property
    def estimated(self) -> npt.NDArray[np.bool_]:
        """Whether a year is one of estimates."""
        return self.year <= self.estimated_to


@cache
def national_history() -> NationalHistory:
    """China's total fertility, life expectancy by sex, sex ratio at birth, migration, 1950-2100.

    >>> history = national_history()
    >>> history.year[[0, -1]], history.tfr[history.year == 2023].round(3)
    (array([1950, 2100]), array([0.999]))
    """
    rows = _resource("china_history.csv")
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    numbers = {name: found.astype(float) for name, found in columns.items() if name != "kind"}
    year = columns["year"].astype(np.int64)
    return NationalHistory(
        year, numbers["tfr"], np.stack([numbers["e0_male"], numbers["e0_female"]], axis=-1),
        numbers["srb"], numbers["net_migration"], numbers["births"], numbers["deaths"],
        int(year[columns["kind"] == "estimate"].max()), SOURCE,
    )  # fmt: skip


def standard_mortality(year: npt.ArrayLike) -> SingleAgeMortality:
    """China's death rates by sex and single age 0 to 100+ in calendar years 1950 to 2100.

    Parameters
    ----------
    year : shape (...), calendar years

    Returns
    -------
    mx of shape (..., 2, 101), males then females, with exactly the life expectancies of
    `national_history`

    Raises
    ------
    FiguresRefused
        If a year lies outside 1950 to 2100 or is no whole year.

    >>> standard_mortality(2024).mx[:, [0, 60]].round(4)
    array([[0.0064, 0.0115],
           [0.0053, 0.0053]])
    """
    asked = _years(year)
    middles, graduated = _mortality_of_periods()
    place = np.clip(np.interp(asked, middles, np.arange(len(middles))), 0, len(middles) - 1)
    left = np.minimum(place.astype(np.int64), len(middles) - 2)
    share = (place - left)[..., None, None]
    rates = np.exp((1 - share) * np.log(graduated)[left] + share * np.log(graduated)[left + 1])
    history = national_history()
    found = mortality_for_e0(rates, history.e0[asked - FIRST_YEAR], sex=SEXES)
    return SingleAgeMortality(found.mx, (
        f"Death rates by five-year age and period: {SOURCE}.",
        "Single ages by a spline of log death rates that keeps the survivors of every age group; "
        "between the middles of periods on the logarithm; then to the annual life expectancy by "
        "Brass's relational model.",
    ))  # fmt: skip


def standard_fertility_pattern(year: npt.ArrayLike) -> FertilityPattern:
    """China's pattern of fertility by single age of the mother in calendar years 1950 to 2100.

    Parameters
    ----------
    year : shape (...), calendar years

    Returns
    -------
    shares of shape (..., 101) over ages 0 to 100, 0 outside 10 to 54

    Raises
    ------
    FiguresRefused
        If a year lies outside 1950 to 2100 or is no whole year.

    >>> standard_fertility_pattern([1980, 2024]).mean_age.round(1)
    array([27.9, 29.1])
    """
    asked = _years(year)
    rows = [list(row.values())[1:] for row in _resource("china_percent_asfr.csv")]
    percent = np.array(rows, dtype=np.float64)[asked - FIRST_YEAR]
    split = graduate_fertility_pattern(percent, ages=np.arange(10, 55, 5))
    shares = np.zeros((*asked.shape, OPEN_AGE + 1))
    shares[..., 10:55] = split.shares
    notes = (f"Percent of fertility by five-year age: {SOURCE}.", *split.notes)
    return FertilityPattern(shares, np.arange(OPEN_AGE + 1.0), notes)


@cache
def _mortality_of_periods() -> tuple[Floats, Floats]:
    """Middles of periods, as calendar years, and mx of shape (periods, 2, 101)."""
    rows = _resource("china_mx.csv")
    ages = [int(name.removesuffix("+")) for name in rows[0] if name not in ("period", "sex")]
    # From the middle of 2020 to that of 2025: the middle of calendar year 2022 and a half.
    middles = np.array([int(row["period"][:4]) + 2.5 for row in rows[::2]])
    mx = np.array([list(row.values())[2:] for row in rows], dtype=np.float64)
    single = graduate_abridged_mx(mx.reshape(-1, 2, len(ages)), sex=SEXES, ages=ages)
    return middles, single.mx


def _years(year: npt.ArrayLike) -> npt.NDArray[np.int64]:
    asked = figures("year", year)
    wrong = (asked < FIRST_YEAR) | (asked > LAST_YEAR) | (asked != np.floor(asked))
    if wrong.any():
        found = float(asked[wrong].flat[0])
        raise FiguresRefused(
            "year", f"{found:g}", f"schedules are packaged for years {FIRST_YEAR} to {LAST_YEAR}",
            "take a whole year among these, or give schedules of your own",
            zh=f"内置的标准模式只有 {FIRST_YEAR}—{LAST_YEAR} 年；请取其中的整年，或提供自己的模式",
        )  # fmt: skip
    return asked.astype(np.int64)


def _resource(name: str) -> list[dict[str, str]]:
    text = (resources.files(__package__) / "resources" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))
