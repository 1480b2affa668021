"""What the edition commands say, a person can read."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from renkou.cli.edition_commands import edition_app
from renkou.core.errors import EditionDamaged, UsageError


def run(office, *words):
    return CliRunner().invoke(edition_app, [*words, "--workspace", str(office.path)])


def test_areas_are_compared_by_their_names(read_only_office):
    page = run(read_only_office, "compare", "1", "2").stdout
    assert "未能对应到区域" in page
    assert "000000" not in page


def test_merges_splits_and_moves_are_told_apart(read_only_office):
    found = json.loads(run(read_only_office, "compare", "1", "2", "--json").stdout)
    assert (found["merged"], found["split"], found["moved"]) == (1, 1, 1)
    page = run(read_only_office, "compare", "1", "2").stdout
    assert "并入他人的人员编号 1，拆分的 1，有记录改归他人的 1" in page


def test_comparing_counts_who_came_and_went_and_which_values_changed(read_only_office):
    found = json.loads(run(read_only_office, "compare", "1", "2", "--json").stdout)
    assert found["areas"] == [
        {"area": "000000", "in": 1, "out": 1},
        {"area": "513021", "in": 0, "out": 0},
    ]
    changed = {row["field"]: row["people"] for row in found["fields"]}
    assert changed["residence_status"] == 1  # 丁 is unlisted now
    assert "name" not in changed


def test_an_edition_compared_with_itself_has_no_change(read_only_office):
    found = json.loads(run(read_only_office, "compare", "2", "2", "--json").stdout)
    assert found["fields"] == []
    assert not any(found[name] for name in ("merged", "split", "moved"))
    assert not any(row["in"] or row["out"] for row in found["areas"])


def test_an_edition_that_is_not_there_is_named_with_those_that_are(read_only_office):
    error = run(read_only_office, "compare", "1", "7").exception
    assert isinstance(error, UsageError)
    assert "0002-2024-06-30" in str(error)


def test_editions_are_listed_and_shown_with_their_counts(read_only_office):
    listed = json.loads(run(read_only_office, "list", "--json").stdout)
    assert [one["id"] for one in listed] == ["0001-2024-06-30", "0002-2024-06-30"]
    assert [one["rows"]["decisions"] for one in listed] == [2, 2]
    assert "0002-2024-06-30" in run(read_only_office, "list").stdout
    page = run(read_only_office, "show", "1").stdout
    for words in ("版本 0001-2024-06-30", "police", "人员", "判定"):
        assert words in page


def test_a_whole_edition_verifies_and_an_altered_one_is_named(office):
    assert "完好" in run(office, "verify", "2").stdout
    file = next(office.editions.glob("0002-*/events/*.parquet"))
    altered = bytearray(file.read_bytes())
    altered[len(altered) // 2] ^= 1
    file.write_bytes(altered)
    error = run(office, "verify", "2").exception
    assert isinstance(error, EditionDamaged)
    assert file.name in str(error)


def test_areas_without_the_right_columns_are_named(office):
    office.areas.write_text("代码,名称\n513021,青渚区\n", encoding="utf-8")
    error = run(office, "compare", "1", "2").exception
    assert isinstance(error, UsageError)
    assert "areas.csv: needs the columns code, name" in str(error)
