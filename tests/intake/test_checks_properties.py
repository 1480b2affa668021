"""What the checks say of a number is what the standard's own arithmetic says of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.core.id_numbers import is_valid
from renkou.intake.check_id_numbers import _judge, _share
from renkou.intake.cleaning import clean_code, clean_id_number, clean_name, known_codes

DAY = date(2024, 12, 31)
plain_numbers = st.from_regex(r"[1-8][0-9]{5}(19|20)[0-9]{9}[0-9X]", fullmatch=True)


@given(plain_numbers)
@settings(max_examples=300)
def test_the_shares_of_the_parts_make_the_checksum(number: str) -> None:
    shares = [_share(number[:6], 0), _share(number[6:14], 6), _share(number[14:], 14)]
    right = sum(int(share or 0) for share in shares) % 11 == 1
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return
    assert right == is_valid(number)


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
