"""`renkou link` on lists that hold little."""

import csv
import os
from collections import Counter

import pytest
from typer.testing import CliRunner

from renkou.actions.link_files import _area_codes, link_files
from renkou.cli.main import app
from renkou.core.errors import FileUnreadable, SpecError
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


def test_a_number_whose_checksum_is_wrong_joins_nobody_by_itself(tmp_path):
    wrong = [n[:-1] + ("1" if n[-1] != "1" else "2") for n in NUMBERS[:4]]
    spec = 'id_number_kind = "gb11643"\n[columns]\nname = "n"\nid_number = "no"\nbirth_date = "d"\n'
    names = ["王芳", "李小龙", "赵红梅", "陈青禾"]
    rows = [f"{name},{no}" for name, no in zip(names, wrong, strict=True)]
    a = ["n,no,d", *(f"{row},1980-05-0{at}" for at, row in enumerate(rows, 1))]
    b = ["n,no,d", *(f"{row},2011-11-1{at}" for at, row in enumerate(rows, 1))]
    linked(tmp_path, spec, a=a, b=b)
    with (tmp_path / "out" / "links.csv").open(encoding="utf-8", newline="") as stream:
        told = {row["probability"] for row in csv.DictReader(stream)}
    assert "0.9995" not in told, "that is what a valid number says"


@pytest.mark.parametrize("name", ["b.csv", "b.parquet"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, name):
    (tmp_path / "a.csv").write_text("no\n", "utf-8")
    (tmp_path / "spec.toml").write_text('[columns]\nid_number = "no"\n', "utf-8")
    os.mkfifo(tmp_path / name)
    paths = [tmp_path / "a.csv", tmp_path / name]
    with pytest.raises(FileUnreadable, match="not a regular file"):
        link_files(paths, tmp_path / "spec.toml", tmp_path / "out")


def test_written_areas_agree_as_far_as_their_levels_do():
    one, other, far, code = _area_codes(
        [
            "青渚区松江街道黄墩社区",
            "青渚区松江街道 鹿桥社区",
            "青渚区龙河镇",
            "513021001201",
        ]
    )
    assert one[:9] == other[:9] != far[:9]
    assert one != other
    assert one[:6] == far[:6]
    assert [len(one), len(far)] == [12, 9]
    assert code == "513021001201", "a code stays"


def test_names_alone_link_nobody_and_the_user_is_told(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("姓名\n王芳\n李小龙\n", "utf-8")
    (tmp_path / "spec.toml").write_text('[columns]\nname = "姓名"\n', "utf-8")
    files = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    where = ["--spec", str(tmp_path / "spec.toml"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["link", *files, *where])
    assert done.exit_code == 0, done.output
    assert "4 条记录 → 4 人" in done.output
    assert "没有任何两条记录可比对" in done.output


def test_three_hundred_copies_of_a_row_are_one_person(tmp_path):
    spec = '[columns]\nname = "n"\nbirth_date = "d"\naddress = "a"\n'
    rows = [
        "n,d,a",
        *["王芳,1980-05-06,青渚区松江街道1号"] * 300,
        "李小龙,1990-01-02,青渚区松江街道2号",
    ]
    assert linked(tmp_path, spec, a=rows) == {300: 1, 1: 1}


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
