"""The record key of a person: what decides the noise of every cell that counts them. Pure.

A key is the first 32 bits of HMAC-SHA256 of the permanent person id under a secret that is kept
outside the database. Without the secret nobody can tell a key from a random number, so nobody can
take the noise off a published count. The secret comes from the caller; this room draws none.

Source: Thompson, Broadfoot & Elazar (2013), Methodology for the automatic confidentialisation of
statistical outputs from remote servers at the ABS; HMAC as in RFC 2104 and FIPS 198-1.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.disclosure.whole_numbers import Keys, ids_of

SMALLEST_SECRET = 16  # bytes; 32 from the system's random numbers are what an office should take
_BLOCK = 64  # bytes that SHA-256 takes at a time
_AT_ONCE = 200_000  # ids; more would only hold more memory


def record_keys(
    secret: bytes, ids: npt.ArrayLike, *, of: Literal["person", "household"] = "person"
) -> Keys:
    """Record keys of persons, or of households for tables of households.

    Parameters
    ----------
    secret : at least 16 bytes, the same for every release
    ids : shape (n,), permanent ids, whole numbers of 0 or more; a merged person has the surviving id
    of : what the ids number; a household's key is no key of the person with the same number

    Returns
    -------
    shape (n,), uint32: the first four bytes of the digest, most significant first

    Raises
    ------
    FiguresRefused
        If the secret is short, or an id is no whole number of 0 or more.

    Notes
    -----
    The message is the id in decimal ASCII digits without sign or leading zeros (`b"1207"`), for a
    household `b"household:"` before it.

    Source: RFC 2104, section 2.

    >>> record_keys(b"sixteen bytes at least", [1, 2])
    array([3805248696, 4145956168], dtype=uint32)
    """
    _refuse_short(secret)
    numbers = ids_of("ids", ids)
    if numbers.ndim != 1:
        raise FiguresRefused(
            "ids", numbers.shape, "ids are one row", "give one id per record",
            zh="编号应为一行；请每条记录给出一个编号",
        )  # fmt: skip
    prefix = b"" if of == "person" else b"household:"
    parts = [
        _first_bits(secret, prefix, numbers[start : start + _AT_ONCE])
        for start in range(0, len(numbers), _AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.uint32)


def _first_bits(secret: bytes, prefix: bytes, ids: npt.NDArray[np.int64]) -> Keys:
    """HMAC by its definition: the two padded blocks of the key are hashed once, not per id."""
    key = hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret
    padded = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + prefix).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy
    digests: list[bytes] = []
    keep = digests.append
    for message in ids.astype(np.bytes_).tolist():
        within = inner()
        within.update(message)
        around = outer()
        around.update(within.digest())
        keep(around.digest())
    words = np.frombuffer(b"".join(digests), dtype=">u4").reshape(-1, 8)
    return words[:, 0].astype(np.uint32)


def _refuse_short(secret: bytes) -> None:
    if not isinstance(secret, bytes) or len(secret) < SMALLEST_SECRET:
        size = f"{len(secret)} bytes" if isinstance(secret, bytes) else "no bytes"
        raise FiguresRefused(
            "secret", size, f"is at least {SMALLEST_SECRET} bytes, or keys could be guessed",
            "take 32 random bytes and keep them outside the database",
            zh=f"密钥至少 {SMALLEST_SECRET} 字节，否则可能被猜出；请取 32 个随机字节并存放在数据库之外",
        )  # fmt: skip
