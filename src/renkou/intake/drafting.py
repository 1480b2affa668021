"""Guesses a source's TOML from a file's header and first rows, and says what was unsure. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from renkou.core.dates import date_in_text
from renkou.core.fields import FIELD, FIELD_NAMES, Kind
from renkou.intake.cleaning import clean_code, known_codes
from renkou.intake.columns import usual_meaning
from renkou.intake.headers import Header
from renkou.intake.refused import refused_topic_of_path, topic_zh
from renkou.intake.vocabulary import vocabulary
from renkou.intake.words import bare_header, column_letter, plain_header

COUPLE = ("husband", "wife")
TO_FILL = "待填"
_AREA_LEVELS = (
    re.compile(r"^(?:所在|所属|户籍)?(?:市|地市|市州|设区市|州市)$"),
    re.compile(r"^(?:所在|所属|户籍)?(?:县|区|县区|区县|县市区|县市|旗县)(?:名称)?$"),
    re.compile(
        r"^(?:所在|所属|户籍)?(?:乡镇|镇|乡|街道|乡镇街道|镇街|镇乡|乡镇街|街镇|乡镇/街道|街道/乡镇)(?:名称)?$"
    ),
    re.compile(
        r"^(?:所在|所属|户籍)?(?:村|社区|村居|村社区|村/社区|行政村|村居委会|村名|村委会|居委会)(?:名称)?$"
    ),
)
_NUMBERING = {"序号", "编号序", "no", "no.", "行号", "号"}
_UNIT = re.compile(
    r"(?:填报单位|填报部门|数据来源|来源单位|来源|报送单位|单位|部门)"
    r"\s*(?:[(（].{1,6}[)）])?\s*[:：]\s*([^\s:：]{2,30})"
)
_NUMBER = re.compile(r"\d{15}|\d{17}[\dXx]")
_HOUSE = re.compile(r"\d+(?:号|栋|幢|室|组|单元|弄)|[路街巷]\d")
_DAY_FIRST = re.compile(r"^(1[3-9]|2\d|3[01])[-/.](\d{1,2})[-/.](\d{4})$")
_MONTH_FIRST = re.compile(r"^(\d{1,2})[-/.](1[3-9]|2\d|3[01])[-/.](\d{4})$")
_KINDS = (
    ("births", ("出生医学", "新生儿", "出生登记", "出生人口", "产科", "birth")),
    ("deaths", ("死亡", "去世", "火化", "殡葬", "death")),
    ("marriages", ("婚姻", "结婚", "离婚", "marriage")),
    ("school", ("学籍", "学生", "入学", "在校", "school", "student")),
    ("insurance", ("社保", "参保", "医保", "养老保险", "insurance")),
    ("newcomers", ("流动人口", "暂住", "流入", "来本地", "居住证", "newcomer", "migrant")),
    ("police", ("公安", "户籍", "常住人口", "police", "hukou")),
    ("survey", ("调查", "普查", "核查", "抽查", "survey", "audit")),
)


@dataclass
class DraftPerson:
    """One role with the headers guessed for its fields."""

    role: str
    columns: dict[str, str | list[str]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


@dataclass
class Draft:
    """A drafted source: its id, its TOML and what its author was unsure of."""

    source: str
    toml: str
    doubts: list[str]


@dataclass(frozen=True)
class Sample:
    """What a draft is guessed from: one sheet's header, first rows and names."""

    file: str
    sheets: Sequence[str | None]
    header: Header
    rows: Sequence[Sequence[str]]


def draft_source(sample: Sample) -> Draft:
    """Guess the source of a file."""
    drafter = _Drafter(sample)
    persons = drafter.persons()
    source = _source_id(sample)
    return Draft(source, drafter.toml(source, persons), drafter.doubts)


