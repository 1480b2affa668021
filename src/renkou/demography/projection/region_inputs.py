"""What a projection of several areas takes: shapes brought together, values refused by name. Pure.

Leading dimensions (trajectories, scenarios) become one; an array that does not have them is kept
as it is and never copied per trajectory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, positive, probabilities

FIRST_FERTILE_AGE, FERTILE_AGES = 15, 35
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class ValuesByYear:
    """Values made one year at a time, so that all years of all trajectories never fill memory.

    Whoever makes them answers for the rule they keep (survival between 0 and 1): they are not
    checked again.
    """

    shape: tuple[int, int, int, int, int]  # (n, areas, years, 2, ages)
    in_year: Callable[[slice, int], Floats]  # rows of the first axis, year: (rows, areas, 2, ages)

    @property
    def ndim(self) -> int:
        """Number of axes, as of an array."""
        return len(self.shape)


Values = npt.ArrayLike | ValuesByYear


@dataclass(frozen=True)
class Moves:
    """Who leaves and where they go: the first axis of length n or 1."""

    out_rate: Floats  # (n or 1, areas, years, 2, ages)
    to: Floats  # (n or 1, areas, areas): share by destination and origin
    outside: Floats  # (n or 1, areas, 1): share that leaves all areas


@dataclass(frozen=True)
class RegionInputs:
    """Checked arrays; the first axis is all leading dimensions in one, of length n or 1."""

    lead: tuple[int, ...]
    years: int
    population: Floats
    survival_ratio: Floats | ValuesByYear
    asfr: Floats
    fertile: slice
    srb: Floats
    moves: Moves | None
    in_count: Floats | None
    net_migration: Floats | ValuesByYear | None

    @property
    def areas(self) -> int:
        """Number of areas."""
        return self.population.shape[-3]

    @property
    def ages(self) -> int:
        """Number of ages, the open group included."""
        return self.population.shape[-1]

    @property
    def rows(self) -> int:
        """Number of populations projected: the leading dimensions multiplied."""
        return int(np.prod(self.lead, dtype=np.int64))


def region_inputs(
    population: npt.ArrayLike,
    survival_ratio: Values,
    asfr: npt.ArrayLike,
    srb: npt.ArrayLike,
    out_rate: npt.ArrayLike | None,
    destination: npt.ArrayLike | None,
    in_count: npt.ArrayLike | None,
    net_migration: Values | None,
) -> RegionInputs:
    """Every array checked and given its axes.

    Raises
    ------
    FiguresRefused
        If shapes do not fit (which axis, both sizes) or a value breaks its rule.
    """
    people = _people(population)
    given: dict[str, tuple[Any, str]] = {
        "survival_ratio": (_yearly("survival_ratio", survival_ratio, probabilities), "aysx"),
        "asfr": (_fertility(asfr, people.shape[-1]), "ayx"),
        "srb": (_plain("srb", srb, positive), "ay"),
    }
    if out_rate is not None:
        given["out_rate"] = (_plain("out_rate", out_rate, probabilities), "aysx")
    if in_count is not None:
        given["in_count"] = (_plain("in_count", in_count, not_negative), "aysx")
    if net_migration is not None:
        given["net_migration"] = (_yearly("net_migration", net_migration, figures), "aysx")
    given = {name: (_with_axes(name, array, axes), axes) for name, (array, axes) in given.items()}
    lines = _destinations(destination, out_rate, people.shape[-3])
    years = _fit(people, given)
    lead = _common_lead(people, given, lines)
    flat = {name: _flat(array, lead, len(axes)) for name, (array, axes) in given.items()}
    _refuse_an_srb_in_hundreds(flat["srb"])
    return RegionInputs(
        lead=lead, years=years, population=_flat(people, lead, 3),
        survival_ratio=flat["survival_ratio"], asfr=flat["asfr"],
        fertile=_fertile_ages(flat["asfr"]), srb=flat["srb"],
        in_count=flat.get("in_count"),
        net_migration=flat.get("net_migration"),
        moves=None if lines is None else _moves(flat["out_rate"], _flat(lines, lead, 2)),
    )  # fmt: skip


def _people(population: npt.ArrayLike) -> Floats:
    people = _plain("population", population, not_negative)
    if people.ndim < 3 or people.shape[-2] != 2 or people.shape[-1] < 3:
        raise FiguresRefused(
            "population", f"of shape {people.shape}", "has axes (..., areas, 2 sexes, ages)",
            "put areas before sexes (male, female) and ages last, three ages or more",
            zh="各维应为（…，区域，2 个性别，年龄）；请区域放在性别之前，年龄放在最后，至少三个年龄",
        )  # fmt: skip
    return people


def _yearly(name: str, values: Values, check: object) -> Floats | ValuesByYear:
    return values if isinstance(values, ValuesByYear) else _plain(name, values, check)


def _plain(name: str, values: npt.ArrayLike, check: object) -> Floats:
    """Good arrays pass by their extremes; the check, which finds the place, runs on bad ones."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return figures(name, values)
    low, high = (array.min(), array.max()) if array.size else (0.0, 0.0)
    bounds = {
        not_negative: (0.0, np.inf), probabilities: (0.0, 1.0), figures: (-np.inf, np.inf),
        positive: (np.nextafter(0, 1), np.inf),
    }  # fmt: skip
    least, most = bounds[check]  # type: ignore[index]
    if not (low >= least and high <= most and np.isfinite(low) and np.isfinite(high)):
        check(name, array)  # type: ignore[operator]
    return array


