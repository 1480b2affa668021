"""Tags of every template: words in two languages, names of roles and actions."""

from __future__ import annotations

from typing import Any

from django import template

from renkou.actions.audit_words import ACTIONS
from renkou.core.permissions import Role
from renkou.web.languages import say as in_language

register = template.Library()


@register.simple_tag
def say(zh: str, en: str) -> str:
    """`{% say "名册" "Lists" %}`: both languages stand where they are used."""
    return in_language(zh, en)


@register.filter
def role_name(role: str) -> str:
    """What a role is called."""
    return in_language(Role(role).zh, role.replace("_", " "))


@register.filter
def action_name(action: str) -> str:
    """What an event of the audit is called."""
    return in_language(ACTIONS.get(action, action), action.replace("_", " "))


@register.filter
def area_name(code: str, names: dict[str, str]) -> str:
    """What an area is called, by its code; the whole office without."""
    if not code:
        return in_language("全部区域", "the whole office")
    return names.get(code, code)


@register.simple_tag(takes_context=True)
def is_here(context: dict[str, Any], route: str) -> bool:
    """Whether the page belongs to an entry of the menu."""
    match = context["request"].resolver_match
    return bool(match and (match.url_name or "").split("-")[0] == route.split("-")[0])
