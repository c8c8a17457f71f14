"""Problem details (RFC 9457) instead of DRF's own error bodies."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext, gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from malangkraf.logs import current_request_id

CONTENT_TYPE = "application/problem+json"
# "about:blank" says that the status alone tells what is wrong; a wrong field has a type of its own.
PLAIN = "about:blank"
INVALID = "urn:malangkraf:problem:invalid"
TITLES = {
    400: gettext_lazy("The request cannot be understood"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("This method is not allowed here"),
    406: gettext_lazy("No such format"),
    415: gettext_lazy("This format is not understood"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("Not available now"),
}


def problem_details(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the error as problem details, None for an error that is not the client's.

    A wrong field stands under "errors", name → list of messages; what concerns no field under "".
    """
    answer = exception_handler(exc, context)
    if answer is None:
        return None
    if isinstance(exc, ValidationError):
        body = describe(answer.status_code, detail=gettext("Some values are wrong; see the errors."))
        body |= {"type": INVALID, "errors": errors_by_field(exc.detail)}
    else:
        detail = answer.data.get("detail", "") if isinstance(answer.data, dict) else ""
        body = describe(answer.status_code, detail=str(detail))
    return Response(body, status=answer.status_code, headers=dict(answer.headers), content_type=CONTENT_TYPE)


def as_response(status: int, *, detail: str = "") -> JsonResponse:
    """Return the problem as an answer outside DRF, for an address that no view of the API serves."""
    return JsonResponse(describe(status, detail=detail), status=status, content_type=CONTENT_TYPE)


def describe(status: int, *, detail: str = "") -> dict[str, Any]:
    """Return type, title, status, detail (if any) and the request id that stands in the logs too."""
    title = str(TITLES[status]) if status in TITLES else HTTPStatus(status).phrase
    body: dict[str, Any] = {"type": PLAIN, "title": title, "status": status}
    if detail:
        body["detail"] = detail
    return body | {"request_id": current_request_id.get()}


def errors_by_field(detail: Any) -> dict[str, list[str]]:
    """Return DRF's nested errors as dotted field names, each with its messages."""
    if not isinstance(detail, dict):
        return {"": [str(text) for text in (detail if isinstance(detail, list) else [detail])]}
    errors: dict[str, list[str]] = {}
    for name, value in detail.items():
        own = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
        for inner, texts in errors_by_field(value).items():
            errors.setdefault(".".join(part for part in (own, inner) if part), []).extend(texts)
    return errors
