"""Count an edition: populations and events by area, month, sex and age, with the keys of the counted."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renkou.actions.edition_tables import SealedEdition
from renkou.core.areas import LEVEL_DIGITS, Area
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.core.tallies import Tally
from renkou.demography.indicators import tabulated
from renkou.demography.indicators.cells import Tabulation
from renkou.demography.indicators.tabulated import Areas, Rows
from renkou.disclosure.record_keys import record_keys
from renkou.engines.engine import Engine
from renkou.register import registration, tabulation
from renkou.register.tabulation import Window

MANY_IDS = 500_000
_STAGES = ("人员密钥", "常住人口", "户籍人口", "出生、死亡与迁移", "登记情况")
_EVENTS = {
    ("usual", "birth"): "births",
    ("usual", "death"): "deaths",
    ("usual", "move_in"): "moves_in",
    ("usual", "move_out"): "moves_out",
    ("usual", "marriage"): "marriages",
}


@dataclass(frozen=True)
class CountedEdition:
    """What statistics need of an edition.

    counts : populations and events with keys
    histories : living usual residents by area, sex, birth year and mask of lists
    births, deaths : by month and the lists that know of them
    lists : source ids in the order of their bits
    """

    counts: Tabulation
    histories: pa.Table
    births: pa.Table
    deaths: pa.Table
    lists: tuple[str, ...]


def counted_edition(
    edition: SealedEdition,
    areas: Sequence[Area],
    window: Window,
    secret: bytes,
    progress: Progress = silent,
) -> CountedEdition:
    """The counts of an edition for the months of a window."""
    engine = edition.engine

    def stage(number: int) -> None:
        progress(f"统计：{_STAGES[number]}", number, len(_STAGES))

    stage(0)
    persons, spells, events, values = (
        _required(edition, name) for name in ("persons", "spells", "events", "values")
    )
    keys = _keys(edition, persons, secret)
    people = engine.keep(tabulation.people_counted(persons, keys))
    places = _Places.of([one for one in areas if _existed(one, window)])
    stage(1)
    stays = tabulation.usual_residents(spells, people, places.districts)
    usual = engine.arrow(tabulation.population_changes(stays, window, "apart", "floating"))
    stage(2)
    registrations = tabulation.registered_people(spells, people)
    registered = engine.arrow(tabulation.population_changes(registrations, window))
    stage(3)
    counted = engine.arrow(
        tabulation.event_counts(events, spells, persons, people, window, engine.keep)
    )
    stage(4)
    births = engine.arrow(registration.birth_registrations(events, persons, values, keys, window))
    with ThreadPoolExecutor(1) as beside:  # arrays are made while the engine goes on counting
        made = beside.submit(_tabulated, places, window, usual, registered, counted, births)
        by_lists = _by_lists(engine, events, persons, values, keys, window)
        result = CountedEdition(made.result(), *by_lists, _sources(edition))
    progress(f"统计：{_STAGES[-1]}", len(_STAGES), len(_STAGES))
    return result


def _by_lists(
    engine: Engine,
    events: ir.Table,
    persons: ir.Table,
    values: ir.Table,
    keys: ir.Table,
    window: Window,
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """People, births and deaths by the lists that hold them."""
    return (
        engine.arrow(registration.capture_histories(persons)),
        engine.arrow(registration.births_by_lists(events, persons, keys, window)),
        engine.arrow(registration.deaths_by_lists(events, persons, values, keys, window)),
    )


def _sources(edition: SealedEdition) -> tuple[str, ...]:
    """The lists of an edition in the order of their bits."""
    return tuple(one["source"] for one in edition.manifest["settings"]["lists"])


def _keys(edition: SealedEdition, persons: ir.Table, secret: bytes) -> ir.Table:
    ids = edition.engine.arrow(persons.select("person_id"))["person_id"].to_numpy()
    keys = _record_keys(secret, ids).astype(np.int64)
    return edition.engine.table(pa.table({"person_id": ids, "key": keys}))


def _record_keys(secret: bytes, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Record keys; of many, half in a process of its own, since hashing holds Python's lock."""
    if len(ids) < MANY_IDS:
        return record_keys(secret, ids)
    first, second = np.array_split(ids, 2)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        promised = other.submit(record_keys, secret, second)
        return np.concatenate([record_keys(secret, first), promised.result()])


