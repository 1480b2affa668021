"""A workspace: the folder that holds one office's sources, lists, editions and office database.

    renkou.toml      format version of the folder
    areas.csv        the office's tree of areas
    sources/         one TOML per source
    incoming/        files to be accepted
    lists/           accepted deliveries (Parquet), immutable
    editions/        sealed editions
    returns/         workbooks to send back to departments (made when the first is written)
    scratch/         room to spill; may be emptied at any time
    office.sqlite3   people who work here, decisions, audit
    audit.journal    number and digest of every audit event, appended only

All of it is open to its owner only: folders are made so, and the command line's umask is 077.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from renkou.core.errors import UsageError, WorkspaceError

FORMAT_VERSION = 1
SETTINGS_FILE = "renkou.toml"
_FOLDERS = ("sources", "lists", "editions", "incoming", "scratch")


@dataclass(frozen=True)
class Workspace:
    """The paths of one workspace; `find_workspace` proves that it is one."""

    path: Path

    @property
    def settings(self) -> Path:
        """`renkou.toml`: the format version."""
        return self.path / SETTINGS_FILE

    @property
    def areas(self) -> Path:
        """`areas.csv`: the tree of areas; may not exist yet."""
        return self.path / "areas.csv"

    @property
    def sources(self) -> Path:
        """One TOML per source."""
        return self.path / "sources"

    @property
    def lists(self) -> Path:
        """Accepted deliveries, a folder per source."""
        return self.path / "lists"

    @property
    def editions(self) -> Path:
        """Sealed editions, a folder per edition."""
        return self.path / "editions"

    @property
    def incoming(self) -> Path:
        """Files that wait to be accepted."""
        return self.path / "incoming"

    @property
    def returns(self) -> Path:
        """Workbooks to send back to departments; may not exist yet."""
        return self.path / "returns"

    @property
    def scratch(self) -> Path:
        """Room for an engine to spill; may be emptied at any time."""
        return self.path / "scratch"

    @property
    def office(self) -> Path:
        """The office database (SQLite)."""
        return self.path / "office.sqlite3"


def init_workspace(path: Path) -> Workspace:
    """Make a folder a workspace; one that is a workspace already is brought up to date."""
    workspace = Workspace(path.resolve())
    if workspace.settings.exists():
        _refuse_newer(workspace)
    workspace.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    workspace.path.chmod(0o700)
    for name in _FOLDERS:
        (workspace.path / name).mkdir(exist_ok=True, mode=0o700)
    _open_office_database(workspace)
    if not workspace.settings.exists():  # last: a folder without it is not a workspace yet
        workspace.settings.write_text(f"format_version = {FORMAT_VERSION}\n", encoding="utf-8")
        workspace.settings.chmod(0o600)
    return workspace


def find_workspace(path: Path | None = None) -> Workspace:
    """The workspace at `path`, else the one that the current folder lies in.

    Raises
    ------
    WorkspaceError
        If there is none, or it was written by a newer version of renkou.
    """
    start = (path or Path.cwd()).resolve()
    candidates = (start,) if path else (start, *start.parents)
    for folder in candidates:
        if (folder / SETTINGS_FILE).is_file():
            workspace = Workspace(folder)
            _refuse_newer(workspace)
            return workspace
    remedy = "run `renkou init DIR`, or name one with --workspace DIR"
    zh = f"{start} 不是 renkou 工作区；请先运行 renkou init DIR，或用 --workspace DIR 指定工作区"
    raise WorkspaceError(f"{start} is not a renkou workspace; {remedy}", zh=zh)


def _format_version(workspace: Workspace) -> int:
    try:
        settings = tomllib.loads(workspace.settings.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        zh = f"{workspace.settings}：不是有效的 TOML（{error}）；请改正该文件"
        raise UsageError(
            f"{workspace.settings}: not valid TOML ({error}); mend the file", zh=zh
        ) from None
    version = settings.get("format_version")
    if not isinstance(version, int):
        raise UsageError(
            f"{workspace.settings}: format_version is missing; write `format_version = "
            f"{FORMAT_VERSION}` if this folder is a workspace",
            zh=f"{workspace.settings}：缺少 format_version；若此文件夹确是工作区，"
            f"请写入 format_version = {FORMAT_VERSION}",
        )
    return version


def _refuse_newer(workspace: Workspace) -> None:
    version = _format_version(workspace)
    if version > FORMAT_VERSION:
        raise WorkspaceError(
            f"{workspace.path} has format version {version}, newer than the {FORMAT_VERSION} that "
            "this renkou reads; install a newer renkou",
            zh=f"{workspace.path} 的格式版本为 {version}，高于本程序可读的 {FORMAT_VERSION}；"
            "请安装新版 renkou",
        )


def _open_office_database(workspace: Workspace) -> None:
    # Imported here: Django takes a quarter of a second that most commands need not wait for.
    from renkou.actions.staff import register_first_officer

    register_first_officer(workspace)
