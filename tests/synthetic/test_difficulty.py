"""The lists are as wrong as the table says, and known to each other as life has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import stats

from renkou.synthetic import number_errors
from renkou.synthetic.calendar import day
from renkou.synthetic.city import City
from renkou.synthetic.difficulty import DIFFICULTY, Difficulty, difficulty_markdown
from renkou.synthetic.draft import Draft, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.kinds import Kind
from renkou.synthetic.lists import audit, insurance, newcomers, police
from renkou.synthetic.naming import dotted

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "synthetic-city.md"
# Errors come together, so that counts vary more than a binomial's.
CLUSTERING = 1.0

NUMBER_OF_OTHER = Kind.NUMBER_OF_OTHER | Kind.NUMBER_OF_OTHER_WITH_BIRTH
SLIPS = (
    Kind.NAME_HOMOPHONE | Kind.NAME_GLYPH | Kind.NAME_FOLK_VARIANT | Kind.NAME_TRADITIONAL
    | Kind.NAME_DROPPED | Kind.NAME_ADDED
)  # fmt: skip
SEPARATOR = Kind.NAME_DOT | Kind.NAME_PART_MISSING | Kind.NAME_SPELLING
DATES = Kind.BIRTH_SWAPPED | Kind.BIRTH_YEAR | Kind.BIRTH_DIGIT | Kind.BIRTH_FIRST_JANUARY


def _born_before(year: int) -> Callable[[City, Draft], np.ndarray]:
    return lambda city, draft: city.people.birth[draft.person] < day(year, 1, 1)


def _everybody(city: City, draft: Draft) -> np.ndarray:
    return np.ones(len(draft), bool)


BASES: dict[str, tuple[Kind, Callable[[City, Draft], np.ndarray]]] = {
    "number_missing": (Kind.NUMBER_MISSING, _everybody),
    "number_typed_wrong": (Kind.NUMBER_TYPED_WRONG, _everybody),
    "number_truncated": (Kind.NUMBER_TRUNCATED | Kind.NUMBER_SCIENTIFIC, _everybody),
    "number_old": (Kind.NUMBER_OLD, _born_before(1999)),
    "name_changed": (SLIPS, lambda city, draft: ~dotted(city.names.name)[draft.person]),
    "name_separator": (SEPARATOR, lambda city, draft: dotted(city.names.name)[draft.person]),
    "birth_wrong": (DATES, _everybody),
    "birth_lunar": (Kind.BIRTH_LUNAR, _born_before(1974)),
    "birth_partial": (Kind.BIRTH_MONTH_ONLY | Kind.BIRTH_MISSING, _everybody),
    "sex_wrong": (Kind.SEX_WRONG, _everybody),
    "number_of_other": (
        NUMBER_OF_OTHER,
        lambda city, draft: city.people.birth[draft.person] < draft.day - 17 * 366,
    ),
}


@pytest.fixture(scope="module")
def drafts(city: City) -> dict[str, Draft]:
    """Every list's errors on one and the same crowd, so that rates can be told apart."""
    made = {}
    person = np.flatnonzero(city.people.age(day(2024, 1, 1)) > 1).astype(np.int32)
    clerk = city.tree.village_township[city.homes.village[person]] * 10 + person % 10
    for source in DIFFICULTY:
        draft = start_draft(city, source, day(2024, 1, 1), person, clerk, np.arange(len(person)))
        number_errors.spoil_numbers(draft)
        spoil_all_but_numbers(draft)
        made[source] = draft
    return made


@pytest.mark.parametrize("source", list(DIFFICULTY))
@pytest.mark.parametrize("error", list(BASES))
def test_an_error_is_as_frequent_as_the_table_says(
    city: City, drafts: dict[str, Draft], source: str, error: str
) -> None:
    kind, base = BASES[error]
    draft = drafts[source]
    # Second entries have eight times the rate by intention.
    among = base(city, draft) & ~draft.has(Kind.DUPLICATE_ALTERED)
    expected = among.sum() * getattr(DIFFICULTY[source], error) / 100
    found = (draft.has(kind) & among).sum()
    low, high = _bounds(expected)
    assert low <= found <= high


def _bounds(expected: float) -> tuple[float, float]:
    """How many errors may be found: a few are lost where a slip of the pen changes nothing."""
    if expected == 0:
        return 0, 0
    low, high = stats.poisson.interval(1 - 1e-6, expected)
    spread = CLUSTERING * np.sqrt(expected)
    return low * 0.92 - spread, high * 1.05 + spread


