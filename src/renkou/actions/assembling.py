"""From records and links to the files of an edition: the register's expressions, run county by county.

A narrow first pass over everyone finds each person's county and household; a wide second pass then
works on groups of counties small enough for memory, and writes each county's rows. Nothing here
knows about workspaces, locks or manifests.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import ibis
import ibis.expr.types as ir

from renkou.actions.choosing import Choosing, voices_of
from renkou.actions.continuing import Before, Continuity, continuity_with
from renkou.core.progress import Progress, silent
from renkou.engines import editions as files
from renkou.engines.editions import WrittenFile
from renkou.engines.engine import Engine, row_count
from renkou.register import events, reconciliation, residence, spells, survivorship, voices
from renkou.register import households as homes
from renkou.register import persons as people
from renkou.register.lists import RegisterList
from renkou.register.survivorship import CHOSEN_FIELDS
from renkou.register.voices import Voice

# Fields that the first pass chooses, because county and household hang on them.
BASE_FIELDS = ("registered_area", "usual_area", "household_key")
WIDE_FIELDS = tuple(name for name in CHOSEN_FIELDS if name not in BASE_FIELDS)
# Persons worked on at once: the wide pass takes about 3 kB of memory for each.
PERSONS_AT_ONCE = 600_000
# Records that are copied out of the lists, so that these are not read once for each group and list.
_FEW_RECORDS = 1_000_000

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
    # Files are digested beside the writing of the next.
    aside: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, max_workers=1))
    waiting: list[tuple[str, str, Future[WrittenFile]]] = field(default_factory=list)

    @property
    def sources(self) -> list[str]:
        """The lists in the order of their bits."""
        return [one.source for one in self.lists]

    def read(self, table: str) -> ir.Table:
        """What has been written of a table, of all counties."""
        self.settle()
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
        self.written.setdefault(table, {})
        if count:
            self.waiting.append((table, part, self.aside.submit(files.described, path)))
        else:
            path.unlink()
        return count

    def settle(self) -> None:
        """Wait until all that was written is described; what came out as before is one file."""
        while self.waiting:
            table, part, described = self.waiting.pop()
            name = files.part_path(table, part)
            self.written[table][name] = described.result()
            if self.before and self.before.file(name) == self.written[table][name]:
                self.reuse(table, part)

    def reuse(self, table: str, part: str) -> None:
        """Let a county's rows be the file of the edition before."""
        name = files.part_path(table, part)
        old = self.before.file(name) if self.before else None
        if self.before and old:
            files.reuse(self.before.folder / name, self.folder / name)
            self.written.setdefault(table, {})[name] = old


def assemble(work: Assembly, lineage: ir.Table) -> None:
    """Write all tables that are made of persons."""
    with work.engine.in_any_order():
        _assemble(work, lineage)


def _assemble(work: Assembly, lineage: ir.Table) -> None:
    with work.stage("确定区域与户") as stage:
        person_of = work.engine.keep(_person_of(work))
        repeaters = work.engine.keep(voices.repeaters(person_of))
        said = voices_of(work.engine, work.records, CHOSEN_FIELDS)
        base = _base(work, person_of, repeaters, said)
        stage.rows = row_count(work.engine, base)
    with work.stage("写入户") as stage:
        stage.rows = _write_households(work, base)
    with work.stage("与上一版本比较") as stage:
        kept = continuity_with(work.engine, work.before, work.as_of, person_of, base, lineage)
        parts = _parts_to_write(work, kept, base)
        stage.rows = sum(parts.values())
    with work.stage("选定各项取值") as stage:
        records = _records_of(work, kept, person_of)
        choosing = _choosing(work, records, said, base)
        twice = choosing.twice(*_theirs(repeaters, kept.work_on(base), person_of))
        stage.rows = row_count(work.engine, twice)
    writing = _Writing(work, kept, person_of, base, repeaters, twice, choosing)
    for group in groups_of_parts(parts, PERSONS_AT_ONCE):
        writing.write(group)
    work.engine.forget(twice, repeaters, base)
    if records is not work.records:
        work.engine.forget(records)
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
    return voices.numbered_links(work.links.inner_join(told, "record_id"))


def _base(
    work: Assembly, person_of: ir.Table, repeaters: ir.Table, said: Sequence[Voice]
) -> ir.Table:
    """Everyone with what decides their county and their household."""
    everyone = work.engine.keep(people.membership(person_of, work.sources))
    finish = partial(survivorship.completed, fields=BASE_FIELDS)
    choosing = Choosing(
        work.engine, "base", work.records, work.lists, said, BASE_FIELDS, everyone.columns, finish
    )
    found = [
        choosing.once(everyone.anti_join(repeaters, "person_id"), person_of),
        choosing.twice(*_theirs(repeaters, everyone, person_of)),
    ]
    chosen = ibis.union(*found)
    homes_of = homes.household_ids(chosen)
    joined = chosen.left_join(homes_of, "person_id").drop("person_id_right")
    at_home = work.records.select(
        household_key__record="record_id",
        relationship_at_home="relationship",
        address_at_home=ibis.coalesce(work.records.registered_address, work.records.usual_address),
    )
    joined = joined.left_join(at_home, "household_key__record").drop("household_key__record_right")
    parted = joined.mutate(part=people.part_of(joined.registered_area, joined.usual_area))
    base = work.engine.keep(parted)
    work.engine.forget(everyone, *found)
    return base


