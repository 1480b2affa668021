"""One spec per rule of a cell: a small table goes in, values and rules come out, on every engine."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pyarrow as pa
import pytest

from renkou.core.areas import Area, AreaIndex
from renkou.engines.engine import Engine, lookups
from renkou.intake.checks import CheckSettings, checked_cells, keyed_cells
from renkou.intake.outcome import broken_rules
from renkou.intake.sources import SourceSpec, parse_source

GOOD = "11010519491231002X"
DAY = date(2024, 12, 31)
AREAS = AreaIndex(
    [Area("511802", "雨城区", "county"), Area("511802001", "东城街道", "township")], DAY
)


def spec_of(fields: list[str], extra: str = "") -> SourceSpec:
    columns = "\n".join(f'{name} = "{name}"' for name in fields)
    text = '[source]\ndepartment = "x"\nlegal_basis = "x"\npurpose = "x"\nrequired = []\n'
    return parse_source(
        f'{text}[[persons]]\nrole = "self"\n[persons.columns]\n{columns}\n{extra}', "s"
    )


def check(
    engine: Engine, rows: list[dict[str, str | None]], extra: str = ""
) -> tuple[list[dict[str, Any]], dict[int, set[str]]]:
    """Rows with values, and the rules that each breaks, by row from 1."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    count = len(rows)
    table = {
        "grid": pa.array([0] * count, pa.int32()),
        "row": pa.array(range(1, count + 1), pa.int32()),
        "person": pa.array([0] * count, pa.int32()),
        "role": pa.array(["self"] * count),
        "fault": pa.nulls(count, pa.string()),
        "removed": pa.array([False] * count),
    }
    spec = spec_of(names, extra)
    table |= {name: pa.array([row.get(name) for row in rows], pa.string()) for name in spec.fields}
    settings = CheckSettings(spec, DAY, AREAS)
    cells = engine.keep(keyed_cells(engine.table(pa.table(table)), settings))
    checked = engine.keep(checked_cells(cells, settings, partial(lookups, engine)))
    broken: dict[int, set[str]] = {row: set() for row in range(1, count + 1)}
    for one in engine.arrow(broken_rules(checked, spec)).to_pylist():
        broken[one["row"]].add(one["rule"])
    return engine.arrow(checked.order_by("row")).to_pylist(), broken


NUMBERS = [
    (GOOD, "valid", GOOD, None),
    ("１１０１０５１９４９１２３１００２ｘ", "valid", GOOD, None),
    ("'110105 19491231 002×", "valid", GOOD, None),
    ("11010519491231002Х", "valid", GOOD, None),
    ("110105491231002", "valid", GOOD, "ID-09"),
    ("110105194912310021", "checksum", None, "ID-03"),
    ("11010519491231002", "length", None, "ID-01"),
    ("1101051949123100AX", "characters", None, "ID-02"),
    ("110105194913310021", "date", None, "ID-04"),
    ("5.10103E+17", "truncated", None, "ID-08"),
    ("110105194912310000", "truncated", None, "ID-08"),
    ("R510123456", "certificate", None, "ID-11"),
    ("无", "missing", None, None),
    (None, "missing", None, None),
    ("999999194912310025", "valid", "999999194912310025", "ID-05"),
    ("810000199408230021", "valid", "810000199408230021", None),
]


def test_id_numbers_have_a_state_a_key_and_a_rule(engine: Engine) -> None:
    rows, broken = check(engine, [{"id_number": number, "name": "张三"} for number, *_ in NUMBERS])
    for at, (number, state, key, rule) in enumerate(NUMBERS, 1):
        row = rows[at - 1]
        assert (row["id_number__state"], row["id_number__key"]) == (state, key), number
        assert broken[at] == ({rule} if rule else set()), number


