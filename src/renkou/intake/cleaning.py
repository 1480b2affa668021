"""Cleans single cells: id numbers, names, codes. Pure; works on distinct values only.

The checks call these for the few values that an expression cannot settle, a column at a time.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources

from renkou.core.dates import EARLIEST_YEAR, LATEST_YEAR, Remark, parse_date
from renkou.core.fields import FIELD
from renkou.core.id_numbers import CENTENARIAN_ORDER, WEIGHTS
from renkou.intake.words import plain_word

MISSING = (
    "无", "不详", "不祥", "未知", "暂无", "没有", "空", "不明", "不清", "不知", "待补", "未填",
    "/", "//", "／", "-", "--", "---", "－", "—", "——", "\\", "*", "**", "***", ".", "。", "、",
    "0", "〇", "○", "null", "NULL", "Null", "none", "None", "NONE", "nan", "NaN", "NA", "N/A", "n/a",
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "?", "？", "同上", "''", "未提供", "未登记",
    "未办理", "无身份证", "无号码", "没有身份证", "待办", "未上户", "未落户", "未办",
)  # fmt: skip

_WEIGHTS = tuple(map(int, WEIGHTS))
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’‘`\"“”\-_‐–—.·]+")
_X_LIKE = re.compile(r"[XΧХ×✕╳*]$")
_SCIENTIFIC = re.compile(r"(\d(?:\.\d+)?)E\+?(1[47])")
_CERTIFICATE = re.compile(r"[A-Z]{1,2}\d{7,10}")
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])\s*[•・･‧∙․.．。、·⋅●ᐧ]\s*(?=[\u3400-\u9fff])")
_PLACEHOLDER = re.compile(
    r"(?:无名氏?|未取名|未命名|未起名|待取名|待定|某某?|[xX×*＊]{1,4}|空白|名字不详|姓名不详|"
    r"(?:男|女)?(?:婴儿|婴|宝宝|孩|新生儿|毛毛)|[-/\\—?？.。*]+|\d{1,2})"
)
_DESCRIBES = re.compile(
    r"之(?:长|次|三|四|小|幼)?[子女男婴]|的?(?:儿子|女儿|孩子|小孩)$|之[妻夫母父]$|[子女]婴$"
)
_STRANGE = re.compile(r"[^\u3400-\u9fff\u3007\U00020000-\U0003ffff·•・･‧∙․\s.a-zA-Z'’-]")


@cache
def codes() -> dict[str, dict[str, str]]:
    """The words and numbers of codes as shipped, by field."""
    text = resources.files("renkou.intake").joinpath("resources/codes.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def region_codes() -> frozenset[str]:
    """Every six-digit code of GB/T 2260 that was ever in force, and those of permits."""
    text = (
        resources.files("renkou.intake").joinpath("resources/region_codes.txt").read_text("utf-8")
    )
    found = {"810000", "820000", "830000"}
    for line in text.splitlines():
        if not line.startswith("#"):
            start, ends = line.split()
            found |= {start + ends[at : at + 2] for at in range(0, len(ends), 2)}
    return frozenset(found)


def clean_id_number(text: str) -> tuple[str | None, str | None, str]:
    """Cleaned characters, the number of 18 characters, and a state.

    State is `plain` (18 characters of the right kind, still to be checked), `missing`, `length`,
    `characters`, `truncated`, `certificate` or `old` (15 digits, completed).

    >>> clean_id_number("’11010519491231002Ｘ ")
    ('11010519491231002X', '11010519491231002X', 'plain')
    >>> clean_id_number("5.10103E+17")
    ('510103', None, 'truncated')
    """
    upper = unicodedata.normalize("NFKC", text).upper().strip().lstrip("'")
    cut = _SCIENTIFIC.fullmatch(upper.replace(" ", ""))
    if cut:
        return _expanded(cut), None, "truncated"
    plain = _INVISIBLE.sub("", upper)
    if plain in MISSING or text.strip() in MISSING or not plain.strip("0*/\\?"):
        return None, None, "missing"
    plain = _X_LIKE.sub("X", plain) if len(plain) > 1 else plain
    return _classified(plain)


def _expanded(cut: re.Match[str]) -> str:
    """The digits that scientific form left; all 18 with zeros where it left 15."""
    known = cut[1].replace(".", "")
    try:
        whole = f"{Decimal(cut[0]):f}"
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        return known
    return whole if len(known) >= 15 else known


def _classified(plain: str) -> tuple[str, str | None, str]:
    if _CERTIFICATE.fullmatch(plain):
        return plain, None, "certificate"
    if not re.fullmatch(r"[0-9]*[0-9X]", plain, re.ASCII):
        return plain, None, "characters"
    if len(plain) == 15 and plain.isdigit():
        return plain, _completed(plain), "old"
    if len(plain) != 18:
        return plain, None, "length"
    return plain, plain, "plain"


def _completed(short: str) -> str:
    """`core.id_numbers.complete` for one number: arrays of one cost fifty times as much."""
    century = "18" if int(short[12:]) >= CENTENARIAN_ORDER else "19"
    body = f"{short[:6]}{century}{short[6:]}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def clean_name(text: str) -> tuple[str | None, str | None]:
    """A name with one separator, or None, and the rule it breaks.

    >>> clean_name("阿卜杜拉•买买提"), clean_name("无名氏"), clean_name("王芳之子")
    (('阿卜杜拉·买买提', None), (None, 'NAME-01'), ('王芳之子', 'NAME-04'))
    """
    name = _BETWEEN.sub("·", text.strip().strip("\u200b\ufeff\u200c\u200d")).strip("·•・'＇")
    bare = plain_word(name)
    if not bare or bare in MISSING or name in MISSING or _PLACEHOLDER.fullmatch(bare):
        return None, "NAME-01"
    if _DESCRIBES.search(bare):
        return name, "NAME-04"
    if _STRANGE.search(unicodedata.normalize("NFKC", name)):
        return name, "NAME-02"
    return name, "NAME-03" if len(bare) == 1 or len(bare) > 50 else None


def clean_code(text: str, known: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The code of a word or number, or None, and the rule it breaks."""
    word = plain_word(text).strip("'")
    if word.endswith(".0"):
        word = word[:-2]
    if not word or (text.strip() in MISSING[:-1] and word not in known):
        return None, None
    if word in known:
        return known[word] or None, None
    found = _CODE_AND_WORD.fullmatch(word)
    if found:  # 1-男, 01 汉族, 男(1)
        for part in found.groups():
            if part and part in known:
                return known[part] or None, None
    return None, "CODE-01"


