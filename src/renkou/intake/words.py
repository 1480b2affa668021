"""Plain forms of headers and cells, for comparison only. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_REMARK = re.compile(r"[(\[{【<《〈「].*?[)\]}】>》〉」]")
_OPENING = re.compile(r"[(\[{【<《〈「]")
_NUMBERING = re.compile(r"^(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[.、．)]")
_EDGES = " *★※:：、,，.。;；#_-—"


@lru_cache(maxsize=1 << 14)
def plain_header(text: str) -> str:
    """A header after NFKC, in lower case, without blanks and marks at its edges.

    >>> plain_header("公民 身份\\n号码＊")
    '公民身份号码'
    """
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).lower()
    return _NUMBERING.sub("", text).strip(_EDGES)


def bare_header(text: str) -> str:
    """A plain header without bracketed remarks.

    >>> bare_header("出生日期（公历）")
    '出生日期'
    """
    plain = plain_header(text)
    return _REMARK.sub("", plain).strip(_EDGES) if _OPENING.search(plain) else plain


def plain_word(text: str) -> str:
    """A cell's word for looking codes up: NFKC, lower case, no blanks."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).lower()


def column_letter(index: int) -> str:
    """The letter a spreadsheet gives to a column, counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
