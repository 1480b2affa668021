"""Offices for tests: copies with staff, one open at a time, and the figures that lie in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from renkou.actions.staff import add_staff, current_actor
from renkou.actions.workspaces import Workspace
from renkou.core.permissions import Role
from renkou.records.databases import close_database

STAFF: Mapping[str, Role] = {
    "alice": Role.OFFICER,
    "bob": Role.PLANNER,
    "carol": Role.CLERK,
    "dave": Role.AUDITOR,
}


@contextmanager
def opened(office: Workspace) -> Iterator[Workspace]:
    """An office, whatever office another test had open; its database is closed afterwards."""
    close_database()
    try:
        yield office
    finally:
        close_database()


def copied(office: Workspace, to: Path) -> Workspace:
    """A copy of an office in a folder that is not there yet."""
    return Workspace(Path(shutil.copytree(office.path, to)))


def with_staff(office: Workspace) -> None:
    """Give an office Alice, an officer, Bob, a planner, Carol, a clerk, and Dave, an auditor."""
    me = current_actor(office)
    for name, role in STAFF.items():
        add_staff(office, by=me, username=name, role=role)


def read_plain(path: Path) -> pa.Table:
    """A Parquet file, its words as plain text."""
    table = parquet.read_table(path)
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
