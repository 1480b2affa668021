"""Guesses a source's TOML from a file's header and first rows, and says what was unsure. Pure.

What is known of the file is in `drafting_sample`; who its rows name, in `drafting_persons`; where
they live, in `drafting_areas`. Here is what is guessed of the source as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from renkou.core.dates import date_in_text
from renkou.core.fields import FIELD, FIELD_NAMES, Kind
from renkou.intake.cleaning import clean_code, known_codes
from renkou.intake.drafting_areas import is_level
from renkou.intake.drafting_changes import guess_changes
from renkou.intake.drafting_persons import guess_persons
from renkou.intake.drafting_sample import DraftPerson, Findings, Sample, word
from renkou.intake.drafting_toml import file_pattern, line, person_lines, text
from renkou.intake.words import bare_header

TO_FILL = "待填"
_NUMBERING = {"序号", "编号序", "no", "no.", "行号", "号"}
_NO_FIELD = re.compile("邮政编码|邮编|监护人|家长|抚养人|紧急联系人|家属|备注|年龄|周岁|签名|签字")
_UNIT = re.compile(
    r"(?:填报单位|填报部门|数据来源|来源单位|来源|报送单位|单位|部门)"
    r"\s*(?:[(（].{1,6}[)）])?\s*[:：]\s*([^\s:：]{2,30})"
)
_DAY_FIRST = re.compile(r"^(1[3-9]|2\d|3[01])[-/.](\d{1,2})[-/.](\d{4})$")
_MONTH_FIRST = re.compile(r"^(\d{1,2})[-/.](1[3-9]|2\d|3[01])[-/.](\d{4})$")
_KINDS = (
    ("births", ("出生医学", "新生儿", "出生登记", "出生人口", "产科", "birth")),
    ("deaths", ("死亡", "去世", "火化", "殡葬", "death")),
    ("marriages", ("婚姻", "结婚", "离婚", "marriage")),
    ("school", ("学籍", "学生", "入学", "在校", "school", "student")),
    ("insurance", ("社保", "参保", "医保", "养老保险", "insurance")),
    ("newcomers", ("流动人口", "暂住", "流入", "来本地", "居住证", "newcomer", "migrant")),
    ("police", ("公安", "派出所", "户籍", "户口", "police", "hukou")),
    ("survey", ("调查", "普查", "核查", "抽查", "survey", "audit")),
    ("residents", ("常住", "实有人口", "resident")),
)


@dataclass
class Draft:
    """A drafted source: its id, its TOML and what its author was unsure of."""

    source: str
    toml: str
    doubts: list[str]


def draft_source(sample: Sample) -> Draft:
    """Guess the source of a file."""
    found = Findings(sample)
    persons = guess_persons(found)
    changes = guess_changes(found)
    _tell_unknown(found)
    source = _source_id(sample)
    return Draft(source, _toml(found, source, persons, changes), found.doubts)


def _tell_unknown(found: Findings) -> None:
    taken = {*found.used.values(), *found.left}
    paths = [path for at, path in found.paths if at not in taken]
    rest = [word(path) for path in paths if not _known_aside(bare_header(path[-1]))]
    none = [one for one in rest if _NO_FIELD.search(one)]
    rest = [one for one in rest if one not in none]
    if none:
        found.doubts.append(f"登记册没有对应项目，不会存储：{'、'.join(none)}")
    if rest:
        found.doubts.append(f"不认识的列，不会存储：{'、'.join(rest)}")


def _known_aside(header: str) -> bool:
    """Numbering and levels of areas need no word of their own."""
    return header in _NUMBERING or is_level(header)


def _toml(
    found: Findings, source: str, persons: Sequence[DraftPerson], changes: Sequence[str]
) -> str:
    """The drafted source as TOML, doubts in comments."""
    mode = "changes" if changes else "full"
    lines = ["[source]", *_source_lines(found, source, persons, mode), ""]
    for person in persons:
        lines += person_lines(person)
    lines += ["[authority]", "default = 50", ""]
    lines += _code_lines(found, persons)
    lines += [*_date_lines(found), *changes]
    return "\n".join(lines).rstrip() + "\n"


def _source_lines(
    found: Findings, source: str, persons: Sequence[DraftPerson], mode: str
) -> list[str]:
    file, title = found.sample.file, found.header.title
    unit = _UNIT.search(title)
    if unit is None:
        found.doubts.append("没有看到填报单位，department 待填")
    found.doubts.append("legal_basis（共享依据）和 purpose（用途）待填")
    if date_in_text(file) is None and date_in_text(title) is None:
        found.doubts.append("文件名和标题中没有日期，添加时请用 --date")
    lines = [
        line("name", _name(found.sample) or source),
        line("department", unit[1] if unit else TO_FILL),
        line("legal_basis", TO_FILL),
        line("purpose", TO_FILL),
        "free_of_duplicates = false   # 名册中绝无一人两行时改为 true",
        f'{line("mode", mode):<29} # 全量名册为 "full"，只报变动为 "changes"',
        f"files = [{text(file_pattern(file))}]",
    ]
    return lines + _own_key(found, persons)


def _name(sample: Sample) -> str:
    """What the list calls itself: the first words of its title, without a sheet's own.

    Without a title, a file's Chinese name says it as well, but for its dates and numbers.
    """
    title = re.split(r"[\s(（]", sample.header.title.strip(), maxsplit=1)[0]
    for sheet in sample.sheets:  # the list is of all sheets
        title = title.replace(sheet or "", "") or title
    stem = re.sub(r"[\d年月日._\-]+|副本|最终版?|新建", "", sample.file.rsplit(".", 1)[0]).strip()
    return (title or (stem if re.search("[\u4e00-\u9fff]", stem) else ""))[:30]


def _own_key(found: Findings, persons: Sequence[DraftPerson]) -> list[str]:
    role = persons[0].role
    for name in ("source_key", "birth_certificate_number"):
        cells = found.cells(found.used.get((role, name)))
        if not cells or len(set(cells)) < len(cells):
            continue
        if [str(number) for number in range(1, len(cells) + 1)] != cells:
            return [f'own_key = "{name}"']
    if (role, "source_key") in found.used:
        found.doubts.append("编号在文件中有重复或只是行号，没有当作各次名册之间的主键")
    else:
        found.doubts.append("没有来源编号：各次名册之间按整行相同认定为同一行")
    return []


def _code_lines(found: Findings, persons: Sequence[DraftPerson]) -> list[str]:
    lines: list[str] = []
    for name in FIELD_NAMES:
        unknown = _unknown_codes(found, name, persons) if FIELD[name].kind is Kind.CODE else []
        if unknown:
            lines += [f"[codes.{name}]", *(f'# {text(one)} = ""' for one in unknown), ""]
            found.doubts.append(
                f"{FIELD[name].zh}中有不认识的用语 {len(unknown)} 种，请在 [codes.{name}] 中写明"
            )
    return lines


def _unknown_codes(found: Findings, name: str, persons: Sequence[DraftPerson]) -> list[str]:
    known = known_codes(name, {})
    columns = {found.used[p.role, name] for p in persons if (p.role, name) in found.used}
    words = {cell for at in columns for cell in found.cells(at)}
    return sorted(one for one in words if clean_code(one, known)[1] and len(one) <= 12)[:20]


def _date_lines(found: Findings) -> list[str]:
    columns = {at for (_, name), at in found.used.items() if FIELD[name].kind is Kind.DATE}
    cells = [cell for at in columns for cell in found.cells(at)]
    order = "dmy" if any(map(_DAY_FIRST.match, cells)) else None
    order = "mdy" if any(map(_MONTH_FIRST.match, cells)) else order
    lines = [f'order = "{order}"'] if order else []
    births = [at for (_, name), at in found.used.items() if name == "birth_date"]
    if any(re.search("农历|阴历", word(found.header.paths[at])) for at in births):
        lines.append('calendar = "lunar"')
        found.doubts.append("出生日期按农历读取")
    return ["[dates]", *lines, ""] if lines else []


def _source_id(sample: Sample) -> str:
    said = (sample.file + sample.header.title).lower()
    for source, words in _KINDS:
        if any(one in said for one in words):
            return source
    letters = re.sub(r"[^a-z0-9]+", "_", sample.file.rsplit(".", 1)[0].lower()).strip("_")
    letters = re.sub(r"_?\d+$", "", letters)
    return letters if re.fullmatch(r"[a-z][a-z0-9_]*", letters) else "list"
