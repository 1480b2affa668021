"""The specification of `renkou link`: which column of whose file means what. Pure.

id_number_kind = "opaque"        # gb11643 | opaque | none (default)
date_order = "ymd"               # ymd (default) | mdy | dmy

[columns]                        # for every file; a list joins several columns with a blank
given_name = "first_name"
surname = "last_name"
birth_date = "dob"
address = ["street_number", "street_name"]
compare = ["state"]              # other columns whose equality tells something

[[lists]]                        # one per file that differs, by the file's name
file = "census.csv"
free_of_duplicates = true
[lists.columns]
birth_date = "date_of_birth"
sex = ""                         # this file has none, whatever [columns] says
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from renkou.core.errors import SpecError, toml_words_zh

# Word of the specification → canonical column.
MEANINGS: Mapping[str, str] = {
    "name": "name",
    "given_name": "given_name",
    "middle_name": "middle_name",
    "surname": "surname",
    "former_name": "former_name",
    "birth_date": "birth_date",
    "sex": "sex",
    "area": "registered_area",
    "address": "registered_address",
    "postcode": "postcode",
    "phone": "phone",
    "household": "household_key",
    "id_number": "id_number",
    "mother_name": "mother_name",
    "father_name": "father_name",
    "spouse_name": "spouse_name",
    "mother_id_number": "mother_id_number",
    "father_id_number": "father_id_number",
    "spouse_id_number": "spouse_id_number",
}
KINDS = ("gb11643", "opaque", "none")
ORDERS = ("ymd", "mdy", "dmy")
_COMPARE = "compare"


@dataclass(frozen=True)
class ListSpec:
    """How one file is read."""

    file: str
    columns: Mapping[str, tuple[str, ...]]  # canonical column → headers joined
    compare: tuple[str, ...] = ()
    free_of_duplicates: bool = False
    date_order: str = "ymd"


@dataclass(frozen=True)
class LinkSpec:
    """The whole specification."""

    id_number_kind: str = "none"
    date_order: str = "ymd"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    compare: tuple[str, ...] = ()
    lists: tuple[ListSpec, ...] = ()

    def for_file(self, file: str) -> ListSpec:
        """The specification of a file, by its name."""
        default = ListSpec(file, self.columns, self.compare, False, self.date_order)
        return next((one for one in self.lists if one.file == file), default)


def parse_link_spec(text: str, file: str) -> LinkSpec:
    """The specification in a TOML text.

    Raises
    ------
    SpecError
        Naming the file, the key, the rule and, of a misspelt word, the nearest that exists.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        zh = f"{file}：{toml_words_zh(error)}；请改正该处"
        raise SpecError(f"{file}: is not TOML: {error}", zh=zh) from None
    _known(values, ("id_number_kind", "date_order", "columns", "lists"), file, "")
    kind = _one_of(values.get("id_number_kind", "none"), KINDS, file, "id_number_kind")
    order = _one_of(values.get("date_order", "ymd"), ORDERS, file, "date_order")
    columns, compare = _columns(values.get("columns", {}), file, "columns")
    if not isinstance(values.get("lists", []), list):
        raise SpecError(
            f"{file}: lists must be a table per list; write [[lists]], not [lists]",
            zh=f"{file}：每份名册各写一个 [[lists]]，不要写成 [lists]",
        )
    lists = tuple(
        _list(one, f"lists[{at}]", file, order, columns, compare)
        for at, one in enumerate(values.get("lists", []))
    )
    if not columns and not lists:
        raise SpecError(
            f"{file}: names no column; write at least `[columns]` with a name",
            zh=f"{file}：没有对应任何列；请至少写 [columns]，并对应姓名列",
        )
    return LinkSpec(kind, order, columns, compare, lists)


def _list(
    values: Mapping[str, Any],
    place: str,
    file: str,
    order: str,
    columns: Mapping[str, tuple[str, ...]],
    compare: tuple[str, ...],
) -> ListSpec:
    _known(values, ("file", "free_of_duplicates", "date_order", "columns"), file, place)
    if not isinstance(values.get("file"), str):
        raise SpecError(
            f"{file}: {place} has no `file`; write the name of the file it describes",
            zh=f"{file}：{place} 缺少 file；请写明它说的是哪个文件",
        )
    own, own_compare = _columns(values.get("columns", {}), file, f"{place}.columns")
    united = {key: headers for key, headers in {**columns, **own}.items() if headers}
    return ListSpec(
        values["file"],
        united,
        own_compare if _COMPARE in values.get("columns", {}) else compare,
        _true_or_false(
            values.get("free_of_duplicates", False), file, f"{place}.free_of_duplicates"
        ),
        _one_of(values.get("date_order", order), ORDERS, file, f"{place}.date_order"),
    )


def _columns(
    values: Mapping[str, Any], file: str, place: str
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    _known(values, (*MEANINGS, _COMPARE), file, place)
    compare = _headers(values.get(_COMPARE, []), file, f"{place}.{_COMPARE}")
    named = {
        MEANINGS[word]: _headers(header, file, f"{place}.{word}")
        for word, header in values.items()
        if word != _COMPARE
    }
    return named, compare


def _headers(value: Any, file: str, place: str) -> tuple[str, ...]:
    headers = [value] if isinstance(value, str) else value
    if not isinstance(headers, list) or not all(isinstance(h, str) for h in headers):
        raise SpecError(
            f"{file}: {place} must be a header or a list of headers",
            zh=f"{file}：{place} 须是一个列名，或几个列名的列表",
        )
    return tuple(header for header in headers if header)


def _known(values: Any, words: Sequence[str], file: str, place: str) -> None:
    if not isinstance(values, Mapping):
        raise SpecError(f"{file}: {place} must be a table", zh=f"{file}：{place} 须是一个表")
    for word in values:
        if word not in words:
            near = difflib.get_close_matches(word, words, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(words)}"
            hint_zh = f"是不是 {near[0]}？" if near else f"可用：{'、'.join(words)}"
            where = f"{place}.{word}" if place else word
            raise SpecError(
                f"{file}: {where} is not known; {hint}",
                zh=f"{file}：没有 {where} 这一项；{hint_zh}",
            )


def _true_or_false(value: Any, file: str, place: str) -> bool:
    if not isinstance(value, bool):
        raise SpecError(
            f"{file}: {place} must be true or false, without quotation marks",
            zh=f"{file}：{place} 只能是 true 或 false，不加引号",
        )
    return value


def _one_of(value: Any, words: Sequence[str], file: str, place: str) -> str:
    if value not in words:
        raise SpecError(
            f"{file}: {place} must be one of {', '.join(words)}",
            zh=f"{file}：{place} 只能是 {'、'.join(words)}",
        )
    return str(value)
