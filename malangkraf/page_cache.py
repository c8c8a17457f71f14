"""Whole public pages, kept compressed, for visitors without a session.

A page is stored under its path, language and the parameters that the view declares; every other parameter is
dropped before the view runs, so that nobody can fill the cache or plant foreign text in another visitor's links.
A stored page counts only while the content version is the one it was made under: services call `bump()` after
every change that the public can see, and 60 seconds are the net under that.
"""

import gzip
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, overload

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

SECONDS = 60
VERSION_KEY = "pages:version"
LONGEST_VALUE = 200
# A facet of the directory with every value ticked; the longest has 57.
MOST_VALUES = 60
# Made for this visitor or this moment; the middleware adds them anew.
NOT_STORED = frozenset({"set-cookie", "content-length", "vary", "etag", "content-encoding", "x-request-id"})
# A visitor who brings one of these may see something that others do not.
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
# "gzip;q=0" says that somebody does not take it.
_TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A finished answer: its version of the content, its headers and its compressed body."""

    version: str
    headers: dict[str, str]
    body: bytes
    etag: str


def bump() -> None:
    """Let no page made before now be served again, as soon as the running transaction has committed."""
    transaction.on_commit(partial(cache.set, VERSION_KEY, secrets.token_hex(8), None), robust=True)


def never_store(response: HttpResponse) -> HttpResponse:
    """Mark an answer to free text or to a mistake: there are too many different ones to keep."""
    response._is_never_stored = True  # type: ignore[attr-defined]
    return response


@overload
def public_page(view: View[P], /) -> View[P]: ...


@overload
def public_page(*, params: Sequence[str] = ()) -> Callable[[View[P]], View[P]]: ...


def public_page(view: View[P] | None = None, /, *, params: Sequence[str] = ()) -> Any:
    """Make a view public: no sign-in, only the named parameters, kept for visitors without a session.

    The view runs in a transaction of its own; an answer from the cache needs no database at all.
    """

    def decorate(view: View[P]) -> View[P]:
        @login_not_required
        @transaction.non_atomic_requests
        @require_safe
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            keep_only(request, params)
            fresh = partial(_run, view, request, *args, **kwargs)
            if any(name in request.COOKIES for name in PERSONAL_COOKIES):
                response = fresh()
                response["Cache-Control"] = "private, no-cache"
                return _vary(response)
            return _conditional(request, _stored_or_made(request, fresh))

        return wrapped

    return decorate(view) if view else decorate


def keep_only(request: HttpRequest, params: Sequence[str]) -> None:
    """Drop the parameters that the page does not know, and what no text may contain, from the request."""
    kept = QueryDict(mutable=True)
    for name in params:
        values = [value.replace("\x00", "").strip() for value in request.GET.getlist(name)[:MOST_VALUES]]
        # A value that is too long stays long, so that the form can say so; it is cut to spare the work.
        kept.setlist(name, [value[: LONGEST_VALUE + 1] for value in values if value])
    for name in [name for name in kept if not kept.getlist(name)]:
        del kept[name]
    kept._mutable = False
    request.GET = kept  # type: ignore[assignment]
    request.META["QUERY_STRING"] = kept.urlencode()


def _run(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    with transaction.atomic():
        return view(request, *args, **kwargs)


def wants_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of the page; going back in history it wants the whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def _key(request: HttpRequest) -> str:
    fragment = "h" if wants_fragment(request) else ""
    name = f"{request.path}?{request.META['QUERY_STRING']}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:40]
    return f"page:{get_language()}:{fragment}:{digest}"


def _stored_or_made(request: HttpRequest, fresh: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the stored page, or make it and store it if it is one that many will ask for."""
    key = _key(request)
    found = cache.get_many([VERSION_KEY, key])
    version = str(found.get(VERSION_KEY, ""))
    page = found.get(key)
    if isinstance(page, StoredPage) and page.version == version:
        return _answer(request, page)
    response = fresh()
    if response.streaming or response.status_code != 200 or response.cookies:
        return response
    page = _pack(response, version)
    if not getattr(response, "_is_never_stored", False):
        cache.set(key, page, SECONDS)
    return _answer(request, page)


def _pack(response: HttpResponse, version: str) -> StoredPage:
    headers = {name: value for name, value in response.items() if name.lower() not in NOT_STORED}
    headers["Cache-Control"] = "no-cache"
    body = response.content
    return StoredPage(
        version=version,
        headers=headers,
        # No time stamp: the same page gives the same bytes.
        body=gzip.compress(body, compresslevel=6, mtime=0),
        etag=hashlib.sha256(body).hexdigest()[:24],
    )


def _answer(request: HttpRequest, page: StoredPage) -> HttpResponse:
    takes_gzip = bool(_TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")))
    response = HttpResponse(page.body if takes_gzip else gzip.decompress(page.body), headers=page.headers)
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = f'"{page.etag}{"-gz" if takes_gzip else ""}"'
    return response


def _vary(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ("Accept-Encoding", "Cookie", "HX-Request", "HX-History-Restore-Request"))
    return response


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return 304 without a body when the visitor has the page already."""
    etag = response.get("ETag")
    if etag:
        found = get_conditional_response(request, etag=etag, response=response)
        if isinstance(found, HttpResponse):
            response = found
    return _vary(response)
