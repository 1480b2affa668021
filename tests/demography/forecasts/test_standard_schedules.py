"""China's packaged schedules agree with the figures they were made from."""

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.standard_schedules import (
    national_history,
    standard_fertility_pattern,
    standard_mortality,
)
from renkou.demography.mortality.life_tables import life_table

YEARS = np.arange(1950, 2101)


def test_mortality_has_the_annual_life_expectancies() -> None:
    found = standard_mortality(YEARS)
    assert found.mx.shape == (151, 2, 101)
    e0 = life_table(found.mx, sex=("male", "female")).e0
    np.testing.assert_allclose(e0, national_history().e0, atol=1e-8, rtol=0)


def test_death_rates_of_a_period_are_those_published() -> None:
    """Persons between 60 and 64 in 2022: the UN has .01442388 and .00802 or so for 2020-2025."""
    table = life_table(standard_mortality([2022, 2023]).mx, sex=("male", "female"))
    died = (table.lx[..., 60] - table.lx[..., 65]) / table.Lx[..., 60:65].sum(axis=-1)
    assert died[:, 0].mean() == pytest.approx(0.01442388, rel=0.01)


def test_rates_rise_from_age_40() -> None:
    assert (np.diff(standard_mortality(YEARS).mx[..., 40:], axis=-1) > 0).all()


def test_fertility_patterns_keep_the_shares_of_five_year_groups() -> None:
    found = standard_fertility_pattern(YEARS)
    assert found.shares.shape == (151, 101)
    np.testing.assert_allclose(found.shares.sum(axis=-1), 1, rtol=1e-12)
    shares = found.shares[0, 10:55].reshape(9, 5).sum(axis=-1) * 100
    printed = [
        0.105112, 7.318535, 21.695292, 23.604956, 19.962585, 16.677027, 9.321229, 1.27545, 0.039814,
    ]  # fmt: skip
    np.testing.assert_allclose(shares, printed, atol=1e-6)


def test_the_history_of_the_nation() -> None:
    history = national_history()
    assert list(history.year[history.estimated][[0, -1]]) == [1950, 2023]
    assert history.e0.shape == (151, 2)
    at = history.year == 2023
    assert history.net_migration[at] == pytest.approx(-567_724)
    assert ((history.srb > 1.03) & (history.srb < 1.2)).all()
    assert "CC BY 3.0 IGO" in history.source


@pytest.mark.parametrize("year", [1949, 2101, 2020.5])
def test_years_without_a_schedule_are_refused(year: float) -> None:
    for function in (standard_mortality, standard_fertility_pattern):
        with pytest.raises(FiguresRefused, match="1950 to 2100"):
            function([2000, year])
