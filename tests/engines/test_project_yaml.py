"""Settings are read with the line of every key, as they were written."""

from __future__ import annotations

import pytest

from renkou.demography.scenarios.problems import SettingsRefused
from renkou.engines.project_yaml import (
    read_scenario,
    read_scenarios,
    read_settings,
    settings_of_text,
)

PLAIN = "until: 2030\nfertility: constant\nsrb: constant\nmortality: constant\nmigration: none\n"


def told(text):
    """What is told of a text that cannot be read."""
    with pytest.raises(SettingsRefused) as error:
        settings_of_text(text, "a.yaml")
    return [(one.line, one.where, one.rule) for one in error.value.problems]


def test_every_key_keeps_its_line():
    settings = settings_of_text("# 说明\na: 1\n\nb:\n  c: {2025: 1.5,\n      2030: 2}\n", "a.yaml")
    assert settings.values == {"a": 1, "b": {"c": {"2025": 1.5, "2030": 2}}}
    assert settings.place(("b", "c", "2030")) == ("a.yaml", 6)
    assert settings.place(("b", "c", "other")) == ("a.yaml", 5)
    assert settings.place(("z",)) == ("a.yaml", None)


def test_keys_and_signed_numbers_stay_as_they_were_written():
    values = settings_of_text("0513: +0.25\n-5: -0.25\n1.0: '+3'", "a").values
    assert values == {"0513": "+0.25", "-5": -0.25, "1.0": "+3"}


def test_yaml_1_2_is_meant():
    values = settings_of_text(
        "a: yes\nb: true\nc: null\nd: 2026-11-01\ne: 012\nf: [1, x]\ng:", "a"
    ).values
    assert values == {
        "a": "yes", "b": True, "c": None, "d": "2026-11-01", "e": 12, "f": [1, "x"], "g": None,
    }  # fmt: skip


def test_an_empty_file_says_nothing():
    assert settings_of_text("# nothing\n", "a").values == {}


@pytest.mark.parametrize(
    ("text", "line", "where", "rule"),
    [
        ("a: 1\nb: 2\na: 3", 3, "a", "stands here twice"),
        ("a: [1\nb: 2", 2, "", "is no YAML here"),
        ("a:\n\tb: 1", 2, "", "is no YAML here"),
        ("- a\n- b", 1, "", "holds keys and values"),
        ("just words", 1, "", "holds keys and values"),
        ("a: &x {b: 1}\nc: *x", 1, "c", "refers to another place"),
        ("{a: 1}: 2", 1, "", "stands here twice"),
    ],
)
def test_what_is_no_settings_file_is_told_with_its_line(text, line, where, rule):
    [(found_line, found_where, found_rule)] = told(text)
    assert found_line == line
    assert where in found_where
    assert rule in found_rule


def test_a_file_that_refers_to_itself_ends():
    assert told("a: &x [*x]")


def test_files_are_read_in_the_encodings_of_windows(tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "a.yaml").write_text("title: 中方案\n", encoding)
        assert read_settings(tmp_path / "a.yaml").values == {"title": "中方案"}


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (None, "there is no such file"),
        (b"\xff\xff\xff", "is no text"),
        (b"a: \x00\x07", "unacceptable character"),
        (b" " * ((1 << 20) + 1), "larger than 1 MB"),
    ],
)
def test_what_is_no_text_is_told(tmp_path, data, rule):
    if data is not None:
        (tmp_path / "a.yaml").write_bytes(data)
    with pytest.raises(SettingsRefused) as error:
        read_settings(tmp_path / "a.yaml")
    assert rule in str(error.value)
    assert error.value.zh


def test_scenarios_of_a_folder_are_named_by_their_files(tmp_path):
    (tmp_path / "scenarios").mkdir()
    for name in ("medium", "低方案"):
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(f"scenario: {name}\n{PLAIN}", "utf-8")
    assert sorted(read_scenarios(tmp_path, base_year=2025)) == ["medium", "低方案"]


def test_all_files_of_scenarios_are_looked_at_before_anything_is_told(tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.yaml").write_text("a: [", "utf-8")
    (tmp_path / "scenarios" / "b.yaml").write_text(f"scenario: b\n{PLAIN}seed: 1\n", "utf-8")
    (tmp_path / "scenarios" / "c.yaml").write_text(f"scenario: c\n{PLAIN}", "utf-8")
    with pytest.raises(SettingsRefused) as error:
        read_scenarios(tmp_path)
    assert [one.file for one in error.value.problems] == ["a.yaml", "b.yaml"]
    (tmp_path / "scenarios" / "b.yaml").unlink()
    with pytest.raises(SettingsRefused, match=r"a\.yaml"):
        read_scenarios(tmp_path)


def _folder_of(tmp_path, **texts):
    (tmp_path / "scenarios").mkdir()
    for name, text in texts.items():
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path


def test_a_broken_draft_is_no_hindrance_to_other_scenarios(tmp_path):
    medium = f"scenario: medium\n{PLAIN}"
    low = "scenario: low\nof: medium\nuntil: 2040\n"
    folder = _folder_of(tmp_path, medium=medium, low=low, 草稿="scenario: 草稿\n\tof: medium\n")
    assert read_scenario(folder, "medium", base_year=2025).until == 2030
    assert read_scenario(folder, "low", base_year=2025).until == 2040
    with pytest.raises(SettingsRefused, match=r"草稿\.yaml line 2: is no YAML here"):
        read_scenario(folder, "草稿")


def test_a_file_that_cannot_be_read_is_told_once_and_not_as_a_missing_parent(tmp_path):
    low = "scenario: low\nof: medium\n"
    folder = _folder_of(tmp_path, medium="a: [", low=low, lower="scenario: lower\nof: low\n")
    for read in (lambda: read_scenarios(folder), lambda: read_scenario(folder, "lower")):
        with pytest.raises(SettingsRefused) as error:
            read()
        assert [one.file for one in error.value.problems] == ["medium.yaml"]


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("meduim", "did you mean medium"),
        ("low", "cannot be made of itself"),
        ("../low", "there is no such scenario"),
        ("7", "there is no such scenario"),
    ],
)
def test_a_parent_that_is_not_there_names_the_nearest_of_all(tmp_path, of, said):
    folder = _folder_of(
        tmp_path, medium=f"scenario: medium\n{PLAIN}", low=f"scenario: low\nof: {of}\n"
    )
    with pytest.raises(SettingsRefused, match=said):
        read_scenario(folder, "low")


def test_a_project_without_scenarios_is_told(tmp_path):
    with pytest.raises(SettingsRefused, match="holds no scenario"):
        read_scenarios(tmp_path)
