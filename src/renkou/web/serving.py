"""The pages behind a web server: the office is opened and brought up to date once, at start."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# After Django is set up: what stands on its models sets it up for the command line otherwise.
from renkou.actions.office import open_office  # noqa: E402
from renkou.actions.workspaces import find_workspace  # noqa: E402

open_office(find_workspace(settings.WORKSPACE))
