"""From the agenda to an event, to the building it takes place in and its way so far; and a letter that is not ours."""

import re

from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone

PUBLISHED = re.compile(r"98[,.]3")


@indonesian_on_a_phone
def test_from_the_agenda_to_an_event_to_mcc_and_its_timeline_with_sources(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/agenda/", "agenda")
    days = page.locator(".agenda-day")
    expect(days.first).to_be_visible()
    page.locator("select[name=fasilitas]").select_option("malang-creative-center")
    page.wait_for_url("**/agenda/?*fasilitas=malang-creative-center*")
    expect(page.locator(".agenda-item").first).to_contain_text("Malang Creative Center")
    link = page.locator(".agenda-item h4 a").first
    title = link.inner_text()
    link.click()
    page.wait_for_url(re.compile(r"/agenda/[a-z0-9-]+/$"))
    visitor.look("event")
    expect(page.locator("h1")).to_have_text(title)
    # Samples say so, and the file for the calendar names the same event.
    expect(page.locator(".page-head")).to_contain_text(visitor.text("Contoh", "Sample"))
    address = page.get_by_role(
        "link", name=visitor.text("Tambahkan ke kalender", "Add to my calendar")
    ).get_attribute("href")
    calendar = page.request.get(f"{visitor.address}{address}")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in calendar.text()
    page.locator("aside a[href$='/fasilitas/malang-creative-center/']").click()
    page.wait_for_url("**/fasilitas/malang-creative-center/")
    visitor.look("mcc")
    main = page.locator("main")
    expect(main).to_contain_text(PUBLISHED)
    expect(main).to_contain_text(re.compile(r"92[,.]26"))
    # Each step of the way leads to who published it.
    assert page.locator("main a[href^='http']:not([href*='localhost'])").count() >= 5


@indonesian_on_a_phone
def test_a_letter_that_is_not_ours_says_so_and_how_to_try_again(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/verifikasi/surat/", "letter-form")
    page.locator("#kode").fill("abcd efgh jkmn pqrs")
    visitor.expected_status.add(404)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/verifikasi/surat/ABCDEFGHJKMNPQRS/")
    visitor.look("letter-unknown")
    expect(page.locator("h1")).to_have_text(
        visitor.text("Surat ini bukan dari kami", "This letter is not ours")
    )
    page.locator("main a.button").click()
    page.wait_for_url("**/verifikasi/surat/")
