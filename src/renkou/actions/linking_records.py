"""Records made ready for a linkage: their features, and the dictionaries behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis.expr.types as ir

from renkou.actions.linking_run import Run
from renkou.engines.engine import lookup, row_count
from renkou.linkage import dictionaries, gazetteer
from renkou.linkage import features as feature_module

# Columns of records that linkage reads, beside compare_*.
READ = (
    *feature_module.NAME_COLUMNS,
    *feature_module.PART_COLUMNS,
    *feature_module.ADDRESS_COLUMNS,
    *feature_module.KIN_COLUMNS,
    *("id_number", "id_key", "birth_date", "sex", "phone", "postcode", "household_key"),
    *("registered_area", "usual_area"),
)


@dataclass(frozen=True)
class Prepared:
    """Records ready to be told in features, and the kept texts behind their numbers."""

    records: ir.Table  # with whole names
    present: set[str]  # columns of `records` that hold any value
    relatives: ir.Table | None
    # Dictionaries of names and addresses as written, that `features` reads and nothing else.
    written: tuple[ir.Table | None, ir.Table | None]
    names: ir.Table | None
    addresses: ir.Table | None

    @property
    def features(self) -> ir.Table:
        """Features of the records, not yet run."""
        names, addresses = self.written
        return feature_module.features(self.records, names, addresses, self.present)

    @property
    def identity(self) -> ir.Table:
        """The few features that tell whose a number is, not yet run."""
        few = self.present & {"name", "former_name", "birth_date", "sex", "id_key"}
        return feature_module.features(self.records, self.written[0], None, few)

    def only(self, run: Run, records: ir.Table) -> Prepared:
        """The same of some records, kept: record_id."""
        return replace(self, records=run.keep(self.records.semi_join(records, "record_id")))

    def but(self, records: ir.Table) -> Prepared:
        """The same of all records but some: record_id."""
        return replace(self, records=self.records.anti_join(records, "record_id"))

    def forget_written(self, run: Run) -> None:
        """Give back what only `features` reads."""
        run.engine.forget(*(one for one in self.written if one is not None))

    def with_texts(self, run: Run, table: ir.Table) -> ir.Table:
        """Kept: a kept `table` with the texts that comparisons read."""
        names, addresses = self.names, self.addresses
        if names is not None:
            names = run.keep(dictionaries.names_of(names, table))
        if addresses is not None:
            addresses = run.keep(dictionaries.addresses_of(addresses, table))
        made = run.keep(feature_module.with_texts(table, names, addresses))
        run.engine.forget(*(one for one in (names, addresses) if one is not None))
        return made


def present_columns(run: Run, table: ir.Table, columns: list[str]) -> set[str]:
    """Those of `columns` that hold any value, and the texts that hang on them."""
    counts = run.engine.arrow(table.agg(**{c: table[c].count() for c in columns})).to_pylist()[0]
    return feature_module.columns_in_use(counts)


def prepare(run: Run, records: ir.Table) -> Prepared:
    """Features of all records; names and addresses are worked out once per distinct text."""
    keep = run.keep
    usable = [c for c in records.columns if c in READ or c.startswith("compare_")]
    present = present_columns(run, records, usable)
    whole = feature_module.with_whole_names(records, present)
    if {"given_name", "surname"} & present:
        present |= {"name"}
    names = addresses = None
    if named := [c for c in feature_module.NAME_COLUMNS if c in present]:
        values = dictionaries.written_values(whole, named)
        looked_up = lookup(run.engine, values.value, dictionaries.name_functions())
        names = keep(dictionaries.names(looked_up))
        run.engine.forget(looked_up)
    if placed := [c for c in feature_module.ADDRESS_COLUMNS if c in present]:
        values = keep(dictionaries.written_values(whole, placed).distinct())
        addresses = _with_areas(run, keep(dictionaries.addresses(values)), records, present)
    return Prepared(
        whole,
        present,
        feature_module.relatives(records, present),
        (names, addresses),
        keep(dictionaries.once_each(names, "name_id")) if names is not None else None,
        keep(dictionaries.once_each(addresses, "address_id")) if addresses is not None else None,
    )


def _with_areas(run: Run, addresses: ir.Table, records: ir.Table, present: set[str]) -> ir.Table:
    """Kept addresses with the area codes learned for them."""
    told = gazetteer.witnesses(records, addresses, present, row_count(run.engine, records))
    kept = [] if told is None else [run.keep(told)]
    known = run.keep(gazetteer.with_areas(addresses, *kept))
    run.engine.forget(addresses, *kept)
    return known