def _fertility(asfr: npt.ArrayLike, ages: int) -> Floats:
    rates = np.atleast_1d(_plain("asfr", asfr, not_negative))
    if rates.shape[-1] == FERTILE_AGES != ages:
        if ages < FIRST_FERTILE_AGE + FERTILE_AGES:
            raise FiguresRefused(
                "asfr and population", f"{FERTILE_AGES} and {ages} ages",
                "rates of ages 15 to 49 need single ages to 49 or above in the population",
                "give one rate per age group of the population",
                zh="15-49 岁的单岁生育率要求人口含 49 岁以上的单岁组；请按人口的年龄组给出生育率",
            )  # fmt: skip
        wide = np.zeros((*rates.shape[:-1], ages))
        wide[..., FIRST_FERTILE_AGE : FIRST_FERTILE_AGE + FERTILE_AGES] = rates
        rates = wide
    first = rates[..., :1]
    if first.size and first.max() > 0:
        raise FiguresRefused(
            "asfr[..., 0]", f"{first.max():g}", "newborn children bear none",
            "give ages in ascending order, the first with rate 0",
            zh="第一个年龄组的生育率应为 0；请按年龄从小到大给出",
        )  # fmt: skip
    return rates


def _with_axes(name: str, array: Floats, axes: str) -> Floats:
    """One number or (ages,) stand for all areas and years: axes of length 1 are put before."""
    missing = len(axes) - array.ndim
    return array.reshape((1,) * missing + array.shape) if missing > 0 else array


_WORDS = {"a": "areas", "y": "years", "s": "sexes", "x": "ages"}


def _fit(people: Floats, given: dict[str, tuple[Any, str]]) -> int:
    """The number of years; refuses the first axis of which two arrays differ."""
    areas, _, ages = people.shape[-3:]
    size = {"a": ("population", areas), "s": ("population", 2), "x": ("population", ages)}
    for name, (array, axes) in given.items():
        for axis, found in zip(axes, array.shape[-len(axes) :], strict=True):
            first, expected = size.get(axis, (name, found))
            if axis == "y" and expected == 1:
                first, expected = name, found
            if found not in (1, expected):
                raise FiguresRefused(
                    f"{first} and {name}", f"{expected} and {found} {_WORDS[axis]}",
                    f"have one length on the axis of {_WORDS[axis]}, or length 1",
                    f"give {name} for the same {_WORDS[axis]}",
                    zh="两个数组在该维上的长度应相同，或为 1；请按相同的区域、年份、性别、年龄给出",
                )  # fmt: skip
            size[axis] = (first, expected)
    years = size["y"][1]
    if not years:
        raise FiguresRefused(
            "years", 0, "a projection has at least one year", "give rates for a year or more",
            zh="预测至少一年；请给出至少一年的率",
        )  # fmt: skip
    return years


