"""How right the links are, counted against a known truth. Pure (Ibis expressions).

Pairs are counted from the sizes of groups, n(n-1)/2 of each, and never made one by one: *true*
pairs lie within a true person, *found* pairs within a found one, *both* within the two at once.

A row of the truth that no record stands for (refused at intake, or no longer in the list) stays a
row of its true person: its pairs are true pairs that were not found, so it lowers recall, and its
person is not exactly right. A record that the truth does not know is left out of all counts.

Source of the measures: Christen (2012), *Data Matching*, ch. 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

PLACE = ("file", "sheet", "row")
KIND_SEPARATOR = ";"


@dataclass(frozen=True)
class PairAccuracy:
    """Precision, recall and F1 of pairs; None where there is nothing to divide by."""

    true: int
    found: int
    both: int

    @property
    def precision(self) -> float | None:
        """Share of found pairs that are true."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of true pairs that were found."""
        return self.both / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return 2 * self.both / (self.true + self.found) if self.true + self.found else None

    def as_dict(self) -> dict[str, float | int | None]:
        """The measures and the counts they come from."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "true": self.true,
            "found": self.found,
            "both": self.both,
        }


def pair_accuracy(counts: Mapping[str, Any]) -> PairAccuracy:
    """The accuracy that one row of `pair_counts` or `pair_counts_by` states."""
    names = ("true_pairs", "found_pairs", "both_pairs")
    return PairAccuracy(*(int(counts[name] or 0) for name in names))


def found_rows(records: ir.Table) -> ir.Table:
    """Linked records in the form that `judged_rows` matches: record_id, entity and their place.

    `records` has record_id, entity, file, row and, where known, source, sheet and role. A record
    that stands in several deliveries is there once for each.
    """
    return _placed(records).select("record_id", "entity", "source", *PLACE, "role")


def truth_rows(truth: ir.Table) -> ir.Table:
    """A truth file's rows; source, sheet, role and kind may be lacking."""
    rows = _placed(truth)
    kind = rows["kind"].cast("string") if "kind" in truth.columns else ibis.null("string")
    return rows.select("source", *PLACE, "role", person=rows["person"].cast("string"), kind=kind)


def _placed(rows: ir.Table) -> ir.Table:
    """Rows with comparable places: file without its path, text never null ('' for unknown)."""
    return rows.mutate(
        source=_text(rows, "source"),
        file=rows["file"].cast("string").re_replace(r"^.*[/\\]", ""),
        sheet=_text(rows, "sheet"),
        row=rows["row"].try_cast("float64").cast("int64"),  # others write 12 as 12.0
        role=_text(rows, "role").nullif("").fill_null("self"),
    )


def _text(rows: ir.Table, name: str) -> ir.StringValue:
    if name not in rows.columns:
        return ibis.literal("", "string")
    return rows[name].cast("string").fill_null("").strip()


def place_columns(found_columns: Iterable[str], truth_columns: Iterable[str]) -> tuple[str, ...]:
    """The columns of a place that both files have: file and row always, sheet and role if known."""
    both = set(found_columns) & set(truth_columns)
    return tuple(name for name in (*PLACE, "role") if name in both or name in ("file", "row"))


def judged_rows(found: ir.Table, truth: ir.Table, *, on: tuple[str, ...]) -> ir.Table:
    """Every row of the truth with the record that stands for it, if any.

    Columns: person, source, kind, record_id, entity (both null where no record stands).
    `on` names the columns of the place that both sides know (see `place_columns`). Where one place
    holds several records or several true persons (a couple in one row, and no role on one side),
    each person is given to the record whose other records speak most for that person.
    """
    crowded = ibis.union(_crowded(found, on), _crowded(truth, on), distinct=True)
    plain = _matched(truth.anti_join(crowded, on), found.anti_join(crowded, on), on)
    couples = _couples(found.semi_join(crowded, on), truth.semi_join(crowded, on), plain, on)
    return ibis.union(plain, couples)


def in_known_sheets(rows: ir.Table, others: ir.Table) -> ir.Table:
    """Rows without sheet where the others name none for that file (and '' says no sheet at all).

    A truth need not name the only sheet of a workbook, and may give a CSV file a sheet.
    """
    named = others.group_by("file").agg(sheets=(others.sheet != "").sum())
    unnamed = named.filter(named.sheets == 0).select(sheetless="file")
    joined = rows.left_join(unnamed, rows.file == unnamed.sheetless)
    sheet = ibis.ifelse(joined.sheetless.notnull(), "", joined.sheet)
    return joined.mutate(sheet=sheet).select(*rows.columns)


def _crowded(rows: ir.Table, on: tuple[str, ...]) -> ir.Table:
    """Places that hold more than one row."""
    counts = rows.group_by(*on).agg(rows=rows.count())
    return counts.filter(counts.rows > 1).select(*on)


def _matched(truth: ir.Table, found: ir.Table, on: Iterable[str]) -> ir.Table:
    """Rows of the truth with the one record that shares their place."""
    records = found.select(*on, "record_id", "entity", list="source")
    joined = truth.left_join(records, list(on))
    source = joined.source.nullif("").coalesce(joined.list, "")
    return joined.select("person", "kind", "record_id", "entity", source=source)


