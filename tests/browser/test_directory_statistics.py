"""How many startups Malang has: from home to the number, from the number to its rows, and a month to cite."""

import re

from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone


def number_in(text):
    return int(re.sub(r"\D", "", text))


def table_of(page, section):
    """Return a section's table; on a phone it is folded until somebody wants it."""
    summary = page.locator(f"section[aria-labelledby={section}] .phone-fold > summary")
    if page.viewport_size["width"] < 640:
        summary.click()
    expect(summary).to_be_visible(visible=page.viewport_size["width"] < 640)
    return page.locator(f"section[aria-labelledby={section}] table")


@indonesian_on_a_phone
def test_from_home_to_the_number_and_from_each_number_to_its_rows(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/", "home")
    expect(page.locator(".hero-art svg.houses")).to_be_visible()
    page.locator("main a[href$='/startup/statistik/']").click()
    page.wait_for_url("**/startup/statistik/")
    visitor.look("statistics")
    expect(page.locator(".message")).to_contain_text(visitor.text("contoh", "sample"))
    link = table_of(page, "jenis").locator("a").first
    shown = number_in(link.inner_text())
    link.click()
    page.wait_for_url("**/startup/?jenis=*")
    total = page.locator("#hasil").inner_text()
    assert number_in(re.split(visitor.text("dari", "of"), total)[-1]) == shown


@indonesian_on_a_phone
def test_quoted_figures_stand_beside_ours(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/startup/statistik/")
    drawing = page.locator(f"section[aria-labelledby=kutipan] .chart--{'narrow' if width < 640 else 'wide'}")
    expect(drawing.locator(".chart__quoted")).to_have_count(7)
    expect(drawing.locator(".chart__count")).to_have_count(1)
    table = table_of(page, "kutipan")
    row = table.get_by_role("row", name="Jun 2019")
    expect(row).to_contain_text("151")
    assert row.locator("a").get_attribute("href").startswith("https://suryamalang.tribunnews.com/")
    # On paper every table is open.
    page.reload()
    page.emulate_media(media="print")
    expect(page.locator(".phone-fold table:visible")).to_have_count(8)


@indonesian_on_a_phone
def test_a_kept_month_has_an_address_to_cite_and_names_its_entries(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/startup/statistik/")
    table_of(page, "bulanan").locator("a").first.click()
    page.wait_for_url(re.compile(r"/startup/statistik/\d{4}-\d{2}/$"))
    visitor.look("statistics-month")
    expect(page.locator("section[aria-labelledby=kutip]")).to_contain_text(page.url)
    total = number_in(page.locator(".stats a").inner_text())
    assert page.locator(".name-list li").count() == total


@indonesian_on_a_phone
def test_the_search_of_the_portal_finds_a_studio_and_the_menu_leads_to_the_directory(seat, language, width):
    visitor = seat(language, width)
    page = visitor.visit("/startup/")
    name = page.locator(".entry-card h3 a").first.inner_text()
    # One letter is lost.
    visitor.visit(f"/cari/?q={name[:2]}{name[3:]}", "search-startups")
    expect(page.locator("main")).to_contain_text(name)
    if width < 640:
        page.locator(".site-phone summary").click()
    page.locator(".site-nav:visible a[href$='/startup/']").click()
    page.wait_for_url("**/startup/")
