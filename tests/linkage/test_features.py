"""What is compared, made from what a list writes."""

import pyarrow as pa
import pytest

from renkou.linkage.features import with_whole_names


@pytest.mark.parametrize(
    ("surname", "given", "name"),
    [
        ("王", "小芳", "王小芳"),
        ("欧阳", "青禾", "欧阳青禾"),
        ("Smith", "Ann Mary", "annmary·smith"),
        ("买买提", None, "买买提"),
        (None, None, None),
    ],
    ids=["Han", "two-character surname", "Latin", "one part", "none"],
)
def test_parts_of_a_name_make_the_whole_as_others_write_it(engine, surname, given, name):
    columns = {"name": None, "surname": surname, "given_name": given}
    rows = engine.table(pa.table({c: pa.array([v], pa.string()) for c, v in columns.items()}))
    whole = with_whole_names(rows, {"surname", "given_name"})
    assert engine.arrow(whole.select("name"))["name"].to_pylist() == [name]
