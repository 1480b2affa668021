"""Addresses of the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("renkou.web.urls"))]
handler403 = "renkou.web.views.problems.refused"
handler404 = "renkou.web.views.problems.not_found"
handler500 = "renkou.web.views.problems.failed"
