"""From an audit of villages to everybody: the lists' count, less the wrong, more the missed. Pure.

Enumerators visit villages drawn by chance and write down who lives there, whatever the lists say.
Whom they met and the lists hold (anywhere in the area) tells how many the lists miss; those whom the
lists hold in the visited villages are looked up, and tell how many the lists hold wrongly. By stratum

    people = listed in the area × correct / listed there × met / met and listed

Sources: Hogan (1993), JASA 88, 1047-1060, and U.S. Bureau of the Census (2022), Post-Enumeration
Survey estimation design, for the estimator; Wolter (2007), Introduction to Variance Estimation, ch. 4,
for the jackknife; Ding & Fienberg (1994) for wrong links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, refuse_where
from renkou.demography.coverage.linkage_error import LinkageRates, corrected_matches, known_rates
from renkou.demography.rates.intervals import normal_quantile

AUDIT_NOTES = (
    "Assumed: villages were drawn by chance; the audit meets people whether or not the lists hold them, "
    "alike within a stratum; the looked-up know who lives there. "
    "假设：村（社区）随机抽取；同一层内，无论是否在册，被抽查到的机会相同；核实结果可靠。",
)


@dataclass(frozen=True)
class AuditCounts:
    """What an audit brings home, each of shape (villages, strata).

    `listed`: people whom the lists place in the village; `correct`: those of them who live in the
    area, once each; `met`: people met at the doors; `linked`: those of them found in the lists of the
    area. `listed_in_area`, shape (strata,), counts the whole area's lists.
    """

    listed_in_area: Floats
    listed: Floats
    correct: Floats
    met: Floats
    linked: Floats


@dataclass(frozen=True)
class Figure:
    """One estimate with its interval."""

    estimate: float
    lower: float
    upper: float
    standard_error: float
    degrees: float


@dataclass(frozen=True)
class AuditCoverage:
    """Coverage of the lists and the population behind them, by stratum and for any sum of strata.

    `estimate`, `lower`, `upper`: people, shape (strata,); `undercoverage`: share of the people whom
    the lists miss; `overcoverage`: share of the lists' entries that are wrong; `total`: all strata.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    undercoverage: tuple[Figure, ...]
    overcoverage: tuple[Figure, ...]
    total: Figure
    total_undercoverage: Figure
    total_overcoverage: Figure
    level: float
    notes: tuple[str, ...]
    _jackknife: _Jackknife

    def sum_of(self, strata: npt.ArrayLike) -> Figure:
        """People of several strata together: positions or a mask of the strata."""
        chosen = np.zeros(len(self.estimate), bool)
        chosen[np.asarray(strata)] = True
        return self._jackknife.people(chosen, self.level)


def coverage_from_audit(
    listed_in_area: npt.ArrayLike,
    listed: npt.ArrayLike,
    correct: npt.ArrayLike,
    met: npt.ArrayLike,
    linked: npt.ArrayLike,
    *,
    rates: LinkageRates | None = None,
    weights: npt.ArrayLike | None = None,
    design_strata: Sequence[object] | None = None,
    villages_in_area: float | Sequence[float] | None = None,
    level: float = 0.95,
) -> AuditCoverage:
    """How many people live in an area, and how many its lists miss or hold wrongly.

    Parameters
    ----------
    listed_in_area : shape (strata,), entries of the lists (people after linking) in the whole area
    listed, correct, met, linked : shape (villages, strata), see `AuditCounts`; strata are groups alike
        in coverage, such as age and sex, and areas if wanted
    rates : of the links between the audit and the lists; none: links are taken to be right
    weights : shape (villages,), one over the chance of a village to be drawn; none: all alike
    design_strata : label of each village where villages were drawn apart, such as town and country
    villages_in_area : how many there are, in all or by design stratum in the order of first
        appearance; with it the villages drawn are not counted as uncertain again

    Raises
    ------
    FiguresRefused
        If a part is larger than its whole, a stratum was met in fewer than two villages, or nobody
        met in it is listed.

    >>> one = coverage_from_audit([1000], [[90], [110], [100]], [[85], [105], [99]],
    ...                           [[88], [104], [95]], [[80], [97], [90]])
    >>> round(one.total.estimate), one.total.lower < 1037 < one.total.upper
    (1035, True)
    """
    counts = _checked(listed_in_area, listed, correct, met, linked)
    villages = len(counts.met)
    weight = np.ones(villages) if weights is None else positive("weights", weights)
    labels = np.zeros(villages, int) if design_strata is None else _codes(design_strata)
    _refuse_lengths(villages, weights=weight, design_strata=labels)
    fraction = _fractions(labels, villages_in_area)
    used = rates or known_rates(0.0, 0.0)
    jack = _Jackknife(counts, weight, labels, fraction, used)
    strata = np.eye(len(counts.listed_in_area), dtype=bool)
    every = np.ones(len(strata), bool)
    people = [jack.people(one, level) for one in strata]
    return AuditCoverage(
        np.array([one.estimate for one in people]), np.array([one.lower for one in people]),
        np.array([one.upper for one in people]),
        tuple(jack.missed(one, level) for one in strata),
        tuple(jack.wrong(one, level) for one in strata),
        jack.people(every, level), jack.missed(every, level), jack.wrong(every, level), level,
        AUDIT_NOTES + jack.notes(rates is not None, villages_in_area is not None), jack,
    )  # fmt: skip


