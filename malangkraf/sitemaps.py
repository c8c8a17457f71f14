"""What search engines may find: the public pages in both languages. The project's own package may know every app."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import AgendaEvent, Facility, Space
from malangkraf.page_cache import public_page
from roadmap.models import Action, Indicator, Programme, Report
from startups.models import Startup

PAGES = (
    *(
        "home",
        "roadmap:roadmap_detail",
        "roadmap:indicator_list",
        "roadmap:method_detail",
        "roadmap:report_list",
    ),
    *("startups:startup_list", "startups:statistics_detail", "startups:moderation_ledger"),
    *("ecosystem:facility_list", "ecosystem:room_finder", "ecosystem:event_list"),
    *("privacy", "accessibility"),
)


class Translated(Sitemap):  # type: ignore[type-arg]
    """Addresses in both languages, each naming the other."""

    i18n = True
    alternates = True
    x_default = True


class Pages(Translated):
    """The pages that exist once."""

    def items(self) -> Iterable[str]:
        """Return the names of their routes."""
        return PAGES

    def location(self, item: str) -> str:
        """Return the page's path in the active language."""
        return reverse(item)


class Rows(Translated):
    """The pages of the rows of a queryset, made anew for each request."""

    def __init__(self, route: str, rows: Any) -> None:
        self.route, self.rows = route, rows

    def items(self) -> QuerySet[Any]:
        """Return the rows in a fixed order."""
        found: QuerySet[Any] = self.rows().order_by("pk")
        return found

    def location(self, item: Any) -> str:
        """Return the row's path in the active language."""
        return reverse(self.route, args=[item.slug])

    def lastmod(self, item: Any) -> date | datetime | None:
        """Return when the row last changed, None where it does not know."""
        return getattr(item, "updated_at", None)


def listed_startups() -> QuerySet[Startup]:
    """Return the entries that others are led to: no dormant ones, and no samples, which are no businesses."""
    return Startup.objects.listed(on=timezone.localdate()).filter(is_sample=False)


class Spaces(Translated):
    """The pages of the spaces that somebody has published."""

    def items(self) -> QuerySet[Space]:
        """Return the spaces in a fixed order; a facility as a whole has a page of its own."""
        rows = Space.objects.filter(is_active=True, is_sample=False, parent__isnull=False)
        return rows.select_related("facility").order_by("pk")

    def location(self, item: Space) -> str:
        """Return the page's path in the active language."""
        return reverse("ecosystem:space_detail", args=[item.facility.slug, item.slug])


def real_events() -> QuerySet[AgendaEvent]:
    """Return the public events without the samples."""
    return AgendaEvent.objects.public().filter(is_sample=False)


MAPS: dict[str, Any] = {
    "pages": Pages(),
    "indicators": Rows("roadmap:indicator_detail", Indicator.objects.public),
    "programmes": Rows("roadmap:programme_detail", Programme.objects.published),
    "actions": Rows("roadmap:action_detail", Action.objects.published),
    "reports": Rows("roadmap:report_detail", Report.objects.published),
    "facilities": Rows("ecosystem:facility_detail", Facility.objects.all),
    "spaces": Spaces(),
    "events": Rows("ecosystem:event_detail", real_events),
    "startups": Rows("startups:startup_detail", listed_startups),
}


@public_page(params=("p",))
def site_map(request: HttpRequest) -> HttpResponse:
    """Send the sitemap; at most 50,000 addresses of a kind on each of its pages."""
    return sitemap(request, sitemaps=MAPS).render()
