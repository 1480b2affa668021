"""Between which numbers the figures of a scenario lie. Pure.

Wide enough for any country and small area ever observed: what is beyond is a slip of units.
"""

from __future__ import annotations

from renkou.demography.scenarios.settings import Limits

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
    -2e9, 2e9, "a net migration is persons a year", "correct it", "净迁移应为每年人数；请更正"
)
PEOPLE = Limits(
    0, 2e10, "a population is persons, not below 0", "correct it", "人口数不得为负；请更正"
)
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
