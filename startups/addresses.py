"""Which entry an address leads to: the entry itself, the one it became, or none any more."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from startups.models import Startup, StartupAlias, Tombstone
from startups.public import with_public_parts

# A merged entry's target may have been merged as well.
LONGEST_CHAIN = 10

EntryView = Callable[Concatenate[HttpRequest, Startup, ...], HttpResponse]


def entry_at(slug: str) -> Startup | None:
    """Return the published or closed entry that an address leads to, with its public parts; None for none."""
    entries = with_public_parts(Startup.objects.public())
    startup = entries.filter(slug=slug).first()
    if startup is None:
        alias = StartupAlias.objects.filter(slug=slug).first()
        startup = entries.filter(pk=alias.startup_id).first() if alias else None
    for _step in range(LONGEST_CHAIN):
        if startup is None or startup.lifecycle != Startup.Lifecycle.MERGED:
            return startup
        startup = entries.filter(pk=startup.merged_into_id or 0).first()
    return None


def has_left(slug: str) -> bool:
    """Return whether an entry that the public knew has left the directory (withdrawn or suspended)."""
    gone = Startup.objects.exclude(lifecycle__in=Startup.WITH_PAGE).filter(slug=slug).values("uuid")
    return Tombstone.objects.filter(uuid__in=gone).exists()


def entry_view(view: EntryView) -> Callable[..., HttpResponse]:
    """Give the view the entry of its `slug`; earlier addresses redirect for ever, what has left answers 410."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        startup = entry_at(slug)
        if startup is None:
            if has_left(slug):
                return render(request, "startups/gone.html", status=410)
            raise Http404
        if startup.slug != slug:
            match = request.resolver_match
            assert match is not None  # the resolver has called this view
            return redirect(
                reverse(match.view_name, kwargs={**match.kwargs, "slug": startup.slug}), permanent=True
            )
        return view(request, startup, **kwargs)

    return wrapped
