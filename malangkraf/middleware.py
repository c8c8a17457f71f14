"""Request id for logs and error pages, the API's own errors and language, and the second factor of staff."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django_htmx.http import HttpResponseClientRedirect

from ecosystem import accounts
from malangkraf import typed
from malangkraf.api import problems, reading
from malangkraf.logs import current_request_id
from malangkraf.views import pages

GetResponse = Callable[[HttpRequest], HttpResponse]
API_ROOT = "/api/"
OPEN_DATA_ROOT = "/api/v1/"
# These addresses answer while the database is away, so nobody may ask there who is signed in.
HEALTH = "/health/"
_FOREIGN_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class RequestIdMiddleware:
    """Give each request an id, take the proxy's when it sends a plausible one, and answer with it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        foreign = request.headers.get("X-Request-Id", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        request_id = foreign if _FOREIGN_ID.match(foreign) else secrets.token_hex(6)
        token = current_request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-Id"] = request_id
        return response


class CharsetMiddleware:
    """Refuse a request in another encoding than UTF-8: read as UTF-8 its text would be a different one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8").strip().lower()
        if charset in ("utf-8", "utf8", ""):
            return self.get_response(request)
        if request.path_info.startswith(API_ROOT):
            return problems.as_response(415)
        return pages.bad_request(request, status=415)


class BodyLimitMiddleware:
    """Refuse a request that announces more than any form of the portal takes, before a byte of it is stored."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isascii() and announced.isdigit() and int(announced) > settings.LARGEST_REQUEST:
            return render(request, "413.html", {"megabytes": settings.LARGEST_REQUEST // 1024**2}, status=413)
        return self.get_response(request)


class ApiErrorMiddleware:
    """Answer errors under /api/ as problem details, also those that never reached a view of the API."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path_info.startswith(API_ROOT):
            return response
        if response.get("Content-Type", "").startswith(problems.CONTENT_TYPE):
            return response
        problem = problems.as_response(response.status_code)
        if request.path_info.startswith(OPEN_DATA_ROOT):
            for header, value in reading.CORS.items():
                problem[header] = value
        for header in ("Allow", "Retry-After"):
            if header in response:
                problem[header] = response[header]
        return problem


class ApiLanguageMiddleware:
    """Speak the caller's language under /api/, whose addresses carry none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_ROOT):
            return self.get_response(request)
        language = language_of_header(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def language_of_header(request: HttpRequest) -> str:
    """Return the first language of Accept-Language that the portal speaks, Indonesian for none."""
    for wanted, _priority in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if (language := wanted.partition("-")[0]) in dict(settings.LANGUAGES):
            return language
    return settings.LANGUAGE_CODE


class StaffMfaMiddleware:
    """Send staff without a second factor to the page that sets one up, whatever they ask for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Looking at the session of an anonymous visitor would make each page's answer depend on cookies.
        if settings.STAFF_NEEDS_MFA and settings.SESSION_COOKIE_NAME in request.COOKIES:
            if accounts.is_account_path(request.path_info) or not accounts.must_set_up_mfa(request.user):
                return self.get_response(request)
            return self.send_to_set_up(request)
        return self.get_response(request)

    def send_to_set_up(self, request: HttpRequest) -> HttpResponse:
        """Return the way to the page that adds a second factor, in the form that the asker understands."""
        if request.path_info.startswith(API_ROOT):
            return problems.as_response(
                403, detail=_("Your role needs a second factor. Set one up to go on.")
            )
        messages.warning(request, _("Your role needs a second factor. Set one up to go on."))
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(reverse("mfa_index"))
        return redirect("mfa_index")


class PublicFirstLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Django's sign-in wall that asks whether the page is public before it looks the session up."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Return the redirect to the sign-in page, None to go on."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        """Return the redirect to the sign-in page; a form that asks for it gets what was typed back afterwards."""
        if request.method == "POST" and getattr(view_func, "keeps_typed", False):
            return typed.sign_in_first(request)
        return super().handle_no_permission(request, view_func)
