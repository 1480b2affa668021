"""Scenarios out of settings files: everything wrong is found and told at once. Pure.

The values come as YAML gave them (keys as texts), with the line of each key; `engines.project_yaml`
reads the files. See docs/reference/scenarios.md for every key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from renkou.demography.scenarios import limits
from renkou.demography.scenarios.assumptions import Binding, Scenario, UncertaintySettings
from renkou.demography.scenarios.overriding import PARTS, whole_settings
from renkou.demography.scenarios.problems import Problem, SettingsRefused, meant
from renkou.demography.scenarios.reading_parts import read_part
from renkou.demography.scenarios.reading_paths import Frame
from renkou.demography.scenarios.settings import (
    FIRST_YEAR,
    LAST_YEAR,
    Key,
    Settings,
    SettingsReader,
    Values,
)

_TOP = ("scenario", "title", "of", "until", *PARTS, "bind", "uncertainty", "note")
_UNCERTAINTY = ("trajectories", "seed", "base", "individuals")
_MOST_TRAJECTORIES = 100_000
_LONGEST = 200  # years


def scenario_from(
    mapping: Values, place: str = "scenario", *, lines: Mapping[Key, int] | None = None,
    base_year: int | None = None, areas: Collection[str] | None = None,
) -> Scenario:  # fmt: skip
    """One scenario that stands alone (without `of`).

    Parameters
    ----------
    mapping : what YAML gave
    place : the name of the file, for errors
    lines : the line of each key, by its path: ("fertility", "tfr") -> 7
    base_year : paths must begin in it or before; None: not checked
    areas : codes that may be named; None: not checked

    Raises
    ------
    SettingsRefused
        With every problem found: place, key, value, rule, remedy.

    >>> scenario_from({"scenario": "as_is", "until": 2055, "fertility": "constant",
    ...                "srb": "constant", "mortality": "constant", "migration": "none"}).until
    2055
    """
    places = {key: (place, line) for key, line in (lines or {}).items()}
    settings = Settings(place, mapping, places)
    if mapping.get("of") is not None:
        file, line = settings.place(("of",))
        raise SettingsRefused([Problem(
            file, line, "of", mapping["of"], "its parent is in another file",
            "read all scenarios together", "所引用的方案在另一个文件中；请一并读取所有方案",
        )])  # fmt: skip
    found, problems = _scenario(settings, base_year, areas)
    if problems or found is None:
        raise SettingsRefused(problems)
    return found


def scenarios_from(
    files: Mapping[str, Settings], *, base_year: int | None = None,
    areas: Collection[str] | None = None,
) -> dict[str, Scenario]:  # fmt: skip
    """All scenarios of a project by name (the file's name without its ending).

    Raises
    ------
    SettingsRefused
        With every problem of every file.
    """
    found: dict[str, Scenario] = {}
    problems: dict[Problem, None] = {}  # a parent's problems are told once, not for each variant
    for name in files:
        try:
            found[name] = scenario_of_files(name, files, base_year=base_year, areas=areas)
        except SettingsRefused as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise SettingsRefused(list(problems))
    return found


def scenario_of_files(
    name: str, files: Mapping[str, Settings], *, base_year: int | None = None,
    areas: Collection[str] | None = None, known: Collection[str] = (),
) -> Scenario:  # fmt: skip
    """One scenario of a project, out of its own file and those it is made of.

    Parameters
    ----------
    known : the scenarios that there are, where `files` has only some of them

    Raises
    ------
    SettingsRefused
        With every problem of that scenario.
    """
    problems = _misnamed(name, files[name])
    try:
        whole = whole_settings(name, files, known)
    except SettingsRefused as error:
        raise SettingsRefused([*problems, *error.problems]) from None
    scenario, wrong = _scenario(whole, base_year, areas)
    if problems or wrong or scenario is None:
        raise SettingsRefused([*problems, *wrong])
    return scenario


def _misnamed(name: str, settings: Settings) -> list[Problem]:
    """Two files of one name are mostly a copy whose name was left as it was."""
    said = settings.values.get("scenario")
    if said is None or str(said) == name:
        return []
    file, line = settings.place(("scenario",))
    return [Problem(
        file, line, "scenario", said, "a scenario is named like its file", f"write {name}",
        f"方案名应与文件名一致；请写成 {name}",
    )]  # fmt: skip


def _scenario(
    settings: Settings, base_year: int | None, areas: Collection[str] | None
) -> tuple[Scenario | None, list[Problem]]:
    reader = SettingsReader(settings)
    top = reader.mapping((), settings.values, _TOP)
    until = _until(reader, top, base_year)
    frame = Frame(until, base_year, areas)
    fields: dict[str, Any] = {}
    for part in PARTS:
        if top.get(part) is None:
            _missing(reader, (part,))
        else:
            fields[part] = read_part(reader, frame, part, top[part])
    for name in ("title", "note"):
        if top.get(name) is not None:
            fields[name] = reader.text((name,), top[name])
    fields["bind"] = _bindings(reader, frame, top.get("bind"))
    fields["uncertainty"] = _uncertainty(reader, top.get("uncertainty"))
    if top.get("scenario") is None:
        _missing(reader, ("scenario",))
    if reader.problems or until is None:
        return None, reader.problems
    of = None if top.get("of") is None else str(top["of"])
    return Scenario(name=str(top["scenario"]), until=until, of=of, **fields), []


def _until(reader: SettingsReader, top: Values, base_year: int | None) -> int | None:
    if top.get("until") is None:
        _missing(reader, ("until",))
        return None
    first = FIRST_YEAR if base_year is None else base_year + 1
    last = LAST_YEAR if base_year is None else base_year + _LONGEST
    return reader.whole(("until",), top["until"], first, last)


def _missing(reader: SettingsReader, key: Key) -> None:
    name = key[-1]
    reader.note(key, None, "is missing", f"add {name}:", f"缺少 {name}；请补上")


def _bindings(reader: SettingsReader, frame: Frame, told: object) -> tuple[Binding, ...]:
    if told is None:
        return ()
    found = []
    for code, value in reader.mapping(("bind",), told).items():
        key: Key = ("bind", code)
        if frame.areas is not None and code not in frame.areas:
            remedy, zh = meant(code, list(frame.areas))
            reader.note(key, None, "no area has this code", remedy, f"没有这个区域代码；{zh}")
        values = reader.mapping(key, value, ("population",))
        if "population" in values:
            found.append(_binding(reader, frame, (*key, "population"), values["population"]))
    return tuple(one for one in found if one is not None)


def _binding(reader: SettingsReader, frame: Frame, key: Key, value: object) -> Binding | None:
    years = reader.mapping(key, value)
    path = reader.path(key, years, limits.PEOPLE) if years else None
    if path is None:
        return None
    first = (frame.base_year or FIRST_YEAR) + 1
    last = frame.until or LAST_YEAR
    for year in path.years:
        reader.whole((*key, str(year)), year, first, last)
    return Binding(key[1], "population", path.years, path.values)


def _uncertainty(reader: SettingsReader, told: object) -> UncertaintySettings:
    if told is None:
        return UncertaintySettings()
    key: Key = ("uncertainty",)
    values = reader.mapping(key, told, _UNCERTAINTY)
    found: dict[str, Any] = {}
    for name, most in (("trajectories", _MOST_TRAJECTORIES), ("seed", 2**63 - 1)):
        if name in values:
            found[name] = reader.whole((*key, name), values[name], 0, most)
    for name in ("base", "individuals"):
        if name in values:
            found[name] = reader.flag((*key, name), values[name])
    return UncertaintySettings(**found)
