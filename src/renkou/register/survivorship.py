"""Which of a person's values the register keeps, field by field, and which lists agree. Pure (Ibis).

The rule, in this order (`docs/reference/editions.md` says it to users):

1. a complete value beats a partial one (a valid number, a whole date, an area below the county);
2. the list with more authority for the field;
3. the value that more lists hold;
4. the later reference date;
5. the list that the workspace accepted first.

Of one list its newest record that holds the field speaks. Two dates, or two area codes, agree when
one is the beginning of the other. The work is done on one row per person with a column per list and
field, so that it costs no aggregate over text: 0.3 of the time of a group-by, and no memory per
person (measured on 3.3 M records).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from renkou.core.fields import FIELD, FIELD_NAMES, Kind
from renkou.register.lists import MOST_LISTS, RegisterList

# Fields of a row or of a household rather than of the person.
NOT_OF_A_PERSON = ("household_key", "head_name", "head_id_number", "registered_date", "source_key")
PERSON_FIELDS = tuple(name for name in FIELD_NAMES if name not in NOT_OF_A_PERSON)
# What the register also chooses, for households and spells; not columns of `persons`.
CHOSEN_FIELDS = (*PERSON_FIELDS, "household_key", "registered_date")

# What is kept beside each chosen value.
PROVENANCE = ("record", "rule", "agreeing", "differing")
RULES = ("only", "agreed", "completeness", "authority", "agreement", "newest", "order")

# Where each part of a score begins; all fit an int64.
_ORDER, _DATE, _AGREEMENT, _AUTHORITY, _QUALITY = 1, 1 << 6, 1 << 23, 1 << 29, 1 << 36
_COMPLETED = {"id_number", "mother_id_number", "father_id_number", "spouse_id_number"}
_FIRST_DAY = "1900-01-01"


@dataclass(frozen=True)
class Voice:
    """One list's nth newest record of a person, and the fields that such records hold."""

    source: str
    ordinal: int
    fields: tuple[str, ...]


def numbered_records(records: ir.Table, person_of: ir.Table, fields: Sequence[str]) -> ir.Table:
    """Records with `person_id`, `ordinal` (within person and list, newest first) and `day`.

    Numbers of people are completed where they are valid (`id_key`), so that 15 and 18 digits agree.
    """
    joined = records.inner_join(person_of, "record_id")
    newest = ibis.window(
        group_by=[joined.person_id, joined.source],
        order_by=[joined.reference_date.desc(), joined.record_id],
    )
    cells = {name: joined[name] for name in fields}
    for name in _COMPLETED & set(fields):
        cells[name] = ibis.coalesce(joined[name.replace("number", "key")], joined[name])
    return joined.select(
        "person_id",
        "record_id",
        "source",
        "reference_date",
        ordinal=ibis.row_number().over(newest) + 1,
        day=joined.reference_date.delta(ibis.date(_FIRST_DAY), unit="day").cast("int64"),
        valid=joined.id_key.notnull(),
        **cells,
    )


def voices_present(numbered: ir.Table, fields: Sequence[str]) -> ir.Table:
    """One row per source and ordinal: `record_count`, and per field how many records hold it."""
    held = {name: numbered[name].count() for name in fields}
    return numbered.group_by("source", "ordinal").agg(record_count=numbered.count(), **held)


def spread(people: ir.Table, numbered: ir.Table, voices: Sequence[Voice]) -> ir.Table:
    """`people` (person_id …) with the columns of each voice, named `<column>__<source>_<ordinal>`."""
    wide = people
    for voice in voices:
        mine = numbered.filter(numbered.source == voice.source, numbered.ordinal == voice.ordinal)
        end = f"__{voice.source}_{voice.ordinal}"
        names = ("record_id", "day", *voice.fields)
        if "id_number" in voice.fields:
            names = (*names, "valid")
        mine = mine.select(
            mine.person_id.name("person_id" + end), **{name + end: mine[name] for name in names}
        )
        wide = wide.left_join(mine, wide.person_id == mine["person_id" + end]).drop(
            "person_id" + end
        )
    return wide