class _Drafter:
    def __init__(self, sample: Sample) -> None:
        self.sample, self.header = sample, sample.header
        self.doubts: list[str] = []
        self.used: dict[tuple[str, str], int] = {}
        self.left: set[int] = set()
        self.paths = [
            (at, path)
            for at, path in enumerate(self.header.paths)
            if path and not self._refused(at, path)
        ]

    def _refused(self, at: int, path: Sequence[str]) -> bool:
        topic = refused_topic_of_path(path)
        if topic:
            self.doubts.append(
                f"第 {column_letter(at)} 列属于不接收的内容（{topic_zh(topic)}），不会读取"
            )
        return bool(topic)

    def persons(self) -> list[DraftPerson]:
        """The roles of a row, with their columns."""
        couple = {role for _, path in self.paths if (role := _couple_role(path))}
        roles = COUPLE if couple == set(COUPLE) else ("self",)
        persons = [self._person(role) for role in roles]
        if roles == COUPLE:
            _marry(persons)
        else:
            self._areas(persons[0])
            self._constants(persons[0])
        self._unknown()
        return persons

    def _person(self, role: str) -> DraftPerson:
        person = DraftPerson(role, constants=_role_constants(role))
        for at, path in self.paths:
            name = _meaning(path, role)
            if name is None:
                continue
            if name in person.columns:
                first = person.columns[name]
                self.doubts.append(f"{FIELD[name].zh}有两列可选，取“{first}”，未取“{_word(path)}”")
                self.left.add(at)
                continue
            person.columns[name] = self._unique_word(at, path)
            self.used[role, name] = at
        self._guess_by_content(person)
        self._addresses(person)
        return person

    def _addresses(self, person: DraftPerson) -> None:
        """A column called 户籍地 that holds house numbers is an address."""
        for kind in ("registered", "usual"):
            area, address = f"{kind}_area", f"{kind}_address"
            cells = self._cells(self.used.get((person.role, area), -1))
            houses = sum(bool(_HOUSE.search(cell)) for cell in cells)
            if area in person.columns and address not in person.columns and houses * 2 > len(cells):
                person.columns[address] = person.columns.pop(area)
                self.used[person.role, address] = self.used.pop((person.role, area))

    def _unique_word(self, at: int, path: Sequence[str]) -> str:
        leaf = path[-1]
        same = [
            other for other, others in self.paths if plain_header(others[-1]) == plain_header(leaf)
        ]
        return leaf if same == [at] and "/" not in leaf else "/".join(path)

    def _guess_by_content(self, person: DraftPerson) -> None:
        """A column without a known header whose cells are id numbers is one."""
        if person.role != "self":
            return
        for at, path in self.paths:
            if at in self.left or at in self.used.values() or not self._holds_numbers(at):
                continue
            if "id_number" in person.columns:
                self.left.add(at)
                self.doubts.append(f"“{_word(path)}”看来也是身份号码，未取")
                continue
            person.columns["id_number"] = self._unique_word(at, path)
            self.used["self", "id_number"] = at
            self.doubts.append(f"按内容猜测“{_word(path)}”是身份号码，请核对")

    def _holds_numbers(self, at: int) -> bool:
        cells = self._cells(at)
        return 2 * sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) > len(cells)

    def _cells(self, at: int) -> list[str]:
        if at < 0:
            return []
        return [row[at].strip() for row in self.sample.rows if row[at].strip()]

    def _areas(self, person: DraftPerson) -> None:
        """Columns 县, 乡镇, 村 together, or the sheet's name, say the area."""
        found = [
            self._unique_word(at, path)
            for level in _AREA_LEVELS
            for at, path in self.paths
            if level.fullmatch(bare_header(path[-1]))
        ]
        single = [word for word in found if person.columns.get("registered_area") == word]
        name = (
            "usual_area"
            if "registered_area" in person.columns and not single
            else "registered_area"
        )
        if len(found) > 1 or (found and not single):
            person.columns.pop(name, None)
            person.parts[name] = found
            self.doubts.append(
                f"“{'、'.join(found)}”合起来当作{FIELD[name].zh}；若是另一种地址请改"
            )
        elif "usual_area" not in person.columns and self._sheets_are_areas():
            lives_there = _source_id(self.sample) in ("newcomers", "survey")
            known = "registered_area" in person.columns
            name = "usual_area" if known or lives_there else "registered_area"
            person.parts[name] = (
                ["@title", "@sheet"] if self._title_names_township() else ["@sheet"]
            )
            self.doubts.append(f"把工作表名当作{FIELD[name].zh}；若是另一种地址请改")

    def _title_names_township(self) -> bool:
        return bool(re.search(r"[\u4e00-\u9fff]{1,8}(?:镇|乡|街道)", self.header.title))

    def _sheets_are_areas(self) -> bool:
        names = [name for name in self.sample.sheets if name]
        return bool(names) and all(
            re.search(r"[村镇乡区县]$|街道$|社区|居委会", name) for name in names
        )

    def _constants(self, person: DraftPerson) -> None:
        text = self.header.title + self.sample.file
        if re.search("死亡|去世|殡葬|火化", text) and "status" not in person.columns:
            person.constants["status"] = "dead"
            self.doubts.append("名册看来是死亡人员，人员状态一律记为“死亡”；若不是请删去")

    def _unknown(self) -> None:
        taken = {*self.used.values(), *self.left}
        paths = [path for at, path in self.paths if at not in taken]
        rest = [_word(path) for path in paths if not _known_aside(bare_header(path[-1]))]
        if rest:
            self.doubts.append(f"不认识的列，不会存储：{'、'.join(rest)}")

    def toml(self, source: str, persons: Sequence[DraftPerson]) -> str:
        """The drafted source as TOML, doubts in comments."""
        lines = ["[source]", *self._source_lines(source, persons), ""]
        for person in persons:
            lines += _person_lines(person)
        lines += ["[authority]", "default = 50", ""]
        lines += self._code_lines(persons)
        lines += self._date_lines(persons)
        return "\n".join(lines).rstrip() + "\n"

    def _source_lines(self, source: str, persons: Sequence[DraftPerson]) -> list[str]:
        unit = _UNIT.search(self.header.title)
        title = re.split(r"[\s(（]", self.header.title.strip(), maxsplit=1)[0] or source
        for sheet in self.sample.sheets:  # the list is of all sheets
            title = title.replace(sheet or "", "") or title
        if unit is None:
            self.doubts.append("没有看到填报单位，department 待填")
        self.doubts.append("legal_basis（共享依据）和 purpose（用途）待填")
        if date_in_text(self.sample.file) is None and date_in_text(self.header.title) is None:
            self.doubts.append("文件名和标题中没有日期，添加时请用 --date")
        lines = [
            _line("name", title[:30]),
            _line("department", unit[1] if unit else TO_FILL),
            _line("legal_basis", TO_FILL),
            _line("purpose", TO_FILL),
            "free_of_duplicates = false   # 名册中绝无一人两行时改为 true",
            'mode = "full"                # 只报变动时改为 "changes"',
            f"files = [{_text(_pattern(self.sample.file))}]",
        ]
        return lines + self._own_key(persons)

    def _own_key(self, persons: Sequence[DraftPerson]) -> list[str]:
        role = persons[0].role
        for name in ("source_key", "birth_certificate_number"):
            at = self.used.get((role, name))
            cells = self._cells(at) if at is not None else []
            if not cells or len(set(cells)) < len(cells):
                continue
            if [str(number) for number in range(1, len(cells) + 1)] != cells:
                return [f'own_key = "{name}"']
        if (role, "source_key") in self.used:
            self.doubts.append("编号在文件中有重复或只是行号，没有当作各次名册之间的主键")
        else:
            self.doubts.append("没有来源编号：各次名册之间按整行相同认定为同一行")
        return []

    def _code_lines(self, persons: Sequence[DraftPerson]) -> list[str]:
        lines: list[str] = []
        for name in FIELD_NAMES:
            unknown = self._unknown_codes(name, persons) if FIELD[name].kind is Kind.CODE else []
            if unknown:
                lines += [f"[codes.{name}]", *(f'# {_text(word)} = ""' for word in unknown), ""]
                self.doubts.append(
                    f"{FIELD[name].zh}中有不认识的用语 {len(unknown)} 种，请在 [codes.{name}] 中写明"
                )
        return lines

    def _unknown_codes(self, name: str, persons: Sequence[DraftPerson]) -> list[str]:
        known = known_codes(name, {})
        columns = {self.used[p.role, name] for p in persons if (p.role, name) in self.used}
        words = {cell for at in columns for cell in self._cells(at)}
        return sorted(word for word in words if clean_code(word, known)[1] and len(word) <= 12)[:20]

    def _date_lines(self, persons: Sequence[DraftPerson]) -> list[str]:
        columns = {at for (_, name), at in self.used.items() if FIELD[name].kind is Kind.DATE}
        cells = [cell for at in columns for cell in self._cells(at)]
        order = "dmy" if any(map(_DAY_FIRST.match, cells)) else None
        order = "mdy" if any(map(_MONTH_FIRST.match, cells)) else order
        lines = [f'order = "{order}"'] if order else []
        births = [at for (_, name), at in self.used.items() if name == "birth_date"]
        if any(re.search("农历|阴历", _word(self.header.paths[at])) for at in births):
            lines.append('calendar = "lunar"')
            self.doubts.append("出生日期按农历读取")
        return ["[dates]", *lines, ""] if lines else []


