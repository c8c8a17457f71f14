"""A manager sets Ramadan hours, sees the next eight weeks before saving, applies a holiday, and prints a poster."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_workroom import fill, send

MANAGER = "pengelola@demo.malangkraf.test"
HOME = "/ruang-kerja/fasilitas/malang-creative-center"
# Other walks book at MCC: hours are changed where nobody else goes.
QUIET = "/ruang-kerja/fasilitas/coworking-gajayana"
DAYS = [f"day_{number}" for number in range(1, 7)]


@indonesian_on_a_phone
def test_a_manager_sets_hours_and_applies_a_holiday(seat, language, width):
    visitor = seat(language, width, account=MANAGER)
    page = visitor.visit(f"{QUIET}/jam/", "settings-hours")
    page.locator("main .page-head a[href$='/jam/baru/']").click()
    visitor.look("settings-hours-form")
    name = f"Ramadan {language} {width}"
    first = timezone.localdate() + timedelta(days=14 if width == 360 else 35)
    fill(page, name=name, cause="ramadan", valid_from=first.isoformat(), day_0="pagi")
    fill(page, valid_to=(first + timedelta(days=13)).isoformat())
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.look("settings-hours-errors")
    fill(page, day_0="08.00-15.00", **dict.fromkeys(DAYS, "="))
    page.locator("main [name=counts_for_all_spaces]").check()
    send(page)
    expect(page.locator("#pratinjau .day-differs")).not_to_have_count(0)
    visitor.look("settings-hours-preview")
    save(page)
    expect(page.locator("main .hours-set", has_text=name)).to_be_visible()

    page.locator("main a[href$='/hari-libur/']").click()
    visitor.look("settings-holidays")
    # Each walk takes another day: those that are told already are not proposed again.
    day = page.locator("main [name=days]").nth(3)
    chosen = day.get_attribute("value")
    day.check()
    send(page)
    visitor.look("settings-holidays-preview")
    save(page)
    page.goto(visitor.url(f"{QUIET}/jam/hari-libur/"))
    expect(page.locator(f"main [name=days][value='{chosen}']")).to_have_count(0)


def save(page):
    """Press the button that stands below the preview."""
    with page.expect_navigation():
        page.locator("main button[name=save]").click()


@indonesian_on_a_phone
def test_a_manager_looks_after_spaces_rules_and_progress(seat, language, width):
    visitor = seat(language, width, account=MANAGER)
    page = visitor.visit(f"{HOME}/ruang/", "settings-spaces")
    page.locator("main .space-tree h2 a").nth(3).click()
    visitor.look("settings-space")
    visitor.visit(f"{HOME}/aturan/", "settings-rules")
    visitor.visit(f"{HOME}/profil/", "settings-texts")
    visitor.visit(f"{HOME}/foto/", "settings-photos")
    visitor.visit(f"{HOME}/kemajuan/", "settings-progress")
    page.locator("main .page-head a[href$='/kemajuan/baru/']").click()
    visitor.look("settings-progress-form")
    page = visitor.visit(f"{HOME}/ruang/")
    page.locator("main .space-tree a[href$='/poster/']").first.click()
    expect(page.locator("main .door-code svg")).to_be_visible()
    visitor.look("settings-poster")
