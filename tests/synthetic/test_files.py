"""What stands on disk: the same bytes for a seed, and truth that points to the right rows."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine

from renkou.actions.synthesise import synthesise_city
from renkou.core.errors import UsageError, WorkspaceError
from renkou.intake.sources import parse_source
from renkou.synthetic.city import City, make_city

PEOPLE, SEED = 2_000, 5
ENCODINGS = {
    "police": "gb18030",
    "births": "utf-8-sig",
    "school": "utf-16",
    "insurance": "utf-8-sig",
}
MARKS = {"births": b"\xef\xbb\xbf", "insurance": b"\xef\xbb\xbf", "school": b"\xff\xfe"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    synthesise_city(folder, people=PEOPLE, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def small_city() -> City:
    return make_city(PEOPLE, SEED)


@pytest.fixture(scope="module")
def rows(made: Path) -> dict[tuple[str, str | None, int], list[str]]:
    """Every row of every file, by file, sheet and row as Excel counts."""
    found: dict[tuple[str, str | None, int], list[str]] = {}
    for path in sorted((made / "incoming").iterdir()):
        for sheet, lines in _read(path).items():
            for number, cells in enumerate(lines, 1):
                found[path.name, sheet, number] = cells
    return found


def _read(path: Path) -> dict[str | None, list[list[str]]]:
    if path.suffix == ".xlsx":
        book = python_calamine.CalamineWorkbook.from_path(path)
        return {
            name: [[str(cell) for cell in row]
                   for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
            for name in book.sheet_names
        }  # fmt: skip
    text = path.read_bytes().decode(ENCODINGS[path.name.split("_")[0]])
    delimiter = "\t" if path.name.startswith("school") else ","
    return {None: list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))}


@pytest.fixture(scope="module")
def truth(made: Path) -> pa.Table:
    return pq.read_table(made / "truth.parquet")


def _digests(folder: Path) -> dict[str, str]:
    made = [*folder.glob("incoming/*"), *folder.glob("sources/*"), folder / "areas.csv",
            folder / "truth.parquet"]  # fmt: skip
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in made}


def test_the_seed_decides_every_byte(made: Path, tmp_path: Path) -> None:
    synthesise_city(tmp_path / "again", people=PEOPLE, seed=SEED)
    assert _digests(tmp_path / "again") == _digests(made)


def test_every_row_of_the_truth_holds_a_cell_that_its_person_put_there(
    truth: pa.Table, rows: dict, small_city: City
) -> None:
    missed = 0
    for line in truth.to_pylist():
        cells = rows[line["file"], line["sheet"], line["row"]]
        person = line["person"]
        own = {str(small_city.names.name[person]), small_city.number[person].decode(),
               str(small_city.names.former[person])}  # fmt: skip
        if not line["kind"]:
            assert str(small_city.names.name[person]) in cells
        missed += not own & set(cells)
    # The rest has both name and number spoilt, or no name yet.
    assert missed / len(truth) < 0.05


def test_rows_without_a_person_are_headers_sub_totals_and_footers(
    truth: pa.Table, rows: dict
) -> None:
    known = {(r["file"], r["sheet"], r["row"]) for r in truth.to_pylist()}
    words = ("姓名", "登记表", "登记信息", "填报单位", "填表人", "调查员", "合计", "小计", "产妇", "男方",
             "户编号", "出生年月", "空房")  # fmt: skip
    for place in rows.keys() - known:
        text = "".join(rows[place])
        assert not text or any(word in text for word in words), place
    assert not known - rows.keys()


def test_one_row_is_one_person_and_a_couple_is_two(truth: pa.Table) -> None:
    places = [(r["file"], r["sheet"], r["row"], r["role"]) for r in truth.to_pylist()]
    assert len(set(places)) == len(places)
    roles = {(r["source"], r["role"]) for r in truth.to_pylist()}
    assert roles == {(s, "self") for s in ("police", "births", "school", "deaths", "insurance",
                                           "newcomers", "audit")} | {
        ("marriages", "husband"), ("marriages", "wife")}  # fmt: skip


def test_files_begin_as_their_programs_would_write_them(made: Path) -> None:
    for path in (made / "incoming").glob("*.csv"):
        mark = MARKS.get(path.name.split("_")[0], b"")
        assert path.read_bytes().startswith(mark)
    police = next((made / "incoming").glob("police_*.csv")).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        police.decode("utf-8")


def test_rosters_have_a_sheet_per_village_and_merged_households(made: Path) -> None:
    roster = sorted((made / "incoming").glob("newcomers_*.xlsx"))[0]
    book = python_calamine.CalamineWorkbook.from_path(roster)
    assert all(name.endswith(("村", "社区")) for name in book.sheet_names)
    merges = book.get_sheet_by_index(0).merged_cell_ranges
    assert ((2, 5), (2, 7)) in merges  # 基本信息
    assert any(a[0] > 3 for a, _ in merges)


def test_empty_dwellings_stand_in_the_rosters_and_name_nobody(truth: pa.Table, rows: dict) -> None:
    known = {(r["file"], r["sheet"], r["row"]) for r in truth.to_pylist()}
    empty = {place: cells for place, cells in rows.items() if "空房" in cells}
    people = sum(1 for place in known if place[0].startswith("newcomers"))
    assert 0 < len(empty) < people * 0.05
    assert all(place[0].startswith("newcomers") and place not in known for place in empty)
    assert {sum(bool(cell) for cell in cells) for cells in empty.values()} == {2}  # address, remark


def test_refused_columns_hold_nothing_but_dummy_marks(made: Path) -> None:
    for path in (made / "incoming").glob("births_*.csv"):
        lines = _read(path)[None]
        column = lines[1].index("孩次")
        assert {row[column] for row in lines[2:]} == {"略"}
    for path in (made / "incoming").glob("newcomers_*.xlsx"):
        for lines in _read(path).values():
            cells = {row[at] for row in lines[4:] for at in (11, 12)}
            assert cells <= {"略", ""}


def test_every_source_is_one_that_intake_reads(made: Path) -> None:
    for path in (made / "sources").glob("*.toml"):
        spec = parse_source(path.read_text("utf-8"), path.stem)
        assert spec.legal_basis
        assert [p for pattern in spec.files for p in (made / "incoming").glob(pattern)]


def test_workbooks_stay_under_fifty_thousand_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    from renkou.synthetic.lists import marriages

    assert marriages.BOOK_ROWS + 3 < 50_000
    monkeypatch.setattr(marriages, "BOOK_ROWS", 100)
    files = list(marriages.marriages_files(make_city(2_000, 1)))
    assert len(files) > 3
    assert all(len(part.row) <= 100 for file in files for part in file.truth)


@pytest.mark.parametrize("people", [0, 1_999, 3_000_001])
def test_a_size_out_of_range_is_refused(tmp_path: Path, people: int) -> None:
    with pytest.raises(UsageError, match="2000 to 3000000"):
        synthesise_city(tmp_path / "city", people=people, seed=1)


def test_a_share_of_names_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="separated-names"):
        synthesise_city(tmp_path / "city", people=2_000, seed=1, separated_names=1.5)


def test_a_folder_with_lists_is_left_alone(made: Path) -> None:
    with pytest.raises(WorkspaceError, match="not empty"):
        synthesise_city(made, people=PEOPLE, seed=SEED)
