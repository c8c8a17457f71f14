"""A coordinator asks a question, the founder answers, the coordinator publishes: at a desk and on a phone."""

import re

from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone
from tests.browser.test_directory_registration import READING_TIME
from tests.browser.test_workroom import fill, send

FOUNDER, COORDINATOR = "pendiri@demo.malangkraf.test", "koordinator@demo.malangkraf.test"
CONTINUE = "main .form-actions button:not([name])"
QUEUE = "/ruang-kerja/moderasi/"
# Not alike, or the second founder would be asked whether it is the first one's.
NAMES = {"id": "Kasir Warung Senja", "en": "Batik Bergerak"}


def register(visitor, name):
    """Send a new entry with as little as it needs, and return the address under which the founder goes on."""
    page = visitor.visit("/startup/daftar/baru/")
    fill(page, name=name)
    page.locator("main [name=kind][value=app_studio]").check()
    page.evaluate(READING_TIME)
    send(page, CONTINUE)
    fill(page, area=3)
    send(page, CONTINUE)
    fill(page, summary="Kasir untuk warung.", subsector=2)
    for fold in page.locator("main details").all():
        fold.locator("summary").click()
    page.locator("main [name=services]").first.check()
    send(page, CONTINUE)
    send(page, CONTINUE)
    number = re.search(r"/daftar/(\d+)/", page.url)[1]
    for consent in page.locator("main [name^=agree_]").all():
        consent.check()
    send(page, CONTINUE)
    return f"/startup/daftar/{number}/"


def open_item(visitor, name, look=""):
    """Find the entry in the queue and open it."""
    page = visitor.visit(QUEUE, look)
    send(page, f".queue a:has-text('{name}')")
    return page


@english_on_a_phone
def test_a_coordinator_asks_the_founder_answers_and_it_is_published(seat, language, width):
    name = NAMES[language]
    founder = seat(language, width, account=FOUNDER)
    draft = register(founder, name)
    coordinator = seat(language, width, account=COORDINATOR)
    page = open_item(coordinator, name, "moderation-queue")
    coordinator.look("moderation-item")
    send(page, "a[href$='/ask/']")
    page.locator("main [name=reason]").select_option("unclear")
    expect(page.locator("main [name=note]")).to_have_value(re.compile("Mohon|Please"))
    coordinator.look("moderation-ask")
    send(page, CONTINUE)
    expect(page.locator(".alert-success")).to_contain_text(name)

    founder.visit(f"{draft}periksa/")
    expect(founder.page.locator("main")).to_contain_text(re.compile("Mohon|Please"))
    fill(founder.page, answer="Kami menambah satu kalimat.")
    for consent in founder.page.locator("main [name^=agree_]").all():
        consent.check()
    send(founder.page, CONTINUE)

    open_item(coordinator, name)
    expect(page.locator(".updates")).to_contain_text("Kami menambah satu kalimat.")
    coordinator.look("moderation-item-answered")
    send(page, "form[action$='/publish/'] button")
    expect(page.locator(".alert-success")).to_contain_text(name)
    public = seat(language, width)
    public.visit(f"/startup/{name.lower().replace(' ', '-')}/")
    expect(public.page.locator("h1")).to_contain_text(name)


def test_the_other_pages_of_the_moderation(seat):
    coordinator = seat("en", 360, account=COORDINATOR)
    page = open_item(coordinator, "Atelier Kuas Kotak")
    item = page.url.partition("/en")[2]
    coordinator.visit(f"{item}merge/?q=a", "moderation-merge-choice")
    send(page, "main .list a.button")
    coordinator.look("moderation-merge")
    send(page, CONTINUE)
    coordinator.look("moderation-merge-sure")
    coordinator.visit(f"{QUEUE}?giliran=sesudah")
    send(page, ".queue a")
    expect(page.locator("ins").first).to_be_visible()
    coordinator.look("moderation-after-check")
    coordinator.visit(f"{QUEUE}entri/?q=studio", "moderation-entries")
    coordinator.visit(f"{QUEUE}jeda/")
    send(page, CONTINUE)
    expect(page.locator(".error-summary")).to_be_focused()
    coordinator.look("moderation-pause-errors")
    seat("id", 360).visit("/startup/moderasi/", "moderation-ledger")
