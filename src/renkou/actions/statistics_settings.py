"""`statistics.toml` of a workspace, and the secret of its disclosure control.

    [lists]                        # which list plays which part; leave out what there is none of
    household_register = "police"
    births = "births"
    deaths = "deaths"
    newcomers = "newcomers"        # who came from elsewhere
    marriages = "marriages"
    audit = "audit"                # enumerators at the door, independent of all other lists
    present = ["police", "insurance", "newcomers", "school"]   # lists of who is there now

    [links]                        # how often links of the audit go wrong, as people looked them up
    matches_checked = 400          # people who stand in both
    matches_missed = 5             # of them, whom linkage did not find
    strangers_checked = 60         # people met whom no list holds
    strangers_linked = 1           # of them, who were linked all the same

    [looked_up]                    # entries of the lists in the audit's villages that were looked up
    checked = 3200
    wrong = 96                     # of them, whose people do not live in the area
    design_effect = 1.5            # may be left out; above 1 where villages differ much in this

    [disclosure]
    largest_noise = 3
    variance = 1.0

All four tables may be left out. The secret lies in `disclosure.key`, or in the file that the environment
variable RENKOU_DISCLOSURE_KEY names: keep it away from the data it protects.
"""

from __future__ import annotations

import hmac
import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renkou.actions.workspaces import Workspace
from renkou.core.errors import SpecError, UsageError, WorkspaceError, toml_words_zh
from renkou.disclosure.perturbation_table import PerturbationTable, perturbation_table
from renkou.disclosure.record_keys import SMALLEST_SECRET

SETTINGS_FILE = "statistics.toml"
FINGERPRINT_FILE = "fingerprint"
KEY_FILE, KEY_VARIABLE = "disclosure.key", "RENKOU_DISCLOSURE_KEY"
PARTS = ("household_register", "births", "deaths", "newcomers", "marriages", "audit")
LINKS = ("matches_checked", "matches_missed", "strangers_checked", "strangers_linked")
LOOKED_UP = ("checked", "wrong")
_TABLES = ("lists", "links", "looked_up", "disclosure")
_DISCLOSURE: Mapping[str, tuple[type, ...]] = {"largest_noise": (int,), "variance": (int, float)}


@dataclass(frozen=True)
class StatisticsSettings:
    """Which lists play which part, and how counts are perturbed."""

    lists: Mapping[str, str] = field(default_factory=dict)
    present: Sequence[str] = ()
    links: Mapping[str, int] = field(default_factory=dict)
    looked_up: Mapping[str, float] = field(default_factory=dict)
    largest_noise: int = 3
    variance: float = 1.0

    @property
    def perturbation(self) -> PerturbationTable:
        """The perturbation table of these parameters."""
        return perturbation_table(self.largest_noise, self.variance)


def statistics_settings(workspace: Workspace) -> StatisticsSettings:
    """The settings of a workspace; the defaults where it has no `statistics.toml`.

    Raises
    ------
    SpecError
        If the file is no TOML, or holds an unknown key or a value of the wrong kind.
    """
    path = workspace.path / SETTINGS_FILE
    if not path.is_file():
        return StatisticsSettings()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(
            f"{path}: not valid TOML ({error}); mend the file",
            zh=f"{path}：{toml_words_zh(error)}；请改正",
        ) from None
    _refuse_unknown(path, "", told, _TABLES)
    for name, value in told.items():
        if not isinstance(value, dict):
            raise _wrong_kind(
                path, name, f"a table, begun by a line [{name}]", f"表，以 [{name}] 一行开头"
            )
    lists, links, looked_up, disclosure = (told.get(name, {}) for name in _TABLES)
    _refuse_unknown(path, "links.", links, LINKS)
    _refuse_unknown(path, "looked_up.", looked_up, (*LOOKED_UP, "design_effect"))
    if not _is(looked_up.get("design_effect", 1), int, float):
        raise _wrong_kind(path, "looked_up.design_effect", "a number", "数字")
    _refuse_unknown(path, "lists.", lists, (*PARTS, "present"))
    present = lists.pop("present", [])
    if not isinstance(present, list) or not all(isinstance(one, str) for one in present):
        raise _wrong_kind(path, "lists.present", "a list of ids of sources", "来源编号的列表")
    _refuse_unknown(path, "disclosure.", disclosure, tuple(_DISCLOSURE))
    for name, value in lists.items():
        if not isinstance(value, str):
            raise _wrong_kind(path, f"lists.{name}", "the id of a source", "来源编号（文字）")
    for name, kind in _DISCLOSURE.items():
        if name in disclosure and not _is(disclosure[name], *kind):
            raise _wrong_kind(path, f"disclosure.{name}", "a number", "数字")
    for table, names, counts in (("links", LINKS, links), ("looked_up", LOOKED_UP, looked_up)):
        for name in names if counts else ():
            if not _is(counts.get(name), int):
                raise _wrong_kind(
                    path, f"{table}.{name}", "a whole number of people", "人数（整数）"
                )
    return StatisticsSettings(lists, tuple(present), links, looked_up, **disclosure)


