"""The four parts of a scenario, taken out of its settings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from renkou.core.errors import FiguresRefused
from renkou.demography.forecasts.migration_patterns import (
    NAMES,
    migration_schedules,
    rogers_castro,
)
from renkou.demography.scenarios import limits
from renkou.demography.scenarios.assumptions import (
    Assumption,
    FertilityAssumption,
    MigrationAssumption,
    MigrationMethod,
    MortalityAssumption,
    MortalityMethod,
    SexRatioAssumption,
)
from renkou.demography.scenarios.overriding import merged
from renkou.demography.scenarios.problems import meant
from renkou.demography.scenarios.reading_paths import (
    Fields,
    Frame,
    change_path,
    check_changed_tfr,
    covering_path,
)
from renkou.demography.scenarios.settings import FIRST_YEAR, LAST_YEAR, Key, SettingsReader

_ABOUT = ("source", "date", "note")
_KNOWN = {
    "fertility": ("tfr", "tfr_change", "pattern"),
    "srb": ("values",),
    "mortality": ("method", "e0", "fit_from"),
    "migration": ("method", "net", "level", "male_share", "parameters"),
}
_ONLY_WITH = {  # keys that mean something with some methods only
    "e0": ("target_e0",),
    "fit_from": ("lee_carter",),
    "net": ("net", "rogers_castro"),
    "male_share": ("net", "rogers_castro"),
    "parameters": ("rogers_castro",),
    "level": ("flows",),
}
_WORDS = ("constant", "given")
_SAID_BY = {"fertility": "tfr", "srb": "values"}  # where `constant` and `given` stand


def read_part(reader: SettingsReader, frame: Frame, part: str, value: object) -> Assumption:
    """One part, with the assumptions that areas have of their own."""
    fields = reader.mapping((part,), _opened(part, value), (*_KNOWN[part], *_ABOUT, "areas"))
    if not isinstance(value, Mapping | str):
        return Assumption()
    own = fields.pop("areas", None)
    whole = _READ[part](reader, frame, (part,), fields)
    if own is None:
        return whole
    said = {(one.rule, one.value) for one in reader.problems}
    areas = {
        code: _of_area(reader, frame, (part, "areas", code), fields, settings, said)
        for code, settings in reader.mapping((part, "areas"), own).items()
    }
    return replace(whole, areas={code: one for code, one in areas.items() if one is not None})


def _opened(part: str, value: object) -> object:
    """`migration: none` and `fertility: constant` say a method in one word."""
    if not isinstance(value, str):
        return value
    return {_SAID_BY.get(part, "method"): value}


def _of_area(
    reader: SettingsReader, frame: Frame, key: Key, whole: Fields, value: object,
    said: set[tuple[str, Any]],
) -> Assumption | None:  # fmt: skip
    """An area's own assumption: what it does not say itself is that of the whole."""
    part, code = key[0], key[-1]
    if frame.areas is not None and code not in frame.areas:
        remedy, zh = meant(code, list(frame.areas))
        reader.note(key, None, "no area has this code", remedy, f"没有这个区域代码；{zh}")
        return None
    own = reader.mapping(key, _opened(part, value), (*_KNOWN[part], *_ABOUT))
    taken = whole
    if "method" in own and own["method"] != whole.get("method"):
        taken = {name: whole[name] for name in _ABOUT if name in whole}
    before = len(reader.problems)
    found = _READ[part](reader, frame, key, merged(taken, own))
    new = [one for one in reader.problems[before:] if (one.rule, one.value) not in said]
    reader.problems[before:] = new
    return found


def _about(reader: SettingsReader, key: Key, fields: Fields, *, needed: bool) -> dict[str, Any]:
    """Source, date and note; the first two must be there where something is assumed."""
    missing = [name for name in ("source", "date") if fields.get(name) in (None, "")]
    if needed and missing:
        reader.note(
            key, None, f"an assumption has a source and a date; {' and '.join(missing)} missing",
            "write who says so, and when", f"缺少 {'、'.join(missing)}；请写明依据（source）和日期（date）",
        )  # fmt: skip
    found: dict[str, Any] = {
        name: reader.text((*key, name), fields[name])
        for name in ("source", "note")
        if fields.get(name) is not None
    }
    if fields.get("date") not in (None, ""):
        found["date"] = reader.day((*key, "date"), fields["date"])
    return found


def _fertility(
    reader: SettingsReader, frame: Frame, key: Key, fields: Fields
) -> FertilityAssumption:
    told = fields.get("tfr", "constant")
    if "tfr" not in fields and "tfr_change" not in fields:
        _missing(reader, key, "tfr", "a path of years, constant or given")
    found: dict[str, Any] = {"method": "path"}
    if isinstance(told, str) and not _is_number(told):
        found["method"] = reader.choice((*key, "tfr"), told, _WORDS) or "constant"
    else:
        found["tfr"] = covering_path(reader, frame, (*key, "tfr"), told, limits.TFR)
    if fields.get("tfr_change") is not None:
        found["change"] = change_path(reader, (*key, "tfr_change"), fields["tfr_change"])
    found |= _pattern(reader, frame, (*key, "pattern"), fields.get("pattern", "own"))
    check_changed_tfr(reader, frame, key, found.get("tfr"), found.get("change"))
    needed = found["method"] != "constant" or "change" in found or "mean_age" in found
    return FertilityAssumption(**found, **_about(reader, key, fields, needed=needed))


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()