def test_a_number_is_held_against_birth_date_sex_and_the_mothers_number(engine: Engine) -> None:
    _, broken = check(
        engine,
        [
            {"id_number": GOOD, "birth_date": "1949-12-31", "sex": "女", "mother_id_number": None},
            {"id_number": GOOD, "birth_date": "1949.12", "sex": "2", "mother_id_number": None},
            {"id_number": GOOD, "birth_date": "1949-12-13", "sex": "男", "mother_id_number": GOOD},
        ],
    )
    assert broken == {1: set(), 2: {"DATE-05"}, 3: {"ID-06", "ID-07", "ID-10"}}


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("张三", "张三", None),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提", None), ("阿卜杜拉．买买提", "阿卜杜拉·买买提", None),
        ("无名", None, "NAME-01"), ("不详", None, "NAME-01"), ("王芳之子", "王芳之子", "NAME-04"),
        ("张3三", "张3三", "NAME-02"), ("张", "张", "NAME-03"), ("Mary Smith", "Mary Smith", None),
        ("𠀀三", "𠀀三", None), ("张　三", "张　三", None), ("=1+1", "=1+1", "NAME-02"),
    ],
)  # fmt: skip
def test_names_are_never_rewritten_but_for_their_separator(
    duckdb_engine: Engine, name: str, value: str | None, rule: str | None
) -> None:
    rows, broken = check(duckdb_engine, [{"name": name, "id_number": GOOD}])
    assert rows[0]["name__value"] == value
    assert broken[1] == ({rule} if rule else set())


def test_codes_are_read_as_words_numbers_and_the_sources_own(engine: Engine) -> None:
    rows, broken = check(
        engine,
        [
            {"name": "张三", "sex": "男性", "marital_status": "有配偶",
             "relationship": "长子", "ethnicity": "维吾尔族"},
            {"name": "张三", "sex": "2", "marital_status": "10",
             "relationship": "01", "ethnicity": "5"},
            {"name": "张三", "sex": "女(2)", "marital_status": "不详",
             "relationship": "甲", "ethnicity": "汉"},
            {"name": "张三", "sex": "中", "marital_status": "单",
             "relationship": "户主", "ethnicity": "火星族"},
        ],
        '[codes.relationship]\n"甲" = "spouse"\n',
    )  # fmt: skip
    assert [row["sex__value"] for row in rows] == ["male", "female", "female", None]
    assert [row["marital_status__value"] for row in rows] == ["married", "single", None, None]
    assert [row["relationship__value"] for row in rows] == ["child", "head", "spouse", "head"]
    assert [row["ethnicity__value"] for row in rows] == ["05", "05", "01", None]
    assert broken == {1: set(), 2: set(), 3: set(), 4: {"CODE-01"}}


def test_areas_become_codes_or_stay_as_written(engine: Engine) -> None:
    rows, broken = check(
        engine,
        [
            {"name": "张三", "usual_area": "雨城区东城街道"},
            {"name": "张三", "usual_area": "511802001000"},
            {"name": "张三", "usual_area": "别的地方"},
            {"name": "张三", "usual_area": "不详"},
        ],
    )
    assert [row["usual_area__value"] for row in rows] == [
        "511802001",
        "511802001",
        "别的地方",
        None,
    ]
    assert broken == {1: set(), 2: set(), 3: {"AREA-01"}, 4: set()}


def test_dates_of_a_row_must_not_contradict_each_other(engine: Engine) -> None:
    rows, broken = check(
        engine,
        [
            {"name": "张三", "birth_date": "1950-05-01", "death_date": "1950-04"},
            {"name": "张三", "birth_date": "1950-05-01", "death_date": "1950-05"},
            {"name": "张三", "birth_date": "1880-05-01", "death_date": None},
            {"name": "张三", "birth_date": "2025-01-01", "death_date": "无"},
        ],
    )
    assert broken == {1: {"DATE-05", "DATE-08"}, 2: {"DATE-05"}, 3: {"DATE-09"}, 4: {"DATE-04"}}
    assert rows[3]["birth_date__value"] is None


def test_a_newborn_without_name_and_number_is_accepted_with_mother_and_birth_date(
    engine: Engine,
) -> None:
    rows, _ = check(
        engine,
        [
            {"name": None, "id_number": None, "birth_date": "2024-05-01", "mother_id_number": GOOD},
            {"name": None, "id_number": None, "birth_date": None, "mother_id_number": GOOD},
        ],
    )
    assert [row["refused"] for row in rows] == [None, "ROW-01"]
