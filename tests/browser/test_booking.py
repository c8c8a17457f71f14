"""Residents book: a podcast room found and taken, a weekly series with one conflict, check-in by code at the door."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone, indonesian_on_a_phone
from tests.browser.test_directory_freshness import in_the_portal
from tests.browser.test_workroom import fill, send

FOUNDER, OTHER = "pendiri@demo.malangkraf.test", "koordinator@demo.malangkraf.test"
MCC = "/fasilitas/malang-creative-center"
# Beyond the days that the samples fill; each seat has a week of its own.
WEEKS = {"id": 3, "en": 4}
JAKARTA = timedelta(hours=7)
# Somebody else's booking on a date of the series that the walk asks for.
TAKE = """
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo
from django.utils import timezone
from ecosystem.models import Booking, Space, User
from ecosystem.services import booking
person = User.objects.get(email="{email}")
space = Space.objects.get(facility__slug="malang-creative-center", slug="{space}")
Booking.objects.filter(title__in=("Rapat lain", "Kelas mingguan")).delete()
start = datetime.fromisoformat("{start}").replace(tzinfo=ZoneInfo("Asia/Jakarta"))
booking.book(booking.Draft(space=space, starts_at=start, ends_at=start + timedelta(hours=1), booker=person,
    entered_by=person, key=uuid4(), attendees=1, purpose="meeting", title="Rapat lain"), now=timezone.now())
"""
# A booking that begins in a few minutes, and a door whose code the walk knows.
COME = """
from datetime import timedelta
from django.utils import timezone
from ecosystem.models import Booking, Occurrence, Space, User
person = User.objects.get(email="{email}")
space = Space.objects.get(facility__slug="malang-creative-center", slug="{space}")
Space.objects.filter(pk=space.pk).update(door_token="{door}")
Booking.objects.filter(code="{code}").delete()
start = timezone.now() + timedelta(minutes=5)
booking = Booking.objects.create(code="{code}", facility=space.facility, space=space, booker=person,
    entered_by=person, contact_name="Rina", title="Rapat tim", purpose="meeting", attendees=2, state="confirmed",
    mode="instant")
Occurrence.objects.create(booking=booking, space=space, starts_at=start, ends_at=start + timedelta(hours=1),
    state="confirmed")
