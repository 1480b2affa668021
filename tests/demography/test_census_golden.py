"""China's censuses of 2010 and 2020: provinces sum to the nation, and the worked page is right."""

import csv
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "golden/census"
POPULATION = "population_age_sex_province_2010_2020.csv"
DEATHS = "deaths_age_sex_province.csv"
PAGE = ROOT / "docs/explanation/census-2020-deaths.md"


@pytest.fixture(scope="module", autouse=True)
def _scripts() -> Iterator[None]:
    """The scripts of `benchmarks/` are found by name, as when one of them runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        yield


@pytest.fixture
def census_sums() -> ModuleType:
    return importlib.import_module("census_sums")


@pytest.fixture
def census_data() -> ModuleType:
    return importlib.import_module("census_data")


@pytest.fixture
def census_deaths() -> ModuleType:
    return importlib.import_module("census_deaths")


def _table(name: str) -> dict[tuple[str, str, str], np.ndarray]:
    with (FOLDER / "china_census" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {(row[0], row[1], row[2]): np.array(row[3:], dtype=np.int64) for row in rows}


@pytest.mark.parametrize("name", [POPULATION, DEATHS])
def test_provinces_sum_to_the_nation_in_every_age_and_sex(name: str) -> None:
    table = _table(name)
    years = {year for year, _, _ in table}
    assert len(years) == 2
    assert len(table) == 2 * 32 * 3
    for year in years:
        for sex in ("both", "male", "female"):
            provinces = [
                counts
                for (at, area, who), counts in table.items()
                if (at, who) == (year, sex) and area != "全国"
            ]
            assert len(provinces) == 31
            differences = np.sum(provinces, axis=0) - table[year, "全国", sex]
            assert np.abs(differences).max() == 0, (year, sex, differences)


@pytest.mark.parametrize("name", [POPULATION, DEATHS])
def test_the_sexes_make_up_both_and_the_ages_the_total(name: str) -> None:
    table = _table(name)
    for (year, area, sex), counts in table.items():
        assert counts[0] == counts[1:].sum(), (year, area, sex)
        if sex == "both":
            two = table[year, area, "male"] + table[year, area, "female"]
            assert (counts == two).all(), (year, area)


def test_the_script_finds_a_province_that_does_not_sum(
    census_sums: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `add_up` compares is seen to fail."""
    lines = ["year,area,pop,age_group,sex", "2020,全国,31,0岁,both"]
    lines += [f"2020,省{number},1,0岁,both" for number in range(31)]
    name = POPULATION
    monkeypatch.setattr(census_sums, "BY_PROVINCE", {name: ("year", "age_group", "sex")})
    for last, wrong in (("1", 0), ("2", 1)):
        lines[-1] = f"2020,省30,{last},0岁,both"
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        [(_, compared, differ)] = census_sums.sums_of_provinces(tmp_path)
        assert (compared, len(differ)) == (1, wrong)


def test_raw_census_deaths_give_the_published_life_expectancies(
    census_data: ModuleType, census_deaths: ModuleType
) -> None:
    data = census_data.by_single_age(FOLDER / "china_census", census_data.BEFORE_2020)
    deaths = sum(part["deaths"].sum() for part in data.values())
    assert deaths == 7_965_772
    for sex, expected in (("male", 79.23), ("female", 84.23)):
        found = census_deaths.life_expectancy(data[sex]["deaths"] / data[sex]["people"], sex)
        assert abs(found - expected) <= 0.005, (sex, found)
    un = census_data.world_prospects(FOLDER / "wpp2024")[2020]
    assert abs(deaths / 1e3 / un["deaths"] - 0.7651) <= 0.00005
    assert np.abs(np.array([un["e0M"], un["e0F"]]) - [75.25, 81.0]).max() <= 0.0051


def test_every_table_of_the_page_is_what_the_script_prints(census_deaths: ModuleType) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for text in census_deaths.page_parts(FOLDER):
        assert text in page, f"run benchmarks/census.py and mend the page:\n{text}"
    tables = sum(line.startswith("|---") for line in page.splitlines())
    assert tables == sum("|---" in text for text in census_deaths.page_parts(FOLDER))
