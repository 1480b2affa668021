"""Disclosure control timed and measured: keys, lookup, and what the noise costs.

    .venv/bin/python benchmarks/disclosure.py

A city of 3 million in 100 townships, drawn from a fixed seed: population by township, sex and single
age; births by township, month and sex. No real person is in it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from renkou.disclosure.cell_keys import Cells, combine, tabulate_cells
from renkou.disclosure.perturbation import perturb, perturb_with_totals
from renkou.disclosure.perturbation_table import perturbation_table
from renkou.disclosure.record_keys import record_keys
from renkou.disclosure.utility import (
    SETTING_COLUMNS,
    Utility,
    compare_settings,
    rate_utility,
    setting_rows,
    utility,
)

Made = TypeVar("Made")
PEOPLE, TOWNSHIPS, AGES, MONTHS = 3_000_000, 100, 100, 60
SECRET = b"a secret of benchmarks, never of an office"


def timed(what: str, make: Callable[[], Made]) -> Made:
    start, busy = time.perf_counter(), time.process_time()
    made = make()
    wall, cpu = time.perf_counter() - start, time.process_time() - busy
    print(f"{what}: {wall:.2f} s ({cpu:.2f} s of one processor)", file=sys.stderr)
    return made


def city(keys: np.ndarray) -> dict[str, Cells]:
    """Cells of four tables of the city."""
    chance = np.random.default_rng(1)
    share = chance.lognormal(0, 0.8, TOWNSHIPS)
    township = chance.choice(TOWNSHIPS, PEOPLE, p=share / share.sum())
    age = np.minimum(chance.gamma(3.2, 12.5, PEOPLE).astype(int), AGES - 1)
    place = (township * 2 + chance.integers(0, 2, PEOPLE)) * AGES + age
    by_age = tabulate_cells(keys, place, TOWNSHIPS * 2 * AGES)
    born = chance.random(PEOPLE) < 5 * 0.007
    when = (township[born] * MONTHS + chance.integers(0, MONTHS, born.sum())) * 2
    births = tabulate_cells(
        keys[born], when + chance.integers(0, 2, born.sum()), TOWNSHIPS * MONTHS * 2
    )
    return {
        "population by township, sex and age": _shaped(by_age, (TOWNSHIPS, 2, AGES)),
        "births by township, month and sex": _shaped(births, (TOWNSHIPS, MONTHS, 2)),
    }


def _shaped(cells: Cells, shape: tuple[int, ...]) -> Cells:
    return Cells(cells.counts.reshape(shape), cells.keys.reshape(shape))


def show(name: str, cells: Cells) -> None:
    print(f"\n## {name} ({cells.counts.size:,} cells)\n")
    print("| " + " | ".join(SETTING_COLUMNS) + " |")
    print("|" + "--|" * len(SETTING_COLUMNS))
    for row in setting_rows(compare_settings(cells)):
        print("| " + " | ".join(f"{value:.3g}" for value in row) + " |")
    _sizes(utility(cells.counts, perturb(cells.counts, cells.keys, perturbation_table())))


def _sizes(found: Utility) -> None:
    print("\n| true count | cells | changed | mean absolute error | mean relative error |")
    print("|--|--|--|--|--|")
    for one in found.by_size:
        ends = f"{one.lowest}-{one.highest}" if one.highest is not None else f"{one.lowest}+"
        print(f"| {ends} | {one.cells:,} | {one.changed:.1%} | {one.mean_absolute_error:.2f} | "
              f"{one.mean_relative_error:.2%} |")  # fmt: skip
    print(f"\nrank correlation {found.rank_correlation:.5f}, chi-square per cell "
          f"{found.chi_square_per_cell:.3f}, Cramér's V {found.cramers_v_true:.4f} true, "
          f"{found.cramers_v_published:.4f} published")  # fmt: skip


def show_rates(births: Cells, people: Cells) -> None:
    """Yearly and monthly birth rates of townships."""
    monthly = births.sum(-1)
    base = people.sum((1, 2))
    yearly = Cells(
        monthly.counts.reshape(TOWNSHIPS, 5, 12), monthly.keys.reshape(TOWNSHIPS, 5, 12)
    ).sum(-1)
    print("\n| birth rates of townships | rates | median change | within the true interval | "
          "noise in the variance |")  # fmt: skip
    print("|--|--|--|--|--|")
    for name, events in (("a month", monthly), ("a year", yearly)):
        shape = events.counts.shape
        below = Cells(*(np.broadcast_to(one[:, None], shape) for one in (base.counts, base.keys)))
        found = rate_utility(events, below, perturbation_table())
        print(f"| {name} | {found.rates:,} | {found.median_relative_change:.2%} | "
              f"{found.within_interval:.1%} | {found.noise_share_of_variance:.2%} |")  # fmt: skip


def show_averaging(tries: int = 2_000, people: int = 200) -> None:
    """Guess a total from its own figure and from sums of two published parts, many times over."""
    chance = np.random.default_rng(3)
    keys = chance.integers(0, 2**32, (tries, people), dtype=np.uint32)
    table = perturbation_table()
    everyone = Cells(np.full(tries, people), combine(keys, 1))
    guess, weight = perturb(everyone.counts, everyone.keys, table).astype(float), 1.0
    print("\n| other tables with the total in two parts | true total guessed |\n|--|--|")
    for tables in range(31):
        if tables in (0, 1, 3, 10, 30):
            print(f"| {tables} | {(np.rint(guess / weight) == people).mean():.0%} |")
        first = chance.random((tries, people)) < 0.5
        part = Cells(first.sum(1), combine(np.where(first, keys, np.uint32(0)), 1))
        rest = everyone - part
        both = sum(perturb(one.counts, one.keys, table) for one in (part, rest))
        guess, weight = guess + both / 2, weight + 0.5


def main() -> None:
    keys = timed(f"{PEOPLE:,} record keys", lambda: record_keys(SECRET, np.arange(PEOPLE)))
    table = timed("the perturbation table", perturbation_table)
    tables = timed("a city drawn and tabulated", lambda: city(keys))
    many = np.arange(10_000_000) % 5_000
    noise_keys = np.random.default_rng(2).integers(0, 2**32, len(many), dtype=np.uint32)
    timed(f"{len(many):,} cells perturbed", lambda: perturb(many, noise_keys, table))
    people, births = tables.values()
    with_totals = timed("ages with totals", lambda: perturb_with_totals(people, table))
    gap = with_totals[..., -1] - with_totals[..., :-1].sum(axis=-1)
    for name, cells in tables.items():
        show(name, cells)
    show_rates(births, people)
    show_averaging()
    print(
        f"\nsums of published ages miss the published total by {np.abs(gap).mean():.1f} on average"
    )


if __name__ == "__main__":
    main()
