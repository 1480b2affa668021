"""From lists to an edition, a review and the next edition, on a fictional city."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from renkou.actions.audit import verify_audit
from renkou.actions.editions import build_edition
from renkou.actions.evaluating import evaluate_edition
from renkou.actions.review import export_review
from renkou.actions.review_answers import import_review
from renkou.actions.staff import current_actor
from renkou.actions.workspaces import Workspace

PLACE = ("source", "file", "sheet", "row", "role")


@pytest.fixture
def city(demo_workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    from renkou.records.databases import close_database

    copied = Workspace(Path(shutil.copytree(demo_workspace.path, tmp_path / "city")))
    yield copied
    close_database()


def _answer_rightly(city: Workspace, path: Path) -> dict[tuple[int, int], bool]:
    truth = pq.read_table(city.path / "truth.parquet").to_pylist()
    person = {tuple(row[name] for name in PLACE): row["person"] for row in truth}
    rows = json.loads(path.read_text(encoding="utf-8"))
    said = {}
    for row in rows:
        left, right = (person[tuple(row[f"{name}_{side}"] for name in PLACE)] for side in "lr")
        row["answer"] = "same" if left == right else "different"
        said[row["record_id_l"], row["record_id_r"]] = left == right
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return said


def test_right_answers_bind_the_next_edition_and_make_it_better(
    city: Workspace, tmp_path: Path
) -> None:
    me, path = current_actor(city), tmp_path / "pairs.json"
    before = evaluate_edition(city, city.path / "truth.parquet")
    export_review(city, path, by=me, limit=40)
    said = _answer_rightly(city, path)
    assert import_review(city, path, by=me).taken == len(said) == 40
    edition = build_edition(city, by=me, reuse_model=True)["id"]
    links = pq.read_table(city.editions / edition / "links").to_pylist()
    person = {row["record_id"]: row["person_id"] for row in links}
    assert all((person[left] == person[right]) == same for (left, right), same in said.items())
    after = evaluate_edition(city, city.path / "truth.parquet")
    assert after["pairs"]["f1"] > before["pairs"]["f1"]
    assert verify_audit(city) > 40
