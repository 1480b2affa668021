"""From an edition to figures: the same ones each time, and nothing shown that may not be."""

from __future__ import annotations

import json
import shutil
import stat
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from renkou.actions.audit import newest_events
from renkou.actions.figure_tables import UNCOVERED, UNPLACED
from renkou.actions.statistics import build_statistics, window_of
from renkou.actions.statistics_figures import Wanted, area_code, built_statistics, figures_of
from renkou.actions.workspaces import Workspace
from renkou.core.areas import LEVEL_DIGITS
from renkou.core.errors import NotPermitted, UsageError, WorkspaceError
from renkou.core.figures import FIGURE_COLUMNS
from renkou.demography.indicators.catalogue import catalogue
from renkou.disclosure.release_rules import SMALLEST_DENOMINATOR, SMALLEST_HEALTH_CELL
from tests.editions.builds import rows_of

from .conftest import read_figures

COUNTED = {one.id for one in catalogue().values() if one.compute["kind"] in ("stock", "events")}
DIFFERENCES = {one.id for one in catalogue().values() if "less" in one.compute}


def _of(table: pa.Table, indicator: str) -> list[dict]:
    return table.filter(pc.equal(table["indicator"], indicator)).to_pylist()


def test_the_columns_are_those_of_a_table_of_figures(
    published: pa.Table, internal: pa.Table
) -> None:
    assert tuple(published.column_names) == tuple(internal.column_names) == FIGURE_COLUMNS
    assert published.num_rows == internal.num_rows > 10_000


def test_every_indicator_has_figures(published: pa.Table) -> None:
    assert set(published["indicator"].unique().to_pylist()) == set(catalogue())


def test_the_same_edition_and_secret_give_the_same_figures(own_office: Workspace) -> None:
    before = read_figures(own_office, "figures.parquet")
    build_statistics(own_office, by="bob", first="2023-01", last="2024-12")
    assert read_figures(own_office, "figures.parquet").equals(before)


def test_another_secret_gives_other_figures(own_office: Workspace) -> None:
    before = read_figures(own_office, "figures.parquet")
    (own_office.path / "disclosure.key").write_bytes(b"another secret of enough bytes")
    with pytest.raises(WorkspaceError, match="another secret or other noise"):
        build_statistics(own_office, by="bob", first="2023-01", last="2024-12")
    (own_office.path / "statistics" / "fingerprint").unlink()  # nothing was published yet
    build_statistics(own_office, by="bob", first="2023-01", last="2024-12")
    assert not read_figures(own_office, "figures.parquet").equals(before)


def test_no_count_of_one_or_two_is_published(published: pa.Table, internal: pa.Table) -> None:
    def small(table: pa.Table) -> int:
        counted = pc.is_in(table["indicator"], pa.array(sorted(COUNTED)))
        values = pc.is_in(table["value"], pa.array([1.0, 2.0]))
        numerators = pc.is_in(table["numerator"], pa.array([1.0, 2.0]))
        whole = pc.invert(pc.is_in(table["indicator"], pa.array([*DIFFERENCES, "marriage_rate"])))
        kept = pc.or_(pc.and_(counted, values), pc.and_(whole, numerators))
        return table.filter(kept).num_rows

    assert small(internal) > 100
    assert small(published) == 0


def test_equal_people_are_equal_in_every_table(published: pa.Table) -> None:
    def told(indicator: str, column: str, **wanted: str) -> dict:
        return {
            (row["area"], row["period"]): row[column]
            for row in _of(published, indicator)
            if all(row[name] == value for name, value in wanted.items()) and row[column] is not None
        }

    everybody = {"sex": "both", "age": "all"}
    pairs = [
        (told("births", "value", **everybody), told("birth_rate", "numerator")),
        (told("deaths", "value", **everybody), told("death_rate", "numerator", sex="both")),
        (
            told("usual_residents", "value", **everybody),
            told("share_65", "denominator", sex="both"),
        ),
        (told("floating_population", "value", **everybody), told("share_floating", "numerator")),
    ]
    for one, other in pairs:
        same = one.keys() & other.keys()
        assert len(same) > 10
        assert [one[at] for at in same] == [other[at] for at in same]


