"""China's census of 2020: the measures of planning tables against the figures it published."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from renkou.demography.planning.tables import planning_table

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "golden/china_census_2020.json").read_text("utf-8"))
TABLE = HERE.parent / "golden/census/china_census/population_age_sex_province_2010_2020.csv"
STARTS = [0, 1, *range(5, 101, 5)]


@pytest.fixture(scope="module")
def census():
    """Measures of the census; a five-year group stands at its first age, and no measure here cuts one."""
    population = np.zeros((1, 2, 101))
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = {(row[0], row[1], row[2]): row[4:] for row in csv.reader(file)}
    for row, sex in enumerate(("male", "female")):
        population[0, row, STARTS] = [float(cell) for cell in rows["2020", "全国", sex]]
        population[0, row, 30] += GOLDEN["servicemen"][sex]
    measures, values = planning_table(population, base_year=2021)
    return {one.key: values[0, place] for place, one in enumerate(measures)}


@pytest.mark.parametrize(
    "row", GOLDEN["published"], ids=lambda row: f"{row['measure']} {row['sex']} {row['age']}"
)
def test_a_published_figure_is_reproduced_to_its_digits(census, row):
    found = census[row["measure"], row["sex"], row["age"]]
    difference = abs(found - row["value"])
    assert difference <= 0.5 * 10.0 ** -row["digits"], f"{found} differs by {difference:.4f}"
