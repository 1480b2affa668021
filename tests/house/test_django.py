from django.core.management import call_command

from renkou.actions.workspaces import Workspace


def test_the_migrations_match_the_models(workspace: Workspace) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
