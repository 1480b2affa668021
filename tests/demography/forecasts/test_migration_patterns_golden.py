"""The UN's three profiles of international migration, printed by five-year age."""

import json
from pathlib import Path

import numpy as np
import pytest

from renkou.demography.forecasts.migration_patterns import migration_schedule, rogers_castro

GOLDEN = json.loads(
    (Path(__file__).parent / "golden/un_migration_profiles.json").read_text("utf-8")
)


@pytest.mark.parametrize("name", list(GOLDEN["profiles"]))
def test_the_uns_migrants_by_age_come_back(name: str) -> None:
    schedule = migration_schedule(name)
    middle = np.arange(17) * 5 + 2.5
    for sex, parameters in (("male", schedule.male), ("female", schedule.female)):
        found = 5 * 100_000 * rogers_castro(middle, parameters)
        off = np.abs(found - GOLDEN["profiles"][name][sex]).max()
        assert off <= GOLDEN["tolerance"], f"{sex}: largest difference {off:.2f} of 100,000"
