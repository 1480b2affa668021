"""The canonical fields of a record: one name for what departments call by many. Pure.

Every canonical value is text in one form per kind (see `Kind`); missing is null, never ''.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What form a canonical value has."""

    ID_NUMBER = "id_number"  # cleaned characters, X upper case; may be wrong, see `id_key`
    NAME = "name"  # as written, outer blanks removed, separator normalised to U+00B7
    DATE = "date"  # ISO 8601, as complete as the source: '2012-03-05', '2012-03' or '2012'
    CODE = "code"  # one of the field's codes (`Field.codes`)
    AREA = "area"  # 12-digit area code, or the text as written where it cannot be resolved
    TEXT = "text"  # outer blanks removed


@dataclass(frozen=True)
class Field:
    """One canonical field: its name, its Chinese label, its kind and, for codes, the codes."""

    name: str
    zh: str
    kind: Kind
    codes: tuple[str, ...] = ()


_SEX = ("male", "female")
_MARITAL = ("single", "married", "widowed", "divorced")
_RELATIONSHIP = ("head", "spouse", "child", "grandchild", "parent", "grandparent", "sibling",
                 "child_in_law", "parent_in_law", "other")  # fmt: skip
_STATUS = ("present", "dead", "left", "cancelled")

FIELDS: tuple[Field, ...] = (
    Field("id_number", "公民身份号码", Kind.ID_NUMBER),
    Field("name", "姓名", Kind.NAME),
    Field("former_name", "曾用名", Kind.NAME),
    Field("sex", "性别", Kind.CODE, _SEX),
    Field("birth_date", "出生日期", Kind.DATE),
    Field("ethnicity", "民族", Kind.CODE),  # two digits of GB/T 3304
    Field("marital_status", "婚姻状况", Kind.CODE, _MARITAL),
    Field("education", "文化程度", Kind.TEXT),
    Field("relationship", "与户主关系", Kind.CODE, _RELATIONSHIP),
    Field("household_key", "户号", Kind.TEXT),  # unique within the source
    Field("registered_area", "户籍地", Kind.AREA),
    Field("registered_address", "户籍地址", Kind.TEXT),
    Field("usual_area", "现住地", Kind.AREA),
    Field("usual_address", "现住址", Kind.TEXT),
    Field("phone", "联系电话", Kind.TEXT),
    Field("mother_name", "母亲姓名", Kind.NAME),
    Field("mother_id_number", "母亲身份号码", Kind.ID_NUMBER),
    Field("father_name", "父亲姓名", Kind.NAME),
    Field("father_id_number", "父亲身份号码", Kind.ID_NUMBER),
    Field("spouse_name", "配偶姓名", Kind.NAME),
    Field("spouse_id_number", "配偶身份号码", Kind.ID_NUMBER),
    Field("head_name", "户主姓名", Kind.NAME),
    Field("head_id_number", "户主身份号码", Kind.ID_NUMBER),
    Field("birth_certificate_number", "出生医学证明编号", Kind.TEXT),
    Field("status", "人员状态", Kind.CODE, _STATUS),
    Field("death_date", "死亡日期", Kind.DATE),
    Field("marriage_date", "结婚登记日期", Kind.DATE),
    Field("divorce_date", "离婚登记日期", Kind.DATE),
    Field("arrived_date", "来本地日期", Kind.DATE),
    Field("left_date", "离开日期", Kind.DATE),
    Field("registered_date", "登记日期", Kind.DATE),
    Field("workplace", "工作单位", Kind.TEXT),
    Field("school", "学校", Kind.TEXT),
    Field("source_key", "来源编号", Kind.TEXT),  # the source's own key of a row
)

FIELD: dict[str, Field] = {field.name: field for field in FIELDS}
FIELD_NAMES: tuple[str, ...] = tuple(FIELD)
