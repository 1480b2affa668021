"""The folder of a projection: what stands in it is taken as it is, what is wrong is told at once."""

from __future__ import annotations

import json
import os
import pickle
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from renkou.core.errors import FiguresRefused, FileUnreadable, UsageError
from renkou.demography.scenarios.problems import ProjectDataRefused, SettingsRefused
from renkou.engines.files import FileRefused
from renkou.engines.project_files import (
    list_runs,
    read_project,
    read_run,
    read_settings_of_project,
    settings_of_scenarios,
    write_project,
    write_run,
)
from renkou.engines.project_yaml import read_scenarios
from tests.engines.project_folder import AREAS, OMEGA, tables, tree, write


def problems_of(folder, found, **options):
    """The problems told of a folder of tables."""
    write(folder, found, **options)
    with pytest.raises(ProjectDataRefused) as told:
        read_project(folder)
    return told.value.problems


def test_a_folder_of_plain_tables_is_a_project(tmp_path):
    data = read_project(write(tmp_path / "p", tables()))
    assert data.leaves == AREAS
    assert [(area.code, area.parent) for area in data.areas] == [
        ("total", ""), ("510101", "total"), ("510102", "total"),
    ]  # fmt: skip
    assert (data.base_year, data.name) == (2025, "p")
    assert data.notes == ("The base year is 2025, the first year of mortality.csv.",)
    assert data.notes[0].zh == "基期取 mortality.csv 的首个年份 2025。"
    assert pickle.loads(pickle.dumps(data.notes))[0].zh == data.notes[0].zh
    assert data.ages.tolist() == list(range(OMEGA + 1))
    assert data.population[:, :, 10].tolist() == [[110, 110], [210, 210]]
    assert data.mortality.at([2026, 2025])[1, :, 0, 5] == pytest.approx([0.0061, 0.006])
    assert data.fertility.at(2025)[0, 0, [14, 15, 49, 50]].tolist() == [0, 0.03, 0.03, 0]
    assert data.srb.at([2025, 2026]).tolist() == [[1.06, 1.06]] * 2
    assert data.migration.at([2025])[0, 0, 1, [29, 30]].tolist() == [-1, 2]
    assert data.total(data.population, "total")[0, 0] == 300
    assert (data.flows, data.levels, data.coverage, data.history) == (None, {}, None, {})


def test_only_one_area_needs_no_total(tmp_path):
    data = read_project(write(tmp_path, tables(areas=("甲县",), rates_of=("甲县",))))
    assert [area.code for area in data.areas] == ["甲县"]


def test_rates_of_all_areas_together_may_stand_under_total(tmp_path):
    found = tables(rates_of=("合计",))
    data = read_project(write(tmp_path, found))
    assert data.mortality.source_of == ("total", "total")
    assert data.migration.at([2025])[:, 0, 0, 0] == pytest.approx([-1 / 3, -2 / 3])


def test_a_tree_gives_leaves_the_rates_of_the_nearest_area_around(tmp_path):
    found = tree()
    found["srb"].append(["510102", 2025, 1.2])
    data = read_project(write(tmp_path, found, settings="base_year: 2025\ntitle: 某市人口预测\n"))
    assert [area.code for area in data.areas] == ["5101", "510101", "510102"]
    assert (data.leaves, data.title, data.name) == (AREAS, "某市人口预测", tmp_path.name)
    assert data.mortality.source_of == ("5101", "5101")
    assert set(data.mortality.by_area) == {"5101"}
    values, source = data.mortality.of_sources([2025, 2026])
    assert (values.shape, source.tolist()) == ((1, 2, 2, OMEGA + 1), [0, 0])
    assert data.srb.base(2025)[0].tolist() == [1.06, 1.2]
    assert data.ancestry("510101") == ("510101", "5101")


def test_counts_of_an_area_with_parts_are_shared_out_by_people(tmp_path):
    data = read_project(write(tmp_path, tree(), settings="base_year: 2025"))
    net = data.migration.at([2025, 2026])
    assert net.sum(axis=0) == pytest.approx(
        np.tile(np.where(np.arange(OMEGA + 1) < 30, -1.0, 2.0), (2, 2, 1))
    )
    share = data.population[0] / data.population.sum(axis=0)
    assert net[0, 0] / net[:, 0].sum(axis=0) == pytest.approx(share)
    assert "counts of 5101 are shared out" in data.notes[0]


