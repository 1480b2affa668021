"""Topics that intake refuses: which headers are about them. Pure.

The list is `resources/refused_topics.toml`; a test holds it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from renkou.intake.words import plain_header


@dataclass(frozen=True)
class Topic:
    """A refused topic with what finds it in a header and what saves a header from it."""

    name: str
    found: re.Pattern[str]
    saved: re.Pattern[str] | None

    def is_in(self, text: str) -> bool:
        """Whether a plain header is about the topic."""
        return bool(self.found.search(text)) and not (self.saved and self.saved.search(text))


@cache
def topics() -> tuple[Topic, ...]:
    """The refused topics as shipped."""
    text = resources.files("renkou.intake").joinpath("resources/refused_topics.toml")
    return tuple(
        Topic(
            name=entry["name"],
            found=re.compile("|".join(entry["patterns"])),
            saved=re.compile("|".join(entry["except"])) if entry["except"] else None,
        )
        for entry in tomllib.loads(text.read_text("utf-8"))["topic"]
    )


def topic_zh(name: str) -> str:
    """The Chinese part of a topic's name.

    >>> topic_zh("contraception and sterilisation (避孕节育)")
    '避孕节育'
    """
    return name.rpartition("(")[2].rstrip(")")


def refused_topic(header: str) -> str | None:
    """The name of the refused topic a header is about, or None.

    >>> refused_topic("避孕 措施")
    'contraception and sterilisation (避孕节育)'
    >>> refused_topic("出生医学证明编号")
    """
    text = plain_header(header)
    return next((topic.name for topic in topics() if topic.is_in(text)), None)


def refused_topic_of_path(path: Iterable[str]) -> str | None:
    """The refused topic of a column under its groups, or None."""
    return next((topic for header in path if (topic := refused_topic(header))), None)
