"""World Population Prospects come in with their units converted, or are refused by name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renkou.demography.scenarios.problems import ProjectDataRefused
from renkou.demography.scenarios.variants import MediumAssumptions, standard_scenarios
from renkou.engines.project_files import read_project, write_project
from renkou.engines.project_yaml import read_scenarios
from renkou.engines.wpp_files import read_wpp
from tests.engines.wpp_downloads import (
    AGES,
    E0F,
    MIG,
    SRB,
    TFR,
    asfr,
    mx,
    people,
    place,
    r_tables,
    un_tables,
    write,
)

POPULATION, FERTILITY, INDICATORS, MALES, FEMALES = un_tables()


def refused(folder, location=156, base_year=2024):
    """What is told of a folder that cannot be read."""
    with pytest.raises(ProjectDataRefused) as told:
        read_wpp([folder], location, base_year)
    return told.value.problems


def check_units(data):
    """People in persons, births per woman, boys per girl."""
    assert data.population.shape == (1, 2, 101)
    assert data.population[0, :, 30] == pytest.approx(
        [1000 * people(0, 2024, 30), 1000 * people(1, 2024, 30)]
    )
    assert data.mortality.at(2025)[0, 0, :, 80] == pytest.approx([mx(0, 2025, 80), mx(1, 2025, 80)])
    assert data.fertility.at([2024, 2026]).sum(axis=-1) == pytest.approx(
        np.array([[TFR[2024], TFR[2026]]]), rel=1e-5
    )
    assert data.fertility.at(2024)[0, 0, [14, 50]].tolist() == [0, 0]
    assert data.srb.at([2024])[0] == pytest.approx([SRB[2024]], abs=1e-9)


def test_downloads_of_the_united_nations_are_read(tmp_path):
    folder = write(tmp_path, un_tables(), packed=(POPULATION, MALES))
    (folder / "README.txt").write_text("read me")
    data = read_wpp([folder], 156, 2024)
    check_units(data)
    assert (data.leaves, data.areas[0].name, data.base_year) == (("156",), "China", 2024)
    assert data.fertility.at(2024)[0, 0, 30] == pytest.approx(asfr(2024, 30) / 1000)
    assert set(data.history) == {"tfr", "e0_male", "e0_female", "net_migration", "population"}
    assert all(one["156"].years.tolist() == [2022, 2023] for one in data.history.values())
    assert data.history["net_migration"]["156"].values == pytest.approx([-293846, -567724])
    assert data.history["e0_female"]["156"].values[0] == E0F[2022]
    assert data.history["population"]["156"].values[0] == 1402022000
    assert any("divided by 1000" in one for one in data.notes)
    assert any("thousands times 1000" in one for one in data.notes)


def test_net_migration_without_ages_is_spread_and_that_is_said(tmp_path):
    data = read_wpp([write(tmp_path, un_tables())], 156, 2024)
    net = data.migration.at([2024, 2026])[0]
    assert net.sum(axis=(1, 2)) == pytest.approx([1000 * MIG[2024], 1000 * MIG[2026]])
    assert net[0, 0].sum() == pytest.approx(net[0, 1].sum())
    assert np.abs(net[0, 0, 20:35]).min() > np.abs(net[0, 0, 60:]).max()
    assert any("spread over ages by a Rogers-Castro schedule" in one for one in data.notes)


@pytest.mark.parametrize("location", ["156", "CHN", "China"])
def test_a_country_is_named_by_code_or_name_and_no_other_is_taken(tmp_path, location):
    tables = un_tables()
    for name, rows in un_tables(location=76, name="Brazil", iso="BRA").items():
        tables[name] += rows[1:]
    for name, rows in un_tables(variant="High").items():
        tables[name] += [[*row[:-1], 9] for row in rows[1:]]
    check_units(read_wpp([write(tmp_path, tables)], location, 2024))


def test_tables_of_the_r_packages_are_read(tmp_path):
    data = read_wpp([write(tmp_path, r_tables())], 156, 2024)
    check_units(data)
    net = data.migration.at(2025)[0, 0]
    assert net.sum() == pytest.approx(1000 * MIG[2025], rel=1e-5)
    assert net[0, 0] == pytest.approx(net[1, 99])
    assert data.history["tfr"]["156"].values.tolist() == [TFR[2022], TFR[2023]]
    assert any("share of it" in one for one in data.notes)


def test_parquet_files_are_read_too(tmp_path):
    tables = r_tables()
    header, *rows = tables.pop("mx1dt.csv")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
    pq.write_table(pa.table(columns), write(tmp_path, tables) / "mx1dt.parquet")
    check_units(read_wpp(sorted(tmp_path.iterdir()), 156, 2024))


def test_estimates_and_projections_in_two_files_are_put_together(tmp_path):
    tables = un_tables()
    header, *rows = tables.pop(MALES)
    tables["a.csv"] = [header, *(row for row in rows if row[12] < 2024)]
    tables["b.csv"] = [header, *(row for row in rows if row[12] >= 2024)]
    data = read_wpp([write(tmp_path, tables)], 156, 2024)
    assert data.mortality.by_area["156"].years.tolist() == [2022, 2023, 2024, 2025, 2026]


def test_a_country_becomes_a_project_that_is_read_back_alike(tmp_path):
    data = read_wpp([write(tmp_path / "wpp", un_tables())], 156, 2024)
    source = dict.fromkeys(("fertility", "srb", "mortality", "migration"), "WPP 2024")
    medium = MediumAssumptions(
        tfr="given", srb="given", mortality="given", migration="given", sources=source,
        date="2024-07-11",
    )  # fmt: skip
    texts = standard_scenarios(2024, 2027, medium)
    folder = write_project(tmp_path / "china", data, scenarios=texts, settings=data.settings)
    again = read_project(folder)
    assert np.allclose(again.population, data.population)
    assert np.allclose(again.migration.at([2026]), data.migration.at([2026]))
    assert np.allclose(again.mortality.at([2026]), data.mortality.at([2026]))
    assert again.title == "China"
    found = read_scenarios(folder, base_year=2024, areas=tuple(again.by_code))
    assert [one.method for _, _, one in found["medium"].parts()] == ["given"] * 4


@pytest.mark.parametrize(
    ("name", "column", "value", "rule", "zh"),
    [
        (POPULATION, "MidPeriod", 2024.5, "at 1 July", "7 月 1 日"),
        (POPULATION, "AgeGrpSpan", 5, "by five years", "五年"),
        (MALES, "AgeGrpStart", "x", "is not readable", "无法"),
    ],
)
def test_files_in_another_form_are_refused_by_name(tmp_path, name, column, value, rule, zh):
    tables = un_tables()
    at = tables[name][0].index(column)
    tables[name] = [
        tables[name][0],
        *([*row[:at], value, *row[at + 1 :]] for row in tables[name][1:]),
    ]
    problem = refused(write(tmp_path, tables))[0]
    assert problem.file == name
    assert rule in problem.rule
    assert zh in problem.zh


@pytest.mark.parametrize(
    ("header", "row", "rule"),
    [
        (
            ["country_code", "period", "age", "mxM", "mxF"],
            [156, "2020-2025", 0, 0.1, 0.1],
            "by five years",
        ),
        (
            ["country_code", "year", "age", "popM", "popF"],
            [156, 2024, "0-4", 1, 1],
            "by five years",
        ),
        (
            ["country_code", "year", "age", "pop_both", "mx_both"],
            [156, 2024, 0, 1, 1],
            "both sexes",
        ),
    ],
)
def test_tables_in_another_form_are_refused_by_name(tmp_path, header, row, rule):
    problem = refused(write(tmp_path, {"t.csv": [header, row]}))[0]
    assert (problem.file, rule in problem.rule) == ("t.csv", True)


def test_files_in_another_form_beside_those_needed_are_left_out_and_that_is_said(tmp_path):
    other = {"mx_5x5.csv": [["country_code", "period", "age", "mxM"], [156, "2020-2025", 0, 0.1]]}
    data = read_wpp([write(tmp_path, un_tables() | other)], 156, 2024)
    check_units(data)
    assert "Files in another form are not used: mx_5x5.csv." in data.notes
    assert "mx_5x5.csv" not in data.settings["made_from"]


def test_what_no_file_has_is_told_at_once(tmp_path):
    tables = un_tables()
    del tables[FEMALES], tables[INDICATORS]
    told = [str(one) for one in refused(write(tmp_path, tables))]
    assert told == [
        "WPP, location 156: mx, females: no file has it for this location; give the file with "
        "Life_Table_Complete_Medium_Female in its name, or check the location's code",
        "WPP, location 156: srb: no file has it for this location; give the file with "
        "Demographic_Indicators_Medium in its name, or check the location's code",
    ]


def test_an_unknown_country_and_a_year_that_is_not_there_are_refused(tmp_path):
    folder = write(tmp_path, un_tables())
    assert "no file has it" in refused(folder, location=4)[0].rule
    told = refused(folder, base_year=2030)
    assert {one.rule for one in told} == {"is not there; the files have 2022 to 2026"}


def test_without_net_migration_there_is_none_and_that_is_said(tmp_path):
    tables = un_tables()
    tables[INDICATORS] = [row[:-1] for row in tables[INDICATORS]]
    data = read_wpp([write(tmp_path, tables)], 156, 2024)
    assert data.migration is None
    assert "No file has net migration: it is left out." in data.notes


def test_ages_that_are_missing_are_named(tmp_path):
    tables = un_tables()
    tables[POPULATION] = [row for row in tables[POPULATION] if row[12:16] != [2024, 2024, 50, 50]]
    problem = refused(write(tmp_path, tables))[0]
    assert (problem.file, problem.where) == (POPULATION, "population, males, year 2024, age 50")


def test_files_of_two_editions_do_not_mix(tmp_path):
    tables = un_tables()
    tables["older.csv"] = [list(row) for row in tables[MALES]]
    for row in tables["older.csv"][1:]:
        row[-2] *= 2
    [problem] = refused(write(tmp_path, tables))
    assert "stands twice with different values" in problem.rule


def test_open_ages_of_files_must_agree(tmp_path):
    tables = un_tables()
    for name in (MALES, FEMALES):
        tables[name] = [row for row in tables[name] if row[-4] not in AGES or row[-4] <= 90]
    told = refused(write(tmp_path, tables))
    assert [(one.where, one.value) for one in told] == [("mx, males", 90), ("mx, females", 90)]


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ProjectDataRefused, match=r"none\.csv: there is no such file"):
        read_wpp([tmp_path / "none.csv"], 156, 2024)


def test_the_cells_of_a_place_are_those_asked_for():
    assert place(location=76, name="Brazil")[1] == 76
    assert place(location=76, name="Brazil")[9] == "Brazil"
