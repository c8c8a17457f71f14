"""Dark, printed, without JavaScript, by keyboard alone, and the style guide."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone, indonesian_on_a_phone
from tests.browser.test_public import GROWTH
from tests.browser.test_workroom import PLANNER, SOURCE, fill, send
from tests.patience import wait_until

MAIN_PAGES = {
    "home": "/",
    "roadmap": "/peta-jalan/",
    "programme": "/peta-jalan/program/malang-creative-center/",
    "kpi-list": "/kpi/",
    "kpi-growth": GROWTH,
    "explain": f"{GROWTH}2020/",
    "report-list": "/laporan/",
    "report": "/laporan/2022/",
    "login": "/akun/login/",
}
ADMIN = "admin@demo.malangkraf.test"


@pytest.fixture(autouse=True)
def reports_are_there(portal):
    wait_until(lambda: portal.published_reports() >= 8, seconds=120, what="the first eight reports")


@indonesian_on_a_phone
def test_the_dark_scheme(seat, language, width):
    visitor = seat(language, width, color_scheme="dark")
    for name, path in MAIN_PAGES.items():
        visitor.visit(path, name)
    background = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(int(part) for part in background[4:-1].split(",")[:3]) < 200, background


@english_on_a_phone
def test_the_style_guide_and_the_dark_work_room(seat, language, width):
    visitor = seat(language, width, account=ADMIN)
    visitor.visit("/panduan-gaya/", "style-guide")
    dark = seat(language, width, account=PLANNER, color_scheme="dark")
    for name, path in {
        "style-guide-public": "/kpi/metode/",
        "workroom": "/ruang-kerja/",
        "workroom-indicators": "/ruang-kerja/indikator/",
        "value-form": "/ruang-kerja/indikator/acara-di-mcc/nilai/2023/",
    }.items():
        dark.visit(path, name)


@pytest.mark.parametrize("language", ["id", "en"])
def test_paper_shows_the_content_and_no_menu(seat, language):
    visitor = seat(language)
    for name in ("kpi-growth", "report", "programme"):
        page = visitor.visit(MAIN_PAGES[name])
        page.emulate_media(media="print")
        expect(page.locator(".site-nav").first).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        visitor.photograph(f"print-{name}")
        page.emulate_media(media="screen")


@indonesian_on_a_phone
def test_without_javascript(seat, language, width):
    visitor = seat(language, width, java_script_enabled=False)
    page = visitor.page
    for path in MAIN_PAGES.values():
        assert page.goto(visitor.url(path)).status == 200
        expect(page.locator("h1")).to_be_visible()
    visitor.visit("/kpi/")
    everything = page.locator(".kpi-card").count()
    fill_filter(visitor)
    page.wait_for_url("**/kpi/?**malang-berdaya**")
    assert 0 < page.locator(".kpi-card").count() < everything

    planner = seat(language, width, account=PLANNER, java_script_enabled=False)
    year = {"id": "2019", "en": "2018"}[language]
    planner.visit(f"/ruang-kerja/indikator/acara-di-mcc/nilai/{year}/")
    planner.page.locator("main [name=value]").fill("7")
    planner.page.locator("main [name=source_url]").fill(SOURCE)
    send(planner.page, "main [name=draft]")
    planner.visit(f"/ruang-kerja/indikator/acara-di-mcc/nilai/{year}/")
    expect(planner.page.locator("main [name=value]")).to_have_value("7")


def fill_filter(visitor):
    form = visitor.page.locator(".filter")
    form.get_by_label(visitor.text("Fase", "Phase")).select_option("malang-berdaya")
    form.locator("button").click()


def test_the_page_of_a_broken_request_finds_its_style_sheet(seat):
    visitor = seat("en", 1280)
    sent = {"headers": {"Content-Type": "text/plain; charset=latin-1"}, "data": "x"}
    answer = visitor.page.request.post(visitor.url("/akun/login/"), **sent)
    assert answer.status == 415
    links = re.findall(r'<link[^>]+href="([^"]+)"', answer.text())
    assert len(links) == 2
    for link in links:
        assert visitor.page.request.get(f"{visitor.address}{link}").ok, link


def test_the_keyboard_reaches_content_menu_and_filter(seat):
    visitor = seat("id", 360)
    page = visitor.visit("/kpi/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    menu = page.locator("details.site-phone")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.locator("a").first).to_be_visible()
    visitor.look("menu-open")
    page.keyboard.press("Escape")
    expect(menu.locator("a").first).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_a_form_that_is_refused_says_so_and_keeps_what_was_typed(seat):
    visitor = seat("en", 1280, account=PLANNER)
    page = visitor.visit("/ruang-kerja/indikator/acara-di-mcc/nilai/2022/")
    fill(page, value="twelve", note="Kept")
    send(page, "main [name=submit]")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("main [name=value]")).to_have_value("twelve")
    expect(page.locator("main [name=note]")).to_have_value("Kept")
    visitor.look("value-refused")
