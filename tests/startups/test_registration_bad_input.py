"""What people and programs send to a registration that no entry should hold: a message beside the field, no 500."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from startups.forms.fields import MOST_LINKS, link_kind
from startups.forms.registration import FASTEST
from startups.models import Startup
from tests.startups.factories import ServiceTypeFactory
from tests.startups.registration_steps import NAME, address, begin, send_step, stamp_of, the_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_for, founder):
    return client_for(founder)


@pytest.fixture
def draft(client, monkeypatch):
    begin(client, monkeypatch)
    return the_draft()


def refused(response, field):
    """Return the page that refused a field: it says so in the title, on top, and beside the field."""
    assert response.status_code == 200
    page = response.content.decode()
    assert "<title>Kesalahan:" in page
    assert "error-summary" in page
    assert f'id="id_{field}_error"' in page
    return page


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 10_000, "🎮🎮", "…!?", "\u202e\u2066", "x\x00y"], ids=lambda name: repr(name[:6])
)
def test_a_name_that_is_none_is_refused_beside_the_field(client, monkeypatch, name):
    page = refused(begin(client, monkeypatch, name=name), "name")
    assert not Startup.objects.exists()
    if len(name) == 10_000:
        assert "a" * 10_000 in page, "what was typed is not lost"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Studio   Lumba\t", "Studio Lumba"),
        ("Gim 🎮 Malang", "Gim 🎮 Malang"),
        ("استوديو مالانغ", "استوديو مالانغ"),
        ("Aman\u202etxt.exe", "Amantxt.exe"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("%s %(name)s {0} {{7*7}}", "%s %(name)s {0} {{7*7}}"),
    ],
)
def test_any_other_name_is_kept_as_text(client, monkeypatch, typed, stored):
    response = begin(client, monkeypatch, name=typed)
    assert the_draft(stored).name == stored
    page = client.get(response.url).content.decode()
    assert "<script>alert" not in page
    assert "<bdi>" in page


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://studio.example/",
        "file:///etc/passwd",
        "https://nama:sandi@studio.example/",
        "https://127.0.0.1/",
        "http://localhost/",
        "https://[::1]/",
        "https://studio",
        "bukan alamat",
        "https://a.example/" + "a" * 400,
        "//evil.example",
        "http://[",
    ],
)
def test_only_web_addresses_are_taken(client, draft, website):
    page = refused(send_step(client, draft, "kegiatan", website=website), "website")
    assert 'href="javascript' not in page.lower()
    draft.refresh_from_db()
    assert draft.website == ""


def test_an_address_without_its_beginning_gets_one(client, draft):
    send_step(client, draft, "kegiatan", website="WWW.Kopi.ID", links="instagram.com/kopi\nkopi.itch.io\n")
    draft.refresh_from_db()
    assert (draft.website, draft.website_domain) == ("https://WWW.Kopi.ID", "kopi.id")
    assert [link.kind for link in draft.links.all()] == ["instagram", "itch"]


def test_too_many_links_are_refused_with_both_numbers(client, draft):
    links = "\n".join(f"https://studio.example/{number}" for number in range(MOST_LINKS + 1))
    page = refused(send_step(client, draft, "kegiatan", links=links), "links")
    assert f"Paling banyak {MOST_LINKS} alamat. Ini ada {MOST_LINKS + 1}" in page
    assert "https://studio.example/8" in page


def test_a_link_says_what_it_is_by_its_host_alone():
    assert link_kind("https://www.instagram.com/x") == "instagram"
    assert link_kind("https://instagram.com.evil.example/") == "other"
    assert link_kind("https://evil.example/instagram.com") == "other"


def test_200_services_are_refused_with_both_numbers(client, draft):
    rows = [ServiceTypeFactory(code=f"layanan-{number}").pk for number in range(200)]
    page = refused(send_step(client, draft, "kegiatan", services=rows), "services")
    assert "Pilih paling banyak 15. Anda memilih 200." in page
    assert send_step(client, draft, "kegiatan", services=rows[:15]).status_code == 302
    assert draft.services.count() == 15


@pytest.mark.parametrize("value", ["9" * 40, "-1", "x", "\x00", "1.5", "٣"])
def test_a_choice_that_does_not_exist_is_refused(client, draft, value):
    refused(send_step(client, draft, "kegiatan", subsector=value), "subsector")
    assert send_step(client, draft, "kegiatan", services=[value]).status_code == 200
    assert send_step(client, draft, "tempat", area=value).status_code == 200
    assert send_step(client, draft, "nama", kind=value).status_code == 200


def test_a_place_outside_malang_is_told_honestly_and_the_draft_stays(client, draft):
    page = refused(send_step(client, draft, "tempat", area="luar"), "area")
    assert "lima kecamatan di Kota Malang" in page
    assert Startup.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("-7.97712, 112.63405", ("-7.97712", "112.63405")),
        ("-7.97712 112.63405", ("-7.97712", "112.63405")),
        ("https://www.google.com/maps/@-7.9771201,112.6340512,17z", ("-7.97712", "112.63405")),
        ("https://www.google.com/maps/place/X/@-7.9,112.6,15z/data=!3d-7.97712!4d112.63405", ("-7.97712", "112.63405")),
        ("https://www.openstreetmap.org/#map=19/-7.97712/112.63405", ("-7.97712", "112.63405")),
        ("https://maps.google.com/?q=-7.97712,112.63405", ("-7.97712", "112.63405")),
    ],
)  # fmt: skip
def test_a_place_is_read_from_coordinates_and_from_addresses_of_maps(client, draft, typed, point):
    assert send_step(client, draft, "tempat", point=typed).status_code == 302
    draft.refresh_from_db()
    assert (draft.latitude, draft.longitude) == tuple(map(Decimal, point))
    assert draft.point_precision == "exact"
    assert "point" not in draft.public_fields


@pytest.mark.parametrize(
    "typed", ["Jalan Ijen 5", "https://maps.app.goo.gl/abc", "-91, 500", "112.63, -7.97", "-6.2, 106.8", "9" * 5000]
)  # fmt: skip
def test_a_place_that_is_none_or_far_away_is_refused(client, draft, typed):
    from tests.ecosystem.factories import KelurahanFactory

    KelurahanFactory(code="35.73.02.1001", latitude=Decimal("-7.97712"), longitude=Decimal("112.63405"))
    refused(send_step(client, draft, "tempat", point=typed), "point")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"founded_year": "1812"}, "founded_year"),
        ({"founded_year": "9999"}, "founded_year"),
        ({"founded_year": "9" * 5000}, "founded_year"),
        ({"founded_month": "3"}, "founded_year"),
        ({"founded_year": "2020", "founded_day": "3"}, "founded_month"),
        ({"founded_year": "2021", "founded_month": "2", "founded_day": "30"}, "founded_day"),
    ],
)
def test_a_day_of_founding_that_cannot_be_is_refused(client, draft, parts, field):
    refused(send_step(client, draft, "kegiatan", **parts), field)


@pytest.mark.parametrize(
    ("parts", "founded", "precision"),
    [
        ({"founded_year": "2019"}, "2019-01-01", "year"),
        ({"founded_year": "2019", "founded_month": "3"}, "2019-03-01", "month"),
        ({"founded_year": "2019", "founded_month": "3", "founded_day": "7"}, "2019-03-07", "day"),
    ],
)
def test_the_day_of_founding_is_kept_as_exactly_as_it_is_known(client, draft, parts, founded, precision):
    send_step(client, draft, "kegiatan", **parts)
    draft.refresh_from_db()
    assert (str(draft.founded), draft.founded_precision) == (founded, precision)
    page = client.get(address(draft, "kegiatan")).content.decode()
    assert re.search(r'name="founded_year" value="2019"', page)


@pytest.mark.parametrize("phone", ["halo", "123", "+62 abc", "0" * 30, "٠٨١٢٣٤٥٦٧٨٩"])
def test_a_phone_number_that_is_none_is_refused(client, draft, phone):
    refused(send_step(client, draft, "kontak", phone=phone), "phone")


def test_a_mail_address_with_a_second_header_is_refused(client, draft):
    refused(send_step(client, draft, "kontak", email="a@b.id\r\nBcc: c@d.id"), "email")


def test_a_program_that_fills_in_every_field_is_refused_with_a_reason(client, monkeypatch):
    page = begin(client, monkeypatch, fax="021").content.decode()
    assert "tidak terlihat orang" in page
    assert not Startup.objects.exists()


def test_a_form_sent_within_two_seconds_is_refused_once_and_keeps_what_was_typed(client):
    assert FASTEST == 2
    stamp = stamp_of(client)
    response = client.post(reverse("startups:registration_new"), {**NAME, "stamp": stamp})
    page = response.content.decode()
    assert "lebih cepat daripada orang mengetik" in page
    assert 'value="Kopi Lumba"' in page
    assert stamp in page, "the same form may be sent again"


def test_the_form_of_another_account_makes_no_entry(client, client_for, make_user, monkeypatch):
    stamp = stamp_of(client_for(make_user("lain@example.org")))
    assert begin(client, monkeypatch, stamp=stamp).status_code == 200
    assert begin(client, monkeypatch, stamp="x").status_code == 200
    assert not Startup.objects.exists()


def test_the_sixth_draft_is_refused_with_the_way_out(client, monkeypatch):
    for number in range(5):
        assert begin(client, monkeypatch, name=f"{'ABCDE'[number] * 8} Usaha").status_code == 302
    response = begin(client, monkeypatch, name="Yang Keenam")
    assert response.status_code == 429
    assert reverse("startups:my_startups") in response.content.decode()
    assert Startup.objects.count() == 5


def test_the_thirtieth_sign_up_a_minute_from_one_address_is_refused_plainly():
    answers = [
        Client().post(
            reverse("account_signup"),
            {"email": f"orang-{number}@example.org", "password1": "kopi-arjuno-pagi-77"},
        )
        for number in range(30)
    ]
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    assert "Terlalu banyak" in answers[-1].content.decode()
