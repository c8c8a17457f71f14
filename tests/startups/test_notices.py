"""Mails about an entry: to whoever keeps it, each in their own language, once."""

import pytest

from ecosystem.models import OutgoingMail
from startups.models import Membership
from startups.services import notices
from tests.ecosystem.factories import UserFactory
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db


def test_every_owner_gets_it_in_their_language_and_editors_and_the_inactive_do_not():
    startup = StartupFactory(name="Gim & Kopi", owner=UserFactory(language="id"))
    for role, language, is_active in (("owner", "en", True), ("editor", "id", True), ("owner", "id", False)):
        Membership.objects.create(
            startup=startup, user=UserFactory(language=language, is_active=is_active), role=role
        )
    for _ in range(2):
        queued = notices.notify(startup, "startup_closed", {"note": ""}, key="tutup:1")
    assert queued == []
    mails = list(OutgoingMail.objects.order_by("pk"))
    assert [mail.language for mail in mails] == ["id", "en"]
    assert "karena Anda mengelola entri “Gim & Kopi”" in mails[0].text
    assert "because you keep the entry “Gim &amp; Kopi”" in mails[1].html


def test_an_entry_without_owners_tells_who_made_it():
    maker = UserFactory()
    startup = StartupFactory(created_by=maker)
    assert [mail.to for mail in notices.notify(startup, "startup_closed", {"note": ""})] == [maker.email]
    assert notices.notify(StartupFactory(), "startup_closed", {"note": ""}) == []


@pytest.mark.parametrize(("path", "period"), [("/privasi/", "180 hari"), ("/en/privasi/", "180 days")])
def test_the_privacy_page_names_the_periods_of_the_jobs(client, settings, path, period):
    page = client.get(path).content.decode()
    assert period in page
    assert "Dinas Contoh" not in page
    settings.DATA_CONTROLLER = "Dinas Contoh"
    from django.core.cache import cache

    cache.clear()
    assert "Dinas Contoh" in client.get(path).content.decode()


@pytest.mark.parametrize(("tiles", "is_told"), [("https://ubin.example/{z}/{x}/{y}.png", True), ("", False)])
def test_the_privacy_page_says_who_else_is_told(client, settings, tiles, is_told):
    settings.MAP_TILES_URL = tiles
    page = client.get("/en/privasi/").content.decode()
    assert ("ubin.example" in page) == is_told
    assert ("No other company is told." in page) != is_told
