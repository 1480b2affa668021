"""What the checks say of a number is what the standard's own arithmetic says of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.core.dates import parse_date
from renkou.core.id_numbers import check_characters
from renkou.engines.duckdb_engine import DuckDBEngine
from renkou.intake.check_id_numbers import _judge, checksum
from renkou.intake.cleaning import clean_code, clean_dates, clean_id_number, clean_name, known_codes

DAY = date(2024, 12, 31)
plain_numbers = st.from_regex(r"[1-8][0-9]{5}(19|20)[0-9]{9}[0-9X]", fullmatch=True)


@given(st.lists(plain_numbers, min_size=1, max_size=50))
@settings(max_examples=50)
def test_the_arithmetic_of_the_parts_makes_the_checksum(numbers: list[str]) -> None:
    numbers += [number[:17] + "X" for number in numbers]
    with DuckDBEngine() as engine:
        table = engine.table(pa.table({"number": numbers}))
        sums = engine.arrow(table.select("number", sum=checksum(table.number))).to_pylist()
    for row in sums:
        body = np.frombuffer(row["number"][:17].encode(), np.uint8)[None, :]
        assert (row["sum"] == 1) == (chr(check_characters(body)[0]) == row["number"][17])


@given(st.text(max_size=24))
def test_no_cell_makes_the_cleaning_raise(text: str) -> None:
    clean_id_number(text)
    clean_name(text)
    clean_code(text, known_codes("sex", {}))
    _, key, state, _ = _judge(text, DAY)
    assert (key is not None) == (state == "valid")


@given(st.text(max_size=24))
def test_a_name_that_is_kept_is_kept_but_for_its_separator_and_edges(text: str) -> None:
    name, _ = clean_name(text)
    assert name is None or set(name) <= set(text) | {"·"}


_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
written_days = st.one_of(
    st.builds(lambda day, form: day.strftime(form), st.dates(), st.sampled_from(_FORMS)),
    st.from_regex(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?", fullmatch=True),
    st.from_regex(r"[0-9]{8}", fullmatch=True),
)


@given(written_days, st.sampled_from(["ymd", "dmy", "mdy"]))
@settings(max_examples=1000)
def test_a_day_that_leaves_no_doubt_is_what_reading_it_gives(text: str, order: str) -> None:
    (value,), (rule,) = clean_dates([text], order=order, lunar=False, latest=DAY)
    read = parse_date(text, order=order, latest=DAY)
    assert value == read.value
    assert (rule is None) == (read.remark is None)
