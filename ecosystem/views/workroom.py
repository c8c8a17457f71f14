"""The work room's entry page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def workroom_home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person."""
    return render(request, "base.html")
