"""What may be projected: the inputs of a projection are looked at, refused or laid out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.mortality.infant_ax import REGIONS, RULES, InfantRule, Region, one_of
from renkou.demography.mortality.survival_from_rates import refuse_impossible_rates, refuse_step
from renkou.demography.projection import refusals
from renkou.demography.projection.layout import (
    as_rows,
    batch_of,
    numbers,
    same_axis,
    with_axes,
)
from renkou.demography.projection.stepping import Given

_WHOLE = ("years", "sexes", "ages")
_AXES: dict[str, tuple[str, ...]] = {
    "population": ("sexes", "ages"), "mx": _WHOLE, "survival_ratio": _WHOLE,
    "asfr": ("years", "ages"), "srb": ("years",), "births": ("years", "sexes"),
    "net_migration": _WHOLE,
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """How the arrays are to be read; see `project_cohort_component`."""

    migration_as: str
    migration_timing: str
    open_group: bool | int
    step: int
    sex: str | None
    asfr_from: int | None
    infant_rule: str
    region: str
    floor: float


def given_by(
    choices: Choices, arrays: dict[str, npt.ArrayLike | None]
) -> tuple[Given, tuple[str, ...]]:
    """Everything checked and laid out, and sentences on what is assumed."""
    refuse_step(choices.step)
    refusals.refuse_floor(choices.floor)
    found = {name: numbers(name, one) for name, one in arrays.items() if one is not None}
    refusals.refuse_two_or_none(found)
    axes = _axes(found)
    found = {name: with_axes(name, one, axes[name]) for name, one in found.items()}
    sexes, ages = found["population"].shape[-2:]
    words = refusals.words_of_sexes(choices.sex, sexes, found)
    years = _agreed(found, axes, "years")
    _agreed(found, axes, "sexes", exactly=("population", "births"))
    open_group = refusals.last_age_open(choices.open_group, ages, choices.step)
    refusals.refuse_other_ages(found, ages, choices.step)
    fertile = _fertile(found.get("asfr"), ages, choices)
    batch = batch_of({name: (one, len(axes[name])) for name, one in found.items()})
    refusals.refuse_impossible(found, choices.step, choices.migration_as)
    found, axes = _by_sex(found, axes, words, choices.step)
    if "asfr" in found:
        found["asfr"] = found["asfr"][..., fertile.start - fertile.stop :]
    rows = {name: as_rows(one, len(axes[name]), batch) for name, one in found.items()}
    given = Given(
        batch=batch, years=years, sexes=sexes, ages=ages, step=choices.step, open_group=open_group,
        sex=words,
        infant_rule=cast(InfantRule, one_of("infant_rule", choices.infant_rule, RULES)),
        region=cast(Region, one_of("region", choices.region, REGIONS)),
        population=rows["population"], mx=rows.get("mx"), survival_ratio=rows.get("survival_ratio"),
        asfr=rows.get("asfr"), fertile=fertile, women=sexes - 1, of_births=rows.get("srb"),
        births=rows.get("births"), net_migration=rows.get("net_migration"),
        as_rates=one_of("migration_as", choices.migration_as, ("counts", "rates")) == "rates",
        even=one_of("migration_timing", choices.migration_timing, ("end", "even")) == "even",
        floor=float(choices.floor),
    )  # fmt: skip
    if "mx" in found and choices.step == 1:
        _refuse_impossible_rates(found["mx"], given)
    return given, tuple(_notes(given))


def _refuse_impossible_rates(mx: Floats, given: Given) -> None:
    """Those of single ages; life tables of wider groups look for themselves."""
    if mx.shape[-2] != given.sexes:
        mx = np.broadcast_to(mx, (*mx.shape[:-2], given.sexes, mx.shape[-1]))
    refuse_impossible_rates(mx, given.sex, given.open_group, given.infant_rule, given.region)


def _axes(found: dict[str, Floats]) -> dict[str, tuple[str, ...]]:
    """The own axes of each array; births with `srb` are of both sexes together."""
    axes = {name: _AXES[name] for name in found}
    if "births" in found and "srb" in found:
        axes["births"] = ("years",)
    return axes


def _agreed(
    found: dict[str, Floats], axes: dict[str, tuple[str, ...]], axis: str,
    exactly: tuple[str, ...] = (),
) -> int:  # fmt: skip
    sizes = {
        name: one.shape[axes[name].index(axis) - len(axes[name])]
        for name, one in found.items()
        if axis in axes[name]
    }
    return same_axis(axis, sizes, exactly)


def _fertile(asfr: Floats | None, ages: int, choices: Choices) -> slice:
    """Which ages of the population the rates of fertility are of."""
    if asfr is None:
        return slice(0, 0)
    size, step = asfr.shape[-1], choices.step
    if size == ages and choices.asfr_from is None:
        refusals.refuse_fertility_at_birth(asfr)
        return slice(1, ages)
    refusals.refuse_other_fertile_ages(size, ages, step, choices.asfr_from)
    first = (15 if choices.asfr_from is None else choices.asfr_from) // step
    return slice(first, first + size)


def _by_sex(
    found: dict[str, Floats], axes: dict[str, tuple[str, ...]], words: str | tuple[str, ...], step: int
) -> tuple[dict[str, Floats], dict[str, tuple[str, ...]]]:  # fmt: skip
    """Births or the sex ratio at birth as numbers by sex."""
    if "srb" not in found:
        return found, axes
    srb = found["srb"]
    girls = 1 / (1 + srb)
    shares = girls[..., None] if words == "female" else np.stack([srb * girls, girls], axis=-1)
    by_sex = ("years", "sexes")
    if "births" in found:
        births = found["births"][..., None] * shares
        rest = {name: one for name, one in found.items() if name not in ("births", "srb")}
        return {**rest, "births": births}, {**axes, "births": by_sex}
    # Women are counted at both ends of the step, hence the half.
    return {**found, "srb": shares * (step / 2)}, {**axes, "srb": by_sex}


def _notes(given: Given) -> Iterator[str]:
    """What a reader must know of the method."""
    if given.mx is not None:
        yield (f"Survival by period life tables of the death rates; infants by rule "
               f"{given.infant_rule!r}.")  # fmt: skip
    else:
        yield ("Survival ratios as given; half of a cohort's deaths fall before its birthday, "
               "all those of newborn children at the first age.")  # fmt: skip
    if given.asfr is not None:
        yield "Births by the mean of the women alive at the start and at the end of each step."
    else:
        yield "Births as given."
    if given.net_migration is not None:
        yield from _notes_of_migration(given)
    if not given.open_group:
        yield ("The last age is closed: who leaves it leaves the population (`aged_out`), dead or "
               "alive.")  # fmt: skip


def _notes_of_migration(given: Given) -> Iterator[str]:
    unit = "rates per person alive there" if given.as_rates else "persons"
    if given.even:
        yield f"Net migration as {unit}, half at the start and half at the end of each step."
    else:
        yield (f"Net migration as {unit} at the end of each step, without effect on its births and "
               "deaths.")  # fmt: skip
