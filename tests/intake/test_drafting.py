"""A draft of a source can be used at once and says what was unsure."""

from __future__ import annotations

from datetime import date
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


def test_a_household_in_a_row_becomes_its_head_and_spouse(workspace: Workspace) -> None:
    path = write(
        workspace.incoming, "入户核实表20240630.csv",
        "户号,户主,,配偶,,住址", ",姓名,性别,姓名,性别,",
        "1,张三,男,李四,女,5组3号", "2,王五,女,,,5组4号",
    )  # fmt: skip
    draft = draft_source(path)
    head, spouse = parse_source(draft.toml, draft.source).persons
    assert head.columns["name"].headers == spouse.columns["spouse_name"].headers == ("户主/姓名",)
    assert head.columns["household_key"] == spouse.columns["household_key"]
    assert head.columns["usual_address"] == spouse.columns["usual_address"]
    assert spouse.constants == {"relationship": "spouse"}
    keep_draft(workspace, draft)
    rows = stored(workspace, add(workspace, path, source=draft.source))
    assert [row["relationship"] for row in rows] == ["head", "spouse", "head"]


def test_a_bare_village_beside_one_named_township_is_of_the_same_place(tmp_path: Path) -> None:
    path = write(
        tmp_path, "医保参保人员明细.csv",
        "参保人姓名,证件号码,参保地乡镇,村社区,家庭编码", "张三,1,百丈镇,新民村,9",
    )  # fmt: skip
    columns = parse_source(draft_source(path).toml, "insurance").persons[0].columns
    assert columns["usual_area"].parts == ("参保地乡镇", "村社区")
    assert "registered_area" not in columns


def test_a_village_beside_two_places_is_not_given_to_either(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.csv",
        "姓名,公民身份号码,户籍乡镇,居住乡镇,村社区",
        "张三,1,百丈镇,云溪镇,新民村",
    )
    draft = draft_source(path)
    columns = parse_source(draft.toml, "a").persons[0].columns
    assert columns["registered_area"].parts != ("户籍乡镇", "村社区")
    assert columns["usual_area"].parts != ("居住乡镇", "村社区")


def test_the_order_of_households_counts_within_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "人口核实表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for village in ("永圩村", "新民村"):
            sheet = book.add_worksheet(village)
            for row, cells in enumerate((["户序", "姓名", "公民身份号码"], ["1", "张三", "1"])):
                sheet.write_row(row, 0, cells)
    columns = parse_source(draft_source(path).toml, "audit").persons[0].columns
    assert columns["household_key"].parts == ("@sheet", "户序")


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


def test_a_footer_is_no_word_of_a_code(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.csv", "序号,姓名,性别,身份证号", "1,张三,男,1", "小计,1,,", ",,（盖章）,",
        "填表人：李四,,审核,",
    )  # fmt: skip
    draft = draft_source(path)
    assert "codes.sex" not in draft.toml
    assert not any("不认识的用语" in doubt for doubt in draft.doubts)


def test_a_stamp_in_any_column_is_no_row(workspace: Workspace) -> None:
    path = write(
        workspace.incoming, "a.csv", "序号,姓名,性别,民族,身份证号,备注,现住址",
        "1,张三,男,汉,110105194912310038,,某路1号", ",,,,,,（盖章）", ",,,,,,第 1 页 共 2 页",
    )  # fmt: skip
    keep_draft(workspace, draft_source(path, "a"))
    report = add(workspace, path, source="a", reference_date=date(2024, 6, 30))
    assert (report.counts["records"], report.counts["refused"]) == (1, 0)


def fields_of(path: Path) -> dict[str, tuple[str, ...]]:
    person = parse_source(draft_source(path).toml, "a").persons[0]
    return {name: spec.headers or spec.parts for name, spec in person.columns.items()}


def test_a_list_of_usual_residents_says_where_they_live(tmp_path: Path) -> None:
    path = write(
        tmp_path, "百丈镇常住人口花名册.csv", "村（社区）,姓名,身份证号,门牌号",
        "新民村,张三,110105194912310038,5号",
    )  # fmt: skip
    fields = fields_of(path)
    assert fields["usual_area"] == ("村（社区）",)
    assert fields["usual_address"] == ("门牌号",)
    assert not {"registered_area", "registered_address"} & set(fields)
    assert any("常住" in doubt for doubt in draft_source(path).doubts)


def test_levels_of_a_list_of_usual_residents_are_where_they_live(tmp_path: Path) -> None:
    path = write(tmp_path, "常住人口.csv", "乡镇,村,姓名,户籍地址", "百丈镇,新民村,张三,某县")
    fields = fields_of(path)
    assert fields["usual_area"] == ("乡镇", "村")
    assert fields["registered_address"] == ("户籍地址",)


def test_what_a_list_of_usual_residents_says_under_the_registered_place_stays(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path, "常住人口.csv", "村,姓名,身份证号,户籍地,,现住地址", ",,,县,详细地址,",
        "甲村,张三,1,某县,某路1号,5号",
    )  # fmt: skip
    fields = fields_of(path)
    assert fields["registered_address"] == ("详细地址",)
    assert fields["usual_address"] == ("现住地址",)


def test_the_polices_list_of_usual_residents_is_of_the_registered(tmp_path: Path) -> None:
    path = write(tmp_path, "派出所常住人口.csv", "村（社区）,姓名,身份证号", "新民村,张三,1")
    assert fields_of(path)["registered_area"] == ("村（社区）",)


