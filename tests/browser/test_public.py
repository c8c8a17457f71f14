"""What anybody can see: the roadmap, the figures, search and the reports, page by page."""

import pytest
from playwright.sync_api import expect

from tests.browser.seats import at_every_seat, english_on_a_phone, indonesian_on_a_phone
from tests.patience import wait_until

GROWTH = "/kpi/pertumbuhan-pdrb-ekonomi-kreatif/"


def follow(visitor, link, name):
    """Click the link and look at the page it leads to."""
    address = link.get_attribute("href")
    link.click()
    visitor.page.wait_for_url(lambda url: url.endswith(address))
    visitor.look(name)


@at_every_seat
def test_from_home_along_the_roadmap_to_an_action(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/", "home")
    follow(visitor, page.locator(".hero .chips a[href$='/peta-jalan/']"), "roadmap")
    follow(visitor, page.locator("main a[href$='/fase/malang-berdaya/']").first, "phase")
    follow(visitor, page.locator("main a[href$='/program/malang-creative-center/']").first, "programme")
    follow(visitor, page.locator("main a[href$='/aksi/mcc-pembangunan-gedung/']").first, "action")
    expect(page.locator(".crumbs [aria-current=page]")).to_be_visible()


@at_every_seat
def test_the_figures_stand_as_they_were_published(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/kpi/", "kpi-list")
    card = page.locator(".kpi-card", has=page.locator(f"a[href$='{GROWTH}']"))
    follow(visitor, card.locator("h2 a, h3 a"), "kpi-growth")
    row = page.get_by_role("row", name="2020").first
    expect(row).to_contain_text(visitor.text("8,20", "8.20"))
    expect(row).to_contain_text(visitor.text("−8,85", "−8.85"))
    follow(visitor, page.locator(f"main a[href$='{GROWTH}2020/']").first, "explain")
    expect(page.locator("main")).to_contain_text(visitor.text("−8,85", "−8.85"))
    visitor.visit("/kpi/progres-fisik-mcc/", "kpi-mcc")
    expect(page.locator("h1")).to_contain_text("MCC")
    visitor.visit("/kpi/metode/", "method")


@indonesian_on_a_phone
def test_the_filter_narrows_the_figures(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/kpi/")
    everything = page.locator(".kpi-card").count()
    page.locator("#hasil").evaluate("element => { element.dataset.before = 'yes' }")
    page.locator(".filter").get_by_label(visitor.text("Fase", "Phase")).select_option("malang-berdaya")
    expect(page.locator("#hasil[data-before]")).to_have_count(0)
    assert "malang-berdaya" in page.url
    assert 0 < page.locator(".kpi-card").count() < everything
    visitor.look("kpi-filtered")


@english_on_a_phone
def test_search_forgives_a_typing_error(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/")
    box = page.locator("main [name=q]")
    box.fill(visitor.text("pertumbuhn pdrb", "growht of creative"))
    box.press("Enter")
    page.wait_for_url("**/cari/**")
    expect(page.locator(f"main a[href$='{GROWTH}']").first).to_be_visible()
    visitor.look("search")
    visitor.visit("/cari/?q=zzqqxxww", "search-nothing")
    visitor.visit("/cari/", "search-empty")


@indonesian_on_a_phone
def test_a_report_is_read_downloaded_and_checked(seat, portal, language, width):
    visitor = seat(language, width)
    wait_until(lambda: portal.published_reports() >= 8, seconds=120, what="the first eight reports")
    page = visitor.visit("/laporan/", "report-list")
    follow(visitor, page.locator("main a[href$='/laporan/2022/']").first, "report")
    address = page.locator(f"main a[href$='/berkas/pdf-{language}']").first.get_attribute("href")
    answer = page.request.get(portal.address + address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    visitor.visit("/laporan/periksa/", "verify")
    sha256 = page.request.get(f"{portal.address}/api/v1/reports/").json()["results"][0]["versions"][0][
        "sha256"
    ]
    page.locator("main form").get_by_role("textbox").fill(sha256)
    page.locator("main form").get_by_role("textbox").press("Enter")
    page.wait_for_url(f"**/{sha256}/")
    visitor.look("verify-found")
    with visitor.expecting(404):
        visitor.visit(f"/laporan/periksa/{'0' * 64}/", "verify-unknown")


@english_on_a_phone
def test_the_pages_about_the_portal(seat, language, width):
    visitor = seat(language, width)
    visitor.visit("/privasi/", "privacy")
    visitor.visit("/aksesibilitas/", "accessibility")
    with visitor.expecting(404):
        visitor.visit("/tidak-ada/", "not-found")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_language_link_leads_to_the_same_page(seat, language):
    visitor = seat(language)
    page = visitor.visit(GROWTH)
    other = {"id": "en", "en": "id"}[language]
    page.locator(f"header a[hreflang={other}]").click()
    expect(page.locator(f"html[lang={other}]")).to_be_attached()
    assert page.url.endswith(GROWTH)
