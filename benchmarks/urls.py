"""The portal's addresses and /bench/empty/, the smallest page that Django's template engine can make."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from malangkraf.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

_template = engines["django"].from_string("<!doctype html><title>{{ title }}</title>")


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Render the empty template through the same middleware."""
    return HttpResponse(_template.render({"title": "empty"}, request))


urlpatterns = [path("bench/empty/", empty), *urlpatterns]
