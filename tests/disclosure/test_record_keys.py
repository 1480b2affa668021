"""Record keys: HMAC-SHA256 of permanent ids."""

import hashlib
import hmac

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.disclosure.record_keys import record_keys
from tests.disclosure.draws import SECRET


@pytest.mark.parametrize("secret", [SECRET, b"x" * 16, b"y" * 64, b"longer than a block " * 5])
def test_a_key_is_the_first_32_bits_of_the_standard_hmac(secret: bytes) -> None:
    ids = [0, 7, 1207, 10**15 + 3]
    expected = [
        int.from_bytes(hmac.new(secret, str(one).encode("ascii"), hashlib.sha256).digest()[:4])
        for one in ids
    ]
    assert record_keys(secret, ids).tolist() == expected


def test_ids_beyond_one_portion_have_the_keys_they_have_alone() -> None:
    ids = np.arange(399_990, 400_010)
    many = record_keys(SECRET, np.arange(400_020))
    assert (many[ids] == record_keys(SECRET, ids)).all()


def test_a_household_has_another_key_than_the_person_of_that_number() -> None:
    [household] = record_keys(SECRET, [12], of="household")
    digest = hmac.new(SECRET, b"household:12", hashlib.sha256).digest()
    assert household == int.from_bytes(digest[:4])
    assert household != record_keys(SECRET, [12])[0]


def test_nobody_has_no_keys() -> None:
    assert record_keys(SECRET, np.array([], np.int64)).shape == (0,)


def test_keys_are_spread_evenly() -> None:
    keys = record_keys(SECRET, np.arange(20_000))
    counts = np.bincount(keys >> np.uint32(28), minlength=16)
    assert ((counts - 1250) ** 2 / 1250).sum() < 37.7  # chi-square, 15 degrees, p = .001


def test_another_secret_gives_unrelated_keys() -> None:
    one = record_keys(SECRET, np.arange(20_000)).astype(float)
    other = record_keys(SECRET + b".", np.arange(20_000)).astype(float)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


@pytest.mark.parametrize("secret", [b"", b"fifteen bytes..", "a text of many letters"])
def test_a_short_secret_is_refused_and_not_repeated(secret: bytes) -> None:
    with pytest.raises(FiguresRefused, match="at least 16 bytes") as refused:
        record_keys(secret, [1])
    assert str(secret) not in str(refused.value) or not secret
    assert refused.value.zh


@pytest.mark.parametrize("ids", [[5, -70707], [5, 70707.5], ["a"], [[1, 2]]])
def test_what_is_no_row_of_ids_is_refused_and_no_id_repeated(ids: list) -> None:
    with pytest.raises(FiguresRefused, match="ids") as refused:
        record_keys(SECRET, ids)
    assert "70707" not in f"{refused.value}{refused.value.zh}"