def _known_aside(header: str) -> bool:
    """Numbering and levels of areas need no word of their own."""
    return header in _NUMBERING or any(level.fullmatch(header) for level in _AREA_LEVELS)


_OF_COUPLE = ("marriage_date", "divorce_date", "registered_date", "source_key")


def _couple_role(path: Sequence[str]) -> str | None:
    words = vocabulary()
    split = words.split(path[-1])
    roles = [words.role_of(group) for group in path[:-1]] + [split[0] if split else None]
    return next((role for role in roles if role in COUPLE), None)


def _meaning(path: Sequence[str], role: str) -> str | None:
    if role == "self":
        return usual_meaning(path)
    if _couple_role(path) is None:
        name = usual_meaning(path)
        return name if name in _OF_COUPLE else None
    return usual_meaning(path, role)


def _role_constants(role: str) -> dict[str, str]:
    return {"husband": {"sex": "male"}, "wife": {"sex": "female"}}.get(role, {})


def _marry(persons: Sequence[DraftPerson]) -> None:
    """Each of a couple is the other's spouse; a key of the row is not a key of a person."""
    for person in persons:
        if "marriage_date" not in person.columns and "registered_date" in person.columns:
            person.columns["marriage_date"] = person.columns.pop("registered_date")
    for person, other in zip(persons, reversed(persons), strict=True):
        for name in ("name", "id_number"):
            if name in other.columns:
                person.columns[f"spouse_{name}"] = other.columns[name]
        if "marital_status" not in person.columns:
            divorced = "divorce_date" in person.columns and "marriage_date" not in person.columns
            person.constants["marital_status"] = "divorced" if divorced else "married"


