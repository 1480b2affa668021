"""The measures that answer planners, named in two languages, with unit, kind, sex and ages. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from renkou.demography.planning.parameters import PlanningParameters, Stage

Kind = Literal["stock", "flow", "school_year"]
SexOrBoth = Literal["both", "male", "female"]
Group = Literal[
    "population", "structure", "change", "school", "maternity", "working", "care", "households"
]
SEXES_AND_BOTH: tuple[SexOrBoth, ...] = ("both", "male", "female")
WORKING_SPANS = ("15-59", "15-64", "16-59")
ELDERLY_SPANS = ("60+", "65+", "80+")
DEPENDENCY_SPANS = ("15-64", "15-59")
SHARE_SPANS = ("0-14", "15-59", "15-64", "60+", "65+", "80+")
FIVE_YEARS = 5
# Retirement tracks by the statutory age before the rise, and the sexes that each is computed for.
STATUTORY: tuple[tuple[str, SexOrBoth, str], ...] = (
    ("working_age_statutory", "male", "男"),
    ("working_age_statutory_women_50", "female", "女职工原50岁退休"),
    ("working_age_statutory_women_55", "female", "女职工原55岁退休"),
    ("working_age_statutory_women_50", "both", "女职工原50岁退休"),
    ("working_age_statutory_women_55", "both", "女职工原55岁退休"),
)
_STAGE_WORDS = {
    "kindergarten": ("幼儿园", "kindergarten", "幼儿", "入园幼儿"),
    "primary": ("小学", "primary school", "学生", "小学一年级新生"),
    "junior": ("初中", "junior secondary school", "学生", "初中新生"),
    "senior": ("高中阶段", "senior secondary school", "学生", "高中阶段新生"),
}
_PEOPLE = ("人", "people")
_PERCENT = ("%", "%")
_PER_MILLE = ("‰", "per 1000")


@dataclass(frozen=True)
class Measure:
    """One figure of a planning table: what, of whom, in which unit, and of which time.

    `kind`: a 'stock' is of 1 January of its year, a 'flow' of the calendar year, a 'school_year' of the
    day the school year begins; the last year of a projection has only stocks. `need` measures are
    rounded up in each area: those of an area are not the sum of those of its parts. Classes `by_grade`
    are rounded up in each grade, so they and their teachers do not follow from the sum of pupils.
    """

    id: str
    zh: str
    en: str
    unit: str
    unit_zh: str
    kind: Kind
    sex: SexOrBoth
    age: str
    decimals: int
    group: Group
    need: bool = False
    by_grade: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others.

        >>> PLANNING_MEASURES[0].key
        ('population', 'both', 'all')
        """
        return self.id, self.sex, self.age


def five_year_spans(ages: int = 101) -> tuple[str, ...]:
    """Five-year groups of single ages, the last open.

    >>> five_year_spans(16)
    ('0-4', '5-9', '10-14', '15+')
    """
    starts = range(0, ages - 1, FIVE_YEARS)
    return (*(f"{age}-{age + FIVE_YEARS - 1}" for age in starts), f"{ages - 1}+")


def planning_measures(
    parameters: PlanningParameters | None = None, ages: int = 101
) -> tuple[Measure, ...]:
    """All measures under some parameters: school ages are theirs, households need headship rates.

    >>> [one.id for one in planning_measures() if one.group == "school" and "primary" in one.id]
    ['children_primary', 'entering_primary', 'enrolled_primary', 'classes_primary', 'teachers_primary']
    """
    chosen = parameters or PlanningParameters.default()
    return (
        *_population(ages), *_structure(), *_working(), *_change(), *_maternity(),
        *(one for stage in chosen.stages for one in _stage(stage, chosen)), *_care(),
        *_households(chosen),
    )  # fmt: skip


def _made(
    id_: str, zh: str, en: str, unit: tuple[str, str], kind: Kind, group: Group,
    sex: SexOrBoth = "both", age: str = "all", decimals: int = 0, *, need: bool = False,
    by_grade: bool = False,
) -> Measure:  # fmt: skip
    return Measure(id_, zh, en, unit[1], unit[0], kind, sex, age, decimals, group, need, by_grade)


def _population(ages: int) -> Iterator[Measure]:
    for sex in SEXES_AND_BOTH:
        for age in ("all", *five_year_spans(ages)):
            yield _made("population", "人口", "People", _PEOPLE, "stock", "population", sex, age)
    for sex in SEXES_AND_BOTH:
        yield _made("children", "少儿人口", "Children", _PEOPLE, "stock", "population", sex, "0-14")
    yield _made("women_childbearing", "育龄妇女", "Women of childbearing age", _PEOPLE, "stock",
                "population", "female", "15-49")  # fmt: skip
    for span in ELDERLY_SPANS:
        for sex in SEXES_AND_BOTH:
            yield _made("elderly", "老年人口", "Elderly people", _PEOPLE, "stock", "population", sex,
                        span)  # fmt: skip


