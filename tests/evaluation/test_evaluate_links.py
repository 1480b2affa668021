"""`links.csv` and truth files as others write them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renkou.actions.evaluating import evaluate_links
from renkou.core.errors import FileUnreadable, SpecError

LINKS = """file,row,person_id,probability
in/a.csv,2,7,1.0
in/a.csv,3,7,0.99
in/b.csv,2,9,1.0
in/b.csv,3,9,1.0
in/b.csv,4,11,1.0
"""


@pytest.fixture
def links(tmp_path):
    path = tmp_path / "links.csv"
    path.write_text(LINKS, encoding="utf-8")
    return path


def test_a_csv_truth_with_the_least_of_columns_is_enough(links, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("file,row,person\na.csv,2,A\na.csv,3,A\nb.csv,2,B\nb.csv,3,C\n")
    result = evaluate_links(links, truth)
    assert result["pairs"]["precision"] == 0.5
    assert result["pairs"]["recall"] == 1.0
    assert result["persons"] == {
        "true": 3, "found": 2, "exactly_right": pytest.approx(1 / 3), "split": 0.0,
        "merged": pytest.approx(2 / 3), "lost": 0.0,
    }  # fmt: skip
    assert result["records"] == {"records": 5, "unmatched": 1, "truth": 4, "unlinked": 0}


def test_a_parquet_truth_tells_kinds_and_lists_apart(links, tmp_path):
    truth = tmp_path / "truth.parquet"
    rows = {
        "source": ["a", "a", "b"], "file": ["a.csv", "a.csv", "b.csv"], "sheet": [None, "", None],
        "row": [2, 3, 2], "role": ["self"] * 3, "person": [1, 1, 1],
        "kind": ["typo", "typo;lunar", None],
    }  # fmt: skip
    pq.write_table(pa.table(rows), truth)
    result = evaluate_links(links, truth)
    assert set(result["by_kind"]) == {"typo", "lunar"}
    assert result["by_list"]["b"]["recall"] == 0.0
    assert result["by_list"]["a"]["recall"] == pytest.approx(1 / 3)


def test_two_files_of_one_name_are_told_apart_by_their_folder_s_list(tmp_path):
    links = tmp_path / "links.csv"
    links.write_text("source,file,row,person_id\nx,x/l.csv,2,1\ny,y/l.csv,2,1\n")
    truth = tmp_path / "truth.csv"
    truth.write_text("source,file,row,person\nx,x/l.csv,2,P\ny,y/l.csv,2,Q\n")
    assert evaluate_links(links, truth)["records"]["unlinked"] == 0


def test_a_truth_without_persons_is_refused_with_what_it_lacks(links, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("file,line\na.csv,2\n")
    with pytest.raises(SpecError, match="no column person"):
        evaluate_links(links, truth)


def test_a_missing_or_unreadable_truth_is_named(links, tmp_path):
    with pytest.raises(FileUnreadable, match="no such file"):
        evaluate_links(links, tmp_path / "none.csv")
    (tmp_path / "bad.parquet").write_bytes(b"not parquet")
    with pytest.raises(FileUnreadable, match="not readable"):
        evaluate_links(links, tmp_path / "bad.parquet")


def test_an_empty_truth_gives_no_measures_rather_than_perfect_ones(links, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("file,row,person\n")
    result = evaluate_links(links, truth)
    assert result["pairs"]["f1"] is None
    assert result["records"]["unmatched"] == 5


def test_a_sheet_that_only_one_side_names_does_not_keep_rows_apart(tmp_path):
    links, truth = tmp_path / "links.csv", tmp_path / "truth.csv"
    links.write_text("file,sheet,row,person_id\nw.xlsx,甲村,2,1\nw.xlsx,甲村,3,1\nc.csv,,2,1\n")
    truth.write_text("file,sheet,row,person\nw.xlsx,,2,P\nw.xlsx,,3,P\nc.csv,c,2,P\n")
    result = evaluate_links(links, truth)
    assert result["records"]["unlinked"] == 0
    assert result["pairs"]["f1"] == 1.0


def test_rows_of_two_sheets_of_one_workbook_stay_apart(tmp_path):
    links, truth = tmp_path / "links.csv", tmp_path / "truth.csv"
    links.write_text("file,sheet,row,person_id\nw.xlsx,甲村,2,1\nw.xlsx,乙村,2,2\n")
    truth.write_text("file,sheet,row,person\nw.xlsx,甲村,2,P\nw.xlsx,乙村,2,Q\n")
    assert evaluate_links(links, truth)["persons"]["exactly_right"] == 1.0


def test_a_row_number_written_as_a_decimal_is_a_row_number(tmp_path):
    links, truth = tmp_path / "links.csv", tmp_path / "truth.csv"
    links.write_text("file,row,person_id\na.csv,2,1\n")
    truth.write_text("file,row,person\na.csv,2.0,P\n")
    assert evaluate_links(links, truth)["records"]["unlinked"] == 0
