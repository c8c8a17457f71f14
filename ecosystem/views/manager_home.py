"""Work room: the facilities that a manager looks after, and what each needs today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecosystem import manager_home as figures
from ecosystem.views.manager_parts import facilities_of, managers_only, person


@managers_only
@require_safe
def manager_home(request: HttpRequest) -> HttpResponse:
    """List the own facilities with today's numbers; administrators see all."""
    now = timezone.now()
    rows = figures.todays(list(facilities_of(person(request))), now=now)
    context = {"rows": rows, "now": now, "to_decide": sum(row.to_decide for row in rows)}
    return render(request, "ecosystem/manager/home.html", context)
