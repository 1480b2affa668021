"""Figures as SDMX-CSV, which statistical offices exchange and `pysdmx` and `sdmx1` read. Pure.

Dimensions and codes are those of the cross-domain code lists where there is one: CL_FREQ, CL_SEX, CL_AGE
(`Y0T4`, `Y_GE85`), CL_OBS_STATUS (`A` normal, `Q` missing, suppressed). Both ends of the interval are
attributes of the observation. Numbers are written as published, without rounding.

Source: SDMX-CSV data message field guide 1.0 and 2.0.0 (github.com/sdmx-twg/sdmx-csv), RFC 4180.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from renkou.core.errors import FiguresRefused
from renkou.core.figures import Definition
from renkou.publishing.bulletin_figures import ALL_AGES, Figure, Figures, age_bounds

DATAFLOW = "RENKOU:DF_POPULATION(1.0.0)"
DIMENSIONS = ("FREQ", "INDICATOR", "REF_AREA", "SEX", "AGE", "TIME_PERIOD")
ATTRIBUTES = ("LOWER", "UPPER", "OBS_STATUS", "UNIT_MEASURE", "DECIMALS", "OBS_COMMENT")
COLUMNS = (*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)
SEX_CODES: Mapping[str, str] = {"both": "_T", "male": "M", "female": "F"}
# Units with a code of their own; any other is its English name as an identifier.
UNIT_CODES: Mapping[str, str] = {"人": "PS", "%": "PT", "‰": "PER_1000", "岁": "Y", "年": "Y"}
_NORMAL, _SUPPRESSED, _MISSING = "A", "Q", "NaN"
_DATAFLOW = re.compile(r"[A-Za-z][\w.-]*:[\w@$-]+(\(\d+(\.\d+)*\))?", re.ASCII)
_CODE = re.compile(r"[\w@$-]+", re.ASCII)
Version = Literal["1.0", "2.0"]


def sdmx_csv(
    rows: Iterable[Mapping[str, Any]],
    definitions: Sequence[Definition],
    *,
    dataflow: str = DATAFLOW,
    version: Version = "2.0",
) -> str:
    """The message: a header and a line for each figure, sorted by its dimensions, lines end CRLF.

    Parameters
    ----------
    rows : published figures with the columns of `renkou.core.figures.FIGURE_COLUMNS`
    dataflow : agency, id and version of the dataflow that the figures belong to
    version : 2.0 has the columns STRUCTURE, STRUCTURE_ID and ACTION (`I`, for information), 1.0 has
        DATAFLOW

    Raises
    ------
    FiguresRefused
        If rows are at fault, an indicator or area is no SDMX code, or dataflow or version is unknown.

    >>> print(sdmx_csv([], []))
    Traceback (most recent call last):
    renkou.core.errors.FiguresRefused: figures = 0 rows: a document states figures; compute some first
    """
    figures = rows if isinstance(rows, Figures) else Figures(rows, definitions)
    header, leading = _leading(dataflow, version)
    lines = sorted(_line(one, figures.definitions[one.indicator]) for one in figures)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*header, *COLUMNS])
    writer.writerows([*leading, *line] for line in lines)
    return out.getvalue()


def _leading(dataflow: str, version: str) -> tuple[list[str], list[str]]:
    """The columns before the dimensions, and what stands in them."""
    if not _DATAFLOW.fullmatch(dataflow):
        raise FiguresRefused(
            "dataflow", repr(dataflow), "is AGENCY:ID(VERSION)", f"write it as {DATAFLOW}",
            zh=f"应为“机构:代号(版本)”；请写成 {DATAFLOW} 的形式",
        )  # fmt: skip
    if version == "2.0":
        return ["STRUCTURE", "STRUCTURE_ID", "ACTION"], ["dataflow", dataflow, "I"]
    if version == "1.0":
        return ["DATAFLOW"], [dataflow]
    raise FiguresRefused(
        "version", repr(version), "is '1.0' or '2.0'", "name one of the two",
        zh="应为 '1.0' 或 '2.0'；请选其一",
    )  # fmt: skip


def _line(figure: Figure, definition: Definition) -> list[str]:
    frequency, time = time_codes(figure.period)
    published = figure.value is not None
    return [
        frequency,
        _code("indicator", figure.indicator),
        _code("area", figure.area),
        SEX_CODES[figure.sex],
        age_code(figure.age),
        time,
        _number(figure.value) if published else _MISSING,
        _number(figure.lower),
        _number(figure.upper),
        _NORMAL if published else _SUPPRESSED,
        unit_code(definition),
        str(definition.decimals),
        figure.note,
    ]


def _code(name: str, text: str) -> str:
    if _CODE.fullmatch(text):
        return text
    raise FiguresRefused(
        name, repr(text), "an SDMX code has letters, digits, @, $, - and _ alone",
        "give it another id in the catalogue", zh="SDMX 代码只能含字母、数字、@、$、- 和 _；请改用其他代号",
    )  # fmt: skip


def _number(value: float | None) -> str:
    """The shortest text that reads back as the same number; whole numbers without a point."""
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def time_codes(period: str) -> tuple[str, str]:
    """Frequency and time of a period.

    >>> [time_codes(one) for one in ("2024", "2024-H1", "2024-Q3", "2024-03")]
    [('A', '2024'), ('S', '2024-S1'), ('Q', '2024-Q3'), ('M', '2024-03')]
    """
    _, _, part = period.partition("-")
    frequency = {"": "A", "H": "S", "Q": "Q"}.get(part[:1], "M")
    return frequency, period.replace("H", "S")


def age_code(age: str) -> str:
    """The code of an age group in CL_AGE.

    >>> [age_code(one) for one in ("all", "0", "0-4", "85+")]
    ['_T', 'Y0', 'Y0T4', 'Y_GE85']
    """
    if age == ALL_AGES:
        return "_T"
    first, last = age_bounds(age)
    if math.isinf(last):
        return f"Y_GE{first}"
    return f"Y{first}" if last == first else f"Y{first}T{last:.0f}"


def unit_code(definition: Definition) -> str:
    """The code of a unit: `PS` persons, `PT` per cent; else its English name, `PER_100_GIRLS`."""
    known = UNIT_CODES.get(definition.unit_zh)
    return (
        known
        or re.sub(r"\W+", "_", definition.unit_en, flags=re.ASCII).strip("_").upper()
        or "NUMBER"
    )
