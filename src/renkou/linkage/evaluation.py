"""How right the links are, counted against a known truth. Pure (Ibis expressions).

Pairs are counted from the sizes of groups, n(n-1)/2 of each, and never made one by one: *true*
pairs lie within a true person, *found* pairs within a found one, *both* within the two at once.

A row of the truth that no record stands for (refused at intake, or no longer in the list) stays a
row of its true person: its pairs are true pairs that were not found, so it lowers recall, and its
person is not exactly right. A record that the truth does not know is left out of all counts.

Source of the measures: Christen (2012), *Data Matching*, ch. 7.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    that stands in several deliveries is there once for each; `found_id` tells them apart.
    """
    rows = _placed(records).select("record_id", "entity", "source", *PLACE, "role")
    order = ibis.row_number().over(order_by=["record_id", *PLACE])
    return rows.mutate(found_id=order)


def truth_rows(truth: ir.Table) -> ir.Table:
    """A truth file's rows with one `truth_id` each; source, sheet, role and kind may be lacking."""
    rows = _placed(truth)
    kind = rows["kind"].cast("string") if "kind" in truth.columns else ibis.null("string")
    return rows.select(
        "source", *PLACE, "role", person=rows["person"].cast("string"), kind=kind
    ).mutate(truth_id=ibis.row_number().over(order_by=[*PLACE, "role", "person"]))


def _placed(rows: ir.Table) -> ir.Table:
    """Rows with comparable places: file without its path, text never null ('' for unknown)."""
    optional = {
        name: rows[name].cast("string").fill_null("").strip()
        if name in rows.columns
        else _unknown()
        for name in ("source", "sheet", "role")
    }
    optional["role"] = optional["role"].nullif("").fill_null("self")
    return rows.mutate(
        file=rows["file"].cast("string").re_replace(r"^.*[/\\]", ""),
        row=rows["row"].cast("int64"),
        **optional,
    )


def _text(rows: ir.Table, name: str) -> ir.StringValue:
    if name not in rows.columns:
        return _unknown()
    return rows[name].cast("string").fill_null("").strip()


def _unknown() -> ir.StringScalar:
    return ibis.literal("", "string")


def judged_rows(found: ir.Table, truth: ir.Table, *, on: tuple[str, ...]) -> ir.Table:
    """Every row of the truth with the record that stands for it, if any.

    Columns: truth_id, person, source, kind, record_id, entity (both null where no record stands).
    `on` names the columns of the place that both sides know (see `place_columns`). Where one place
    holds several records or several true persons (a couple in one row, and no role on one side),
    each person is given to the record whose other records speak most for that person.
    """
    here = found.mutate(list=found.source)
    met = here.select("found_id", "record_id", "entity", "list", *on).inner_join(truth, list(on))
    candidates = met.select("found_id", "record_id", "entity", "list", "truth_id", "person")
    pairs = _settled_couples(candidates)
    joined = truth.left_join(pairs, "truth_id")
    source = joined.source.nullif("").coalesce(joined.list, "")
    return joined.select("truth_id", "person", "kind", "record_id", "entity", source=source)


def _settled_couples(candidates: ir.Table) -> ir.Table:
    """One record for each row of the truth, and one row of the truth for each place of a record."""
    by_truth = ibis.window(group_by="truth_id")
    by_place = ibis.window(group_by="found_id")
    sized = candidates.mutate(
        options=ibis._.found_id.count().over(by_truth) + ibis._.truth_id.count().over(by_place)
    )
    plain = sized.filter(sized.options == 2)
    doubtful = _with_support(sized.filter(sized.options > 2), plain)
    first = _best(doubtful)
    rest = doubtful.anti_join(first, "truth_id").anti_join(first, "found_id")
    columns = ("found_id", "record_id", "entity", "list", "truth_id")
    settled = (part.select(*columns) for part in (plain, first, _best(rest)))
    return ibis.union(*settled)


def _with_support(doubtful: ir.Table, plain: ir.Table) -> ir.Table:
    """Add `support`: how many plainly placed records join this entity to this person."""
    support = plain.group_by("entity", "person").agg(support=ibis._.count())
    return doubtful.left_join(support, ["entity", "person"]).select(
        *doubtful.columns, support=support.support.fill_null(0)
    )


def _best(candidates: ir.Table) -> ir.Table:
    """The candidates that are best both for their record and for their row of the truth."""
    order = [ibis.desc("support"), ibis.asc("found_id"), ibis.asc("truth_id")]
    ranked = candidates.mutate(
        of_record=ibis.row_number().over(group_by="found_id", order_by=order),
        of_truth=ibis.row_number().over(group_by="truth_id", order_by=order),
    )
    return ranked.filter((ranked.of_record == 0) & (ranked.of_truth == 0)).drop(
        "of_record", "of_truth"
    )


def place_columns(
    found_columns: tuple[str, ...], truth_columns: tuple[str, ...]
) -> tuple[str, ...]:
    """The columns of a place that both files have: file and row always, sheet and role if known."""
    both = set(found_columns) & set(truth_columns)
    return tuple(name for name in (*PLACE, "role") if name in both or name in ("file", "row"))


def pair_counts(rows: ir.Table) -> ir.Table:
    """One row: true_pairs, found_pairs, both_pairs of judged rows."""
    return pair_counts_by(rows.mutate(group=_unknown()), everyone=rows).drop("group")


def pair_counts_by(members: ir.Table, everyone: ir.Table) -> ir.Table:
    """Pairs that touch a member of each `group`: of its two rows at least one is in the group.

    In a person or entity of n rows, k of them members, those are C(n, 2) - C(n - k, 2) pairs.
    """
    true = _touching(members, everyone, ("person",), "true_pairs")
    found = _touching(_linked(members), _linked(everyone), ("entity",), "found_pairs")
    both = _touching(_linked(members), _linked(everyone), ("entity", "person"), "both_pairs")
    return (
        true.left_join(found, "group")
        .drop("group_right")
        .left_join(both, "group")
        .select("group", "true_pairs", "found_pairs", "both_pairs")
    )


def _linked(rows: ir.Table) -> ir.Table:
    return rows.filter(rows.entity.notnull())


def _touching(members: ir.Table, everyone: ir.Table, keys: tuple[str, ...], name: str) -> ir.Table:
    sizes = everyone.group_by(*keys).agg(size=ibis._.count())
    parts = members.group_by("group", *keys).agg(inside=ibis._.count())
    joined = parts.inner_join(sizes, list(keys))
    pairs = _pairs(joined.size) - _pairs(joined.size - joined.inside)
    return joined.group_by("group").agg(pairs.sum().cast("int64").name(name))


def _pairs(size: ir.IntegerValue) -> ir.IntegerValue:
    return (size * (size - 1)) // 2


def kind_members(rows: ir.Table) -> ir.Table:
    """Judged rows once for each kind of error they hold, as `group`."""
    split = rows.filter(rows.kind.notnull()).mutate(group=rows.kind.split(KIND_SEPARATOR).unnest())
    split = split.mutate(group=split.group.strip())
    return split.filter(split.group != "").distinct()


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
