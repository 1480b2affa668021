"""What a person's page says, a person can read."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from renkou.cli.person_commands import person_app
from renkou.core.errors import EditionDamaged
from renkou.engines.editions import sealed_editions
from tests.editions.builds import build
from tests.register.tables import record

NUMBER = "110101199001011237"
CODES = r"\b(female|male|head|child|resident|dead|present|alone|number|birth_date|true|None)\b"


@pytest.fixture
def office(workspace):
    about = {
        "id_number": NUMBER, "name": "甲", "sex": "female", "birth_date": "1990-01-01",
        "relationship": "head", "household_key": "1", "status": "present", "ethnicity": "01",
        "registered_area": "金冲村", "marital_status": "widowed",
    }  # fmt: skip
    bare = {"name": "乙", "household_key": "1"}
    build(workspace.editions, [record("police", 1, **about), record("police", 2, **bare)])
    return workspace


def shown(office, *words):
    result = CliRunner().invoke(person_app, [*words, "--workspace", str(office.path)])
    assert result.exit_code == 0, result.output
    return result.stdout


def person_ids(office):
    import pyarrow.parquet as pq

    [edition] = sealed_editions(office.editions)
    table = pq.read_table(office.editions / edition / "persons", partitioning=None)
    return {row["name"]: str(row["person_id"]) for row in table.to_pylist()}


def test_a_person_is_shown_in_words_not_codes(office):
    page = shown(office, "show", person_ids(office)["甲"])
    for word in ("女", "户主", "丧偶", "汉族", "户籍与居住均在此地"):
        assert word in page
    assert not re.findall(CODES, page)


def test_a_person_of_whom_little_is_known_is_shown_with_dashes(office):
    page = shown(office, "show", person_ids(office)["乙"])
    assert "—" in page
    assert not re.findall(CODES, page)


def test_who_is_found_by_number_is_masked(office):
    page = shown(office, "find", "--id-number", NUMBER)
    assert "金冲村" in page
    assert NUMBER not in page


def test_a_damaged_edition_is_named_and_how_to_learn_more(office):
    person = person_ids(office)["甲"]
    [file] = office.editions.glob("*/persons/*.parquet")
    file.write_bytes(file.read_bytes()[:-9])
    result = CliRunner().invoke(
        person_app, ["show", person, "--workspace", str(office.path)], catch_exceptions=True
    )
    assert isinstance(result.exception, EditionDamaged)
    assert "edition verify" in str(result.exception)
