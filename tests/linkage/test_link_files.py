"""`renkou link` on lists that hold little."""

import csv
from collections import Counter

import pytest

from renkou.actions.link_files import link_files
from renkou.core.errors import SpecError
from renkou.linkage.link_spec import parse_link_spec
from renkou.linkage.training import em_rules
from tests.linkage.rows import number

NUMBERS = [number(f"1980-05-{day:02}", "123") for day in range(1, 21)]


def linked(folder, spec, **files):
    """How many rows each person has, after linking files of one column or more."""
    paths = []
    for name, rows in files.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "spec.toml").write_text(spec, "utf-8")
    found = link_files(paths, folder / "spec.toml", folder / "out")
    with found.links.open(encoding="utf-8", newline="") as stream:
        persons = Counter(row["person_id"] for row in csv.DictReader(stream))
    return Counter(persons.values())


@pytest.mark.parametrize("kind", ["gb11643", "opaque"])
def test_lists_of_numbers_alone_are_linked_by_them(tmp_path, kind):
    spec = f'id_number_kind = "{kind}"\n[columns]\nid_number = "no"\n'
    sizes = linked(tmp_path, spec, a=["no", *NUMBERS[:15]], b=["no", *NUMBERS[5:]])
    assert sizes == {2: 10, 1: 10}


def test_a_training_rule_leaves_something_to_be_trained():
    assert em_rules({"id_text"}) == ()
    assert em_rules({"name_key", "birth_date"}) == ()
    assert em_rules({"name_key", "birth_date", "sex"}) == (
        "l.name_key = r.name_key and l.birth_date = r.birth_date",
    )


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ('[columns]\nname = "n"\n[[lists]]\nfile = "a"\nfree_of_duplicates = "false"\n', "true or false"),
        ('[columns]\nname = "n"\n[lists]\nfile = "a"\n', r"\[\[lists\]\]"),
    ],
    ids=["a word for true or false", "one table of lists"],
)  # fmt: skip
def test_a_specification_of_the_wrong_form_is_refused(spec, words):
    with pytest.raises(SpecError, match=words):
        parse_link_spec(spec, "spec.toml")
