"""The first page after signing in: what waits, and what this person may do."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renkou.actions.code_words import area_names
from renkou.core.permissions import Role
from renkou.web.access import Open, Visit, page

_SOON = timedelta(days=30)


@page(Open.TO_STAFF)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Grants held, those that end soon, and what they allow."""
    held = request.user.grants.in_force(date.today())
    grants = [
        {"grant": one, "soon": one.until - date.today() <= _SOON,
         "allows": sorted(permission.zh for permission in Role(one.role).permissions)}
        for one in held
    ]  # fmt: skip
    shown = {"grants": grants, "names": area_names(visit.workspace)}
    return render(request, "renkou/home.html", shown)
