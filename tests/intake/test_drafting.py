"""A draft of a source can be used at once and says what was unsure."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from renkou.actions.sources import draft_source, keep_draft
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused, UsageError
from renkou.intake.sources import parse_source
from tests.intake.offices import add, stored


def write(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_a_draft_of_a_roster_is_read_and_accepted(workspace: Workspace) -> None:
    path = write(
        workspace.incoming, "流动人口登记表20240630.csv",
        "某镇流动人口登记表,,,,,,,", "填报单位：百丈镇人民政府,,,,,,,",
        "序号,姓名,性别,身份证号码,出生年月,与户主关系,孩次,现居住地址",
        "1,张三,男,110105194912310038,1949.12,户主,1,某路1号",
    )  # fmt: skip
    draft = draft_source(path)
    spec = parse_source(draft.toml, draft.source)
    assert (draft.source, spec.department) == ("newcomers", "百丈镇人民政府")
    assert set(spec.fields) == {
        "id_number", "name", "sex", "birth_date", "relationship", "usual_address",
    }  # fmt: skip
    assert any("不接收" in doubt for doubt in draft.doubts)
    keep_draft(workspace, draft)
    report = add(workspace, path, source="newcomers")
    assert stored(workspace, report)[0]["birth_date"] == "1949-12"


def test_a_couples_list_becomes_two_persons(tmp_path: Path) -> None:
    path = write(
        tmp_path, "婚姻登记.csv",
        "登记证字号,男方,,,女方,,,登记日期", ",姓名,身份证件号,出生日期,姓名,身份证件号,出生日期,",
        "J1,张三,1,1980-1-1,李四,2,1981-2-2,2005-6-7",
    )  # fmt: skip
    spec = parse_source(draft_source(path).toml, "marriages")
    husband, wife = spec.persons
    assert husband.columns["spouse_name"].headers == ("女方/姓名",)
    assert wife.columns["id_number"].headers == ("女方/身份证件号",)
    assert wife.constants == {"sex": "female", "marital_status": "married"}
    assert husband.columns["marriage_date"] == wife.columns["marriage_date"]


def test_columns_of_levels_together_name_an_area(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "乡镇,村（社区）,姓名,公民身份号码", "百丈镇,新民村,张三,1")
    spec = parse_source(draft_source(path).toml, "a")
    assert spec.persons[0].columns["registered_area"].parts == ("乡镇", "村（社区）")


def test_unknown_words_of_a_code_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "姓名,性别,身份证号", "张三,乾,1", "李四,坤,2")
    draft = draft_source(path)
    assert '# "乾" = ""' in draft.toml
    assert any("性别中有不认识的用语 2 种" in doubt for doubt in draft.doubts)


def test_a_number_column_is_known_by_its_cells(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "姓名,性别,号码", "张三,男,110105194912310038")
    assert 'id_number = "号码"' in draft_source(path).toml


def test_a_source_is_not_overwritten_unasked(workspace: Workspace) -> None:
    path = write(workspace.incoming, "a.csv", "姓名,性别", "张三,男")
    draft = draft_source(path, "police")
    keep_draft(workspace, draft)
    with pytest.raises(UsageError, match="exists already"):
        keep_draft(workspace, draft)
    keep_draft(workspace, draft, replace=True)


def test_a_file_without_a_header_has_no_draft(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="FILE-06"):
        draft_source(write(tmp_path, "a.csv", "1,2", "3,4"))


def test_a_sheet_per_village_says_where_people_live(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "流动人口.xlsx")
    for village in ("石桥村", "河口社区"):
        sheet = book.add_worksheet(village)
        sheet.write(0, 0, f"石桥镇{village}流动人口登记表")
        sheet.write(1, 0, "填报单位（盖章）：石桥镇人民政府")
        for column, head in enumerate(["姓名", "身份证号码", "户籍地"]):
            sheet.write(2, column, head)
    book.close()
    draft = draft_source(tmp_path / "流动人口.xlsx")
    spec = parse_source(draft.toml, draft.source)
    assert spec.persons[0].columns["usual_area"].parts == ("@title", "@sheet")
    assert (spec.name, spec.department) == ("石桥镇流动人口登记表", "石桥镇人民政府")


def test_a_number_that_only_counts_rows_is_no_key(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "编号,姓名,性别", "1,张三,男", "2,李四,女")
    draft = draft_source(path)
    assert "own_key" not in draft.toml
    assert any("只是行号" in doubt for doubt in draft.doubts)


def test_a_second_column_of_numbers_is_said_to_be_left_and_not_unknown(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.csv", "姓名,公民身份号码,身份证号,证照,附注",
        *["张三,110105194912310038,110105194912310038,110105194912310038,x"] * 3,
    )  # fmt: skip
    doubts = draft_source(path).doubts
    assert any("公民身份号码" in doubt and "未取“身份证号”" in doubt for doubt in doubts)
    assert any("“证照”看来也是身份号码，未取" in doubt for doubt in doubts)
    assert [doubt for doubt in doubts if "不认识" in doubt] == ["不认识的列，不会存储：附注"]
