"""How much a facility is used: for its managers in any time, for everybody by year with small cells hidden."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ecosystem import utilization_page as pages
from ecosystem.manager_forms import PeriodForm
from ecosystem.models import Booking, Facility
from ecosystem.services import utilization
from ecosystem.views.manager_parts import managed
from malangkraf.page_cache import public_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Before it the portal has no bookings of anybody.
FIRST_YEAR = 2018
DECEMBER = 12


def _chosen(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    """Return the form, and the period that it asks for; the last twelve months when it says nothing sensible."""
    today = timezone.localdate()
    first, last = (today.replace(day=1) - timedelta(days=330)).replace(day=1), today
    data = request.GET.copy()
    data.setdefault("dari", first.isoformat())
    data.setdefault("sampai", last.isoformat())
    form = PeriodForm(data)
    if form.is_valid():
        return form, form.cleaned_data["dari"], form.cleaned_data["sampai"]
    return form, first, last


def _page(request: HttpRequest, facility: Facility) -> tuple[PeriodForm, pages.Page, bool]:
    form, first, last = _chosen(request)
    is_sample = request.GET.get("contoh") == "1"
    found = utilization.figures([facility], first, last, now=timezone.now(), samples=is_sample)
    return form, pages.page_of(found, facility, is_public=False), is_sample


@managed
@require_safe
def manager_usage(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show hours open, booked and used, no-shows and people, by month, space, subsector, purpose and origin."""
    form, page, is_sample = _page(request, facility)
    context = {
        "facility": facility,
        "form": form,
        "page": page,
        "is_sample": is_sample,
        "has_samples": _has_samples(facility),
        "presets": _presets(),
    }
    return render(request, "ecosystem/manager/usage.html", context)


def _presets() -> list[tuple[str, date, date]]:
    today = timezone.localdate()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    year = today.replace(month=1, day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("This year"), year, today),
        (_("Last year"), year.replace(year=year.year - 1), year - timedelta(days=1)),
    ]


def _has_samples(facility: Facility) -> bool:
    return Booking.objects.filter(facility=facility, is_sample=True).exists()


@managed
@require_safe
def manager_usage_csv(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Return the figures as CSV."""
    _form, page, is_sample = _page(request, facility)
    return _csv(page, facility, is_sample=is_sample)


@managed
@require_safe
def manager_usage_xlsx(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Return the figures as a workbook."""
    _form, page, is_sample = _page(request, facility)
    title = f"{facility.name}, {page.figures.first.isoformat()} – {page.figures.last.isoformat()}"
    remarks = [
        f"{settings.SITE_URL}{reverse('ecosystem:manager_usage', args=[facility.slug])}",
        _("Hours are space hours: a room counts once an hour, a desk its share of the desk area."),
    ]
    if is_sample:
        remarks.append(_("These are sample figures: they are invented."))
    if page.figures.are_hours_samples:
        remarks.append(_("The opening hours are samples: nobody has published them."))
    answer = HttpResponse(pages.as_xlsx(page, title=title, remarks=remarks), content_type=XLSX)
    return _named(answer, facility, page, "xlsx", is_sample=is_sample)


def _csv(page: pages.Page, facility: Facility, *, is_sample: bool) -> HttpResponse:
    answer = HttpResponse(pages.as_csv(pages.lines(page)), content_type="text/csv; charset=utf-8")
    return _named(answer, facility, page, "csv", is_sample=is_sample)


def _named(
    answer: HttpResponse, facility: Facility, page: pages.Page, ending: str, *, is_sample: bool
) -> HttpResponse:
    mark = "contoh-" if is_sample else ""
    days = f"{page.figures.first.isoformat()}-{page.figures.last.isoformat()}"
    name = f"malangkraf-pemakaian-{mark}{facility.slug}-{days}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# --- for everybody ---------------------------------------------------------------------------------------


def _public(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return what the public page shows: a year up to its last month that is over, so that figures stand still.

    Overlapping periods would give hidden cells away by subtraction: nobody chooses them freely, and of a year that is
    not over, whose figures grow by a month each, there are only the months.
    """
    facility = get_object_or_404(Facility.objects.select_related("kecamatan"), slug=slug)
    last_day = timezone.localdate().replace(day=1) - timedelta(days=1)
    years = list(range(max(FIRST_YEAR, last_day.year - 4), last_day.year + 1))
    text = request.GET.get("tahun", "")
    year = int(text) if text.isdecimal() and len(text) == len("2026") and int(text) in years else years[-1]
    first, last = date(year, 1, 1), min(date(year, 12, 31), last_day)
    is_sample = request.GET.get("contoh") == "1"
    found = utilization.figures([facility], first, last, now=timezone.now(), samples=is_sample)
    page = pages.page_of(found, facility, is_public=True)
    only_months = last.month != DECEMBER and not is_sample
    if only_months:
        page = replace(page, tables=[table for table in page.tables if table.name == "month"])
    return {
        "facility": facility,
        "page": page,
        "only_months": only_months,
        "year": year,
        "years": years[::-1],
        "until": date_format(last, "F Y"),
        "is_sample": is_sample,
        "fewest": pages.FEWEST,
    }


@public_page(params=["tahun", "contoh"])
def utilization_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how much a facility was used in a year, without cells that say something about single people."""
    context = _public(request, slug)
    context["has_samples"] = _has_samples(context["facility"])
    return render(request, "ecosystem/manager/public_usage.html", context)


@public_page(params=["tahun", "contoh"])
def utilization_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the public figures as CSV; a hidden cell is empty."""
    found = _public(request, slug)
    answer = _csv(found["page"], found["facility"], is_sample=found["is_sample"])
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
