"""What the open read endpoints share: parameters that are all known, cross-origin use, validators, compression."""

import hashlib
import math
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, Throttled, ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from malangkraf.api.fields import Problem
from malangkraf.api.problems import CONTENT_TYPE

Row = TypeVar("Row", bound=Model)
SAFE_METHODS = ["get", "head", "options"]
PAGING = {"page", "page_size"}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Retry-After, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}
LONGEST_ECHO = 60
NOTE = gettext_lazy("Only what is published. Numbers with decimals are strings, so that they stay exact.")

if TYPE_CHECKING:
    from rest_framework.viewsets import ReadOnlyModelViewSet

    Mixed = APIView
    MixedView = ReadOnlyModelViewSet[Any]
else:
    Mixed = MixedView = object


class OpenData(Mixed):
    """Mixin of an endpoint that anybody may read from any site. The endpoint itself says AllowAny.

    Nobody is signed in here, whatever cookies come along: everybody gets the same answer.
    """

    authentication_classes = ()
    http_method_names = SAFE_METHODS

    @method_decorator(gzip_page)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer compressed to who takes it; there is no secret in the answer that its size could betray."""
        return super().dispatch(request, *args, **kwargs)

    def known_parameters(self) -> set[str]:
        """Return the query parameters that the endpoint understands."""
        return set()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what no parameter of this endpoint is called: a misspelt filter must not return all rows."""
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            return
        unknown = set(request.query_params) - self.known_parameters() - {"format"}
        if unknown:
            text = [_("There is no such parameter here.")]
            raise ValidationError({name[:LONGEST_ECHO]: text for name in sorted(unknown)[:10]})

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        """Refuse; DRF's own message is in two languages at once."""
        text = _("Too many requests from your address. Wait a moment; Retry-After says how long.")
        error = Throttled(detail=text)
        error.wait = wait and math.ceil(wait)  # type: ignore[attr-defined]
        raise error

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Return the answer with the headers of open data."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in CORS.items():
            answer[name] = value
        if answer.status_code == 200 and request.method in ("GET", "HEAD"):
            # Kept by everybody and asked after each time: a corrected figure shows at once, an old one costs 304.
            answer["Cache-Control"] = "public, no-cache"
            answer.add_post_render_callback(lambda rendered: _unchanged(request, rendered))
        return answer


def _unchanged(request: Request, rendered: Response) -> HttpResponse | None:
    """Return 304 when the caller has these very bytes, else None; in any case the answer carries its ETag."""
    etag = f'"{hashlib.sha256(rendered.content).hexdigest()[:24]}"'
    rendered["ETag"] = etag
    found = get_conditional_response(request._request, etag=etag, response=rendered)
    if found is None or found is rendered:
        return None
    for name, value in CORS.items():
        found[name] = value
    return found


class OpenLists(OpenData, MixedView):
    """Mixin of a list with one row each: knows the parameters of the list's filters, paging and order."""

    def known_parameters(self) -> set[str]:
        """Return the list's parameters, none for a single row."""
        if self.action != "list":
            return set()
        filterset = getattr(self, "filterset_class", None)
        names = set(filterset.base_filters) if filterset else set()
        return names | PAGING | ({"ordering"} if getattr(self, "ordering_fields", ()) else set())

    def get_object(self) -> Any:
        """Return the row; the error speaks the caller's language, and the same for a hidden row as for none."""
        try:
            # PostgreSQL takes no NUL in a text at all.
            if "\x00" in self.kwargs[self.lookup_field]:
                raise Http404
            return self.find(self.kwargs[self.lookup_field])
        except Http404:
            raise NotFound from None

    def find(self, key: str) -> Any:
        """Return the row of a key that holds no NUL; raise Http404."""
        return get_object_or_404(self.get_queryset(), **{self.lookup_field: key})


class StrictFilterBackend(DjangoFilterBackend):
    """The pages' filters; a yes-or-no filter that says neither is refused here too."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Row], view: Any) -> QuerySet[Row]:
        """Return the rows that the filters leave; raise ValidationError with each wrong value."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is not None and filterset.is_valid():
            for name, field in filterset.form.fields.items():
                is_unread = filterset.form.cleaned_data[name] is None and request.query_params.get(name)
                if isinstance(field, forms.NullBooleanField) and is_unread:
                    raise ValidationError({name: [_("Say true or false.")]})
        rows: QuerySet[Row] = super().filter_queryset(request, queryset, view)
        return rows


class StrictOrdering(OrderingFilter):
    """Order by the named fields; an unknown one is refused, and equal rows keep one order on all pages."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> list[str]:
        """Return the order asked for, or the queryset's own, with the key behind it."""
        asked = [term.strip() for term in request.query_params.get("ordering", "").split(",") if term.strip()]
        allowed = set(view.ordering_fields)
        if any(term.removeprefix("-") not in allowed for term in asked):
            text = _("Order by these: %(names)s.") % {"names": ", ".join(sorted(allowed))}
            raise ValidationError({"ordering": [text]})
        own = queryset.query.order_by or queryset.model._meta.ordering
        return [*(asked or own), "pk"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the description of the parameter with the names it takes."""
        names = list(getattr(view, "ordering_fields", ()))
        if not names:
            return []
        schema = {"type": "string", "examples": [names[0], f"-{names[-1]}"]}
        text = _("Order by these: %(names)s.") % {"names": ", ".join(names)}
        return [{"name": "ordering", "in": "query", "required": False, "description": text, "schema": schema}]


def described(*, list_summary: Any, one_summary: Any, one: Any = None) -> Any:
    """Return the class decorator that describes a list and its single rows with their errors.

    `one` is the serializer of a single row when it differs from the list's.
    """
    wrong, missing, often = ((status, CONTENT_TYPE) for status in (400, 404, 429))
    errors = {wrong: Problem, missing: Problem, often: Problem}

    def decorate(view: "type[ReadOnlyModelViewSet[Any]]") -> "type[ReadOnlyModelViewSet[Any]]":
        rows: Any = view.serializer_class
        return extend_schema_view(
            list=extend_schema(
                summary=list_summary, description=NOTE, responses={200: rows(many=True), **errors}
            ),
            retrieve=extend_schema(
                summary=one_summary, description=NOTE, responses={200: one or rows, **errors}
            ),
        )(view)

    return decorate
