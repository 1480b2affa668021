"""Published life tables; each message shows the largest difference."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from renkou.demography.mortality.life_tables import LifeTable, life_table, life_table_from_deaths

FOLDER = Path(__file__).parent / "golden"
GOLDEN = json.loads((FOLDER / "life_tables.json").read_text("utf-8"))
COLUMNS = ("mx", "qx", "ax", "lx", "dx", "Lx", "Tx", "ex")
# What rounding of the printed mx to .00001 (0.5e-5 of 0.06 infants a year, or of .0002 at age 10)
# does to each column, found where it is largest; ex to .01 as printed.
OF_ROUNDED_RATES = {
    "mx": 0, "qx": 1.1e-5, "ax": 0.0065, "lx": 6, "dx": 1.1, "Lx": 18, "Tx": 250, "ex": 0.008,
}  # fmt: skip


def hmd(sex: str, year: str) -> dict[str, np.ndarray]:
    with (FOLDER / "hmd_usa_life_tables.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["sex"], row["Year"]) == (sex, year)]
    return {name: np.array([float(row[name]) for row in rows]) for name in COLUMNS}


def assert_close(found: np.ndarray, printed: np.ndarray, tolerance: float, what: str) -> None:
    difference = np.abs(found - printed)
    assert difference.max() <= tolerance, (
        f"{what}: largest difference {difference.max():.6g} at place {difference.argmax()}"
    )


def test_box_3_1_of_preston() -> None:
    case = GOLDEN["preston_box_3_1"]
    table = life_table_from_deaths(
        case["deaths"], case["pop"], sex="male", ages=case["age"], ax=case["ax"], radix=1
    )
    for name in ("qx", "lx", "ex"):
        printed = np.array(case["expected"][name])
        assert_close(getattr(table, name), printed, case["tolerance"][name], name)
    assert table.e0 == pytest.approx(case["expected"]["e0"], abs=case["tolerance"]["e0"])


@pytest.mark.parametrize("rule", ["coale-demeny", "preston"])
@pytest.mark.parametrize("name", ["un_1982", "mortpak_1988"])
def test_tables_of_the_un(name: str, rule: str) -> None:
    case = GOLDEN[name]
    table = life_table(case["mx"], sex=case["sex"], ages=case["age"], infant_rule=rule)
    for column in case["tolerance"]:
        printed = np.array(case[column])
        assert_close(getattr(table, column), printed, case["tolerance"][column], column)


def test_the_spreadsheet_ltpopdth() -> None:
    case = GOLDEN["pas_ltpopdth"]
    table = life_table_from_deaths(
        case["deaths"], case["pop"], sex="male", ages=case["age"], ax_rule="half",
        infant_rule="coale-demeny", region="north", q0=case["q0"],
    )  # fmt: skip
    assert_close(table.ex, np.array(case["ex"]), case["tolerance"]["ex"], "ex")
    assert table.qx[0] == pytest.approx(0.1)


@pytest.mark.parametrize("year", ["1933", "1980", "2019"])
@pytest.mark.parametrize("sex", ["male", "female", "both"])
def test_tables_of_the_human_mortality_database(sex: str, year: str) -> None:
    printed = hmd(sex, year)
    table = life_table(printed["mx"], sex=sex, infant_rule="hmd")
    assert_columns(table, printed)
    assert table.e0 == pytest.approx(printed["ex"][0], abs=0.005)


def assert_columns(table: LifeTable, printed: dict[str, np.ndarray]) -> None:
    for name, tolerance in OF_ROUNDED_RATES.items():
        assert_close(getattr(table, name), printed[name], tolerance, name)
