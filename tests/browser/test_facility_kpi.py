"""The use of a room moves the roadmap's KPI: counted when the month is over, counted anew when a planner asks."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_directory_freshness import in_the_portal
from tests.browser.test_workroom import PLANNER, fill, send

KPI = "jam-terpakai-fasilitas-kreatif"
# A date of a booking that people came to, in a month that is over; no sample.
USED = """
from datetime import timedelta
from django.utils.dateparse import parse_datetime
from ecosystem.models import Booking, Occurrence, Space
space = Space.objects.get(facility__slug="malang-creative-center", slug="studio-foto")
start = parse_datetime("{day}T{hour:02}:00+07:00")
booking = Booking.objects.create(facility=space.facility, space=space, purpose="production", attendees=3,
    state="confirmed", mode="instant", title="Pemotretan")
Occurrence.objects.create(booking=booking, space=space, starts_at=start, ends_at=start + timedelta(hours={hours}),
    state="confirmed", checked_in_at=start)
"""
COUNT = """
from django.utils import timezone
from roadmap.models import Indicator
from roadmap.services import automatic
indicator = Indicator.objects.get(slug="{kpi}")
Indicator.objects.filter(pk=indicator.pk, valid_from__gt="{first}").update(valid_from="{first}")
automatic.take_snapshot(indicator.pk, "{month}", now=timezone.now())
"""


@pytest.fixture
def month(language, width):
    """A month that is over, another one for each seat."""
    first = timezone.localdate().replace(day=1)
    for _ in range(1 if width == 360 else 2):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def hours_shown(page, month: date, visitor) -> str:
    names = visitor.text(
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
        "January February March April May June July August September October November December",
    )
    label = f"{names.split()[month.month - 1]} {month.year}"
    return page.locator("main tbody tr", has_text=label).first.locator("td").nth(1).inner_text()


@indonesian_on_a_phone
def test_hours_that_were_used_move_the_kpi(seat, portal, language, width, month):
    count = COUNT.format(kpi=KPI, first=month, month=f"{month:%Y-%m}")
    in_the_portal(portal, USED.format(day=month + timedelta(days=9), hour=9, hours=2) + count)
    stranger = seat(language, width)
    page = stranger.visit(f"/kpi/{KPI}/", "kpi-hours")
    before = hours_shown(page, month, stranger)
    assert "2" in before

    in_the_portal(portal, USED.format(day=month + timedelta(days=10), hour=13, hours=3))
    planner = seat(language, width, account=PLANNER)
    work = planner.visit(f"/ruang-kerja/indikator/{KPI}/nilai/{month:%Y-%m}/buka/", "kpi-reopen")
    fill(work, reason="Satu pemesanan dicatat belakangan.")
    send(work)
    expect(work.locator(".alert-success")).to_be_visible()
    in_the_portal(portal, count)
    page = stranger.visit(f"/kpi/{KPI}/", "kpi-hours-counted-anew")
    assert "5" in hours_shown(page, month, stranger) != before
