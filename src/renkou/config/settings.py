"""Django settings of the office database. `renkou.records.databases` points it at a workspace's."""

from __future__ import annotations

SECRET_KEY = "no-sessions-are-signed-yet"  # noqa: S105
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "renkou.records"]
AUTH_USER_MODEL = "records.Staff"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed; pages show the office's own time
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
