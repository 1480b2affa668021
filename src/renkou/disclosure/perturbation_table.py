"""Perturbation tables: how likely each published value is for a true count. Pure (NumPy, SciPy).

Of all distributions without bias and with the wanted variance the table takes, row by row, the one
of maximum entropy: it says least about the true count. Its values are at most `largest_noise` away,
never negative, never 1 or 2. What a table holds is not for publication, so it does not print itself.

Source: Giessing (2016), Computational issues in the design of transition probabilities and
disclosure risk estimation for additive noise, PSD 2016, LNCS 9867, pp. 237-251; Fraser & Wooton
(2005), A proposed method for confidentialising tabular output to protect against differencing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.optimize import minimize, root

from renkou.core.errors import FiguresRefused
from renkou.disclosure.cell_keys import MODULUS
from renkou.disclosure.whole_numbers import Counts, Floats

NEVER_PUBLISHED = (1, 2)
TOP_ROW = 8  # counts above use this row as a shift
_MOST_NOISE = 50  # more would only make the table long
_PRECISION = 1e-9  # by which mean and variance of a row may miss


@dataclass(frozen=True)
class Row:
    """One true count: the shifts it may get, ascending, and their cumulative probabilities."""

    shifts: tuple[int, ...]
    cumulative: tuple[float, ...]

    @property
    def probabilities(self) -> Floats:
        """Probability of each shift."""
        return np.diff(self.cumulative, prepend=0.0)

    @property
    def mean(self) -> float:
        """Mean noise."""
        return float(self.probabilities @ np.array(self.shifts))

    @property
    def variance(self) -> float:
        """Variance of the noise."""
        return float(self.probabilities @ np.square(self.shifts)) - self.mean**2


@dataclass(frozen=True)
class PerturbationTable:
    """Rows for the true counts 0, 1, ... ; the last also serves every larger count.

    Only `notes` may be shown to the public. Largest noise, variance and rows are left out of its
    printed form, so that no log and no error message gives them away.
    """

    rows: tuple[Row, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def top(self) -> int:
        """The count whose row serves all larger ones."""
        return len(self.rows) - 1

    @property
    def largest_noise(self) -> int:
        """Greatest distance of a published count from the true one."""
        return max(abs(shift) for row in self.rows for shift in row.shifts)

    @cached_property
    def lookup(self) -> tuple[Counts, Counts]:
        """Ascending thresholds `row * 2**33 + cumulative * 2**32`, and the shift of each.

        A cell key takes the first value whose cumulative probability reaches it, as cellKey does.
        """
        thresholds = [
            row * 2 * MODULUS + int(np.floor(reached * MODULUS))
            for row, one in enumerate(self.rows)
            for reached in one.cumulative
        ]
        shifts = [shift for one in self.rows for shift in one.shifts]
        return np.array(thresholds, np.int64), np.array(shifts, np.int64)

    @cached_property
    def published_variances(self) -> Floats:
        """Variance of the noise to state beside a published count 0, 1, ... and all above.

        It is the largest among the true counts that may be published as that value: the variance
        of the true count's own row would tell which count it was.
        """
        highest = self.top + self.largest_noise
        found = np.zeros(highest + 1)
        for true in range(highest + self.largest_noise + 1):
            row = self.rows[min(true, self.top)]
            for shift in row.shifts:
                if 0 <= true + shift <= highest:
                    found[true + shift] = max(found[true + shift], row.variance)
        return found


def perturbation_table(largest_noise: int = 3, variance: float = 1.0) -> PerturbationTable:
    """The table of maximum entropy for a largest noise and a variance.

    Parameters
    ----------
    largest_noise : 3 to 50; with less than 3 a count of 3 could not change without bias
    variance : of the noise, above 0

    Raises
    ------
    FiguresRefused
        If some row cannot have that variance within the largest noise.

    Notes
    -----
    Counts of 1 and 2 cannot have a variance under 2, since the values nearest to them are 0 and 3;
    with less asked for, their rows take just that, and the table's notes say so. A value less likely
    than 2**-32 never comes out, as keys have 32 bits.
    """
    _refuse_parameters(largest_noise, variance)
    largest_noise = int(largest_noise)  # 3.0 is 3
    top = max(TOP_ROW, largest_noise + NEVER_PUBLISHED[-1] + 1)
    forced = [true for true in range(1, top + 1) if _smallest_variance(true) > variance]
    rows = [_row(true, largest_noise, variance) for true in range(1, top + 1)]
    notes = () if not forced else (
        f"counts of {' and '.join(map(str, forced))} have a larger noise variance than asked for: "
        "no value that may be published is nearer",
    )  # fmt: skip
    return PerturbationTable((Row((0,), (1.0,)), *rows), notes)


def table_from_ptable(records: Iterable[Mapping[str, float]]) -> PerturbationTable:
    """A table from the rows of a `ptable` as R's packages ptable and cellKey write it.

    Parameters
    ----------
    records : one mapping per row with i (true count), v (shift) and p_int_ub (cumulative
        probability); other columns are passed over

    Raises
    ------
    FiguresRefused
        If a count between 0 and the largest has no rows, zero does not stay zero, or the cumulative
        probabilities do not rise to 1.

    Notes
    -----
    Values of probability 0 are left out.

    Source: packages ptable 1.0.0 and cellKey 1.0 (the looked-up value is the first whose p_int_ub
    is at least the cell key; the largest i serves all larger counts).
    """
    by_count: dict[int, list[tuple[float, int]]] = {0: []}
    for record in records:
        of_count = by_count.setdefault(int(record["i"]), [])
        of_count.append((float(record["p_int_ub"]), int(record["v"])))
    by_count[0] = by_count[0] or [(1.0, 0)]
    missing = sorted(set(range(max(by_count) + 1)) - set(by_count))
    if missing:
        raise _refused_ptable("i", missing[0], "every count up to the largest has rows")
    return PerturbationTable(tuple(_ptable_row(i, by_count[i]) for i in sorted(by_count)))


def _ptable_row(true: int, entries: list[tuple[float, int]]) -> Row:
    shifts: list[int] = []
    cumulative: list[float] = []
    for reached, shift in entries:
        if reached < (cumulative[-1] if cumulative else 0):
            raise _refused_ptable(f"p_int_ub of i = {true}", reached, "it rises within a count")
        if reached > (cumulative[-1] if cumulative else 0):
            cumulative.append(reached)
            shifts.append(shift)
    if not cumulative or abs(cumulative[-1] - 1) > _PRECISION:
        end = cumulative[-1] if cumulative else None
        raise _refused_ptable(f"p_int_ub of i = {true}", end, "it ends at 1")
    if true + min(shifts) < 0 or (true == 0 and set(shifts) != {0}):
        raise _refused_ptable(f"v of i = {true}", min(shifts), "no count becomes negative, 0 stays")
    return Row(tuple(shifts), (*cumulative[:-1], 1.0))


def _refused_ptable(place: str, value: object, rule: str) -> FiguresRefused:
    return FiguresRefused(
        place, value, rule, "export the ptable again with all its rows, in order",
        zh="扰动表不完整或次序有误；请重新导出完整的 ptable",
    )  # fmt: skip


def _refuse_parameters(largest_noise: int, variance: float) -> None:
    if largest_noise not in range(len(NEVER_PUBLISHED) + 1, _MOST_NOISE + 1):
        raise FiguresRefused(
            "largest_noise", largest_noise,
            f"is a whole number from 3 to {_MOST_NOISE}: under a count of 3 only 0 may be published",
            "set it to 3 or a little more",
            zh=f"最大扰动应为 3 至 {_MOST_NOISE} 的整数，因为 3 之下可发布的值只有 0；请设为 3 或略大",
        )  # fmt: skip
    rows = range(1, int(largest_noise) + NEVER_PUBLISHED[-1] + 2)
    limit = min(_largest_variance(true, int(largest_noise)) for true in rows)
    if not 0 < variance < limit:
        raise FiguresRefused(
            "variance", variance,
            f"lies between 0 and {limit:g}, which a largest noise of {largest_noise} allows",
            "set a smaller variance, or a greater largest noise",
            zh=f"方差应在 0 与 {limit:g} 之间（由最大扰动决定）；请减小方差或增大最大扰动",
        )  # fmt: skip


def _values(true: int, largest_noise: int) -> Counts:
    """What may be published for a true count, ascending."""
    near = range(max(0, true - largest_noise), true + largest_noise + 1)
    return np.array([value for value in near if value not in NEVER_PUBLISHED], np.int64)


def _largest_variance(true: int, largest_noise: int) -> float:
    """The mean is the true count, so all weight on the two ends varies most."""
    values = _values(true, largest_noise)
    return float((true - values[0]) * (values[-1] - true))


def _smallest_variance(true: int) -> float:
    """All weight on the two neighbours of a value that is never published varies least."""
    low, high = NEVER_PUBLISHED[0] - 1, NEVER_PUBLISHED[-1] + 1
    return float((true - low) * (high - true)) if true in NEVER_PUBLISHED else 0.0


def _row(true: int, largest_noise: int, variance: float) -> Row:
    values = _values(true, largest_noise)
    if _smallest_variance(true) >= variance:
        low, high = NEVER_PUBLISHED[0] - 1, NEVER_PUBLISHED[-1] + 1
        chance = (high - true) / (high - low)
        return Row((low - true, high - true), (chance, 1.0))
    shifts = (values - true).astype(np.float64)
    chances = _maximum_entropy(shifts, variance)
    cumulative = np.cumsum(chances)
    reached = cumulative / cumulative[-1]  # the sum may miss 1 by its last digit
    return Row(tuple(int(s) for s in shifts), tuple(reached.tolist()))


def _maximum_entropy(shifts: Floats, variance: float) -> Floats:
    """Probabilities of greatest entropy with mean 0 and the given variance.

    They are proportional to exp(a s + b s²); a and b minimise the convex dual of the problem, and
    Newton steps on the two moments take the last digits.
    """
    scale = np.abs(shifts).max()
    moments = np.stack([shifts / scale, (shifts / scale) ** 2])
    wanted = np.array([0.0, variance / scale**2])

    def chances(at: Floats) -> Floats:
        exponents = at @ moments
        weights = np.exp(exponents - exponents.max())
        return weights / weights.sum()

    def dual(at: Floats) -> float:
        exponents = at @ moments
        highest = exponents.max()
        return float(highest + np.log(np.exp(exponents - highest).sum()) - at @ wanted)

    def miss(at: Floats) -> Floats:
        return moments @ chances(at) - wanted

    def curvature(at: Floats) -> Floats:
        found = chances(at)
        means = moments @ found
        return (moments * found) @ moments.T - np.outer(means, means)

    near = minimize(dual, np.zeros(2), jac=miss, hess=curvature, method="trust-exact").x
    found = chances(root(miss, near, jac=curvature, tol=1e-15).x)
    if np.abs(moments @ found - wanted).max() > _PRECISION:
        raise FiguresRefused(
            "variance", variance, "is too near the edge of what the largest noise allows",
            "set a variance further from it", zh="方差过于接近最大扰动所允许的边界；请改设方差",
        )  # fmt: skip
    return found
