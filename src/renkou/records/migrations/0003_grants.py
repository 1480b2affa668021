"""Roles become grants for an area, with a reason and an end; people may have a password."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROLES = [
    ("officer", "人口数据管理员"),
    ("clerk", "乡镇（街道）经办人"),
    ("planner", "规划与统计人员"),
    ("auditor", "审计人员"),
    ("protection_officer", "数据保护专员"),
    ("area_administrator", "区域管理员"),
]
_TO_STAFF = {"on_delete": django.db.models.deletion.PROTECT, "to": settings.AUTH_USER_MODEL}


def roles_to_grants(apps, schema_editor):
    """Whoever works here keeps the role they have, everywhere, for a year."""
    staff, grant = apps.get_model("records", "Staff"), apps.get_model("records", "Grant")
    now = datetime.datetime.now(datetime.UTC)
    for member in staff.objects.all():
        grant.objects.create(
            staff=member,
            role=member.role,
            reason="由原角色转入",
            granted_at=now,
            until=now.date() + datetime.timedelta(days=365),
        )


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(choices=ROLES, max_length=20)),
                ("area", models.CharField(blank=True, max_length=12)),
                ("reason", models.TextField()),
                ("granted_at", models.DateTimeField()),
                ("until", models.DateField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_because", models.TextField(blank=True)),
                ("granted_by", models.ForeignKey(null=True, related_name="+", **_TO_STAFF)),
                ("staff", models.ForeignKey(related_name="grants", **_TO_STAFF)),
                ("withdrawn_by", models.ForeignKey(null=True, related_name="+", **_TO_STAFF)),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(role__in=[role for role, _ in ROLES]), name="grant_role_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=~models.Q(reason=""), name="grant_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | ~models.Q(withdrawn_because=""),
                name="grant_withdrawal_has_a_reason",
            ),
        ),
        migrations.RunPython(roles_to_grants, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="staff", name="staff_role_is_known"),
        migrations.RemoveField(model_name="staff", name="role"),
        migrations.AddField(
            model_name="staff",
            name="last_login",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last login"),
        ),
        migrations.AddField(
            model_name="staff", name="name", field=models.CharField(blank=True, max_length=60)
        ),
        migrations.AddField(
            model_name="staff",
            name="password",
            field=models.CharField(default="!", max_length=128, verbose_name="password"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="staff", name="password_is_first", field=models.BooleanField(default=False)
        ),
    ]
