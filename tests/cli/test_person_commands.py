"""What a person's page says, a person can read; and that somebody looked is kept."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from renkou.actions.audit import newest_events
from renkou.actions.staff import add_staff, current_actor
from renkou.cli.person_commands import person_app
from renkou.core.errors import EditionDamaged, NotPermitted, UsageError
from renkou.core.permissions import Role
from tests.editions.builds import build, rows_of
from tests.register.tables import record

from .conftest import MORE, NUMBER, OTHER, record_id

CODES = r"\b(female|male|head|child|resident|dead|present|alone|number|birth_date|true|None)\b"


def run(office, *words):
    return CliRunner().invoke(person_app, [*words, "--workspace", str(office.path)])


def shown(office, *words):
    result = run(office, *words, "--as-of", "1")
    assert result.exit_code == 0, result.output
    return result.stdout


def lines(page, *words):
    return [line for line in page.splitlines() if all(word in line for word in words)]


def test_a_person_is_shown_in_words_not_codes(read_only_office, person_ids):
    page = shown(read_only_office, "show", person_ids["甲"])
    for word in ("女", "户主", "丧偶", "汉族", "金冲村"):
        assert word in page
    assert not re.findall(CODES, page)


def test_the_dead_are_dead_whatever_lists_say_that_have_not_heard(read_only_office, person_ids):
    page = shown(read_only_office, "show", person_ids["甲"])
    assert "在册" not in page
    [status] = lines(page, "人员状态", "civil")
    assert "死亡" in status
    assert "公安户籍人口" in status  # one of those who say otherwise
    assert "health" in status
    assert lines(page, "居住状态：死亡")
    assert lines(page, "居住状态", "死亡", "2024-03-01")
    assert lines(page, "在世", "1990-01-01", "2024-03-01")


def test_a_person_of_whom_little_is_known_is_shown_with_dashes(read_only_office, person_ids):
    page = shown(read_only_office, "show", person_ids["乙"])
    assert "—" in page
    assert not re.findall(CODES, page)


def test_events_and_the_household_are_shown(read_only_office, person_ids):
    page = shown(read_only_office, "show", person_ids["甲"])
    assert lines(page, "出生", "1990-01-01")
    assert lines(page, "死亡", "2024-03-01", "金冲村")
    assert lines(page, person_ids["乙"], "乙")  # of the same household
    assert "没有所属户" in shown(read_only_office, "show", person_ids["丙"])


def test_a_record_that_a_reviewer_bound_says_so(read_only_office, person_ids):
    page = shown(read_only_office, "show", person_ids["丙"])
    for source, name in (("police", "公安户籍人口"), ("health", "health")):
        assert lines(page, str(record_id(source, 3)), name, "人工判定")
    assert lines(page, "同一人", "carol", "2024-05-06 07:08", "翻阅了户口簿")
    assert lines(page, "不同人", "carol")


def test_who_a_reviewer_kept_apart_is_not_said_to_be_bound_by_it(read_only_office, person_ids):
    page = shown(read_only_office, "show", person_ids["甲"])
    assert lines(page, str(record_id("police", 1)), "公安户籍人口", "身份号码")
    assert lines(page, "不同人", "carol")
    assert "人工判定的记录" not in shown(read_only_office, "show", person_ids["乙"])


def test_as_json_each_record_has_its_ground_and_decisions(read_only_office, person_ids):
    found = json.loads(shown(read_only_office, "show", person_ids["丙"], "--json"))
    grounds = {row["record_id"]: (row["method"], row["ground"]) for row in found["records"]}
    assert set(grounds.values()) == {("number", "decision")}
    assert found["person"]["id_number"].endswith("*")
    assert len(found["records"][0]["decisions"]) == 2 - (found["records"][0]["source"] == "health")


def test_who_is_in_no_list_any_more_is_shown_as_last_known(read_only_office, person_ids):
    result = run(read_only_office, "show", person_ids["丁"])
    assert result.exit_code == 0, result.output
    assert "已不在任何名册" in result.stdout
    assert lines(result.stdout, "姓名", "丁", "—")
    assert not re.findall(CODES, result.stdout)


def test_numbers_are_masked_unless_a_reason_is_given(office, person_ids):
    assert NUMBER not in shown(office, "show", person_ids["甲"])
    refused = run(office, "show", person_ids["甲"], "--reveal")
    assert isinstance(refused.exception, UsageError)
    whole = shown(office, "show", person_ids["甲"], "--reveal", "--reason", "核对户口簿")
    assert NUMBER in whole
    add_staff(office, by=current_actor(office), username="olga", role=Role.AUDITOR)
    events = [row for row in newest_events(office, by="olga", limit=9) if row["subject"]]
    told = [(row["action"], row["reason"]) for row in events if row["subject"].startswith("person")]
    assert told[:2] == [("reveal_person", "核对户口簿"), ("show_person", "")]


@pytest.mark.parametrize("typed", [NUMBER, f" {NUMBER[:6]} {NUMBER[6:]} ", NUMBER.translate(
    {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})])  # fmt: skip
def test_who_is_found_by_number_is_masked(read_only_office, typed):
    page = shown(read_only_office, "find", "--id-number", typed)
    assert "金冲村" in page
    assert "死亡" in page
    assert NUMBER not in page


def test_an_old_number_of_15_digits_finds_its_holder(read_only_office, person_ids):
    page = shown(read_only_office, "find", "--id-number", OTHER[:6] + OTHER[8:17])
    assert person_ids["丙"] in page


def test_a_search_that_finds_nobody_is_on_record_too(office):
    assert "没有找到" in shown(office, "find", "--id-number", "110101190001010000")
    add_staff(office, by=current_actor(office), username="olga", role=Role.AUDITOR)
    reasons = [row["reason"] for row in newest_events(office, by="olga", limit=5)]
    assert "按号码查询，无人对应" in reasons


def test_of_an_id_that_was_merged_the_heir_is_told(read_only_office):
    rows = rows_of(read_only_office.editions, "0002", "lineage")
    [merge] = [row for row in rows if row["kind"] == "merge"]
    old, new = str(merge["old_person_id"]), str(merge["new_person_id"])
    error = run(read_only_office, "show", old).exception
    assert isinstance(error, UsageError)
    assert f"已并入 {new}；请用 renkou person show {new} --as-of 0002-" in error.zh
    assert f"merged the id into {new};" in str(error)
    assert run(read_only_office, "show", old, "--as-of", "1").exit_code == 0


def test_of_an_id_that_came_later_its_first_edition_is_told(read_only_office):
    rows = rows_of(read_only_office.editions, "0002", "lineage")
    [split] = [row for row in rows if row["kind"] == "split"]
    error = run(read_only_office, "show", str(split["new_person_id"]), "--as-of", "1").exception
    assert "最早见于版本 0002-" in error.zh


def test_an_id_that_never_was_is_told_so(read_only_office):
    error = run(read_only_office, "show", "17").exception
    assert isinstance(error, UsageError)
    assert "各版本中都没有人员编号 17" in error.zh
    assert "person find" in str(error)


def test_an_heir_who_was_merged_as_well_gives_way_to_their_own(office):
    """An id of edition 1, merged in 2 into one that edition 3 merged into a third."""
    first, second, third = (
        [record("police", 1, name="壬", id_number=MORE[0])],
        [record("police", 2, name="壬", id_number=MORE[1])],
        [record("health", 3, name="壬", id_number=MORE[2])],
    )
    editions = office.path / "more"
    build(editions, [*first, *second, *third])
    ids = [row["person_id"] for row in rows_of(editions, "0001", "persons")]
    one = [record("police", at, name="壬", id_number=MORE[1]) for at in (1, 2)]
    build(editions, [*one, *third])
    build(editions, [*one, record("health", 3, name="壬", id_number=MORE[1])])
    held = {row["person_id"] for row in rows_of(editions, "0003", "persons")}
    [heir] = held
    ended = [at for at in ids if at != heir]
    shutil.rmtree(office.editions)
    editions.rename(office.editions)
    for gone in ended:
        assert f"已并入 {heir}；" in run(office, "show", str(gone)).exception.zh


def test_a_planner_sees_no_person(office, person_ids, monkeypatch):
    add_staff(office, by=current_actor(office), username="paul", role=Role.PLANNER)
    monkeypatch.setattr("renkou.actions.staff.operating_system_user", lambda: "paul")
    for words in (["show", person_ids["甲"]], ["find", "--id-number", NUMBER]):
        assert isinstance(run(office, *words).exception, NotPermitted)


def test_a_damaged_edition_is_named_and_how_to_learn_more(office, person_ids):
    for file in office.editions.glob("0001-*/persons/*.parquet"):
        file.write_bytes(file.read_bytes()[:-9])
    error = run(office, "show", person_ids["甲"], "--as-of", "1").exception
    assert isinstance(error, EditionDamaged)
    assert "edition verify" in str(error)
