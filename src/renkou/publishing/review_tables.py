"""What a reviewer sees of a doubtful pair: two records side by side, numbers masked. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from renkou.core.areas import short_code
from renkou.core.fields import FIELD, Kind

SHOWN_FIELDS = (
    "name", "former_name", "sex", "birth_date", "id_number", "ethnicity", "relationship",
    "registered_area", "registered_address", "usual_area", "usual_address", "phone",
    "mother_name", "father_name", "spouse_name", "head_name", "school", "workplace",
)  # fmt: skip
ROLES = {"self": "本人", "husband": "男方", "wife": "女方", "child": "子女", "mother": "母亲",
         "father": "父亲", "spouse": "配偶", "head": "户主"}  # fmt: skip
NUMBER_FIELDS = frozenset({"id_number", "phone"})
ANSWERS: Mapping[str, bool | None] = {"同一人": True, "不同人": False, "不确定": None}
_SHOWN_OF_REGION = 6
_MOST_DIGITS_SHOWN = 4  # two numbers that differ in more are simply two numbers


@dataclass(frozen=True)
class ReviewRecord:
    """One record of a pair: where it stands and what it says, in words (`cells`) and in codes."""

    record_id: int
    source: str
    list_name: str
    reference_date: str
    file: str
    sheet: str | None
    row: int
    role: str
    cells: Mapping[str, str | None]
    codes: Mapping[str, str | None]


@dataclass(frozen=True)
class ReviewPair:
    """Two records that may be one person, why that is doubtful, and what speaks for and against."""

    left: ReviewRecord
    right: ReviewRecord
    probability: float
    reason: str
    weights: Mapping[str, float]


def pair_code(edition_digest: str, left: int, right: int) -> str:
    """Four characters that bind a pair to its edition, so that an altered key is noticed.

    >>> pair_code("d", 3, 9)
    'V52T'
    """
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, easily misread
    digest = hashlib.sha256(f"{edition_digest}:{left}:{right}".encode()).digest()
    return "".join(alphabet[byte % 32] for byte in digest[:4])


def pair_key(number: int, edition_digest: str, left: int, right: int) -> str:
    """The key that a pair carries in a workbook: its place in the queue and its code."""
    return f"{number:05d}-{pair_code(edition_digest, left, right)}"


def masked_pair(left: str | None, right: str | None) -> tuple[str, str]:
    """Two id numbers with only the region and the few digits in which they differ.

    >>> masked_pair("110101199003074514", "110101199003075414")
    ('110101********45**', '110101********54**')
    """
    differing = _differing_places(left, right)
    return _masked(left, differing), _masked(right, differing)


def _differing_places(left: str | None, right: str | None) -> frozenset[int]:
    if not left or not right or len(left) != len(right):
        return frozenset()
    places = frozenset(i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
    return places if len(places) <= _MOST_DIGITS_SHOWN else frozenset()


def _masked(number: str | None, shown: frozenset[int]) -> str:
    if not number:
        return ""
    return "".join(
        character if place < _SHOWN_OF_REGION or place in shown else "*"
        for place, character in enumerate(number)
    )


def masked_phone(phone: str | None) -> str:
    """A telephone number without its middle.

    >>> masked_phone("13812345678")
    '138****5678'
    """
    if not phone:
        return ""
    return f"{phone[:3]}{'*' * max(len(phone) - 7, 4)}{phone[-4:]}" if len(phone) > 7 else "****"


def agreement(field: str, left: str | None, right: str | None) -> str:
    """How two canonical cells compare: `same`, `differs`, `missing` (one side) or `empty`.

    Of a date or an area the less exact one, which is the beginning of the other, is `coarser`.

    >>> agreement("birth_date", "1985-01-25", "1985-01")
    'coarser'
    """
    if not left and not right:
        return "empty"
    if not left or not right:
        return "missing"
    if left == right:
        return "same"
    if FIELD[field].kind is Kind.AREA and left.isdecimal() and right.isdecimal():
        left, right = short_code(left), short_code(right)
    elif FIELD[field].kind is not Kind.DATE:
        return "differs"
    return "coarser" if left.startswith(right) or right.startswith(left) else "differs"


def shown_cells(pair: ReviewPair) -> tuple[dict[str, str], dict[str, str]]:
    """The cells of both records as a reviewer may see them, by field."""
    left = {field: pair.left.cells.get(field) or "" for field in SHOWN_FIELDS}
    right = {field: pair.right.cells.get(field) or "" for field in SHOWN_FIELDS}
    left["id_number"], right["id_number"] = masked_pair(left["id_number"], right["id_number"])
    left["phone"], right["phone"] = masked_phone(left["phone"]), masked_phone(right["phone"])
    return left, right


def used_fields(pairs: Sequence[ReviewPair]) -> list[str]:
    """The fields that at least one record of the queue has something in."""
    records = [record for pair in pairs for record in (pair.left, pair.right)]
    return [field for field in SHOWN_FIELDS if any(record.cells.get(field) for record in records)]


def weights_text(weights: Mapping[str, float]) -> str:
    """The waterfall in words: what speaks for one person, then what speaks against.

    >>> weights_text({"姓名": 9.13, "性别": -4.0, "住址": 0.0})
    '支持：姓名 +9.1；反对：性别 −4.0'
    """
    ordered = sorted(weights.items(), key=lambda item: -abs(item[1]))
    pro = "、".join(f"{name} +{weight:.1f}" for name, weight in ordered if weight >= 0.05)
    con = "、".join(f"{name} −{-weight:.1f}" for name, weight in ordered if weight <= -0.05)
    told = [f"支持：{pro}" if pro else "", f"反对：{con}" if con else ""]
    return "；".join(part for part in told if part)


def field_label(field: str) -> str:
    """A field's heading in Chinese, with what is hidden."""
    return FIELD[field].zh + ("（已遮盖）" if field in NUMBER_FIELDS else "")
