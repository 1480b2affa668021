"""A clerk answers in a spreadsheet program; a script answers in CSV or JSON."""

import csv
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from renkou.actions.decisions import decide, decisions_table
from renkou.actions.review import export_review
from renkou.actions.review_answers import ImportedReview, import_review
from renkou.actions.staff import add_staff, operating_system_user
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused, FileUnreadable, NotPermitted, UsageError, WorkspaceError
from renkou.core.permissions import Role
from renkou.publishing.review_tables import agreement
from renkou.records.models import AuditEvent

ME = operating_system_user()
FIRST, SECOND, THIRD = 4, 6, 8  # rows of the three pairs, most doubtful first


def _edited(path: Path, edit: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


@pytest.fixture
def workbook(sealed: Workspace, tmp_path: Path) -> Path:
    path = tmp_path / "待复核.xlsx"
    export_review(sealed, path, by=ME)
    return path


def _answered(path: Path, answers: dict[int, str], remarks: dict[int, str] | None = None) -> Path:
    def edit(book: Any) -> None:
        for row, text in answers.items():
            book["待复核"][f"B{row}"] = text
        for row, text in (remarks or {}).items():
            book["待复核"][f"C{row}"] = text

    return _edited(path, edit)


def _words(workspace: Workspace) -> list[tuple[int, int, bool]]:
    rows = decisions_table(workspace).to_pylist()
    return [(row["record_id_l"], row["record_id_r"], row["same"]) for row in rows]


def test_an_export_never_overwrites_what_somebody_filled_in(
    sealed: Workspace, workbook: Path
) -> None:
    before = _answered(workbook, {FIRST: "同一人"}).read_bytes()
    with pytest.raises(UsageError, match="may hold answers"):
        export_review(sealed, workbook, by=ME)
    assert workbook.read_bytes() == before


def test_a_file_of_no_known_kind_is_refused_and_not_left_behind_empty(
    sealed: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="ends in"):
        export_review(sealed, tmp_path / "a.pdf", by=ME)
    assert not (tmp_path / "a.pdf").exists()


def test_answers_become_decisions(sealed: Workspace, workbook: Path) -> None:
    answers = {FIRST: "不同人", SECOND: "同一人", THIRD: "不确定"}
    found = import_review(sealed, _answered(workbook, answers), by=ME)
    assert found == ImportedReview(taken=2, unsure=1)
    assert _words(sealed) == [(11, 12, True), (14, 15, False)]


def test_a_file_imported_again_changes_nothing(sealed: Workspace, workbook: Path) -> None:
    _answered(workbook, {FIRST: "不同人"})
    import_review(sealed, workbook, by=ME)
    found = import_review(sealed, workbook, by=ME)
    assert found == ImportedReview(known=1, blank=2)


def test_the_remark_is_the_reason_and_keeps_no_id_number(sealed: Workspace, workbook: Path) -> None:
    remark = "电话核实，号码应为110101199003074514"
    import_review(sealed, _answered(workbook, {FIRST: "不同人"}, {FIRST: remark}), by=ME)
    assert decisions_table(sealed)["reason"].to_pylist() == ["电话核实，号码应为〔号码〕"]


def test_the_most_doubtful_pairs_come_first(sealed: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    made = export_review(sealed, path, by=ME, limit=2)
    assert (made.pairs, made.waiting) == (2, 3)
    rows = json.loads(path.read_text())
    assert [(row["record_id_l"], row["record_id_r"]) for row in rows] == [(14, 15), (11, 12)]


def test_a_share_is_of_the_editions_records(sealed: Workspace, tmp_path: Path) -> None:
    made = export_review(sealed, tmp_path / "a.csv", by=ME, share=0.4)  # of five records
    assert made.pairs == 2


@pytest.mark.parametrize("choice", [{"share": 0.1, "limit": 3}, {"share": 1.5}, {"limit": 0}])
def test_a_senseless_number_of_pairs_is_refused(
    sealed: Workspace, tmp_path: Path, choice: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="--"):
        export_review(sealed, tmp_path / "a.csv", by=ME, **choice)


def test_what_a_clerk_sees_says_where_and_what_and_masks_numbers(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["待复核"]
    heads = [cell.value for cell in sheet[3]]
    upper = dict(zip(heads, (cell.value for cell in sheet[SECOND]), strict=True))
    lower = dict(zip(heads, (cell.value for cell in sheet[SECOND + 1]), strict=True))
    assert (upper["来源"], upper["文件"], upper["工作表"], upper["行号"]) == (
        "公安户籍人口", "名册.xlsx", "甲村", "14")  # fmt: skip
    assert upper["基准日期"] == "2024-01-01"
    assert upper["依据（比对权重）"] == "支持：出生日期 +11.0；反对：姓名 −1.2"
    numbers = (upper["公民身份号码（已遮盖）"], lower["公民身份号码（已遮盖）"])
    assert numbers == ("110101********45**", "110101********54**")
    assert lower["联系电话（已遮盖）"] == "138****5678"
    assert (upper["现住地"], upper["人物"]) == ("东街街道甲村", "本人")
    assert (upper["与户主关系"], upper["民族"]) == ("户主", "维吾尔族")
    name = heads.index("姓名") + 1
    same, differs = sheet.cell(FIRST, name), sheet.cell(SECOND, name)
    assert differs.fill.start_color.rgb == "FFF8CBAD"
    assert same.fill.start_color.rgb != "FFF8CBAD"


def test_what_is_only_written_less_exactly_is_not_coloured_as_differing(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["待复核"]
    heads = [cell.value for cell in sheet[3]]
    rows = {sheet.cell(row, 1).value: row for row in (FIRST, SECOND, THIRD)}
    birth = [sheet.cell(row, heads.index("出生日期") + 1) for row in rows.values()]
    colours = [cell.fill.start_color.rgb for cell in birth]
    assert colours == ["FFF8CBAD", "00000000", "FFEDEDED"]  # 2 and 20, equal, month and day


def test_a_list_without_a_name_is_known_by_its_department(
    sealed: Workspace, tmp_path: Path
) -> None:
    source = sealed.sources / "police.toml"
    source.write_text(source.read_text("utf-8").replace('name = "公安户籍人口"', ""), "utf-8")
    export_review(sealed, tmp_path / "a.json", by=ME)
    rows = json.loads((tmp_path / "a.json").read_text())
    assert {(row["source_l"], row["list_name_l"]) for row in rows} == {("police", "市公安局")}


@pytest.mark.parametrize(
    ("field", "left", "right", "kind"),
    [
        ("usual_area", "513021000000", "513021001000", "coarser"),
        ("usual_area", "513021002000", "513021001000", "differs"),
        ("usual_area", "东村", "东村一组", "differs"),
        ("name", "张", "张三", "differs"),
        ("birth_date", "1985-01", None, "missing"),
    ],
)
def test_cells_agree_as_the_register_holds_that_they_do(
    field: str, left: str, right: str | None, kind: str
) -> None:
    assert agreement(field, left, right) == kind


def test_nowhere_in_the_file_stands_a_whole_id_number(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    text = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    assert "110101199003074514" not in text


def test_a_cell_that_looks_like_a_formula_is_written_as_text(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["待复核"]
    cells = [cell for row in sheet for cell in row if str(cell.value).startswith("=cmd")]
    assert [cell.data_type for cell in cells] == ["s"]


def test_in_a_csv_too_no_cell_can_run(sealed: Workspace, tmp_path: Path) -> None:
    export_review(sealed, tmp_path / "a.csv", by=ME)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert "'=cmd|'/c calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith("=")]


def test_the_same_edition_gives_the_same_file(
    sealed: Workspace, workbook: Path, tmp_path: Path
) -> None:
    export_review(sealed, tmp_path / "again.xlsx", by=ME)
    assert (tmp_path / "again.xlsx").read_bytes() == workbook.read_bytes()


def test_an_exported_file_is_its_owners_only(workbook: Path) -> None:
    assert stat.S_IMODE(workbook.stat().st_mode) == 0o600


def _swap_ids(book: Any) -> None:
    book["_keys"]["B2"] = "11"


def _change_key(book: Any) -> None:
    book["待复核"][f"A{FIRST}"] = "00001-AAAA"


def _delete_a_line(book: Any) -> None:
    book["待复核"].unmerge_cells(f"A{FIRST}:A{FIRST + 1}")
    book["待复核"].delete_rows(FIRST)


@pytest.mark.parametrize("edit", [_swap_ids, _change_key, _delete_a_line])
def test_an_altered_key_is_refused_and_nothing_is_taken(
    sealed: Workspace, workbook: Path, edit: Callable[[Any], None]
) -> None:
    _edited(_answered(workbook, {FIRST: "不同人", SECOND: "同一人"}), edit)
    with pytest.raises(DataRefused, match="REVIEW-02"):
        import_review(sealed, workbook, by=ME)
    assert _words(sealed) == []


def test_an_unknown_word_is_refused_with_its_row(sealed: Workspace, workbook: Path) -> None:
    _answered(workbook, {FIRST: "不同人", SECOND: "大概是"})
    with pytest.raises(DataRefused, match=rf"row {SECOND}.*REVIEW-03") as caught:
        import_review(sealed, workbook, by=ME)
    assert "大概是" not in str(caught.value)
    assert _words(sealed) == []


@pytest.mark.parametrize(
    "words", [("Same", "DIFFERENT", "Unsure"), ("SAME", "different", "unsure")]
)
def test_english_words_are_taken_in_any_case(
    sealed: Workspace, tmp_path: Path, words: tuple[str, str, str]
) -> None:
    path = tmp_path / "a.json"
    export_review(sealed, path, by=ME)
    rows = json.loads(path.read_text())
    answered = [row | {"answer": word} for row, word in zip(rows, words, strict=True)]
    path.write_text(json.dumps(answered))
    assert import_review(sealed, path, by=ME) == ImportedReview(taken=2, unsure=1)
    assert _words(sealed) == [(11, 12, False), (14, 15, True)]


def test_an_unknown_word_is_answered_with_all_that_are_known(
    sealed: Workspace, workbook: Path
) -> None:
    with pytest.raises(DataRefused) as caught:
        import_review(sealed, _answered(workbook, {FIRST: "maybe"}), by=ME)
    for said in (str(caught.value), str(caught.value.zh)):
        assert "同一人、不同人、不确定" in said
        assert "same, different, unsure" in said


def test_answers_that_contradict_one_another_are_refused(sealed: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    export_review(sealed, path, by=ME)
    rows = json.loads(path.read_text())
    twice = [rows[0] | {"answer": "same"}, rows[0] | {"answer": "different"}]
    path.write_text(json.dumps(twice))
    with pytest.raises(DataRefused, match=r"row 2.*REVIEW-04"):
        import_review(sealed, path, by=ME)


def test_an_answer_that_contradicts_earlier_decisions_is_refused(
    sealed: Workspace, workbook: Path
) -> None:
    decide(sealed, by=ME, record_id_l=11, record_id_r=13, same=True, reason="上门核实")
    decide(sealed, by=ME, record_id_l=12, record_id_r=13, same=True, reason="上门核实")
    _answered(workbook, {FIRST: "同一人", SECOND: "不同人"})
    with pytest.raises(DataRefused, match=rf"row {SECOND}.*REVIEW-05"):
        import_review(sealed, workbook, by=ME)
    assert len(_words(sealed)) == 2


def test_the_answer_that_closes_a_contradictory_ring_is_refused(
    sealed: Workspace, workbook: Path
) -> None:
    decide(sealed, by=ME, record_id_l=11, record_id_r=13, same=True, reason="上门核实")
    decide(sealed, by=ME, record_id_l=12, record_id_r=13, same=False, reason="上门核实")
    with pytest.raises(DataRefused, match=rf"row {SECOND}.*REVIEW-05"):
        import_review(sealed, _answered(workbook, {SECOND: "同一人"}), by=ME)


def test_an_answer_against_a_binding_decision_is_named_and_not_taken(
    sealed: Workspace, workbook: Path
) -> None:
    add_staff(sealed, by=ME, username="alice", role=Role.OFFICER)
    decide(sealed, by="alice", record_id_l=14, record_id_r=15, same=True, reason="上门核实")
    _answered(workbook, {FIRST: "不同人", SECOND: "同一人"})
    found = import_review(sealed, workbook, by=ME)
    assert found.taken == 1
    assert len(found.conflicts) == 1
    assert f"第 {FIRST} 行" in found.conflicts[0]
    assert (14, 15, True) in _words(sealed)


def test_replace_lets_the_new_word_supersede(sealed: Workspace, workbook: Path) -> None:
    decide(sealed, by=ME, record_id_l=14, record_id_r=15, same=True, reason="上门核实")
    found = import_review(sealed, _answered(workbook, {FIRST: "不同人"}), by=ME, replace=True)
    assert (found.taken, found.conflicts) == (1, [])
    assert (14, 15, False) in _words(sealed)


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_a_script_may_answer(sealed: Workspace, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"pairs.{suffix}"
    export_review(sealed, path, by=ME)
    if suffix == "json":
        rows = json.loads(path.read_text())
        path.write_text(json.dumps([row | {"answer": "different"} for row in rows]))
    else:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(row | {"answer": "不同人"} for row in rows)
    assert import_review(sealed, path, by=ME).taken == 3


def test_a_file_of_another_workspace_is_refused(sealed: Workspace, workbook: Path) -> None:
    (sealed.editions / "2024-01" / "manifest.json").write_text('{"tables": {"other": {}}}')
    with pytest.raises(DataRefused, match="another workspace"):
        import_review(sealed, _answered(workbook, {FIRST: "同一人"}), by=ME)


def test_a_file_that_is_no_review_is_refused(sealed: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(DataRefused, match="REVIEW-01"):
        import_review(sealed, path, by=ME)
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(FileUnreadable, match="JSON"):
        import_review(sealed, tmp_path / "b.json", by=ME)
    with pytest.raises(FileUnreadable, match="no such file"):
        import_review(sealed, tmp_path / "c.xlsx", by=ME)


def test_without_an_edition_there_is_nothing_to_review(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceError, match="edition build"):
        export_review(workspace, tmp_path / "a.xlsx", by=ME)


def test_an_auditor_neither_exports_nor_decides(
    sealed: Workspace, workbook: Path, tmp_path: Path
) -> None:
    add_staff(sealed, by=ME, username="olga", role=Role.AUDITOR)
    with pytest.raises(NotPermitted):
        export_review(sealed, tmp_path / "b.xlsx", by="olga")
    with pytest.raises(NotPermitted):
        import_review(sealed, workbook, by="olga")
    assert not (tmp_path / "b.xlsx").exists()


def test_an_export_leaves_an_audit_event(sealed: Workspace, workbook: Path) -> None:
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject) == ("export_review", "edition:2024-01")


def test_a_delivery_that_was_taken_away_is_told(sealed: Workspace, tmp_path: Path) -> None:
    shutil.rmtree(sealed.lists / "police")
    with pytest.raises(WorkspaceError, match="5 records of the edition are in no delivery") as told:
        export_review(sealed, tmp_path / "复核.xlsx", by=ME)
    assert "放回" in (told.value.zh or "")
