"""When a measure peaks, begins to fall or crosses a line, and how sure the year is. Pure (NumPy).

A projection ends somewhere: what peaks in its last year may yet rise, and is told apart from what has
turned. Over trajectories the turning year has a distribution, in which those count as later than all
years of the projection, so a quantile may be 'not before the end', written inf.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats


@dataclass(frozen=True)
class TurningPoints:
    """Turning years of each series, shape (...); NaN where a series has none."""

    first: Floats  # value of the first year
    last: Floats  # value of the last year that has one
    peak: Floats  # the largest value
    peak_year: Floats  # the first year that has it
    falls_from: (
        Floats  # the year after which it never again reaches the peak: NaN if that is the last
    )
    trough: Floats
    trough_year: Floats
    rises_from: Floats  # likewise for the trough
    still_rising: npt.NDArray[
        np.bool_
    ]  # peaks in the last year: the turn lies beyond the projection
    falls_at_once: npt.NDArray[np.bool_]  # peaks in the first year: the turn may lie before it


@dataclass(frozen=True)
class TurningYears:
    """How a turning year is spread over trajectories, each of shape (...)."""

    median: Floats
    low: Floats  # inf: not before the end of the projection; -inf: before or at its beginning
    high: Floats
    level: float
    within: Floats  # share of trajectories that turn within the projection
    not_yet: Floats  # share that have not turned by its end
    at_once: Floats  # share that have turned at or before its beginning

    def words(self) -> str:
        """One sentence, for a single series.

        >>> rows = np.array([[1, 3, 2, 1], [1, 2, 3, 1], [1, 2, 3, 1], [0, 1, 2, 3]])
        >>> turning_years(rows, first_year=2025).words()
        '80 % of trajectories turn between 2026 and the end of the projection or later; \
25 % have not turned by then'
        """
        ends = [_word(float(year)) for year in (self.low, self.high)]
        share = f"{100 * self.level:.0f} % of trajectories turn between {ends[0]} and {ends[1]}"
        later = f"; {100 * float(self.not_yet):.0f} % have not turned by then"
        return share + (later if self.not_yet > 0 else "")

    def words_zh(self) -> str:
        """The sentence in Chinese.

        >>> rows = np.array([[1, 3, 2, 1], [1, 2, 3, 1]])
        >>> turning_years(rows, first_year=2025).words_zh()
        '80% 的轨迹在 2026 年至 2027 年之间出现转折'
        """
        ends = [_word(float(year), zh=True) for year in (self.low, self.high)]
        share = f"{100 * self.level:.0f}% 的轨迹在{ends[0]}至{ends[1]}之间出现转折"
        later = f"；{100 * float(self.not_yet):.0f}% 到期末仍未转折"
        return share + (later if self.not_yet > 0 else "")


def turning_points(values: npt.ArrayLike, *, first_year: int = 0) -> TurningPoints:
    """Peaks and troughs of series by year.

    Parameters
    ----------
    values : shape (..., years); NaN where a year has no value, such as the last of a flow
    first_year : year of the first value

    Returns
    -------
    years as numbers, NaN where there is no value at all or no turn

    >>> found = turning_points([[5, 7, 7, 6], [1, 2, 3, 4]], first_year=2025)
    >>> found.peak_year, found.falls_from, found.still_rising
    (array([2026., 2028.]), array([2028.,   nan]), array([False,  True]))
    """
    series = _series(values)
    known = np.isfinite(series)
    some = known.any(axis=-1)
    begin = known.argmax(axis=-1)
    end = series.shape[-1] - 1 - known[..., ::-1].argmax(axis=-1)
    peak, peak_at, falls = _extreme(series, known, end)
    trough, trough_at, rises = _extreme(-series, known, end)
    return TurningPoints(
        first=_at(series, begin),
        last=_at(series, end),
        peak=peak,
        peak_year=np.where(some, first_year + peak_at, np.nan),
        falls_from=first_year + falls,
        trough=-trough,
        trough_year=np.where(some, first_year + trough_at, np.nan),
        rises_from=first_year + rises,
        still_rising=some & np.isnan(falls),
        falls_at_once=some & (peak_at == begin) & ~np.isnan(falls),
    )


def first_crossing(
    values: npt.ArrayLike, threshold: npt.ArrayLike, *, first_year: int = 0, upwards: bool = True
) -> Floats:
    """The first year in which a measure is at or beyond a line.

    Parameters
    ----------
    values : shape (..., years)
    threshold : a number, or shape (...)
    upwards : True for at least the threshold, False for at most

    Returns
    -------
    shape (...); the first year if it is beyond from the start, NaN if it never is

    >>> first_crossing([12.0, 13.5, 14.2, 15.0], 14, first_year=2025)
    np.float64(2027.0)
    """
    series = _series(values)
    line = np.asarray(threshold, dtype=np.float64)[..., None]
    beyond = series >= line if upwards else series <= line
    found: Floats = np.where(beyond.any(axis=-1), first_year + beyond.argmax(axis=-1), np.nan)
    return found[()]


def turning_years(
    values: npt.ArrayLike, *, first_year: int = 0, level: float = 0.8, peaks: bool = True
) -> TurningYears:
    """In which years trajectories of a measure turn, with an interval.

    Parameters
    ----------
    values : shape (trajectories, ..., years)
    level : of the interval, 0.8 for 80 %
    peaks : True for the year of the peak, False for that of the trough

    Returns
    -------
    quantiles are years that occur; trajectories that peak in the last year count as later than it,
    those that peak in the first as at or before it

    Raises
    ------
    FiguresRefused
        If the level is not between 0 and 1.

    >>> found = turning_years([[1, 3, 2], [1, 2, 1], [0, 1, 2]], first_year=2025)
    >>> found.median, found.not_yet.round(2)
    (np.float64(2026.0), np.float64(0.33))
    """
    if not 0 < level < 1:
        raise FiguresRefused(
            "level", level, "lies between 0 and 1", "write 0.8 for 80 %",
            zh="应在 0 与 1 之间；80% 请写作 0.8",
        )  # fmt: skip
    series = _series(values)
    found = turning_points(series if peaks else -series, first_year=first_year)
    years = np.where(found.still_rising, np.inf, found.peak_year)
    years = np.where(found.falls_at_once, -np.inf, years)
    low, median, high = _quantiles(years, [(1 - level) / 2, 0.5, (1 + level) / 2])
    later, before = (years == np.inf).mean(axis=0), (years == -np.inf).mean(axis=0)
    within = np.isfinite(years).mean(axis=0)
    return TurningYears(median, low, high, level, within, later, before)


def _quantiles(years: Floats, levels: list[float]) -> Floats:
    """Years that occur; no value between two, for one of them may be infinite."""
    with np.errstate(invalid="ignore"):
        found: Floats = np.quantile(years, levels, axis=0, method="inverted_cdf")
    return found


def _series(values: npt.ArrayLike) -> Floats:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim and series.shape[-1]:
        return series
    raise FiguresRefused(
        "values", f"shape {series.shape}", "has years on its last axis", "give at least one year",
        zh="最后一维应为年份；请至少给出一年",
    )  # fmt: skip


def _extreme(
    series: Floats, known: npt.NDArray[np.bool_], end: npt.NDArray[np.intp]
) -> tuple[Floats, npt.NDArray[np.intp], Floats]:
    """Largest value, its first place, and the place after its last one; NaN if that is beyond the end."""
    filled = np.where(known, series, -np.inf)
    largest = filled.max(axis=-1)
    at_peak = filled == largest[..., None]
    first = at_peak.argmax(axis=-1)
    after = series.shape[-1] - at_peak[..., ::-1].argmax(axis=-1)
    some = known.any(axis=-1)
    turned = some & (after <= end)
    return np.where(some, largest, np.nan), first, np.where(turned, after, np.nan)


def _at(series: Floats, place: npt.NDArray[np.intp]) -> Floats:
    found: Floats = np.take_along_axis(series, place[..., None], axis=-1)[..., 0]
    return found


def _word(year: float, *, zh: bool = False) -> str:
    if year == np.inf:
        return "期末以后" if zh else "the end of the projection or later"
    if year == -np.inf:
        return "期初以前" if zh else "its beginning or earlier"
    return f" {year:.0f} 年" if zh else f"{year:.0f}"