def test_ages_without_people_are_shared_out_by_all_people(tmp_path):
    found = tree()
    found["population"] = [row if row[2] != 3 else [*row[:3], 0] for row in found["population"]]
    data = read_project(write(tmp_path, found, settings="base_year: 2025"))
    people = data.population.sum(axis=(1, 2))
    assert data.migration.at(2025)[:, 0, 0, 3] == pytest.approx(-people / people.sum())


def test_areas_without_rows_of_migration_have_none(tmp_path):
    found = tables()
    found["migration"] = [row for row in found["migration"] if row[0] != "510102"]
    data = read_project(write(tmp_path, found))
    assert not data.migration.at([2025, 2026])[1].any()
    assert "1 areas have no rows, and nobody comes or goes there" in data.notes[-1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_headers_words_and_encodings_of_excel_are_read(tmp_path, encoding):
    words = {"area": "地区", "sex": "性别", "age": "年龄", "count": "人数", "year": "年份",
             "male": "男", "female": "女", f"{OMEGA}+": f"{OMEGA}岁及以上", "mx": "死亡率",
             "asfr": "生育率", "srb": "出生人口性别比", "net": "净迁移",
             "510101": "甲县", "510102": "乙县"}  # fmt: skip
    found = {
        name: [[words.get(str(cell), cell) for cell in row] for row in rows]
        for name, rows in tables().items()
    }
    data = read_project(write(tmp_path, found, encoding))
    assert data.leaves == ("甲县", "乙县")
    plain = read_project(write(tmp_path / "plain", tables()))
    assert np.array_equal(data.population, plain.population)
    assert np.array_equal(data.mortality.at([2025, 2026]), plain.mortality.at([2025, 2026]))


def test_a_title_above_the_header_blank_rows_and_other_columns_are_no_hindrance(tmp_path):
    found = tables()
    rows = found["population"]
    found["population"] = [
        ["某市人口表", "", "", "", ""], [*rows[0], "备注"], *([*row, "x"] for row in rows[1:]),
        ["", "", "", "", ""],
    ]  # fmt: skip
    data = read_project(write(tmp_path, found))
    assert data.population[0, 0, 0] == 100
    assert data.notes[0] == "population.csv: columns not used: 备注."


def test_the_order_of_rows_does_not_matter(tmp_path):
    found = tables()
    shuffled = {}
    for name, (header, *rows) in found.items():
        order = np.random.default_rng(1).permutation(len(rows))
        shuffled[name] = [header, *(rows[at] for at in order)]
    one = read_project(write(tmp_path / "a", found))
    other = read_project(write(tmp_path / "b", shuffled))
    at = [other.leaves.index(leaf) for leaf in one.leaves]
    assert np.array_equal(one.population, other.population[at])
    assert np.array_equal(one.migration.at([2026]), other.migration.at([2026])[at])


def change(name, where, column, value):
    """Tables in which one cell is another."""
    found = tables()
    header = found[name][0]
    row = next(at for at, one in enumerate(found[name]) if at and where(one))
    found[name][row] = [
        value if head == column else cell
        for head, cell in zip(header, found[name][row], strict=True)
    ]
    return found, row + 1


def first(row):
    """Any row."""
    return True


@pytest.mark.parametrize(
    ("name", "column", "value", "rule", "remedy", "zh"),
    [
        ("population", "count", -5, "not below 0", "correct it", "不得为负"),
        ("population", "count", 1e12, "at most 20,000,000,000", "correct it", "不得超过 200 亿"),
        ("population", "count", 1e300, "at most 20,000,000,000", "correct it", "不得超过 200 亿"),
        ("fertility", "asfr", 5000, "not below 0 and at most 1000", "correct it", "不得超过 1000"),
        ("migration", "net", 3e9, "not beyond 2,000,000,000", "correct it", "不超过 20 亿"),
        ("population", "count", "1,234", "is no number", "thousands", "千位分隔符"),
        ("population", "count", "", "is empty", "fill it in", "为空"),
        ("population", "count", "NaN", "is no number", "digits", "不是数字"),
        ("population", "sex", "both", "neither male nor female", "male or female", "男"),
        ("population", "age", "infant", "is no age", "100+", "不是年龄"),
        ("population", "age", "0-4", "is a group of ages", "graduate_sprague", "单岁"),
        ("mortality", "mx", 2.5, "0 to 2", "divide by 1000", "除以 1000"),
        ("mortality", "mx", -0.1, "0 to 2", "correct", "更正"),
        ("mortality", "year", "25", "is no year", "four digits", "四位"),
        ("mortality", "year", "2025-2030", "is no year", "four digits", "四位"),
        ("mortality", "area", "51010", "is no area of population.csv", "did you mean 51010", "是否应为"),
        ("fertility", "asfr", -1, "not below 0", "correct", "不得为负"),
        ("fertility", "age", "15-17", "neither a single age nor", "row for each single age", "每一岁"),
        ("fertility", "age", 70, f"above the open age {OMEGA}", "leave the row out", "高于"),
        ("srb", "srb", 106, "males per female birth", "divide by 100", "除以 100"),
        ("srb", "srb", 0, "males per female birth", "1.06", "1.06"),
        ("migration", "net", "many", "is no number", "digits", "不是数字"),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_a_rule_is_told_with_its_row(
    tmp_path, name, column, value, rule, remedy, zh
):
    found, row = change(name, first, column, value)
    problem = problems_of(tmp_path, found)[0]
    assert (problem.file, problem.line, problem.where) == (f"{name}.csv", row, column)
    assert problem.value == str(value)
    assert rule in problem.rule
    assert remedy in problem.remedy
    assert zh in problem.zh


def without(name, where):
    """Tables without some rows."""
    found = tables()
    found[name] = [row for at, row in enumerate(found[name]) if not at or not where(row)]
    return found


@pytest.mark.parametrize(
    ("found", "where", "rule"),
    [
        (without("population", lambda row: row[:2] == ["510102", "female"]),
         "area 510102, female, age 0", f"has no row (and {OMEGA} more)"),
        (without("population", lambda row: row[:3] == ["510101", "male", 7]),
         "area 510101, male, age 7", "has no row"),
        (without("mortality", lambda row: row[1:4] == [2026, "male", 9]),
         "area 510101, year 2026, male, age 9", "has no row (and 1 more)"),
        (without("mortality", lambda row: row[0] == "510102"), "area 510102", "nor has any area around"),
        (without("fertility", lambda row: row[1:3] == [2025, 30]), "area 510101, year 2025, age 30",
         "ages around it have"),
        (without("srb", lambda row: row[0] == "510101"), "area 510101", "nor has any area around"),
    ],
)  # fmt: skip
def test_rows_that_are_missing_are_named(tmp_path, found, where, rule):
    problem = problems_of(tmp_path, found)[0]
    assert problem.where == where
    assert rule in problem.rule
    assert problem.zh


def test_a_row_that_stands_twice_is_refused(tmp_path):
    found = tables()
    found["mortality"].append(found["mortality"][5])
    [problem] = problems_of(tmp_path, found)
    assert (problem.line, problem.rule) == (
        len(found["mortality"]), "the same area, year, sex and age stand here again",
    )  # fmt: skip


def test_rates_per_thousand_are_known_by_their_sum(tmp_path):
    found = tables()
    found["fertility"][1:] = [[*row[:3], 30] for row in found["fertility"][1:]]
    problem = problems_of(tmp_path, found)[0]
    assert str(problem) == (
        "fertility.csv, area 510101, year 2025: sum of asfr = 1050.0: a total fertility rate is "
        "children per woman, 0 to 12; divide by 1000 if it is per 1000 women"
    )


def by_five(label):
    """Tables whose fertility goes by five years."""
    found = tables()
    rates = {15: 0.01, 20: 0.05, 25: 0.08, 30: 0.05, 35: 0.02, 40: 0.005, 45: 0.001}
    found["fertility"] = [["area", "year", "age", "asfr"], *(
        [area, 2025, label(age), rate] for area in AREAS for age, rate in rates.items())]  # fmt: skip
    return found, np.array(list(rates.values()))


@pytest.mark.parametrize("label", [lambda age: f"{age}-{age + 4}", lambda age: age])
def test_fertility_by_five_years_is_split_and_keeps_each_groups_births(tmp_path, label):
    found, rates = by_five(label)
    data = read_project(write(tmp_path, found))
    asfr = data.fertility.at([2025])[:, 0]
    assert asfr[:, 15:50].reshape(2, 7, 5).sum(axis=2) == pytest.approx(np.tile(5 * rates, (2, 1)))
    assert asfr[:, :15].sum() == asfr[:, 50:].sum() == 0
    assert len(np.unique(asfr[0, 20:25])) == 5
    assert "split into single ages" in data.notes[-1]
    assert "拆分为单岁" in data.notes[-1].zh


def test_fertility_by_five_years_is_checked_like_any_other(tmp_path):
    found, _ = by_five(lambda age: f"{age}-{age + 4}")
    single = [*found["fertility"], ["510101", 2025, 50, 0.0]]
    problem = problems_of(tmp_path / "a", {**found, "fertility": single})[0]
    assert (problem.line, problem.rule) == (16, "is a single age among groups of five years")
    per_1000 = [
        [*row[:3], 1000 * row[3]] if at else row for at, row in enumerate(found["fertility"])
    ]
    assert "= 1080.0" in str(problems_of(tmp_path / "b", {**found, "fertility": per_1000})[0])
    gap = [row for row in found["fertility"] if row[2] != "25-29"]
    problem = problems_of(tmp_path / "c", {**found, "fertility": gap})[0]
    assert (problem.where, problem.rule) == (
        "area 510101, year 2025, age 25", "has no row, but ages around it have",
    )  # fmt: skip


def test_no_births_at_all_stay_none(tmp_path):
    found, _ = by_five(lambda age: f"{age}-{age + 4}")
    found["fertility"][1:] = [[*row[:3], 0] for row in found["fertility"][1:]]
    assert not read_project(write(tmp_path, found)).fertility.at(2025).any()


def test_open_ages_that_differ_are_refused(tmp_path):
    found = without("population", lambda row: row[0] == "510102" and row[2] in (51, "52+"))
    [problem] = problems_of(tmp_path / "a", found)
    assert "area 510102 ends at age 50" in problem.rule
    found = without("mortality", lambda row: row[3] == "52+")
    problem = problems_of(tmp_path / "b", found)[0]
    assert (problem.file, problem.where) == ("mortality.csv", "age")
    assert "ends at age 51, where 52 is the open age" in problem.rule


def test_an_open_group_below_the_last_age_is_refused(tmp_path):
    found, row = change("population", lambda one: one[2] == 40, "age", "40+")
    [problem] = problems_of(tmp_path, found)
    assert (problem.line, problem.rule) == (row, "is an open group, but older ages follow")


def test_ages_that_go_by_five_years_are_refused(tmp_path):
    found = without("population", lambda row: row[2] != "52+" and row[2] % 5 != 0)
    found["population"] = [row for row in found["population"] if row[2] != "52+"]
    problem = problems_of(tmp_path, found)[0]
    assert problem.rule == "goes by five years, where single ages are needed"
    assert "ungroup_pclm" in problem.remedy


def test_a_gap_between_years_ahead_is_refused_but_not_in_history(tmp_path):
    found = tables()
    found["srb"] = [["area", "year", "srb"], *(
        [area, year, 1.06] for area in AREAS for year in (2000, 2010, 2025, 2027))]  # fmt: skip
    problem = problems_of(tmp_path / "a", found)[0]
    assert (problem.where, problem.rule) == (
        "area 510101, year 2026", "has no rows, but later years have",
    )  # fmt: skip
    found["srb"] = [row for row in found["srb"] if row[1] != 2027]
    assert read_project(write(tmp_path / "b", found)).srb.base(2012)[0].tolist() == [1.06, 1.06]


def test_years_ahead_begin_with_the_base_year_where_there_is_history(tmp_path):
    found = tables()
    found["srb"] = [["area", "year", "srb"], *(
        [area, year, 1.06] for area in AREAS for year in (2020, 2026))]  # fmt: skip
    assert problems_of(tmp_path, found)[0].where == "area 510101, year 2025"


def test_base_rates_of_another_year_are_said(tmp_path):
    found = tables()
    found["srb"] = [["area", "year", "srb"], *([area, 2020, 1.1] for area in AREAS)]
    data = read_project(write(tmp_path, found))
    values, notes = data.srb.base(2025)
    assert values.tolist() == [1.1, 1.1]
    assert notes[0] == "srb of 510101: 2025 takes the values of 2020."
    assert not data.srb.covers(2025, 2025)
    with pytest.raises(FiguresRefused, match="srb of 510101 = 2025: has no values of that year"):
        data.srb.at([2020, 2025])


def test_problems_of_all_tables_are_told_together(tmp_path):
    found, _ = change("srb", first, "srb", 106)
    found["mortality"][3][4] = "x"
    found["migration"][2][3] = "?"
    files = [one.file for one in problems_of(tmp_path, found)]
    assert files == ["mortality.csv", "srb.csv", "migration.csv"]


def test_missing_files_and_columns_are_told_together(tmp_path):
    found = tables()
    del found["srb"]
    found["fertility"][0] = ["area", "year", "age", "asrf"]
    found["migration"] = [["area", "year", "sex", "age", "net"]]
    told = problems_of(tmp_path, found)
    assert [(one.file, one.where) for one in told] == [
        ("fertility.csv", "asfr"), ("srb.csv", ""), ("migration.csv", ""),
    ]  # fmt: skip
    assert told[0].remedy == "is asrf meant?"
    assert "area,year,srb" in told[1].remedy
    assert told[2].rule == "has no rows"


def test_a_row_with_too_many_cells_is_refused(tmp_path):
    found = tables()
    found["srb"][1] = ["510101", 2025, 1.06, 7]
    [problem] = problems_of(tmp_path, found)
    assert (problem.line, problem.zh[:8]) == (2, "单元格比表头多，")


def test_an_empty_file_is_refused(tmp_path):
    write(tmp_path, tables())
    (tmp_path / "srb.csv").write_text("")
    with pytest.raises(FileRefused, match="FILE-01"):
        read_project(tmp_path)


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([["510101", "甲", "", "5102"]], "is no area of this file"),
        ([["510101", "甲", "", "510102"], ["510102", "乙", "", "510101"]], "lies in itself"),
        ([["510101", "甲", "", ""], ["510101", "乙", "", ""]], "stands here twice"),
        ([["510101", "甲", "", ""], ["", "乙", "", ""]], "is empty"),
        ([["510101", "甲", "", ""], ["510102", "乙", "", "510101"]], "has parts"),
        ([["510101", "", "", ""], ["510102", "", "", ""], ["510103", "", "", ""]], "has no rows"),
        ([["510101", "", "", ""]], "is no area of areas.csv"),
    ],
)
def test_areas_that_make_no_tree_are_refused(tmp_path, rows, rule):
    found = tables()
    found["areas"] = [["area", "name", "level", "parent"], *rows]
    assert any(rule in one.rule for one in problems_of(tmp_path, found))


def test_several_areas_without_a_parent_come_under_one_total(tmp_path):
    found = tables()
    found["areas"] = [["area"], *([area] for area in AREAS)]
    data = read_project(write(tmp_path, found))
    assert [area.parent for area in data.areas] == ["", "total", "total"]


def test_the_base_year_is_that_of_the_settings_or_of_who_asks(tmp_path):
    write(tmp_path, tables())
    assert read_project(tmp_path, base_year=2026).base_year == 2026
    (tmp_path / "project.yaml").write_text("base_year: 2025")
    assert read_project(tmp_path).base_year == 2025
    with pytest.raises(SettingsRefused, match="base_year = 2025: is not 2026"):
        read_project(tmp_path, base_year=2026)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: x", "base_year: is missing"),
        ("base_year: soon", "base_year = 'soon': is a whole number"),
        ("base_year: 2025\ntitel: x", "titel: is no known key; did you mean title"),
    ],
)
def test_wrong_settings_of_a_project_are_refused(tmp_path, text, message):
    (tmp_path / "project.yaml").write_text(text)
    with pytest.raises(SettingsRefused, match=message):
        read_settings_of_project(tmp_path)


