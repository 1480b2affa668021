"""Between which numbers the columns of a project's tables lie. Pure."""

from __future__ import annotations

from renkou.demography.scenarios import limits
from renkou.demography.scenarios.settings import Limits

COUNT = Limits(
    0, 2e10, "a count of people is not below 0", "correct it at its source",
    "人数不得为负；请在数据来源处更正",
)  # fmt: skip
MX = Limits(
    0, 2, "a death rate is per person and year, 0 to 2",
    "divide by 1000 if it is per 1000, else correct it",
    "死亡率应为每人每年（0 至 2）；若按千分率请除以 1000，否则请更正",
)  # fmt: skip
ASFR = Limits(
    0, 1000, "a fertility rate is not below 0", "correct it at its source",
    "生育率不得为负；请在数据来源处更正",
)  # fmt: skip
NET = limits.PERSONS
SRB = limits.SRB
TFR = limits.TFR
RATE = Limits(
    0, 1, "a rate of leaving is a share of people, 0 to 1", "divide by 100 if it is a percentage",
    "迁出率应在 0 与 1 之间；若为百分数请除以 100",
)  # fmt: skip
SHARE = limits.SHARE
RATIO = Limits(
    0.001, 1000, "a ratio to the level around is above 0", "write 1 where there is no difference",
    "相对水平应大于 0；没有差别请写 1",
)  # fmt: skip
DEVIATION = Limits(
    0, 5, "a standard error of a logarithm is from 0 to 5", "write 0 where it is certain",
    "对数标准误应在 0 至 5 之间；确定无误请写 0",
)  # fmt: skip
COVERAGE = Limits(
    0.1, 10, "true people per person counted is about 1, from 0.1 to 10",
    "divide by 100 if it is a percentage", "真实人数与登记人数之比应在 1 左右；若为百分数请除以 100",
)  # fmt: skip
ANY = Limits(-1e15, 1e15, "is a number", "correct it", "应为数字；请更正")
HISTORY = {
    "tfr": limits.TFR,
    "e0_male": limits.E0,
    "e0_female": limits.E0,
    "net_migration": limits.PERSONS,
    "population": limits.PEOPLE,
}
