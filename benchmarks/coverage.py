"""Do the intervals of coverage estimates hold the truth? 200 fictional cities, by method.

    .venv/bin/python benchmarks/coverage.py --seeds 200

Each city is made anew (people, homes, who stands in which list, whom the audit met), links get missed
and false at the rates measured on the demo, and each method is asked for the usual residents. Prints a
table in Markdown: how often the nominal 95 % interval held the truth, mean error and width.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from renkou.demography.coverage.audit_coverage import coverage_from_audit
from renkou.demography.coverage.dual_system import dual_system_estimate
from renkou.demography.coverage.linkage_error import (
    LinkageRates,
    dual_system_with_linkage_error,
    linkage_rates,
)
from renkou.demography.coverage.linked_histories import multiple_systems_with_linkage_error
from renkou.demography.coverage.multiple_systems import multiple_systems_estimate
from renkou.demography.coverage.register_coverage import LookedUp, register_coverage
from renkou.synthetic.city import City, make_city
from renkou.synthetic.lists import audit, insurance, newcomers, police
from renkou.synthetic.lists.selection import known

PEOPLE = 10_000
SPLIT, MERGED = 0.004, 0.0005  # records of the register that link to nobody, or to the wrong person
MISSED, FALSE = 0.012, 0.01  # the audit's links to the register
CHECKED, STRANGERS = 1_500, 400  # links looked at by people, to measure the two rates
AGES = (0, 15, 60)
INDEPENDENT = {"independent": [3], "highest_order": 3}  # the audit was drawn by chance

Row = tuple[str, str, float, float, float, float]  # method, group, truth, estimate, lower, upper


@dataclass
class Survey:
    """One city as its statistics office sees it: arrays by person of the city."""

    resident: np.ndarray
    lists: np.ndarray  # (people, 3): police, insurance, newcomers; right links
    entries: (
        np.ndarray
    )  # the register's entries a person has: 0, 1, or more where links were missed
    village: np.ndarray
    listed_village: np.ndarray
    audited: np.ndarray  # village positions
    met: np.ndarray
    group: np.ndarray  # sex × age
    county: np.ndarray  # by village


def survey(seed: int) -> tuple[Survey, np.random.Generator]:
    city = make_city(PEOPLE, seed)
    rng = np.random.default_rng([seed, 77])
    resident, count = city.resident_on(audit.DAY), len(city.people)
    lists = _lists(city)
    village = city.homes.village_on(audit.DAY)
    somewhere = lists[:, 1] | lists[:, 2]
    listed_village = np.where(somewhere, village, city.homes.registered_on(audit.DAY))
    extra = rng.binomial(np.maximum(lists.sum(axis=1) - 1, 0), SPLIT)
    entries = np.where(lists.any(axis=1), 1 + extra, 0)
    # Taken for somebody else: whose only record that was is in the register no more.
    entries[(lists.sum(axis=1) == 1) & (rng.random(count) < MERGED)] = 0
    age = np.digitize(city.people.age(audit.DAY), AGES[1:])
    group = city.people.sex.astype(int) * len(AGES) + age
    found = Survey(
        resident, lists, entries, village, listed_village, audit.audited_villages(city),
        audit.people_met(city), group, city.tree.village_county,
    )  # fmt: skip
    return found, rng


def _lists(city: City) -> np.ndarray:
    """Who stands alive in police, insurance (or the school roll) and newcomers' roster."""
    listed = np.zeros((len(city.people), 3), bool)
    person, status = police.on_the_list(city)
    listed[person[status == 0], 0] = True
    listed[insurance.on_the_list(city)[0], 1] = True
    age = city.people.age(audit.DAY)
    school = (
        city.resident_on(audit.DAY) & (age >= 6) & (age < 18) & known(city, "school", -1.5, 0.8)
    )
    listed[school, 1] = True
    listed[newcomers.on_the_list(city)[0], 2] = True
    return listed & (city.people.death > audit.DAY)[:, None]


def measured_rates(rng: np.random.Generator) -> LinkageRates:
    return linkage_rates(
        CHECKED, rng.binomial(CHECKED, MISSED), STRANGERS, rng.binomial(STRANGERS, FALSE)
    )


def one_city(seed: int) -> list[Row]:
    seen, rng = survey(seed)
    linked = np.where(
        seen.entries > 0, rng.random(len(seen.met)) >= MISSED, rng.random(len(seen.met)) < FALSE
    )
    rates = measured_rates(rng)
    rows = list(in_the_whole_city(seen))
    rows += in_audited_villages(seen, linked, rates)
    rows += projected(seen, linked, rates)
    rows += as_the_register_keeps_it(seen, linked, rates)
    return rows