def _checked(
    listed_in_area: npt.ArrayLike, listed: npt.ArrayLike, correct: npt.ArrayLike, met: npt.ArrayLike,
    linked: npt.ArrayLike,
) -> AuditCounts:  # fmt: skip
    area = positive("listed_in_area", listed_in_area)
    given = {"listed": listed, "correct": correct, "met": met, "linked": linked}
    arrays = {name: not_negative(name, values) for name, values in given.items()}
    for name, array in arrays.items():
        if area.ndim != 1 or array.ndim != 2 or array.shape != (len(arrays["met"]), len(area)):
            raise FiguresRefused(
                name, array.shape, f"has a row per village and {len(area)} strata, as listed_in_area",
                "give every array the same villages and strata",
                zh="应为每村一行、每层一列；请使各数组的村与层一致",
            )  # fmt: skip
    for part, whole in (("correct", "listed"), ("linked", "met")):
        refuse_where(
            part, arrays[part], arrays[part] > arrays[whole] + 1e-9, f"is part of {whole}",
            "count each person once, in one village", "不得大于其整体；每人只在一个村计一次",
        )  # fmt: skip
    for name in ("correct", "linked"):
        seen = (arrays[name] > 0).sum(axis=0)
        refuse_where(
            f"villages with {name}", seen.astype(float), seen < 2,
            "two villages at least tell a stratum's coverage", "join the stratum with a neighbour",
            "每层至少应有两个村的结果；请与相邻的层合并",
        )  # fmt: skip
    return AuditCounts(area, **arrays)


def _codes(labels: Sequence[object]) -> npt.NDArray[np.int64]:
    order = {label: code for code, label in enumerate(dict.fromkeys(labels))}
    return np.array([order[label] for label in labels], np.int64)


def _refuse_lengths(villages: int, **arrays: npt.NDArray[np.generic]) -> None:
    for name, array in arrays.items():
        if array.shape != (villages,):
            raise FiguresRefused(
                name, array.shape, f"has one value for each of the {villages} villages",
                "give the villages in the same order", zh="每村应有一个值；请按相同顺序给出各村",
            )  # fmt: skip


def _fractions(labels: npt.NDArray[np.int64], totals: float | Sequence[float] | None) -> Floats:
    """Share of each design stratum's villages that were drawn; 0 where their number is not told."""
    drawn = np.bincount(labels).astype(float)
    if (drawn < 2).any():
        raise FiguresRefused(
            "design_strata", int(drawn.min()), "each has two villages drawn at least",
            "join design strata", zh="每个抽样层至少抽取两个村；请合并抽样层",
        )  # fmt: skip
    if totals is None:
        return np.zeros(len(drawn))
    known = np.broadcast_to(positive("villages_in_area", totals), drawn.shape)
    refuse_where(
        "villages_in_area", np.asarray(known), drawn > known, "is at least the villages drawn",
        "count all villages of the area", "不得少于抽取的村数；请给出该地区全部村数",
    )  # fmt: skip
    return drawn / known


