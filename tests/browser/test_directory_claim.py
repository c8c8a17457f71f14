"""Somebody takes over an entry that nobody keeps, by a proof at its domain that the real worker finds."""

from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_directory_freshness import in_the_portal
from tests.browser.test_workroom import send

FOUNDER = "pendiri@demo.malangkraf.test"
UNCLAIMED = """
from django.utils import timezone
from ecosystem.models import Subsector
from startups.models import Startup
from startups.services import entries
now = timezone.now()
startup = Startup.objects.create(
    slug="{slug}", name="{name}", kind="game_studio", summary="Membuat gim.", summary_en="Makes games.",
    lifecycle="published", source="imported", reference="MLG-2021-{number}", published_at=now,
    last_confirmed_on=timezone.localdate(now), website="http://{domain}/", website_domain="{domain}")
entries.set_subsectors(startup, Subsector.objects.first())
entries.changed(startup)
"""


@indonesian_on_a_phone
def test_a_claim_by_domain_proof_succeeds(seat, portal, language, width):
    visitor = seat(language, width, account=FOUNDER)
    page, slug = visitor.page, f"gim-telantar-{language}"
    domain = f"{slug}.test"
    in_the_portal(
        portal,
        UNCLAIMED.format(slug=slug, name=f"Gim Telantar {language}", domain=domain, number=f"{width:04}"),
    )
    portal.names.records[domain, "A"] = ["127.0.0.1"]

    visitor.visit(f"/startup/{slug}/klaim/", "claim-start")
    send(page)
    visitor.look("claim-nothing-chosen")
    page.locator("main [name=method][value=file]").check()
    visitor.look("claim-ways")
    send(page)
    visitor.look("claim-file")
    if visitor.is_indonesian:
        # Nothing was uploaded yet: the worker says what it found, and the same claim goes on by a DNS record.
        send(page)
        expect(page.locator("#bukti .alert-warning")).to_contain_text("404")
        visitor.look("claim-not-found")
        page.locator("main details.disclosure > summary").click()
        page.locator("main [name=method][value=dns]").check()
        send(page, "main details.disclosure button[type=submit]")
        visitor.look("claim-dns")
        secret = page.locator("#isi-dns").inner_text()
        portal.names.records[f"_malangkraf.{domain}", "TXT"] = [f'"{secret}"']
    else:
        address = page.locator("#alamat-berkas").inner_text()
        portal.site.pages[address.removeprefix(f"http://{domain}")] = page.locator("#isi-berkas").inner_text()
    send(page)
    expect(page.locator("main h2").first).to_have_text(
        visitor.text("Entri ini milik Anda", "The entry is yours")
    )
    visitor.look("claim-accepted")
    page.locator("main .form-actions a").click()
    expect(page.locator("main h1")).to_contain_text("Gim Telantar")
    visitor.visit(f"/startup/{slug}/")
    expect(page.locator("main")).to_contain_text(visitor.text("Domain diperiksa", "Domain checked"))
