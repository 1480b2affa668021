"""Choose the values of people, group after group, with expressions that are translated once.

People who repeat in no list and those who do go separate ways: `register.voices` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir

from renkou.engines.engine import Engine
from renkou.register import survivorship, voices
from renkou.register.lists import RegisterList
from renkou.register.voices import Voice


@dataclass
class Choosing:
    """Chooses `fields` of the people it is given.

    Parameters
    ----------
    name : what its tables are called in the engine
    records : the records of all lists
    said : the fields that each list holds, as `voices_of` gives
    also : columns of the people to pass on
    finish : what is done to the chosen values before they are kept
    """

    engine: Engine
    name: str
    records: ir.Table
    lists: Sequence[RegisterList]
    said: Sequence[Voice]
    fields: Sequence[str]
    also: Sequence[str]
    finish: Callable[[ir.Table], ir.Table]
    _prepared: dict[str, Callable[[], ir.Table]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Only the lists that hold any of the fields have a say."""
        told = [
            Voice(one.source, tuple(name for name in one.fields if name in self.fields))
            for one in self.said
        ]
        self.said = [one for one in told if one.fields]

    def once(self, people: ir.Table, links: ir.Table) -> ir.Table:
        """`people` who repeat in no list with their chosen values, kept.

        `links` are theirs, as `voices.numbered_links` gives; those of others do no harm.
        """
        here, mine = self._bound("once", people, links)
        return self._keep("once", lambda: self._words(here, self._told(mine)))

    def twice(self, people: ir.Table, links: ir.Table) -> ir.Table:
        """The same of `people` who repeat in some list; `links` are theirs and nobody else's."""
        here, mine = self._bound("twice", people, links)

        def words() -> ir.Table:
            told = self._told(mine)
            fields = {one.source: one.fields for one in self.said}
            joined = {
                name: voices.joined_repeats(rows, fields[name]) for name, rows in told.items()
            }
            return self._words(here, joined, repeated=True)

        return self._keep("twice", words)

    def _told(self, links: ir.Table) -> dict[str, ir.Table]:
        """What each list says, from its own records."""
        return {
            one.source: voices.numbered_records(
                self.records.filter(self.records.source == one.source),
                links.filter(links.source == one.source),
                one.fields,
            )
            for one in self.said
        }

    def _words(
        self, here: ir.Table, told: Mapping[str, ir.Table], repeated: bool = False
    ) -> ir.Table:
        wide = voices.spread(here, told, self.said, repeated)
        return self.finish(
            survivorship.chosen_values(
                wide, self.said, self.lists, self.fields, self.also, repeated
            )
        )

    def _bound(self, name: str, people: ir.Table, links: ir.Table) -> tuple[ir.Table, ir.Table]:
        return (
            self.engine.bind(f"{self.name}_{name}_people", people),
            self.engine.bind(f"{self.name}_{name}_links", links),
        )

    def _keep(self, name: str, expression: Callable[[], ir.Table]) -> ir.Table:
        if name not in self._prepared:
            self._prepared[name] = self.engine.prepared(expression())
        return self._prepared[name]()


def voices_of(engine: Engine, records: ir.Table, fields: Sequence[str]) -> list[Voice]:
    """What each list speaks of."""
    counts = engine.arrow(voices.voices_present(records, fields)).to_pylist()
    return [
        Voice(row["source"], tuple(name for name in fields if row[name]))
        for row in sorted(counts, key=lambda row: row["source"])
    ]
