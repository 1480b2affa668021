"""A small city as CSV files: two counties, three townships, rates of the city, moves, coverage."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

AGES = range(101)
SEXES = ("male", "female")
LEAVES = ("513021001", "513021002", "513022001")
AREAS = (
    ("5130", "云汀市", "prefecture", ""),
    ("513021", "青渚区", "county", "5130"),
    ("513021001", "金冲街道", "township", "513021"),
    ("513021002", "永庙镇", "township", "513021"),
    ("513022", "澜阳区", "county", "5130"),
    ("513022001", "高湖镇", "township", "513022"),
)
BASE = 2025
COVERAGE = (0.95, 0.93, 0.97)
LEAVING = 0.02
ARRIVING = 0.4  # people of one age and sex a year, ages 0-39
TFR = 1.4


def people(leaf: str, sex: str, age: int) -> int:
    """People of a leaf: of each age fewer than of the one before."""
    size = {"513021001": 60, "513021002": 30, "513022001": 12}[leaf]
    return round(size * max(0.0, 1 - (age / 101) ** 2) + (sex == "male") * (age < 40))


def death_rate(sex: str, age: int) -> float:
    """Nobody dies young, so that children can be counted by hand."""
    return 0.0 if age < 20 else 0.00012 * 1.095 ** (age - 5) * (1.2 if sex == "male" else 1.0)


def write_city(folder: Path, *, moves: bool = True, coverage: bool = True) -> Path:
    """The files of the city."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "areas.csv", ("area", "name", "level", "parent"), AREAS)
    _write(
        folder / "population.csv",
        ("area", "sex", "age", "count"),
        (
            (leaf, sex, age, people(leaf, sex, age))
            for leaf in LEAVES
            for sex in SEXES
            for age in AGES
        ),
    )
    _write(
        folder / "mortality.csv",
        ("area", "year", "sex", "age", "mx"),
        (("5130", BASE, sex, age, death_rate(sex, age)) for sex in SEXES for age in AGES),
    )
    _write(
        folder / "fertility.csv",
        ("area", "year", "age", "asfr"),
        (("5130", BASE, age, TFR / 10) for age in range(25, 35)),
    )
    _write(folder / "srb.csv", ("area", "year", "srb"), [("5130", BASE, 1.08)])
    if moves:
        _write_moves(folder)
    if coverage:
        rows = [("5130", "", "", *COVERAGE)]
        _write(folder / "coverage.csv", ("area", "sex", "age", "ratio", "low", "high"), rows)
    return folder


def _write_moves(folder: Path) -> None:
    _write(
        folder / "moves_out.csv",
        ("area", "sex", "age", "rate"),
        (("5130", sex, age, LEAVING) for sex in SEXES for age in AGES),
    )
    _write(
        folder / "destinations.csv",
        ("origin", "destination", "share"),
        (
            (origin, goal, 0.5 if goal == "outside" else 0.25)
            for origin in LEAVES
            for goal in (*LEAVES, "outside")
            if goal != origin
        ),
    )
    _write(
        folder / "moves_in.csv",
        ("area", "sex", "age", "count"),
        (
            (leaf, sex, age, ARRIVING if age < 40 else 0)
            for leaf in LEAVES
            for sex in SEXES
            for age in AGES
        ),
    )


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def change(path: Path, old: str, new: str) -> None:
    """Edit a file as a planner does; what is to be replaced must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