def _pattern(reader: SettingsReader, frame: Frame, key: Key, value: object) -> dict[str, Any]:
    if isinstance(value, str):
        reader.choice(key, value, ("own",))
        return {}
    told = reader.mapping(key, value, ("mean_age",))
    if "mean_age" not in told:
        _missing(reader, key, "mean_age", "a path of years")
        return {}
    ages = covering_path(reader, frame, (*key, "mean_age"), told["mean_age"], limits.MEAN_AGE)
    return {"pattern": "shifted", "mean_age": ages}


def _sex_ratio(
    reader: SettingsReader, frame: Frame, key: Key, fields: Fields
) -> SexRatioAssumption:
    told = fields.get("values", "constant")
    if "values" not in fields:
        _missing(reader, key, "values", "a path of years, constant or given")
    found: dict[str, Any] = {"method": "path"}
    if isinstance(told, str) and not _is_number(told):
        found["method"] = reader.choice((*key, "values"), told, _WORDS) or "constant"
    else:
        found["values"] = covering_path(reader, frame, (*key, "values"), told, limits.SRB)
    needed = found["method"] != "constant"
    return SexRatioAssumption(**found, **_about(reader, key, fields, needed=needed))


def _mortality(
    reader: SettingsReader, frame: Frame, key: Key, fields: Fields
) -> MortalityAssumption:
    method = _method(reader, key, fields, get_args(MortalityMethod), "constant")
    found: dict[str, Any] = {"method": method}
    if method == "target_e0":
        told = reader.mapping((*key, "e0"), fields.get("e0", {}), ("male", "female"))
        for sex in ("male", "female"):
            if sex not in told:
                _missing(reader, (*key, "e0"), sex, "a path of years")
                continue
            path = covering_path(reader, frame, (*key, "e0", sex), told[sex], limits.E0)
            found[f"e0_{sex}"] = path
    if method == "lee_carter" and fields.get("fit_from") is not None:
        told_year = fields["fit_from"]
        found["fit_from"] = reader.whole((*key, "fit_from"), told_year, FIRST_YEAR, LAST_YEAR)
    about = _about(reader, key, fields, needed=method != "constant")
    return MortalityAssumption(**found, **about)


def _migration(
    reader: SettingsReader, frame: Frame, key: Key, fields: Fields
) -> MigrationAssumption:
    method = _method(reader, key, fields, get_args(MigrationMethod), "none")
    found: dict[str, Any] = {"method": method}
    if method in _ONLY_WITH["net"] and "net" not in fields:
        _missing(reader, key, "net", "persons a year, as a path of years")
    for name, limit in (("net", limits.PERSONS), ("level", limits.LEVEL)):
        if fields.get(name) is not None and method in _ONLY_WITH[name]:
            found[name] = covering_path(reader, frame, (*key, name), fields[name], limit)
    if fields.get("male_share") is not None:
        told = fields["male_share"]
        found["male_share"] = reader.number((*key, "male_share"), told, limits.SHARE)
    if method == "rogers_castro" and fields.get("parameters") is not None:
        found["parameters"] = _parameters(reader, (*key, "parameters"), fields["parameters"])
    about = _about(reader, key, fields, needed=method != "none")
    return MigrationAssumption(**found, **about)


def _parameters(
    reader: SettingsReader, key: Key, value: object
) -> str | dict[str, float] | tuple[dict[str, float], dict[str, float]] | None:
    """A schedule's name, parameters of one curve, or of males and females apart."""
    if isinstance(value, str):
        return reader.choice(key, value, migration_schedules())
    told = reader.mapping(key, value, (*NAMES, "male", "female"))
    if not {"male", "female"} & set(told):
        return _curve(reader, key, told)
    for sex in ("male", "female"):
        if sex not in told:
            _missing(reader, key, sex, "its parameters")
    male, female = (
        _curve(reader, (*key, sex), reader.mapping((*key, sex), told.get(sex, {}), NAMES))
        for sex in ("male", "female")
    )
    return male, female


def _curve(reader: SettingsReader, key: Key, told: Fields) -> dict[str, float]:
    """Parameters that give a curve: whole terms, nowhere below 0."""
    found = {name: reader.number((*key, name), one, limits.PARAMETER) for name, one in told.items()}
    known = {name: one for name, one in found.items() if one is not None}
    if len(known) == len(told) and known:
        try:
            rogers_castro(range(101), known)
        except FiguresRefused as error:
            zh = (error.zh or "").partition("：")[2]
            reader.note((*key,), error.value, error.rule, error.remedy, zh)
    return known


def _method(
    reader: SettingsReader, key: Key, fields: Fields, known: tuple[str, ...], otherwise: str
) -> str:
    """The method, and whether every key belongs to it."""
    if "method" not in fields:
        _missing(reader, key, "method", f"one of {', '.join(known)}")
        return otherwise
    method = reader.choice((*key, "method"), fields["method"], known)
    for name, methods in _ONLY_WITH.items():
        if name in fields and method is not None and method not in methods:
            reader.note(
                (*key, name), None, f"means nothing with method {method}",
                f"remove it, or choose {' or '.join(methods)}",
                f"在方法 {method} 中没有意义；请删去，或改用 {'、'.join(methods)}",
            )  # fmt: skip
    return method or otherwise


def _missing(reader: SettingsReader, key: Key, name: str, what: str) -> None:
    reader.note(key, None, f"needs {name}", f"add {name}: {what}", f"缺少 {name}；请补上")


_Read = Callable[[SettingsReader, Frame, Key, Fields], Assumption]
_READ: Mapping[str, _Read] = {
    "fertility": cast(_Read, _fertility),
    "srb": cast(_Read, _sex_ratio),
    "mortality": cast(_Read, _mortality),
    "migration": cast(_Read, _migration),
}
