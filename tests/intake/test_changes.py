"""Deliveries of changes: who leaves a list, said in words that are known, and never passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from renkou.actions.intake import check_list, list_records, load_source
from renkou.actions.list_returns import return_list
from renkou.actions.sources import draft_source
from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace
from renkou.cli.main import app
from renkou.core.errors import DataRefused, SpecError, UsageError
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.intake.sources import parse_source
from tests.intake.offices import HEADER, LI, POLICE, WANG, ZHANG, add, write_list, write_source

OF_CHANGES = POLICE.replace("files =", 'mode = "changes"\nfiles =')
READ = OF_CHANGES + '[changes]\ncolumn = "变更类型"\n'


def changes(office: Workspace, *rows: str, header: str = "变更类型") -> Path:
    path = office.incoming / "police_20250131.csv"
    path.write_text("\n".join([f"{HEADER},{header}", *rows, ""]), "utf-8")
    return path


def names(office: Workspace) -> list[str]:
    with DuckDBEngine() as engine:
        records = list_records(office, engine).order_by("record_id")
        return [str(name) for name in engine.arrow(records)["name"].to_pylist()]


def accepted(office: Workspace, source: str, *rows: str) -> Any:
    """What a delivery of changes does to a full list of three, after checking said the same."""
    add(office, write_list(office, ZHANG, LI, WANG))
    write_source(office, source)
    path = changes(office, *rows)
    checked = check_list(office, [path], load_source(office, "police")[0])
    report = add(office, path)
    assert {name: report.counts[name] for name in checked.counts} == checked.counts
    return report


@pytest.mark.parametrize("header", ["变更类型", "操作类型", "增减标识 ", "变动情况（增/减）"])
def test_changes_whose_kinds_are_not_read_are_refused_whole(office: Workspace, header: str) -> None:
    add(office, write_list(office, ZHANG, LI))
    write_source(office, OF_CHANGES)
    path = changes(office, f"{ZHANG},注销", header=header)
    with pytest.raises(DataRefused, match=r"no \[changes\]") as told:
        add(office, path)
    assert told.value.rule == "FILE-22"
    with pytest.raises(DataRefused, match=r"no \[changes\]"):
        check_list(office, [path], load_source(office, "police")[0])
    assert names(office) == ["张三", "李四"]


def test_changes_without_such_a_column_only_add(office: Workspace) -> None:
    add(office, write_list(office, ZHANG))
    write_source(office, OF_CHANGES)
    add(office, write_list(office, LI, name="police_20250131.csv"))
    assert names(office) == ["张三", "李四"]


def test_usual_words_for_leaving_need_no_list_of_words(office: Workspace) -> None:
    report = accepted(office, READ, f"{ZHANG},注销", f"{LI},变更", "a4,赵六,,男,1980,,")
    assert report.counts["removals"] == report.counts["closed"] == 1
    assert report.counts["records"] == 2
    assert names(office) == ["李四", "王五", "赵六"]


def test_a_word_that_is_not_known_refuses_the_row(office: Workspace) -> None:
    report = accepted(office, READ, f"{ZHANG},去向不明", f"{LI},删除")
    assert report.problem_counts["ROW-06"] == 1
    assert names(office) == ["张三", "王五"]


def test_a_row_of_an_unknown_word_is_the_sources_to_mend_and_not_sent_back(
    office: Workspace,
) -> None:
    accepted(office, READ, f"{ZHANG},去向不明")
    with pytest.raises(UsageError):
        return_list(office, "police", by=current_actor(office))


def test_a_sources_own_words_go_before_the_usual_ones(office: Workspace) -> None:
    words = 'removed = ["去向不明", "变更"]\nkept = ["注销"]\n'
    accepted(office, READ + words, f"{ZHANG},去向不明", f"{LI},注销", f"{WANG},变更")
    assert names(office) == ["李四"]


def test_a_removal_is_known_by_number_where_all_else_is_left_out(office: Workspace) -> None:
    report = accepted(office, READ, ",张三,11010519491231002X,,,,注销", "z9,钱七,,,,,注销")
    assert report.counts["closed"] == 1
    assert (report.counts["removals"], report.counts["removals_of_nobody"]) == (2, 1)
    assert names(office) == ["李四", "王五"]


def test_a_number_under_another_name_ends_nothing(office: Workspace) -> None:
    report = accepted(office, READ, ",张三丰,11010519491231002X,,,,注销")
    assert (report.counts["closed"], report.counts["removals_of_nobody"]) == (0, 1)


def test_checking_says_what_the_changes_will_do(office: Workspace) -> None:
    add(office, write_list(office, ZHANG, LI, WANG))
    write_source(office, READ)
    path = changes(office, f"{ZHANG},注销", "z9,钱七,,,,,注销", f"{LI},变更")
    words = ["list", "check", str(path), "--source", "police", "--workspace", str(office.path)]
    said = CliRunner().invoke(app, words).stdout
    assert "按变动名册读取：移出名册 2 行；没有列出的记录保持原样" in said
    assert "其中 1 行在现有名册中找不到对应的记录" in said
    assert "接收 1 条，退回 0 行，不再在册 1 条" in said


def test_a_whole_list_that_says_what_changed_is_told_how_it_is_read(office: Workspace) -> None:
    report = add(office, changes(office, f"{ZHANG},注销"))
    assert [(note["rule"], note["column"]) for note in report.notes] == [
        ("FILE-23", "变更类型 (G)")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POLICE + '[changes]\ncolumn = "变更"\n', r"\[changes\]: is only for mode"),
        (OF_CHANGES + '[changes]\nremoved = ["删除"]\n', r"\[changes.column\]: must be a text"),
        (READ + 'removed = ["Ｄ"]\nkept = ["d"]\n', r"\[changes.kept\]: holds a word of"),
    ],
)
def test_what_a_source_says_of_changes_must_hold_together(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        parse_source(text, "police")


def test_a_draft_of_a_list_of_changes_reads_them(office: Workspace) -> None:
    path = changes(office, f"{ZHANG},注销", f"{LI},新增", f"{WANG},挂失")
    draft = draft_source(path, "moves")
    spec = parse_source(draft.toml, "moves")
    assert (spec.mode, spec.changes_column) == ("changes", "变更类型")
    assert "注销" in spec.removed_words
    assert "挂失" not in spec.removed_words + spec.kept_words
    doubts = "\n".join(draft.doubts)
    assert "“变更类型”" in doubts
    assert "“注销”" in doubts
    assert "“挂失”" in doubts
    assert "不认识的列" not in doubts


def test_a_column_of_kinds_is_known_by_its_words(office: Workspace) -> None:
    path = changes(office, f"{ZHANG},注销", f"{LI},新增", header="标记")
    assert parse_source(draft_source(path, "moves").toml, "moves").changes_column == "标记"


def test_a_draft_of_a_whole_list_is_not_taken_for_changes(office: Workspace) -> None:
    plain = parse_source(draft_source(changes(office, ZHANG + ",", header="备注")).toml, "police")
    unread = draft_source(changes(office, f"{ZHANG},甲类", f"{LI},乙类"))
    assert plain.mode == parse_source(unread.toml, "police").mode == "full"
    assert "“变更类型”" in "\n".join(unread.doubts)
