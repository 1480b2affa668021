"""Reads the settings of a project: YAML 1.2 with the line of every key. Not pure: reads files.

Keys are texts as they were written, so that the code 0513 of an area keeps its zero, and numbers
with a plus sign stay texts, so that `tfr: +0.25` is known from `tfr: 0.25`. References between
places of a file (&, *) are refused: a planner should see what stands where.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from renkou.demography.scenarios.assumptions import Scenario
from renkou.demography.scenarios.problems import Problem, SettingsRefused
from renkou.demography.scenarios.reading import scenario_of_files, scenarios_from
from renkou.demography.scenarios.settings import Key, Settings

_LARGEST = 1 << 20
_DEEPEST = 20
_TAG = "tag:yaml.org,2002:"


def read_settings(path: Path) -> Settings:
    """A YAML file as settings, each key with its place.

    Raises
    ------
    SettingsRefused
        If the file is missing, no text, no YAML, or names a key twice.
    """
    return settings_of_text(_text(path), path.name)


def settings_of_text(text: str, name: str) -> Settings:
    """A YAML text as settings; `name` stands in errors."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise SettingsRefused([_no_yaml(name, error)]) from None
    except YAMLError as error:
        raise SettingsRefused([_unreadable(name, str(error).splitlines()[0])]) from None
    reader = _Nodes(name)
    if node is not None and not isinstance(node, MappingNode):
        reader.note(node, "", None, "holds keys and values", "write keys", "应为“键: 值”的形式")
    values = reader.mapping(node, ()) if isinstance(node, MappingNode) else {}
    if reader.problems:
        raise SettingsRefused(reader.problems)
    return Settings(name, values, reader.places)


def read_scenarios(
    folder: Path, *, base_year: int | None = None, areas: tuple[str, ...] | None = None
) -> dict[str, Scenario]:
    """Every scenario of a project folder, by name.

    Raises
    ------
    SettingsRefused
        With every problem of every file; or if there is no scenario.
    """
    paths = sorted((folder / "scenarios").glob("*.yaml"))
    files: dict[str, Settings] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            files[path.stem] = read_settings(path)
        except SettingsRefused as error:
            problems.extend(error.problems)
    if not paths:
        problems.append(Problem(
            f"{folder.name}/scenarios", None, "", None, "holds no scenario (*.yaml)",
            "write one, or make the project anew", "其中没有方案文件（*.yaml）；请写一个，或重新建立项目",
        ))  # fmt: skip
    try:
        found = scenarios_from(files, base_year=base_year, areas=areas)
    except SettingsRefused as error:
        unread = {path.stem for path in paths} - set(files)  # told once, not as a missing parent
        told = [one for one in error.problems if one.where != "of" or one.value not in unread]
        raise SettingsRefused([*problems, *told]) from None
    if problems:
        raise SettingsRefused(problems)
    return found


def read_scenario(
    folder: Path, name: str, *, base_year: int | None = None, areas: tuple[str, ...] | None = None
) -> Scenario:
    """One scenario of a project folder; files that it is not made of may hold anything.

    Raises
    ------
    SettingsRefused
        With every problem of that scenario, or if there is none of that name.
    """
    files = {path.stem: read_settings(path) for path in paths_of_scenario(folder, name)}
    return scenario_of_files(
        name, files, base_year=base_year, areas=areas, known=scenario_names(folder)
    )


def scenario_names(folder: Path) -> tuple[str, ...]:
    """The scenarios of a project folder, by the names of their files."""
    return tuple(sorted(path.stem for path in (folder / "scenarios").glob("*.yaml")))


def paths_of_scenario(folder: Path, name: str) -> list[Path]:
    """The file of a scenario, and those of the scenarios it is made of, as far as there are any.

    Raises
    ------
    SettingsRefused
        If one of them cannot be read.
    """
    known, found = scenario_names(folder), [folder / "scenarios" / f"{name}.yaml"]
    while True:
        parent = read_settings(found[-1]).values.get("of")
        path = folder / "scenarios" / f"{parent}.yaml"
        if parent not in known or path in found:  # `scenario_of_files` tells what is wrong with it
            return found
        found.append(path)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SettingsRefused([Problem(
            path.name, None, "", None, "there is no such file", f"check the folder {path.parent}",
            f"没有这个文件；请核对文件夹 {path.parent}",
        )]) from None  # fmt: skip
    if len(data) > _LARGEST:
        raise SettingsRefused([Problem(
            path.name, None, "", None, "is larger than 1 MB", "settings are small; check the file",
            "超过 1 MB；设置文件不应这么大，请核对",
        )])  # fmt: skip
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SettingsRefused([_unreadable(path.name, "is no text")])


def _no_yaml(name: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "is no YAML"
    line = mark.line + 1 if mark else None
    return Problem(
        name, line, "", None, f"is no YAML here ({said})",
        "check colons, quotes, brackets and blanks at the line's beginning (no tabs)",
        "此处不合 YAML 格式；请检查冒号、引号、括号和行首空格（不能用制表符）",
    )  # fmt: skip


def _unreadable(name: str, said: str) -> Problem:
    return Problem(
        name, None, "", None, said, "save it as UTF-8 text", "无法读取；请以 UTF-8 文本保存"
    )


class _Nodes:
    """Turns the nodes of a file into plain values and notes each key's line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Key, tuple[str, int]] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def note(
        self, node: Node, where: str, value: object, rule: str, remedy: str, zh: str
    ) -> None:  # fmt: skip
        """Note a problem at a node."""
        line = node.start_mark.line + 1
        self.problems.append(Problem(self.file, line, where, value, rule, remedy, zh))

    def mapping(self, node: MappingNode, key: Key) -> dict[str, Any]:
        """A mapping with texts as keys."""
        found: dict[str, Any] = {}
        for name, value in node.value:
            text = str(name.value)
            at = (*key, text)
            if not isinstance(name, ScalarNode) or text in found:
                self.note(
                    name,
                    ".".join(at),
                    None,
                    "stands here twice",
                    "keep one",
                    "重复出现；请只留一个",
                )
                continue
            self.places[at] = (self.file, name.start_mark.line + 1)
            found[text] = self.value(value, at)
        return found

    def value(self, node: Node, key: Key) -> Any:
        """A plain value."""
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if id(node) in self._seen or len(key) > _DEEPEST:
            self.note(
                node, ".".join(key), None, "refers to another place of the file, or lies too deep",
                "write it out", "引用了文件中的其他位置，或层次过深；请直接写出内容",
            )  # fmt: skip
            return None
        self._seen.add(id(node))
        if isinstance(node, SequenceNode):
            return [self.value(one, (*key, str(at))) for at, one in enumerate(node.value)]
        return self.mapping(node, key) if isinstance(node, MappingNode) else None

    def _scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        kind = str(node.tag).removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in ("int", "float") and not text.startswith("+"):
            return _number(text, kind)
        return text


def _number(text: str, kind: str) -> object:
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError:  # 0x1f, .inf: no number that a planner means
        return text
