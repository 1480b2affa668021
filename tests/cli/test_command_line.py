import subprocess
import sys
from pathlib import Path

import pytest

from renkou.actions.workspaces import Workspace

RENKOU = Path(sys.executable).with_name("renkou")


def _run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(RENKOU), *words], capture_output=True, text=True, cwd=cwd, timeout=60, check=False
    )


def test_init_makes_a_workspace_that_staff_and_audit_know(tmp_path: Path) -> None:
    assert _run("init", "office", cwd=tmp_path).returncode == 0
    office = tmp_path / "office"
    added = _run("staff", "add", "bob", "--role", "clerk", cwd=office)
    assert (added.returncode, added.stderr) == (0, "")
    assert "bob\t乡镇（街道）经办人" in _run("staff", "list", cwd=office).stdout
    assert "1 条" in _run("audit", "verify", cwd=office).stdout


def test_a_user_error_is_a_line_of_chinese_and_one_of_english(tmp_path: Path) -> None:
    result = _run("review", "export", "a.xlsx", cwd=tmp_path)
    assert result.returncode == 1
    chinese, english = result.stderr.splitlines()  # and no traceback
    assert chinese.startswith("renkou: ")
    assert "不是 renkou 工作区" in chinese
    for line in (chinese, english):
        assert "renkou init" in line


def test_wrong_usage_is_exit_code_2_with_a_hint(tmp_path: Path) -> None:
    result = _run("inti", cwd=tmp_path)
    assert result.returncode == 2
    assert "Did you mean 'init'" in result.stderr


def test_a_broken_settings_file_is_exit_code_2(workspace: Workspace) -> None:
    workspace.settings.write_text("format_version =")
    assert _run("staff", "list", cwd=workspace.path).returncode == 2


def test_a_command_is_refused_to_who_may_not(workspace: Workspace) -> None:
    result = _run("audit", "list", cwd=workspace.path)
    assert result.returncode == 1
    assert "may not read audit" in result.stderr


def test_a_file_that_cannot_be_written_is_named_without_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = _run("init", "file/office", cwd=tmp_path)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("heavy", ["django", "ibis", "duckdb", "pyarrow", "splink", "altair"])
def test_help_waits_for_no_heavy_library(heavy: str) -> None:
    code = f"import sys, renkou.cli.main; sys.exit('{heavy}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unforeseen_error_is_told_without_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from renkou.cli import main

    def fail() -> None:
        raise ValueError("110101199003074514 is no date")

    monkeypatch.setattr(main, "app", fail)
    monkeypatch.delenv("RENKOU_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as stopped:
        main.run()
    told = capsys.readouterr().err
    assert stopped.value.code == 1
    assert "unexpected ValueError in main.py" in told
    assert "110101199003074514" not in told
