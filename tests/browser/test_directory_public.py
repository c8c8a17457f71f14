"""The directory as a visitor meets it: find, filter, go back, see it on both maps, read, export, write, report."""

import csv
import io
import re

from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone

# What a server of map pictures would send: one pixel.
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xd8\xf4\xe0\x0c\x00\x04^\x02n\x99\x85\x94;\x00\x00\x00\x00IEND\xaeB`\x82"
)


@indonesian_on_a_phone
def test_an_entry_is_found_filtered_and_exported(seat, language, width):
    visitor = seat(language, width)
    visitor.visit("/startup/", "directory")
    # The look leaves traces in the page that htmx would carry on.
    page = visitor.visit("/startup/")
    name = page.locator(".entry-card h3 a").first.inner_text()
    page.locator("#cari-direktori").fill(mistyped(name))
    page.locator("#cari-direktori").press("Enter")
    expect(page.locator(".entry-card h3").first).to_have_text(name)
    expect(page.locator("#hasil")).to_be_focused()
    assert "q=" in page.url

    page.go_back()
    expect(page.locator("#cari-direktori")).to_have_value("")
    choose(page, "jenis", "game_studio", width=width)
    expect(page.locator(".directory-chips .chip")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"jenis=game_studio$"))
    expect(page.locator("#kabar")).to_contain_text(re.compile(r"\d"))
    total = int(re.search(r"\d+", page.locator("#kabar").inner_text())[0])
    address = page.locator(".data-links a[href*='data.csv']").get_attribute("href")
    rows = list(csv.reader(io.StringIO(page.request.get(visitor.address + address).text().lstrip("\ufeff"))))
    assert sum(len(row) > 5 for row in rows) == total + 1
    page.locator(".directory-chips .chip").click()
    expect(page.locator(".directory-chips")).to_have_count(0)


def mistyped(name):
    """Return the name with two letters of its longest word swapped."""
    word = max(name.split(), key=len)
    return name.replace(word, word[:2] + word[3] + word[2] + word[4:])


def choose(page, facet, code, *, width):
    """Tick a box of a facet; a phone needs the filters opened and the button pressed."""
    if width < 960:
        page.locator("#saringan > summary").click()
    page.locator(f"#{facet}-{code}").check()
    if width < 960:
        page.locator("#terapkan-atas").click()
    else:
        expect(page.locator(f"#{facet}-{code}")).to_be_focused()


@indonesian_on_a_phone
def test_an_entry_stands_on_both_maps_and_in_the_table(seat, language, width):
    visitor = seat(language, width)
    visitor.visit("/startup/?tampilan=tabel", "directory-table")
    page = visitor.visit("/startup/?tampilan=peta")
    page.route("https://tile.openstreetmap.org/**", lambda route: route.fulfill(body=PIXEL))
    bubble = page.locator(".city-map a.bubble").first
    bubble.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".city-map a.chosen")).to_have_count(1)
    assert "kelurahan=" in page.url
    shown = page.locator(".entry-list li").count()
    page.locator("[data-map-open]").click()
    marker = page.locator(".map-pin, .map-cluster").first
    expect(marker).to_be_visible()
    visitor.look("directory-street-map")
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup a, .map-pin").first).to_be_visible()
    assert shown >= 1


@indonesian_on_a_phone
def test_a_profile_is_read_and_its_people_get_a_message(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/startup/?terverifikasi=ya")
    page.locator(".entry-card h3 a").first.click()
    visitor.look("entry")
    expect(page.locator(".trust .badge")).to_have_count(2)
    page.locator("a[href$='/kontak/']:visible").first.click()
    page.locator("main [type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.look("entry-message-refused")
    page.locator("[name=name]").fill("Rahayu")
    page.locator("[name=email]").fill("rahayu@pembeli.example")
    page.locator("[name=message]").fill(f"Museum, {language}, {width}: Raden Panji?")
    send_slowly(page)
    page.wait_for_url("**/kontak/terkirim/")


def send_slowly(page):
    """Send the form; who is as quick as a program is asked to send it once more."""
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    while page.locator(".error-summary").count():
        page.locator("main [type=submit]").click()
        page.wait_for_load_state()


@indonesian_on_a_phone
def test_a_problem_is_reported_and_a_profile_printed_and_seen_in_the_dark(seat, language, width):
    visitor = seat(language, width, color_scheme="dark")
    page = visitor.visit("/startup/")
    page.locator(".entry-card h3 a").nth(1).click()
    visitor.look("entry-dark")
    page.emulate_media(media="print")
    expect(page.locator(".profile-tools")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("a[href$='/lapor/']").click()
    visitor.look("entry-report")
    page.locator("[name=kind]").first.check()
    page.locator("[name=text]").fill(f"{language} {width}: Panggung Karang Menjangan")
    send_slowly(page)
    page.wait_for_url("**/lapor/terima-kasih/")


def test_everything_works_without_javascript(seat):
    visitor = seat("id", 360, java_script_enabled=False)
    page = visitor.page
    page.goto(visitor.url("/startup/"))
    page.locator("#saringan > summary").click()
    page.locator("#jenis-game_studio").check()
    page.locator("#terapkan-bawah").click()
    expect(page.locator(".directory-chips .chip")).to_have_count(1)
    page.goto(visitor.url("/startup/?tampilan=peta"))
    expect(page.locator(".city-map a.bubble").first).to_be_visible()
    expect(page.locator("[data-map-open]")).to_be_hidden()
    page.goto(visitor.url("/startup/?q=zzqqxxww"))
    expect(page.locator(".nothing a[href='/startup/daftar/']")).to_be_visible()


def test_nothing_found_has_a_way_on(seat):
    visitor = seat("en", 1280)
    page = visitor.visit("/startup/?q=zzqqxxww&jenis=agency", "directory-nothing")
    page.locator(".nothing .list a").first.click()
    expect(page.locator(".entry-card").first).to_be_visible()
