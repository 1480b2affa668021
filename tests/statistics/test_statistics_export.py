"""What an office gives out: each format opens in what it is for, and holds only what may be published."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from renkou.actions.statistics_charts import Publication, compared, definition_of, drawings
from renkou.actions.statistics_export import FORMATS, Exported, Letterhead, export_statistics
from renkou.actions.workspaces import Workspace
from renkou.core.errors import FileUnreadable, NotPermitted, UsageError
from renkou.core.figures import Sensitivity

CITY = "云川市"


@pytest.fixture(scope="session")
def exported(
    counted_office: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exported]:
    """Everything of the last half-year, in all formats."""
    from renkou.records.databases import close_database

    close_database()
    yield export_statistics(
        counted_office, by="bob", out=tmp_path_factory.mktemp("out"),
        head=Letterhead(issuer="某市统计局", contact="电话 000"),
    )  # fmt: skip
    close_database()


def _file(exported: Exported, ending: str) -> Path:
    [path] = [one for one in exported.files if one.name.endswith(ending)]
    return path


def test_the_city_and_its_last_half_year_are_what_is_exported(exported: Exported) -> None:
    assert len(exported.area) == 4
    assert exported.period == "2024-H2"
    endings = {path.suffix.lstrip(".") for path in exported.files}
    assert endings == {"docx", "pdf", "xlsx", "csv", "png", "svg", "html"}
    assert all(path.stat().st_size > 500 for path in exported.files)


def test_the_word_bulletin_names_the_city_and_gives_intervals(
    exported: Exported, published: pa.Table
) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document(str(_file(exported, ".docx")))
    text = "\n".join(one.text for one in document.paragraphs)
    [city] = (
        published.filter(pc.equal(published["area"], exported.area))["area_name"]
        .unique()
        .to_pylist()
    )
    assert city in text
    assert "某市统计局" in text
    assert "区间" in text
    assert document.tables
    assert document.inline_shapes


def test_the_pdf_opens(exported: Exported) -> None:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(str(_file(exported, ".pdf")))
    assert len(reader.pages) >= 2


def test_the_workbook_has_the_published_figures_and_no_other(
    exported: Exported, published: pa.Table
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(_file(exported, ".xlsx"), read_only=True)
    assert len(book.sheetnames) > 20
    shown = set(published["value"].drop_null().to_pylist())
    values = {
        cell for row in book[book.sheetnames[-1]].iter_rows(values_only=True)
        for cell in row if isinstance(cell, float)
    }  # fmt: skip
    assert values <= shown | set(published["lower"].drop_null().to_pylist()) | set(
        published["upper"].drop_null().to_pylist()
    ) | set(published["numerator"].drop_null().to_pylist()) | set(
        published["denominator"].drop_null().to_pylist()
    )


def test_sdmx_is_read_back(exported: Exported) -> None:
    pysdmx = pytest.importorskip("pysdmx.io")
    message = pysdmx.read_sdmx(io.StringIO(_file(exported, ".sdmx.csv").read_text("utf-8")).read())
    [data] = message.data
    assert len(data.data) > 1000


@pytest.mark.parametrize("ending", [".html", ".svg"])
def test_charts_load_nothing_from_elsewhere(exported: Exported, ending: str) -> None:
    files = [path for path in exported.files if path.name.endswith(ending)]
    assert len(files) >= 4
    for path in files:
        text = path.read_text("utf-8")
        loaded = re.findall(r"""(?:src|href)\s*=\s*["'](https?:)?//""", text)
        assert not loaded, path.name
        assert not re.search(r"@import|url\(\s*['\"]?https?:", text), path.name


def _publication(published: pa.Table, area: str, period: str = "2024") -> Publication:
    names = dict(
        zip(published["area"].to_pylist(), published["area_name"].to_pylist(), strict=True)
    )
    rows = published.filter(pc.not_equal(published["level"], "village"))
    return Publication(rows.to_pylist(), area, period, "检验", names)


def test_fertility_is_never_ranked(published: pa.Table) -> None:
    top = min(published["area"].unique().to_pylist(), key=len)
    publication = _publication(published, top)
    for indicator in ("birth_rate", "natural_increase_rate", "general_fertility_rate"):
        assert definition_of(indicator).sensitivity is Sensitivity.FERTILITY
        picture = compared(publication, indicator)
        if picture is not None:
            assert "名次" not in picture.alt_text
            assert "rank" not in picture.alt_text
    assert any("65岁" in one.name for one in drawings(publication))


def test_only_what_was_asked_for_is_written(office: Workspace, tmp_path: Path) -> None:
    made = export_statistics(
        office, by="bob", out=tmp_path / "out", period="2024", formats=("sdmx",)
    )
    assert [path.name for path in made.files] == ["figures_2024.sdmx.csv"]
    assert (made.period, list((tmp_path / "out").iterdir())) == ("2024", list(made.files))


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ({"formats": ("odt",)}, UsageError, f"format odt: there are {', '.join(FORMATS)}"),
        ({"period": "2019"}, UsageError, "period 2019: not among the figures"),
        ({"period": "last"}, UsageError, "is no year"),
        ({"area": "990000"}, UsageError, "area 99: has no figures"),
        ({"area": "没有这个镇"}, UsageError, "not in areas.csv"),
        ({"geojson": Path("no-such.geojson")}, FileUnreadable, "cannot be read as a map"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    office: Workspace, tmp_path: Path, asked: dict, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told) as refused:
        export_statistics(office, by="bob", out=tmp_path / "out", **asked)
    assert refused.value.zh
    assert not (tmp_path / "out").exists()


def test_carol_may_export_nothing(office: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted, match="carol \\(clerk\\) may not read report"):
        export_statistics(office, by="carol", out=tmp_path / "out")