def test_settings_may_hold_what_others_put_there(tmp_path):
    assert read_settings_of_project(tmp_path) == {}
    (tmp_path / "project.yaml").write_text("base_year: 2025\nedition: 2026-01-a\n")
    assert read_settings_of_project(tmp_path)["edition"] == "2026-01-a"


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileUnreadable, match="there is no such folder"):
        read_project(tmp_path / "none")


def test_a_project_is_written_whole_and_read_back_alike(tmp_path):
    found = tree()
    found["history"] = [["area", "year", "measure", "value"], ["5101", 2020, "tfr", 1.3]]
    data = read_project(write(tmp_path / "a", found, settings="base_year: 2025"))
    texts = {"medium": "scenario: medium\nuntil: 2030\nfertility: constant\nsrb: constant\n"
                       "mortality: constant\nmigration: none\n"}  # fmt: skip
    folder = write_project(
        tmp_path / "new" / "b", data, scenarios=texts, planning="classes: 45\n",
        settings={"title": "某市", "made_from": "edition 1", "made_at": "2026-11-23"},
    )  # fmt: skip
    again = read_project(folder)
    assert (again.areas, again.leaves, again.base_year) == (data.areas, data.leaves, 2025)
    assert np.array_equal(again.population, data.population)
    for name in ("mortality", "fertility", "srb", "migration"):
        one, other = getattr(data, name), getattr(again, name)
        assert np.array_equal(one.at([2025, 2026]), other.at([2025, 2026])), name
    assert again.history["tfr"]["5101"].values.tolist() == [1.3]
    assert again.notes == ()
    assert read_settings_of_project(folder)["made_at"] == "2026-11-23"
    assert read_scenarios(folder)["medium"].until == 2030
    assert settings_of_scenarios(folder)["medium"].values["until"] == 2030
    assert (folder / "planning.yaml").read_text() == "classes: 45\n"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["b"]
    assert folder.stat().st_mode & 0o077 == 0


