"""Which doubtful pairs are worth a question."""

import ibis
import pyarrow as pa

from renkou.linkage import review
from tests.linkage.rows import number

HOLDER, CHILD, LOST = 1, 2, 3


def test_a_record_that_found_its_person_is_no_question_to_the_holder_of_its_number(engine):
    said = number("1980-05-06", "124")
    brought = engine.table(pa.table({"record_id": [CHILD, LOST], "number": [said, said]}))
    holders = engine.table(pa.table({"id_key": [said], "unit_id": [HOLDER]}))
    members = pa.table({"unit_id": [CHILD, 9, LOST, HOLDER], "node": [CHILD, CHILD, LOST, HOLDER]})
    asked = review.brought_pairs(brought, holders, engine.table(members))
    assert engine.arrow(asked)["unit_id_l"].to_pylist() == [LOST]


def holder(unit_id, source):
    return {
        "unit_id": unit_id, "source": source, "numbered": True, "name_id": 7, "sex": "male",
        "birth_date": "1980-05-06", "area_a": "513021001201", "tail_id": None, "locality_id": None,
    }  # fmt: skip


def test_holders_of_two_numbers_in_one_list_are_namesakes_those_of_two_may_be_one(engine):
    rows = [holder(1, "police"), holder(2, "school"), holder(3, "school"), holder(3, "police")]
    kinds = {"unit_id": pa.int64(), "name_id": pa.int64(), "numbered": pa.bool_(),
             "tail_id": pa.int64(), "locality_id": pa.int64()}  # fmt: skip
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]])
    standing = engine.table(pa.Table.from_pylist(rows, schema=schema))
    found = review.two_number_pairs(standing, {"birth_date", "sex"})
    told = engine.arrow(found.order_by(ibis._.unit_id_l, ibis._.unit_id_r)).to_pylist()
    chance = {(row["unit_id_l"], row["unit_id_r"]): round(row["probability"], 4) for row in told}
    assert chance == {(1, 2): 0.45, (1, 3): 0.0225, (2, 3): 0.0225}
