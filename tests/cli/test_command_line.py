import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from renkou.actions.staff import add_staff, current_actor
from renkou.actions.workspaces import Workspace
from renkou.cli import workspace_commands
from renkou.core.permissions import Role
from renkou.records.databases import close_database
from tests.intake.offices import POLICE

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
    assert result.stderr.splitlines() == [
        "renkou: 没有这个命令；用法见 renkou --help",
        "  No such command 'inti'. Did you mean 'init'?",
    ]


def test_a_broken_settings_file_is_exit_code_2(workspace: Workspace) -> None:
    workspace.settings.write_text("format_version =")
    assert _run("staff", "list", cwd=workspace.path).returncode == 2


def test_a_command_is_refused_to_who_may_not(workspace: Workspace) -> None:
    result = _run("audit", "list", cwd=workspace.path)
    assert result.returncode == 1
    assert "may not read audit" in result.stderr


def test_the_audit_says_in_chinese_what_was_done(workspace: Workspace) -> None:
    by = current_actor(workspace)
    add_staff(workspace, by=by, username="audrey", role=Role.AUDITOR)
    close_database()
    code = (
        "from renkou.actions import staff; "
        "staff.operating_system_user = lambda: 'audrey'; "
        "from renkou.cli.main import run; run()"
    )
    words = [sys.executable, "-c", code, "audit", "list"]
    told = subprocess.run(words, capture_output=True, text=True, cwd=workspace.path, check=True)
    assert f"\t{by}\t登记工作人员\tstaff:audrey\t" in told.stdout


def test_every_action_that_the_audit_records_has_chinese_words() -> None:
    written = {
        word
        for room in ("actions", "web")
        for path in (Path(workspace_commands.__file__).parents[1] / room).rglob("*.py")
        for line in re.findall(r"(?:action ?= ?|_note\()(.+)", path.read_text("utf-8"))
        for word in re.findall(r'"([a-z_]+)"', line)
        if "_" in word or word == "refused"
    }
    assert "build_edition" in written
    assert written == set(workspace_commands.ACTIONS)


def test_a_file_that_cannot_be_written_is_named_without_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = _run("init", "file/office", cwd=tmp_path)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    chinese, english = result.stderr.splitlines()
    assert chinese.endswith("file/office：路径中有一级不是文件夹；请核对路径、权限和磁盘空间")
    assert english.endswith("file/office: Not a directory")


@pytest.mark.parametrize("heavy", ["django", "ibis", "duckdb", "pyarrow", "splink", "altair"])
def test_help_waits_for_no_heavy_library(heavy: str) -> None:
    code = f"import sys, renkou.cli.main; sys.exit('{heavy}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list add --fiel", "没有 --fiel 这个选项；用法见 renkou list add --help"),
        ("evaluate", "缺少 --truth；用法见 renkou evaluate --help"),
        ("person show x", "ID 的值不合要求；用法见 renkou person show --help"),
        ("staff add bob --role boss", "--role 的值不合要求；用法见 renkou staff add --help"),
        ("list show a b", "多写了参数；用法见 renkou list show --help"),
        ("list add --source", "选项 --source 用法不对"),
    ],
)
def test_words_of_a_command_that_are_wrong_are_told_in_chinese_first(
    words: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _stopped_with(monkeypatch, *words.split()) == 2
    chinese, english = capsys.readouterr().err.splitlines()
    assert chinese == f"renkou: {said}"
    assert english.startswith("  ")


def test_a_group_without_a_command_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _stopped_with(monkeypatch, "list") == 2
    told = capsys.readouterr().err
    assert told.startswith("Usage: renkou list")
    assert "  check    试查名册" in told


def test_ctrl_c_says_that_nothing_half_done_was_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("renkou.cli.source_commands.find_workspace", interrupted)
    assert _stopped_with(monkeypatch, "source", "list") == 130
    assert "已中止，没有留下做了一半的内容" in capsys.readouterr().err


def test_ctrl_c_while_the_commands_are_imported_is_answered_in_words_too() -> None:
    code = (
        "import sys, os, signal\n"
        "class Interrupter:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'renkou.cli.link_command': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupter())\n"
        "from importlib.metadata import entry_points\n"
        "[command] = entry_points(group='console_scripts', name='renkou')\n"
        "command.load()()\n"
    )
    words = [sys.executable, "-c", code, "--version"]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (130, "")
    assert told.stderr.splitlines() == [
        "renkou: 已中止，没有留下做了一半的内容",
        "  stopped; nothing half-done was kept",
    ]


def _stopped_with(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    """The exit code of a command run in this process."""
    from renkou.cli import main

    monkeypatch.setattr(sys, "argv", ["renkou", *words])
    monkeypatch.setattr("os.umask", lambda _: 0)
    with pytest.raises(SystemExit) as stopped:
        main.run()
    return stopped.value.code


def test_an_unforeseen_error_is_told_without_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from renkou.cli import main

    def fail(**_: object) -> None:
        raise ValueError("110101199003074514 is no date")

    monkeypatch.setattr(main, "app", fail)
    monkeypatch.delenv("RENKOU_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as stopped:
        main.run()
    told = capsys.readouterr().err
    assert stopped.value.code == 1
    assert told.startswith("renkou: 程序出现意外错误（main.py 第")
    assert "unexpected ValueError in main.py" in told
    assert "110101199003074514" not in told


def test_a_terminal_that_cannot_spell_chinese_gets_its_answer_all_the_same(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    told = _run("edition", "list", cwd=workspace.path)
    assert (told.returncode, told.stderr) == (0, "")
    source = workspace.sources / "police.toml"
    source.write_text(POLICE, encoding="utf-8")
    listed = _run("source", "list", "--json", cwd=workspace.path)
    assert json.loads(listed.stdout)[0]["name"] == "公安户籍人口"
