"""A delivery is accepted whole, once, and its records keep their numbers."""

from __future__ import annotations

import stat

import ibis
import pytest

from renkou.actions import list_accepting
from renkou.actions.intake import add_all, list_records
from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused, UsageError, WorkspaceError
from renkou.engines.duckdb_engine import DuckDBEngine
from tests.intake.offices import LI, POLICE, ZHANG, add, stored, write_list, write_source


def test_a_list_becomes_records_in_canonical_form(office: Workspace) -> None:
    report = add(office, write_list(office, ZHANG, LI, encoding="gb18030"))
    first, second = stored(office, report)
    assert (first["name"], first["sex"], first["birth_date"]) == ("张三", "female", "1949-12-31")
    assert (first["id_key"], first["id_state"]) == ("11010519491231002X", "valid")
    assert (second["birth_date"], second["id_state"]) == ("1990-01-01", "missing")
    assert [first["row"], second["row"]] == [2, 3]
    assert first["record_id"] == 10_000_000_000


def test_original_cells_stand_as_written(office: Workspace) -> None:
    report = add(office, write_list(office, ZHANG, LI))
    assert stored(office, report, "original_cells")[1]["birth_date"] == "1990.1.1"


def test_a_delivery_added_twice_changes_nothing(office: Workspace) -> None:
    path = write_list(office, ZHANG, LI)
    first, second = add(office, path), add(office, path)
    assert second.already_added
    assert first.delivery == second.delivery
    assert len(list((office.lists / "police").iterdir())) == 1


def test_a_row_keeps_its_number_by_the_sources_own_key(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI))
    changed = LI.replace("李四", "李思")
    report = add(
        office, write_list(office, "a9,王五,,男,1980,", changed, name="police_20250131.csv")
    )
    rows = {row["source_key"]: row["record_id"] for row in stored(office, report)}
    assert rows == {"a2": 10_000_000_001, "a9": 10_000_000_002}


def test_a_row_without_key_keeps_its_number_when_all_its_cells_are_equal(office: Workspace) -> None:
    write_source(office, POLICE.replace('own_key = "source_key"', ""))
    add(office, write_list(office, ZHANG, LI))
    report = add(office, write_list(office, LI, "a7,赵六,,男,1980,", name="police_20250131.csv"))
    assert [row["record_id"] for row in stored(office, report)] == [10_000_000_001, 10_000_000_002]


def test_absence_from_a_full_delivery_closes_the_record(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI))
    report = add(office, write_list(office, LI, name="police_20250131.csv"))
    assert stored(office, report, "closed") == [{"record_id": 10_000_000_000}]
    with DuckDBEngine() as engine:
        assert engine.arrow(list_records(office, engine))["source_key"].to_pylist() == ["a2"]


def test_a_delivery_of_changes_leaves_the_other_records_as_they_are(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI))
    changes = POLICE.replace("files =", 'mode = "changes"\nfiles =')
    write_source(office, changes + '[changes]\ncolumn = "变更"\nremoved = ["删除"]\n')
    path = office.incoming / "police_20250131.csv"
    header = "人员编号,姓名,身份证号,性别,出生日期,户籍地,变更"
    path.write_text(f"{header}\n{ZHANG},删除\na3,孙七,,男,1970-02-03,,新增\n", "utf-8")
    add(office, path)
    with DuckDBEngine() as engine:
        records = list_records(office, engine).order_by("record_id")
        assert engine.arrow(records)["name"].to_pylist() == ["李四", "孙七"]


def test_changes_without_the_column_that_says_what_changed_are_refused(office: Workspace) -> None:
    """Or removals would be taken for additions."""
    add(office, write_list(office, ZHANG, LI))
    changes = POLICE.replace("files =", 'mode = "changes"\nfiles =')
    write_source(office, changes + '[changes]\ncolumn = "变更"\nremoved = ["删除"]\n')
    path = write_list(office, ZHANG, name="police_20250131.csv")
    with pytest.raises(DataRefused, match=r"what changed \(变更\) is missing \(rule FILE-07\)"):
        add(office, path)


def test_each_source_has_numbers_of_its_own(office: Workspace) -> None:
    add(office, write_list(office, ZHANG))
    write_source(office, source="insurance")
    report = add(office, write_list(office, ZHANG, name="x_20241231.csv"), source="insurance")
    assert stored(office, report)[0]["record_id"] == 20_000_000_000


def test_everything_in_incoming_is_added_by_the_sources_patterns(office: Workspace) -> None:
    write_list(office, ZHANG)
    write_list(office, LI, name="police_20250131.csv")
    write_list(office, LI, name="other.csv")
    reports = add_all(office, by=current_actor(office))
    assert [report.reference_date.isoformat() for report in reports] == ["2024-12-31", "2025-01-31"]


def test_nothing_in_incoming_is_said_and_not_passed_over(office: Workspace) -> None:
    with pytest.raises(UsageError, match="no file fits"):
        add_all(office, by=current_actor(office))


