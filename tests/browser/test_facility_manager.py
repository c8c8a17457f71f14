"""A facility manager's day: decide on a request, book for a caller, close the floor, and offer another slot."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone, indonesian_on_a_phone
from tests.browser.test_workroom import fill, send

MANAGER = "pengelola@demo.malangkraf.test"
MCC = "/ruang-kerja/fasilitas/malang-creative-center/"


@indonesian_on_a_phone
def test_a_manager_sees_the_day_and_approves_a_request(seat, language, width):
    visitor = seat(language, width, account=MANAGER)
    visitor.visit("/ruang-kerja/fasilitas/", "manager-home")
    visitor.visit(MCC, "manager-day")
    visitor.visit(f"{MCC}?tampilan=minggu", "manager-week")
    page = visitor.visit(f"{MCC}permintaan/", "manager-requests")
    with page.expect_navigation():
        page.locator(".queue > li:not(.contest) h2 a").first.click()
    visitor.look("manager-booking")
    address = page.url
    send(page, ".decline-card button[type=submit]")
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.look("manager-booking-errors")
    page.locator("[name=setuju-reason]").fill("Kegiatan komunitas.")
    send(page, ".decide-card button[type=submit]")
    assert page.url == address
    expect(page.locator(".page-head .badge-good")).to_be_visible()
    # The page of a colleague who still has the question before them.
    expect(page.locator(".decide-card")).to_have_count(0)
    visitor.visit(f"{MCC}lembar-hari/", "day-sheet")


@pytest.fixture
def day(language, width):
    """A day that can be booked and on which no sample lies, another one for each seat."""
    return timezone.localdate() + timedelta(days=17 if width == 360 else 19)


@english_on_a_phone
def test_a_caller_is_booked_the_floor_closes_and_the_booking_moves(seat, portal, language, width, day):
    visitor = seat(language, width, account=MANAGER)
    caller = f"warga-{language}-{width}@example.org"
    # Another hour each time, so that the walk can be walked again on a portal that runs.
    hour = random.randrange(9, 18)
    page = visitor.visit(f"{MCC}pesan/?tanggal={day}&mulai={hour:02}:00", "manager-book")
    room = page.locator("[name=space] option", has_text="Siniar A" if language == "id" else "A").first
    fill(page, space=room.get_attribute("value"), contact_name="Warga Penelepon", contact_email=caller)
    send(page)
    visitor.look("manager-booked")
    address = page.url
    code = address.rstrip("/").rpartition("/")[2]
    portal.wait_for_letter(caller, pattern=f"({code})")
    page.goto(f"{address}ubah/")
    visitor.look("manager-edit")

    page = visitor.visit(f"{MCC}penutupan/baru/", "closure-form")
    floor = page.locator("[name=space] option", has_text=visitor.text("Lantai 2", "Floor 2")).first
    fill(page, space=floor.get_attribute("value"), first_day=day.isoformat(), last_day=day.isoformat())
    fill(page, reason="Lampu diganti", reason_en="New lamps")
    send(page)
    visitor.look("closure-affected")
    offer = page.locator(f".affected:has(a[href*='{code}']) label:has(:checked)")
    words = offer.inner_text().partition(":")[2].partition(",")[0].strip()
    assert words
    send(page, "button[name=tutup]")
    visitor.look("closures")
    page.goto(address)
    expect(page.locator(".date-row")).to_contain_text(words)
    # Both mails name the booking: that it stands, and where it is now.
    portal.wait_for_letter(caller, pattern=f"({words})", after=1)

    visitor.visit(f"{MCC}penutupan/")
    page.locator(".list a[href$='/buka/']").first.click()
    visitor.look("closure-lift")
    send(page, "main form.confirm button[type=submit]")
    expect(page.locator(".alert-success")).to_be_visible()


@indonesian_on_a_phone
def test_the_use_of_the_building_is_shown_to_managers_and_to_everybody(seat, language, width):
    visitor = seat(language, width, account=MANAGER)
    page = visitor.visit(f"{MCC}pemakaian/?contoh=1", "manager-usage")
    expect(page.locator("main .alert-warning")).to_be_visible()
    with page.expect_download() as download:
        page.locator("a[href*='data.xlsx']").click()
    assert "contoh" in download.value.suggested_filename
    stranger = seat(language, width)
    stranger.visit("/fasilitas/malang-creative-center/pemakaian/", "public-usage")
