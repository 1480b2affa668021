"""What the edition commands say, a person can read."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from renkou.cli.edition_commands import edition_app
from renkou.core.errors import UsageError
from tests.editions.builds import build
from tests.register.tables import record

AREAS = "code,name,level,parent\n513021,青渚区,county,5130\n"


@pytest.fixture
def office(workspace):
    here = {"registered_area": "513021001001", "birth_date": "1990-01-01"}
    rows = [record("police", 1, name="甲", registered_area="东村"), record("police", 2, **here)]
    for sex in ("male", "female"):
        build(workspace.editions, [{**row, "sex": sex, "delivery": sex} for row in rows])
    return workspace


def compared(office):
    words = ["compare", "1", "2", "--workspace", str(office.path)]
    return CliRunner().invoke(edition_app, words)


def test_areas_are_compared_by_their_names(office):
    office.areas.write_text(AREAS, encoding="utf-8")
    page = compared(office).stdout
    assert "青渚区" in page
    assert "未能对应到地区" in page
    assert "000000" not in page


def test_areas_without_the_right_columns_are_named(office):
    office.areas.write_text("代码,名称\n513021,青渚区\n", encoding="utf-8")
    error = compared(office).exception
    assert isinstance(error, UsageError)
    assert "areas.csv: needs the columns code, name" in str(error)
