"""The areas that the title of a sheet names. Pure; needs no tree of areas."""

from __future__ import annotations

import re

_KIND = "省|自治区|自治州|市|州|盟|地区|县|区|旗|镇|乡|街道|苏木|村|社区|嘎查"
_NO_NAME = "[社辖城郊片小乡市人居农各本全我该出返下]"
# 年 and 度 of a day before it are no part of a name; a name may well begin with 月 or 日.
_CHAIN = re.compile(
    r"(?!(?<=\d)[年月日]|(?<=年)度)"
    rf"(?:(?:(?!{_NO_NAME})[\u4e00-\u9fff]|[\u4e00-\u9fff]{{2,}}?)"
    rf"(?:{_KIND})(?!民|镇|乡|街|域|划))+"
)
# Words that end like an area and are none.
_NONE = re.compile(
    r"[返下城入离出各本全我该]乡$|乡镇|城镇$|地区$|[小辖片城郊灾本全各我该]区$|[本全各我该](?:省|市|州|县|镇|街道|村)$"
    r"|农村$|行政村$|自然村$|城市$"
)
_LABEL = re.compile(r"[\u4e00-\u9fff（()）]{2,12}[:：]")  # 填报单位：
_TITLE_WORD = re.compile(
    r"[\d\s/:：（(【年]|人口|人员|居民|花名|名[册单]|登记|统计|汇总|情况|信息|一览|台账|明细"
)


def area_words(title: str) -> str:
    """The areas named in a title, from the left, joined by '/'; else the title up to its first word.

    A title holds the list's name, the office and the day as well; without this all of it would
    stand where an area should, wherever the areas' tree does not know the place.

    >>> area_words("雅安市百丈镇流动人口登记表 填报单位：百丈镇人民政府 2024年6月30日")
    '雅安市百丈镇'
    >>> area_words("百丈流动人口登记表")
    '百丈流动'
    """
    chains: list[str] = []
    for found in _CHAIN.finditer(_LABEL.sub(" ", title)):
        chain = found[0]
        if not _NONE.search(chain) and not any(chain in one for one in chains):
            chains.append(chain)
    return "/".join(chains) or _TITLE_WORD.split(title.strip(), maxsplit=1)[0]
