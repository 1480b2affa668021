"""The office's tree of areas as `areas.csv` holds it."""

from __future__ import annotations

import csv

from renkou.actions.workspaces import Workspace
from renkou.core.areas import Area, areas_from_rows
from renkou.core.errors import UsageError


def office_areas(workspace: Workspace) -> list[Area]:
    """All areas of the workspace.

    Raises
    ------
    UsageError
        If there is no `areas.csv`: figures are of areas.
    """
    if not workspace.areas.is_file():
        raise UsageError(
            f"{workspace.areas}: is missing, and figures are made by area; write it (see tables.md)",
            zh=f"{workspace.areas}：没有此文件，而统计数据按地区编制；请先编写该文件",
        )
    with workspace.areas.open(encoding="utf-8-sig", newline="") as stream:
        return areas_from_rows(csv.DictReader(stream))
