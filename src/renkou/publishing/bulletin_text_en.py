"""Sentences of a bulletin in English, by the same rules as the Chinese ones. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from renkou.core.figures import Definition, period_words
from renkou.publishing.bulletin_figures import Figure
from renkou.publishing.bulletin_numbers import COUNTED, prints_as_zero, rounded
from renkou.publishing.bulletin_text import MOST_NAMED, Change, areas_apart, is_stock

_SYMBOLS = ("‰", "%")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _lower_first(text: str) -> str:
    """A name within a sentence; abbreviations keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def end_of_period_en(period: str) -> str:
    """The last moment of a period.

    >>> end_of_period_en("2024-H1"), end_of_period_en("2024")
    ('at the end of June 2024', 'at the end of 2024')
    """
    year, _, part = period.partition("-")
    month = {"": 0, "H": 6, "Q": 3}.get(part[:1], 1) * int(part.lstrip("HQ") or 0)
    return f"at the end of {_MONTHS[month - 1]} {year}" if month % 12 else f"at the end of {year}"


class EnglishText:
    """The sentences in English."""

    def sentence(self, parts: Sequence[str]) -> str:
        """Parts of one sentence, without the stop."""
        first, *others = [one for one in parts if one]
        return "; ".join([", ".join([first, *others[:1]]), *others[1:]])

    def paragraph(self, opening: str, sentences: Sequence[str], see: str) -> str:
        """Sentences after the time and area that all of them share."""
        first, *others = sentences
        capital = [one[:1].upper() + one[1:] for one in others]
        return f"{opening}{'. '.join([first, *capital])}{see}."

    def areas_opening(self, count: int, first: str, last: str) -> str:
        """What the tables by area hold, and in which order."""
        where = first if first == last else f"{first} to {last}"
        return (
            f"Indicators of {count} areas are in {where}, in the order of the areas' codes; "
            "this is no ranking."
        )

    def when(self, definition: Definition, period: str) -> str:
        """The time of a figure: of a stock the end of its period."""
        if is_stock(definition):
            return end_of_period_en(period)
        words = period_words(period)[1]
        return f"in the {words}" if "half" in words else f"in {words}"

    def opening(self, definition: Definition, area_name: str, period: str) -> str:
        """What stands before the first statement of a paragraph."""
        when = self.when(definition, period)
        return f"{when[:1].upper()}{when[1:]}, in {area_name}, "

    def _number(self, definition: Definition, value: float) -> str:
        return rounded(value, definition.decimals, thousands=True)

    def _stated(self, definition: Definition, value: float) -> str:
        number, unit = self._number(definition, value), definition.unit_en
        if not unit or definition.unit_zh == "人":
            return number  # what is counted is in the name
        return f"{number}{unit}" if unit in _SYMBOLS else f"{number} {unit}"

    def statement(self, definition: Definition, figure: Figure, subject: str = "") -> str:
        """A figure with its interval, or why it is not published."""
        several = definition.en.endswith("s") and definition.unit_zh == "人"
        name = subject or f"{'' if several else 'the '}{_lower_first(definition.en)}"
        if figure.value is None:
            return f"{name} {'are' if several else 'is'} not published ({figure.reason})"
        verb = "numbered" if several else "was"
        said = f"{name} {verb} {self._stated(definition, figure.value)}"
        if figure.lower is None or figure.upper is None:
            return said
        ends = (self._number(definition, one) for one in (figure.lower, figure.upper))
        outside = ", which does not hold it: see the notes" if figure.is_outside else ""
        return f"{said} (95% interval {' to '.join(ends)}{outside})"

    def change(self, definition: Definition, change: Change) -> str:
        """The difference from a year before, and whether it can be asserted."""
        if change.difference == 0:
            return "the same as a year earlier"
        if prints_as_zero(change.difference, definition.decimals):
            return "nearly the same as a year earlier"
        counted = definition.unit_zh in COUNTED
        more, less = ("more", "fewer") if counted else ("higher", "lower")
        points = {"‰": " per mille points", "%": " percentage points"}
        amount = self._number(definition, abs(change.difference)) + points.get(
            definition.unit_en, ""
        )
        word = more if change.difference > 0 else less
        return f"{amount} {word} than a year earlier{self._certainty(change)}"

    def _certainty(self, change: Change) -> str:
        if change.certain is None:
            return " (without intervals, a difference of numbers only)"
        if change.certain:
            return " (the two 95% intervals do not overlap)"
        return " (the two 95% intervals overlap: neither a rise nor a fall can be asserted)"

    def not_compared(self, definition: Definition, period: str, before: Figure) -> str:
        """Why a figure is not compared with a year before."""
        return f"not compared with a year earlier, which is not published ({before.reason})"

    def by_sex(self, definition: Definition, male: Figure, female: Figure) -> str:
        """Both sexes after the total; '' where neither is published."""
        if male.value is None and female.value is None:
            return ""
        plain = replace(definition, unit_en="")
        said = (
            self.statement(plain, one, name)
            for one, name in ((male, "that of males"), (female, "that of females"))
        )
        return " and ".join(said)

    def compared_areas(self, definition: Definition, whole: Figure, parts: Sequence[Figure]) -> str:
        """Which areas' intervals lie apart from the value of the whole; '' where none does."""
        if whole.value is None:
            return ""
        above, below, within = areas_apart(whole.value, parts)
        if not (above or below):
            return ""
        said = [self._apart(above, "above"), self._apart(below, "below")]
        if within:
            areas = f"{within} other {'area' if within == 1 else 'areas'}"
            said.append(f"the intervals of {areas} hold it, so that no difference can be asserted")
        whole_is = f"{definition.en} against the whole ({self._stated(definition, whole.value)})"
        return f"{whole_is}: {'; '.join(one for one in said if one)}."

    def none_apart(self, definitions: Sequence[Definition], area_name: str) -> str:
        """The indicators of which no area can be told from the whole."""
        names = "; ".join(one.en for one in definitions)
        return f"{names}: every area's 95% interval holds the value of {area_name}."

    def _apart(self, areas: Sequence[Figure], word: str) -> str:
        if not areas:
            return ""
        names = ", ".join(one.area_name for one in areas[:MOST_NAMED])
        more = f" and others, {len(areas)} in all," if len(areas) > MOST_NAMED else ""
        return f"the whole interval lies {word} it in {names}{more}"
