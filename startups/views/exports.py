"""The directory's files; the same query string as its page."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.throttling import SimpleRateThrottle

from ecosystem.views.accounts import too_many_requests
from malangkraf.api.throttling import network_of
from malangkraf.page_cache import never_store, public_page
from startups import exporting
from startups.filters import PARAMETERS, StartupFilter

Answer = TypeVar("Answer", bound=HttpResponseBase)


class ExportThrottle(SimpleRateThrottle):
    """So many files a minute for each address: each of them may hold the whole directory."""

    rate = "20/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Return the counter's name."""
        return f"export:{network_of(self.get_ident(request))}"


def export(send: Callable[[HttpRequest, StartupFilter], HttpResponseBase]) -> Callable[..., HttpResponse]:
    """Make a public view of a function that sends what the filter finds; wrong filters are refused by name."""

    @public_page(params=PARAMETERS)
    @wraps(send)
    def view(request: HttpRequest) -> Any:
        if not ExportThrottle().allow_request(request, None):  # type: ignore[arg-type]
            return too_many_requests(request)
        found = StartupFilter(request.GET)
        if not found.is_valid():
            lines = [f"{name}: {text}" for name, texts in found.errors.items() for text in texts]
            return HttpResponse("\n".join(lines), status=400, content_type="text/plain; charset=utf-8")
        answer = send(request, found)
        answer["Link"] = f'<{exporting.LICENCE_URL}>; rel="license"'
        return answer

    return view


@export
def startup_list_csv(request: HttpRequest, found: StartupFilter) -> HttpResponseBase:
    """Send the table as CSV, as it is made."""
    lines = exporting.csv_lines(found, site=settings.SITE_URL)
    return _attachment(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), found, "csv")


@export
def startup_list_xlsx(request: HttpRequest, found: StartupFilter) -> HttpResponseBase:
    """Send the table as a workbook."""
    file = io.BytesIO()
    exporting.write_xlsx(found, file, site=settings.SITE_URL)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return never_store(_attachment(HttpResponse(file.getvalue(), content_type=kind), found, "xlsx"))


@export
def startup_list_geojson(request: HttpRequest, found: StartupFilter) -> HttpResponseBase:
    """Send the entries as points of a map."""
    parts = exporting.geojson_parts(found, site=settings.SITE_URL)
    answer = StreamingHttpResponse(parts, content_type="application/geo+json")
    answer["Access-Control-Allow-Origin"] = "*"
    return _attachment(answer, found, "geojson")


@export
def startup_list_atom(request: HttpRequest, found: StartupFilter) -> HttpResponseBase:
    """Send the newest entries as a feed."""
    feed = exporting.atom(found, site=settings.SITE_URL, address=request.get_full_path())
    answer = HttpResponse(feed, content_type="application/atom+xml; charset=utf-8")
    return never_store(answer) if "q" in request.GET else answer


def _attachment(answer: Answer, found: StartupFilter, ending: str) -> Answer:
    answer["Content-Disposition"] = (
        f'attachment; filename="malangkraf-startup-{found.on.isoformat()}.{ending}"'
    )
    return answer