def test_name_title_and_base_year_are_those_of_the_data(tmp_path):
    data = read_project(write(tmp_path / "a", tables(), settings="base_year: 2026\ntitle: 甲"))
    named = replace(data, name="n", title="")
    about = {"name": "x", "title": "乙", "base_year": "2000", "edition": 3}
    folder = write_project(tmp_path / "b", named, scenarios={}, settings=about)
    assert read_settings_of_project(folder) == {
        "name": "n", "title": "乙", "base_year": 2026, "edition": 3,
    }  # fmt: skip
    folder = write_project(tmp_path / "c", replace(data, name=""), scenarios={}, settings=about)
    assert read_settings_of_project(folder)["name"] == "x"
    folder = write_project(tmp_path / "d", replace(data, name=""), scenarios={})
    assert read_settings_of_project(folder)["name"] == "d"


def test_a_folder_that_is_there_is_never_overwritten(tmp_path):
    data = read_project(write(tmp_path / "a", tables()))
    with pytest.raises(UsageError, match="exists already"):
        write_project(tmp_path / "a", data, scenarios={})


def test_a_project_that_fails_to_be_written_leaves_nothing(tmp_path):
    data = read_project(write(tmp_path / "a", tables()))
    with pytest.raises(OSError, match="No such file"):
        write_project(tmp_path / "b", data, scenarios={"no/such": ""})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


