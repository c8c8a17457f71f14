"""A founder registers: in Indonesian on a phone, in English at a desk; with mistakes, a break, and a second start."""

from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_workroom import fill, send

FOUNDER = "pendiri@demo.malangkraf.test"
# Longer than the time within which a form is taken for one that a program sent. (The policy of the pages forbids the
# evaluation of texts that Playwright's own way of waiting for a condition needs.)
READING_TIME = "() => new Promise((read) => setTimeout(read, Math.max(0, 2200 - performance.now())))"
# At the desk only what looks different there is looked at closely.
AT_THE_DESK = {"register-start", "register-work", "register-check-errors", "register-done"}
CONTINUE = "main .form-actions button:not([name])"


@indonesian_on_a_phone
def test_a_founder_registers_takes_a_break_goes_on_and_sends(seat, portal, language, width):
    visitor = seat(language, width, account=FOUNDER)
    page = visitor.visit("/startup/daftar/")
    look(visitor, "register-start")
    name = begin(visitor, f"Rumah {language.upper()}{width} Kreasi")
    fill(page, area=3)
    send(page, CONTINUE)
    take_a_break(visitor, portal)
    describe(visitor)
    look(visitor, "register-contact")
    fill(page, whatsapp="0812-3456-7890")
    page.locator("main [name=show_whatsapp]").check()
    send(page, CONTINUE)
    send(page, CONTINUE)
    expect(page.locator(".error-summary")).to_be_focused()
    look(visitor, "register-check-errors")
    for consent in page.locator("main [name^=agree_]").all():
        consent.check()
    send(page, CONTINUE)
    expect(page.locator(".reference")).to_contain_text("MLG-")
    look(visitor, "register-done")
    send(page, "main a.button")
    expect(page.locator("main h1")).to_have_text(name)
    look(visitor, "register-status")
    visitor.visit("/ruang-kerja/startup/")
    look(visitor, "my-startups")
    expect(page.locator("main")).to_contain_text(name)


def look(visitor, name):
    """Look at the page closely, at the desk only where it differs from the phone."""
    if visitor.is_indonesian or name in AT_THE_DESK:
        visitor.look(name)


def begin(visitor, name):
    """Save the first step of a new entry: refused once, with hints while the name is typed."""
    page = visitor.visit("/startup/daftar/baru/")
    send(page, CONTINUE)
    expect(page.locator(".error-summary")).to_be_focused()
    look(visitor, "register-name-errors")
    field = page.locator("main [name=name]")
    field.press_sequentially("Kopi Data Studi")
    expect(page.locator("#mirip")).to_contain_text("Kopi Data Studio")
    look(visitor, "register-hints")
    field.fill(name)
    expect(page.locator("#mirip")).not_to_contain_text("Kopi Data Studio")
    page.locator("main [name=kind][value=creative_studio]").check()
    page.evaluate(READING_TIME)
    send(page, CONTINUE)
    look(visitor, "register-place")
    return name


def take_a_break(visitor, portal):
    """Leave the third step half done, and come back by the mailed address."""
    page, letters = visitor.page, len(portal.letters(FOUNDER))
    fill(page, website="rumah-kreasi.example")
    send(page, "main button[name=nanti]")
    expect(page.locator("main h1")).to_be_visible()
    look(visitor, "register-left")
    address = portal.wait_for_letter(FOUNDER, pattern=r"(/startup/daftar/\d+/)", after=letters)
    visitor.visit(address)
    expect(page.locator("main [name=website]")).to_have_value("https://rumah-kreasi.example")


def describe(visitor):
    """Fill in the third step and save it."""
    page = visitor.page
    fill(page, summary="Ilustrasi dan animasi pendek.", subsector=4, founded_year="2019")
    for fold in page.locator("main details").all():
        fold.locator("summary").click()
    page.locator("main [name=services]").first.check()
    look(visitor, "register-work")
    send(page, CONTINUE)