def test_a_file_that_does_not_say_its_day_needs_a_date(office: Workspace) -> None:
    with pytest.raises(UsageError, match="which day"):
        add(office, write_list(office, ZHANG, name="police.csv"))


def test_files_are_readable_by_the_owner_only(office: Workspace) -> None:
    report = add(office, write_list(office, ZHANG))
    folder = office.lists / "police" / str(report.delivery)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_disk_that_fills_up_leaves_nothing_behind(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(list_accepting.store, "write_delivery", full)
    with pytest.raises(WorkspaceError, match="No space left on device"):
        add(office, write_list(office, ZHANG))
    assert list((office.lists / "police").iterdir()) == []
    monkeypatch.undo()
    assert add(office, write_list(office, ZHANG)).counts["records"] == 1


def test_what_a_killed_run_left_behind_is_not_seen_and_is_removed(office: Workspace) -> None:
    first = add(office, write_list(office, ZHANG))
    home = office.lists / "police"
    left = home / ".aside-2025-01-31"
    left.mkdir()
    described = home / str(first.delivery) / "delivery.json"
    (left / "delivery.json").write_bytes(described.read_bytes())
    (office.lists / "school" / ".aside-x").mkdir(parents=True)
    (office.lists / "school" / ".aside-x" / "delivery.json").write_bytes(described.read_bytes())
    with DuckDBEngine() as engine:
        assert engine.arrow(list_records(office, engine)).num_rows == 1
    add(office, write_list(office, LI, name="police_20250131.csv"))
    assert not left.exists()


def test_a_refused_file_leaves_nothing_behind(office: Workspace) -> None:
    path = office.incoming / "police_20241231.csv"
    path.write_text("人员编号,性别\na1,男\n", "utf-8")
    with pytest.raises(DataRefused, match="FILE-07"):
        add(office, path)
    assert not (office.lists / "police").exists()


def test_the_records_table_has_the_columns_of_the_contract(office: Workspace) -> None:
    from renkou.core.fields import FIELD_NAMES

    add(office, write_list(office, ZHANG))
    with DuckDBEngine() as engine:
        table = list_records(office, engine)
        assert {"record_id", "id_key", "id_state", "mother_id_key", *FIELD_NAMES} <= set(
            table.columns
        )
        assert isinstance(table, ibis.expr.types.Table)


def test_a_key_that_stands_twice_and_a_number_under_two_names_are_told(office: Workspace) -> None:
    other = "a1,李四,11010519491231002X,女,1949-12-31,110105"
    report = add(office, write_list(office, ZHANG, other, ",王五,,男,1980-01-01,110105"))
    assert report.problem_counts == {"ID-12": 2, "ROW-03": 2, "ROW-04": 1}
    assert len({row["record_id"] for row in stored(office, report)}) == 3


def test_a_list_that_cannot_be_read_is_an_error_and_not_left_out(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI))
    folder = office.lists / "police"
    folder.rename(office.path / "elsewhere")
    folder.symlink_to(folder)  # what no user can read, the owner of the machine included
    with DuckDBEngine() as engine, pytest.raises(OSError, match="police"):
        list_records(office, engine)


def test_a_delivery_without_its_description_is_damaged_and_not_left_out(office: Workspace) -> None:
    report = add(office, write_list(office, ZHANG, LI))
    (office.lists / "police" / str(report.delivery) / "delivery.json").unlink()
    with DuckDBEngine() as engine, pytest.raises(WorkspaceError, match="missing or damaged"):
        list_records(office, engine)


def test_next_months_file_is_a_delivery_of_its_own_whatever_day_the_source_names(
    office: Workspace,
) -> None:
    write_source(office, POLICE.replace("files = ", "reference_date = 2024-12-31\nfiles = "))
    write_list(office, ZHANG)
    write_list(office, LI, name="police_20250131.csv")
    reports = add_all(office, by=current_actor(office))
    assert [report.reference_date.isoformat() for report in reports] == ["2024-12-31", "2025-01-31"]
    assert add(office, write_list(office, LI, name="police_x.csv")).reference_date.year == 2024


@pytest.mark.parametrize("damage", ["a byte", "the end", "all"])
def test_a_damaged_table_of_a_delivery_is_named(office: Workspace, damage: str) -> None:
    report = add(office, write_list(office, ZHANG, LI))
    path = office.lists / "police" / str(report.delivery) / "records.parquet"
    content = bytearray(path.read_bytes())
    if damage == "a byte":
        content[4:44] = bytes(byte ^ 255 for byte in content[4:44])
    path.write_bytes(content if damage == "a byte" else content[: len(content) // 2])
    if damage == "all":
        path.unlink()
    with pytest.raises(WorkspaceError, match=r"records\.parquet: missing or damaged"):
        add(office, write_list(office, ZHANG, name="police_20250131.csv"))
