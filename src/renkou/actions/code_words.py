"""What stands for a code where people read it: areas by their names, others in Chinese."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from renkou.actions.workspaces import Workspace
from renkou.core.areas import short_code
from renkou.core.errors import UsageError
from renkou.intake.cleaning import codes
from renkou.publishing.words import CODE_WORDS


def code_words(workspace: Workspace) -> dict[str, Mapping[str, str]]:
    """Words by field and code; a code that is not there is said as it is."""
    names = area_names(workspace)
    areas = names | {code.ljust(12, "0"): name for code, name in names.items()}
    ethnicities = reversed(codes()["ethnicity"].items())  # of several words, the first one wins
    peoples = {code: word for word, code in ethnicities if word.endswith("族")}
    return {**CODE_WORDS, "ethnicity": peoples, "registered_area": areas, "usual_area": areas}


def area_names(workspace: Workspace) -> dict[str, str]:
    """Names of areas by short code, from `areas.csv`; none where there is no such file."""
    if not workspace.areas.is_file():
        return {}
    state = workspace.areas.stat()
    return dict(_names_in(workspace.areas, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=4)
def _names_in(path: Path, changed: int, size: int) -> dict[str, str]:
    """Read once for a state of the file: every page names the office, and a city has 45,000 areas."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if not {"code", "name"} <= set(reader.fieldnames or ()):
            raise UsageError(
                f"{path}: needs the columns code, name and level (see tables.md)",
                zh=f"{path}：须有 code、name、level 三列；请补齐表头",
            )
        return {short_code(row["code"]): row["name"] for row in reader}
