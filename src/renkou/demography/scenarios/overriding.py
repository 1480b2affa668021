"""Scenarios made of others: `of: medium` with what differs. Pure.

What the variant says stands in place of what its parent says, key by key; a path of years is
replaced whole. A part with another `method` (or another `tfr` word) takes nothing over from its
parent's part. A part that the variant changes at all needs a source and date of its own: those of
the parent belong to the parent's figures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from renkou.demography.scenarios.problems import Problem, SettingsRefused, meant
from renkou.demography.scenarios.settings import Key, Settings, Values

PARTS = ("fertility", "srb", "mortality", "migration")
_WORDS_ABOUT = {"source", "date", "note"}


def whole_settings(
    name: str, files: Mapping[str, Settings], known: Collection[str] = ()
) -> Settings:
    """A scenario's settings with all that it takes over from the one that `of` names.

    `known` are the scenarios that there are, where `files` has only some of them.

    Raises
    ------
    SettingsRefused
        If `of` names no scenario, or leads back to itself.
    """
    chain = [name]
    while (parent := files[chain[-1]].values.get("of")) is not None:
        if parent not in files or parent in chain:
            raise SettingsRefused(
                [_no_parent(files[chain[-1]], parent, chain, list(known or files))]
            )
        chain.append(parent)
    found = _signed(files[chain[-1]])
    for child in reversed(chain[:-1]):
        found = _over(found, _signed(files[child]))
    return found


def _no_parent(settings: Settings, parent: object, chain: list[str], known: list[str]) -> Problem:
    file, line = settings.place(("of",))
    if parent in chain:
        way = " → ".join([*chain, str(parent)])
        rule = f"a scenario cannot be made of itself ({way})"
        remedy, zh = "let one of them stand alone", f"方案互相引用（{way}）；请让其中一个独立成文"
        return Problem(file, line, "of", parent, rule, remedy, zh)
    remedy, zh = meant(str(parent), known)
    return Problem(
        file, line, "of", parent, "there is no such scenario", remedy, f"没有这个方案；{zh}"
    )


def _signed(settings: Settings) -> Settings:
    """`tfr: +0.25` is a change of the parent's path: `tfr_change: 0.25`."""
    part = settings.values.get("fertility")
    if not isinstance(part, Mapping):
        return settings
    tfr = part.get("tfr")
    if not (isinstance(tfr, str) and tfr[:1] in "+-" and "tfr_change" not in part):
        return settings
    changed = {("tfr_change" if key == "tfr" else key): one for key, one in part.items()}
    places = dict(settings.places)
    if ("fertility", "tfr") in places:
        places[("fertility", "tfr_change")] = places[("fertility", "tfr")]
    values = {**settings.values, "fertility": changed}
    return Settings(settings.file, values, places)


def _over(parent: Settings, child: Settings) -> Settings:
    about_itself = ("title", "note")
    taken = {key: one for key, one in parent.values.items() if key not in about_itself}
    values = {**taken, **child.values}
    for part in PARTS:
        if part in parent.values and part in child.values:
            values[part] = _part_over(parent.values[part], child.values[part])
    before, own = parent.values.get("uncertainty"), child.values.get("uncertainty")
    if isinstance(before, Mapping) and isinstance(own, Mapping):
        values["uncertainty"] = merged(before, own)
    places: dict[Key, tuple[str, int]] = {**parent.places, **child.places}
    return Settings(child.file, values, places)


def _part_over(parent: Any, child: Any) -> Any:
    if not (isinstance(parent, Mapping) and isinstance(child, Mapping)):
        return child
    if "method" in child and child["method"] != parent.get("method"):
        return child
    taken = dict(parent)
    if set(child) - _WORDS_ABOUT:
        taken = {key: one for key, one in taken.items() if key not in _WORDS_ABOUT}
    if "tfr" in child:
        taken.pop("tfr_change", None)
    return merged(taken, child)


def merged(parent: Values, child: Values) -> dict[str, Any]:
    """Mappings key by key; paths of years are replaced whole."""
    found = dict(parent)
    for key, one in child.items():
        before = found.get(key)
        if isinstance(before, Mapping) and isinstance(one, Mapping) and not _is_path(before, one):
            found[key] = merged(before, one)
        else:
            found[key] = one
    return found


def _is_path(before: Values, one: Values) -> bool:
    """Years and numbers; a four-digit key over keys is the code of an area."""
    both = (*before.items(), *one.items())
    return any(_like_year(key) and not isinstance(value, Mapping) for key, value in both)


def _like_year(key: object) -> bool:
    text = str(key)
    return text.isdigit() and len(text) == 4
