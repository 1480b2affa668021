"""What a projection cannot take: each refusal says place, value, rule and remedy. Pure."""

from __future__ import annotations

from typing import Literal

import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, probabilities, refuse_where
from renkou.demography.mortality.infant_ax import one_of

Words = str | tuple[str, ...]
_HIGHEST_TFR, _HIGHEST_SRB = 20, 10


def refuse_floor(floor: float) -> None:
    """A floor is a number of persons."""
    if not 0 <= floor < np.inf:
        raise FiguresRefused(
            "floor", floor, "nobody or a few persons are left in a cell, never less than 0",
            "give 0, or .0005 as the UN does", zh="下限不得为负；请给出 0，或如联合国用 .0005",
        )  # fmt: skip


def refuse_threads(threads: int | None) -> None:
    """At least one thread does the work."""
    if threads is not None and threads < 1:
        raise FiguresRefused(
            "threads", threads, "at least one does the work", "give 1 or more, or None for all cores",
            zh="线程数至少为 1；请给出 1 或以上，或用 None 使用全部处理器",
        )  # fmt: skip


def refuse_two_or_none(found: dict[str, Floats]) -> None:
    """Mortality comes from one source, and births from one."""
    for one, other, zh in (("mx", "survival_ratio", "死亡"), ("asfr", "births", "出生")):
        if (one in found) == (other in found):
            count = "both are given" if one in found else "neither is given"
            raise FiguresRefused(
                f"{one} and {other}", None, f"{count}, and a projection takes one of the two",
                f"give {one} or {other}", zh=f"{zh}只能由 {one} 或 {other} 之一给出；请二者择一",
            )  # fmt: skip
    if "asfr" in found and "srb" not in found:
        raise FiguresRefused(
            "srb", None, "births by fertility rates need the sex ratio at birth",
            "give males born per female, such as 1.05",
            zh="由生育率推算出生需要出生性别比；请给出每名女婴对应的男婴数，如 1.05",
        )  # fmt: skip


def words_of_sexes(sex: str | None, sexes: int, found: dict[str, Floats]) -> Words:
    """What the axis of sexes is of: male and female, or one of them, or both together."""
    if sexes == 2:
        if sex is not None:
            raise FiguresRefused(
                "sex", repr(sex), "two sexes are male and female, in that order",
                "leave it out, or give one sex alone",
                zh="两个性别依次为男、女；请去掉 sex，或只给出一个性别",
            )  # fmt: skip
        return ("male", "female")
    if sexes != 1:
        raise FiguresRefused(
            "population", f"{sexes} on the axis of sexes", "there are two sexes, or one axis for both",
            "give shape (..., 2, ages), male before female, or (..., 1, ages)",
            zh="性别维的长度应为 2（男、女）或 1；请给出 (..., 2, 年龄) 或 (..., 1, 年龄)",
        )  # fmt: skip
    word = one_of("sex", sex or "both", ("both", "female", "male"))
    if word != "female" and ("asfr" in found or "srb" in found):
        raise FiguresRefused(
            "sex", repr(word), "fertility rates and the sex ratio at birth need women apart",
            "give births, shape (..., years, 1), or sex='female'",
            zh="生育率和出生性别比需要单列女性；请直接给出出生数，形状 (..., 年, 1)，或设 sex='female'",
        )  # fmt: skip
    return word


def last_age_open(open_group: bool | int, ages: int, step: int) -> bool:
    """Whether the last group is open; an age is the one at which the open group begins."""
    if isinstance(open_group, bool | np.bool_):
        return bool(open_group)
    last = (ages - 1) * step
    if open_group != last:
        raise FiguresRefused(
            "open_group", open_group, f"the open group is the last age, here {last}",
            "sum the population from there up into one last group, or give True",
            zh=f"开放年龄组必须是最后一组，这里是 {last} 岁；请把更高年龄并入开放组，或给出 True",
        )  # fmt: skip
    return True


def refuse_other_ages(found: dict[str, Floats], ages: int, step: int) -> None:
    """Ages never broadcast: each array has those of the population."""
    if ages < 3:
        raise FiguresRefused(
            "population", f"{ages} on the axis of ages", "a projection has at least three age groups",
            "give ages last", zh="推算至少需要三个年龄组；年龄应在最后一维，请更正",
        )  # fmt: skip
    for name in ("mx", "survival_ratio", "net_migration"):
        needed = ages + 1 if (name, step) == ("mx", 5) else ages
        if name in found and found[name].shape[-1] != needed:
            _refuse_ages(name, found[name].shape[-1], needed, ages)


