"""A report from the button to the archive and its correction, made by the real worker while the planner watches."""

import re

from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone
from tests.browser.test_workroom import PLANNER, fill, send
from tests.patience import wait_until

MONTHS = {"id": "2022-01", "en": "2022-02"}


@english_on_a_phone
def test_a_report_is_made_watched_published_and_corrected(seat, portal, language, width):
    wait_until(lambda: portal.published_reports() >= 8, seconds=120, what="the first eight reports")
    period = MONTHS[language]
    visitor = seat(language, width, account=PLANNER)
    page = visitor.page
    visitor.visit("/ruang-kerja/laporan/", "room-reports")
    visitor.visit("/ruang-kerja/laporan/buat/", "room-report-make")
    fill(page, period=period)
    with portal.frozen_worker():
        send(page)
        expect(page.locator("#kemajuan progress")).to_have_attribute("value", "0")
    watch_bar_move(visitor, portal)
    # The page follows by itself: nobody loads it again.
    publish_link = page.locator("main a[href$='/terbitkan/']")
    expect(publish_link).to_be_visible(timeout=90_000)
    visitor.look("room-report-draft")
    publish(visitor, name="room-report-publish")
    archive = seat(language, width)
    archive.visit(f"/laporan/{period}/", "new-report")

    page.locator("main a[href$='/koreksi/']").click()
    fill(page, erratum="Satu angka keliru.", erratum_en="One figure was wrong.")
    visitor.look("room-report-correct")
    send(page)
    expect(publish_link).to_be_visible(timeout=90_000)
    publish(visitor)
    archive.visit(f"/laporan/{period}/", "corrected-report")
    expect(archive.page.locator("main")).to_contain_text(
        visitor.text("Satu angka keliru.", "One figure was wrong.")
    )
    archive.visit(f"/laporan/{period}/v1/", "superseded-report")


def watch_bar_move(visitor, portal):
    """Hold the worker half-way and see on the open page that the bar has moved."""
    page = visitor.page
    address = f"{page.url}kemajuan/"

    def has_begun():
        shown = re.search(r'<progress max="100" value="(\d+)"', page.request.get(address).text())
        return shown is not None and int(shown[1]) > 0

    wait_until(has_begun, seconds=60, what="the worker has begun")
    with portal.frozen_worker():
        expect(page.locator("#kemajuan progress")).not_to_have_attribute("value", "0")
        visitor.look("room-report-progress")


def publish(visitor, *, name=""):
    """Publish the draft that the page shows."""
    visitor.page.locator("main a[href$='/terbitkan/']").click()
    visitor.page.wait_for_url("**/terbitkan/")
    if name:
        visitor.look(name)
    send(visitor.page, "main form button[type=submit]")
