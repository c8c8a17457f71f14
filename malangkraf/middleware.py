"""Request id for logs and error pages, and the second factor that staff roles need."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ecosystem import accounts
from malangkraf.logs import current_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
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


class StaffMfaMiddleware:
    """Send staff without a second factor to the page that sets one up, whatever they ask for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if accounts.must_set_up_mfa(request.user) and not accounts.is_account_path(request.path_info):
            messages.warning(request, _("Your role needs a second factor. Set one up to go on."))
            return redirect("mfa_index")
        return self.get_response(request)
