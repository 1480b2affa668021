"""What `renkou demo` shows at its end, and the small server that shows the report."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from renkou.cli.accuracy_tables import share

if TYPE_CHECKING:
    from renkou.actions.demo import DemoResult


def demo_summary(result: DemoResult) -> Group:
    """How each list fared, and how right the links are."""
    return Group(Text(), _lists(result), Text(), _accuracy(result))


def _lists(result: DemoResult) -> Table:
    table = Table(title="各名册", title_justify="left")
    headings = ("名册", "接收", "退回", "册内重复", "缺人", "内容不符")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "名册" else "right")
    names = ("accepted", "refused", "duplicates", "lacking", "differing")
    for row in result.lists:
        table.add_row(row["list"], *(f"{row[name]:,}" for name in names))
    return table


def _accuracy(result: DemoResult) -> Table:
    pairs, persons = result.accuracy["pairs"], result.accuracy["persons"]
    table = Table(title="与真值相比（编制过程从不读取真值）", title_justify="left")
    for heading in ("真实人数", "关联所得人数", "查准率", "查全率", "完全正确", "用时"):
        table.add_column(heading, justify="right")
    table.add_row(
        f"{persons['true']:,}",
        f"{persons['found']:,}",
        share(pairs["precision"]),
        share(pairs["recall"]),
        share(persons["exactly_right"]),
        f"{result.seconds:.0f} 秒",
    )
    return table


def next_steps(result: DemoResult) -> str:
    """Where to look, a line each; not wrapped, so that it can be copied."""
    place = os.path.relpath(result.workspace)
    steps = (
        ("报告页面", str(result.report.page)),
        ("报告工作簿", str(result.report.workbook)),
        ("查看名册原件", f"ls {place}/incoming"),
        ("编制统计数据", f"renkou stats build --workspace {place}"),
        ("导出统计公报", f"renkou stats export --workspace {place}"),
        ("预测人口与学位", f"renkou project init 规划 --workspace {place}"),
        ("查看本版本", f"renkou edition show --workspace {place}"),
        ("导出待复核记录对", f"renkou review export 待复核.xlsx --workspace {place}"),
        ("查看准确性详情", f"renkou evaluate --truth {place}/truth.parquet --workspace {place}"),
    )
    return "\n".join(f"{label}：{words}" for label, words in steps)


def open_in_browser(address: str) -> None:
    """Open a page where there is a screen to show it on; else do nothing."""
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen or sys.platform == "darwin":
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)


def serve_report(page: Path, *, open_page: bool) -> None:
    """Serve the report's folder to this machine alone until Ctrl-C."""
    handler = functools.partial(_Quiet, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/{page.name}"
        typer.echo(f"正在本机显示报告：{address}（按 Ctrl-C 结束）")
        if open_page:
            open_in_browser(address)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line on the terminal for each."""

    def log_message(self, format: str, *args: Any) -> None:
        pass
