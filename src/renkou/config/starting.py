"""What serving an office needs to know, from renkou.toml and the environment; fails by name."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renkou.core.errors import UsageError

_KEY_FILE = "secret.key"
_KNOWN = {"hosts": list, "https": bool, "behind_proxy": bool}


@dataclass(frozen=True)
class OfficeSettings:
    """The `[web]` table of renkou.toml, and the key that signs sessions."""

    secret_key: str
    hosts: tuple[str, ...]
    https: bool
    behind_proxy: bool

    @property
    def origins(self) -> tuple[str, ...]:
        """Where forms may come from, over https."""
        named = [host for host in self.hosts if host not in ("localhost", "127.0.0.1", "[::1]")]
        return tuple(f"https://{host}" for host in named) if self.https else ()


# At the command line nothing is signed, and no page asked for.
NOT_SERVED = OfficeSettings("no-sessions-are-signed-here", ("localhost",), False, False)


def office_settings(workspace: Path, environment: Mapping[str, str]) -> OfficeSettings:
    """Settings of an office's pages.

    Raises
    ------
    UsageError
        Naming the file, the key and the rule that is broken.
    """
    path = workspace / "renkou.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8")).get("web", {}) if path.exists() else {}
    for key, value in found.items():
        if key not in _KNOWN or not isinstance(value, _KNOWN[key]):
            rule = (
                f"is {_KNOWN[key].__name__}" if key in _KNOWN else f"is one of {', '.join(_KNOWN)}"
            )
            raise UsageError(
                f"{path}: [web] {key}: {rule}; mend it",
                zh=f"{path}：[web] 中的 {key} 不合要求；可用的项为 {'、'.join(_KNOWN)}，请改正",
            )
    return OfficeSettings(
        secret_key=_secret_key(workspace, environment),
        hosts=tuple(found.get("hosts", ["localhost", "127.0.0.1", "[::1]"])),
        https=bool(found.get("https", False)),
        behind_proxy=bool(found.get("behind_proxy", False)),
    )


def _secret_key(workspace: Path, environment: Mapping[str, Any]) -> str:
    """From RENKOU_SECRET_KEY, the file RENKOU_SECRET_KEY_FILE names, or one kept in the workspace."""
    if given := environment.get("RENKOU_SECRET_KEY"):
        return str(given)
    named = environment.get("RENKOU_SECRET_KEY_FILE")
    path = Path(named) if named else workspace / _KEY_FILE
    if not path.exists():
        if named:
            raise UsageError(
                f"RENKOU_SECRET_KEY_FILE = {path}: there is no such file; write 50 characters into it",
                zh=f"RENKOU_SECRET_KEY_FILE 指定的 {path} 不存在；请写入一串 50 位的随机字符",
            )
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
