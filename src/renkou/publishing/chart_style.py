"""The house style of every chart: colours, letters, captions, figures and lines of text. Pure.

Colours are told apart with any colour vision and stand at 3:1 or more on white, texts at 4.5:1.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from renkou.core.figures import Definition, Sensitivity, period_words
from renkou.publishing.words import Words

FONT = (
    "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, Source Han Sans SC, sans-serif"
)
INK, MUTED, RULE, HAIR = "#1b2430", "#5b6674", "#aeb6c0", "#e6e9ee"
BLUE, SAND, FADED = "#1f4e79", "#b8893b", "#dfe3e9"
MALE, FEMALE = "#2f6090", "#b9593f"
# Six lines on white: also apart in lightness and, with DASHES, without any colour.
SERIES = ("#1f4e79", "#c2571a", "#00796b", "#8c1c5a", "#6b6f00", "#5b6674")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [10, 4])
CLASSES = ("#e3edf6", "#bcd4e8", "#8ab4d6", "#5290bf", "#256a9f", "#0b4373")  # light to dark
BAND_OPACITY = 0.18
SMALL = 11

Chart = Any
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Caption:
    """What a reader must know of a chart: what, of whom, when, where from, how sure."""

    title: str
    unit: str  # 人, ‰, %, 岁, …
    base: str  # whose population or events
    period: str
    source: str  # source and edition
    sensitivity: Sensitivity
    interval: str = ""  # method and assumption; '' where there is none
    decimals: int = 1
    language: str = "zh"

    def say(self, zh: str, en: str) -> str:
        """The text in the language of this chart."""
        return Words(zh, en).in_language(self.language)

    def figure(self, value: float | None) -> str:
        """A value as the chart prints it; a dash where it may not be published."""
        return "–" if value is None else figure_text(value, self.decimals)


def caption_of(
    definition: Definition, rows: Sequence[Row], source: str, language: str = "zh", area: str = ""
) -> Caption:
    """Caption of rows of one indicator: its names, unit, base and interval, the rows' periods."""
    said = Words(definition.zh, definition.en).in_language(language)
    return Caption(
        title=Words(f"{area}{said}", f"{area}: {said}" if area else said).in_language(language),
        unit=Words(definition.unit_zh, definition.unit_en).in_language(language),
        base=Words(definition.base_zh, definition.base_en).in_language(language),
        period=span_of_periods(sorted({str(row["period"]) for row in rows}), language),
        source=source,
        sensitivity=definition.sensitivity,
        interval=Words(definition.interval_zh, definition.interval_en).in_language(language),
        decimals=definition.decimals,
        language=language,
    )


def span_of_periods(periods: Sequence[str], language: str) -> str:
    """One period in words, or the first and the last of several.

    >>> span_of_periods(["2020", "2024"], "zh"), span_of_periods(["2024-H1"], "en")
    ('2020年至2024年', 'first half of 2024')
    """
    if not periods:
        return ""
    first, last = (period_words(one)[language == "en"] for one in (periods[0], periods[-1]))
    if first == last:
        return first
    return Words(f"{first}至{last}", f"{first} to {last}").in_language(language)


@dataclass(frozen=True)
class Picture:
    """One chart for every medium, with the words and the table that say the same."""

    chart: Chart
    caption: Caption
    alt_text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()  # in the language of the chart, shown under it


def pictured(
    chart: Chart,
    caption: Caption,
    *,
    width: int,
    alt_text: str,
    table: tuple[Sequence[str], Sequence[Sequence[str]]],
    notes: Sequence[str] = (),
    subtitle: Sequence[str] = (),
) -> Picture:
    """A chart in its frame: title and base above; interval, notes and source below."""
    columns, rows = table
    return Picture(
        chart=_framed(chart, caption, width, alt_text, notes, subtitle),
        caption=caption,
        alt_text=alt_text,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        notes=tuple(notes),
    )


def _framed(
    chart: Chart,
    caption: Caption,
    width: int,
    alt_text: str,
    notes: Sequence[str],
    subtitle: Sequence[str],
) -> Chart:
    about = " · ".join(part for part in (caption.base, caption.period, _unit(caption)) if part)
    head = alt.TitleParams(
        _lines([caption.title], width, 15),
        subtitle=_lines([about, *subtitle], width, 12),
        anchor="start", frame="bounds", offset=10, fontSize=15, subtitleFontSize=12,
        subtitlePadding=5, color=INK, subtitleColor=MUTED,
    )  # fmt: skip
    foot = alt.TitleParams(
        _lines(_footer(caption, notes), width, SMALL),
        anchor="start", frame="bounds", orient="bottom", offset=12, fontSize=SMALL, color=MUTED,
        fontWeight="normal",
    )  # fmt: skip
    inner = _own_legend(alt.vconcat(chart, spacing=0)).properties(title=head)
    return house_style(_own_legend(alt.vconcat(inner)).properties(title=foot, description=alt_text))


