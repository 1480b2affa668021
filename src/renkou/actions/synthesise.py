"""Make a fictional city's workspace: lists as offices would send them, and the truth beside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from renkou.actions.workspaces import Workspace, init_workspace
from renkou.core.errors import UsageError, WorkspaceError
from renkou.core.progress import Progress, silent
from renkou.engines.city_files import TruthFile, write_content, write_csv_table
from renkou.synthetic.areas import areas_table
from renkou.synthetic.city import City, make_city
from renkou.synthetic.difficulty import CityParameters
from renkou.synthetic.files import TRUTH_SCHEMA, truth_table
from renkou.synthetic.follow_up import follow_up
from renkou.synthetic.incoming import SOURCES, incoming_files
from renkou.synthetic.sources import STATISTICS_TOML, source_toml

FEWEST, MOST = 2_000, 3_000_000


@dataclass(frozen=True)
class Synthesised:
    """What was made: rows per source, and how many people exist in the truth."""

    workspace: Path
    people: int
    files: int
    rows: dict[str, int]


def synthesise_city(
    folder: Path,
    *,
    people: int,
    seed: int,
    separated_names: float | None = None,
    progress: Progress = silent,
) -> Synthesised:
    """Make `folder` a workspace with the lists of a fictional city of `people` residents.

    The same arguments give the same bytes in every file that is made from the city.

    Raises
    ------
    UsageError
        If a number is out of range.
    WorkspaceError
        If the folder holds files in incoming/ already.
    """
    parameters = _parameters(people, separated_names)
    workspace = init_workspace(folder)
    if any(workspace.incoming.iterdir()):
        raise WorkspaceError(
            f"{workspace.incoming} is not empty; give a new folder for the fictional city",
            zh=f"{workspace.incoming} 不是空文件夹；请为虚构城市另指定一个新文件夹",
        )
    progress("生成虚构城市", 0, 1)
    city = make_city(people, seed, parameters)
    progress("生成虚构城市", 1, 1)
    write_csv_table(areas_table(city.tree), workspace.areas)
    for source in SOURCES:
        text = source_toml(source)
        (workspace.sources / f"{source.id}.toml").write_text(text, encoding="utf-8")
    settings = STATISTICS_TOML.format(**follow_up(city)._asdict())
    (workspace.path / "statistics.toml").write_text(settings, encoding="utf-8")
    return _write_lists(workspace, city, progress)


def _parameters(people: int, separated_names: float | None) -> CityParameters:
    if not FEWEST <= people <= MOST:
        raise UsageError(
            f"--people {people} is out of range; give {FEWEST} to {MOST}",
            zh=f"--people {people} 超出范围；请给 {FEWEST} 至 {MOST} 之间的数",
        )
    if separated_names is None:
        return CityParameters()
    if not 0 <= separated_names <= 0.9:
        raise UsageError(
            f"--separated-names {separated_names} is out of range; give 0 to 0.9",
            zh=f"--separated-names {separated_names} 超出范围；请给 0 至 0.9 之间的数",
        )
    return CityParameters(separated_names=separated_names)


def _write_lists(workspace: Workspace, city: City, progress: Progress) -> Synthesised:
    truth = TruthFile(workspace.path / "truth.parquet", TRUTH_SCHEMA)
    rows: dict[str, int] = {}
    files = 0
    for source, file in incoming_files(city):
        progress(f"写出{source.name}", 0, None)
        write_content(file.content, workspace.incoming / file.name)
        known = truth_table(file)
        truth.add(known)
        rows[source.id] = rows.get(source.id, 0) + len(known)
        files += 1
    truth.close()
    return Synthesised(workspace.path, len(city.people), files, rows)
