"""What a reader of a bulletin must know: source, base, intervals, perturbation, rounding. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renkou.core.figures import Definition, Sensitivity, period_words
from renkou.publishing.bulletin_content import BulletinInfo, Language
from renkou.publishing.words import Words

SOURCE = Words(
    "数据来源。本公报由人口登记册版本{edition}计算得出，所述时期为{period}，地区为{city}（代码{area}）。",
    "Source. Computed from edition {edition} of the population register, for {period}, "
    "{city} (code {area}).",
)
BASES = Words(
    "口径。本公报所用口径有：{bases}。不同口径的数值不可直接相加或相减，各指标的口径与计算方法见{table}。",
    "Bases. The figures rest on these bases: {bases}. Figures of different bases are not added or "
    "subtracted; for base and method of each indicator see {table}.",
)
INTERVAL = Words(
    "区间的含义。95%区间表示在所列假定下估计值的不确定范围：用同样的方法反复估计，约有95%的区间包含真值。"
    "区间不包括登记制度本身改变、统计口径调整等造成的差异。",
    "Intervals. A 95% interval is the range of uncertainty of an estimate under the stated assumption: "
    "of intervals made in this way about 95% hold the true value. They do not cover changes of "
    "registration rules or definitions.",
)
COMPARISON = Words(
    "升降的判断。与上年同期比较时，两期95%区间重叠的，不能断言上升或下降；不重叠的，才视为有明显差别。"
    "这一规则比显著性水平为5%的检验更严。与全市（县、区）数比较各地区时未作多重比较校正。",
    "Comparisons. Where the 95% intervals of two periods overlap, neither a rise nor a fall is "
    "asserted; the rule is stricter than a test at the 5% level. Comparisons of areas with the whole "
    "are not corrected for their number.",
)
DISCLOSURE = Words(
    "数据保密。为防止从统计数据中识别个人，所有公布的数值均经随机扰动处理，率由扰动后的分子、分母计算，"
    "分母不足30的不予公布。合计数单独处理，与各分项之和可能不等，不是差错。",
    "Disclosure. So that nobody can be recognised, every published figure was perturbed at random; "
    "rates are those of perturbed numerators and denominators, and none is published on a denominator "
    "under 30. Totals are perturbed on their own: figures need not add, and this is no mistake.",
)
ROUNDING = Words(
    "数值修约。数值按四舍五入修约，增减数按修约前的数值计算，与表列数之差可能略有出入。",
    "Rounding. Figures are rounded half up; changes are computed before rounding.",
)
NO_RANKING = Words(
    "生育水平与出生性别比。{names}只作为地区统计指标公布，不排名，不作为任何地区或单位的考核目标。",
    "Fertility and the sex ratio at birth. {names}: statistics of areas, never ranked and no target "
    "for any area or office.",
)
OUTSIDE = Words(
    "公布数在区间之外。公布的人数是名册中的计数，其区间由覆盖评估另行估计；公布数不在区间之内的，"
    "表示名册有漏登、重登或误登，真实人数以区间为准。",
    "Figures outside their interval. Published numbers of people are counts of the lists, while their "
    "intervals come from an assessment of coverage; a count outside says that the lists miss people "
    "or hold them wrongly, and the interval is to be believed.",
)
_CONTACT = Words("（联系方式：{contact}）", "(Contact: {contact})")


def notes(
    info: BulletinInfo, definitions: Sequence[Definition], table: str, language: Language, *,
    outside: bool = False,
) -> Iterator[str]:  # fmt: skip
    """The notes, numbered; `table` is the label of the table of definitions.

    `outside` says that some figure lies outside its own interval.
    """
    english = language == "en"
    joint = ", " if english else "、"
    bases = dict.fromkeys(one.base_en if english else one.base_zh for one in definitions)
    of_births = [
        one.en if english else one.zh
        for one in definitions
        if one.sensitivity is Sensitivity.FERTILITY
    ]
    period = period_words(info.period)[1 if english else 0]
    texts = [SOURCE, BASES, INTERVAL, *([OUTSIDE] if outside else []), COMPARISON]
    texts += [DISCLOSURE, ROUNDING]
    texts += [NO_RANKING] if of_births else []
    for at, words in enumerate(texts, start=1):
        filled = words.in_language(language).format(
            edition=info.edition, period=period, city=info.city, area=info.area, table=table,
            bases=joint.join(bases), names=joint.join(of_births),
        )  # fmt: skip
        yield f"{at}. {filled}"


def remark(info: BulletinInfo, language: Language) -> str:
    """附注: whom to ask; '' where nobody is named."""
    if not info.contact:
        return ""
    return _CONTACT.in_language(language).format(contact=info.contact)
