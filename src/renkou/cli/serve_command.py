"""`renkou serve`: the pages of an office."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from renkou.actions.workspaces import find_workspace
from renkou.cli.options import WorkspaceOption


def serve(
    port: Annotated[int, typer.Option(help="端口。 The port.", min=1, max=65535)] = 8000,
    host: Annotated[
        str, typer.Option(help="监听的地址；缺省只在本机可见。 Address to listen on.")
    ] = "127.0.0.1",
    workspace: WorkspaceOption = None,
) -> None:
    """打开办公页面，Ctrl-C 结束。

    Serve the pages of an office until Ctrl-C.
    """
    office = find_workspace(workspace)
    environment = os.environ | {
        "RENKOU_WORKSPACE": str(office.path),
        "DJANGO_SETTINGS_MODULE": "renkou.config.settings",
    }
    ready = [sys.executable, "-m", "renkou.config.ready"]  # says by name what hinders
    if code := subprocess.run(ready, env=environment, check=False).returncode:
        raise typer.Exit(code)
    typer.echo(f"办公页面：http://{host}:{port}/（Ctrl-C 结束）")
    at = ["--bind", f"{host}:{port}"]
    size = ["--workers", "2", "--threads", "8", "--log-level", "warning"]
    words = [sys.executable, "-m", "gunicorn", "renkou.config.wsgi:application", *at, *size]
    with subprocess.Popen(words, env=environment) as server:
        try:
            raise typer.Exit(server.wait())
        except KeyboardInterrupt:
            server.terminate()
            server.wait()
