"""Which of a person's values the register keeps, field by field, and which lists agree. Pure (Ibis).

The rule, in this order (`docs/reference/editions.md` says it to users):

1. a complete value beats a partial one (a valid number, a whole date, an area below the county),
   and of statuses death beats all others: a list that says otherwise has not heard of it;
2. the list with more authority for the field;
3. the value that more lists hold;
4. the later reference date;
5. the list that the workspace accepted first.

Of one list its newest record that holds the field speaks. Two dates, or two area codes, agree when
one is the beginning of the other. The work is done on one row per person with a column per list and
field, so that it costs no aggregate over text; what only matters where lists differ is only worked
out there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from renkou.core.fields import FIELD, FIELD_NAMES, Kind
from renkou.register.lists import MOST_LISTS, RegisterList
from renkou.register.voices import FIRST_DAY, Voice

# Fields of a row or of a household rather than of the person.
NOT_OF_A_PERSON = ("household_key", "head_name", "head_id_number", "registered_date", "source_key")
PERSON_FIELDS = tuple(name for name in FIELD_NAMES if name not in NOT_OF_A_PERSON)
# What the register also chooses, for households and spells; not columns of `persons`.
CHOSEN_FIELDS = (*PERSON_FIELDS, "household_key", "registered_date")

# Fields whose chosen word is evidence of a day: that of its record goes with it.
DATED_FIELDS = ("registered_area", "usual_area", "status")
# What is kept beside each chosen value.
PROVENANCE = ("record", "rule", "agreeing", "differing")
DEAD = "dead"
RULES = ("agreed", "completeness", "authority", "agreement", "newest", "order", "only")

# At which bit of a score each part begins: list, day, lists that agree, authority, quality.
_DATE, _AGREEMENT, _AUTHORITY, _QUALITY = 6, 23, 29, 36
# At which bit `told` holds the lists that hold the field, those of them that differ, and the rule.
_DIFFER, _RULE = MOST_LISTS, 2 * MOST_LISTS
_HELD = (1 << MOST_LISTS) - 1


def chosen_values(
    wide: ir.Table,
    voices: Sequence[Voice],
    lists: Sequence[RegisterList],
    fields: Sequence[str],
    keep: Sequence[str],
    repeated: bool = False,
) -> ir.Table:
    """Per person the chosen value of every field, and where it comes from.

    Parameters
    ----------
    wide : as `voices.spread` gives
    lists : the lists in the order of their bits
    keep : further columns of `wide` to pass on
    repeated : whether `wide` has a record and a day for each field

    Returns
    -------
    One row per person: `keep`, and per field that any list holds the columns `<field>`,
    `<field>__record`, `<field>__told` (see `provenance`) and, for `DATED_FIELDS`, `<field>__day`
    (the record's reference date); null where no list holds the field.
    """
    held = {name for voice in voices for name in voice.fields}
    told = [_Told(name, voices, lists, repeated) for name in fields if name in held]
    for step in (_Told.disputes, _Told.scores, _Told.winner, _Told.word, _Told.masks):
        more = _columns_of(told, step, wide)
        wide = wide.mutate(**more) if more else wide
    return wide.select(*keep, **_columns_of(told, _Told.outcome, wide))


def _columns_of(
    told: Sequence[_Told], step: Callable[[_Told, ir.Table], dict[str, ir.Value]], wide: ir.Table
) -> dict[str, ir.Value]:
    return {name: value for one in told for name, value in step(one, wide).items()}


def completed(chosen: ir.Table, fields: Sequence[str]) -> ir.Table:
    """`chosen` with the columns of fields that no list holds, all null."""
    empty: dict[str, ir.Value] = {}
    for name in fields:
        if name not in chosen.columns:
            empty[name] = ibis.null("string")
            empty[f"{name}__record"] = ibis.null("int64")
            empty[f"{name}__told"] = ibis.null("int64")
            if name in DATED_FIELDS:
                empty[f"{name}__day"] = ibis.null("date")
    return chosen.mutate(**empty) if empty else chosen


def provenance(chosen: ir.Table, name: str) -> dict[str, ir.Value]:
    """Where a field's value comes from: record, rule (its place in `RULES`), and the lists that
    agree and that differ (masks)."""
    told = chosen[f"{name}__told"]
    differing = told >> _DIFFER & _HELD
    return {
        "record": chosen[f"{name}__record"],
        "rule": (told >> _RULE).cast("int8"),
        "agreeing": ((told & _HELD) - differing).cast("int32"),
        "differing": differing.cast("int32"),
    }


def overruled(told: ir.Value, by: ir.Value) -> ir.Value:
    """Of two `<field>__told`: the first field's, now that all lists that hold it are known to be wrong
    because of the value of the second."""
    agreeing = (by & _HELD) - (by >> _DIFFER & _HELD)
    held = told & _HELD
    return (held | agreeing) + (held << _DIFFER) + (RULES.index("completeness") << _RULE)


class _Told:
    """What the lists say of one field; each step gives the columns that the next one builds on."""

    def __init__(
        self, name: str, voices: Sequence[Voice], lists: Sequence[RegisterList], repeated: bool
    ) -> None:
        self.name, self.kind = name, FIELD[name].kind
        bits = {one.source: bit for bit, one in enumerate(lists)}
        self.sources = {bits[one.source]: one.source for one in voices if name in one.fields}
        self.authority = {bit: lists[bit].authority_of(name) for bit in self.sources}
        # Undisputed words come from the list with most authority, the first accepted on a tie.
        self.order = sorted(self.sources, key=lambda bit: (-self.authority[bit], bit))
        self.named = {"v": name, "r": "record_id", "d": "day", "k": "valid"}
        if repeated:
            self.named |= {"r": f"{name}_record", "d": f"{name}_day"}

    def _columns(self, wide: ir.Table, part: str) -> dict[int, ir.Value]:
        return {bit: wide[self._column(part, bit)] for bit in self.order}

    def _column(self, part: str, bit: int) -> str:
        """What a cell's column is called: value, record, day, validity (`vrdk`), or its score."""
        if part == "s":
            return f"{self.name}__s{bit}"
        return f"{self.named[part]}@{self.sources[bit]}"

    def _disputed(self, wide: ir.Table) -> ir.Value:
        return wide[f"{self.name}__disputed"]

    def disputes(self, wide: ir.Table) -> dict[str, ir.Value]:
        """Whether two lists hold different words."""
        values = list(self._columns(wide, "v").values())
        if len(values) < 2:
            return {}
        first = ibis.coalesce(*values[:-1])
        differs = reduce(or_, ((value != first).fill_null(False) for value in values[1:]))
        return {f"{self.name}__disputed": differs}

    def scores(self, wide: ir.Table) -> dict[str, ir.Value]:
        """Where words differ, the rule as one number per list: quality, authority, agreement, day."""
        if not self._rivals:
            return {}
        values, days = self._columns(wide, "v"), self._columns(wide, "d")
        columns: dict[str, ir.Value] = {}
        for bit, value in values.items():
            fixed = (MOST_LISTS - bit) + (self.authority[bit] << _AUTHORITY)
            score = (self._quality(wide, bit) << _QUALITY) + (days[bit] << _DATE) + fixed
            score = score + (self._agreement(bit, values) << _AGREEMENT)
            told = self._disputed(wide) & value.notnull()
            columns[self._column("s", bit)] = told.ifelse(score, -1)
        return columns

    def _quality(self, wide: ir.Table, bit: int) -> ir.Value:
        value = wide[self._column("v", bit)]
        if self.name == "id_number":
            return wide[self._column("k", bit)].cast("int64")
        if self.kind is Kind.DATE:
            return (value.length() // 4).cast("int64")  # 4, 7, 10 characters: 1, 1, 2
        if self.kind is Kind.AREA:
            depth = (value.length() >= 9).ifelse(2, 1)
            return value.re_search("^[0-9]+$").ifelse(depth, 0).cast("int64")
        if self.name == "status":
            return (value == DEAD).cast("int64")
        return ibis.literal(0, "int64")

    def _agreement(self, bit: int, values: Mapping[int, ir.Value]) -> ir.Value:
        rivals = [other for other, level in self.authority.items() if level == self.authority[bit]]
        if len(rivals) < 2:
            return ibis.literal(0, "int64")
        same = [self._agree(values[bit], values[other]) for other in values if other != bit]
        return _total([one.cast("int64") for one in same])

    def _agree(self, one: ir.Value, other: ir.Value) -> ir.Value:
        if self.kind in (Kind.DATE, Kind.AREA):
            return (one.startswith(other) | other.startswith(one)).fill_null(False)
        return (one == other).fill_null(False)

    def winner(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The bit of the list whose word is kept; null where none has one."""
        if not self._rivals:
            return {}
        values, scores = self._columns(wide, "v"), self._columns(wide, "s")
        plain = ibis.cases(*((value.notnull(), bit) for bit, value in values.items()))
        best = ibis.greatest(*scores.values())
        by_score = MOST_LISTS - (best & (1 << _DATE) - 1)
        return {
            f"{self.name}__best": self._disputed(wide).ifelse(best, -1),
            f"{self.name}__won": self._disputed(wide).ifelse(by_score, plain),
        }

    @property
    def _rivals(self) -> bool:
        return len(self.sources) > 1

    def word(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The value and the record of the list that won."""
        if not self._rivals:
            return {}
        won = wide[f"{self.name}__won"]
        parts = {"chosen": "v", "chosen_record": "r"}
        if self.name in DATED_FIELDS:
            parts["chosen_day"] = "d"
        return {
            f"{self.name}__{name}": won.cases(*self._columns(wide, part).items())
            for name, part in parts.items()
        }

    def outcome(self, wide: ir.Table) -> dict[str, ir.Value]:
        """The columns that `chosen_values` promises."""
        value, record_id, day = (f"{self.name}__chosen{end}" for end in ("", "_record", "_day"))
        if not self._rivals:
            value, record_id, day = (self._column(part, self.order[0]) for part in "vrd")
        chosen, record = wide[value], wide[record_id]
        told = chosen.notnull()
        columns = {
            self.name: chosen,
            f"{self.name}__record": told.ifelse(record, ibis.null()),
            f"{self.name}__told": told.ifelse(self._told(wide), ibis.null()),
        }
        if self.name in DATED_FIELDS:
            # A day and days are a timestamp to DuckDB, a day to Ibis, which drops a plain cast.
            days = told.ifelse(wide[day], ibis.null()).as_interval("D")
            columns[f"{self.name}__day"] = (
                (ibis.date(FIRST_DAY) + days).cast("timestamp").cast("date")
            )
        return columns

    def masks(self, wide: ir.Table) -> dict[str, ir.Value]:
        """Which lists hold the field, and which of them differ from the chosen word."""
        values = self._columns(wide, "v")
        held = _total([value.notnull().cast("int64") << bit for bit, value in values.items()])
        columns = {f"{self.name}__held": held}
        if self._rivals:
            chosen = wide[f"{self.name}__chosen"]
            differ = [
                self._differ(value, chosen).cast("int64") << bit for bit, value in values.items()
            ]
            columns[f"{self.name}__against"] = self._disputed(wide).ifelse(_total(differ), 0)
        return columns

    def _differ(self, one: ir.Value, other: ir.Value) -> ir.Value:
        if self.kind in (Kind.DATE, Kind.AREA):
            return ~(one.startswith(other) | other.startswith(one)).fill_null(True)
        return (one != other).fill_null(False)

    def _told(self, wide: ir.Table) -> ir.Value:
        held = wide[f"{self.name}__held"]
        only = RULES.index("only") << _RULE
        if not self._rivals:
            return held + only
        against = wide[f"{self.name}__against"]
        disputed = (against << _DIFFER) + (self._rule(wide, against) << _RULE)
        alone = (held & (held - 1)) == 0
        return held + self._disputed(wide).ifelse(disputed, alone.ifelse(only, 0))

    def _rule(self, wide: ir.Table, against: ir.Value) -> ir.Value:
        """Which step of the rule told the winner from the best of those that differ."""
        scores, best = self._columns(wide, "s"), wide[f"{self.name}__best"]
        rivals = [(against >> bit & 1 == 1).ifelse(score, -1) for bit, score in scores.items()]
        second = ibis.greatest(*rivals)
        steps = zip((_QUALITY, _AUTHORITY, _AGREEMENT, _DATE), RULES[1:5], strict=True)
        decided = [(best >> step > second >> step, RULES.index(rule)) for step, rule in steps]
        agreed = (against == 0, RULES.index("agreed"))
        return ibis.cases(agreed, *decided, else_=RULES.index("order")).cast("int64")


def certainty(chosen: ir.Table, name: str, list_count: int) -> ir.Value:
    """How certain a value is, in [0, 1]: the chance that its record is this person's, times
    (a + 1) / (a + d + 2) where a lists agree and d differ (Laplace's rule of succession).
    """
    parts = provenance(chosen, name)
    agreeing = mask_size(parts["agreeing"], list_count)
    differing = mask_size(parts["differing"], list_count)
    share = (agreeing + 1) / (agreeing + differing + 2)
    return (chosen.probability * share).round(4)


def mask_size(mask: ir.Value, list_count: int) -> ir.Value:
    """How many lists are in a mask."""
    return _total([mask >> bit & 1 for bit in range(list_count)])


def _total(numbers: Sequence[ir.Value]) -> ir.Value:
    return reduce(add, numbers)