def chosen_values(
    wide: ir.Table,
    voices: Sequence[Voice],
    lists: Sequence[RegisterList],
    fields: Sequence[str],
    keep: Sequence[str],
) -> ir.Table:
    """Per person the chosen value of every field, and where it comes from.

    Parameters
    ----------
    wide : as `spread` gives
    lists : the lists in the order of their bits
    keep : further columns of `wide` to pass on

    Returns
    -------
    One row per person: `keep`, and per field the columns `<field>`,
    `<field>__record`, `<field>__rule`, `<field>__agreeing`, `<field>__differing` (masks of lists);
    all are null where no list holds the field.
    """
    told = [_Told(name, voices, lists) for name in fields]
    for step in (
        _Told.cells,
        _Told.disputes,
        _Told.scores,
        _Told.winner,
        _Told.chosen,
        _Told.masks,
    ):
        columns = [step(of_field, wide) for of_field in told]
        wide = wide.mutate(**{name: value for some in columns for name, value in some.items()})
    outcome = [of_field.outcome(wide) for of_field in told]
    return wide.select(*keep, **{k: value for some in outcome for k, value in some.items()})


class _Told:
    """What the lists say of one field; each step gives the columns that the next one builds on."""

    def __init__(self, name: str, voices: Sequence[Voice], lists: Sequence[RegisterList]) -> None:
        self.name, self.kind = name, FIELD[name].kind
        bits = {one.source: bit for bit, one in enumerate(lists)}
        self.ends: dict[int, list[str]] = {}
        for voice in sorted(voices, key=lambda voice: (bits[voice.source], voice.ordinal)):
            if name in voice.fields:
                end = f"{voice.source}_{voice.ordinal}"
                self.ends.setdefault(bits[voice.source], []).append(end)
        self.authority = {bit: lists[bit].authority_of(name) for bit in self.ends}

    def _columns(self, wide: ir.Table, part: str) -> dict[int, ir.Value]:
        return {bit: wide[f"{self.name}__{part}{bit}"] for bit in self.ends}

    def cells(self, wide: ir.Table) -> dict[str, ir.Value]:
        """Each list's word: value, record, day; of a list's records the newest that holds it."""
        columns: dict[str, ir.Value] = {}
        for bit, ends in self.ends.items():
            parts = {"v": self.name, "r": "record_id", "d": "day"}
            if self.name == "id_number":
                parts["k"] = "valid"
            for short, part in parts.items():
                columns[f"{self.name}__{short}{bit}"] = self._newest(wide, ends, part)
        return columns

    def _newest(self, wide: ir.Table, ends: Sequence[str], part: str) -> ir.Value:
        if len(ends) == 1:
            return wide[f"{part}__{ends[0]}"]
        return ibis.cases(
            *((wide[f"{self.name}__{end}"].notnull(), wide[f"{part}__{end}"]) for end in ends)
        )

    def disputes(self, wide: ir.Table) -> dict[str, ir.Value]:
        """Whether two lists hold different words; what follows is only worked out where they do."""
        values = list(self._columns(wide, "v").values())
        if len(values) < 2:
            return {}
        return {f"{self.name}__disputed": ibis.least(*values) != ibis.greatest(*values)}

    def scores(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The rule as one number per list: quality, authority, agreement, day, order."""
        values, days = self._columns(wide, "v"), self._columns(wide, "d")
        columns: dict[str, ir.Value] = {}
        for bit, value in values.items():
            order = (MOST_LISTS - bit) * _ORDER + self.authority[bit] * _AUTHORITY
            score = self._quality(wide, bit) * _QUALITY + days[bit] * _DATE + order
            if len(values) > 1:
                score = score + self._agreement(wide, bit, values) * _AGREEMENT
            columns[f"{self.name}__s{bit}"] = value.notnull().ifelse(score, -1)
        return columns

    def _quality(self, wide: ir.Table, bit: int) -> ir.Value:
        value = wide[f"{self.name}__v{bit}"]
        if self.name == "id_number":
            return wide[f"{self.name}__k{bit}"].ifelse(1, 0).cast("int64")
        if self.kind is Kind.DATE:
            return (value.length() // 4).cast("int64")  # 4, 7, 10 characters: 1, 1, 2
        if self.kind is Kind.AREA:
            return (
                value.re_search("^[0-9]+$")
                .ifelse((value.length() >= 9).ifelse(2, 1), 0)
                .cast("int64")
            )
        return ibis.literal(0, "int64")

    def _agreement(self, wide: ir.Table, bit: int, values: Mapping[int, ir.Value]) -> ir.Value:
        rivals = [other for other, level in self.authority.items() if level == self.authority[bit]]
        if len(rivals) < 2:
            return ibis.literal(0, "int64")
        same = [self._agree(values[bit], values[other]) for other in values if other != bit]
        count = _total([one.ifelse(1, 0) for one in same])
        return wide[f"{self.name}__disputed"].ifelse(count, 0).cast("int64")

    def _agree(self, one: ir.Value, other: ir.Value) -> ir.Value:
        if self.kind in (Kind.DATE, Kind.AREA):
            return (one.startswith(other) | other.startswith(one)).fill_null(False)
        return (one == other).fill_null(False)

    def winner(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The best score, and the bit of the list that has it."""
        scores = list(self._columns(wide, "s").values())
        if not scores:
            return {}
        best = ibis.greatest(*scores) if len(scores) > 1 else scores[0]
        return {f"{self.name}__best": best}

    def chosen(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The value and the record of the list that won."""
        if not self.ends:
            return {}
        return {
            f"{self.name}__chosen": self._of_winner(wide, "v"),
            f"{self.name}__chosen_record": self._of_winner(wide, "r"),
        }

    def _of_winner(self, wide: ir.Table, part: str) -> ir.Value:
        columns, scores = self._columns(wide, part), self._columns(wide, "s")
        if len(columns) == 1:
            return next(iter(columns.values()))
        best = wide[f"{self.name}__best"]
        told = best >= 0
        return ibis.cases(*(((scores[bit] == best) & told, columns[bit]) for bit in columns))

    def masks(self, wide: ir.Table) -> dict[str, ir.Value]:
        """Which lists hold the field, which of them differ, and the best score of those."""
        if not self.ends:
            return {}
        values, scores = self._columns(wide, "v"), self._columns(wide, "s")
        held = _total([value.notnull().ifelse(1 << bit, 0) for bit, value in values.items()])
        if len(values) == 1:
            return {f"{self.name}__held": held}
        differs = {
            bit: value.notnull() & ~self._agree(value, wide[f"{self.name}__chosen"])
            for bit, value in values.items()
        }
        disputed = wide[f"{self.name}__disputed"]
        mask = _total([differs[bit].ifelse(1 << bit, 0) for bit in values])
        second = ibis.greatest(*(differs[bit].ifelse(scores[bit], -1) for bit in values))
        return {
            f"{self.name}__held": held,
            f"{self.name}__against": disputed.ifelse(mask, 0),
            f"{self.name}__second": disputed.ifelse(second, -1),
        }

    def outcome(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The columns that `chosen_values` promises."""
        names = [self.name, *(f"{self.name}__{part}" for part in PROVENANCE)]
        if not self.ends:
            empty = [ibis.null(kind) for kind in ("string", "int64", "string", "int64", "int64")]
            return dict(zip(names, empty, strict=True))
        chosen = wide[f"{self.name}__chosen"]
        held = wide[f"{self.name}__held"]
        against = self._or(wide, "against", 0)
        columns = [
            chosen,
            wide[f"{self.name}__chosen_record"],
            self._rule(wide, held),
            (held - against).cast("int64"),
            against.cast("int64"),
        ]
        told = chosen.notnull()
        masked = [chosen, columns[1], *(told.ifelse(one, ibis.null()) for one in columns[2:])]
        return dict(zip(names, masked, strict=True))

    def _or(self, wide: ir.Table, part: str, default: int) -> ir.Value:
        name = f"{self.name}__{part}"
        return wide[name].fill_null(default) if name in wide.columns else ibis.literal(default)

    def _rule(self, wide: ir.Table, held: ir.Value) -> ir.Value:
        if len(self.ends) == 1:
            return ibis.literal("only")
        alone = reduce(or_, (held == 1 << bit for bit in self.ends))
        best, second = wide[f"{self.name}__best"], self._or(wide, "second", -1)
        steps = zip(RULES[2:], (_QUALITY, _AUTHORITY, _AGREEMENT, _DATE), strict=False)
        decided = [(best // step > second // step, rule) for rule, step in steps]
        return ibis.cases((alone, "only"), (second < 0, "agreed"), *decided, else_="order")


def _total(numbers: Sequence[ir.Value]) -> ir.Value:
    return reduce(add, numbers)
