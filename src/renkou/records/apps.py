"""The office database as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Models of the office database."""

    name = "renkou.records"
    label = "records"
    verbose_name = "办公数据库"
