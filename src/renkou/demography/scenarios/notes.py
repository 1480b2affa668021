"""What was assumed while figures were made, a sentence each, in English and Chinese. Pure."""

from __future__ import annotations

from typing import Any


class Note(str):
    """A sentence in English, with the same in Chinese as `zh`.

    >>> note = Note("There is no moves_in.csv.", "没有 moves_in.csv。")
    >>> note, note.zh
    ('There is no moves_in.csv.', '没有 moves_in.csv。')
    """

    zh: str

    def __new__(cls, english: str, zh: str) -> Note:
        """The English text is the string itself."""
        note = super().__new__(cls, english)
        note.zh = zh
        return note

    def __getnewargs__(self) -> Any:
        """Travels between processes with both languages."""
        return str(self), self.zh
