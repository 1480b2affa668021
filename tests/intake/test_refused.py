"""The deny-list: what is refused at intake, and what must not be mistaken for it."""

from __future__ import annotations

import pytest

from renkou.actions.workspaces import Workspace
from renkou.core.errors import SpecError
from renkou.intake.refused import refused_topic, refused_topic_of_path
from renkou.intake.sources import parse_source
from tests.intake.offices import add, stored, write_source

REFUSED = """
避孕措施 避孕方法 节育措施 节育手术日期 绝育 结扎日期 上环日期 放环 取环 查环 环检情况
宫内节育器 皮埋 药具发放 四术 孕检日期 孕检结果 妊检 怀孕 孕周 孕情 早孕建册 妊娠 末次月经
预产期 三查 B超 产检 产次 人流 人工流产 流产次数 引产 堕胎 药流 终止妊娠 补救措施 生育指标
准生证 准生证号 生育证号 生育服务证 生育登记 生育审批 再生育 婚育证明 政策内 政策外 计划内外
计划外生育 是否符合政策 超生 超生子女 违法生育 计生 计划生育证 社会抚养费 社会抚养费金额 孩次
胎次 出生孩次 一孩 二孩 三孩 多孩 第几胎 第二胎 子女数 现有子女数 男孩数 存活子女 曾生子女数
举报人 举报奖励 举报电话 birth_order parity
"""
KEPT = """
出生医学证明编号 出生证号 出生日期 姓名 公民身份号码 生育保险 生育日期 环境 循环路 环卫工人
人流量 流动人口 个人流动情况 本人流入日期 流入日期 流产业园 吸引产业 计划 户籍地 现住址
独生子女父母光荣证 子女姓名 子女 关系 计划生育家庭奖励扶助 特别扶助 双胞胎 备注 单位 联系电话
产业 学历 避难 证件号码 死亡日期
"""


@pytest.mark.parametrize("header", REFUSED.split())
def test_a_refused_topic_is_refused(header: str) -> None:
    assert refused_topic(header), header


@pytest.mark.parametrize("header", KEPT.split())
def test_what_is_not_refused_is_kept(header: str) -> None:
    assert refused_topic(header) is None, header


def test_a_column_under_a_refused_group_is_refused() -> None:
    assert refused_topic_of_path(("避孕节育情况", "日期"))
    assert refused_topic_of_path(("孩 次", "1"))


def test_a_source_cannot_name_a_refused_column() -> None:
    text = """
[source]
department = "x"
legal_basis = "x"
purpose = "x"
[[persons]]
[persons.columns]
name = "姓名"
education = "孩次"
"""
    with pytest.raises(SpecError, match="refused"):
        parse_source(text, "births")


def test_a_refused_column_is_dropped_before_storing_counted_and_reported(
    workspace: Workspace,
) -> None:
    write_source(workspace)
    path = workspace.incoming / "police_20241231.csv"
    header = "人员编号,姓名,身份证号,性别,出生日期,户籍地,孩次,避孕措施"
    path.write_text(f"{header}\na1,张三,,男,1980-01-01,,第七十七胎,秘密之事\n", "utf-8")
    report = add(workspace, path)
    topics = {one["topic"].split(" (")[0]: one["columns"] for one in report.refused_columns}
    assert topics == {
        "birth order and children per mother": 1, "contraception and sterilisation": 1,
    }  # fmt: skip
    rows = str(
        [stored(workspace, report, table) for table in ("records", "original_cells", "refused")]
    )
    assert "秘密之事" not in rows
    assert "第七十七胎" not in rows
