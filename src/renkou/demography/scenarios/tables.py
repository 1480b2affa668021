"""Tables of a project as they were read, and their columns as numbers. Pure (NumPy).

Every column is kept as its distinct texts and the place of each row's text among them, so that
labels are understood once each, however many rows there are. What breaks a rule is noted with file,
row and column; nothing is raised before all files were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.scenarios.labels import (
    Ages,
    age_of_label,
    number_of_label,
    sex_of_label,
    year_of_label,
)
from renkou.demography.scenarios.problems import Problem, meant
from renkou.demography.scenarios.project_data import Integers
from renkou.demography.scenarios.settings import Limits

Mask = npt.NDArray[np.bool_]
BLANK = -1


@dataclass(frozen=True)
class TextColumn:
    """A column: distinct texts, and for each row the place of its text ('' where blank)."""

    at: Integers
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: `rows` are the numbers of its rows as a spreadsheet counts them."""

    file: str
    rows: Integers
    columns: Mapping[str, TextColumn]
    headers: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    def __contains__(self, column: str) -> bool:
        return column in self.columns


class TableReader:
    """Columns of one table as numbers, and the problems met."""

    def __init__(self, table: Table, problems: list[Problem]) -> None:
        self.table, self.problems = table, problems
        self._before = len(problems)

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong with this table so far."""
        return len(self.problems) == self._before

    def note(
        self, column: str, wrong: Mask, rule: str, remedy: str, zh: str, *, value: object = None
    ) -> None:
        """Note the first row where `wrong` holds, and how many more there are."""
        if not wrong.any():
            return
        first = int(np.argmax(wrong))
        more = int(wrong.sum()) - 1
        rest, rest_zh = (f" (and {more} more rows)", f"（另有 {more} 行）") if more else ("", "")
        found = self.text(column, first) if value is None else value
        where = self.table.headers.get(column, column)
        row = int(self.table.rows[first])
        self.problems.append(
            Problem(self.table.file, row, where, found, rule + rest, remedy, zh + rest_zh)
        )

    def note_file(self, what: str, rule: str, remedy: str, zh: str, value: object = None) -> None:
        """Note what is wrong with the table as a whole: rows that are not there have no number."""
        self.problems.append(Problem(self.table.file, None, what, value, rule, remedy, zh))

    def text(self, column: str, row: int) -> str | None:
        """What stands in a cell; None where there is no such column."""
        found = self.table.columns.get(column)
        return None if found is None else found.texts[found.at[row]]

    def numbers(self, column: str, limits: Limits, *, blank: float | None = None) -> Floats:
        """A column of finite numbers within limits; `blank` stands for empty cells if given."""
        texts = self.table.columns[column].texts
        parsed = [number_of_label(text) for text in texts]
        known = np.array([one is not None for one in parsed], dtype=np.bool_)
        values = np.array([np.nan if one is None else one for one in parsed], dtype=np.float64)
        empty = np.array([text == "" for text in texts], dtype=np.bool_)
        at = self.table.columns[column].at
        if blank is not None:
            values[empty], known = blank, known | empty
        self.note(column, empty[at] & ~known[at], "is empty", "fill it in, or leave the row out",
                  "为空；请补上或删去该行")  # fmt: skip
        self.note(
            column, ~known[at] & ~empty[at], "is no number",
            "write digits and a decimal point only, without thousands separators or %",
            "不是数字；只能写数字和小数点，不要千位分隔符或百分号",
        )  # fmt: skip
        found = values[at]
        self._within(column, found, limits)
        return found

    def _within(self, column: str, found: Floats, limits: Limits) -> None:
        beyond = (found < limits.low) | (found > limits.high)
        far = beyond & (np.abs(found) >= limits.far)
        self.note(column, far, limits.rule, limits.far_remedy, limits.far_zh)
        self.note(column, beyond & ~far, limits.rule, limits.remedy, limits.zh)

    def sexes(self, column: str = "sex", *, blank: bool = False) -> Integers:
        """0 male, 1 female; BLANK where an empty cell is allowed and stands."""
        return self._labelled(
            column, sex_of_label, blank, "is neither male nor female",
            "write male or female, one row each (both sexes together are not read)",
            "应为 male（男）或 female（女）；请各写一行，男女合计不能读取",
        )  # fmt: skip

    def years(self, column: str = "year") -> Integers:
        """Years of four digits."""
        return self._labelled(
            column, year_of_label, False, "is no year", "write four digits, such as 2025",
            "不是年份；请写四位数字，如 2025",
        )  # fmt: skip

    def areas(self, codes: Sequence[str], column: str = "area", *, known_in: str) -> Integers:
        """The place of each row's area among `codes`."""
        place = {code: at for at, code in enumerate(codes)}
        found = self._looked_up(column, place.get)
        wrong = found == BLANK
        if wrong.any():
            text = self.text(column, int(np.argmax(wrong))) or ""
            remedy, zh = meant(text, codes)
            self.note(
                column,
                wrong,
                f"is no area of {known_in}",
                remedy,
                f"不在 {known_in} 的区域中；{zh}",
            )
        return found

    def words(self, column: str, known: Sequence[str]) -> Integers:
        """The place of each row's word among those known."""
        place = {word: at for at, word in enumerate(known)}
        found = self._looked_up(column, lambda text: place.get(text.strip().lower()))
        wrong = found == BLANK
        if wrong.any():
            remedy, zh = meant(self.text(column, int(np.argmax(wrong))) or "", known)
            self.note(column, wrong, "is no known word", remedy, f"取值不对；{zh}")
        return found

    def ages(self, column: str = "age", *, blank: bool = False) -> tuple[Integers, Integers]:
        """First and last age of each row's label; the last is BLANK where the group is open.

        An empty cell, where allowed, is first BLANK.
        """
        parsed = [age_of_label(text) for text in self.table.columns[column].texts]
        self._labelled(
            column, lambda text: None if age_of_label(text) is None else 0, blank, "is no age",
            "write 0, 1, ... and the last one as 100+", "不是年龄；请写 0、1……，最后一组写成 100+",
        )  # fmt: skip
        known = [one or Ages(BLANK, BLANK) for one in parsed]
        at = self.table.columns[column].at
        first = np.array([one.first for one in known], dtype=np.int64)
        last = np.array([BLANK if one.last is None else one.last for one in known], dtype=np.int64)
        return first[at], last[at]

    def _labelled(
        self, column: str, meaning: Callable[[str], int | None], blank: bool, rule: str,
        remedy: str, zh: str,
    ) -> Integers:  # fmt: skip
        found = self._looked_up(column, meaning)
        wrong = found == BLANK
        if blank:
            texts = self.table.columns[column].texts
            empty = np.array([text == "" for text in texts], dtype=np.bool_)
            wrong &= ~empty[self.table.columns[column].at]
        self.note(column, wrong, rule, remedy, zh)
        return found

    def _looked_up(self, column: str, meaning: Callable[[str], int | None]) -> Integers:
        one = self.table.columns[column]
        found = [meaning(text) for text in one.texts]
        values = np.array([BLANK if each is None else each for each in found], dtype=np.int64)
        return values[one.at]
