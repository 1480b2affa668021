"""SDMX-CSV: read back by pysdmx equal to what was written."""

import csv
import io
import math
from dataclasses import replace

import pytest
from pysdmx.io import read_sdmx

from renkou.core.errors import FiguresRefused
from renkou.publishing.sdmx_csv import (
    COLUMNS,
    DATAFLOW,
    SEX_CODES,
    age_code,
    sdmx_csv,
    time_codes,
    unit_code,
)
from tests.publishing.bulletin_example import DEFINITIONS, row, rows


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_pysdmx_reads_back_every_figure(version: str) -> None:
    text = sdmx_csv(rows(), DEFINITIONS, version=version)  # type: ignore[arg-type]
    (dataset,) = read_sdmx(text, validate=False).data
    assert dataset.short_urn == f"Dataflow={DATAFLOW}"
    assert set(dataset.data.columns) == set(COLUMNS)
    found = {}
    for line in dataset.data.to_dict("records"):
        key = tuple(line[name] for name in ("INDICATOR", "REF_AREA", "SEX", "AGE", "TIME_PERIOD"))
        found[key] = [float(line[name] or "nan") for name in ("OBS_VALUE", "LOWER", "UPPER")]
    wanted = {
        (
            one["indicator"], one["area"], SEX_CODES[one["sex"]], age_code(one["age"]),
            time_codes(one["period"])[1],
        ): [math.nan if one[name] is None else one[name] for name in ("value", "lower", "upper")]
        for one in rows()
    }  # fmt: skip
    assert found.keys() == wanted.keys()
    for key, numbers in wanted.items():
        assert found[key] == pytest.approx(numbers, abs=0, rel=0, nan_ok=True), key


def test_a_line_has_structure_dimensions_value_and_attributes() -> None:
    text = sdmx_csv([row("cbr", 5.43, 5.31, 5.55)], DEFINITIONS)
    header, line = text.split("\r\n")[:2]
    assert header == (
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,INDICATOR,REF_AREA,SEX,AGE,TIME_PERIOD,OBS_VALUE,"
        "LOWER,UPPER,OBS_STATUS,UNIT_MEASURE,DECIMALS,OBS_COMMENT"
    )
    assert line == (
        "dataflow,RENKOU:DF_POPULATION(1.0.0),I,S,cbr,5301,_T,_T,2024-S1,5.43,5.31,5.55,A,PER_1000,2,"
    )


def test_what_is_not_published_is_missing_with_its_reason() -> None:
    (line,) = cells(sdmx_csv([row("imr", None, note='分母不足30, "少"')], DEFINITIONS))
    assert (line["OBS_VALUE"], line["OBS_STATUS"]) == ("NaN", "Q")
    assert line["OBS_COMMENT"] == '分母不足30, "少"'


def test_numbers_read_back_as_they_were() -> None:
    values = [0.1 + 0.2, 2_812_345.0, 1e-7, -3.0, 1e15]
    made = [row("cbr", one, age=str(at)) for at, one in enumerate(values)]
    found = {line["AGE"]: line["OBS_VALUE"] for line in cells(sdmx_csv(made, DEFINITIONS))}
    assert [float(found[f"Y{at}"]) for at in range(len(values))] == values
    assert found["Y1"] == "2812345"


def test_the_order_of_rows_does_not_matter() -> None:
    assert sdmx_csv(rows()[::-1], DEFINITIONS) == sdmx_csv(rows(), DEFINITIONS)


def test_units_have_codes() -> None:
    codes = {one.id: unit_code(one) for one in DEFINITIONS}
    assert codes["usual"] == "PS"
    assert codes["old_share"] == "PT"
    assert codes["e0"] == "Y"
    assert codes["srb"] == "PER_100_GIRLS"
    assert unit_code(replace(DEFINITIONS[0], unit_zh="", unit_en="")) == "NUMBER"


@pytest.mark.parametrize("dataflow", ["DF_POPULATION", "A:B(x)", "A:B(1.0),C", ""])
def test_a_dataflow_without_agency_or_version_is_refused(dataflow: str) -> None:
    with pytest.raises(FiguresRefused, match=r"is AGENCY:ID\(VERSION\)") as refused:
        sdmx_csv(rows(), DEFINITIONS, dataflow=dataflow)
    assert refused.value.zh


def test_an_unknown_version_indicator_or_code_is_refused() -> None:
    with pytest.raises(FiguresRefused, match="version = '3'"):
        sdmx_csv(rows(), DEFINITIONS, version="3")  # type: ignore[arg-type]
    with pytest.raises(FiguresRefused, match="every indicator has a definition"):
        sdmx_csv([row("tfr", 1.0)], DEFINITIONS)
    odd = replace(DEFINITIONS[0], id="常住")
    with pytest.raises(FiguresRefused, match="an SDMX code has letters"):
        sdmx_csv([row("常住", 1.0)], [odd])
