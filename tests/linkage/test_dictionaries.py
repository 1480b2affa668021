"""What is read in written addresses."""

import pyarrow as pa
import pytest

from renkou.linkage.dictionaries import addresses


@pytest.mark.parametrize(
    ("address", "door"),
    [
        ("5组90号", "5-90"),
        ("5社90", "5-90"),
        ("云溪街道三合村五组９０号", "5-90"),
        ("翠湖小区8栋3单元406", "8-406"),
        ("永兴街道滨江路104号翠湖小区八幢3单元406室", "8-406"),
        ("锦绣花园18-4-101", "18-101"),
        ("幸福新村二十一栋1602", "21-1602"),
        ("安居苑十四栋201", "14-201"),
        ("二十栋5", "20-5"),
        ("解放大道157号", None),
        ("三合村六组", None),
        ("", None),
    ],
)
def test_two_numbers_of_an_address_are_its_door(engine, address, door):
    values = engine.table(pa.table({"value": [address]}))
    found = addresses(values).select("address_door")
    assert engine.arrow(found)["address_door"].to_pylist() == [door]
