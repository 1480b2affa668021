"""Who lives through a step and who dies in it, before or after the birthday. Pure (NumPy).

Of `start` people of an age the share u dies before the birthday that leads out of it, by the life
table ax mx; those alive then live to the step's end at the next age by 1 / (1 + (n - ax) mx), or by the
survival ratio of the whole step where that is given. So deaths by cohort are the two parts of one
cohort, and deaths by age the two parts of one age: the separation of the life table.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import InfantRule, Region, SexOf, infant_a0


class Mortality(Protocol):
    """Mortality of some rows, year by year; each array is (rows or 1, sexes, ages)."""

    leaving: Floats  # share of those alive who die before the birthday; of the last age not used

    def take_year(self, year: int) -> None:
        """Make ready what the year needs."""

    def live(self, start: Floats, alive: Floats, end: Floats) -> None:
        """Fill ages from the second on with those alive at the step's end."""

    def infants(self, births: Floats, end: Floats) -> None:
        """Fill the first age with those born in the step who live to its end."""

    def live_in_open_group(self, start: Floats, end: Floats) -> None:
        """Fill the last age from the two last ages together."""


class OfRates:
    """Death rates by single ages: ax is a half, but for infants."""

    def __init__(self, mx: Floats, sex: SexOf, infant_rule: InfantRule, region: Region) -> None:
        self.mx = mx
        infants = mx[..., 0]
        a0 = infant_a0(infants, sex, infant_rule, region, None)
        self.of_infants = a0 * infants
        self.infants_after = 1 + infants - self.of_infants
        self.leaving, self.after = np.empty((2, len(mx), *mx.shape[2:]))
        self.last_of_year = mx.shape[1] - 1

    def take_year(self, year: int) -> None:
        """Halve the rates of a year, and take infants by their rule."""
        at = min(year, self.last_of_year)
        self.open_rates = self.mx[:, at, :, -1]
        np.multiply(self.mx[:, at], 0.5, out=self.leaving)
        np.add(self.leaving, 1, out=self.after)
        self.leaving[..., 0] = self.of_infants[:, at]
        self.after[..., 0] = self.infants_after[:, at]

    def live(self, start: Floats, alive: Floats, end: Floats) -> None:
        """Those alive at the birthday live on to the end of the step."""
        np.divide(alive[..., :-1], self.after[..., 1:], out=end[..., 1:])

    def infants(self, births: Floats, end: Floats) -> None:
        """Births less the deaths before the end of the step."""
        np.divide(births, self.after[..., 0], out=end[..., 0])

    def live_in_open_group(self, start: Floats, end: Floats) -> None:
        """T / T of the open group and of the one before."""
        stay = 1 - self.leaving[..., -2]
        ratio = stay / (stay + self.open_rates)
        np.multiply(start[..., -2] + start[..., -1], ratio, out=end[..., -1])


class OfRatios:
    """Survival ratios; `leaving` by the life table they come from, or else half of the deaths."""

    def __init__(self, ratio: Floats, leaving: Floats | None) -> None:
        self.ratios, self.all_leaving = ratio, leaving
        self.last_of_year = ratio.shape[1] - 1
        self.leaving = np.zeros((len(ratio), *ratio.shape[2:]))

    def take_year(self, year: int) -> None:
        """Half of the deaths come before the birthday where nothing else is known."""
        at = min(year, self.last_of_year)
        self.ratio = self.ratios[:, at]
        if self.all_leaving is not None:
            self.leaving = self.all_leaving[:, at]
            return
        np.subtract(1, self.ratio[..., 1:], out=self.leaving[..., :-1])
        self.leaving *= 0.5

    def live(self, start: Floats, alive: Floats, end: Floats) -> None:
        """Ratio times start."""
        np.multiply(start[..., :-1], self.ratio[..., 1:], out=end[..., 1:])

    def infants(self, births: Floats, end: Floats) -> None:
        """Ratio times births."""
        np.multiply(births, self.ratio[..., 0], out=end[..., 0])

    def live_in_open_group(self, start: Floats, end: Floats) -> None:
        """One ratio for both groups."""
        np.multiply(start[..., -2] + start[..., -1], self.ratio[..., -1], out=end[..., -1])
