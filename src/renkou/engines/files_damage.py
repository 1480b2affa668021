"""Says where a text file's bytes are wrong: which rows, how many, what was assumed. Not pure.

Rows are counted as lines; the bytes themselves are never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from renkou.core.errors import Place
from renkou.engines.files import FileRefused

_LOOKED_AT = 64 << 20
_NAMED = 3
_RARE_IN_GB, _FREQUENT_SHARE = 0.25, 0.9
_FREQUENT_IN_BIG5 = range(0xA1, 0xC7)  # first bytes: signs and the 5,401 frequent characters
ENCODING_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030"}


def encoding_name(encoding: str) -> str:
    """An encoding as people know it."""
    return ENCODING_NAMES.get(encoding, encoding.upper())


def mixed_encodings(path: Path, *, utf8_row: int | None = None) -> FileRefused:
    """The error of a file whose rows are in several encodings, or in none.

    `utf8_row` is a row in UTF-8 that was met after others in GB18030, where one was.
    """
    kinds = _rows_by_encoding(path)
    if utf8_row and len(kinds) < 2:  # further down than is looked at
        return _mixed_far_down(path.name, utf8_row)
    first = min((rows[0], kind) for kind, rows in kinds.items())[1]
    others = [rows[0] for kind, rows in kinds.items() if kind != first]
    at = min(others, default=kinds[first][0])
    told = [(kind, len(rows), _listed(rows)) for kind, rows in kinds.items()]
    reason = ", ".join(
        f"{count}{' rows are' if place == 0 else ''} {_KINDS[kind]} (first: {rows})"
        for place, (kind, count, rows) in enumerate(told)
    )
    zh = "，".join(f"{_KINDS_ZH[kind]} {count} 行（最先：{rows}）" for kind, count, rows in told)
    return FileRefused(
        Place(path.name, row=at),
        "FILE-05",
        reason,
        "open it, check these rows and save the whole file as CSV UTF-8",
        f"一个文件里混有多种编码或无法识别：{zh}；请打开核对这些行，整份另存为“CSV UTF-8”",
    )


def _mixed_far_down(file: str, row: int) -> FileRefused:
    return FileRefused(
        Place(file, row=row),
        "FILE-05",
        "the row is in UTF-8 and rows before it in GB18030",
        "save the whole file as CSV UTF-8",
        "这一行是 UTF-8 编码，而前面的行是 GB18030；请整份另存为“CSV UTF-8”",
    )


_KINDS = {"utf-8": "in UTF-8", "gb18030": "in GB18030", "neither": "in neither of the two"}
_KINDS_ZH = {"utf-8": "UTF-8", "gb18030": "GB18030", "neither": "两者都不是"}


def _rows_by_encoding(path: Path) -> dict[str, list[int]]:
    """The rows that are not ASCII, by the encoding in which each can be read."""
    with path.open("rb") as stream:
        text = stream.read(_LOOKED_AT)
        if stream.read(1):  # the last row may be cut within a character
            text = text[: text.rfind(b"\n") + 1]
    lines = text.split(b"\n")
    kinds: dict[str, list[int]] = {}
    for row, line in enumerate(lines, 1):
        if not line.isascii():
            kinds.setdefault(_encoding_of(line), []).append(row)
    return dict(sorted(kinds.items(), key=lambda item: list(_KINDS).index(item[0])))


def _encoding_of(line: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "neither"


def reads_as_big5(sample: bytes) -> bool:
    """Whether text that can be decoded as GB18030 is rather Big5, whose bytes are nearly the same.

    Read as GB18030 much of it is rare; read as Big5 nearly all is of Big5's frequent characters.
    """
    text = sample.decode("gb18030", "replace")
    foreign = [character for character in text if not character.isascii()]
    rare = sum(not _is_encodable(character, "gb2312") for character in foreign)
    if rare < len(foreign) * _RARE_IN_GB:
        return False
    other = [one for one in sample.decode("big5", "replace") if not one.isascii()]
    frequent = sum(one.encode("big5", "replace")[0] in _FREQUENT_IN_BIG5 for one in other)
    return bool(other) and frequent >= len(other) * _FREQUENT_SHARE


def _is_encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def other_encoding(file: str, name: str, *, sure: bool) -> FileRefused:
    """The error of a file in an encoding that is not read."""
    return FileRefused(
        Place(file),
        "FILE-05",
        f"the file {'is' if sure else 'seems to be'} in {name}, which is not read",
        "open it and save it as CSV UTF-8",
        f"文件{'' if sure else '似乎'}是 {name} 编码，不能读取；请打开后另存为“CSV UTF-8”",
    )


def broken_rows(file: str, rows: Sequence[int], encoding: str, *, zeros: bool) -> FileRefused:
    """The error of a file with too many rows that could not be decoded; `rows` ascend."""
    count, listed = len(rows), _listed(rows)
    read_as = encoding_name(encoding)
    if zeros:
        reason = f"{count} rows hold NUL bytes (first: {listed})"
        zh = f"有 {count} 行含空字节 NUL（最先：{listed}），导出时可能出错"
    else:
        reason = (
            f"{count} rows hold bytes that are not {read_as}, which the file was read as "
            f"(first: {listed})"
        )
        zh = f"按 {read_as} 读取，有 {count} 行含其他编码或损坏的字节（最先：{listed}）"
    return FileRefused(
        Place(file, row=rows[0]),
        "FILE-05",
        reason,
        "check these rows, or export the list again, and save the whole file as CSV UTF-8",
        f"{zh}；请核对这些行或重新导出，整份另存为“CSV UTF-8”",
    )


def zero_block(file: str, row: int) -> FileRefused:
    """The error of a file in which nothing but zeros stands for a while: part was never written."""
    return FileRefused(
        Place(file, row=row),
        "FILE-02",
        "zero bytes stand where text should: part of the file was lost when it was written or copied",
        "copy or export it again",
        "自此行起有一段全是空字节，文件在写出或复制时丢失了内容；请重新复制或导出",
    )


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:_NAMED]))
