"""Mortality with a life expectancy asked for: Brass's relational model, solved for many at once. Pure.

The logits of the survivors of a standard are moved until its life expectancy is the one asked:
½ ln((1 - l) / l) = alpha + beta ½ ln((1 - ls) / ls). With beta = 1 the odds of being alive at each
age are those of the standard times exp(-2 alpha); hazards then keep the order of the standard's, and
at the highest ages, where few are left, come near to the standard's own.

Source: Brass (1971), On the scale of mortality, in Biological Aspects of Demography, 69-110; Preston,
Heuveline & Guillot (2001), Demography, section 9.1, pp. 199-201.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, positive
from renkou.demography.mortality.infant_ax import SexOf, andreev_kingkade_a0, female_share
from renkou.demography.mortality.life_tables import life_table

# Beyond these the pattern of a standard says nothing of the population meant: at -3 the odds of
# being alive at any age are 400 times those of the standard.
LOWEST_ALPHA, HIGHEST_ALPHA = -3.0, 3.0
_CLOSE = 1e-10  # years of life expectancy
# The UN's lines for a0 leave a step where they meet: .0002 of the year of those who die as infants.
_STEP = 1e-5
_ROWS_AT_ONCE = 2048
# Halving alone comes from the whole bracket of 12 to no width within the rounds after _OF_NEWTON.
_ROUNDS, _OF_NEWTON, _NO_WIDTH = 100, 50, 1e-13
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


@dataclass(frozen=True, eq=False)
class RelationalMortality:
    """Death rates that have the life expectancy asked for."""

    mx: Floats  # shape (..., n_ages)
    alpha: Floats  # shape (...), level against the standard; below 0 people live longer
    beta: Floats  # shape (...), slope against the standard
    e0: Floats  # shape (...), as asked
    notes: tuple[str, ...]


def mortality_for_e0(
    standard_mx: npt.ArrayLike, e0: npt.ArrayLike, *, sex: SexOf, beta: npt.ArrayLike = 1.0
) -> RelationalMortality:
    """Death rates with the life expectancy asked, in the pattern of a standard.

    Parameters
    ----------
    standard_mx : shape (..., n_ages), death rates by single age from 0, the last group open
    e0 : shape (...), years; broadcasts with the axes of the standard before ages, so that one
        standard (2, n_ages) serves paths of shape (areas, years, 2)
    sex : "male", "female", or words along the last axes before ages, such as ("male", "female")
    beta : shape (...), slope of logits: above 1 more of the deaths are early and late, below 1 fewer

    Raises
    ------
    FiguresRefused
        If shapes do not broadcast, a rate or beta is no number a life table can take, or the
        standard cannot reach an e0 with alpha from -3 to 3; the message says how far it reaches.

    Source: Brass (1971); alpha by Newton's method within a bracket that is halved where Newton's
    step leaves it or does not shrink, to 1e-10 years of e0: all that `reachable_e0` says is found.

    >>> standard = 0.0002 * np.exp(0.09 * np.arange(101))
    >>> found = mortality_for_e0(standard, [60, 85], sex="female")
    >>> life_table(found.mx, sex="female").e0.round(6)
    array([60., 85.])
    """
    slope = positive("beta", beta)
    asked = positive("e0", e0)
    table = life_table(standard_mx, sex=sex)
    shape = common_shape(standard_mx=table.e0, e0=asked, beta=slope)
    lx = np.broadcast_to(table.lx / table.radix, (*shape, table.lx.shape[-1]))
    parts: list[Floats] = [lx.reshape(-1, lx.shape[-1])]
    for each in (table.mx[..., -1], slope, female_share(sex, shape), asked):
        parts.append(np.broadcast_to(each, shape).reshape(-1))
    mx, alpha = np.empty(parts[0].shape), np.empty(parts[1].shape)
    for start in range(0, len(alpha), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        alpha[rows], mx[rows] = _Standard(*(part[rows] for part in parts[:4])).solved(
            parts[4][rows], start, shape
        )
    notes = (
        "Brass's relational model: alpha solved for the life expectancy asked, beta as given.",
        "Open age group: the standard's constant death rate, carried through the same relation.",
        *table.notes,
    )
    return RelationalMortality(
        mx.reshape(lx.shape), alpha.reshape(shape), np.broadcast_to(slope, shape),
        np.broadcast_to(asked, shape), notes,
    )  # fmt: skip


class _Standard:
    """Rows of standards as the solution needs them: (rows, ages) survivors, (rows,) the rest."""

    def __init__(self, lx: Floats, open_mx: Floats, beta: Floats, female: Floats) -> None:
        self.plain = bool((beta == 1).all())
        self.alive = lx if self.plain else lx ** beta[:, None]
        self.dead = 1 - lx if self.plain else (1 - lx) ** beta[:, None]
        self.open_mx, self.beta, self.female = open_mx, beta, female

    def survivors(self, odds: Floats) -> Floats:
        """Survivors of one birth where the odds of being alive are `odds` times the standard's."""
        scaled = self.alive * odds[:, None]
        return scaled / (scaled + self.dead)

    def years_in_open(self, odds: Floats) -> tuple[Floats, Floats]:
        """Years lived in the open group per birth, and what a unit of log odds adds to them.

        The hazard of the standard is constant there, so years are integrals over u, the standard's
        survivors ** beta.
        """
        return self._plain_open(odds) if self.plain else self._open_by_nodes(odds)

    def _plain_open(self, odds: Floats) -> tuple[Floats, Floats]:
        """With c = odds - 1: of odds / (1 + c u), and of odds (1 - u) / (1 + c u)²."""
        last = self.alive[:, -1]
        z = (odds - 1) * last
        # Near 0, where odds are the standard's or nobody is left, the closed form is 0 / 0.
        near = np.abs(z) < 1e-3
        far = np.where(near, 1.0, z)
        log = np.log1p(z)
        years = np.where(z == 0, 1.0, log / np.where(z == 0, 1.0, z))
        second = np.where(
            near, 1 / 2 - z * (2 / 3 - z * 3 / 4), (np.log1p(far) - far / (1 + far)) / far**2
        )
        scale = odds * last / self.open_mx
        return scale * years, scale * (1 / (1 + z) - last * second)

    def _open_by_nodes(self, odds: Floats) -> tuple[Floats, Floats]:
        """By Gauss's nodes on v = ln(1 + odds u), where the integrand is near 1."""
        top = np.log1p(odds * self.alive[:, -1])
        v = top[:, None] * (1 + _NODES) / 2
        lived = np.expm1(v)
        beta = self.beta[:, None]
        dead = (1 - np.minimum(lived / odds[:, None], 1) ** (1 / beta)) ** beta
        inside = (1 + lived) / (dead + lived) * _WEIGHTS
        scale = top / 2 / (self.open_mx * self.beta)
        more = inside * (dead / (dead + lived))
        return inside.sum(axis=1) * scale, more.sum(axis=1) * scale

    def e0(self, odds: Floats, lx: Floats) -> Floats:
        """Life expectancy with those odds; `lx` are the survivors that they give."""
        return self.e0_and_slope(odds, lx)[0]

    def e0_and_slope(self, odds: Floats, lx: Floats) -> tuple[Floats, Floats]:
        """Life expectancy, and its derivative by log odds, of which lx (1 - lx) is the survivors'."""
        infants = 1 - lx[:, 1]
        a0 = self._a0(self._m0(infants))
        years, more = self.years_in_open(odds)
        years += lx[:, 1] + a0 * infants + self._years_after_one(lx)
        rise = lx * (1 - lx)
        more += (1 - a0) * rise[:, 1] + self._years_after_one(rise)
        return years, more

    @staticmethod
    def _years_after_one(lx: Floats) -> Floats:
        """Of survivors, or of what is added to them: deaths halfway, the open group left out."""
        years: Floats = lx[:, 1:].sum(axis=1) - (lx[:, 1] + lx[:, -1]) / 2
        return years

    def mx(self, odds: Floats) -> Floats:
        """Death rates from which a life table has these survivors, deaths halfway from age 1 on."""
        lx = self.survivors(odds)
        mx = np.empty(lx.shape)
        both, years = lx[:, :-1] + lx[:, 1:], self.years_in_open(odds)[0]
        # Where the standard lets nobody live on, neither does this: all die, at the relation's limit.
        mx[:, :-1] = 2.0
        np.divide(2 * (lx[:, :-1] - lx[:, 1:]), both, out=mx[:, :-1], where=both > 0)
        mx[:, 0] = self._m0(1 - lx[:, 1])
        mx[:, -1] = self.open_mx * self.beta
        np.divide(lx[:, -1], years, out=mx[:, -1], where=years > 0)
        return mx

    def _a0(self, m0: Floats) -> Floats:
        male, female = andreev_kingkade_a0(m0, "male"), andreev_kingkade_a0(m0, "female")
        return male + (female - male) * self.female

    def _m0(self, q0: Floats) -> Floats:
        """The death rate whose own a0 gives q0; the step of the rule shrinks errors by m0² a time."""
        m0 = q0
        for _ in range(12):
            m0 = q0 / (1 - (1 - self._a0(m0)) * q0)
        return m0

    def solved(self, asked: Floats, start: int, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
        """alpha and death rates by Newton's method on the log odds, kept within a bracket.

        A step that leaves the bracket, or is above half the one before, halves the bracket instead:
        Newton's method alone jumps to and fro where nearly all of e0 lies in the open group.
        """
        low = np.full(asked.shape, -2 * HIGHEST_ALPHA)
        high = np.full(asked.shape, -2 * LOWEST_ALPHA)
        at, moved = np.zeros(asked.shape), high - low
        for number in range(_ROUNDS):
            odds = np.exp(at)
            years, slope = self.e0_and_slope(odds, self.survivors(odds))
            error = years - asked
            low, high = np.where(error < 0, at, low), np.where(error < 0, high, at)
            found = (np.abs(error) < _CLOSE) | (high - low < _NO_WIDTH)
            if found.all():
                break
            step = -error / np.maximum(slope, 1e-9)
            trusted = (at + step > low) & (at + step < high) & (np.abs(step) <= moved / 2)
            trusted &= number < _OF_NEWTON
            step = np.where(found, 0.0, np.where(trusted, step, (low + high) / 2 - at))
            at, moved = at + step, np.abs(step)
        self._refuse_unreached(error, asked, start, shape)
        return -at / 2, self.mx(np.exp(at))

    def reach(self) -> tuple[Floats, Floats]:
        """Life expectancy at the highest and at the lowest alpha."""
        least, most = (
            self.e0(odds, self.survivors(odds))
            for odds in (
                np.full(self.beta.shape, np.exp(-2 * at)) for at in (HIGHEST_ALPHA, LOWEST_ALPHA)
            )
        )
        return least, most

    def _refuse_unreached(
        self, error: Floats, asked: Floats, start: int, shape: tuple[int, ...]
    ) -> None:
        if np.abs(error).max() < _STEP:
            return
        row = int(np.argmax(np.abs(error) >= _STEP))
        least, most = self.reach()
        at = np.unravel_index(start + row, shape) if shape else ()
        place = f"e0[{', '.join(map(str, at))}]" if at else "e0"
        raise FiguresRefused(
            place, f"{asked[row]:g}",
            f"this standard reaches {least[row]:.2f} to {most[row]:.2f} years "
            f"(alpha from {HIGHEST_ALPHA:g} to {LOWEST_ALPHA:g})",
            "take a standard of a population nearer to it, or correct the life expectancy",
            zh=f"该标准生命表只能达到 {least[row]:.2f}—{most[row]:.2f} 岁；"
            "请改用更接近的标准生命表，或更正预期寿命",
        )  # fmt: skip


def reachable_e0(
    standard_mx: npt.ArrayLike, *, sex: SexOf, beta: npt.ArrayLike = 1.0
) -> tuple[Floats, Floats]:
    """The lowest and the highest e0 that a standard gives with alpha from 3 to -3.

    Parameters
    ----------
    standard_mx : shape (..., n_ages), death rates by single age from 0, the last group open
    sex, beta : as of `mortality_for_e0`

    >>> low, high = reachable_e0(0.0002 * np.exp(0.09 * np.arange(101)), sex="female")
    >>> low.round(1), high.round(1)
    (np.float64(11.9), np.float64(87.6))
    """
    table, slope = life_table(standard_mx, sex=sex), positive("beta", beta)
    shape = common_shape(standard_mx=table.e0, beta=slope)
    rows = [
        np.broadcast_to(each, shape).reshape(-1)
        for each in (table.mx[..., -1], slope, female_share(sex, shape))
    ]
    lx = np.broadcast_to(table.lx / table.radix, (*shape, table.lx.shape[-1]))
    standard = _Standard(lx.reshape(-1, lx.shape[-1]), *rows)
    least, most = standard.reach()
    return least.reshape(shape), most.reshape(shape)


def common_shape(**arrays: Floats) -> tuple[int, ...]:
    """The shape to which all broadcast; refused with every name and shape where there is none."""
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        named = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise FiguresRefused(
            " and ".join(arrays), named, "the axes before ages broadcast",
            "give one value for each standard, or axes of length 1",
            zh="年龄之前的各维应能相互对应；请为每个标准各给一个值，或用长度为 1 的维",
        ) from None  # fmt: skip
