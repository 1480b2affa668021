"""What holds for any folder: nothing is lost, nothing is made, order does not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.demography.scenarios.assembling import project_data_from
from renkou.demography.scenarios.labels import age_of_label, number_of_label
from renkou.demography.scenarios.problems import meant, nearest
from renkou.demography.scenarios.tables import Table, TextColumn

AGES = 3
SEXES = ("male", "female")


def table(name, header, rows):
    """A table as it would be read."""
    columns = {}
    for at, column in enumerate(header):
        texts, places = np.unique([str(row[at]) for row in rows], return_inverse=True)
        columns[column] = TextColumn(places.astype(np.int64), tuple(map(str, texts)))
    return Table(f"{name}.csv", np.arange(2, len(rows) + 2), columns)


def project(counts, net, order):
    """Leaves with people; rates and net migrants of the area around them."""
    leaves = [f"a{at}" for at in range(len(counts))]
    cells = [(sex, age) for sex in SEXES for age in range(AGES)]
    people = [(leaf, sex, age, counts[at][place]) for at, leaf in enumerate(leaves)
              for place, (sex, age) in enumerate(cells)]  # fmt: skip
    people = [people[at] for at in order if at < len(people)]
    one_area = [("all", 2025, sex, age) for sex, age in cells]
    return project_data_from({
        "areas": table("areas", ("area", "parent"), [("all", ""), *((leaf, "all") for leaf in leaves)]),
        "population": table("population", ("area", "sex", "age", "count"), people),
        "mortality": table("mortality", ("area", "year", "sex", "age", "mx"),
                           [(*row, 0.1) for row in one_area]),
        "fertility": table("fertility", ("area", "year", "age", "asfr"), [("all", 2025, 1, 0.5)]),
        "srb": table("srb", ("area", "year", "srb"), [("all", 2025, 1.05)]),
        "migration": table("migration", ("area", "year", "sex", "age", "net"),
                           [(*row, net[at]) for at, row in enumerate(one_area)]),
    })  # fmt: skip


COUNTS = st.lists(
    st.lists(st.integers(0, 10**6), min_size=6, max_size=6), min_size=2, max_size=4
)  # fmt: skip
NET = st.lists(st.floats(-1e4, 1e4), min_size=6, max_size=6)


@settings(deadline=None, max_examples=60)
@given(COUNTS, NET, st.permutations(range(24)))
def test_counts_shared_out_add_up_to_what_was_written(counts, net, order):
    data = project(counts, net, order)
    assert np.array_equal(data.population.reshape(len(counts), 6), np.array(counts, dtype=float))
    shared = data.migration.at(2025)[:, 0]
    assert np.allclose(shared.sum(axis=0).ravel(), net, atol=1e-6)
    assert (np.sign(shared) * np.sign(np.array(net).reshape(2, AGES)) >= 0).all()


@given(st.integers(0, 130), st.sampled_from(["{}", "{}岁", "{}周岁", " {} "]))
def test_an_age_is_read_however_it_is_written(age, form):
    found = age_of_label(form.format(age))
    assert (found.first, found.last) == (age, age)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_as_it_was_written(value):
    assert number_of_label(repr(value)) == value


@given(st.sampled_from(["nan", "inf", "-inf", "1_000", "1,5", "5%", "", "一"]))
def test_what_is_no_finite_number_is_none(text):
    assert number_of_label(text) is None


@given(st.text(min_size=1, max_size=8), st.lists(st.text(min_size=1, max_size=8), max_size=30))
def test_a_word_is_nearest_to_itself_and_a_remedy_names_known_words_only(word, known):
    assert nearest(word, [*known, word]) == word
    remedy, zh = meant(word, known)
    assert any(one in remedy and one in zh for one in known) or not known