def test_totals_are_perturbed_on_their_own(published: pa.Table, internal: pa.Table) -> None:
    def misses(table: pa.Table) -> list[float]:
        cells: dict = defaultdict(dict)
        for row in _of(table, "usual_residents"):
            if row["age"] == "all" and row["value"] is not None:
                cells[row["area"], row["period"]][row["sex"]] = row["value"]
        return [
            one["both"] - one["male"] - one["female"] for one in cells.values() if len(one) == 3
        ]

    assert set(misses(internal)) == {0}
    assert len(set(misses(published))) > 3


def test_whatever_is_kept_back_says_why(published: pa.Table) -> None:
    back = published.filter(pc.is_null(published["value"]))
    assert back.num_rows
    assert "" not in back["note"].unique().to_pylist()
    for name in ("lower", "upper"):
        assert pc.all(pc.is_null(back[name])).as_py()


def test_what_a_rule_keeps_back_shows_neither_numerator_nor_denominator(
    published: pa.Table,
) -> None:
    by_rule = published.filter(pc.match_substring_regex(published["note"], "不予发布|不发布|至少"))
    assert by_rule.num_rows
    for name in ("value", "lower", "upper", "numerator", "denominator"):
        assert pc.all(pc.is_null(by_rule[name])).as_py()


def test_no_rate_stands_on_a_small_denominator(published: pa.Table) -> None:
    shown = published.filter(pc.is_valid(published["value"]))
    assert pc.min(shown["denominator"]).as_py() >= SMALLEST_DENOMINATOR


def test_nothing_is_published_below_its_lowest_level(published: pa.Table) -> None:
    for one in catalogue().values():
        levels = {row["level"] for row in _of(published, one.id)}
        lowest = LEVEL_DIGITS[one.definition.lowest_level]
        assert max(LEVEL_DIGITS[level] for level in levels) <= lowest, one.id


def test_villages_have_no_ages(published: pa.Table) -> None:
    rows = published.filter(pc.equal(published["level"], "village"))
    assert rows.num_rows
    assert rows["age"].unique().to_pylist() == ["all"]


def test_the_loss_of_children_is_told_of_ten_and_more(
    published: pa.Table, internal: pa.Table
) -> None:
    children = ("0-4", "5-9", "10-14")
    shown = [
        row for row in _of(published, "age_specific_death_rate")
        if row["age"] in children and row["value"] is not None
    ]  # fmt: skip
    assert all(row["numerator"] >= SMALLEST_HEALTH_CELL for row in shown)
    true = [row for row in _of(internal, "age_specific_death_rate") if row["age"] in children]
    assert any(0 < row["numerator"] < SMALLEST_HEALTH_CELL for row in true)


def test_no_true_count_is_published_beside_the_perturbed_ones(
    published: pa.Table, internal: pa.Table
) -> None:
    """Of large counts a good part stays as it is; of all columns of an indicator never every one."""
    for column in ("numerator", "denominator"):
        for one in catalogue().values():
            if one.compute["kind"] in ("coverage", "estimated_stock", "completeness"):
                continue
            pairs = [
                (row[column], true[column])
                for row, true in zip(_of(published, one.id), _of(internal, one.id), strict=True)
                if row[column]
            ]
            if len(pairs) > 40:
                assert np.mean([seen == true for seen, true in pairs]) < 0.9, (one.id, column)


def test_true_populations_are_those_of_the_persons_of_the_edition(
    office: Workspace, internal: pa.Table
) -> None:
    people: dict = defaultdict(int)
    for row in rows_of(office.editions, "0001", "persons"):
        usual, home = row["usual_area"], row["registered_area"] or ""
        if row["alive"] and usual:
            place = home if home.startswith(usual) else usual
            for digits in (4, 6, 9, 12):
                if len(place) >= digits:
                    people[place[:digits]] += 1
    told = {
        row["area"]: row["value"]
        for row in _of(internal, "usual_residents")
        if (row["period"], row["sex"], row["age"]) == ("2024", "both", "all")
    }
    top = min(told, key=len)
    # the day of the edition is that of the last month's end: who lives there by the persons' table
    # is there in the figures, but for those of whom only a later month of birth or coming is known
    assert told[top] == pytest.approx(people[top], abs=3)
    assert sum(abs(told[area] - people[area]) for area in told if len(area) == 6) <= 6