@pytest.mark.parametrize("factor", [0.5, 2])
def test_the_bounds_would_notice_half_and_double_a_rate_of_one_per_cent(factor: float) -> None:
    expected = 20_000 * 0.01
    low, high = _bounds(expected)
    assert not low <= expected * factor <= high


@pytest.mark.parametrize("source", list(DIFFICULTY))
def test_a_second_entry_is_never_the_same_as_the_first(
    drafts: dict[str, Draft], source: str
) -> None:
    draft = drafts[source]
    altered = draft.has(Kind.DUPLICATE_ALTERED)
    circumstances = int(Kind.NAMESAKE | Kind.TWIN | Kind.RARE_CHARACTER | Kind.DUPLICATE_ALTERED)
    assert (draft.kinds[altered] & ~np.uint64(circumstances) != 0).all()


def test_errors_come_together(drafts: dict[str, Draft]) -> None:
    draft = drafts["newcomers"]
    number = draft.has(Kind.NUMBER_TYPED_WRONG | Kind.NUMBER_MISSING)
    name = draft.has(SLIPS)
    together = (number & name).mean() / (number.mean() * name.mean())
    assert together > 1.2


def _odds_ratio(first: np.ndarray, second: np.ndarray) -> float:
    both, neither = (first & second).sum(), (~first & ~second).sum()
    only_first, only_second = (first & ~second).sum(), (~first & second).sum()
    return float((both + 0.5) * (neither + 0.5) / ((only_first + 0.5) * (only_second + 0.5)))


def _on(city: City, truth: pa.Table, source: str) -> np.ndarray:
    listed = np.zeros(len(city.people), bool)
    listed[truth.filter(pc.field("source") == source)["person"].to_numpy()] = True
    return listed


def test_police_and_insurance_know_the_same_people(city: City, truth: pa.Table) -> None:
    natives = city.resident_on(insurance.DAY) & ~city.homes.newcomer & ~city.unlisted
    natives &= city.people.age(police.DAY) > 2
    on = {name: _on(city, truth, name)[natives] for name in ("police", "insurance")}
    assert _odds_ratio(on["police"], on["insurance"]) > 10


def test_police_and_the_newcomers_roster_know_different_people(city: City, truth: pa.Table) -> None:
    residents = city.resident_on(newcomers.DAY)
    on = {name: _on(city, truth, name)[residents] for name in ("police", "newcomers")}
    assert _odds_ratio(on["police"], on["newcomers"]) < 0.05


def test_the_audit_is_independent_of_what_offices_know(city: City, truth: pa.Table) -> None:
    village = np.isin(city.homes.village_on(audit.DAY), audit.audited_villages(city))
    met = city.resident_on(audit.DAY) & village & ~city.homes.newcomer
    met &= city.people.age(police.DAY) > 2
    on = {name: _on(city, truth, name)[met] for name in ("insurance", "audit")}
    assert 0.4 < _odds_ratio(on["insurance"], on["audit"]) < 2.5


def test_the_audit_meets_the_unlisted_like_everybody(city: City, truth: pa.Table) -> None:
    village = np.isin(city.homes.village_on(audit.DAY), audit.audited_villages(city))
    unlisted = city.resident_on(audit.DAY) & village & city.unlisted
    assert unlisted.sum() > 30
    assert _on(city, truth, "audit")[unlisted].mean() > 0.9


def test_one_and_a_half_per_cent_of_residents_are_in_no_departmental_list(
    city: City, truth: pa.Table
) -> None:
    departments = truth.filter(pc.field("source") != "audit")
    unlisted = np.setdiff1d(np.flatnonzero(city.unlisted), departments["person"].to_numpy())
    assert len(unlisted) == city.unlisted.sum()
    assert 0.012 < city.unlisted.mean() < 0.018


def test_police_hold_about_94_per_cent_as_many_people_as_live_here(
    city: City, truth: pa.Table
) -> None:
    assert 0.90 < _on(city, truth, "police").sum() / 20_000 < 0.98


def test_the_table_in_the_documentation_is_the_one_in_force() -> None:
    assert difficulty_markdown() in DOCUMENT.read_text("utf-8")


def test_every_parameter_has_a_meaning() -> None:
    meanings = {f.metadata["meaning"] for f in Difficulty.__dataclass_fields__.values()}
    assert len(meanings) == len(Difficulty.__dataclass_fields__)