def test_a_header_that_says_registered_goes_before_one_that_does_not(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.csv",
        "村（社区）,姓名,户籍地,户籍乡镇,户籍村,现居住乡镇,现居住村",
        "甲,张三,,,,,",
    )
    fields = fields_of(path)
    assert fields["registered_area"] == ("户籍地",)


def test_levels_registered_and_usual_stand_side_by_side(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.csv", "姓名,性别,户籍县,户籍镇,现住县,现住镇", "张三,男,甲县,乙镇,丙县,丁镇"
    )
    fields = fields_of(path)
    assert fields["registered_area"] == ("户籍县", "户籍镇")
    assert fields["usual_area"] == ("现住县", "现住镇")


def test_of_a_title_only_the_areas_are_an_area(workspace: Workspace) -> None:
    book = xlsxwriter.Workbook(workspace.incoming / "流动人口.xlsx")
    sheet = book.add_worksheet("石桥村")
    sheet.write(0, 0, "石桥镇石桥村流动人口登记表（2024年6月30日）")
    sheet.write(1, 0, "填报单位（盖章）：石桥镇人民政府")
    for column, (head, cell) in enumerate([("姓名", "张三"), ("身份证号码", ""), ("性别", "男")]):
        sheet.write(2, column, head)
        sheet.write(3, column, cell)
    book.close()
    path = workspace.incoming / "流动人口.xlsx"
    keep_draft(workspace, draft_source(path, "a"))
    row = stored(workspace, add(workspace, path, source="a"))[0]
    assert row["usual_area"] == "石桥镇石桥村/石桥村"


def test_levels_under_a_group_are_of_its_place(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.csv", "姓名,身份证号,户籍地,,现住地,", ",,县,详细地址,镇,村",
        "张三,1,某县,某路1号,某镇,某村",
    )  # fmt: skip
    fields = fields_of(path)
    assert fields["registered_address"] == ("详细地址",)
    assert fields["registered_area"] == ("县",)
    assert fields["usual_area"] == ("镇", "村")


def test_a_row_that_explains_how_to_fill_in_is_no_person(workspace: Workspace) -> None:
    path = write(
        workspace.incoming, "a.csv", "序号,姓名,性别,身份证号", "填写说明,与身份证一致,男/女,18位",
        "1,张三,男,110105194912310038",
    )  # fmt: skip
    draft = draft_source(path, "a")
    assert not any("不认识的用语" in doubt for doubt in draft.doubts)
    keep_draft(workspace, draft)
    report = add(workspace, path, source="a", reference_date=date(2024, 6, 30))
    assert [row["name"] for row in stored(workspace, report)] == ["张三"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("户籍详址", "registered_address"),
        ("户籍详细地址", "registered_address"),
        ("参保地乡镇", "usual_area"),
        ("家庭编码", "household_key"),
        ("户序", "household_key"),
        ("详址", "usual_address"),
        ("证明编号", "source_key"),
    ],
)
def test_offices_other_words_for_a_field_are_known(tmp_path: Path, header: str, field: str) -> None:
    path = write(tmp_path, "名册.csv", f"姓名,{header}", "张三,甲", "李四,乙")
    assert fields_of(path)[field] == (header,)


def test_levels_of_where_one_is_insured_stand_together(tmp_path: Path) -> None:
    path = write(tmp_path, "参保.csv", "姓名,参保区县,参保地乡镇,地址", "张三,青渚区,金冲镇,1号")
    assert fields_of(path)["usual_area"] == ("参保区县", "参保地乡镇")


def test_the_certificate_of_a_list_of_births_is_the_birth_certificate(tmp_path: Path) -> None:
    rows = ("新生儿姓名,出生日期,证明编号", "张三,2024-01-02,A1", "李四,2024-01-03,A2")
    assert fields_of(write(tmp_path, "出生名单.csv", *rows))["birth_certificate_number"]
    assert fields_of(write(tmp_path, "死亡名单.csv", *rows))["source_key"]


def test_a_guardians_number_is_nobody_elses(tmp_path: Path) -> None:
    head = "姓名,性别,出生日期,监护人,监护人身份证号,邮政编码"
    rows = (head, "张小明,男,2015-01-02,张三,11010519491231002X,100000")
    path = write(tmp_path, "学生.csv", *rows)
    assert set(fields_of(path)) == {"name", "sex", "birth_date"}
    doubts = "\n".join(draft_source(path).doubts)
    assert "“监护人身份证号”是他人的号码" in doubts
    assert "没有对应项目，不会存储：监护人、邮政编码" in doubts
    assert "不认识的列" not in doubts


@pytest.mark.parametrize(
    ("file", "name"),
    [("毕业生2024年6月.csv", "毕业生"), ("school_2024.csv", "school"), ("2024.csv", "list")],
)
def test_a_list_without_a_title_is_called_as_its_file_in_chinese(
    tmp_path: Path, file: str, name: str
) -> None:
    draft = draft_source(write(tmp_path, file, "姓名,性别", "张三,男"))
    assert parse_source(draft.toml, "a").name == name


def test_levels_in_one_column_under_a_place_are_its_area(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 1, 0, "姓名")
    sheet.merge_range(0, 1, 0, 2, "户籍地")
    for row, cells in enumerate([["", "省市县", "详址"], ["张三", "四川屏山", "1号"]], 1):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write(row, column, cell)
    book.close()
    found = fields_of(path)
    assert found["registered_area"] == ("省市县",)
    assert found["registered_address"] == ("详址",)
