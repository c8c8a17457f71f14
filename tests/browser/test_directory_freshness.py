"""The freshness link of a mail works once; a person takes their own data with them."""

import io
import os
import subprocess
import sys
import zipfile

from playwright.sync_api import expect

from malangkraf import preparation
from tests.browser.seats import indonesian_on_a_phone

FOUNDER = "pendiri@demo.malangkraf.test"
# An entry that its owner confirmed 200 days ago, and the job that asks.
ASK = """
from datetime import timedelta
from django.utils import timezone
from ecosystem.models import Subsector, User
from startups.models import Membership, Startup
from startups.services import entries, freshness_mails
person, _ = User.objects.get_or_create(email="{email}", defaults={{"language": "{language}", "name": "Sari"}})
old = timezone.localdate() - timedelta(days=200)
startup, _ = Startup.objects.update_or_create(slug="{slug}", defaults=dict(
    name="{name}", kind="game_studio", summary="Membuat gim.", summary_en="Makes games.", lifecycle="published",
    claim="claimed", reference="MLG-2020-{number}", published_at=timezone.now(), last_confirmed_on=old,
    created_by=person))
Membership.objects.get_or_create(startup=startup, user=person, defaults=dict(role="owner"))
entries.set_subsectors(startup, Subsector.objects.first())
freshness_mails.send_due_asks(timezone.now())
"""


def in_the_portal(portal, script):
    """Run Python beside the running portal, as `manage.py shell` does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "malangkraf.commandline", "shell", "--no-imports", "--command", script],
        cwd=preparation.ROOT,
        env=kept | {"DATA_DIR": str(portal.data), "PORT": str(portal.port)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@indonesian_on_a_phone
def test_the_link_of_the_mail_works_once(seat, portal, language, width):
    visitor = seat(language, width)
    address = f"sari-{language}-{width}@example.org"
    name = f"Gim Segar {language} {width}"
    in_the_portal(
        portal,
        ASK.format(
            email=address,
            language=language,
            slug=f"gim-segar-{language}-{width}",
            name=name,
            number=f"{width:04}",
        ),
    )
    link = portal.wait_for_letter(address, pattern=r"(http\S+)\?jawaban=benar").replace(
        "http://localhost:8000", portal.address
    )
    page = visitor.page
    # A scanner that opens every link answers nothing.
    for word in ("benar", "ubah", "tutup", "bukan-saya"):
        page.goto(f"{link}?jawaban={word}")
    page.goto(f"{link}?jawaban=tutup")
    visitor.look("freshness-closed")
    page.goto(link)
    visitor.look("freshness-question")
    expect(page.locator("h1")).to_contain_text(name)
    with page.expect_navigation():
        page.locator("main button[type=submit]").first.click()
    expect(page.locator("h1")).to_have_text(
        visitor.text("Terima kasih atas jawaban Anda", "Thank you for your answer")
    )
    visitor.look("freshness-thanks")
    page.goto(f"{link}?jawaban=bukan-saya")
    expect(page.locator("main button")).to_have_count(0)


@indonesian_on_a_phone
def test_a_person_downloads_their_own_data(seat, language, width):
    visitor = seat(language, width, account=FOUNDER)
    page = visitor.visit("/akun/data-saya/")
    with page.expect_navigation():
        page.locator("#salinan-data button").click()
    ready = page.locator("#salinan-data a.button")
    # The page asks the worker itself until the copy is there.
    ready.wait_for()
    visitor.look("own-data-ready")
    with page.expect_download() as waiting:
        ready.click()
    with zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes())) as archive:
        assert FOUNDER in archive.read("data.json").decode()
    visitor.visit("/privasi/", "privacy")
