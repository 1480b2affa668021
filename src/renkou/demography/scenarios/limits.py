"""Between which numbers the figures of a project's tables and scenarios lie. Pure.

Wide enough for any country and small area ever observed: what is beyond is a slip of units.
"""

from __future__ import annotations

from renkou.demography.scenarios.settings import Limits

MOST_PEOPLE = "20,000,000,000"

TFR = Limits(
    0, 12, "a total fertility rate is children per woman, 0 to 12",
    "correct it; to lower another scenario's path write tfr_change",
    "总和生育率应为每名妇女的子女数（0 至 12）；请更正，若要在另一方案上加减，请写 tfr_change",
    far=12, far_remedy="divide by 1000 if it is per 1000 women",
    far_zh="总和生育率应为每名妇女的子女数（0 至 12）；若按千名妇女计，请除以 1000",
)  # fmt: skip
TFR_CHANGE = Limits(
    -12, 12, "a change of the total fertility rate is children per woman, -12 to 12", "correct it",
    "总和生育率的增减量应在 -12 至 12 之间；请更正",
)  # fmt: skip
SRB = Limits(
    0.5, 2, "a sex ratio at birth is males per female birth, 0.5 to 2", "correct it, such as 1.06",
    "出生人口性别比在此应为每名女婴对应的男婴数（0.5 至 2）；请更正，如 1.06",
    far=10, far_remedy="divide by 100 if it is boys per 100 girls",
    far_zh="出生人口性别比在此应为每名女婴对应的男婴数；若按每百名女婴计，请除以 100",
)  # fmt: skip
E0 = Limits(
    10, 120, "a life expectancy at birth is years, 10 to 120", "correct it",
    "出生时平均预期寿命应为 10 至 120 岁；请更正",
)  # fmt: skip
MEAN_AGE = Limits(
    15, 50, "a mean age at childbearing is years, 15 to 50", "correct it",
    "平均生育年龄应为 15 至 50 岁；请更正",
)  # fmt: skip
PERSONS = Limits(
    -2e9, 2e9, "a net migration is persons a year, not beyond 2,000,000,000", "correct it",
    "净迁移应为每年人数，绝对值不超过 20 亿；请更正",
)  # fmt: skip
PEOPLE = Limits(
    0, 2e10, f"a population is persons, not below 0 and at most {MOST_PEOPLE}", "correct it",
    "人口数不得为负，也不得超过 200 亿；请更正",
)  # fmt: skip
LEVEL = Limits(
    0, 10, "a level multiplies the rates of moving, 0 to 10", "write 1 for the rates as they are",
    "水平为迁移率的倍数（0 至 10）；按现有迁移率请写 1",
)  # fmt: skip
SHARE = Limits(
    0, 1, "a share is from 0 to 1", "divide by 100 if it is a percentage",
    "比例应在 0 与 1 之间；若为百分数请除以 100",
)  # fmt: skip
PARAMETER = Limits(
    -200, 200, "a parameter of a Rogers-Castro schedule is from -200 to 200", "correct it",
    "罗杰斯–卡斯特罗模型的参数应在 -200 至 200 之间；请更正",
)  # fmt: skip

# Of tables alone.
COUNT = Limits(
    0, 2e10, f"a count of people is not below 0 and at most {MOST_PEOPLE}",
    "correct it at its source", "人数不得为负，也不得超过 200 亿；请在数据来源处更正",
)  # fmt: skip
MX = Limits(
    0, 2, "a death rate is per person and year, 0 to 2",
    "divide by 1000 if it is per 1000, else correct it",
    "死亡率应为每人每年（0 至 2）；若按千分率请除以 1000，否则请更正",
)  # fmt: skip
ASFR = Limits(
    0, 1000, "a fertility rate is not below 0 and at most 1000", "correct it at its source",
    "生育率不得为负，也不得超过 1000；请在数据来源处更正",
)  # fmt: skip
RATE = Limits(
    0, 1, "a rate of leaving is a share of people, 0 to 1", "divide by 100 if it is a percentage",
    "迁出率应在 0 与 1 之间；若为百分数请除以 100",
)  # fmt: skip
RATIO = Limits(
    0.001, 1000, "a ratio to the level around is above 0, from 0.001 to 1000",
    "write 1 where there is no difference", "相对水平应在 0.001 与 1000 之间；没有差别请写 1",
)  # fmt: skip
DEVIATION = Limits(
    0, 5, "a standard error of a logarithm is from 0 to 5", "write 0 where it is certain",
    "对数标准误应在 0 至 5 之间；确定无误请写 0",
)  # fmt: skip
E0_DEVIATION = Limits(
    0, 20, "a standard error of a life expectancy is years, 0 to 20",
    "write a quarter of the width of its 95 % interval",
    "预期寿命的标准误应为 0 至 20 岁；可写其 95 % 区间宽度的四分之一",
)  # fmt: skip
COVERAGE = Limits(
    0.1, 10, "true people per person counted is about 1, from 0.1 to 10",
    "divide by 100 if it is a percentage", "真实人数与登记人数之比应在 1 左右；若为百分数请除以 100",
)  # fmt: skip
ANY = Limits(-1e15, 1e15, "is a number", "correct it", "应为数字；请更正")
HISTORY = {
    "tfr": TFR,
    "e0_male": E0,
    "e0_female": E0,
    "net_migration": PERSONS,
    "population": PEOPLE,
}
ERRORS = {
    "tfr": DEVIATION,
    "e0_male": E0_DEVIATION,
    "e0_female": E0_DEVIATION,
    "moves_out": DEVIATION,
    "moves_in": DEVIATION,
}
