"""Errors that clerks and officers meet are said in Chinese first; the English stands below."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from renkou.actions.editions import edition_folder
from renkou.actions.intake import add_all, load_source, source_for
from renkou.actions.link_files import link_files
from renkou.actions.list_returns import return_list
from renkou.actions.staff import add_staff, current_actor, require
from renkou.actions.synthesise import synthesise_city
from renkou.actions.workspaces import find_workspace
from renkou.cli.error_text import in_both_languages
from renkou.core.errors import DataRefused, Place, RenkouError, WorkspaceError
from renkou.core.permissions import Permission, Role
from renkou.engines.editions import building_lock, prove_whole
from renkou.engines.plain_tables import plain_table
from renkou.intake.rules import RULES
from renkou.intake.sources import parse_source
from tests.intake.offices import add, write_list, write_source

ROW = "a1,张三,11010519491231002X,女,1949-12-31,110105"
CHINESE = re.compile("[\u4e00-\u9fff]{2}")


def told(action, *words, **options):
    with pytest.raises(RenkouError) as caught:
        action(*words, **options)
    chinese, english = in_both_languages(caught.value).split("\n")
    assert CHINESE.search(chinese)
    assert english.strip() == str(caught.value)
    return chinese


@pytest.mark.parametrize("code", [one for one, rule in RULES.items() if rule.severity == "file"])
def test_every_refused_file_is_told_place_reason_rule_and_remedy(code):
    rule, place = RULES[code], Place("名册.xlsx", "甲村", 3)
    text = in_both_languages(DataRefused(place, code, rule.en, rule.remedy_en))
    chinese, english = text.split("\n")
    for words in ("名册.xlsx 工作表“甲村” 第 3 行", rule.zh, rule.remedy_zh, code):
        assert words in chinese
    assert rule.en in english


def test_an_error_without_chinese_words_is_told_in_english():
    assert in_both_languages(WorkspaceError("a database of a newer version")) == (
        "a database of a newer version"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "文件是空的"),
        ("张三,男,1980\n李四,女,1990\n", "找不到表头"),
        ("人员编号,性别\na1,男\n", "缺少“姓名”列"),
        ("姓名,公民身份号码,身份证号\n张三,1,2\n",
         "有多列对应“公民身份号码”：公民身份号码 (B)、身份证号 (C)"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_as_a_list(workspace, text, words):
    write_source(workspace)
    path = workspace.incoming / "police_20241231.csv"
    path.write_text(text, encoding="utf-8")
    said = told(add, workspace, path)
    assert said.startswith("police_20241231.csv")
    assert words in said


def test_bytes_of_no_encoding(workspace):
    write_source(workspace)
    path = workspace.incoming / "police_20241231.csv"
    path.write_bytes(b"\xff\x80\xfe," * 400)
    assert "另存为“CSV UTF-8”" in told(add, workspace, path)


def test_a_folder_that_is_no_workspace(tmp_path):
    assert "renkou init DIR" in told(find_workspace, tmp_path)


def test_a_workspace_of_a_newer_version(workspace):
    workspace.settings.write_text("format_version = 99\n")
    assert "请安装新版 renkou" in told(find_workspace, workspace.path)


def test_a_second_build_is_told_to_wait(tmp_path):
    def build():
        with building_lock(tmp_path):
            pass

    with building_lock(tmp_path):
        assert "正在编制版本" in told(build)


def test_a_source_that_is_not_known(workspace):
    assert "没有来源 police" in told(load_source, workspace, "police")
    said = told(source_for, workspace, [Path("甲.csv")], None)
    assert said.startswith("甲.csv：不知属于哪个来源")


def test_no_file_that_waits(workspace):
    assert "没有文件符合" in told(add_all, workspace, by=current_actor(workspace))


def test_a_list_whose_day_nobody_said(workspace):
    write_source(workspace)
    path = write_list(workspace, ROW, name="police_list.csv")
    assert "--date" in told(add, workspace, path)


def test_an_edition_that_is_not_there(workspace):
    assert "renkou edition build" in told(edition_folder, workspace)


def test_an_edition_that_is_not_as_it_was_sealed(tmp_path):
    with pytest.raises(RenkouError) as caught:
        prove_whole(tmp_path)
    chinese, english = caught.value.zh, str(caught.value)
    assert "与封存时不一致" in chinese
    assert "manifest.json：被改动或缺失" in chinese
    assert "manifest.json: altered or missing" in english


def test_who_may_not(workspace):
    add_staff(workspace, by=current_actor(workspace), username="bob", role=Role.CLERK)
    said = told(require, workspace, "bob", Permission.BUILD_EDITION)
    assert "bob（乡镇（街道）经办人）无权编制版本" in said
    assert "人口数据管理员" in said


def test_a_file_that_is_not_there(workspace, tmp_path):
    write_source(workspace)
    assert "打不开" in told(add, workspace, workspace.incoming / "police_20241231.csv")
    assert "没有这个文件" in told(plain_table, None, tmp_path / "truth.parquet")


def test_a_list_that_needs_no_return(workspace, tmp_path):
    assert "还没有添加过名册" in told(
        return_list, workspace, "police", tmp_path / "r.xlsx", by=current_actor(workspace)
    )
    write_source(workspace)
    path = workspace.incoming / "police_20241231.csv"
    path.write_text(f"人员编号,姓名,身份证号,性别,出生日期,户籍地\n{ROW}\n", encoding="utf-8")
    add(workspace, path)
    assert "没有需要更正的行" in told(
        return_list, workspace, "police", tmp_path / "r.xlsx", by=current_actor(workspace)
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"people": 10}, "--people 10"), ({"separated_names": 2.0}, "--separated-names 2.0")],
)
def test_a_city_out_of_range(tmp_path, wrong, words):
    asked = {"people": 2000, "seed": 1, **wrong}
    assert words in told(synthesise_city, tmp_path / "city", **asked)


SOURCE = """
[source]
department = "公安局"
legal_basis = "户口登记条例"
purpose = "人口统计"
[[persons]]
columns = { name = "姓名" }
"""


@pytest.mark.parametrize(
    ("was", "wrong", "words"),
    [
        ("[source]", "[source", "第 2 行第 8 列不合 TOML 格式"),
        ('"公安局"', '""', "[source.department]：须填文字"),
        ('"人口统计"', '"人口统计"\nmode = "all"', "[source.mode]：只能是 full、changes"),
        ("department", "departement", "[source.departement]：没有这一项；可用：name、department"),
        ('"姓名"', '"避孕措施"', "[persons.columns.name]：涉及“避孕节育”的列一律不接收"),
        ('{ name = "姓名" }', '"姓名"', "[persons.columns]：须是一个表"),
        ("[[persons]]", "[codes]\nsex = 1\n[[persons]]", "[codes.sex]：须是一个表"),
        ("[[persons]]", "[changes]\ncolumn = 1\n[[persons]]", "[changes.column]：须填文字"),
    ],
)
def test_a_source_that_breaks_a_rule(was, wrong, words):
    parse_source(SOURCE, "police")
    said = told(parse_source, SOURCE.replace(was, wrong), "police")
    assert said.startswith("sources/police.toml")
    assert words in said


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("[columns", "spec.toml：文件末尾不合 TOML 格式"),
        ("", "spec.toml：没有对应任何列"),
        ('date_ordr = "ymd"', "spec.toml：没有 date_ordr 这一项；是不是 date_order？"),
        ('[columns]\nname = 1', "spec.toml：columns.name 须是一个列名"),
        ('[[lists]]\nfile = "b.csv"', "spec.toml：命令中没有名为 b.csv 的文件；是不是 a.csv？"),
        ('[columns]\nname = "姓 名"', "a.csv：找不到含有这些列的表头：姓 名；请改正说明文件，是不是“姓名”？"),
    ],
)  # fmt: skip
def test_a_link_specification_that_breaks_a_rule(tmp_path, spec, words):
    (tmp_path / "spec.toml").write_text(spec, encoding="utf-8")
    (tmp_path / "a.csv").write_text("姓名,性别\n张三,男\n", encoding="utf-8")
    said = told(link_files, [tmp_path / "a.csv"], tmp_path / "spec.toml", tmp_path / "out")
    assert words in said
