"""Decisions and audit events are never changed: the database itself refuses."""

from typing import Any

from django.db import migrations

from renkou.records.triggers import refuse_changes


def _refuse_changes(apps: Any, schema_editor: Any) -> None:
    refuse_changes(schema_editor, "records_decision", "records_auditevent")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_the_office")]
    operations = [migrations.RunPython(_refuse_changes)]
