"""`renkou synth`: a fictional city, for demo, tests and benchmarks."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from renkou.cli.options import JsonOption, print_json

SeparatedNamesOption = Annotated[
    float,
    typer.Option(
        "--separated-names",
        help="“本人名·父名”式姓名的比例，0 至 0.9。 "
        "Share of people with a given·father's name (Uyghur-style), 0 to 0.9.",
    ),
]


def synth(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="新文件夹，将成为工作区。 A new folder; it becomes a workspace."
        ),
    ],
    people: Annotated[
        int,
        typer.Option(
            "--people",
            help="城市人口数，2,000 至 3,000,000。 Residents of the city, 2,000 to 3,000,000.",
        ),
    ] = 20_000,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="随机种子，决定每个字节。 Decides every byte.")
    ] = 1,
    separated_names: SeparatedNamesOption = 0.03,
    json: JsonOption = False,
) -> None:
    """生成虚构城市的工作区：各部门名册、来源、区域和真值。

    Make DIR the workspace of a fictional city: departments' lists, sources, areas and the truth.
    """
    from renkou.actions.synthesise import synthesise_city
    from renkou.cli.progress import progress_bars

    with progress_bars(quiet=json) as progress:
        made = synthesise_city(
            folder, people=people, seed=seed, separated_names=separated_names, progress=progress
        )
    if json:
        print_json(dataclasses.asdict(made))
        return
    typer.echo(
        f"虚构城市已就绪：{made.workspace}（真实人口 {made.people:,} 人，{made.files} 个文件）"
    )
    for source, rows in made.rows.items():
        typer.echo(f"  {source}: {rows:,} 行")
    typer.echo("下一步：renkou list add --all，然后 renkou edition build")
