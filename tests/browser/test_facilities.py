"""The creative spaces: from the list through filter and map to MCC, its timeline and floors, to a room that is free."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone, indonesian_on_a_phone
from tests.browser.test_workroom import send

MCC = "/fasilitas/malang-creative-center/"
JAKARTA = timedelta(hours=7)


def next_thursday():
    """Return a Thursday that every rule of the samples allows."""
    today = (datetime.now(UTC) + JAKARTA).date()
    return today + timedelta(days=7 + (3 - today.weekday()) % 7)


@english_on_a_phone
def test_from_the_list_to_mcc_its_timeline_and_a_floor(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/fasilitas/", "facilities")
    expect(page.locator(".facility-card")).to_have_count(6)
    expect(page.locator(".city-map a.bubble")).to_have_count(6)
    if width == 360:
        page.locator("#saringan > summary").click()
    page.locator("#faset-kecamatan label", has_text="Klojen").click()
    page.locator("#terapkan-atas").click()
    page.wait_for_url("**/fasilitas/?kecamatan=35.73.02")
    expect(page.locator(".facility-card")).to_have_count(1)
    expect(page.locator(".city-map a.bubble")).to_have_count(1)
    visitor.look("facilities-filtered")

    visitor.visit(MCC, "mcc")
    steps = page.locator(".updates > li")
    for text in (
        r"Rp125",
        r"^22%",
        r"92[,.]26%.*88[,.]92%",
        r"98[,.]3%",
        r"soft launch",
        "Gubernur|Governor",
    ):
        step = steps.filter(has=page.locator("h3", has_text=re.compile(text))).first
        expect(step.locator("a[rel=external]")).to_have_attribute("href", re.compile("^https://"))
    # The drawn building leads to its floors, with the keyboard too.
    page.locator(".building a[href='#di-lantai-2']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#di-lantai-2")).to_be_in_viewport()
    page.locator("#di-lantai-2 .depth-1 a").first.click()
    page.wait_for_url(f"**{MCC}studio-siniar-a/")
    visitor.visit("/fasilitas/coworking-lowokwaru/", "lowokwaru")
    expect(page.locator("main")).to_contain_text("Sudimoro")


@indonesian_on_a_phone
def test_a_room_is_found_for_next_thursday_afternoon(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit(f"{MCC}studio-foto/", "space-week")
    # A month and back to a day, with the keyboard alone.
    page.locator("#tampilan-3").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table.month")).to_be_visible()
    expect(page.locator("#tampilan-3")).to_be_focused()
    page.locator("#sesudah").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sebelum")).to_be_visible()
    visitor.look("space-month")
    page.locator("a.month-day.free").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("a.slot-free").first).to_be_visible()
    visitor.look("space-day")
    visitor.visit(f"{MCC}kalender/", "facility-day")
    page.locator("#tampilan-2").click()
    expect(page.locator("table.facility-week")).to_be_visible()
    visitor.look("facility-week")

    # The same question without JavaScript.
    plain = seat(language, width, java_script_enabled=False)
    page = plain.visit("/fasilitas/cari-ruang/")
    page.locator("[name=tanggal]").fill(f"{next_thursday()}")
    page.locator("[name=bagian]").select_option("siang-sore")
    page.locator("[name=menit]").select_option("120")
    page.locator("[name=orang]").fill("12")
    send(page, "main form.finder button[type=submit]")
    visitor.page.goto(page.url)
    visitor.look("room-finder")
    expect(page.locator("#hasil")).to_contain_text("12")
    page.locator(".rooms a[href*='/pesan/?mulai=']").first.click()
    page.wait_for_url(re.compile(r"/pesan/\?mulai=\d{4}-\d\d-\d\dT1[2-6]"))
