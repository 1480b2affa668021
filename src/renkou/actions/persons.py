"""What the register holds of one person: for the officer who asks, and on record that they did."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from renkou.actions.editions import edition_folder
from renkou.actions.person_lineage import no_such_person
from renkou.actions.person_lineage import table_rows as _rows
from renkou.actions.workspaces import Workspace
from renkou.core.errors import UsageError
from renkou.core.id_numbers import complete, masked
from renkou.core.permissions import Permission
from renkou.engines.editions import read_manifest
from renkou.register.certainty import values_of_person

_OLD_DIGITS = 15
_OF_THE_PERSON = ("spells", "events", "links")


def show_person(
    workspace: Workspace,
    person_id: int,
    *,
    by: str,
    as_of: str | None = None,
    reveal: bool = False,
    reason: str = "",
) -> dict[str, Any]:
    """One person in an edition: values with provenance, records, spells, events, household.

    Each record has the `decisions` of reviewers that name it, and its `ground`: `decision` where one
    of them says that it is of this person, else the link's method.

    Identity numbers are masked unless `reveal`; that needs a reason and its own permission. Who
    looked is kept in the audit either way.

    Raises
    ------
    UsageError
        If there is no such person (it says what became of the id), or numbers are to be revealed
        without a reason.
    NotPermitted
        If the role of `by` does not allow it.
    """
    _allow(workspace, by, reveal, reason)
    folder = edition_folder(workspace, as_of)
    persons = _rows(folder, "persons", "person_id", person_id)
    if not persons:
        raise no_such_person(workspace, folder, person_id)
    _record(workspace, by, person_id, reveal, reason)
    [person], sources = persons, _sources(folder)
    [values] = _rows(folder, "values", "person_id", person_id)
    spells, events, links = (_rows(folder, name, "person_id", person_id) for name in _OF_THE_PERSON)
    by_record = {row["record_id"]: row for row in links}
    found = {
        "edition": folder.name,
        "person": person,
        "values": values_of_person(person, values, by_record, sources),
        "records": _with_decisions(folder, links),
        "spells": spells,
        "events": events,
        "household": _household(folder, person["household_id"]),
    }
    return found if reveal else _without_numbers(found)


def find_person(
    workspace: Workspace, id_number: str, *, by: str, as_of: str | None = None
) -> list[dict[str, Any]]:
    """The persons of an edition with this identity number: person_id, masked number, status.

    Full-width digits, blanks and old numbers of 15 digits are understood. The number itself is not
    recorded; that somebody searched, and whom it found, is.
    """
    _allow(workspace, by, False, "")
    folder = edition_folder(workspace, as_of)
    found = _rows(folder, "persons", "id_number", _as_kept(id_number))
    if not found:
        _record(workspace, by, 0, False, "按号码查询，无人对应")
    for row in found:
        _record(workspace, by, row["person_id"], False, "按号码查询")
    shown = ("person_id", "id_number", "registered_area", "residence_status", "record_count")
    return [_masked({name: row[name] for name in shown}) for row in found]


def _as_kept(number: str) -> str:
    """A number as it is typed, as the register keeps it."""
    plain = "".join(unicodedata.normalize("NFKC", number).upper().split())
    if len(plain) == _OLD_DIGITS and plain.isascii() and plain.isdigit():
        return bytes(complete(np.array([plain.encode()]))[0]).decode()
    return plain


def _allow(workspace: Workspace, by: str, reveal: bool, reason: str) -> None:
    from renkou.actions.staff import require

    require(workspace, by, Permission.READ_PERSON)
    if reveal:
        require(workspace, by, Permission.REVEAL_ID_NUMBER)
        if not reason.strip():
            raise UsageError(
                "--reveal needs --reason TEXT: why these numbers must be seen",
                zh="--reveal 须同时用 --reason 写明为何要看完整号码",
            )


def _record(workspace: Workspace, by: str, person_id: int, reveal: bool, reason: str) -> None:
    from renkou.actions.audit import record_event

    action = "reveal_person" if reveal else "show_person"
    record_event(workspace, by=by, action=action, subject=f"person:{person_id}", reason=reason)


def _with_decisions(folder: Path, links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The person's records, each with the decisions that name it and what it is theirs by."""
    mine = {row["record_id"] for row in links}
    words = _naming(folder, mine)
    found = []
    for row in links:
        named = [
            one for one in words if row["record_id"] in (one["record_id_l"], one["record_id_r"])
        ]
        bound = any(
            one["same"] and {one["record_id_l"], one["record_id_r"]} <= mine for one in named
        )
        found.append({**row, "ground": "decision" if bound else row["method"], "decisions": named})
    return found


def _naming(folder: Path, records: set[int]) -> list[dict[str, Any]]:
    """The edition's decisions that name one of these records, each once."""
    found = [
        row
        for side in ("record_id_l", "record_id_r")
        for row in _rows(folder, "decisions", side, records, "in")
    ]
    pairs = {(row["record_id_l"], row["record_id_r"]): row for row in found}
    return [pairs[pair] for pair in sorted(pairs)]


def _sources(folder: Path) -> Sequence[str]:
    return [one["source"] for one in read_manifest(folder)["settings"]["lists"]]


def _household(folder: Path, household_id: int | None) -> dict[str, Any] | None:
    if household_id is None:
        return None
    found = _rows(folder, "households", "household_id", household_id)
    members = _rows(folder, "persons", "household_id", household_id)
    shown = ("person_id", "name", "sex", "birth_date", "relationship")
    return {
        **(found[0] if found else {"household_id": household_id}),
        "members": [{name: row[name] for name in shown} for row in members],
    }


def _without_numbers(found: dict[str, Any]) -> dict[str, Any]:
    values = [
        {**row, "value": _mask(row["value"])} if row["field"].endswith("id_number") else row
        for row in found["values"]
    ]
    return {**found, "person": _masked(found["person"]), "values": values}


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **{name: _mask(row[name]) for name in _numbers(row) if row[name]}}


def _numbers(row: Iterable[str]) -> list[str]:
    return [name for name in row if name.endswith("id_number")]


def _mask(number: str) -> str:
    return masked(number) if len(number) >= 10 else "*" * len(number)
