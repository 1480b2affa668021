"""Whatever form a date is written in, the same day comes out; nothing makes the parser raise."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from renkou.core.dates import EARLIEST_YEAR, parse_date

days = st.dates(date(EARLIEST_YEAR, 1, 1), date(2099, 12, 31))


@given(days, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]))
def test_every_form_gives_the_same_day(day: date, form: str) -> None:
    assert parse_date(day.strftime(form)).value == day.isoformat()


@given(st.text(max_size=30))
def test_no_text_makes_it_raise(text: str) -> None:
    value = parse_date(text).value
    assert value is None or value[:4].isdigit()


@given(st.from_regex(r"[0-9二〇一农历年月日闰腊初廿./\- :T]{1,16}", fullmatch=True))
def test_no_text_like_a_date_makes_it_raise(text: str) -> None:
    parse_date(text)
    parse_date(text, lunar=True, order="dmy")
