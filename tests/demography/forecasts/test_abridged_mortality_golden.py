"""Single-age tables of the Human Mortality Database, abridged and split again."""

import csv
from pathlib import Path

import numpy as np
import pytest

from renkou.demography.forecasts.abridged_mortality import graduate_abridged_mx
from renkou.demography.mortality.life_tables import life_table

# See hmd_usa_life_tables.md beside it for source and licence.
FILE = Path(__file__).parents[1] / "golden" / "hmd_usa_life_tables.csv"
STARTS = np.array([0, 1, *range(5, 101, 5)])


@pytest.mark.parametrize("year", ["1933", "1980", "2019"])
@pytest.mark.parametrize("sex", ["male", "female"])
def test_usa_tables_come_back_from_their_five_year_groups(sex: str, year: str) -> None:
    with FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["sex"], row["Year"]) == (sex, year)]
    mx, dx, Lx = (np.array([float(row[name]) for row in rows]) for name in ("mx", "dx", "Lx"))
    groups = np.add.reduceat(dx, STARTS) / np.add.reduceat(Lx, STARTS)
    found = graduate_abridged_mx(groups, sex=sex, ages=STARTS).mx
    e0 = abs(float(life_table(found, sex=sex).e0) - float(rows[0]["ex"]))
    assert e0 < 0.015, f"e0: {e0:.4f}"
    off = np.log(found / mx[:101])[30:100]
    assert np.sqrt((off**2).mean()) < 0.02, f"largest difference {np.abs(off).max():.4f}"
