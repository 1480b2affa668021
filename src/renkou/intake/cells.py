"""From a sheet's grid to person cells: body rows, one row per person, text as written. Pure."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from renkou.core.fields import FIELD, Kind
from renkou.intake.area_words import area_words
from renkou.intake.columns import Resolution
from renkou.intake.headers import Header
from renkou.intake.sources import PersonSpec, SourceSpec

LEADING = 4
_TOTAL = (
    r"^\s*(本页|本村|本组|全村|全组|全镇|全乡|全县|本表|本社区|社区)?"
    r"\s*(小\s*计|合\s*计|总\s*计|共\s*计|累\s*计)"
)
_FOOTER = (
    r"(填表人|填报人|审核人|复核人|核查人|调查员|校对人|制表人|经办人|负责人|填表日期|填报日期|制表日期|填表时间|填报时间|盖章|公章|联系人)\s*[:：（(]"
    "|^[\u4e00-\u9fff（）() ]{2,12}[:：]"
    r"|^\s*(注|说明|备注|填表说明|填报说明)\s*[:：\d]"
)
# These stand in any column, and nothing that is said of a person begins so.
_STAMP = (
    r"^\s*[（(【]?\s*(盖章|公章|签章|签字|签名|加盖公章|单位公章|以下空白|以上共|以下无正文)"
    r"|^\s*第\s*\d+\s*页"
)
# A row under the header that says how to fill it in; what it holds looks like a person.
_EXPLAINS = (
    "说明", "填写说明", "填表说明", "填报说明", "填写要求", "示例", "样例", "范例", "举例", "例",
    "填写示例", "填写样例",
)  # fmt: skip
_ASIDE = re.compile(f"{_TOTAL}|{_FOOTER}|{_STAMP}")


@dataclass(frozen=True)
class SheetContext:
    """What stands around a sheet's rows: its number in the delivery and its names."""

    grid: int
    file: str
    sheet: str | None
    title: str

    def text(self, part: str) -> str:
        """The text of a context part such as `@sheet`."""
        names = {
            "@file": self.file.rsplit(".", 1)[0],
            "@sheet": self.sheet,
            "@title": area_words(self.title),
        }
        return names[part] or ""


