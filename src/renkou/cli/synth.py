"""`renkou synth`: a fictional city, for demo, tests and benchmarks."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from renkou.cli.options import JsonOption, print_json


def synth(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder; it becomes a workspace.")
    ],
    people: Annotated[
        int, typer.Option("--people", help="Residents of the city, 2,000 to 3,000,000.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides every byte.")] = 1,
    separated_names: Annotated[
        float,
        typer.Option(
            "--separated-names",
            help="Share of people with a given·father's name (Uyghur-style), 0 to 0.9.",
        ),
    ] = 0.03,
    json: JsonOption = False,
) -> None:
    """Make DIR the workspace of a fictional city: departments' lists, sources, areas and the truth."""
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
