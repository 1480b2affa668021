"""Of which files a run was made: their digests then and now. Not pure: reads files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from renkou.engines.project_csv import COLUMNS
from renkou.engines.project_files import PLANNING, SETTINGS
from renkou.engines.project_yaml import paths_of_scenario

_OF_EVERY_RUN = (SETTINGS, PLANNING, *(f"{name}.csv" for name in COLUMNS))


def digests_of_inputs(folder: Path, scenario: str) -> dict[str, str]:
    """SHA-256 of every file that a run of a scenario is made of, by its path in the folder.

    Raises
    ------
    SettingsRefused
        If the scenario's file, or one that it is made of, cannot be read.
    """
    own = (path.relative_to(folder).as_posix() for path in paths_of_scenario(folder, scenario))
    return _digests(folder, (*_OF_EVERY_RUN, *own))


def changed_inputs(folder: Path, then: Mapping[str, str]) -> tuple[str, ...]:
    """Files of a run that are no longer as they were: changed, added or gone."""
    names = dict.fromkeys((*_OF_EVERY_RUN, *then))
    now = _digests(folder, names)
    return tuple(name for name in names if then.get(name) != now.get(name))


def _digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in names
        if (folder / name).is_file()
    }
