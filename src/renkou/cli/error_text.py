"""What a command says of an error: in Chinese first, then in English."""

from __future__ import annotations

import traceback
from pathlib import Path

from typer.exceptions import TyperException

from renkou.core.errors import DataRefused, RenkouError, system_words_zh

_WRONG_WORDS = {  # by the kind of Typer's error; {} is the word at fault
    "MissingParameter": "缺少 {}",
    "BadParameter": "{} 的值不合要求",
    "NoSuchOption": "没有 {} 这个选项",
    "BadOptionUsage": "选项 {} 用法不对",
}
_HELP = "NoArgsIsHelpError"  # a group named without a command: its help is all there is to say


def in_both_languages(error: RenkouError) -> str:
    """The Chinese text, where there is one, and the English below it."""
    chinese = error.zh or (_of_its_rule(error) if isinstance(error, DataRefused) else None)
    return f"{chinese}\n  {error}" if chinese else str(error)


def _of_its_rule(error: DataRefused) -> str | None:
    """Place, reason and remedy by the rule that the data break."""
    from renkou.intake.rules import RULES

    rule = RULES.get(error.rule)
    if rule is None:
        return None
    return f"{error.place.zh}：{rule.zh}；{rule.remedy_zh}（规则 {rule.code}）"


def of_wrong_words(error: TyperException) -> str:
    """Words of a command that are wrong: what is wrong with which, and where the right ones are."""
    kind, said = type(error).__name__, error.format_message()
    if kind == _HELP:
        return said
    context = getattr(error, "ctx", None)
    remedy = f"；用法见 {context.command_path} --help" if context else ""
    return f"renkou: {_what_is_wrong(error, kind)}{remedy}\n  {said}"


def _what_is_wrong(error: TyperException, kind: str) -> str:
    parameter = getattr(error, "param", None)
    word = parameter.get_error_hint() if parameter else getattr(error, "option_name", "")
    if kind in _WRONG_WORDS and word:
        return _WRONG_WORDS[kind].format(word.replace("'", ""))
    if error.message.startswith("No such command"):
        return "没有这个命令"
    return "多写了参数" if "extra argument" in error.message else "命令写得不对"


def of_the_system(error: OSError) -> str:
    """What the operating system refuses: a full disk, a folder without permission."""
    file = error.filename or "文件"
    return (
        f"renkou: {file}：{system_words_zh(error)}；请核对路径、权限和磁盘空间\n"
        f"  {error.filename or 'file'}: {error.strerror or error}"
    )


def of_the_unforeseen(error: Exception) -> str:
    """An error nobody foresaw, told without its message: that may hold a person's value."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "renkou" in Path(frame.filename).parts
    ]
    name, module = type(error).__name__, Path(ours[-1].filename).name if ours else None
    place = f"{module} line {ours[-1].lineno}" if ours else "a library"
    place_zh = f"{module} 第 {ours[-1].lineno} 行" if ours else "程序库"
    return (
        f"renkou: 程序出现意外错误（{place_zh}，{name}）；请将此行告知维护人员。"
        "设 RENKOU_TRACEBACK=1 可显示全部细节，其中可能含个人信息\n"
        f"  unexpected {name} in {place}; please report this line. "
        "RENKOU_TRACEBACK=1 shows all of it, which may hold personal data"
    )