def test_people_are_born_die_come_and_go_as_the_stocks_say(internal: pa.Table) -> None:
    """The balance of a quarter is closed but for those whose days nobody knows.

    Of the second of 2023, which the newcomers' roster covers to its end.
    """

    def city(indicator: str, period: str = "2023-Q2") -> float:
        rows = [row for row in _of(internal, indicator) if row["period"] == period]
        return next(
            row["value"] for row in rows
            if len(row["area"]) == 4 and (row["sex"], row["age"]) == ("both", "all")
        )  # fmt: skip

    change = city("usual_residents") - city("usual_residents", "2023-Q1")
    flows = city("births") - city("deaths") + city("moves_in") - city("moves_out")
    assert change == pytest.approx(flows, abs=0.01 * city("usual_residents"))


def test_moves_after_the_newcomers_roster_ends_are_unknown_not_none(published: pa.Table) -> None:
    rows = [row for row in _of(published, "moves_in") if row["area"] == "5130"]
    notes = {row["period"]: row["note"] for row in rows if row["sex"] == "both"}
    assert notes["2024"] == notes["2023"] == notes["2023-12"] == UNCOVERED
    assert notes["2023-11"] != UNCOVERED


def test_townships_and_those_of_no_township_make_their_county(internal: pa.Table) -> None:
    rates = {
        row["area"]: row for row in _of(internal, "death_rate")
        if (row["period"], row["sex"]) == ("2024", "both")
    }  # fmt: skip
    county = next(code for code in rates if len(code) == 6 and rates[code]["value"])
    inside = [rates[code] for code in rates if code.startswith(county) and len(code) == 9]
    assert sum(row["denominator"] for row in inside) == pytest.approx(
        rates[county]["denominator"], rel=1e-3
    )
    assert {row["note"] for row in inside} == {UNPLACED}


def test_the_manifest_tells_no_count_of_people(office: Workspace) -> None:
    manifest = built_statistics(office).manifest
    assert set(manifest) == {
        "edition", "as_of", "first", "last", "figures", "kept_back", "lists", "notes", "seconds",
    }  # fmt: skip
    assert (manifest["first"], manifest["last"]) == ("2023-01", "2024-12")