_CODE_AND_WORD = re.compile(r"(?:\d+[-.、:：_]?)?(\D+?)(?:[(\[]?\d+[)\]]?)?")


def known_codes(name: str, own: Mapping[str, str]) -> dict[str, str]:
    """Plain words to codes of a field: renkou's own, and over them a source's."""
    themselves = {code: code for code in FIELD[name].codes}
    sources = {plain_word(word): code for word, code in own.items()}
    return {**codes().get(name, {}), **themselves, **sources}


_DATE_RULES = {
    Remark.UNREADABLE: "DATE-01",
    Remark.NO_SUCH_DAY: "DATE-02",
    Remark.YEAR_OUT_OF_BOUNDS: "DATE-03",
    Remark.PARTIAL: "DATE-05",
    Remark.TWO_DIGIT_YEAR: "DATE-06",
    Remark.ORDER_INFERRED: "DATE-10",
    Remark.LUNAR: "DATE-07",
}


_PLAIN_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))", re.ASCII
)


def _plain_day(text: str) -> str | None:
    """The day of a text that leaves no doubt, in ISO form: most do, and need no closer reading."""
    found = _PLAIN_DAY.fullmatch(text)
    if not found or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
        return None
    month, day = found[3] or found[5] or found[7], found[4] or found[6] or found[8]
    try:
        return date(int(found[1]), int(month), int(day)).isoformat()
    except ValueError:
        return None


def clean_dates(
    texts: Sequence[str], *, order: str, lunar: bool, latest: date
) -> tuple[list[str | None], list[str | None]]:
    """ISO dates and the rules they break."""
    values: list[str | None] = []
    rules: list[str | None] = []
    for text in texts:
        if text.strip() in MISSING:
            values.append(None)
            rules.append(None)
            continue
        day = None if lunar else _plain_day(text)
        if day:
            values.append(day)
            rules.append(None)
            continue
        parsed = parse_date(text, order=order, lunar=lunar, latest=latest)
        values.append(parsed.value)
        rules.append(_DATE_RULES[parsed.remark] if parsed.remark else None)
    return values, rules
