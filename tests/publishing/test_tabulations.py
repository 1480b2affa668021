"""Counts of an edition, by the case; the same on every engine."""

from __future__ import annotations

import pyarrow as pa
import pytest

from renkou.publishing.tabulations import (
    certainty_bands,
    headline_counts,
    list_overlaps,
    list_sizes,
    population_by_area,
    unresolved_population,
    usual_residents_by_age,
)

A, B = "530102001001", "530103002002"


@pytest.fixture
def links(engine):
    rows = {
        "record_id": [1, 2, 3, 4, 5],
        "person_id": [1, 1, 2, 2, 3],
        "source": ["police", "school", "police", "police", "school"],
        "probability": [1.0, 0.99985, 0.95, 0.9499, 0.1],
        "method": ["number", "number", "model", "model", "alone"],
    }
    return engine.table(pa.table(rows))


def persons(engine, **columns):
    size = len(next(iter(columns.values())))
    columns = {
        "person_id": list(range(size)), "alive": [True] * size, "household_id": [1] * size,
        "sex": ["male"] * size, "birth_date": ["1980-01-01"] * size,
        "registered_area": [A] * size, "usual_area": [A] * size, **columns,
    }  # fmt: skip
    types = {name: pa.string() for name in ("sex", "birth_date", "registered_area", "usual_area")}
    arrays = {name: pa.array(cells, types.get(name)) for name, cells in columns.items()}
    return engine.table(pa.table(arrays))


def rows(engine, table):
    return engine.arrow(table).to_pylist()


def test_a_person_is_counted_once_in_the_set_of_their_lists(engine, links):
    counted = rows(engine, list_overlaps(links, ["police", "school"]))
    assert {row["lists"]: row["people"] for row in counted} == {0b11: 1, 0b01: 1, 0b10: 1}


def test_the_size_of_a_list_is_its_people_and_its_records(engine, links):
    sizes = {row["source"]: row for row in rows(engine, list_sizes(links))}
    assert (sizes["police"]["people"], sizes["police"]["records"]) == (2, 3)


def test_a_probability_on_the_border_of_two_bands_is_in_the_higher(engine, links):
    bands = {row["band"]: row["records"] for row in rows(engine, certainty_bands(links))}
    assert bands == {0: 1, 1: 1, 3: 1, 4: 1, 6: 1}


def test_the_two_bases_are_counted_apart_and_the_dead_in_neither(engine):
    people = persons(
        engine,
        alive=[True, True, True, False],
        registered_area=[A, A, "云溪村", A],
        usual_area=[A, B, None, A],
    )
    counted = {
        row["code"]: row for row in rows(engine, population_by_area(people, ["530102", "530103"]))
    }
    assert counted["530102"]["registered_population"] == 2
    assert counted["530102"]["usual_resident_population"] == 1
    assert counted["530103"]["usual_resident_population"] == 1


def test_people_registered_elsewhere_are_nobody_s_registered_population_here(engine):
    people = persons(engine, registered_area=[A, "110101001001"], usual_area=[A, A])
    [row] = rows(engine, population_by_area(people, ["530102"]))
    assert (row["registered_population"], row["usual_resident_population"]) == (1, 2)


def test_an_area_left_as_text_is_counted_as_unresolved(engine):
    people = persons(engine, registered_area=[A, "云溪村", None], usual_area=[None, None, "云溪村"])
    [row] = rows(engine, unresolved_population(people))
    assert (row["registered_population"], row["usual_resident_population"]) == (1, 1)


@pytest.mark.parametrize(
    ("birth_date", "age"),
    [
        ("2019-12-31", 5),
        ("2020-01-01", 0),
        ("2019-07", 5),
        ("2014", 10),
        ("1900-01-01", 95),
        ("2025-06-01", 0),
    ],
)
def test_age_is_that_of_the_reference_day(engine, birth_date, age):
    people = persons(engine, birth_date=[birth_date])
    [row] = rows(engine, usual_residents_by_age(people, [], "2024-12-31"))
    assert (row["age"], row["people"]) == (age, 1)


def test_headline_counts_hold_every_person_but_only_the_living_in_populations(engine, links):
    people = persons(engine, alive=[True, False], household_id=[1, 2], usual_area=[None, A])
    [row] = rows(engine, headline_counts(people, links, []))
    assert (row["persons"], row["households"]) == (2, 2)
    assert (row["registered_population"], row["usual_resident_population"]) == (1, 0)
    assert (row["records"], row["sure"]) == (5, 2)


def test_an_office_without_a_tree_of_areas_counts_whom_it_knows_by_the_names_of_places(
    engine, links
):
    people = persons(engine, registered_area=["云溪村", None], usual_area=["云溪村", "云溪村"])
    [head] = rows(engine, headline_counts(people, links, []))
    assert (head["registered_population"], head["usual_resident_population"]) == (1, 2)
    ages = rows(engine, usual_residents_by_age(people, [], "2024-12-31"))
    assert sum(row["people"] for row in ages) == 2


def test_names_of_places_are_not_counted_as_the_office_s_own_counties(engine, links):
    people = persons(engine, registered_area=["云溪村", A], usual_area=["云溪村", A])
    [head] = rows(engine, headline_counts(people, links, ["530102"]))
    assert (head["registered_population"], head["usual_resident_population"]) == (1, 1)
