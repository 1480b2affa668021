from hypothesis import given
from hypothesis import strategies as st

from renkou.publishing.review_tables import (
    masked_pair,
    masked_phone,
    pair_code,
    weights_text,
)

numbers = st.from_regex(r"[1-8]\d{16}[\dX]", fullmatch=True)


@given(numbers, numbers)
def test_at_most_region_and_four_digits_of_a_number_show(left: str, right: str) -> None:
    for number, masked in zip((left, right), masked_pair(left, right), strict=True):
        assert len(masked) == 18
        assert sum(character != "*" for character in masked) <= 6 + 4
        assert all(m in ("*", n) for m, n in zip(masked, number, strict=True))


@given(numbers)
def test_of_two_equal_numbers_only_the_region_shows(number: str) -> None:
    assert masked_pair(number, number) == (number[:6] + "*" * 12,) * 2


def test_numbers_of_different_length_show_their_region_only() -> None:
    assert masked_pair("110101900307451", "110101199003074514") == (
        "110101*********",
        "110101************",
    )
    assert masked_pair(None, "110101199003074514") == ("", "110101************")


def test_a_short_telephone_number_is_masked_whole() -> None:
    assert masked_phone("110") == "****"
    assert masked_phone(None) == ""


def test_codes_of_another_edition_differ() -> None:
    pairs = [(number, number + 1) for number in range(100)]
    alike = [pair for pair in pairs if pair_code("a", *pair) == pair_code("b", *pair)]
    assert not alike


def test_a_waterfall_without_weights_says_nothing() -> None:
    assert weights_text({}) == ""
    assert weights_text({"性别": 0.01}) == ""