def in_the_whole_city(seen: Survey) -> Iterator[Row]:
    """What the lists say of themselves, without an audit: links right, nobody listed wrongly."""
    truth = float(seen.resident.sum())
    on_list = seen.lists[seen.resident]
    entries = float(seen.entries.sum())
    yield "lists counted", "city", truth, entries, entries, entries
    a, b = on_list[:, 0], on_list[:, 1]
    two = dual_system_estimate(a.sum(), b.sum(), (a & b).sum())
    yield "police × insurance", "city", truth, two.total, two.total_lower, two.total_upper
    table = np.bincount(on_list @ np.array([1, 2, 4]), minlength=8)
    three = multiple_systems_estimate(table)
    yield (
        "log-linear, lists alone", "city", truth, three.total, three.total_lower, three.total_upper
    )  # fmt: skip


def in_audited_villages(seen: Survey, linked: np.ndarray, rates: LinkageRates) -> Iterator[Row]:
    """Usual residents of the villages audited, lists cleared of who does not live there."""
    here = seen.resident & np.isin(seen.village, seen.audited)
    for label, members in _groups(seen, here):
        who = here & members
        truth = float(who.sum())
        strata = seen.group
        first, second = _by(strata, who & seen.lists.any(axis=1)), _by(strata, who & seen.met)
        right = _by(strata, who & seen.met & seen.lists.any(axis=1))
        made = np.minimum(_by(strata, who & seen.met & linked), first)
        used = second > 0
        for method, overlap in (
            ("dual system, right links", right),
            ("dual system, wrong links", made),
        ):
            found = dual_system_estimate(first[used], second[used], overlap[used])
            yield method, label, truth, found.total, found.total_lower, found.total_upper
        made = _by(strata, who & seen.met & linked)
        found = dual_system_with_linkage_error(first[used], second[used], made[used], rates)
        yield (
            "dual system, links corrected", label, truth, found.total, found.total_lower,
            found.total_upper,
        )  # fmt: skip
        mask = seen.lists[who] @ np.array([1, 2, 4]) + 8 * seen.met[who]
        table = np.bincount(mask, minlength=16)
        wrong = _as_linked(seen, who, linked)
        for method, cells, given, options in (
            ("log-linear, right links", table, None, {}),
            ("log-linear, right links, audit independent", table, None, INDEPENDENT),
            ("log-linear, wrong links", wrong, None, INDEPENDENT),
            ("log-linear, links corrected", wrong, rates, INDEPENDENT),
        ):
            if given is None:
                four = multiple_systems_estimate(cells, **options)
            else:
                four = multiple_systems_with_linkage_error(cells, _of_audit(given), **options)
            yield method, label, truth, four.total, four.total_lower, four.total_upper


def _as_linked(seen: Survey, who: np.ndarray, linked: np.ndarray) -> np.ndarray:
    """Histories as the audit's links make them: missed ones stand apart, false ones join."""
    mask = seen.lists[who] @ np.array([1, 2, 4])
    met, made = seen.met[who], linked[who]
    right, apart = met & made & (mask > 0), met & ~made & (mask > 0)
    table = np.bincount(mask + 8 * right, minlength=16)
    table[8] += apart.sum() + (met & ~made & (mask == 0)).sum()
    free = np.flatnonzero((mask > 0) & ~right)
    for one in range(int((met & made & (mask == 0)).sum())):
        # Whom nobody lists is taken for somebody listed who was not linked, if there is anybody.
        if one < len(free):
            table[mask[free[one]]] -= 1
            table[mask[free[one]] + 8] += 1
        else:
            table[8] += 1
    table[0] = 0
    return table


def _of_audit(rates: LinkageRates) -> LinkageRates:
    """Rates of the fourth list; the departments' links are right here."""
    none, many = np.zeros(3), np.full(3, np.inf)
    return LinkageRates(
        np.append(none, rates.miss_rate), np.append(none, rates.false_link_rate),
        np.append(none, rates.miss_variance), np.append(none, rates.false_link_variance),
        np.append(many, rates.matches_checked), np.append(many, rates.strangers_checked),
    )  # fmt: skip


def projected(seen: Survey, linked: np.ndarray, rates: LinkageRates) -> Iterator[Row]:
    """The city from its audited villages: coverage ratios by sex and age, and by county."""
    county_of = {"listed": seen.county[seen.listed_village], "real": seen.county[seen.village]}
    for level, listed_stratum, real_stratum, same in (
        ("group", seen.group, seen.group, np.ones(len(seen.met), bool)),
        (
            "county",
            county_of["listed"],
            county_of["real"],
            county_of["listed"] == county_of["real"],
        ),
    ):
        size = int(max(listed_stratum.max(), real_stratum.max())) + 1
        area = np.bincount(listed_stratum, seen.entries, size)
        arrays = _audit(seen, linked, same, listed_stratum, real_stratum, size)
        truths = np.bincount(real_stratum[seen.resident], minlength=size)
        yield from _projected_rows(level, area, arrays, truths, rates, len(seen.county))