def _refuse_ages(name: str, size: int, needed: int, ages: int) -> None:
    abridged = needed != ages
    rule = "ages 0 and 1-4 apart, so one more" if abridged else "of one size"
    raise FiguresRefused(
        f"population and {name}", f"{ages} and {size} on the axis of ages",
        f"the axes of ages are {rule}: {needed} here",
        f"give {name} for the same ages; an open group must be the last age in both",
        zh=f"年龄维的长度应为 {needed}；请按相同的年龄给出 {name}，开放组在两者中都应为最后一组",
    )  # fmt: skip


def refuse_other_fertile_ages(size: int, ages: int, step: int, asfr_from: int | None) -> None:
    """Rates of fertility are of all ages, of 15-49, or from the age that is given."""
    usual, first = 35 // step, 15 if asfr_from is None else asfr_from
    fits = first >= step and first % step == 0 and first // step + size <= ages
    if not fits or (asfr_from is None and size != usual):
        raise FiguresRefused(
            "population and asfr", f"{ages} and {size} on the axis of ages",
            f"fertility is given for all {ages} ages, for the {usual} groups of 15-49, or from "
            "`asfr_from` on",
            "give one rate per age group, or say the first age",
            zh=f"生育率应覆盖全部 {ages} 个年龄组，或 15-49 岁的 {usual} 组，或由 asfr_from 指明起始年龄；"
            "请逐组给出",
        )  # fmt: skip


def refuse_fertility_at_birth(asfr: Floats) -> None:
    """Births depend on women alive at the end of the step; newborn girls are not among them."""
    wrong = np.zeros(asfr.shape, dtype=np.bool_)
    wrong[..., 0] = asfr[..., 0] != 0
    refuse_where(
        "asfr", asfr, wrong, "nobody gives birth at the first age", "put 0 there",
        "最低年龄组没有生育；请填 0",
    )  # fmt: skip


def refuse_impossible(
    found: dict[str, Floats], step: int, migration_as: str | Literal["counts", "rates"]
) -> None:
    """Values that no population has; arrays pass by their extremes, the message looks closer."""
    for name in ("population", "mx", "asfr", "births", "srb"):
        if name in found and not _within(found[name], 0, np.inf):
            not_negative(name, found[name])
    if "survival_ratio" in found and not _within(found["survival_ratio"], 0, 1):
        probabilities("survival_ratio", found["survival_ratio"])
    if "net_migration" in found:
        _refuse_migration(found["net_migration"], migration_as)
    if "srb" in found:
        _refuse_srb(found["srb"])
    if "asfr" in found:
        _refuse_per_thousand(found["asfr"], step)


def _within(array: Floats, low: float, high: float) -> bool:
    if not array.size:
        return True
    return bool(array.min() >= low and array.max() <= high and array.max() < np.inf)


def _refuse_migration(migration: Floats, migration_as: str) -> None:
    if not _within(migration, -np.finfo(np.float64).max, np.inf):
        figures("net_migration", migration)
    if migration_as == "rates":
        refuse_where(
            "net_migration", migration, migration < -1, "no more people leave than are there",
            "give persons per person, or migration_as='counts'",
            "迁出人数不能多于现有人口；请给出每人净迁移率，或设 migration_as='counts'",
        )  # fmt: skip


def _refuse_srb(srb: Floats) -> None:
    refuse_where(
        "srb", srb, srb == 0, "boys are born too", "give males born per female, such as 1.05",
        "出生性别比应大于 0；请给出每名女婴对应的男婴数，如 1.05",
    )  # fmt: skip
    refuse_where(
        "srb", srb, srb > _HIGHEST_SRB, "is males born per female, not per 100", "divide by 100",
        "应为每名女婴对应的男婴数，而不是每百名；请除以 100",
    )  # fmt: skip


def _refuse_per_thousand(asfr: Floats, step: int) -> None:
    tfr = asfr.sum(axis=-1) * step
    refuse_where(
        "tfr", tfr, tfr > _HIGHEST_TFR, "no women have so many children: rates are per woman and year",
        "divide births per 1000 women by 1000",
        "总和生育率过高：生育率应为每名妇女每年生育数；千分率请除以 1000",
    )  # fmt: skip