"""


def tuesday(language):
    """Return a Tuesday in the week of the seat."""
    today = (datetime.now(UTC) + JAKARTA).date()
    return today + timedelta(days=7 * WEEKS[language] + (1 - today.weekday()) % 7)


def look(visitor, name):
    """Look at the page closely, at the desk only where it differs from the phone."""
    if visitor.is_indonesian or name in {"booking-when", "booking-check", "booking-detail"}:
        visitor.look(name)


def press(page, action):
    """Press the button of a step."""
    send(page, f"main button[name=aksi][value={action}]:not([aria-hidden])")


@indonesian_on_a_phone
def test_a_resident_finds_and_books_a_podcast_room(seat, language, width):
    day = tuesday(language)
    stranger, visitor = seat(language, width), seat(language, width, account=FOUNDER)
    page = visitor.visit(f"/fasilitas/cari-ruang/?tanggal={day}&menit=60&orang=3&jenis=studio")
    link = page.locator(f"a[href*='{MCC}/studio-siniar-a/pesan/']").first
    address = link.get_attribute("href")
    link.click()
    expect(page.locator("main [name=title]")).to_be_visible()
    look(visitor, "booking-details")
    stranger.page.goto(f"{stranger.address}{address}")
    look(stranger, "booking-sign-in")

    # Another time: what is typed stays.
    fill(page, title="Rekaman siniar episode 12", attendees="3")
    press(page, "waktu")
    page.locator("#id_menit").select_option("120")
    expect(page.locator("main .start")).not_to_have_count(0)
    look(visitor, "booking-when")
    page.locator(".start", has_text=visitor.text("13.00", "13:00")).click()
    with page.expect_navigation():
        page.locator(".start input:checked").press("Enter")
    title = page.locator("main [name=title]")
    expect(title).to_have_value("Rekaman siniar episode 12")
    # As the "Go" key of a phone does.
    with page.expect_navigation():
        title.press("Enter")
    look(visitor, "booking-check")
    press(page, "pesan")
    expect(page.locator(".door-code svg")).to_be_visible()
    look(visitor, "booking-detail")
    details = page.url

    # Somebody else comes too late, waits for it, and is offered it once it is given up.
    other = seat(language, width, account=OTHER)
    other.page.goto(f"{other.url(f'{MCC}/studio-siniar-a/pesan/')}?mulai={day}T13:00&selesai={day}T15:00")
    look(other, "booking-taken")
    wait = other.page.locator("button[formaction*='daftar-tunggu']").get_attribute("formaction")
    other.page.goto(f"{other.address}{wait}")
    look(other, "booking-wait")
    other.page.go_back()
    send(other.page, "button[formaction*='daftar-tunggu']")
    look(other, "booking-waiting-list")
    page.goto(details)
    page.locator(".list a[href$='/batal/']").first.click()
    look(visitor, "booking-cancel")
    send(page, "main form.confirm button[type=submit]")
    look(visitor, "booking-cancelled")
    other.visit("/pesanan/")
    look(other, "booking-offer")
    other.page.locator(".offer a[href$='/ambil/']").click()
    look(other, "booking-take")
    fill(other.page, title="Giliran kami", attendees="2")
    send(other.page)
    expect(other.page.locator(".door-code svg")).to_be_visible()
    other.page.locator(".list a[href$='/pindah/']").first.click()
    look(other, "booking-move")


@english_on_a_phone
def test_a_weekly_booking_leaves_out_its_one_conflict(seat, portal, language, width):
    day = tuesday(language) + timedelta(days=1)
    taken = day + timedelta(days=7)
    in_the_portal(portal, TAKE.format(email=OTHER, space="ruang-rapat-1", start=f"{taken}T09:30"))
    visitor = seat(language, width, account=FOUNDER)
    page = visitor.visit(f"{MCC}/ruang-rapat-1/pesan/?mulai={day}T09:00&selesai={day}T10:00")
    fill(page, title="Kelas mingguan", attendees="2", repeats_until=str(day + timedelta(days=14)))
    press(page, "periksa")
    rows = page.locator(".date-list > li")
    expect(rows).to_have_count(3)
    expect(page.locator(".date-taken")).to_have_count(1)
    expect(page.locator(".date-taken input")).to_be_checked()
    visitor.look("booking-series")
    page.locator(".date-taken input").uncheck()
    with visitor.expecting(409):
        press(page, "pesan")
    expect(page.locator("main .alert-error")).to_be_visible()
    visitor.look("booking-series-refused")
    press(page, "pesan")
    expect(page.locator("main .list > li")).to_have_count(2)
    visitor.look("booking-series-detail")
    visitor.visit("/pesanan/", "my-bookings")
    page.locator("main a", has_text=re.compile("Kelas mingguan")).first.click()
    page.locator("a[href$='/ubah/']").click()
    visitor.look("booking-edit")
    page.go_back()
    page.locator("main .row a[href$='/batal/']").last.click()
    visitor.look("booking-cancel-all")
    send(page, "main form.confirm button[type=submit]")


@indonesian_on_a_phone
def test_people_check_in_at_the_door_with_the_code(seat, portal, language, width):
    space = {"id": "ruang-rapat-2", "en": "ruang-rapat-3"}[language]
    code, door = f"UJ{language.upper()}{width:04}", f"pintu-{language}-{width}"
    in_the_portal(portal, COME.format(email=FOUNDER, space=space, code=code, door=door))
    guest = seat(language, width)
    page = guest.visit(f"{MCC}/{space}/hadir/{door}/", "door")
    fill(page, code="ABCD2345")
    send(page)
    look(guest, "door-wrong-code")
    fill(page, code=f"{code[:4].lower()} {code[4:]}")
    send(page)
    expect(page.locator(".sent-here")).to_be_visible()
    look(guest, "door-done")
    booker = seat(language, width, account=FOUNDER)
    booker.visit(f"/pesanan/{code}/")
    expect(booker.page.locator("main .updates > li").first).to_contain_text(
        booker.text("lapor hadir", "Checked in")
    )
    booker.visit("/pesanan/kalender/")
    send(booker.page, "main .card form button[type=submit]")
    look(booker, "booking-calendar")
