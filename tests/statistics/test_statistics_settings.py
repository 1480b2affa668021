"""`statistics.toml`: what it may hold, and what is said of what it may not."""

from __future__ import annotations

import pytest

from renkou.actions.statistics import build_statistics
from renkou.actions.statistics_settings import StatisticsSettings, statistics_settings
from renkou.actions.workspaces import Workspace
from renkou.core.errors import FiguresRefused, SpecError


def _settings(workspace: Workspace, text: str) -> StatisticsSettings:
    (workspace.path / "statistics.toml").write_text(text, encoding="utf-8")
    return statistics_settings(workspace)


def test_without_a_file_there_are_defaults(workspace: Workspace) -> None:
    found = statistics_settings(workspace)
    assert found == StatisticsSettings()
    assert (found.largest_noise, found.variance) == (3, 1.0)


def test_all_that_may_be_said(workspace: Workspace) -> None:
    found = _settings(
        workspace,
        '[lists]\naudit = "audit"\nbirths = "births"\npresent = ["police", "school"]\n'
        "[links]\nmatches_checked = 400\nmatches_missed = 5\nstrangers_checked = 60\n"
        "strangers_linked = 1\n[disclosure]\nlargest_noise = 5\nvariance = 2\n",
    )
    assert found.lists == {"audit": "audit", "births": "births"}
    assert found.present == ("police", "school")
    assert found.links["matches_missed"] == 5
    assert found.perturbation.largest_noise == 5


@pytest.mark.parametrize(
    ("text", "told", "told_zh"),
    [
        ("[list]\n", "unknown key list; there are lists", "不认识的键 list"),
        ('[lists]\npolice = "x"\n', "unknown key lists.police", "lists.police"),
        ("[lists]\naudit = 3\n", "lists.audit is the id of a source", "来源编号"),
        ('[lists]\npresent = "police"\n', "lists.present is a list", "来源编号的列表"),
        ("[disclosure]\nnoise = 3\n", "unknown key disclosure.noise", "disclosure.noise"),
        ('[disclosure]\nvariance = "much"\n', "disclosure.variance is a number", "应为数字"),
        ("[disclosure]\nlargest_noise = 3.5\n", "disclosure.largest_noise is a", "largest_noise"),
        ("[disclosure]\nlargest_noise = true\n", "disclosure.largest_noise is a", "应为数字"),
        ("[links]\nmatches_checked = 400\n", "links.matches_missed is a whole number", "人数"),
        ("[lists\n", "not valid TOML", "请改正"),
        ("lists = 3\n", "lists is a table", "lists 应为"),
    ],
)
def test_what_it_may_not_hold_is_named(
    workspace: Workspace, text: str, told: str, told_zh: str
) -> None:
    with pytest.raises(SpecError, match=told) as refused:
        _settings(workspace, text)
    assert "statistics.toml" in refused.value.zh
    assert told_zh in refused.value.zh


def test_noise_that_cannot_be_is_refused(workspace: Workspace) -> None:
    with pytest.raises(FiguresRefused, match="largest_noise = 2"):
        assert _settings(workspace, "[disclosure]\nlargest_noise = 2\n").perturbation


def test_a_list_that_the_edition_does_not_have_is_named(own_office: Workspace) -> None:
    (own_office.path / "statistics.toml").write_text('[lists]\naudit = "doors"\n', "utf-8")
    with pytest.raises(SpecError, match="audit names doors, which is no list") as refused:
        build_statistics(own_office, by="bob", first="2024-12")
    assert "police" in refused.value.zh


def test_without_an_audit_the_figures_say_so(own_office: Workspace) -> None:
    (own_office.path / "statistics.toml").unlink()
    built = build_statistics(own_office, by="bob", first="2024-01")
    assert any("没有可用的独立抽查" in note for note in built.manifest["notes"])
