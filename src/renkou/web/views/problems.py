"""Pages for what went wrong, and whether the office is well."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from renkou.web.access import Open, page


@page(Open.TO_ALL)
def health(request: HttpRequest) -> HttpResponse:
    """Whether pages and database answer; for whoever watches the machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"well": True})


def refused(request: HttpRequest, exception: object = None) -> HttpResponse:
    """The page of a form that was too old or came from elsewhere."""
    return render(request, "renkou/refused.html", status=403)


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    """No such page."""
    return render(request, "renkou/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke: nothing of it is shown."""
    return render(request, "renkou/failed.html", status=500)
