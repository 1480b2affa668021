"""The tables of a bulletin, from figures. Pure.

Areas stand in the order of their codes and ages in their own; no table is sorted by value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renkou.core.figures import Definition
from renkou.publishing.bulletin_content import Language, Table, label
from renkou.publishing.bulletin_figures import (
    ALL_AGES,
    LEVELS,
    Figure,
    Figures,
    age_bounds,
    age_order,
)
from renkou.publishing.bulletin_numbers import in_table, interval_in_table, rounded
from renkou.publishing.bulletin_text import Change, year_before
from renkou.publishing.words import Words

INDICATORS_PER_TABLE = 3  # with their intervals, as many as an upright page holds
MOST_AGES = 25  # rows of a table by age; single years of age are for the workbook
_SEXES = ("both", "male", "female")
_UNPUBLISHED = Words("“…”表示不予公布：{reasons}。", "“…” is not published: {reasons}.")
_BY_CODE = Words(
    "地区按行政区划代码排列，不分先后。",
    "Areas stand in the order of their codes; this is no ranking.",
)


def name_of(definition: Definition, language: Language) -> str:
    """The indicator's name."""
    return definition.en if language == "en" else definition.zh


def unit_of(definition: Definition, language: Language) -> str:
    """The indicator's unit."""
    return definition.unit_en if language == "en" else definition.unit_zh


def _reasons(figures: Sequence[Figure | None], language: Language) -> tuple[str, ...]:
    """The note that says why cells are empty."""
    notes = dict.fromkeys(one.reason for one in figures if one is not None and one.value is None)
    joint = "; " if language == "en" else "；"
    said = joint.join(notes)
    return (_UNPUBLISHED.in_language(language).format(reasons=said),) if notes else ()


def summary_table(
    number: int, caption: str, figures: Figures, definitions: Sequence[Definition], area: str,
    period: str, language: Language,
) -> Table | None:  # fmt: skip
    """One row per indicator: this period with its interval, a year before, the change."""
    rows, shown = [], []
    for definition in definitions:
        now = figures.find(definition.id, area, period)
        before = figures.find(definition.id, area, year_before(period))
        if now is not None:
            rows.append(_summary_row(definition, now, before, language))
            shown += [now, before]
    if not rows:
        return None
    before_word = "before_year" if "-" not in period else "before"
    names = ["indicator", "unit", "now", "interval", before_word, "change", "overlap"]
    kept = 7 if any(row[4] for row in rows) else 4  # no year before: nothing to compare with
    return Table(
        f"{label('table', language)}{number}", caption, "",
        tuple(label(one, language) for one in names[:kept]), tuple(row[:kept] for row in rows),
        text_columns=2, notes=_reasons(shown, language),
    )  # fmt: skip


def _summary_row(
    definition: Definition, now: Figure, before: Figure | None, language: Language
) -> tuple[str, ...]:
    digits = definition.decimals
    change = Change.between(now, before)
    certain = ""
    if change is not None and change.certain is not None:
        certain = label("apart" if change.certain else "overlapping", language)
    return (
        name_of(definition, language), unit_of(definition, language), in_table(now.value, digits),
        interval_in_table(now.lower, now.upper, digits),
        "" if before is None else in_table(before.value, digits),
        "" if change is None else _signed(change.difference, digits), certain,
    )  # fmt: skip


def _signed(value: float, decimals: int) -> str:
    text = rounded(value, decimals, thousands=True)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def parts_of(figures: Figures, area: str, period: str) -> list[tuple[str, str]]:
    """Code and name of the areas of the next tier below that has figures, in order of code."""
    below = {
        (LEVELS.index(one.level), one.area, one.area_name)
        for one in figures
        if one.period == period and one.area.startswith(area) and one.area != area
    }
    tier = min((level for level, _, _ in below), default=None)
    return sorted((code, name) for level, code, name in below if level == tier)


def area_tables(
    number: int, caption: str, figures: Figures, definitions: Sequence[Definition], area: str,
    name: str, period: str, language: Language,
) -> Iterator[Table]:  # fmt: skip
    """Tables of the whole and its parts, a few indicators in each."""
    parts = parts_of(figures, area, period)
    told = [
        one
        for one in definitions
        if any(figures.find(one.id, code, period) is not None for code, _ in parts)
    ]
    batches = [
        told[i : i + INDICATORS_PER_TABLE] for i in range(0, len(told), INDICATORS_PER_TABLE)
    ]
    for at, batch in enumerate(batches):
        yield _area_table(
            number + at, caption, figures, batch, [(area, name), *parts], period, language
        )