def _couples(found: ir.Table, truth: ir.Table, plain: ir.Table, on: tuple[str, ...]) -> ir.Table:
    """The rows of crowded places, matched one to one."""
    order = [*on, "source"]
    found = found.mutate(found_id=ibis.row_number().over(order_by=[*order, "record_id"]))
    truth = truth.mutate(truth_id=ibis.row_number().over(order_by=[*order, "person"]))
    met = found.select("found_id", "entity", *on).inner_join(
        truth.select("truth_id", "person", *on), list(on)
    )
    candidates = _with_support(met.select("found_id", "truth_id", "entity", "person"), plain)
    first = _best(candidates)
    rest = candidates.anti_join(first, "truth_id").anti_join(first, "found_id")
    pairs = ibis.union(first, _best(rest))
    return _matched(truth.left_join(pairs, "truth_id").drop("truth_id_right"), found, ("found_id",))


def _with_support(candidates: ir.Table, plain: ir.Table) -> ir.Table:
    """Add `support`: how many plainly placed records join this entity to this person."""
    joins = plain.semi_join(candidates, "entity")
    support = joins.group_by("entity", "person").agg(support=joins.count())
    return candidates.left_join(support, ["entity", "person"]).select(
        "found_id", "truth_id", support=support.support.fill_null(0)
    )


def _best(candidates: ir.Table) -> ir.Table:
    """The pairs found_id, truth_id that are best both for their record and for their person."""
    order = [ibis.desc("support"), ibis.asc("found_id"), ibis.asc("truth_id")]
    ranked = candidates.mutate(
        of_record=ibis.row_number().over(group_by="found_id", order_by=order),
        of_truth=ibis.row_number().over(group_by="truth_id", order_by=order),
    )
    best = ranked.filter((ranked.of_record == 0) & (ranked.of_truth == 0))
    return best.select("found_id", "truth_id")


def pair_counts(rows: ir.Table) -> ir.Table:
    """One row: true_pairs, found_pairs, both_pairs of judged rows."""
    true, found, both = (
        sizes.agg(_pairs(sizes.size).sum().fill_null(0).cast("int64").name(name))
        for sizes, (name, _) in zip(group_sizes(rows), _MATES.items(), strict=True)
    )
    return true.cross_join(found).cross_join(both)


# What groups of rows make pairs of each sort.
_MATES = {
    "true_pairs": ("person",),
    "found_pairs": ("entity",),
    "both_pairs": ("entity", "person"),
}


def group_sizes(rows: ir.Table) -> tuple[ir.Table, ir.Table, ir.Table]:
    """Sizes of true persons, of found entities, and of what they have in common."""
    linked = _linked(rows)
    true, found, both = (
        of.group_by(*keys).agg(size=of.count())
        for of, keys in zip((rows, linked, linked), _MATES.values(), strict=True)
    )
    return true, found, both


def pair_counts_by(members: ir.Table, sizes: Iterable[ir.Table]) -> ir.Table:
    """Pairs that touch a member of each `group`: of its two rows at least one is in the group.

    In a person or entity of n rows, k of them members, those are C(n, 2) - C(n - k, 2) pairs;
    `sizes` are the `group_sizes` of all rows.
    """
    linked = _linked(members)
    true, found, both = (
        _touching(of, whole, keys, name)
        for of, whole, (name, keys) in zip(
            (members, linked, linked), sizes, _MATES.items(), strict=True
        )
    )
    return (
        true.left_join(found, "group")
        .drop("group_right")
        .left_join(both, "group")
        .select("group", *_MATES)
    )


def _linked(rows: ir.Table) -> ir.Table:
    return rows.filter(rows.entity.notnull())


def _touching(members: ir.Table, sizes: ir.Table, keys: tuple[str, ...], name: str) -> ir.Table:
    parts = members.group_by("group", *keys).agg(inside=ibis._.count())
    joined = parts.inner_join(sizes, list(keys))
    pairs = _pairs(joined.size) - _pairs(joined.size - joined.inside)
    return joined.group_by("group").agg(pairs.sum().cast("int64").name(name))


def _pairs(size: ir.IntegerValue) -> ir.IntegerValue:
    return (size * (size - 1)) // 2


def kind_members(rows: ir.Table) -> ir.Table:
    """Judged rows once for each kind of error they hold, as `group`."""
    marked = rows.filter(rows.kind.notnull() & (rows.kind != ""))
    kinds = marked.kind.replace(" ", "").split(KIND_SEPARATOR).unique()
    split = marked.mutate(group=kinds.unnest())
    return split.filter(split.group != "")


def list_members(rows: ir.Table) -> ir.Table:
    """Judged rows with their list as `group`."""
    return rows.mutate(group=rows.source)


def person_counts(rows: ir.Table) -> ir.Table:
    """One row: true, found, exactly_right, split, merged, lost persons (counts).

    A true person is *split* if its rows lie in several entities (a row without record lies alone),
    *merged* if an entity of its rows holds another person's, *lost* if no row has a record, and
    *exactly right* if one entity holds all its rows and no other's.
    """
    cells = _linked(rows).group_by("entity", "person").agg(records=ibis._.count())
    entities = cells.group_by("entity").agg(people=ibis._.count())
    touched = cells.inner_join(entities, "entity")
    met = touched.group_by("person").agg(entities=ibis._.count(), company=touched.people.max())
    known = rows.group_by("person").agg(missing=rows.entity.isnull().sum())
    people = known.left_join(met, "person").select(
        "missing",
        entities=met.entities.fill_null(0),
        company=met.company.fill_null(0),
    )
    pieces = people.entities + people.missing
    return people.agg(
        true=people.count(),
        exactly_right=((pieces == 1) & (people.company == 1)).sum(),
        split=(pieces > 1).sum(),
        merged=(people.company > 1).sum(),
        lost=(people.entities == 0).sum(),
    ).cross_join(entities.agg(found=entities.count()))
