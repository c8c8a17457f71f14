"""Members keep their entry: a light edit is live at once, a name waits, a logo, an invitation that is accepted."""

import io

from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_directory_freshness import in_the_portal
from tests.browser.test_workroom import fill, send

FOUNDER, GUEST = "pendiri@demo.malangkraf.test", "koordinator@demo.malangkraf.test"
# A published entry of the founder's, which confirmed it half a year ago.
ENTRY = """
from datetime import timedelta
from django.utils import timezone
from ecosystem.models import Kelurahan, Subsector, User
from startups.models import Membership, Startup
from startups.services import entries
person = User.objects.get(email="{founder}")
old = timezone.localdate() - timedelta(days=200)
area = Kelurahan.objects.first()
startup, _ = Startup.objects.update_or_create(slug="{slug}", defaults=dict(
    name="{name}", kind="game_studio", summary="Membuat gim.", summary_en="Makes games.", lifecycle="published",
    claim="claimed", reference="MLG-2021-{number}", published_at=timezone.now(), last_confirmed_on=old,
    kelurahan=area, kecamatan=area.kecamatan, created_by=person))
Membership.objects.get_or_create(startup=startup, user=person, defaults=dict(role="owner"))
entries.set_subsectors(startup, Subsector.objects.first())
entries.changed(startup)
"""


def picture():
    """A drawn sign, wider than high."""
    image = Image.new("RGB", (420, 300), "#17769b")
    ImageDraw.Draw(image).polygon([(60, 280), (60, 140), (210, 30), (360, 140), (360, 280)], fill="#f2a900")
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


@indonesian_on_a_phone
def test_members_keep_their_entry(seat, portal, language, width):
    name, slug = f"Rumah Gim {language} {width}", f"rumah-gim-{language}-{width}"
    in_the_portal(portal, ENTRY.format(founder=FOUNDER, slug=slug, name=name, number=f"8{width:04}"))
    visitor, reader = seat(language, width, account=FOUNDER), seat(language, width)
    page = visitor.visit("/ruang-kerja/startup/")
    page.get_by_role("link", name=name, exact=True).click()
    look(visitor, "owner-entry")
    home = page.url
    send(page, "main .still-right button")
    expect(page.locator("main .still-right button")).to_have_count(0)

    follow(page, "/ubah/kegiatan/")
    look(visitor, "owner-work")
    text = visitor.text("Gim pendek dari Malang.", "Short games from Malang.")
    if visitor.is_indonesian:
        fill(page, summary=text)
    else:
        fill(page, summary_en=text)
    send(page)
    reader.visit(f"/startup/{slug}/")
    expect(reader.page.locator("main")).to_contain_text(text)

    propose_name(visitor, reader, f"{name} Baru", slug=slug, live=name)
    page.goto(home)
    follow(page, "/logo/")
    page.locator("main [name=picture]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": picture()}
    )
    fill(page, logo_alt="Rumah kuning", logo_alt_en="A yellow house")
    send(page)
    expect(page.locator("main .logo-shown img")).to_have_count(2)
    look(visitor, "owner-logo")
    invite(visitor, seat, portal, home)


def look(visitor, name):
    """Look at the page closely, at the desk only where it differs from the phone."""
    if visitor.is_indonesian or name in {"owner-waiting", "owner-members"}:
        visitor.look(name)


def follow(page, ending):
    """Follow the link of the page to one of its parts."""
    page.locator(f".part-links a[href$='{ending}']").click()


def propose_name(visitor, reader, name, *, slug, live):
    """Type a new name and see that the old one stays live."""
    page = visitor.page
    follow(page, "/ubah/nama/")
    fill(page, name=name)
    look(visitor, "owner-name")
    send(page)
    expect(page.locator("main .waiting")).to_contain_text(name)
    look(visitor, "owner-waiting")
    reader.visit(f"/startup/{slug}/")
    expect(reader.page.locator("main h1")).to_have_text(live)


def invite(visitor, seat, portal, home):
    """Invite somebody, who accepts on the page of the mail's link and then keeps the entry too."""
    page = visitor.page
    page.goto(home)
    follow(page, "/anggota/")
    letters = len(portal.letters(GUEST))
    fill(page, email=GUEST)
    look(visitor, "owner-members")
    send(page, "main .form button[type=submit]")
    link = portal.wait_for_letter(GUEST, pattern=r"(/startup/undangan/\S+)", after=letters)
    stranger = seat(visitor.language, 360)
    stranger.visit(link)
    look(stranger, "owner-invitation-stranger")
    guest = seat(visitor.language, 360, account=GUEST)
    guest.visit(link)
    look(guest, "owner-invitation")
    send(guest.page, "main form button[type=submit]")
    expect(guest.page.locator("main h1")).to_be_visible()
    page.goto(home)
    follow(page, "/riwayat/")
    look(visitor, "owner-history")
    expect(page.locator("main .updates > li").first).to_be_visible()
