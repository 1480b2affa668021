"""Triggers that make tables append-only, in the words of each database."""

from __future__ import annotations

from typing import Any

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH ROW EXECUTE FUNCTION records_append_only()
"""


def refuse_changes(schema_editor: Any, *tables: str) -> None:
    """Make the database refuse UPDATE and DELETE on these tables."""
    template = _SQLITE
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_FUNCTION.replace("%%", "%"), params=None)
        template = _POSTGRESQL
    for table in tables:
        for verb in ("update", "delete"):
            sql = template.format(table=table, verb=verb, VERB=verb.upper())
            schema_editor.execute(sql, params=None)
