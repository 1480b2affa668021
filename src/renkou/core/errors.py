"""Errors a user can act on. Pure.

Every message says where, what, which rule and what to do, and never holds a person's value. What
clerks and officers meet has a Chinese text as well (`zh`), which the command line prints first.

    RenkouError                 printed without traceback; exit code 1
    ├── DataRefused             the data break a rule: file, sheet, row, column, rule code
    ├── FileUnreadable          a file cannot be opened or decoded
    ├── WorkspaceError          the workspace is missing, newer, locked or damaged
    │   └── EditionDamaged      an edition no longer matches its manifest
    ├── LinkageError            linkage cannot be trained or run on these lists
    ├── FiguresRefused          figures that a computation cannot take: array, place, value, rule
    ├── ReleaseRefused          figures that may not be published, by which rule
    ├── NotPermitted            the role of who asks does not allow it
    └── UsageError              the words of a command or a settings file are wrong; exit code 2
        └── SpecError           a source or link specification (file, key, rule)
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from functools import partial


class RenkouError(Exception):
    """Something a user can mend; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str, *, zh: str | None = None) -> None:
        self.zh = zh
        super().__init__(message)


class FileUnreadable(RenkouError):
    """A file cannot be opened, decoded or unpacked safely."""


class WorkspaceError(RenkouError):
    """The workspace is missing, written by a newer version, locked or damaged."""


class EditionDamaged(WorkspaceError):
    """An edition's files no longer match its manifest."""


class LinkageError(RenkouError):
    """Linkage cannot be trained or run on these lists."""


class FiguresRefused(RenkouError):
    """Figures that a computation cannot take: which array, where in it, what stands there, the rule.

    `zh` is rule and remedy in Chinese; array, place and value stand before it.

    >>> str(FiguresRefused("mx[3]", -0.1, "a rate is not negative", "correct it or leave the age out"))
    'mx[3] = -0.1: a rate is not negative; correct it or leave the age out'
    """

    def __init__(
        self, place: str, value: object, rule: str, remedy: str, *, zh: str | None = None
    ) -> None:
        self.place, self.value, self.rule, self.remedy = place, value, rule, remedy
        self._words = zh
        found = f"{place} = {value}" if value is not None else place
        super().__init__(f"{found}: {rule}; {remedy}", zh=f"{found}：{zh}" if zh else None)

    def __reduce__(self) -> tuple[object, ...]:
        """Travels between processes: a pool that cannot read an error hangs or breaks."""
        make = partial(FiguresRefused, zh=self._words)
        return make, (self.place, self.value, self.rule, self.remedy)


class ReleaseRefused(RenkouError):
    """Figures that may not be published: by which rule, and what could be published instead."""


class NotPermitted(RenkouError):
    """The role of the person who asks does not allow it."""


class UsageError(RenkouError):
    """The words of a command, or a settings file, are wrong."""

    exit_code = 2


class SpecError(UsageError):
    """A source or link specification breaks a rule."""


@dataclass(frozen=True)
class Place:
    """Where in a file something is. `row` counts from 1 as a spreadsheet does."""

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        text = " ".join(parts)
        return f"{text}, {self.column}" if self.column else text

    @property
    def zh(self) -> str:
        """The place in Chinese.

        >>> Place("a.xlsx", "甲村", 212, "姓名 (C)").zh
        'a.xlsx 工作表“甲村” 第 212 行 姓名 (C)'
        """
        sheet = f"工作表“{self.sheet}”" if self.sheet else None
        row = None if self.row is None else f"第 {self.row} 行"
        return " ".join(part for part in (self.file, sheet, row, self.column) if part)


_OF_THE_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EEXIST: "同名文件已存在",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一级不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EIO: "磁盘读写出错",
}


def system_words_zh(error: OSError) -> str:
    """What the operating system says of a file, in Chinese where it has a common reason.

    >>> system_words_zh(PermissionError(13, "Permission denied"))
    '没有权限'
    """
    known = _OF_THE_SYSTEM.get(error.errno) if error.errno else None
    return known or error.strerror or str(error)


def toml_words_zh(error: ValueError) -> str:
    """Where a TOML text cannot be read, in Chinese.

    >>> toml_words_zh(ValueError("Invalid value (at line 3, column 8)"))
    '第 3 行第 8 列不合 TOML 格式'
    """
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    if place:
        return f"第 {place[1]} 行第 {place[2]} 列不合 TOML 格式"
    return "文件末尾不合 TOML 格式" if "end of document" in str(error) else "不合 TOML 格式"


class DataRefused(RenkouError):
    """Data break a rule. `zh` is reason and remedy in Chinese.

    >>> str(DataRefused(Place("a.csv", row=212, column="id_number"), "ID-03",
    ...                 "check digit is wrong", "correct it in the source list"))
    'a.csv row 212, id_number: check digit is wrong (rule ID-03); correct it in the source list'
    """

    def __init__(
        self, place: Place, rule: str, reason: str, remedy: str, zh: str | None = None
    ) -> None:
        self.place, self.rule, self.reason, self.remedy = place, rule, reason, remedy
        chinese = f"{place.zh}：{zh}（规则 {rule}）" if zh else None
        super().__init__(f"{place}: {reason} (rule {rule}); {remedy}", zh=chinese)