def stands_aside(row: Sequence[str]) -> bool:
    """Whether a row of texts is blank, a total or a footer: few cells, one of which says so."""
    filled = [cell for cell in row if cell.strip()]
    few = len(filled) <= max(len(row) // 2, 2)
    explains = any(cell.strip() in _EXPLAINS for cell in row[:LEADING])
    return not filled or explains or (few and any(_ASIDE.search(cell) for cell in filled))


def leading_columns(header: Header, resolution: Resolution) -> list[int]:
    """The first columns of a sheet that are not refused: totals and footers stand there."""
    return [at for at in range(len(header.paths)) if at not in resolution.refused][:LEADING]


def columns_to_load(header: Header, resolution: Resolution) -> list[int]:
    """The only columns that are read: those mapped, the first few, and what says 'removed'."""
    mapped = {at for parts in resolution.columns.values() for at in parts if isinstance(at, int)}
    changes = resolution.changes_column
    also = [] if changes is None else [changes]
    return sorted({*mapped, *leading_columns(header, resolution), *also})


def body_rows(grid: ir.Table, header: Header, resolution: Resolution) -> ir.Table:
    """Of rows below a header those that name people: no blank, total, footer, repeated header.

    A row whose bytes are broken stays, even where no cell that is read is left of it.
    """
    mapped = sorted(
        {at for parts in resolution.columns.values() for at in parts if isinstance(at, int)}
    )
    cells = [grid[f"c{at}"] for at in mapped]
    filled = functools.reduce(operator.add, (_one_if(cell.notnull()) for cell in cells))
    leading = [grid[f"c{at}"].fill_null("") for at in leading_columns(header, resolution)]
    says_so = ibis.or_(
        *[cell.re_search(f"{_TOTAL}|{_FOOTER}") for cell in leading],
        *[cell.fill_null("").re_search(_STAMP) for cell in [*leading, *cells]],
    )
    # Totals and footers fill few cells: the costly patterns are tried on such rows alone.
    few = max(len(cells) // 2, 2)
    explains = ibis.or_(*[cell.isin(_EXPLAINS) for cell in leading])
    aside = explains | ibis.cases((filled > few, ibis.literal(False)), else_=says_so)
    repeated = _repeats_header(grid, header, mapped)
    broken = (grid.fault == "ROW-05").fill_null(False)
    return grid.filter((filled > 0) | broken, ~aside, ~repeated)


def _one_if(condition: ir.BooleanValue) -> ir.IntegerValue:
    return condition.cast("int32")


def _repeats_header(grid: ir.Table, header: Header, mapped: Sequence[int]) -> ir.BooleanColumn:
    """Rows that say the header again, as long printed lists do: two of its words in their place."""
    leaves = [(grid[f"c{at}"], header.paths[at][-1]) for at in mapped if header.paths[at]]
    same = [_one_if((cell == leaf).fill_null(False)) for cell, leaf in leaves]
    count = functools.reduce(operator.add, same)
    return count >= min(2, len(same))


def person_cells(
    body: ir.Table, person: PersonSpec, number: int, spec: SourceSpec, resolution: Resolution
) -> ir.Table:
    """One role's cells, as written: `grid, row, person, role, fault, removed, <field>…`.

    Every field of the source is there, so that all sheets and roles can stand in one table. `body`
    has `grid, row, fault`, the cells as `c<n>` and the texts around them as `@sheet` and the like.
    """
    raw: dict[str, ir.Value] = {}
    for name in spec.fields:
        parts = resolution.columns.get((person.role, name), ())
        constant = person.constants.get(name)
        raw[name] = _cell(body, parts, name) if parts else _text_or_null(constant)
    removed, fault = _what_happened(body, spec, resolution)
    return body.select(
        grid=body.grid,
        row=body.row.cast("int32"),
        person=ibis.literal(number, "int32"),
        role=ibis.literal(person.role),
        fault=fault,
        removed=removed,
        **raw,
    )


def _what_happened(
    body: ir.Table, spec: SourceSpec, resolution: Resolution
) -> tuple[ir.BooleanValue, ir.StringValue]:
    """Whether a row leaves the list, and its fault: ROW-06 where it says so in no known word.

    A blank says that nothing special happened; an unknown word may say that the person left.
    """
    if resolution.changes_column is None:
        return ibis.literal(False), body.fault
    cell = body[f"c{resolution.changes_column}"].fill_null("").strip().lower()
    removed = cell.isin(list(spec.removed_words))
    known = removed | cell.isin(["", *spec.kept_words])
    fault = ibis.cases(
        (body.fault.notnull(), body.fault), (~known, "ROW-06"), else_=ibis.null("string")
    )
    return removed, fault


def _text_or_null(text: str | None) -> ir.StringScalar:
    return ibis.literal(text, "string") if text is not None else ibis.null("string")


def _cell(body: ir.Table, parts: Sequence[int | str], name: str) -> ir.StringValue:
    """A cell, or several joined: areas by '/', other text without blank."""
    if len(parts) == 1 and isinstance(parts[0], int):
        return body[f"c{parts[0]}"]
    glue = "/" if FIELD[name].kind is Kind.AREA else ""
    texts = [body[part if isinstance(part, str) else f"c{part}"].fill_null("") for part in parts]
    joined = functools.reduce(lambda a, b: a + glue + b, texts)
    return joined.nullif(glue * (len(texts) - 1)) if len(texts) > 1 else joined.nullif("")


def all_person_cells(body: ir.Table, spec: SourceSpec, resolution: Resolution) -> ir.Table:
    """The cells of every person that the rows name."""
    roles = [
        person_cells(body, person, number, spec, resolution)
        for number, person in enumerate(spec.persons)
    ]
    return ibis.union(*roles) if len(roles) > 1 else roles[0]


def context_parts(resolution: Resolution) -> list[str]:
    """The texts around a sheet's rows that its cells are made of: `@sheet` and the like."""
    parts = {part for parts in resolution.columns.values() for part in parts}
    return sorted(part for part in parts if isinstance(part, str))
