"""The edition before, as the next one uses it: unchanged people and files, and people to carry on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from renkou.engines import editions as files
from renkou.engines.editions import WrittenFile
from renkou.engines.engine import Engine
from renkou.register import continuity
from renkou.register import persons as people


@dataclass(frozen=True)
class Before:
    """The previous edition, and whether what did not change may be taken over from it."""

    engine: Engine
    folder: Path
    manifest: Mapping[str, Any]
    reusable: bool

    def table(self, name: str) -> ir.Table:
        """A table of all counties."""
        return self.engine.read(*sorted((self.folder / name).glob("*.parquet")))

    def table_if_any(self, name: str) -> ir.Table | None:
        """The same; None where it has no rows."""
        return self.table(name) if any((self.folder / name).glob("*.parquet")) else None

    def part(self, name: str, part: str) -> ir.Table | None:
        """One county's rows of a table; None where it has none."""
        path = self.folder / files.part_path(name, part)
        return self.engine.read(path) if path.exists() else None

    def deliveries(self) -> set[tuple[str, str]]:
        """Source and id of every delivery that it has records of."""
        told = self.manifest["inputs"]["deliveries"]
        return {(one["source"], one["delivery"]) for one in told}

    def parts(self) -> list[str]:
        """The counties that it has persons of."""
        names = self.manifest["tables"]["persons"]["files"]
        return [files.part_of_path(name) for name in names]

    def file(self, path: str) -> WrittenFile | None:
        """What the manifest says of a file."""
        for table in self.manifest["tables"].values():
            if path in table["files"]:
                return WrittenFile(**table["files"][path])
        return None


@dataclass(frozen=True)
class Continuity:
    """Who is taken over, who worked out anew: tables of person_id (`changed` None: everyone anew)."""

    before: Before | None
    changed: ir.Table | None
    carried: ir.Table | None  # person_id, part
    as_of: datetime.date

    def work_on(self, base: ir.Table) -> ir.Table:
        """Those of `base` that must be worked out anew."""
        return base if self.changed is None else base.semi_join(self.changed, "person_id")

    def parts_untouched(self, engine: Engine, base: ir.Table) -> set[str]:
        """Counties of which nobody changed, came or went."""
        if self.changed is None or self.before is None or self.carried is None:
            return set()
        old = parts_of(self.before.table("values"))
        touched = ibis.union(
            base.semi_join(self.changed, "person_id").select("part"),
            old.semi_join(self.changed, "person_id").select("part"),
            self.carried.semi_join(self.changed, "person_id").select("part"),
        ).distinct()
        all_parts = ibis.union(base.select("part"), old.select("part")).distinct()
        return set(engine.arrow(all_parts.anti_join(touched, "part"))["part"].to_pylist())

    def taken_over(self, name: str, part: str) -> list[ir.Table]:
        """Rows of a county that come from the edition before: the unchanged, and the carried."""
        rows = self.before.part(name, part) if self.before else None
        if rows is None or self.carried is None:
            return []
        found = []
        if self.changed is not None:
            found.append(rows.anti_join(self.changed, "person_id"))
            rows = rows.semi_join(self.changed, "person_id")
        if name in ("persons", "values", "spells", "events"):
            found.append(self._carried(name, rows.semi_join(self.carried, "person_id")))
        return found

    def _carried(self, name: str, rows: ir.Table) -> ir.Table:
        if name == "persons":
            return continuity.carried_persons(rows)
        return continuity.carried_spells(rows, self.as_of) if name == "spells" else rows


def parts_of(values: ir.Table) -> ir.Table:
    """person_id, part: the county whose file held each person."""
    part = people.part_of(values.registered_area_value, values.usual_area_value)
    return values.select("person_id", part=part)


def continuity_with(
    engine: Engine,
    before: Before | None,
    as_of: datetime.date,
    links: ir.Table,
    base: ir.Table,
    lineage: ir.Table,
) -> Continuity:
    """What the next edition takes over from the one before."""
    if before is None:
        return Continuity(None, None, None, as_of)
    values = before.table("values")
    gone = continuity.carried_people(values, base, lineage)
    carried = engine.keep(parts_of(values).semi_join(gone, "person_id"))
    if not before.reusable:
        return Continuity(before, None, carried, as_of)
    differing = continuity.changed_people(before.table("links"), links)
    moved = continuity.moved_home(before.table("persons"), base)
    changed = engine.keep(ibis.union(differing, moved).distinct())
    return Continuity(before, changed, carried, as_of)
