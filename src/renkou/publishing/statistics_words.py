"""The Chinese words of the statistics workbook. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from renkou.core.figures import Sensitivity

SEX_WORDS: Mapping[str, str] = {"both": "合计", "male": "男", "female": "女"}
LEVEL_WORDS: Mapping[str, str] = {
    "province": "省级", "prefecture": "地级", "county": "县级", "township": "乡级", "village": "村级",
}  # fmt: skip
SENSITIVITY_WORDS: Mapping[Sensitivity, str] = {
    Sensitivity.ORDINARY: "一般（排名须附名次区间）",
    Sensitivity.FERTILITY: "生育与出生性别比（不排名，不作为考核目标）",
    Sensitivity.HEALTH: "健康（每格至少10人，县级以下不公布）",
}

# What the first sheet says, in this order.
HOW_TO_READ: tuple[tuple[str, str], ...] = (
    (
        "区间的含义",
        "下限、上限是95%区间的两端：在所列假定下用同样的方法反复估计，约有95%的区间包含真值。"
        "比较两个数值时，区间重叠的，不能断言有差别。",
    ),
    (
        "数据保密",
        "所有数值均经随机扰动处理，以防从中识别个人；率由扰动后的分子、分母计算。"
        "合计单独处理，与分项之和可能不等，不是差错。",
    ),
    ("未公布的数值", "“…”表示不予公布，其后的①②等见表下的注。空白表示没有这一数值。"),
    (
        "不作排名",
        "地区按区划代码排列，不分先后。生育水平与出生性别比不排名，不作为任何地区或单位的考核目标。",
    ),
    (
        "工作表",
        "“目录”列出各工作表；“数据”每行一个数值，未修约，供程序读取；“指标定义”说明计算方法与口径。",
    ),
)

COLUMN_MEANINGS: Mapping[str, str] = {
    "indicator": "指标代号，见“指标定义”",
    "area": "区划代码，2、4、6、9或12位",
    "area_name": "地区名称",
    "level": "地区层级：province 省级，prefecture 地级，county 县级，township 乡级，village 村级",
    "period": "时期：2024（年）、2024-H1（半年）、2024-Q3（季）、2024-03（月）；时点数为该时期的最后一天",
    "sex": "性别：both 合计，male 男，female 女",
    "age": "年龄：all 不分年龄，0 零岁，0-4 零至四岁，85+ 八十五岁及以上",
    "value": "数值；空白为不予公布，原因见 note",
    "lower": "95%区间下限",
    "upper": "95%区间上限",
    "numerator": "分子（扰动后）",
    "denominator": "分母（扰动后）",
    "note": "不予公布的原因或其他须知",
}

DEFINITION_LABELS: Mapping[str, str] = {
    "id": "代号", "zh": "名称", "en": "英文名称", "formula_zh": "计算方法", "formula_en": "计算方法（英文）",
    "numerator_zh": "分子", "numerator_en": "分子（英文）", "denominator_zh": "分母",
    "denominator_en": "分母（英文）", "base_zh": "口径", "base_en": "口径（英文）", "unit_zh": "单位",
    "unit_en": "单位（英文）", "decimals": "小数位数", "source": "依据", "interval_zh": "区间方法",
    "interval_en": "区间方法（英文）", "sensitivity": "敏感程度", "lowest_level": "最低公布层级",
    "group": "所属部分",
}  # fmt: skip
