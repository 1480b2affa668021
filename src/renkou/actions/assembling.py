"""From records and links to the files of an edition: the register's expressions, run county by county.

A narrow first pass over everyone finds each person's county and household; a wide second pass then
works on groups of counties small enough for memory, and writes each county's rows. Nothing here
knows about workspaces, locks or manifests.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import ibis.expr.types as ir

from renkou.actions.continuing import Before, Continuity, continuity_with
from renkou.core.progress import Progress, silent
from renkou.engines import editions as files
from renkou.engines.editions import WrittenFile
from renkou.engines.engine import Engine
from renkou.register import events, reconciliation, residence, spells, survivorship
from renkou.register import households as homes
from renkou.register import persons as people
from renkou.register.lists import RegisterList
from renkou.register.survivorship import CHOSEN_FIELDS, Voice

# Fields that the first pass chooses, because county and household hang on them.
BASE_FIELDS = ("registered_area", "usual_area", "household_key")
WIDE_FIELDS = tuple(name for name in CHOSEN_FIELDS if name not in BASE_FIELDS)
# Persons worked on at once: the wide pass takes about 3 kB of memory for each.
PERSONS_AT_ONCE = 600_000

KEYS: Mapping[str, tuple[str, ...]] = {
    "persons": ("person_id",),
    "values": ("person_id",),
    "households": ("household_id",),
    "links": ("record_id",),
    "spells": ("person_id", "kind", "valid_from"),
    "events": ("person_id", "kind", "event_date"),
    "reconciliation": ("area", "source", "kind", "field"),
    "reconciliation_cases": ("area", "source", "kind", "person_id", "field"),
    "lineage": ("old_person_id", "new_person_id"),
    "review_pairs": ("record_id_l", "record_id_r"),
    "decisions": ("record_id_l", "record_id_r"),
}


# Tables of which each county's rows hang on nothing but its own people.
OF_PERSONS = ("persons", "values", "spells", "events", "links")


@dataclass
class Stage:
    """What one stage of a build took."""

    name: str
    seconds: float
    rows: int | None = None


@dataclass
class Assembly:
    """An edition in the making: what it is made from, and what has been written."""

    engine: Engine
    folder: Path
    records: ir.Table
    links: ir.Table
    lists: Sequence[RegisterList]
    as_of: datetime.date
    before: Before | None = None
    progress: Progress = silent
    stages: list[Stage] = field(default_factory=list)
    written: dict[str, dict[str, WrittenFile]] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """The lists in the order of their bits."""
        return [one.source for one in self.lists]

    def read(self, table: str) -> ir.Table:
        """What has been written of a table, of all counties."""
        return self.engine.read(*(self.folder / path for path in self.written[table]))

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time a stage and tell of it."""
        self.progress(name, 0, None)
        begun, one = time.perf_counter(), Stage(name, 0.0)
        yield one
        one.seconds = round(time.perf_counter() - begun, 3)
        self.stages.append(one)

    def write(self, table: str, part: str, rows: ir.Table) -> int:
        """Write one county's rows of a table, sorted by its key; none are no file."""
        path = self.folder / files.part_path(table, part)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        count = self.engine.write(rows, path, sort_by=KEYS[table])
        of_table = self.written.setdefault(table, {})
        if not count:
            path.unlink()
            return 0
        name = files.part_path(table, part)
        of_table[name] = files.described(path)
        old = self.before.file(name) if self.before else None
        if old == of_table[name]:
            self.reuse(table, part)
        return count

    def reuse(self, table: str, part: str) -> None:
        """Let a county's rows be the file of the edition before."""
        name = files.part_path(table, part)
        old = self.before.file(name) if self.before else None
        if self.before and old:
            files.reuse(self.before.folder / name, self.folder / name)
            self.written.setdefault(table, {})[name] = old


def assemble(work: Assembly, lineage: ir.Table) -> None:
    """Write all tables that are made of persons."""
    with work.stage("确定区域与户") as stage:
        person_of = work.engine.keep(_person_of(work))
        base = work.engine.keep(_base(work, person_of))
        stage.rows = _count(work.engine, base)
    with work.stage("写户") as stage:
        stage.rows = _write_households(work, base)
    with work.stage("比较上一版本") as stage:
        kept = continuity_with(work.engine, work.before, work.as_of, person_of, base, lineage)
        parts = _parts_to_write(work, kept, base)
        stage.rows = sum(parts.values())
    for group in groups_of_parts(parts, PERSONS_AT_ONCE):
        _write_group(work, kept, person_of, base, group)
    work.engine.forget(base)
    with work.stage("核对各名册") as stage:
        stage.rows = _write_reconciliation(work, person_of)
    work.engine.forget(person_of)


def groups_of_parts(parts: Mapping[str, int], most: int) -> list[list[str]]:
    """Counties in order, in groups of at most `most` persons (a larger county stands alone).

    >>> groups_of_parts({"a": 5, "b": 4, "c": 3, "d": 20}, 9)
    [['a', 'b'], ['c'], ['d']]
    """
    groups: list[list[str]] = []
    room = 0
    for part in sorted(parts):
        if not groups or parts[part] > room:
            groups.append([])
            room = most
        groups[-1].append(part)
        room -= parts[part]
    return groups


def _person_of(work: Assembly) -> ir.Table:
    """Whose each record is, with what the register must know of every record."""
    told = work.records.select("record_id", "source", "delivery", "reference_date")
    return survivorship.numbered_links(work.links.inner_join(told, "record_id"))