def _tabulated(
    places: _Places,
    window: Window,
    usual: pa.Table,
    registered: pa.Table,
    events: pa.Table,
    births: pa.Table,
) -> Tabulation:
    """Rows of counts as arrays by area, month, sex and age."""
    stocks = {"registered": places.stock(registered, window)}
    for name, column in (("usual", "count"), ("apart", "apart"), ("floating", "floating")):
        stocks[name] = places.stock(usual, window, column)
    return Tabulation(
        places.areas, window.opening, window.last, stocks,
        {name: places.events(events, base, kind, window) for (base, kind), name in _EVENTS.items()},
        places.punctuality(births, window),
        {"usual": places.villages(usual, window), "registered": places.villages(registered, window)},
    )  # fmt: skip


def _required(edition: SealedEdition, name: str) -> ir.Table:
    found = edition.table(name)
    if found is None:
        raise UsageError(
            f"edition {edition.id}: has no {name}, so there is nothing to count; add lists and build again",
            zh=f"版本 {edition.id}：没有 {name} 表，无可统计；请添加名册后重新编制版本",
        )
    return found


def _existed(area: Area, window: Window) -> bool:
    """Whether an area was there at any time of the window; its people are counted in its successor."""
    year, month = divmod(window.opening + 1, 12)
    return not area.valid_to or area.valid_to > f"{year}-{month + 1:02}-01"


@dataclass(frozen=True)
class _Places:
    """The office's areas, as rows of counts are placed in them."""

    areas: Areas
    of_villages: Areas
    districts: tuple[str, ...]

    @classmethod
    def of(cls, areas: Sequence[Area]) -> _Places:
        """Down to townships, and villages by themselves; districts are counties called 区."""
        longest = LEVEL_DIGITS["township"]
        codes = [one.code for one in areas if one.level != "province" and len(one.code) <= longest]
        villages = [one.code for one in areas if one.level == "village"]
        districts = [one.code for one in areas if one.level == "county" and one.name.endswith("区")]
        return cls(
            tabulated.areas_of(sorted(set(codes))),
            tabulated.apart(sorted(set(villages))),
            tuple(districts),
        )

    def stock(self, rows: pa.Table, window: Window, column: str = "count") -> Tally:
        """A population from the changes of `column`."""
        read = _rows(rows, self.areas, "birth_month", column)
        return tabulated.populations_by_month(read, self.areas, *window)

    def villages(self, rows: pa.Table, window: Window) -> tuple[tuple[str, ...], Tally]:
        """Villages and their people."""
        read = _rows(rows, self.of_villages, "birth_month", "count")
        totals = tabulated.totals_by_month(read, self.of_villages, *window)
        return self.of_villages.codes, totals

    def events(self, rows: pa.Table, base: str, kind: str, window: Window) -> Tally:
        """Events of one kind."""
        wanted = pc.and_(pc.equal(rows["base"], base), pc.equal(rows["kind"], kind))
        read = _rows(rows.filter(wanted), self.areas, "age", "count")
        return tabulated.events_by_month(read, self.areas, *window)

    def punctuality(self, rows: pa.Table, window: Window) -> Tally:
        """Births by whether they were registered in time."""
        late = pc.cast(pc.invert(rows["timely"]), pa.int32())
        read = _rows(rows.append_column("late", late), self.areas, "late", "count")
        return tabulated.punctuality_by_month(read, self.areas, *window)


def _rows(rows: pa.Table, areas: Areas, age: str, count: str) -> Rows:
    """Columns of an engine as numbers; `count` names the counts, and with `_key` their keys."""
    key = "key" if count == "count" else f"{count}_key"
    sexes = (
        _numbered(rows["sex"], tabulated.sex_numbers, tabulated.UNKNOWN_SEX)
        if "sex" in rows.column_names
        else np.full(rows.num_rows, tabulated.UNKNOWN_SEX)
    )
    return Rows(
        unit=_numbered(rows["area"], areas.unit_numbers, -1),
        month=_whole(rows["month"]),
        sex=sexes,
        age=_whole(rows[age]),
        count=_whole(rows[count]),
        key=_whole(rows[key]),
    )


def _whole(column: pa.ChunkedArray) -> tabulated.Ints:
    return pc.cast(pc.fill_null(column, -1), pa.int64()).to_numpy()


def _numbered(
    column: pa.ChunkedArray, number: Callable[[Sequence[str | None]], tabulated.Ints], missing: int
) -> tabulated.Ints:
    """Texts as numbers, each distinct text looked at once."""
    if not len(column):
        return np.empty(0, np.int64)
    coded = column.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    numbers = np.append(number(coded.dictionary.to_pylist()), missing)
    return numbers[coded.indices.fill_null(len(numbers) - 1).to_numpy(zero_copy_only=False)]