def test_files_are_for_the_office_alone(office: Workspace) -> None:
    folder = built_statistics(office).folder
    for path in (*folder.glob("*.parquet"), folder / "manifest.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((office.path / "disclosure.key").stat().st_mode) == 0o600
    secret = (office.path / "disclosure.key").read_bytes()
    for path in folder.glob("*.*"):
        assert secret not in path.read_bytes()
        assert secret.hex().encode() not in path.read_bytes()


def test_without_its_secret_nothing_is_published_anew(own_office: Workspace) -> None:
    (own_office.path / "disclosure.key").unlink()
    with pytest.raises(WorkspaceError, match="restore it from a backup") as refused:
        build_statistics(own_office, by="bob")
    assert "密钥不见了" in refused.value.zh


def test_a_secret_cut_short_is_refused(own_office: Workspace) -> None:
    (own_office.path / "disclosure.key").write_bytes(b"short")
    with pytest.raises(WorkspaceError, match="holds 5 bytes"):
        build_statistics(own_office, by="bob")


def test_the_secret_may_lie_elsewhere(
    own_office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "safe" / "key"
    monkeypatch.setenv("RENKOU_DISCLOSURE_KEY", str(elsewhere))
    shutil.rmtree(own_office.path / "statistics")
    with pytest.raises(UsageError, match="its folder does not exist"):
        build_statistics(own_office, by="bob")
    elsewhere.parent.mkdir()
    build_statistics(own_office, by="bob", first="2024-12")
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o600


def test_bob_may_not_see_true_counts_and_carol_may_see_no_figures(office: Workspace) -> None:
    births = Wanted("births", period="2024")
    assert figures_of(office, births, by="bob").num_rows
    with pytest.raises(NotPermitted, match="bob \\(planner\\) may not read true counts"):
        figures_of(office, births, by="bob", internal_reason="年报")
    with pytest.raises(NotPermitted, match="carol \\(clerk\\) may not read report"):
        figures_of(office, births, by="carol")
    with pytest.raises(NotPermitted, match="build statistics"):
        build_statistics(office, by="carol")
    with pytest.raises(NotPermitted, match="does not work"):
        figures_of(office, births, by="mallory")


def test_alice_sees_true_counts_for_a_reason_that_the_audit_keeps(own_office: Workspace) -> None:
    births = Wanted("births", level="township", period="2024", sex="both")
    with pytest.raises(UsageError, match="reason is empty"):
        figures_of(own_office, births, by="alice", internal_reason=" ")
    rows = figures_of(own_office, births, by="alice", internal_reason="年度报表核对")
    assert any(0 < row["value"] < 3 for row in rows.to_pylist())
    from renkou.actions.staff import add_staff
    from renkou.core.permissions import Role

    add_staff(own_office, by="alice", username="olga", role=Role.AUDITOR)
    told = [
        one
        for one in newest_events(own_office, by="olga", limit=50)
        if one["action"] == "read_true_counts" and one["who"] == "alice"
    ]  # the office is a copy of one where other tests have looked as well
    assert [(one["who"], one["subject"], one["reason"]) for one in told] == [
        ("alice", "indicator:births", "年度报表核对"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "told", "told_zh"),
    [
        (Wanted("birthrate"), "did you mean birth_rate", "是否指 birth_rate"),
        (Wanted("births", area="没有这个镇"), "not in areas.csv", "areas.csv 中没有"),
        (Wanted("births", area="990000"), "area 99: no such figures", "地区 99：该指标没有"),
        (Wanted("births", period="2024年"), "is no year, half, quarter or month", "不是年、半年"),
        (Wanted("births", period="2019"), "period 2019: no such figures", "时期 2019"),
        (Wanted("births", period="2024-13"), "is no year", "不是年"),
        (
            Wanted("total_fertility_rate", period="2024-03"),
            "there are 2023, 2024",
            "可选 2023、2024",
        ),
        (Wanted("births", sex="女"), "there are both, female, male", "性别 女"),
        (Wanted("births", age="85+"), "age 85\\+: no such figures", "年龄 85"),
        (Wanted("total_fertility_rate", level="village"), "level village: no such", "层级 village"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    office: Workspace, wanted: Wanted, told: str, told_zh: str
) -> None:
    with pytest.raises(UsageError, match=told) as refused:
        figures_of(office, wanted, by="bob")
    assert told_zh in refused.value.zh


def test_a_name_that_several_areas_bear_is_refused_with_their_codes() -> None:
    names = {"513021001": "城关镇", "513022001": "城关镇", "513021002": "金冲镇"}
    assert area_code("金冲镇", names) == "513021002"
    assert area_code("513021002000", names) == "513021002"
    with pytest.raises(
        UsageError, match="2 areas are called so; give a code: 513021001, 513022001"
    ):
        area_code("城关镇", names)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2025-06", None, "is after"),
        ("2024-06", "2024-05", "is after --to 2024-05"),
        (None, "2025-01", "days up to 2024-12-31"),
        ("2024/01", None, "is no year, half, quarter or month"),
        (None, "December", "is no year, half, quarter or month"),
    ],
)
def test_a_window_without_data_is_refused(first: str | None, last: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told) as refused:
        window_of("2024-12-31", first, last)
    assert refused.value.zh


def test_a_month_is_counted_when_it_has_ended() -> None:
    assert window_of("2024-12-31", "2024-12", None).last == 2024 * 12 + 11
    assert window_of("2024-12-30", "2024-11", None).last == 2024 * 12 + 10
    assert window_of("2024-02-29", "2024-01", None).last == 2024 * 12 + 1
    assert window_of("2024-12-31", "2024-01", "2024-01") == (2023 * 12 + 11, 2024 * 12)


def test_what_has_no_period_in_a_short_window_is_said_to_lack_months(
    own_office: Workspace,
) -> None:
    build_statistics(own_office, by="bob", first="2024-12")
    assert figures_of(own_office, Wanted("births"), by="bob").num_rows
    with pytest.raises(UsageError, match="build them of more months") as refused:
        figures_of(own_office, Wanted("life_expectancy"), by="bob")
    assert "更长时期" in refused.value.zh


def test_before_anything_was_built_the_command_to_build_is_named(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="run `renkou stats build`") as refused:
        built_statistics(workspace)
    assert "renkou stats build" in refused.value.zh


def test_an_office_without_areas_makes_no_figures(own_office: Workspace) -> None:
    own_office.areas.unlink()
    with pytest.raises(UsageError, match="figures are made by area"):
        build_statistics(own_office, by="bob")


def test_what_was_built_is_written_down(own_office: Workspace) -> None:
    built = build_statistics(own_office, by="bob", first="2024-01")
    on_disk = json.loads((built.folder / "manifest.json").read_text("utf-8"))
    assert on_disk == dict(built.manifest)
    assert on_disk["figures"] == read_figures(own_office, "figures.parquet").num_rows
    assert on_disk["kept_back"] < on_disk["figures"]
    assert not list(built.folder.parent.glob(".building*"))
