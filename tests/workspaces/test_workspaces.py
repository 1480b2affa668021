import stat
from pathlib import Path

import pytest

from renkou.actions.workspaces import Workspace, find_workspace, init_workspace
from renkou.core.errors import UsageError, WorkspaceError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_and_file_of_a_new_workspace_is_its_owners_only(workspace: Workspace) -> None:
    assert _mode(workspace.path) == 0o700
    for path in workspace.path.iterdir():
        assert _mode(path) == (0o700 if path.is_dir() else 0o600), path.name


def test_a_workspace_is_found_from_a_folder_inside_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.incoming)
    assert find_workspace() == workspace


def test_a_named_folder_must_itself_be_a_workspace(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="--workspace"):
        find_workspace(workspace.incoming)


def test_a_folder_that_is_no_workspace_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="renkou init"):
        find_workspace(tmp_path)


def test_a_workspace_of_a_newer_version_is_refused(workspace: Workspace) -> None:
    workspace.settings.write_text("format_version = 2\n")
    with pytest.raises(WorkspaceError, match="newer"):
        find_workspace(workspace.path)
    with pytest.raises(WorkspaceError, match="newer"):
        init_workspace(workspace.path)


@pytest.mark.parametrize("text", ["format_version =", "version = 1", 'format_version = "1"'])
def test_a_broken_settings_file_is_named(workspace: Workspace, text: str) -> None:
    workspace.settings.write_text(text)
    with pytest.raises(UsageError, match=r"renkou\.toml"):
        find_workspace(workspace.path)


def test_making_a_workspace_twice_keeps_what_it_holds(workspace: Workspace) -> None:
    (workspace.incoming / "a.csv").write_text("姓名\n")
    init_workspace(workspace.path)
    assert (workspace.incoming / "a.csv").exists()
