"""Which pairs are worth comparing, and who loses a number that a reviewer parted."""

import pyarrow as pa
import pytest

from renkou.actions import linking, linking_records, linking_steps
from renkou.linkage import review
from renkou.linkage.model import ListFacts, Options
from tests.linkage.rows import number, records


def linked_steps(engine, rows, decisions=()):
    table = engine.table(records(*rows))
    facts = [ListFacts("police", trust=95), ListFacts("births", trust=40)]
    said = pa.Table.from_pylist(
        [{"record_id_l": a, "record_id_r": b, "same": same} for a, b, same in decisions],
        schema=linking.DECISIONS,
    )
    run = linking.Run(engine, facts, Options(), engine.table(said))
    prepared = linking_records.prepare(run, table)
    standing = linking_steps.number_pass(run, prepared)
    return run, prepared, standing


def pairs(engine, *rows):
    run, prepared, standing = linked_steps(engine, rows)
    kin = linking_steps.kin(run, prepared, standing)
    found = engine.arrow(linking_steps.candidates(run, standing, kin)).to_pylist()
    return {tuple(sorted((p["unit_id_l"], p["unit_id_r"]))) for p in found}


def person(name, birth, source="births", **more):
    return {"name": name, "birth_date": birth, "source": source, **more}


def test_a_rare_key_is_enough_alone(engine):
    assert pairs(engine, person("王芳", "1980-05-06"), person("王芳", "1980-05-06")) == {(1, 2)}


def test_records_that_share_no_key_are_not_compared(engine):
    assert pairs(engine, person("王芳", "1980-05-06"), person("李强", "1991-11-12")) == set()


@pytest.mark.parametrize(("sharing", "compared"), [(5, True), (6, False)])
def test_a_name_and_a_year_count_for_less_the_more_share_them(engine, sharing, compared):
    months = (f"1980-{month:02d}-{month + 10}" for month in range(1, sharing + 1))
    rows = [person("王芳", birth) for birth in months]
    assert ((1, 2) in pairs(engine, *rows)) is compared


def test_a_common_key_counts_beside_another(engine):
    months = [f"1980-{month:02d}-{month + 10}" for month in range(1, 7)]
    rows = [person("王芳", birth) for birth in months]
    mother = {"mother_id_key": number("1955-01-02"), "registered_address": "云溪街道永圩社区4栋"}
    rows = [rows[0] | mother, rows[1] | mother, *rows[2:]]
    assert (1, 2) in pairs(engine, *rows)


def test_two_holders_of_valid_numbers_are_never_compared(engine):
    one = person("王芳", "1980-05-06", id=number("1980-05-06", "124"))
    other = person("王芳", "1980-05-06", id=number("1980-05-06", "226"))
    assert pairs(engine, one, other) == set()


_VILLAGE = {"registered_area": "350102001203", "sex": "female"}


@pytest.mark.parametrize(
    ("name", "birth", "other_name", "other_birth"),
    [
        ("王秀芳", "1980-05-06", "王秀兰", "1980-06-15"),  # start of the name and year
        ("王秀芳", "1980-05-06", "黄秀芳", "1979-06-15"),  # all but the first character
        ("王秀芳", "1980-05-06", "王丽芳", "1979-06-15"),  # the ends
        ("古丽娜尔·买买提", "1980-05-06", "古丽娜尔·艾买提", "1979-06-15"),  # the first part
    ],
)
def test_within_a_village_two_errors_in_a_row_are_still_compared(
    engine, name, birth, other_name, other_birth
):
    one = person(name, birth, **_VILLAGE)
    other = person(other_name, other_birth, **_VILLAGE)
    assert pairs(engine, one, other) == {(1, 2)}
    elsewhere = other | {"registered_area": "350102001204"}
    assert pairs(engine, one, elsewhere) == set()


def test_a_pair_that_early_and_late_keys_tell_is_one_pair(engine):
    # The third is sought in the village, where the first was already met by birth date.
    found = person("王秀芳", "1980-05-06", **_VILLAGE)
    rows = [found, found | {"source": "police"},
            person("王秀兰", "1980-05-06", **_VILLAGE)]  # fmt: skip
    run, prepared, standing = linked_steps(engine, rows)
    kin = linking_steps.kin(run, prepared, standing)
    made = engine.arrow(linking_steps.candidates(run, standing, kin)).to_pylist()
    pairs_made = [tuple(sorted((p["unit_id_l"], p["unit_id_r"]))) for p in made]
    assert len(pairs_made) == len(set(pairs_made)) == 3


def test_who_is_as_good_as_found_is_not_sought_in_the_village(engine):
    one = person("王秀芳", "1980-05-06", **_VILLAGE)
    neighbour = person("王丽芳", "1979-06-15", **_VILLAGE)
    assert (1, 2) in pairs(engine, one, neighbour)
    others = [row | {"source": "police"} for row in (one, neighbour)]
    assert pairs(engine, one, neighbour, *others) == {(1, 3), (2, 4)}


@pytest.mark.parametrize("first", ["police", "births"])
def test_records_that_a_reviewer_parted_are_two_units_whichever_came_first(engine, first):
    other = {"police": "births", "births": "police"}[first]
    sure = number("1980-05-06", "124")
    rows = [person("王芳", "1980-05-06", source=s, id=sure) for s in (first, other, other)]
    _, _, standing = linked_steps(engine, rows, [(1, 2, False)])
    units = {r["record_id"]: r["unit_id"] for r in engine.arrow(standing.records).to_pylist()}
    assert units[1] != units[2]
    assert units[3] in (units[1], units[2])


def test_the_odds_of_nobody_follow_what_was_found():
    assert review.odds_of_nobody(100, 50) == 1.0
    assert review.odds_of_nobody(100, 90) < 0.2
    assert review.odds_of_nobody(0, 0) == 1.0
    assert review.odds_of_nobody(100, 100) > 0, "nobody is never impossible"
