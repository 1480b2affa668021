import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.both_sexes import both_sexes_life_table
from renkou.demography.mortality.infant_ax import andreev_kingkade_a0
from renkou.demography.mortality.life_tables import life_table_from_deaths

EXPOSURE = np.stack([np.linspace(1000, 20, 101), np.linspace(950, 40, 101)])
DEATHS = EXPOSURE * 5e-5 * np.exp(0.095 * np.arange(101)) * np.array([[1.2], [1.0]])


def test_infants_of_both_sexes_live_the_mean_weighted_by_deaths() -> None:
    table = both_sexes_life_table(DEATHS, EXPOSURE)
    m0 = DEATHS[:, 0] / EXPOSURE[:, 0]
    a0 = [andreev_kingkade_a0(m0[i], sex) for i, sex in enumerate(("male", "female"))]
    assert table.ax[0] == pytest.approx(np.average(a0, weights=DEATHS[:, 0]))
    np.testing.assert_allclose(table.mx, DEATHS.sum(axis=0) / EXPOSURE.sum(axis=0))
    assert table.ax[-1] == 1 / table.mx[-1]
    assert "weighted by their deaths" in table.notes[0]


def test_two_equal_sexes_give_the_table_of_either_but_for_infants() -> None:
    half = np.stack([DEATHS[0]] * 2), np.stack([EXPOSURE[0]] * 2)
    together = both_sexes_life_table(*half, infant_rule=None)
    alone = life_table_from_deaths(DEATHS[0], EXPOSURE[0], sex="male", infant_rule=None)
    np.testing.assert_allclose(together.ex, alone.ex)


def test_areas_at_once_and_ages_without_deaths() -> None:
    deaths = np.stack([DEATHS, DEATHS])
    deaths[1, :, 10] = 0
    table = both_sexes_life_table(deaths, EXPOSURE)
    assert table.ex.shape == (2, 101)
    assert table.ax[1, 10] == 0.5
    np.testing.assert_allclose(table.ex[0], both_sexes_life_table(DEATHS, EXPOSURE).ex)


def test_abridged_tables_of_both_sexes_lie_between_those_of_either() -> None:
    ages = np.array([0, 1, *range(5, 101, 5)])
    deaths, exposure = (np.add.reduceat(part, ages, axis=-1) for part in (DEATHS, EXPOSURE))
    both = both_sexes_life_table(deaths, exposure, ages=ages)
    each = life_table_from_deaths(deaths, exposure, sex=("male", "female"), ages=ages)
    assert each.e0[0] < both.e0 < each.e0[1]
    assert any("Greville" in note for note in both.notes)


def test_arrays_without_two_sexes_are_refused() -> None:
    for deaths in (DEATHS[0], np.stack([DEATHS[0]] * 3)):
        with pytest.raises(FiguresRefused, match="males and females stand along") as refusal:
            both_sexes_life_table(deaths, EXPOSURE[0])
        assert refusal.value.zh
    with pytest.raises(FiguresRefused, match="deaths and ages = 101 and 2"):
        both_sexes_life_table(DEATHS, EXPOSURE, ages=[0, 1])