def _common_lead(
    people: Floats, given: dict[str, tuple[Any, str]], lines: Floats | None
) -> tuple[int, ...]:
    leads = {"population": people.shape[:-3]}
    leads |= {name: array.shape[: -len(axes)] for name, (array, axes) in given.items()}
    if lines is not None:
        leads["destination"] = lines.shape[:-2]
    common: tuple[int, ...] = ()
    so_far = "population"
    for name, lead in leads.items():
        try:
            common = np.broadcast_shapes(common, lead)
        except ValueError:
            raise FiguresRefused(
                f"{so_far} and {name}", f"{common} and {lead}",
                "leading dimensions are equal, or 1, from the last to the first",
                "give the same trajectories and scenarios in both",
                zh="前面各维（方案、轨迹）应相同或为 1；请在两者中给出相同的方案和轨迹",
            ) from None  # fmt: skip
        so_far = name if lead else so_far
    return common


def _flat(array: Any, lead: tuple[int, ...], own: int) -> Any:
    """All leading dimensions in one; of length 1 where the array is the same for all."""
    if isinstance(array, ValuesByYear):
        return array
    shape = array.shape[array.ndim - own :]
    here = array.shape[: array.ndim - own]
    if all(n == 1 for n in here):
        return array.reshape((1, *shape))
    return np.broadcast_to(array, (*lead, *shape)).reshape((-1, *shape))


def _moves(out_rate: Floats, lines: Floats) -> Moves:
    # Origins last and contiguous: so matrix products run at full speed.
    to = np.ascontiguousarray(np.swapaxes(lines[..., :-1], -1, -2))
    return Moves(out_rate, to, lines[..., -1:])


def _fertile_ages(asfr: Floats) -> slice:
    borne = np.flatnonzero(asfr.reshape(-1, asfr.shape[-1]).max(axis=0))
    return slice(int(borne[0]), int(borne[-1]) + 1) if len(borne) else slice(1, 2)


def _refuse_an_srb_in_hundreds(srb: Floats) -> None:
    if srb.max() > 10:
        raise FiguresRefused(
            "srb", f"{srb.max():g}", "is males per female birth, such as 1.05",
            "divide by 100 where it is per 100 female births",
            zh="出生性别比按每名女婴对应的男婴数给出，如 1.05；以 100 为底的请除以 100",
        )  # fmt: skip


def _destinations(
    destination: npt.ArrayLike | None, out_rate: npt.ArrayLike | None, areas: int
) -> Floats | None:
    if destination is None and out_rate is None:
        return None
    if destination is None or out_rate is None:
        raise FiguresRefused(
            "out_rate" if destination is None else "destination", None,
            "the share who leave and where they go are given together",
            "give both, or neither", zh="迁出率与去向比例应同时给出；请补上另一项或都去掉",
        )  # fmt: skip
    lines = _plain("destination", destination, probabilities)
    if lines.shape[-2:] != (areas, areas + 1):
        raise FiguresRefused(
            "destination", f"of shape {lines.shape}",
            f"has a row per area and a column per area and one for outside: ({areas}, {areas + 1})",
            "add the missing area, or the column for outside",
            zh="每个区域一行，每个区域一列并加一列“区域之外”；请补上缺少的区域或该列",
        )  # fmt: skip
    _refuse_bad_lines(lines, out_rate)
    return lines


def _refuse_bad_lines(lines: Floats, out_rate: npt.ArrayLike) -> None:
    own = np.argwhere(np.diagonal(lines, axis1=-2, axis2=-1) > 0)
    if len(own):
        raise FiguresRefused(
            f"destination[{own[0, -1]}, {own[0, -1]}]", None,
            "who leaves an area goes to another one", "set the diagonal to 0 and lower out_rate",
            zh="离开本区域的人应去往其他区域；请将对角线设为 0，并相应降低迁出率",
        )  # fmt: skip
    total = lines.sum(-1)
    leaves = np.asarray(out_rate, dtype=np.float64)
    by_area = leaves.max(axis=(-1, -2, -3)) if leaves.ndim >= 4 else leaves.max()
    somebody = by_area.reshape(-1, by_area.shape[-1]).max(0) > 0 if by_area.ndim else by_area > 0
    wrong = np.argwhere((np.abs(total - 1) > _ROUNDING) & ((total > 0) | somebody))
    if len(wrong):
        at = tuple(wrong[0])
        raise FiguresRefused(
            f"destination[{', '.join(map(str, at))}]", f"adding up to {total[at]:g}",
            "the shares of an origin add up to 1", "divide the row by its sum",
            zh="同一迁出地的去向比例合计应为 1；请将该行除以其合计",
        )  # fmt: skip
