"""The report of editions built from known records says exactly what is in them."""

from __future__ import annotations

import dataclasses
import shutil
import stat
from pathlib import Path

import pytest

from renkou.actions import report_edition, report_lists
from renkou.actions.edition_tables import open_edition
from renkou.actions.evaluating import evaluate_edition
from renkou.actions.reporting import edition_report, write_report
from renkou.actions.staff import add_staff, current_actor
from renkou.actions.workspaces import Workspace, init_workspace
from renkou.core.errors import NotPermitted
from renkou.core.permissions import Role
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.records.databases import close_database
from tests.editions.builds import build
from tests.register.tables import record

AREAS = """code,name,level,parent,valid_from,valid_to,successor
5130,云汀市,prefecture,51,,,
513021,青渚区,county,5130,,,
513021001,金冲街道,township,513021,,,
513021102,永庙镇,township,513021,,,
"""
HOME, AWAY = "513021001001", "110101001001"
ZHANG, LI = "110101199001011237", "110101198505052344"


def person(number, **cells):
    about = {
        "registered_area": HOME, "usual_area": HOME, "sex": "female", "name": "甲",
        "birth_date": "1990-01-01", **cells,
    }  # fmt: skip
    return record("police", number, **about)


ROWS = (
    person(1, id_number=ZHANG),
    person(2, registered_area=AWAY, birth_date="1985-05-05", id_number=LI),
    person(3, death_date="2020-01-01", status="dead"),
    record("health", 1, name="甲", id_number=ZHANG),
    record("health", 2, name="甲", id_number=ZHANG),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """For reading only."""
    office = init_workspace(tmp_path_factory.mktemp("report") / "office")
    office.areas.write_text(AREAS, encoding="utf-8")
    build(office.editions, ROWS)
    return office


@pytest.fixture
def office(built, tmp_path):
    """A copy to change."""
    yield Workspace(Path(shutil.copytree(built.path, tmp_path / "copy")))
    close_database()


def reported(workspace):
    with DuckDBEngine() as engine:
        return edition_report(workspace, open_edition(workspace, None, engine))


def test_the_city_is_named_after_the_prefecture_of_its_tree(built):
    assert reported(built).city == "云汀市"


def test_headline_figures_are_those_of_the_edition(built):
    head = reported(built).headline
    assert (head.lists, head.records, head.persons) == (2, 5, 3)
    assert head.registered_population == 1  # one is registered elsewhere, one is dead
    assert head.usual_resident_population == 2


def test_the_overlap_of_lists_counts_everyone_once(built):
    sets = {row["members"]: row["people"] for row in reported(built).overlap_sets}
    assert sets == {("police",): 2, ("police", "health"): 1}


def test_duplicates_are_the_further_records_of_one_person(built):
    lists = {row["list"]: row for row in reported(built).tables["lists"]}
    assert (lists["health"]["accepted"], lists["health"]["duplicates"]) == (2, 1)
    assert lists["police"]["duplicates"] == 0


def test_an_only_county_is_told_by_its_townships(built):
    [row, *_] = reported(built).tables["population"]
    assert (row["area"], row["registered_population"]) == ("金冲街道", 1)


ODD = {
    "one list, areas by name": [person(1, registered_area="东村", usual_area="东村")],
    "no area, birth date or sex": [
        record("police", 1, name="甲", id_number=ZHANG),
        record("health", 1, name="乙", sex="male"),
    ],
    "only the dead": [person(1, death_date="2020-01-01", status="dead")],
}


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_odd_lists_are_reported_in_an_office_without_areas(workspace, rows):
    build(workspace.editions, rows)
    written = write_report(workspace, by=current_actor(workspace))
    assert ">None<" not in written.page.read_text(encoding="utf-8")
    tables, head = written.report.tables, written.report.headline
    by_area = sum(row["usual_resident_population"] for row in tables["population"])
    assert by_area == head.usual_resident_population


def test_a_problem_is_of_all_lists_only_where_every_list_has_it(built):
    names = report_edition.Names({"police": "公安", "health": "卫健"}, {})
    folders = [
        report_lists.ListFolder(one, built.lists / one, "2024-12-31", 1) for one in names.lists
    ]
    problem = {"rule": "DATE-05", "severity": "warning", "source": "police", "count": 1}
    [one] = report_lists.rules_table([problem], folders, names)
    [both] = report_lists.rules_table([problem, {**problem, "source": "health"}], folders, names)
    [alone] = report_lists.rules_table([problem], folders[:1], names)
    assert (one["lists"], both["lists"].zh, alone["lists"]) == ("公安", "全部名册", "公安")


def test_changes_are_those_since_the_edition_before(office):
    assert reported(office).tables["changes"] == []
    build(office.editions, [*ROWS, person(4, usual_area="513021102001")])
    by_measure = {row["measure"].en: row for row in reported(office).tables["changes"]}
    people = by_measure["People in the register"]
    assert (people["before"], people["now"], people["change"]) == (3, 4, 1)


def test_both_files_are_written_for_their_owner_only(office):
    written = write_report(office, by=current_actor(office))
    for path in (written.page, written.workbook):
        assert path.parent == office.path / "reports" / written.report.edition
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_clerk_may_not_read_the_report(office):
    add_staff(office, by=current_actor(office), username="carol", role=Role.CLERK)
    with pytest.raises(NotPermitted, match="read report"):
        write_report(office, by="carol")
    assert not (office.path / "reports").exists()


def test_the_report_of_a_city_agrees_with_itself(demo_workspace):
    report = reported(demo_workspace)
    tables, head = report.tables, report.headline
    assert sum(row["people"] for row in report.overlap_sets) == head.persons
    assert sum(row["accepted"] for row in tables["lists"]) == head.records
    assert sum(row["records"] for row in tables["certainty"]) == head.records
    assert sum(row["pairs"] for row in tables["reviews"]) == head.review_pairs
    by_area = sum(row["registered_population"] for row in tables["population"])
    assert by_area >= head.registered_population
    aged = sum(row["male"] + row["female"] for row in tables["ages"])
    assert aged <= head.usual_resident_population
    for kind in ("accepted", "refused", "duplicates", "lacking", "only_here", "differing"):
        by_county = sum(row[kind] for row in tables["counties"])
        assert by_county == sum(row[kind] for row in tables["lists"]), kind
    assert tables["refused_columns"]
    assert head.refused == sum(row["refused"] for row in tables["lists"]) > 0
    assert all(isinstance(value, int) for value in dataclasses.asdict(head).values()
               if not isinstance(value, float))  # fmt: skip


def test_an_edition_of_a_city_is_judged_against_its_truth(demo_workspace):
    result = evaluate_edition(demo_workspace, demo_workspace.path / "truth.parquet")
    assert result["records"]["unlinked"] == 0
    assert result["pairs"]["precision"] > 0.9
    assert result["pairs"]["recall"] > 0.9
    assert set(result["by_list"]) >= {"police", "births"}
