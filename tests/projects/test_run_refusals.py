"""What the arithmetic of a run refuses is told with scenario, area, year, sex and age."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from renkou.actions.project_compare import compare_scenarios
from renkou.actions.project_run import run_project
from renkou.core.errors import FiguresRefused
from renkou.demography.runs import mortality_ahead
from renkou.demography.runs.refusals import RunRefused, in_words_of, placed_as
from renkou.engines.project_files import read_project


def test_a_life_expectancy_out_of_reach_names_scenario_area_year_and_sex(own_city: Path) -> None:
    (own_city / "scenarios/aged.yaml").write_text(
        "scenario: aged\nof: medium\nmortality: {method: target_e0, source: 试, date: 2026,\n"
        "  e0: {male: {2025: 76, 2035: 78}, female: {2025: 80, 2030: 80, 2031: 118, 2035: 118}}}\n",
        "utf-8",
    )
    with pytest.raises(RunRefused) as told:
        run_project(str(own_city), "aged", trajectories=0)
    assert str(told.value).startswith(
        "scenario aged, area 5130, year 2031, female, e0 = 118: this standard reaches "
    )
    assert told.value.zh is not None
    assert told.value.zh.startswith(
        "方案 aged，云汀市（5130），2031 年，女，预期寿命 = 118：该标准"
    )
    with pytest.raises(RunRefused, match=r"^scenario aged, area 5130, year 2031, female, e0 = 118"):
        compare_scenarios(str(own_city), "medium", "aged")
    again = pickle.loads(pickle.dumps(told.value))
    assert (str(again), again.zh) == (str(told.value), told.value.zh)


def test_a_level_of_the_grid_out_of_reach_is_told_too(
    own_city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grid stays within reach by itself; here its margin is taken away."""
    monkeypatch.setattr(mortality_ahead, "MARGIN", -40.0)
    monkeypatch.setattr(mortality_ahead, "STEP", 15.0)
    data = read_project(own_city)
    from renkou.actions.project_places import existing_project
    from renkou.actions.project_run import scenario_of
    from renkou.demography.runs.assembling import model_of

    scenario = scenario_of(existing_project(str(own_city), None), data, "constant")
    model = model_of(data, scenario)
    with (
        pytest.raises(RunRefused, match=r"^scenario constant, area 5130, year 2025, male, e0 = \d"),
        in_words_of("constant", data),
    ):
        mortality_ahead.with_reach(model.mortality, 45.0)


@pytest.mark.parametrize(
    ("place", "words", "zh"),
    [
        ("survival_ratio[3, 1, 2, 0, 57]",
         "scenario low, area 513021002, year 2027, male, age 57, survival_ratio = 7: r; do",
         "方案 low，永庙镇（513021002），2027 年，男，57 岁，存活率 = 7：规则；做"),
        ("srb[2, 4]", "scenario low, area 513022001, year 2029, srb = 7: r; do",
         "方案 low，高湖镇（513022001），2029 年，出生性别比 = 7：规则；做"),
        ("population[0, 1, 100]",
         "scenario low, area 513021001, female, age 100, population = 7: r; do",
         "方案 low，金冲街道（513021001），女，100 岁，人口 = 7：规则；做"),
        ("margins", "scenario low, margins = 7: r; do", "方案 low，总量约束 = 7：规则；做"),
        ("tfr[0, 1]", "scenario low, tfr[0, 1] = 7: r; do", "方案 low，tfr[0, 1] = 7：规则；做"),
    ],
)  # fmt: skip
def test_numbers_of_places_become_words(city: Path, place: str, words: str, zh: str) -> None:
    with pytest.raises(RunRefused) as told, in_words_of("low", read_project(city)):
        raise FiguresRefused(place, 7, "r", "do", zh="规则；做")
    assert (str(told.value), told.value.zh) == (words, zh)


def test_places_of_other_arrays_stay() -> None:
    with pytest.raises(FiguresRefused, match=r"^mx\[1\] = 7"), placed_as("e0", lambda at: at):
        raise FiguresRefused("mx[1]", 7, "r", "do", zh="规则；做")