FIGURES = pa.table({"area": ["total"], "year": pa.array([2025], pa.int32()), "value": [1.5]})
AGES = pa.table({"area": ["total"], "age": pa.array([0], pa.int32()), "value": [0.5]})


def test_a_run_is_written_and_read_back_and_replaces_the_last_one(tmp_path):
    assert list_runs(tmp_path) == []
    for seed in (1, 2):
        write_run(tmp_path, "中方案", {"seed": seed, "标题": "某市"}, FIGURES, AGES)
    manifest, figures, ages = read_run(tmp_path, "中方案")
    assert manifest == {"seed": 2, "标题": "某市"}
    assert (figures, ages) == (FIGURES, AGES)
    assert list_runs(tmp_path) == ["中方案"]
    assert os.listdir(tmp_path / "runs") == ["中方案"]  # noqa: PTH208


def test_a_run_that_fails_to_be_written_leaves_the_last_one(tmp_path):
    write_run(tmp_path, "medium", {"seed": 1}, FIGURES, AGES)
    with pytest.raises(TypeError):
        write_run(tmp_path, "medium", {"seed": {1, 2}}, FIGURES, AGES)
    assert read_run(tmp_path, "medium")[0] == {"seed": 1}
    assert list((tmp_path / "runs").iterdir()) == [tmp_path / "runs" / "medium"]


@pytest.mark.parametrize("name", ["", "../x", ".x", "a\\b"])
def test_a_run_stays_in_its_folder(tmp_path, name):
    with pytest.raises(UsageError, match="a name has no slash"):
        write_run(tmp_path, name, {}, FIGURES, AGES)


def test_a_run_that_is_not_there_names_those_that_are(tmp_path):
    write_run(tmp_path, "medium", {}, FIGURES, AGES)
    with pytest.raises(UsageError, match=r"scenario low: was not run \(there are medium\)"):
        read_run(tmp_path, "low")


@pytest.mark.parametrize("file", ["figures.parquet", "ages.parquet", "manifest.json"])
def test_a_damaged_run_is_told(tmp_path, file):
    folder = write_run(tmp_path, "medium", {}, FIGURES, AGES)
    (folder / file).write_bytes(b"{")
    with pytest.raises(FileUnreadable, match="missing or damaged"):
        read_run(tmp_path, "medium")
    assert json.loads("{}") == {}
