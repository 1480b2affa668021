"""Codes of places that addresses name, learned from lists that keep both."""

import pyarrow as pa
import pytest

from renkou.actions import linking, linking_records
from renkou.linkage.model import ListFacts, Options

_VILLAGE, _OTHER = "350102001203", "350102001204"
_TEXT = pa.string()


def areas(engine, *rows):
    """area_a and area_b of each row, by its place."""
    columns = (
        "source",
        "name",
        "registered_area",
        "registered_address",
        "usual_area",
        "usual_address",
    )
    table = {c: pa.array([row.get(c) for row in rows], _TEXT) for c in columns}
    table["record_id"] = pa.array(range(1, len(rows) + 1), pa.int64())
    lists = [ListFacts("police"), ListFacts("marriages")]
    run = linking.Run(engine, lists, Options(), engine.table(linking.DECISIONS.empty_table()))
    prepared = linking_records.prepare(run, engine.table(pa.table(table)))
    found = engine.arrow(prepared.features.order_by("record_id"))
    return list(zip(found["area_a"].to_pylist(), found["area_b"].to_pylist(), strict=True))


def registered(code, address="龙泉县云溪街道永圩村3组7号"):
    return {
        "source": "police",
        "name": "王芳",
        "registered_area": code,
        "registered_address": address,
    }


_NAMED = {"source": "marriages", "name": "王芳", "registered_address": "龙泉县云溪街道永圩村"}


def test_a_place_that_a_list_names_takes_the_code_of_another_list(engine):
    rows = areas(engine, *[registered(_VILLAGE)] * 4, _NAMED)
    assert rows[-1] == (_VILLAGE, None)


def test_two_rows_are_not_enough_to_learn_from(engine):
    assert areas(engine, *[registered(_VILLAGE)] * 2, _NAMED)[-1] == ("云溪街道永圩村", None)


def test_of_a_village_name_with_two_codes_the_township_is_learned(engine):
    told = [registered(_VILLAGE)] * 3 + [registered(_OTHER)] * 3
    assert areas(engine, *told, _NAMED)[-1] == (_VILLAGE[:9], None)


def test_a_few_old_addresses_do_not_hide_the_code(engine):
    told = [registered(_VILLAGE)] * 9 + [registered("350103002201")]
    assert areas(engine, *told, _NAMED)[-1] == (_VILLAGE, None)


@pytest.mark.parametrize(
    ("given", "area"),
    [
        ("350102", _VILLAGE),
        ("350102001", _VILLAGE),
        ("350102001299", "350102001299"),
        (None, _VILLAGE),
    ],
    ids=["county", "township", "another village", "none"],
)
def test_the_more_exact_of_the_code_and_the_address_holds(engine, given, area):
    lives = {"source": "marriages", "name": "王芳", "usual_area": given,
             "usual_address": "云溪街道永圩村7号"}  # fmt: skip
    assert areas(engine, *[registered(_VILLAGE)] * 4, lives)[-1] == (area, area)


def test_lists_without_codes_are_compared_by_the_names_of_places(engine):
    assert areas(engine, _NAMED, _NAMED) == [("云溪街道永圩村", None)] * 2