class _Jackknife:
    """The estimator with each village left out in turn."""

    def __init__(
        self, counts: AuditCounts, weights: Floats, labels: npt.NDArray[np.int64], fraction: Floats,
        rates: LinkageRates,
    ) -> None:  # fmt: skip
        self.counts, self.rates, self.labels, self.fraction = counts, rates, labels, fraction
        drawn = np.bincount(labels)[labels]
        # Leaving a village out, the others of its design stratum stand for it.
        leave = np.where(labels[:, None] == labels, (drawn / (drawn - 1))[:, None], 1.0)
        np.fill_diagonal(leave, 0.0)
        every = np.concatenate([np.ones((1, len(labels))), leave]) * weights
        self.listed, self.correct = every @ counts.listed, every @ counts.correct
        self.met, self.linked = every @ counts.met, every @ counts.linked
        self.link_notes = corrected_matches(self.linked[0], self.met[0], rates).notes
        self.told, self.drawn = 1 - rates.miss_rate - rates.false_link_rate, drawn
        matched = (self.linked - rates.false_link_rate * self.met) / self.told
        refuse_where(
            "links without one village, by stratum", matched, matched <= 0,
            "links remain when any one village is left out", "join the stratum with a neighbour",
            "去掉任一村后仍应有关联；请与相邻的层合并",
        )  # fmt: skip
        self.matched = matched

    def people(self, chosen: npt.NDArray[np.bool_], level: float) -> Figure:
        """People of the chosen strata."""
        parts = np.where(chosen, self._people(), 0.0)
        value, now = parts.sum(axis=1), parts[0]
        outside = np.maximum(self.met[0] - self.matched[0], 0.0) / self.matched[0]
        # In the villages drawn, chance is left only in whom the audit itself did not meet.
        unmet = np.clip(1 - self.matched[0] / np.maximum(self.correct[0], 1e-9), 0, 1)
        inner = now**2 * outside / np.maximum(self.counts.met.sum(axis=0), 1) * unmet
        variance = self._variance(value) + float(np.mean(self.fraction[self.labels])) * inner.sum()
        variance += self._by_rates(-now / self.told, now * outside / self.told)
        return self._figure(value[0], variance, chosen, level)

    def missed(self, chosen: npt.NDArray[np.bool_], level: float) -> Figure:
        """Share of the people whom the lists miss, weighed by the people of the strata."""
        people = np.where(chosen, self._people(), 0.0)
        covered = self.matched / self.met
        value = 1 - (people * covered).sum(axis=1) / people.sum(axis=1)
        share = people[0] / people[0].sum()
        variance = self._variance(value) + self._by_rates(
            -share * covered[0] / self.told, share * (1 - covered[0]) / self.told
        )
        return self._figure(value[0], variance, chosen, level, share=True)

    def wrong(self, chosen: npt.NDArray[np.bool_], level: float) -> Figure:
        """Share of the lists' entries that are wrong."""
        entries = np.where(chosen, self.counts.listed_in_area, 0.0)
        value = 1 - (entries * self.correct / self.listed).sum(axis=1) / entries.sum()
        return self._figure(value[0], self._variance(value), chosen, level, share=True)

    def _people(self) -> Floats:
        return self.counts.listed_in_area * self.correct / self.listed * self.met / self.matched

    def _variance(self, value: Floats) -> float:
        """Delete-one jackknife within design strata, less what was drawn completely."""
        apart = (value[1:] - value[0]) ** 2 * (self.drawn - 1) / self.drawn
        return float(((1 - self.fraction[self.labels]) * apart).sum())

    def _by_rates(self, by_miss: Floats, by_false: Floats) -> float:
        """Uncertain rates: one for all strata errs everywhere alike, one for each by itself."""
        rates = self.rates
        parts = (
            by_miss * np.sqrt(rates.miss_variance),
            by_false * np.sqrt(rates.false_link_variance),
        )
        if np.size(rates.miss_rate) == 1:
            return float(sum(part.sum() ** 2 for part in parts))
        return float(sum((part**2).sum() for part in parts))

    def _figure(
        self, value: float, variance: float, chosen: npt.NDArray[np.bool_], level: float,
        *, share: bool = False,
    ) -> Figure:  # fmt: skip
        """Student's t on the logarithm of people, or plain and within [0, 1] for a share."""
        normal_quantile(level)
        with_people = (self.counts.met[:, chosen] + self.counts.listed[:, chosen]).sum(axis=1) > 0
        degrees = max(int(with_people.sum()) - len(np.unique(self.labels[with_people])), 1)
        width = float(student.ppf(0.5 + level / 2, degrees)) * np.sqrt(variance)
        if share:
            ends = max(value - width, 0.0), min(value + width, 1.0)
        else:
            ends = value * np.exp(-width / value), value * np.exp(width / value)
        return Figure(
            float(value), float(ends[0]), float(ends[1]), float(np.sqrt(variance)), degrees
        )

    def notes(self, with_rates: bool, with_total: bool) -> tuple[str, ...]:
        """What was assumed of links and of the villages that were not drawn."""
        villages = len(self.labels)
        found = [
            f"Intervals: jackknife over {villages} villages, Student's t. "
            f"区间：以 {villages} 个村（社区）做刀切法，按 t 分布。"
        ]
        if with_rates:
            found.extend(self.link_notes)
        else:
            found.append("Links taken to be right. 假设关联无误。")
        if not with_total:
            found.append(
                "How many villages there are was not told: the interval is somewhat too wide. "
                "未给出村（社区）总数，区间略偏宽。"
            )
        if (self.counts.linked.sum(axis=0) < 20).any():
            found.append(
                "Some strata have fewer than 20 people in both: join them. "
                "有的层两者兼有者不足 20 人，宜合并。"
            )
        return tuple(found)
