"""Three countries' histories and the UN's intervals for them (WPP 2024).

The UN's intervals come from another model (a hierarchical one of 200 countries). What is asked here is that a
spread fitted to each country's own history is of the same size, not that it is the same: the ratio of
widths stands in a range that was measured once and is written down.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from renkou.demography.trajectories.process_fits import (
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
)
from renkou.demography.trajectories.quantiles import trajectory_quantiles
from renkou.demography.trajectories.simulation import simulate

GOLDEN = json.loads(
    (Path(__file__).parent / "golden/wpp2024_three_countries.json").read_text("utf-8")
)["countries"]
YEARS = np.arange(1950, 2024)
MEASURED = {  # ratio of our 80 % width to the UN's in 2050 and 2100
    ("China", "tfr"): (1.34, 1.31), ("Japan", "tfr"): (1.09, 1.03), ("Germany", "tfr"): (1.48, 1.39),
    ("China", "e0M"): (0.60, 0.66), ("Japan", "e0M"): (0.49, 0.47), ("Germany", "e0M"): (0.60, 0.56),
    ("China", "mig"): (0.75, 0.75), ("Japan", "mig"): (1.46, 1.63), ("Germany", "mig"): (1.10, 1.03),
}  # fmt: skip


def drawn(name):
    c, options = GOLDEN[name], {"trajectories": 2000, "seed": 20240101}
    median = {k: np.array(c["median"][k]) for k in ("tfr", "e0M", "e0F", "mig", "people")}
    e0 = fit_life_expectancy_process(YEARS, c["e0M"], c["e0F"])
    net = fit_migration_process(YEARS, np.array(c["mig"]) * 1000, c["people"])
    life = simulate(e0, np.stack([median["e0M"], median["e0F"]], axis=-1), **options)
    return median, {
        "tfr": simulate(fit_fertility_process(YEARS, c["tfr"]), median["tfr"], **options),
        "e0M": life[..., 0], "e0F": life[..., 1],
        "mig": simulate(net, median["mig"], population=median["people"] / 1000, **options),
    }  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_widths_are_of_the_size_of_the_uns_and_medians_are_the_uns(name):
    median, found = drawn(name)
    for (country, measure), ratios in MEASURED.items():
        if country != name:
            continue
        assert np.median(found[measure], axis=0) == pytest.approx(median[measure], rel=0.02, abs=1)
        for year, ratio in zip((2050, 2100), ratios, strict=True):
            low, high = GOLDEN[name]["interval80"][str(year)][measure]
            ours = trajectory_quantiles(found[measure][:, year - 2024], (0.1, 0.9))
            assert (ours[1] - ours[0]) / (high - low) == pytest.approx(ratio, abs=0.12), (
                measure,
                year,
            )


def test_the_years_of_chinas_histories():
    c = GOLDEN["China"]
    tfr = fit_fertility_process(YEARS, c["tfr"])
    assert (tfr.years_used[0], tfr.years_used[-1]) == (1991, 2023)
    e0 = fit_life_expectancy_process(YEARS, c["e0M"], c["e0F"])
    assert any(note.startswith("crisis years bridged: 1959, 1960, 1961") for note in e0.notes)


def test_japans_year_of_the_fire_horse_is_bridged():
    found = fit_fertility_process(YEARS, GOLDEN["Japan"]["tfr"])
    assert "crisis years bridged: 1966" in found.notes
