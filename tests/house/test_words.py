"""The product uses the words of the glossary."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUFFIXES = {".py", ".toml", ".csv", ".jinja", ".css"}
DATA = {"surname_readings.csv", "name_variants.csv", "codes.toml", "synonyms.toml"}
FILES = [
    path
    for path in (ROOT / "src/renkou").rglob("*")
    if path.suffix in SUFFIXES and path.name not in DATA
]


def _unused_words() -> dict[str, str]:
    page = (ROOT / "docs/GLOSSARY.md").read_text(encoding="utf-8")
    table = page.split("## Words the product does not use")[1]
    return dict(re.findall(r"^\| ([\u4e00-\u9fff]+) \| (.+) \|$", table, re.MULTILINE))


def test_the_glossary_names_words_that_are_not_used() -> None:
    assert _unused_words()["名单"] == "名册"


@pytest.mark.parametrize("word", _unused_words())
def test_a_word_the_glossary_replaces_stands_nowhere_in_the_code(word: str) -> None:
    found = [str(path.relative_to(ROOT)) for path in FILES if word in path.read_text("utf-8")]
    assert not found, f"say {_unused_words()[word]}"