def _theirs(people: ir.Table, *tables: ir.Table) -> list[ir.Table]:
    return [table.semi_join(people, "person_id") for table in tables]


def _records_of(work: Assembly, kept: Continuity, person_of: ir.Table) -> ir.Table:
    """The records of those who are worked out anew, kept where they are few among all."""
    if kept.changed is None:
        return work.records
    theirs = person_of.semi_join(kept.changed, "person_id")
    few = row_count(work.engine, theirs) <= _FEW_RECORDS
    return work.engine.keep(work.records.semi_join(theirs, "record_id")) if few else work.records


def _choosing(work: Assembly, records: ir.Table, said: Sequence[Voice], base: ir.Table) -> Choosing:
    """Chooses all other fields, and decides residence."""

    def finish(words: ir.Table) -> ir.Table:
        return residence.with_residence(survivorship.completed(words, CHOSEN_FIELDS))

    return Choosing(
        work.engine, "wide", records, work.lists, said, WIDE_FIELDS, base.columns, finish
    )


def _parts(engine: Engine, base: ir.Table) -> dict[str, int]:
    counts = engine.arrow(base.group_by("part").agg(n=base.count())).to_pylist()
    return {row["part"]: row["n"] for row in counts}


def _write_households(work: Assembly, base: ir.Table) -> int:
    members = base.filter(base.household_id.notnull())
    found = homes.households(members)
    kept = work.engine.keep(
        found.mutate(part=people.part_of(found.registered_area, ibis.null("string")))
    )
    count = _write_by_county(work, "households", kept)
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


@dataclass
class _Writing:
    """Writes the tables of persons, group after group of counties."""

    work: Assembly
    kept: Continuity
    person_of: ir.Table
    base: ir.Table
    repeaters: ir.Table
    twice: ir.Table
    choosing: Choosing
    tables: dict[str, ir.Table] = field(default_factory=dict)

    def write(self, group: Sequence[str]) -> None:
        """Work out the people of a group of counties and write their rows."""
        work, engine = self.work, self.work.engine
        with work.stage("选定各项取值") as stage:
            mine = self.base.filter(self.base.part.isin(group))
            here = engine.keep(self.kept.work_on(mine))
            links = self.person_of.inner_join(here.select("person_id", "part"), "person_id")
            theirs = engine.keep(links)
            once = self.choosing.once(here.anti_join(self.repeaters, "person_id"), theirs)
            stage.rows = row_count(engine, once)
        with work.stage("写入版本") as stage:
            words = ibis.union(once, self.twice.filter(self.twice.part.isin(group)))
            stage.rows = self._write_tables(group, words, theirs)
        engine.forget(here, theirs, once)

    def _write_tables(self, group: Sequence[str], words: ir.Table, links: ir.Table) -> int:
        chosen = self.work.engine.bind("chosen_here", words)
        placed = self.work.engine.bind("placed_links", links)
        self.tables = self.tables or self._tables_of(chosen, placed)
        count = 0
        for done, (name, rows) in enumerate(self.tables.items(), 1):
            for part in group:
                new = rows.filter(rows.part == part).drop("part")
                old = [table.select(*new.columns) for table in self.kept.taken_over(name, part)]
                count += self.work.write(name, part, ibis.union(new, *old) if old else new)
            self.work.progress("写入版本", done, len(self.tables))
        return count

    def _tables_of(self, chosen: ir.Table, links: ir.Table) -> dict[str, ir.Table]:
        """The tables of a group, as views: each is translated once."""
        also = ("part",)
        tables = {
            "persons": people.persons(chosen, also),
            "values": people.values(chosen, also),
            "spells": spells.spells(chosen, also),
            "events": events.events(chosen, len(self.work.lists), also),
            "links": links.drop("ordinal"),
        }
        return {name: self.work.engine.view(rows) for name, rows in tables.items()}


def _write_reconciliation(work: Assembly, person_of: ir.Table) -> int:
    engine = work.engine
    compared = engine.keep(reconciliation.compared_people(work.read("persons")))
    repeats = engine.keep(reconciliation.repeated(person_of))
    expected = engine.keep(reconciliation.expected_lists(compared, len(work.lists)))
    differing = engine.keep(reconciliation.differing_cells(work.read("values"), compared))
    cases = reconciliation.cases(compared, differing, repeats, expected, work.sources)
    found = engine.keep(cases.mutate(part=people.part_of(cases.area, ibis.null("string"))))
    count = _write_by_county(work, "reconciliation_cases", found)
    work.write(
        "reconciliation", "all", reconciliation.reconciliation(compared, person_of, repeats, found)
    )
    engine.forget(compared, repeats, expected, differing, found)
    return count


def _write_by_county(work: Assembly, table: str, rows: ir.Table) -> int:
    """Write rows that have a `part`, a file for each county."""
    return sum(
        work.write(table, part, rows.filter(rows.part == part).drop("part"))
        for part in sorted(_parts(work.engine, rows))
    )
