"""Who works here: adding people, granting and withdrawing roles, first passwords."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renkou.actions.code_words import area_names
from renkou.actions.staff import (
    add_staff,
    grant_role,
    in_years,
    new_first_password,
    staff,
    withdraw_grant,
)
from renkou.core.errors import RenkouError
from renkou.core.permissions import Permission, Role
from renkou.web.access import Visit, page
from renkou.web.languages import say


class GrantForm(forms.Form):
    """A role for an area, why, and until when."""

    role = forms.ChoiceField()
    area = forms.CharField(max_length=12, required=False)
    until = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    reason = forms.CharField(max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, say(role.zh, role.value)) for role in Role]
        self.fields["until"].initial = in_years(1)
        words = {
            "role": say("角色", "Role"), "area": say("区域代码（空为全部）", "Area code (empty: all)"),
            "until": say("最后一天", "Last day"), "reason": say("理由", "Reason"),
        }  # fmt: skip
        for name, label in words.items():
            self.fields[name].label = label


class PersonForm(GrantForm):
    """A person, with a first grant."""

    field_order = ("username", "name", "role", "area", "until", "reason")
    username = forms.RegexField(r"^[a-z][a-z0-9_.-]{1,30}$", label="username")
    name = forms.CharField(max_length=60)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = say("账号（小写字母开头）", "Account (small letters)")
        self.fields["name"].label = say("姓名", "Name")


@page(Permission.MANAGE_STAFF)
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All who work here, and the form that adds one."""
    return _people(request, visit, PersonForm())


@require_POST
@page(Permission.MANAGE_STAFF)
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Add a person; their first password is shown once."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _people(request, visit, form, status=422)
    given = form.cleaned_data
    try:
        add_staff(
            visit.workspace, by=visit.username, username=given["username"], name=given["name"],
            role=Role(given["role"]), area=given["area"], reason=given["reason"],
            until=given["until"],
        )  # fmt: skip
    except RenkouError as error:
        form.add_error(None, say(error.zh or str(error), str(error)))
        return _people(request, visit, form, status=422)
    return _show_first_password(request, visit, given["username"])


@page(Permission.MANAGE_STAFF)
def grant(request: HttpRequest, visit: Visit, username: str) -> HttpResponse:
    """Another role or area for somebody."""
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            grant_role(
                visit.workspace, by=visit.username, username=username, role=Role(given["role"]),
                area=given["area"], reason=given["reason"], until=given["until"],
            )  # fmt: skip
        except RenkouError as error:
            form.add_error(None, say(error.zh or str(error), str(error)))
        else:
            messages.success(request, say("已授权", "Granted"))
            return redirect("people")
    shown = {"form": form, "username": username}
    return render(request, "renkou/grant.html", shown, status=422 if form.errors else 200)


@require_POST
@page(Permission.MANAGE_STAFF)
def withdraw(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """End a grant at once."""
    try:
        withdraw_grant(
            visit.workspace, by=visit.username, grant=number, reason=request.POST.get("reason", "")
        )
        messages.success(request, say("授权已撤销，立即生效", "Withdrawn, from this moment"))
    except RenkouError as error:
        messages.error(request, say(error.zh or str(error), str(error)))
    return redirect("people")


@require_POST
@page(Permission.MANAGE_STAFF)
def first_password(request: HttpRequest, visit: Visit, username: str) -> HttpResponse:
    """A new first password, for who is new or has lost theirs; the second factor is set up anew."""
    return _show_first_password(request, visit, username)


def _show_first_password(request: HttpRequest, visit: Visit, username: str) -> HttpResponse:
    try:
        password = new_first_password(visit.workspace, by=visit.username, username=username)
    except RenkouError as error:
        messages.error(request, say(error.zh or str(error), str(error)))
        return redirect("people")
    shown = {"username": username, "password": password}
    return render(request, "renkou/first_password.html", shown)


def _people(
    request: HttpRequest, visit: Visit, form: PersonForm, status: int = 200
) -> HttpResponse:
    scope = visit.scope
    rows = [
        {**row, "can_change": row["username"] != visit.username,
         "grants": [{**one, "can_withdraw": scope is not None and scope.holds(one["area"])}
                    for one in row["grants"]]}
        for row in staff(visit.workspace)
    ]  # fmt: skip
    shown = {
        "rows": rows, "form": form, "names": area_names(visit.workspace), "today": date.today(),
    }  # fmt: skip
    return render(request, "renkou/people.html", shown, status=status)