def _area_table(
    number: int, caption: str, figures: Figures, batch: Sequence[Definition],
    areas: Sequence[tuple[str, str]], period: str, language: Language,
) -> Table:  # fmt: skip
    rows, shown = [], []
    for code, name in areas:
        cells = [name]
        for definition in batch:
            found = figures.find(definition.id, code, period)
            shown.append(found)
            cells += _with_interval(found, definition)
        rows.append(tuple(cells))
    header = [label("area", language)]
    for definition in batch:
        unit = unit_of(definition, language)
        brackets = (" (", ")") if language == "en" else ("（", "）")
        named = f"{brackets[0]}{unit}{brackets[1]}" if unit else ""
        header += [f"{name_of(definition, language)}{named}", label("interval", language)]
    joint = ", " if language == "en" else "、"
    names = joint.join(name_of(one, language) for one in batch)
    return Table(
        f"{label('table', language)}{number}", caption.format(names=names), "", tuple(header),
        tuple(rows), notes=(_BY_CODE.in_language(language), *_reasons(shown, language)),
    )  # fmt: skip


def _with_interval(figure: Figure | None, definition: Definition) -> tuple[str, str]:
    if figure is None:
        return "", ""
    digits = definition.decimals
    return in_table(figure.value, digits), interval_in_table(figure.lower, figure.upper, digits)


def ages_of(figures: Figures, indicator: str, area: str, period: str) -> list[str]:
    """The ages to show: groups where there are any, else single years; none if there are too many."""
    found = {
        one.age
        for one in figures.of_indicator(indicator)
        if (one.area, one.period) == (area, period)
    } - {ALL_AGES}
    ranges = {age for age in found if "-" in age}
    if ranges:
        ends = {age_bounds(age)[1] + 1 for age in ranges}
        opens = {age for age in found if age.endswith("+") and age_bounds(age)[0] in ends}
        infants = {"0"} & found if "1-4" in ranges else set()  # of abridged life tables
        found = ranges | opens | infants
    return sorted(found, key=age_order) if len(found) <= MOST_AGES else []


def age_table(
    number: int, caption: str, figures: Figures, definition: Definition, area: str, period: str,
    language: Language,
) -> Table | None:  # fmt: skip
    """One indicator by age and sex, with intervals; None where no age is published.

    The total is not among them: it was perturbed on its own, and stands in the table before.
    """
    ages = ages_of(figures, definition.id, area, period)
    if not ages:
        return None
    grid = {
        (age, sex): figures.find(definition.id, area, period, sex, age)
        for age in ages
        for sex in _SEXES
    }
    if not any(one is not None and one.value is not None for one in grid.values()):
        return None
    sexes = [sex for sex in _SEXES if any(grid[age, sex] is not None for age in ages)]
    header = [label("age", language)]
    for sex in sexes:
        header += [label(sex, language), label("interval", language)]
    rows = []
    for age in ages:
        cells = [age_word(age, language)]
        for sex in sexes:
            cells += _with_interval(grid[age, sex], definition)
        if any(cells[1:]):
            rows.append(tuple(cells))
    filled = [at for at in range(len(header)) if any(cells[at] for cells in rows)]
    shown = [tuple(cells[at] for at in filled) for cells in rows]
    return Table(
        f"{label('table', language)}{number}", _by_age(caption.format(names=name_of(definition, language))),
        unit_of(definition, language), tuple(header[at] for at in filled), tuple(shown),
        notes=_reasons(list(grid.values()), language),
    )  # fmt: skip


def _by_age(caption: str) -> str:
    """The caption, which says only once that it is by age."""
    return caption.replace("分年龄年龄别", "年龄别").replace("Age-specific", "age-specific")


def age_word(age: str, language: Language) -> str:
    """An age as tables name it.

    >>> [age_word(one, "zh") for one in ("all", "0", "0-4", "85+")]
    ['总计', '0岁', '0—4岁', '85岁及以上']
    >>> age_word("0-4", "en")
    '0–4'
    """
    if age == ALL_AGES:
        return label("all", language)
    if language == "en":
        return age.replace("-", "–")
    if age.endswith("+"):
        return f"{age[:-1]}岁及以上"
    return f"{age.replace('-', '—')}岁"


def definition_table(
    number: int, caption: str, definitions: Sequence[Definition], language: Language
) -> Table:
    """How each indicator is computed, of whom, and how its interval was found."""
    english = language == "en"
    rows = tuple(
        (
            name_of(one, language),
            one.formula_en if english else one.formula_zh,
            one.base_en if english else one.base_zh,
            one.interval_en if english else one.interval_zh,
        )
        for one in definitions
    )
    header = tuple(label(one, language) for one in ("indicator", "formula", "base", "method"))
    return Table(
        f"{label('table', language)}{number}", caption, "", header, rows,
        text_columns=4, wide_text=True,
    )  # fmt: skip