_word = "/".join


def _person_lines(person: DraftPerson) -> list[str]:
    lines = ["[[persons]]", _line("role", person.role), "[persons.columns]"]
    for name in FIELD_NAMES:
        if name in person.columns:
            value = person.columns[name]
            lines.append(
                _line(name, value) if isinstance(value, str) else f"{name} = {_texts(value)}"
            )
        elif name in person.parts:
            lines.append(f"{name} = {{ parts = {_texts(person.parts[name])} }}")
    if person.constants:
        lines += ["[persons.constants]", *_lines(person.constants)]
    return [*lines, ""]


def _lines(values: Mapping[str, str]) -> list[str]:
    return [_line(name, value) for name, value in values.items()]


def _line(name: str, value: str) -> str:
    return f"{name} = {_text(value)}"


def _texts(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, values)) + "]"


def _text(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", escaped) + '"'


def _pattern(file: str) -> str:
    """A file name with its dates and numbers as wildcards."""
    stem, dot, suffix = file.rpartition(".")
    plain = re.sub(r"[\[\]?*]", "?", stem or suffix)
    loose = re.sub(r"(?:\d+[-_.年月日]?)+", "*", plain)
    return re.sub(r"\*+", "*", loose) + (dot + suffix if stem else "")


def _source_id(sample: Sample) -> str:
    text = (sample.file + sample.header.title).lower()
    for source, words in _KINDS:
        if any(word in text for word in words):
            return source
    letters = re.sub(r"[^a-z0-9]+", "_", sample.file.rsplit(".", 1)[0].lower()).strip("_")
    letters = re.sub(r"_?\d+$", "", letters)
    return letters if re.fullmatch(r"[a-z][a-z0-9_]*", letters) else "list"