def _unit(caption: Caption) -> str:
    return caption.say(f"单位：{caption.unit}", f"Unit: {caption.unit}") if caption.unit else ""


def _own_legend(chart: Chart) -> Chart:
    """Legends stay with their chart, under the title, rather than above it."""
    apart = {"color": "independent", "shape": "independent", "strokeDash": "independent"}
    return chart.resolve_scale(**apart).resolve_legend(**apart)


def _footer(caption: Caption, notes: Sequence[str]) -> list[str]:
    interval = [
        caption.say(f"区间：95%，{caption.interval}", f"Intervals: 95 %, {caption.interval}")
    ]
    source = [caption.say(f"来源：{caption.source}", f"Source: {caption.source}")]
    return [*(interval if caption.interval else []), *notes, *source]


def house_style(chart: Chart) -> Chart:
    """Apply the house style: no frame, hairline grid, quiet axes."""
    axis = {
        "labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12,
        "labelColor": MUTED, "titleColor": MUTED, "titleFontWeight": "normal",
        "domainColor": RULE, "tickColor": RULE, "gridColor": HAIR, "labelLimit": 220,
    }  # fmt: skip
    legend = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "labelColor": INK}
    return chart.configure(
        font=FONT,
        background="white",
        axis=axis,
        legend={**legend, "title": None, "orient": "top", "symbolType": "square"},
        view={"stroke": None},
        text={"font": FONT, "fontSize": 12, "color": INK},
        header={"labelFont": FONT, "titleFont": FONT},
        padding=4,
    )


def inline(rows: Sequence[Row]) -> alt.InlineData:
    """Rows that the chart holds itself.

    Set after the object is made, and as a tuple: Altair would else check every row against its
    schema and copy all of them with each layer, seconds for a surface of thousands of cells.
    """
    data = alt.InlineData(values=[])
    data.values = tuple(dict(row) for row in rows)
    return data


def count_axis(language: str, *, signed: bool = False, **settings: Any) -> alt.Axis:
    """An axis of counts: in Chinese by 万 above 10,000, in English by thousands.

    Without sign, as both sides of a pyramid are counts, if it is not asked for.
    """
    value = "datum.value" if signed else "abs(datum.value)"
    small = f"format({value}, ',d')"
    large = f"format({value} / 1e4, '~f') + '万'"
    if language == "en":
        large = f"format({value}, '~s')"
    return alt.Axis(labelExpr=f"abs(datum.value) >= 1e4 ? {large} : {small}", **settings)


def value_axis(caption: Caption, top: float, **settings: Any) -> alt.Axis:
    """The axis of an indicator: counts as counts, other values with the decimals they need."""
    if caption.decimals == 0 and top > 20:
        return count_axis(caption.language, signed=True, **settings)
    return alt.Axis(format=",~f", **settings)


def figure_text(value: float, decimals: int) -> str:
    """A figure with thousands separated, as charts and their tables print it.

    >>> figure_text(-12345.678, 1), figure_text(-0.01, 1)
    ('−12,345.7', '0.0')
    """
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", "−")


def round_up(value: float) -> float:
    """The next 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten.

    >>> [round_up(v) for v in (0, 7, 41, 850, 1200)]
    [1, 8, 50, 1000, 1500]
    >>> round_up(3.2, ), round_up(0.7)
    (4, 1)
    """
    if value <= 1:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return next(
        int(step * power) for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if int(step * power) >= value
    )


def text_width(text: str, size: float) -> float:
    """Width of a line in pixels, near enough to lay it out: full-width letters one em.

    >>> text_width("人口", 12), text_width("ab", 10)
    (24.0, 11.0)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (wide + 0.55 * (len(text) - wide))


_NO_BEGINNING = "，。；：、）》”’！？,.;:)%‰ "
_PIECE = re.compile(r"[^\s⺀-鿿　-〿＀-￯]+\s?|.")


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text that are no wider than `width` pixels.

    >>> wrapped("甲乙丙丁，戊己", 50, 12), wrapped("one two three", 50, 12)
    (['甲乙丙丁，', '戊己'], ['one two', 'three'])
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        full = text_width((lines[-1] + piece).rstrip(), size) > width
        if full and lines[-1] and piece[0] not in _NO_BEGINNING:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def shortened(text: str, width: float, size: float) -> str:
    """The text, its end replaced by … where it is wider than `width` pixels."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def _lines(texts: Sequence[str], width: float, size: float) -> list[str]:
    return [line for text in texts for line in wrapped(text, width, size)]


def contrast(first: str, second: str) -> float:
    """Contrast of two colours by WCAG 2: 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ink_on(colour: str) -> str:
    """The ink that reads better on a colour: dark or white.

    >>> ink_on("#e3edf6"), ink_on("#0b4373")
    ('#1b2430', '#ffffff')
    """
    return max((INK, "#ffffff"), key=lambda ink: contrast(ink, colour))
