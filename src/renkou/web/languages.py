"""Words in Chinese and English side by side: the reader's language picks one."""

from __future__ import annotations

from django.utils.translation import get_language


def say(zh: str, en: str) -> str:
    """The words in the language of the page; Chinese unless English is chosen."""
    return en if (get_language() or "").startswith("en") else zh
