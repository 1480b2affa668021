"""The pages as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages of the office."""

    name = "renkou.web"
    label = "web"
    verbose_name = "办公页面"

    def ready(self) -> None:
        """Sign-ins and failures go into the audit."""
        from renkou.web import signing_in

        signing_in.listen()
