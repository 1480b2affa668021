"""The header of a sheet is found under titles, over merged rows, in groups."""

from __future__ import annotations

import pytest

from renkou.core.errors import DataRefused, Place
from renkou.intake.columns import resolve, usual_meaning
from renkou.intake.headers import Header, Merge, find_header
from renkou.intake.sources import SourceSpec, parse_source

COUPLE = """
[source]
department = "民政局"
legal_basis = "x"
purpose = "y"
[[persons]]
role = "husband"
[persons.columns]
name = "男方/姓名"
id_number = "男方/身份证号"
marriage_date = "登记日期"
[[persons]]
role = "wife"
[persons.columns]
name = "女方/姓名"
id_number = "女方/身份证号"
marriage_date = "登记日期"
"""


def header_of(*rows: str, merges: list[Merge] | None = None) -> Header:
    cells = [row.split("|") for row in rows]
    width = max(map(len, cells))
    header = find_header([row + [""] * (width - len(row)) for row in cells], merges or [])
    assert header is not None
    return header


def couple() -> SourceSpec:
    return parse_source(COUPLE, "marriages")


def test_title_unit_and_blank_rows_stand_above_the_header() -> None:
    header = header_of(
        "某县人口名单", "填报单位：某镇||2024年1月1日", "", "序号|姓名|性别", "1|张三|男"
    )
    assert (header.first_row, header.last_row) == (4, 4)
    assert "填报单位：某镇" in header.title


def test_a_group_covers_the_columns_it_is_merged_over() -> None:
    header = header_of(
        "序号|男方||女方||登记日期", "|姓名|身份证号|姓名|身份证号|", "1|张三|1|李四|2|2020"
    )
    assert header.paths[1:5] == (
        ("男方", "姓名"), ("男方", "身份证号"), ("女方", "姓名"), ("女方", "身份证号"),
    )  # fmt: skip
    assert header.last_row == 2


def test_merged_ranges_say_how_far_a_group_goes() -> None:
    header = header_of(
        "姓名|母亲||备注",
        "|姓名|身份证号|",
        "张三|李四|1|",
        merges=[Merge(0, 1, 0, 2), Merge(0, 0, 1, 0)],
    )
    assert header.paths == (("姓名",), ("母亲", "姓名"), ("母亲", "身份证号"), ("备注",))


def test_three_header_rows_are_one_path() -> None:
    header = header_of(
        "人员信息||||登记", "本人||配偶||", "姓名|性别|姓名|性别|日期", "张三|男|李四|女|2020"
    )
    assert header.paths[2] == ("人员信息", "配偶", "姓名")


def test_a_row_that_numbers_the_columns_belongs_to_the_header() -> None:
    assert header_of("序号|姓名|性别", "1|2|3", "1|张三|男").last_row == 2
    assert header_of("序号|姓名|性别", "甲|乙|丙", "1|张三|男").last_row == 2


def test_a_header_without_familiar_words_is_found_by_the_sources_own() -> None:
    rows = [["代号", "称呼"], ["1", "张三"]]
    assert find_header(rows) is None
    found = find_header(rows, words={"称呼", "代号"})
    assert found is not None
    assert found.last_row == 1


def test_rows_of_people_are_no_header() -> None:
    assert find_header([["张三", "男"], ["李四", "女"]]) is None


def test_the_same_header_is_resolved_by_the_group_above() -> None:
    header = header_of("男方||女方||登记日期", "姓名|身份证号|姓名|身份证号|", "a|1|b|2|2020")
    found = resolve(header, couple(), Place("m.csv"))
    assert found.columns["husband", "name"] == (0,)
    assert found.columns["wife", "id_number"] == (3,)
    assert found.columns["wife", "marriage_date"] == (4,)


def test_flat_headers_that_name_the_group_fit_as_well() -> None:
    header = header_of("男方姓名|男方身份证号|女方姓名|女方身份证号|登记日期", "a|1|b|2|2020")
    assert resolve(header, couple(), Place("m.csv")).columns["wife", "name"] == (2,)


def test_other_words_of_offices_are_found_by_synonym() -> None:
    header = header_of(
        "丈夫||妻子||结婚登记日期", "姓名|公民身份号码|姓名|公民身份号码|", "a|1|b|2|2020"
    )
    found = resolve(header, couple(), Place("m.csv"))
    assert found.columns["wife", "id_number"] == (3,)
    assert ("wife", "id_number") in found.by_synonym


def test_two_columns_for_one_field_are_refused_and_both_named() -> None:
    header = header_of(
        "男方||女方||登记日期|登记日期", "姓名|身份证号|姓名|身份证号||", "a|1|b|2|2020|2021"
    )
    with pytest.raises(DataRefused, match=r"登记日期 \(E\) and 登记日期 \(F\) \(rule FILE-08\)"):
        resolve(header, couple(), Place("m.csv"))


def test_a_missing_required_column_is_named() -> None:
    header = header_of("男方|女方||登记日期", "身份证号|姓名|身份证号|", "1|b|2|2020")
    with pytest.raises(DataRefused, match=r"the column of name \(男方/姓名\) is missing"):
        resolve(header, couple(), Place("m.csv"))


def test_a_bracketed_remark_does_not_hide_a_column() -> None:
    header = header_of(
        "男方姓名*|男方身份证号（18位）|女方姓名|女方身份证号|登记日期（公历）", "a|1|b|2|2020"
    )
    found = resolve(header, couple(), Place("m.csv"))
    assert found.columns["husband", "marriage_date"] == (4,)


def test_a_cell_merged_downwards_says_how_many_rows_the_header_has() -> None:
    header = header_of(
        "姓名|身份证号|户籍地||现住地址",
        "姓名|身份证号|县（市、区）|详细地址|现住地址",
        "张三|1|某县|某路1号|某村",
        merges=[Merge(0, 0, 1, 0), Merge(0, 1, 1, 1), Merge(0, 2, 0, 3), Merge(0, 4, 1, 4)],
    )
    assert header.last_row == 2
    assert header.paths[1:4] == (("身份证号",), ("户籍地", "县（市、区）"), ("户籍地", "详细地址"))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("户籍地", "详细地址"), "registered_address"),
        (("现住地", "村（社区）"), "usual_area"),
        (("现住地", "户籍地址"), "registered_address"),
        (("户籍信息", "联系电话"), "phone"),
    ],
)
def test_the_group_above_says_which_place_an_address_is_of(
    path: tuple[str, ...], name: str
) -> None:
    assert usual_meaning(path) == name