def _chosen(
    work: Assembly,
    person_of: ir.Table,
    everyone: ir.Table,
    fields: Sequence[str],
    keep: Sequence[str],
) -> ir.Table:
    """`everyone` (a row per person) with their chosen values; run once, kept."""
    engine = work.engine
    numbered = engine.keep(survivorship.numbered_records(work.records, person_of, fields))
    voices = _voices(engine, numbered, fields)
    wide = survivorship.spread(everyone, numbered, voices)
    chosen = engine.keep(survivorship.chosen_values(wide, voices, work.lists, fields, keep))
    engine.forget(numbered)
    return chosen


def _voices(engine: Engine, numbered: ir.Table, fields: Sequence[str]) -> list[Voice]:
    counts = engine.arrow(survivorship.voices_present(numbered, fields)).to_pylist()
    return [
        Voice(row["source"], row["ordinal"], tuple(name for name in fields if row[name]))
        for row in sorted(counts, key=lambda row: (row["source"], row["ordinal"]))
    ]


def _base(work: Assembly, person_of: ir.Table) -> ir.Table:
    everyone = people.membership(person_of, work.sources)
    chosen = _chosen(work, person_of, everyone, BASE_FIELDS, everyone.columns)
    chosen = survivorship.completed(chosen, BASE_FIELDS)
    homes_of = homes.household_ids(chosen)
    joined = chosen.left_join(homes_of, "person_id").drop("person_id_right")
    at_home = work.records.select(
        household_key__record="record_id",
        relationship_at_home="relationship",
        address_at_home=ibis.coalesce(work.records.registered_address, work.records.usual_address),
    )
    joined = joined.left_join(at_home, "household_key__record").drop("household_key__record_right")
    return joined.mutate(part=people.part_of(joined.registered_area, joined.usual_area))


def _parts(engine: Engine, base: ir.Table) -> dict[str, int]:
    counts = engine.arrow(base.group_by("part").agg(n=base.count())).to_pylist()
    return {row["part"]: row["n"] for row in counts}


def _write_households(work: Assembly, base: ir.Table) -> int:
    members = base.filter(base.household_id.notnull())
    found = homes.households(members)
    kept = work.engine.keep(
        found.mutate(part=people.part_of(found.registered_area, ibis.null("string")))
    )
    count = 0
    for part in sorted(_parts(work.engine, kept)):
        count += work.write("households", part, kept.filter(kept.part == part).drop("part"))
    work.engine.forget(kept)
    return count


def _parts_to_write(work: Assembly, kept: Continuity, base: ir.Table) -> dict[str, int]:
    """How many persons to work out in each county; those without any are taken over as files."""
    parts = _parts(work.engine, kept.work_on(base))
    untouched = kept.parts_untouched(work.engine, base)
    for part in untouched:
        for table in OF_PERSONS:
            work.reuse(table, part)
    others = dict.fromkeys(_parts(work.engine, base), 0)
    if kept.carried is not None:
        others |= dict.fromkeys(_parts(work.engine, kept.carried), 0)
    if kept.before is not None:
        # A county all of whose people moved away keeps those who are carried on, or no file.
        others |= dict.fromkeys(kept.before.parts(), 0)
    return {part: parts.get(part, 0) for part in others if part not in untouched}


def _write_group(
    work: Assembly, kept: Continuity, person_of: ir.Table, base: ir.Table, group: Sequence[str]
) -> None:
    engine = work.engine
    with work.stage("选定各项取值") as stage:
        here = engine.keep(kept.work_on(base.filter(base.part.isin(group))))
        mine = engine.keep(person_of.inner_join(here.select("person_id", "part"), "person_id"))
        words = _chosen(work, mine, here, WIDE_FIELDS, here.columns)
        engine.forget(here)
        stage.rows = _count(engine, words)
    # A view: residence is cheap to work out again, and a copy of all columns is not.
    completed = survivorship.completed(words, CHOSEN_FIELDS)
    chosen = engine.view(residence.with_residence(completed))
    also = ("part",)
    tables = {
        "persons": people.persons(chosen, also),
        "values": people.values(chosen, also),
        "spells": spells.spells(chosen, also),
        "events": events.events(chosen, len(work.lists), also),
        "links": mine.drop("ordinal"),
    }
    with work.stage("写入版本") as stage:
        stage.rows = 0
        for done, (name, rows) in enumerate(tables.items(), 1):
            placed = engine.view(rows)
            for part in group:
                new = placed.filter(placed.part == part).drop("part")
                old = [table.select(*new.columns) for table in kept.taken_over(name, part)]
                stage.rows += work.write(name, part, ibis.union(new, *old) if old else new)
            work.progress("写入版本", done, len(tables))
    engine.forget(words, mine)


def _write_reconciliation(work: Assembly, person_of: ir.Table) -> int:
    engine = work.engine
    compared = engine.keep(reconciliation.compared_people(work.read("persons")))
    repeats = engine.keep(reconciliation.repeated(person_of))
    expected = engine.keep(reconciliation.expected_lists(compared, len(work.lists)))
    differing = engine.keep(reconciliation.differing_cells(work.read("values"), compared))
    found = engine.keep(reconciliation.cases(compared, differing, repeats, expected, work.sources))
    count = _write_by_county(work, "reconciliation_cases", found)
    work.write(
        "reconciliation", "all", reconciliation.reconciliation(compared, person_of, repeats, found)
    )
    engine.forget(compared, repeats, expected, differing, found)
    return count


def _write_by_county(work: Assembly, table: str, rows: ir.Table) -> int:
    """Write rows that have an `area`, a file for each county."""
    parted = rows.mutate(part=people.part_of(rows.area, ibis.null("string")))
    count = 0
    for part in sorted(_parts(work.engine, parted)):
        count += work.write(table, part, parted.filter(parted.part == part).drop("part"))
    return count


def _count(engine: Engine, table: ir.Table) -> int:
    return int(engine.arrow(table.count().name("n").as_table())["n"][0].as_py())
