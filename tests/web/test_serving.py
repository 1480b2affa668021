"""What hinders serving is said by name, in words, before a server starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from renkou.actions.workspaces import Workspace
from renkou.config.starting import NOT_SERVED, office_settings
from renkou.core.errors import UsageError

RENKOU = str(Path(sys.executable).with_name("renkou"))


def written(folder: Path, web: str) -> Path:
    (folder / "renkou.toml").write_text(f"format_version = 1\n[web]\n{web}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("web", "named"), [('host = ["a"]', "host"), ('https = "yes"', "https"), ("hosts = 3", "hosts")]
)
def test_a_wrong_setting_stops_the_start_by_name(office: Workspace, web: str, named: str) -> None:
    written(office.path, web)
    said = subprocess.run(
        [RENKOU, "serve", "--workspace", str(office.path)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert said.returncode == 2
    assert f"[web] {named}" in said.stderr
    assert "[web] 中的" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_key_of_sessions_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = office_settings(tmp_path, {}).secret_key
    assert office_settings(tmp_path, {}).secret_key == first
    assert len(first) >= 50
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_the_key_may_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    assert office_settings(tmp_path, {"RENKOU_SECRET_KEY": "given"}).secret_key == "given"
    kept = tmp_path / "kept"
    kept.write_text("from a file\n")
    named = {"RENKOU_SECRET_KEY_FILE": str(kept)}
    assert office_settings(tmp_path, named).secret_key == "from a file"
    with pytest.raises(UsageError, match="there is no such file"):
        office_settings(tmp_path, {"RENKOU_SECRET_KEY_FILE": str(tmp_path / "gone")})
    assert not (tmp_path / "secret.key").exists()


def test_forms_come_over_https_from_the_hosts_named(tmp_path: Path) -> None:
    given = written(tmp_path, 'hosts = ["renkou.example", "localhost"]\nhttps = true')
    assert office_settings(given, {"RENKOU_SECRET_KEY": "x"}).origins == ("https://renkou.example",)
    assert NOT_SERVED.origins == ()
