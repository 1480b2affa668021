"""Who did what: the auditor's screens."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renkou.actions.audit import audit_events, verify_audit
from renkou.core.errors import RenkouError
from renkou.core.permissions import Permission
from renkou.web.access import Visit, page
from renkou.web.languages import say

_ON_A_PAGE = 50


@page(Permission.READ_AUDIT)
def audit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Events, newest first, by person and kind."""
    who, what = request.GET.get("who", ""), request.GET.get("what", "")
    events = audit_events(visit.workspace, by=visit.username, who=who, what=what)
    pages = Paginator(events, _ON_A_PAGE)
    shown = {"page": pages.get_page(request.GET.get("page")), "who": who, "what": what}
    return render(request, "renkou/audit.html", shown)


@require_POST
@page(Permission.READ_AUDIT)
def verify(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Prove that no event was altered or removed."""
    try:
        count = verify_audit(visit.workspace)
    except RenkouError as error:
        messages.error(request, say(error.zh or str(error), str(error)))
    else:
        messages.success(
            request,
            say(f"审计记录 {count:,} 条，前后相接，未见改动", f"{count:,} events, none altered"),
        )
    return redirect("audit")
