"""What the register must know of each list: its place, how far it is believed, what it covers. Pure.

The order of lists is the order of first acceptance, as in record numbers: list *i* of the tuple is
bit *i* of every mask of lists (`agreeing`, `differing`, `lists`), so there can be at most 30.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from renkou.core.errors import SpecError

MOST_LISTS = 30
DEFAULT_AUTHORITY = 50


@dataclass(frozen=True)
class RegisterList:
    """One list: its source id, whether it repeats nobody, and its authority (0 to 100) per field.

    `authority["default"]` stands for fields without one of their own.
    """

    source: str
    free_of_duplicates: bool = False
    authority: Mapping[str, int] = field(default_factory=dict)

    def authority_of(self, name: str) -> int:
        """How far this list is believed about a field."""
        return self.authority.get(name, self.authority.get("default", DEFAULT_AUTHORITY))


def checked_lists(lists: Sequence[RegisterList]) -> tuple[RegisterList, ...]:
    """The lists, or an error where there are too many or two have one name.

    Raises
    ------
    SpecError
        If there are more than 30 lists, or a source occurs twice.
    """
    names = [one.source for one in lists]
    if len(names) > MOST_LISTS:
        raise SpecError(
            f"sources: {len(names)} lists, but an edition joins at most {MOST_LISTS}; "
            "join small lists of one department into one source",
            zh=f"共有 {len(names)} 份名册，一个版本最多合并 {MOST_LISTS} 份；"
            "请把同一部门的小名册并为一个来源",
        )
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"sources: {name} occurs twice; every list needs a name of its own")
    return tuple(lists)


def sources_of_mask(mask: int, sources: Sequence[str]) -> list[str]:
    """The lists in a mask.

    >>> sources_of_mask(5, ["police", "school", "roster"])
    ['police', 'roster']
    """
    return [name for bit, name in enumerate(sources) if mask >> bit & 1]