def _is(value: object, *kinds: type) -> bool:
    """Whether it is of a kind; yes and no are no numbers here, as they are to Python."""
    return isinstance(value, kinds) and not isinstance(value, bool)


def _refuse_unknown(
    path: Path, prefix: str, told: Mapping[str, Any], known: tuple[str, ...]
) -> None:
    for name in told:
        if name not in known:
            raise SpecError(
                f"{path}: unknown key {prefix}{name}; there are {', '.join(known)}",
                zh=f"{path}：不认识的键 {prefix}{name}；可用的有 {'、'.join(known)}",
            )


def _wrong_kind(path: Path, name: str, kind: str, kind_zh: str) -> SpecError:
    return SpecError(
        f"{path}: {name} is {kind}; mend it", zh=f"{path}：{name} 应为{kind_zh}；请改正"
    )


def refuse_another_release(secret: bytes, settings: StatisticsSettings, statistics: Path) -> None:
    """Hold every build to the secret and the noise of the first: releases that differ can be averaged.

    Raises
    ------
    WorkspaceError
        If figures were built with another secret, or other parameters of the noise.
    """
    told = f"{settings.largest_noise} {settings.variance}".encode()
    fingerprint = hmac.digest(secret, b"renkou statistics " + told, "sha256").hex()[:32]
    path = statistics / FINGERPRINT_FILE
    if not path.is_file():
        statistics.mkdir(exist_ok=True, mode=0o700)
        path.write_text(fingerprint + "\n", encoding="ascii")
        path.chmod(0o600)
    elif path.read_text(encoding="ascii").strip() != fingerprint:
        raise WorkspaceError(
            f"{path}: figures were built with another secret or other noise; two such releases together "
            "give away what the noise hides. Restore the secret and [disclosure] of statistics.toml, or "
            "remove the folder statistics/ if nothing of it was published",
            zh=f"{path}：已有数据是用另一密钥或另一扰动参数编制的，两次发布合起来会泄露原数；请恢复原密钥和 "
            "statistics.toml 的 [disclosure]，若从未公布过，可删除 statistics/ 文件夹后重来",
        )


def disclosure_secret(workspace: Workspace, statistics: Path) -> bytes:
    """The secret that decides the noise; made on the first day, never again.

    Raises
    ------
    WorkspaceError
        If statistics were made already and the secret is gone, or it is short.
    """
    path = Path(os.environ.get(KEY_VARIABLE, "") or workspace.path / KEY_FILE)
    if path.is_file():
        secret = path.read_bytes()
        if len(secret) < SMALLEST_SECRET:
            raise WorkspaceError(
                f"{path}: holds {len(secret)} bytes, a secret has at least {SMALLEST_SECRET}; "
                "restore it from a backup",
                zh=f"{path}：只有 {len(secret)} 字节，密钥至少应有 {SMALLEST_SECRET} 字节；请从备份恢复",
            )
        return secret
    if statistics.is_dir() and any(statistics.iterdir()):
        raise WorkspaceError(
            f"{path}: the secret of disclosure control is gone, and with another one published figures "
            "would change; restore it from a backup, or remove the folder statistics/ to begin anew",
            zh=f"{path}：保密扰动的密钥不见了，换用新密钥会使已公布的数字改变；"
            "请从备份恢复，或删除 statistics/ 文件夹后重新开始",
        )
    return _new_secret(path)


def _new_secret(path: Path) -> bytes:
    secret = secrets.token_bytes(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileNotFoundError:
        raise UsageError(
            f"{path}: its folder does not exist; make it, or name another file in {KEY_VARIABLE}",
            zh=f"{path}：所在文件夹不存在；请先建立，或用 {KEY_VARIABLE} 指定其他文件",
        ) from None
    with os.fdopen(handle, "wb") as opened:
        opened.write(secret)
    return secret
