"""Dates as Chinese offices write them."""

from __future__ import annotations

from datetime import date

import pytest

from renkou.core.dates import Remark, date_in_text, parse_date

DAY = date(2024, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2012.3.5", "2012/3/5", "20120305", "2012年3月5日", "2012-03-05", "2012－03－05", "2012. 3. 5",
        "40973", "40973.0", "二〇一二年三月五日", "二○一二年三月五日", "贰零壹贰年叁月伍日",
        "2012-03-05 00:00:00", "2012/3/5 0:00", "2012-03-05T08:30:00", "5-Mar-2012", "20120305000000",
        "'2012-03-05", "公历2012年3月5日", "2012年03月05号",
    ],
)  # fmt: skip
def test_a_whole_date_is_read_in_any_form(text: str) -> None:
    assert parse_date(text, latest=DAY).value == "2012-03-05"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2012.03", "2012-03"), ("2012年3月", "2012-03"),
        ("201203", "2012-03"), ("2012-03-00", "2012-03"),
        ("2012", "2012"), ("一九八五年", "1985"), ("19850000", "1985"), ("农历1965年八月", "1965"),
    ],
)  # fmt: skip
def test_what_is_not_written_is_not_made_up(text: str, value: str) -> None:
    parsed = parse_date(text, latest=DAY)
    assert (parsed.value, parsed.remark) == (value, Remark.PARTIAL)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("农历一九六五年八月十五", "1965-09-10"), ("1965年腊月廿三", "1966-01-14"),
        ("1958.3.30（农历）", "1958-05-18"), ("一九七六年闰八月初八", "1976-10-01"),
        ("1960年正月初一", "1960-01-28"),
    ],
)  # fmt: skip
def test_a_lunar_date_is_converted_and_said_to_be(text: str, value: str) -> None:
    assert parse_date(text, latest=DAY) == parse_date(text, latest=DAY)
    parsed = parse_date(text, latest=DAY)
    assert (parsed.value, parsed.remark) == (value, Remark.LUNAR)


def test_a_list_may_be_lunar_without_saying_so_in_each_cell() -> None:
    assert parse_date("1965.8.15", lunar=True).value == "1965-09-10"
    assert parse_date("公历1965.8.15", lunar=True).value == "1965-08-15"


@pytest.mark.parametrize(("text", "value"), [("120305", "2012-03-05"), ("85.3.5", "1985-03-05")])
def test_a_two_digit_year_lies_in_the_century_before_the_list(text: str, value: str) -> None:
    parsed = parse_date(text, latest=DAY)
    assert (parsed.value, parsed.remark) == (value, Remark.TWO_DIGIT_YEAR)


def test_day_and_month_follow_the_order_of_the_source() -> None:
    assert parse_date("3/5/2012", order="dmy").value == "2012-05-03"
    assert parse_date("3/5/2012", order="mdy").value == "2012-03-05"
    assert parse_date("3/5/2012").remark is Remark.ORDER_INFERRED
    assert parse_date("13/5/2012").value == "2012-05-13"


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("0000-00-00", Remark.YEAR_OUT_OF_BOUNDS), ("2999-01-01", Remark.YEAR_OUT_OF_BOUNDS),
        ("1990-02-30", Remark.NO_SUCH_DAY), ("1990年13月1日", Remark.NO_SUCH_DAY),
        ("1965年闰四月初一", Remark.NO_SUCH_DAY),
        ("去年", Remark.UNREADABLE), ("1900/1/0", Remark.UNREADABLE),
        ("", Remark.UNREADABLE),
        ("1" * 5000, Remark.UNREADABLE), ("99999", Remark.YEAR_OUT_OF_BOUNDS),
    ],
)  # fmt: skip
def test_what_is_no_date_leaves_no_value(text: str, remark: Remark) -> None:
    assert parse_date(text, latest=DAY) == type(parse_date("2012"))(None, remark)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("police_20241231.csv", date(2024, 12, 31)), ("截至2024年6月30日", date(2024, 6, 30)),
        ("社保2024-06-30导出", date(2024, 6, 30)), ("名单_202402", date(2024, 2, 29)),
        ("births_2010", None), ("名单", None),
    ],
)  # fmt: skip
def test_a_file_name_or_title_says_its_day(text: str, day: date | None) -> None:
    assert date_in_text(text) == day
