"""Names of areas are read once for a state of the file, and again when it has changed."""

from pathlib import Path

from renkou.actions.code_words import area_names
from renkou.actions.workspaces import Workspace


def test_names_follow_the_file_and_belong_to_whoever_asked(tmp_path: Path) -> None:
    office = Workspace(tmp_path)
    assert area_names(office) == {}
    office.areas.write_text("code,name,level\n513021000000,甲县,county\n", encoding="utf-8")
    area_names(office)["513021"] = "changed by the caller"
    assert area_names(office) == {"513021": "甲县"}
    office.areas.write_text("code,name,level\n513021000000,甲甲县,county\n", encoding="utf-8")
    assert area_names(office) == {"513021": "甲甲县"}
    office.areas.unlink()
    assert area_names(office) == {}
