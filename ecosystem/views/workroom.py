"""The work room's entry page."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecosystem import roles, waiting
from ecosystem.models import User


@require_safe
def workroom_home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, by role."""
    user = cast(User, request.user)
    context = {
        "groups": waiting.groups_for(user, on=timezone.localdate()),
        "role_labels": [label for name, label in roles.ROLE_LABELS.items() if name in user.role_names],
    }
    return render(request, "ecosystem/workroom_home.html", context)
