import csv
import json
from pathlib import Path

import numpy as np

from renkou.demography.rates.population_measures import crude_rate, natural_increase_rate, sex_ratio

GOLDEN = Path(__file__).parent / "golden"
TABLE = GOLDEN / "national_vital_rates.csv"
LINES = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
YEARS = {name: np.array([float(row[name]) for row in csv.DictReader(LINES)])
         for name in LINES[0].split(",")}  # fmt: skip


def _people(name: str) -> np.ndarray:
    return YEARS[name] * 10_000


def test_five_published_years_of_birth_and_death_rates_to_two_decimals() -> None:
    around = _people("previous_year_end"), _people("year_end")
    assert YEARS["year"].tolist() == [2021, 2022, 2023, 2024, 2025]
    for events, published in (("births", "birth_rate"), ("deaths", "death_rate")):
        found = crude_rate(_people(events), *around).value.round(2)
        difference = np.abs(found - YEARS[published]).max()
        assert difference < 1e-9, f"{published}: largest difference {difference:.3f}"


def test_published_natural_increase_is_the_difference_of_the_two_rounded_rates() -> None:
    around = _people("previous_year_end"), _people("year_end")
    born, died = (crude_rate(_people(one), *around).value.round(2) for one in ("births", "deaths"))
    difference = np.abs(born - died - YEARS["natural_increase_rate"]).max()
    assert difference < 1e-9, f"largest difference {difference:.3f}"


def test_natural_increase_from_counts_is_the_published_one_but_for_rounding() -> None:
    around = _people("previous_year_end"), _people("year_end")
    found = natural_increase_rate(_people("births"), _people("deaths"), *around).value
    rounded = found.round(2) - YEARS["natural_increase_rate"]
    assert np.abs(rounded).max() < 0.0101
    assert YEARS["year"][np.abs(rounded) > 0.001].tolist() == [2023]


def test_sex_ratios_at_birth_of_the_long_form_with_intervals() -> None:
    table = json.loads((GOLDEN / "sex_ratio_at_birth_2020.json").read_text("utf-8"))
    for row in table["rows"]:
        found = sex_ratio(row["males"], row["females"])
        assert abs(found.value - row["published"]) <= 0.005, row["area"]
        limits = row.get("interval")
        if limits:
            apart = np.abs(np.array([found.interval.lower, found.interval.upper]) - limits)
            assert apart.max() <= 0.005, f"{row['area']}: largest difference {apart.max():.4f}"