def _audit(
    seen: Survey, linked: np.ndarray, same: np.ndarray, listed_stratum: np.ndarray,
    real_stratum: np.ndarray, size: int,
) -> list[np.ndarray]:  # fmt: skip
    """listed, correct, met, linked by village and stratum."""
    hit = np.where(same | (seen.entries == 0), linked, False)
    sets = (
        (seen.listed_village, listed_stratum, seen.entries.astype(float)),
        (
            seen.listed_village,
            listed_stratum,
            ((seen.entries > 0) & seen.resident & same).astype(float),
        ),
        (seen.village, real_stratum, (seen.resident & seen.met).astype(float)),
        (seen.village, real_stratum, (seen.resident & seen.met & hit).astype(float)),
    )
    arrays = []
    for place, stratum, weight in sets:
        flat = np.bincount(place * size + stratum, weight, len(seen.county) * size)
        arrays.append(flat.reshape(-1, size)[seen.audited])
    return arrays


def _projected_rows(
    level: str, area: np.ndarray, arrays: list[np.ndarray], truths: np.ndarray, rates: LinkageRates,
    villages: int,
) -> Iterator[Row]:  # fmt: skip
    enough = ((arrays[1] > 0).sum(axis=0) >= 2) & ((arrays[3] > 0).sum(axis=0) >= 2)
    if not enough.all():
        area, truths, arrays = area[enough], truths[enough], [array[:, enough] for array in arrays]
    plain = coverage_from_audit(area, *arrays, villages_in_area=villages)
    found = coverage_from_audit(area, *arrays, rates=rates, villages_in_area=villages)
    for method, one in (("audit, links as made", plain), ("audit, links corrected", found)):
        if level == "county":
            for stratum, truth in enumerate(truths):
                part = one.sum_of([stratum])
                yield method, "county", truth, part.estimate, part.lower, part.upper
            continue
        total = one.total
        yield method, "city", truths.sum(), total.estimate, total.lower, total.upper
        for label, strata in (("sex", (range(3), range(3, 6))), ("age", ((0, 3), (1, 4), (2, 5)))):
            for chosen in strata:
                part = one.sum_of(list(chosen))
                yield (
                    method,
                    label,
                    truths[list(chosen)].sum(),
                    part.estimate,
                    part.lower,
                    part.upper,
                )


def as_the_register_keeps_it(
    seen: Survey, linked: np.ndarray, rates: LinkageRates
) -> Iterator[Row]:
    """The city as `renkou stats build` estimates it: totals looked up, people missed by village."""
    size = 2 * len(AGES)
    listed = seen.entries > 0

    def counts(where: np.ndarray, who: np.ndarray) -> np.ndarray:
        flat = np.bincount((where * size + seen.group)[who], minlength=len(seen.county) * size)
        return flat.reshape(-1, size)[seen.audited]

    asked = listed & np.isin(seen.listed_village, seen.audited)
    looked_up = LookedUp(int(asked.sum()), int((asked & ~seen.resident).sum()))
    found = register_coverage(
        np.bincount(seen.group[listed], minlength=size), counts(seen.listed_village, listed),
        counts(seen.village, seen.met), counts(seen.village, seen.met & linked), looked_up,
        rates=rates, villages_in_area=len(seen.county),
    )  # fmt: skip
    people = found.people
    truth = float(seen.resident.sum())
    yield "as stats build does it", "city", truth, people.estimate, people.lower, people.upper


def _groups(seen: Survey, here: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield "city", np.ones(len(here), bool)
    for sex in range(2):
        yield "sex", seen.group // len(AGES) == sex
    for age in range(len(AGES)):
        yield "age", seen.group % len(AGES) == age
    for county in np.unique(seen.county[seen.village[here]]):
        yield "county", seen.county[seen.village] == county


def _by(stratum: np.ndarray, who: np.ndarray) -> np.ndarray:
    return np.bincount(stratum[who], minlength=2 * len(AGES)).astype(float)


def table(rows: list[Row]) -> str:
    lines = [
        "| method | of | held, % | mean error, % | mean width, % |",
        "|---|---|---|---|---|",
    ]
    keys = list(dict.fromkeys((row[0], row[1]) for row in rows))
    for method, group in sorted(keys, key=lambda key: [k[0] for k in keys].index(key[0])):
        truth, estimate, lower, upper = np.array(
            [row[2:] for row in rows if row[:2] == (method, group)], float
        ).T
        held = np.mean((lower <= truth) & (truth <= upper))
        lines.append(
            f"| {method} | {group} | {held:.1%} | {np.mean(estimate / truth - 1):+.2%} | "
            f"{np.mean((upper - lower) / truth):.2%} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="cities to make")
    seeds = parser.parse_args().seeds
    began = perf_counter()
    with ProcessPoolExecutor(2) as pool:
        rows = [row for city in pool.map(one_city, range(seeds), chunksize=4) for row in city]
    print(table(rows))
    print(f"\n{seeds} cities of {PEOPLE:,} people, {perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
