"""The office of the intake tests."""

import pytest

from renkou.actions.workspaces import Workspace
from tests.intake.offices import write_source


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    """A workspace whose one source is the police's."""
    write_source(workspace)
    return workspace
