"""What a web server calls."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renkou.config.settings")

from renkou.web.serving import application

__all__ = ["application"]
