"""Who holds a number, and who only brings somebody else's."""

import pytest

from renkou.actions import linking, linking_records, linking_steps
from renkou.linkage import identifier_pass
from renkou.linkage.model import ListFacts, Options
from tests.linkage.rows import number, records


def standing(engine, *rows, opaque=False):
    table = engine.table(records(*rows))
    sources = sorted({row.get("source", "police") for row in rows})
    decisions = engine.table(linking.DECISIONS.empty_table())
    facts = [ListFacts(source) for source in sources]
    run = linking.Run(engine, facts, Options(opaque=opaque), decisions)
    found = linking_steps.number_pass(run, linking_records.prepare(run, table))
    brought = {r["record_id"]: r["number"] for r in engine.arrow(found.brought).to_pylist()}
    rows_out = engine.arrow(found.records).to_pylist()
    return {r["record_id"]: {**r, "brought": brought.get(r["record_id"])} for r in rows_out}


MOTHER = number("1980-05-06", "124")


def person(name, birth="1980-05-06", sex="female", source="police", number_=MOTHER, **more):
    return {"name": name, "birth_date": birth, "sex": sex, "source": source, "id": number_, **more}


def test_records_of_one_number_and_one_name_are_one_unit(engine):
    rows = standing(engine, person("王芳"), person("王芳", source="insurance"))
    assert rows[1]["unit_id"] == rows[2]["unit_id"] == 1


@pytest.mark.parametrize(
    "other",
    ["王坊", "王方芳", "王芬", "張芳", "王芳"],
    ids=["sound", "added", "glyph", "surname", "same"],
)
def test_a_misspelt_name_keeps_its_number(engine, other):
    rows = standing(engine, person("王芳"), person(other, source="insurance"))
    assert rows[2]["brought"] is None


@pytest.mark.parametrize(
    ("birth", "sex", "hers"),
    [
        ("1980-06-05", "female", True),
        ("1981-05-06", "female", True),
        ("1984-11-23", "female", False),
        ("1980-05-06", "male", False),
        (None, None, True),
    ],
    ids=["day and month swapped", "a year off", "a sister's birth date", "a brother", "not given"],
)
def test_a_name_of_one_other_character_may_be_a_brothers_or_sisters(engine, birth, sex, hers):
    other = person("王晓芬", birth=birth, sex=sex, source="insurance")
    rows = standing(engine, person("王晓芳"), person("王晓芳", source="births"), other)
    assert (rows[3]["brought"] is None) is hers


@pytest.mark.parametrize(("name", "hers"), [("古", False), ("古丽", True)])
def test_a_bare_surname_is_no_beginning_of_a_long_name(engine, name, hers):
    whole = person("古丽娜尔")
    rows = standing(
        engine, whole, person("古丽娜尔", source="births"), person(name, source="insurance")
    )
    assert (rows[3]["brought"] is None) is hers


def test_a_child_under_its_mothers_number_is_a_suspect_even_with_her_birth_date(engine):
    rows = standing(
        engine,
        person("王芳"),
        person("王芳", source="births"),
        person("李小龙", sex="male", source="insurance"),
    )
    assert rows[3]["brought"] == MOTHER
    assert rows[3]["numbered"] is False
    assert rows[3]["birth_date"] is None, "the birth date came with the number"


def test_the_owner_is_the_one_whom_the_number_fits_not_the_majority(engine):
    rows = standing(
        engine,
        person("李小龙", birth="2012-01-02", sex="male", source="insurance"),
        person("李小龙", birth="2012-01-02", sex="male", source="school"),
        person("王芳"),
    )
    assert rows[3]["brought"] is None
    assert rows[1]["brought"] == rows[2]["brought"] == MOTHER
    assert rows[1]["birth_date"] == "2012-01-02", "an own birth date stays"


def test_a_former_name_is_compatible(engine):
    rows = standing(
        engine, person("王芳", former_name="赵红梅"), person("赵红梅", source="insurance")
    )
    assert rows[2]["brought"] is None


def test_a_separated_name_without_its_second_part_is_compatible(engine):
    uyghur = number("1990-02-03", "311")
    rows = standing(
        engine,
        person("阿卜杜热合曼·买买提", "1990-02-03", "male", number_=uyghur),
        person("阿布都热合曼", "1990-02-03", "male", source="insurance", number_=uyghur),
    )
    assert rows[2]["brought"] is None


def test_alone_under_a_number_of_another_year_is_a_suspect_but_a_lunar_date_is_not(engine):
    rows = standing(
        engine,
        person("王芳", birth="1955-01-01"),
        person("赵梅", birth="1980-04-02", number_=number("1980-05-06", "126")),
    )
    assert rows[1]["brought"] == MOTHER
    assert rows[2]["brought"] is None


def test_an_opaque_number_stays_to_be_compared(engine):
    rows = standing(
        engine,
        person("王芳", number_="77-12"),
        person("李小龙", source="insurance", number_="77-12"),
        opaque=True,
    )
    assert rows[1]["unit_id"] != rows[2]["unit_id"]
    assert rows[1]["id_text"] == rows[2]["id_text"] == "77-12"


def test_one_character_apart_is_counted_in_characters(engine):
    pairs = [
        ("李明", "李小明"),
        ("李小明", "李明"),
        ("李小明", "李大明"),
        ("李小明", "王大刚"),
        ("李明", "王刚"),
    ]
    import pyarrow as pa

    table = engine.table(
        pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs], "i": list(range(5))})
    )
    made = table.mutate(apart=identifier_pass.one_character_apart(table.a, table.b)).order_by("i")
    assert engine.arrow(made)["apart"].to_pylist() == [True, True, True, False, False]


def test_rows_that_repeat_word_for_word_are_one_unit_if_they_say_enough(engine):
    row = {"name": "王芳", "birth_date": "1980-05-06", "sex": "female"}
    placed = {**row, "registered_address": "青渚区松江街道1号"}
    rows = standing(engine, placed, row, placed, {**placed, "source": "school"}, row)
    assert rows[3]["unit_id"] == rows[1]["unit_id"] == 1
    assert rows[4]["unit_id"] == 4, "another list's row is compared, not taken for the same"
    assert rows[5]["unit_id"] == 5, "two people of one name were born on a day"
