"""Published counts: the worked example, what never comes out, totals, agreement with cellKey."""

from pathlib import Path

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.disclosure.cell_keys import Cells, tabulate_cells
from renkou.disclosure.perturbation import (
    PUBLIC_NOTE,
    noise_variance,
    perturb,
    perturb_with_totals,
)
from renkou.disclosure.perturbation_table import perturbation_table, table_from_ptable
from renkou.disclosure.record_keys import record_keys
from tests.disclosure.draws import SECRET, random_keys

TABLE = perturbation_table()


def test_the_worked_example_publishes_four() -> None:
    keys = np.array([0.9, 0.3, 0.6]) * 2**32
    cell = tabulate_cells(keys.astype(np.uint32), np.zeros(3, int), 1)
    published = perturb(cell.counts, cell.keys, TABLE)
    assert published.tolist() == [4]
    assert published.dtype == np.int64


def test_equal_cells_in_two_tables_are_equal() -> None:
    ids = np.arange(1000)
    keys = record_keys(SECRET, ids)
    sex, age = ids % 2, ids % 7
    by_both = tabulate_cells(keys, sex * 7 + age, 14)
    by_age = tabulate_cells(keys[sex == 1][::-1], age[sex == 1][::-1], 7)
    women = Cells(by_both.counts[7:], by_both.keys[7:])
    assert (
        perturb(women.counts, women.keys, TABLE) == perturb(by_age.counts, by_age.keys, TABLE)
    ).all()


def test_one_and_two_never_come_out_and_zero_stays() -> None:
    counts = np.arange(200_000) % 12
    published = perturb(counts, random_keys(200_000), TABLE)
    assert not np.isin(published, (1, 2)).any()
    assert (published[counts == 0] == 0).all()
    assert (published >= 0).all()
    assert (np.abs(published - counts) <= 3).all()
    assert {0, 3} <= set(published[counts == 1])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 50, 3_000_000])
def test_mean_noise_over_ten_thousand_cells_is_within_five_hundredths(count: int) -> None:
    counts = np.full(10_000, count)
    noise = perturb(counts, random_keys(10_000, seed=count), TABLE) - counts
    assert abs(noise.mean()) < 0.05
    assert noise.var() == pytest.approx(1 if count > 2 else 2, abs=0.1)


def test_bias_over_twenty_thousand_draws_of_small_counts() -> None:
    counts = np.random.default_rng(3).integers(1, 13, 20_000)
    noise = perturb(counts, random_keys(20_000), TABLE) - counts
    assert abs(noise.mean()) < 0.03


def test_subtracting_two_cells_that_differ_by_one_person_shows_the_true_one_in_under_a_third() -> (
    None
):
    draws = 20_000
    for count in (1, 2, 3, 4, 5, 6, 8, 12, 100):
        one = random_keys(draws, seed=count)
        rest = random_keys(draws, seed=1000 + count)
        with_one = perturb(np.full(draws, count), rest + one, TABLE)
        without = perturb(np.full(draws, count - 1), rest, TABLE)
        assert (with_one - without == 1).mean() < 1 / 3, count


def test_a_total_is_perturbed_on_its_own_and_no_sum_of_cells() -> None:
    counts = np.random.default_rng(5).integers(0, 30, (500, 8))
    cells = Cells(counts, random_keys((500, 8)))
    published = perturb_with_totals(cells, TABLE)
    total = cells.sum(-1)
    assert published.shape == (500, 9)
    assert (published[:, -1] == perturb(total.counts, total.keys, TABLE)).all()
    assert (published[:, -1] != published[:, :-1].sum(axis=1)).mean() > 0.5
    assert (published[:, -1] - counts.sum(axis=1)).var() < 1.2  # a sum of cells would have 8
    by_rows = perturb_with_totals(cells, TABLE, axis=0)
    assert by_rows.shape == (501, 8)


def test_figures_of_two_secrets_have_unrelated_noise() -> None:
    ids, counts = np.arange(20_000), np.full(20_000, 40)
    noise = [
        perturb(counts, record_keys(secret, ids), TABLE) - counts for secret in (SECRET, b"*" * 32)
    ]
    assert abs(np.corrcoef(*noise)[0, 1]) < 0.03


def test_a_published_table_leaves_a_key_open_among_a_thousand_million() -> None:
    # Whoever knows table, true count and published count learns only which interval the key is in.
    thresholds, _ = TABLE.lookup
    row = thresholds[thresholds // 2**33 == 8] % 2**33
    widths = np.diff(row, prepend=0) / 2**32
    learned = -(widths * np.log2(widths)).sum()
    assert learned < 2.1  # bits of the 32


def test_noise_does_not_follow_from_id_count_or_place() -> None:
    ids = np.arange(20_000)
    noise = perturb(np.full(20_000, 9), record_keys(SECRET, ids), TABLE) - 9
    assert abs(np.corrcoef(ids, noise)[0, 1]) < 0.03
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03


def test_the_public_note_names_no_parameter() -> None:
    for words in PUBLIC_NOTE:
        assert not any(letter.isdigit() for letter in words)


def test_the_stated_variance_follows_from_the_published_count_alone() -> None:
    assert noise_variance([0, 3, 4, 5, 8, 50, 10**6], TABLE) == pytest.approx([2, 2, 1, 1, 1, 1, 1])


def test_keys_that_are_no_cell_keys_are_refused() -> None:
    for wrong in ([0.8], [-1], [2**32]):
        with pytest.raises(FiguresRefused, match="cell key is a whole number of 32 bits"):
            perturb([3], wrong, TABLE)
    with pytest.raises(FiguresRefused, match="counts and keys"):
        perturb([3, 4], [1], TABLE)
    with pytest.raises(FiguresRefused, match=r"counts\[0\] = -3"):
        perturb([-3], [1], TABLE)


def _cell_key_package(rows: list[dict[str, float]], count: int, key: float) -> int:
    """The lookup of R's cellKey, by its description: the first upper bound not under the key."""
    if count == 0:
        return 0
    of = min(count, max(int(row["i"]) for row in rows))
    upper = [row for row in rows if row["i"] == of]
    return count + int(next(row["v"] for row in upper if key <= row["p_int_ub"]))


def test_a_fixed_ptable_gives_what_cellkey_gives() -> None:
    path = Path(__file__).parent / "golden" / "ptable.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    names = lines[0].split(";")
    rows = [dict(zip(names, map(float, line.split(";")), strict=True)) for line in lines[1:]]
    table = table_from_ptable(rows)
    bounds = [int(row["p_int_ub"] * 2**32) for row in rows]
    edges = [b + step for b in bounds for step in (-1, 0, 1) if 0 < b + step < 2**32]
    keys = np.array([*edges, *random_keys(500).tolist()], np.uint32)
    for count in range(7):
        expected = [_cell_key_package(rows, count, key / 2**32) for key in keys.tolist()]
        assert perturb(np.full(len(keys), count), keys, table).tolist() == expected
