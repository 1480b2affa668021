"""The day of a list: stated somewhere, and neither in the future nor before anybody kept lists."""

from __future__ import annotations

from datetime import date

import pytest

from renkou.actions import list_reading
from renkou.actions.intake import check_list, load_source
from renkou.actions.workspaces import Workspace
from renkou.core.errors import DataRefused
from tests.intake.offices import ZHANG, add, write_list

TODAY = date(2025, 3, 1)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_reading, "today", lambda: TODAY)


@pytest.mark.parametrize("day", [date(2025, 3, 3), date(2205, 1, 31), date(1204, 12, 31)])
def test_a_day_on_which_nobody_can_have_kept_the_list_is_refused(
    office: Workspace, day: date
) -> None:
    path = write_list(office, ZHANG)
    with pytest.raises(DataRefused, match=str(day)) as told:
        add(office, path, reference_date=day)
    assert told.value.rule == "FILE-21"
    assert f"基准日期 {day}" in str(told.value.zh)
    assert "--date" in str(told.value.zh)
    with pytest.raises(DataRefused, match=str(day)):
        check_list(office, [path], load_source(office, "police")[0], reference_date=day)
    assert not any(office.lists.glob("police/2*"))


def test_a_day_of_the_future_in_a_file_name_is_refused_and_date_mends_it(office: Workspace) -> None:
    path = write_list(office, ZHANG, name="police_20251231.csv")
    with pytest.raises(DataRefused, match="2025-12-31"):
        add(office, path)
    assert add(office, path, reference_date=TODAY).counts["records"] == 1


def test_tomorrow_is_today_where_the_clock_runs_on_utc(office: Workspace) -> None:
    assert add(office, write_list(office, ZHANG), reference_date=date(2025, 3, 2)).delivery