def _structure() -> Iterator[Measure]:
    for span in SHARE_SPANS:
        yield _made("age_share", "年龄构成比", "Share of all people", _PERCENT, "stock", "structure",
                    age=span, decimals=2)  # fmt: skip
    for span in DEPENDENCY_SPANS:
        per = (f"每百名{span}岁人口", f"per 100 people aged {span}")
        for id_, zh, en in (
            ("dependency_total", "总抚养比", "Total dependency ratio"),
            ("dependency_young", "少儿抚养比", "Young dependency ratio"),
            ("dependency_old", "老年抚养比", "Old-age dependency ratio"),
        ):
            yield _made(id_, zh, en, per, "stock", "structure", age=span, decimals=2)
    yield _made("ageing_index", "老少比（65岁及以上比0-14岁）", "Ageing index, 65+ per 100 aged 0-14",
                ("每百名少儿", "per 100 children"), "stock", "structure", decimals=1)  # fmt: skip
    yield _made("median_age", "年龄中位数", "Median age", ("岁", "years"), "stock", "structure",
                decimals=1)  # fmt: skip
    yield _made("sex_ratio", "性别比（女=100）", "Males per 100 females",
                ("每百名女性", "per 100 females"), "stock", "structure", decimals=1)  # fmt: skip


def _working() -> Iterator[Measure]:
    for span in WORKING_SPANS:
        for sex in SEXES_AND_BOTH:
            yield _made("working_age", "劳动年龄人口", "People of working age", _PEOPLE, "stock",
                        "working", sex, span)  # fmt: skip
    for id_, sex, zh in STATUTORY:
        track = {
            "women_50": ", women of the track from 50",
            "women_55": ", women of the track from 55",
        }
        yield _made(id_, f"法定退休年龄以下劳动年龄人口（{zh}）",
                    f"People from 16 to the statutory age of retirement{track.get(id_[-8:], '')}",
                    _PEOPLE, "stock", "working", sex, "16-statutory")  # fmt: skip


def _change() -> Iterator[Measure]:
    for id_, zh, en in (("births", "出生人数", "Births"), ("deaths", "死亡人数", "Deaths")):
        for sex in SEXES_AND_BOTH:
            yield _made(id_, zh, en, _PEOPLE, "flow", "change", sex)
    for id_, zh, en in (
        ("natural_increase", "自然增长人数", "Births less deaths"),
        ("net_migration", "净迁移人数", "Net migration"),
        ("population_change", "人口增减", "Change of the population"),
    ):
        yield _made(id_, zh, en, _PEOPLE, "flow", "change")
    for id_, zh, en in (
        ("birth_rate", "出生率", "Crude birth rate"),
        ("death_rate", "死亡率", "Crude death rate"),
        ("natural_increase_rate", "自然增长率", "Rate of natural increase"),
    ):
        yield _made(id_, zh, en, _PER_MILLE, "flow", "change", decimals=2)


def _maternity() -> Iterator[Measure]:
    yield _made("births_in_facilities", "住院分娩活产数", "Births in health facilities", _PEOPLE, "flow",
                "maternity")  # fmt: skip
    yield _made("maternity_beds", "产科床位需求（高峰月）", "Maternity beds needed in the busiest month",
                ("张", "beds"), "flow", "maternity", need=True)  # fmt: skip
    yield _made(
        "infants", "3岁以下婴幼儿", "Children under 3", _PEOPLE, "stock", "maternity", age="0-2"
    )
    yield _made("childcare_places", "托位需求", "Childcare places needed", ("个", "places"), "stock",
                "maternity", need=True)  # fmt: skip


def _stage(stage: Stage, parameters: PlanningParameters) -> Iterator[Measure]:
    zh, en, pupils, entrants = _STAGE_WORDS[stage.name]
    name, ages, first = stage.name, stage.ages, f"{stage.first_age}"
    for id_, words, said, age in (
        ("children", f"{zh}学龄儿童", f"Children of the age of {en}", ages),
        ("entering", entrants, f"Children entering {en}", first),
        ("enrolled", f"{zh}在校{pupils}", f"Pupils in {en}", ages),
    ):
        yield _made(f"{id_}_{name}", words, said, _PEOPLE, "school_year", "school", age=age)
    by_grade = parameters.switch(f"school.{name}.classes_by_grade")
    for id_, words, said, unit in (
        ("classes", f"{zh}班级需求", f"Classes needed in {en}", ("个", "classes")),
        ("teachers", f"{zh}教职工需求", f"Teachers needed in {en}", ("人", "teachers")),
    ):
        yield _made(f"{id_}_{name}", words, said, unit, "school_year", "school", age=ages,
                    need=True, by_grade=by_grade)  # fmt: skip


def _care() -> Iterator[Measure]:
    for id_, zh, en in (
        ("care_need", "失能老年人", "Elderly people with care need"),
        ("care_need_severe", "重度失能老年人", "Elderly people with severe care need"),
    ):
        for sex in SEXES_AND_BOTH:
            yield _made(id_, zh, en, _PEOPLE, "stock", "care", sex, "60+")
    for id_, zh, en, unit in (
        ("care_beds", "养老床位需求", "Elderly-care beds needed", ("张", "beds")),
        ("nursing_beds", "护理型床位需求", "Nursing beds needed", ("张", "beds")),
        ("caregivers", "养老护理员需求", "Caregivers needed", ("人", "caregivers")),
    ):
        yield _made(id_, zh, en, unit, "stock", "care", age="60+", need=True)


def _households(parameters: PlanningParameters) -> Iterator[Measure]:
    if parameters["households.headship"].value is not None:
        yield _made("households", "户数", "Households", ("户", "households"), "stock", "households")
        yield _made("household_size", "平均户规模", "People per household", ("人/户", "people"), "stock",
                    "households", decimals=2)  # fmt: skip


PLANNING_MEASURES: tuple[Measure, ...] = planning_measures()
