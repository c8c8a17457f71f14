"""The page of one entry: what the public sees of it, and what never; its old addresses, its logo and its picture."""

import io
import json
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from startups.models import Startup, StartupAlias, StartupKbli
from startups.rules.lifecycle import Actor
from startups.services import entries, listing
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory
from tests.startups.factories import (
    ContactPointFactory,
    ProductFactory,
    ServiceTypeFactory,
    StartupFactory,
    StartupLinkFactory,
    TechnologyFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db
SECRETS = ("PT Rahasia", "Jalan Tersembunyi", "1234567890123", "62010", "-7.12345", "Diamati moderator")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def studio(founder):
    """An entry with everything; of the optional fields it shows stage, team size and founding year."""
    area = KelurahanFactory(code="35.73.02.1003", name="Kauman", latitude="-7.98", longitude="112.63")
    studio = StartupFactory(
        slug="arunika",
        name="Arunika",
        owner=founder,
        kelurahan=area,
        summary="Membuat gim kecil.",
        summary_en="Makes small games.",
        description="Kami membuat gim.\n\nSejak lama.",
        stage="growing",
        team_band="6-10",
        founded=date(2019, 5, 20),
        website="https://www.arunika.example",
        website_domain="arunika.example",
        legal_name="PT Rahasia",
        street="Jalan Tersembunyi 1",
        latitude="-7.12345",
        longitude="112.12345",
        nib="1234567890123",
        lifecycle_note="Diamati moderator",
        open_to=["clients", "interns"],
        subsectors=[SubsectorFactory(code="pengembang-permainan", name="Pengembang Permainan")],
        services=[ServiceTypeFactory(code="gim", name="Pembuatan gim")],
        technologies=[TechnologyFactory(code="godot", name="Godot")],
    )
    StartupKbli.objects.create(startup=studio, scheme="2020", code="62010")
    ProductFactory(startup=studio, title="Rintik", year=2024, url="https://rintik.example/unduh")
    StartupLinkFactory(startup=studio, url="https://arunika.itch.example/")
    listing.refresh([studio.pk])
    return studio


def page_of(address="/startup/arunika/", status=200):
    response = Client().get(address)
    assert response.status_code == status, address
    return response.content.decode()


def data_of(html):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[1])


def test_the_page_says_what_they_do_where_and_how_fresh_that_is(studio):
    html = page_of()
    for text in (
        "Membuat gim kecil.",
        "Rintik",
        "Pembuatan gim",
        "Godot",
        "Kauman",
        "6-10 orang",
        "Bertumbuh",
    ):
        assert text in html, text
    assert 'rel="nofollow ugc noopener"' in html
    assert "arunika.itch.example" in html
    assert "arunika.example</span>" in html
    assert f"pada {timezone.localdate().day} " in html
    assert 'class="city-map"' in html


def test_english_readers_get_the_translation_and_a_mark_where_there_is_none(studio):
    html = page_of("/en/startup/arunika/")
    assert "Makes small games." in html
    assert '<div class="prose flow-s" lang="id"' in html
    assert "The people who keep this entry said on" in html


def test_what_the_owner_hides_is_nowhere_in_the_page(studio):
    ContactPointFactory(startup=studio, kind="phone", value="+628123450000")
    for prefix in ("", "/en"):
        html = page_of(f"{prefix}/startup/arunika/")
        found = [secret for secret in (*SECRETS, "628123450000") if secret in html]
        assert found == []
    studio.public_fields = ["legal_name", "street", "point", "kbli"]
    studio.point_precision = "exact"
    studio.save()
    cache.clear()
    html = page_of()
    assert all(text in html for text in ("PT Rahasia", "Jalan Tersembunyi", "62010", "-7.12345"))
    assert "Bertumbuh" not in html
    assert "6-10 orang" not in html


def test_public_contacts_are_links_and_a_whatsapp_number_is_only_a_button(studio):
    ContactPointFactory(startup=studio, kind="email", value="halo@arunika.example", is_public=True)
    ContactPointFactory(startup=studio, kind="whatsapp", value="0812 3450-000", is_public=True)
    html = page_of()
    assert 'href="mailto:halo@arunika.example"' in html
    assert 'href="https://wa.me/628123450000?text=' in html
    assert "0812 3450" not in html


def test_a_badge_is_explained_with_its_end_and_ends_with_it(studio):
    VerificationFactory(startup=studio, domain="arunika.example")
    html = page_of()
    assert "menguasai arunika.example" in html
    assert "langsung berakhir bila nama atau domain berubah" in html
    studio.verifications.update(expires_at=timezone.now() - timedelta(days=1))
    cache.clear()
    assert "menguasai arunika.example" not in page_of()


def test_the_domain_of_a_badge_is_not_named_when_the_page_does_not_show_it(studio):
    VerificationFactory(startup=studio, domain="rahasia.example")
    html = page_of()
    assert "rahasia.example" not in html
    assert "menguasai domainnya" in html


def test_structured_data_come_from_the_public_record_and_cannot_end_their_block(studio):
    Startup.objects.filter(pk=studio.pk).update(name="</script><script>alert(1)</script>&")
    html = page_of()
    assert "<script>alert" not in html
    organization, product = data_of(html)["@graph"]
    assert organization["name"] == "</script><script>alert(1)</script>&"
    assert organization["foundingDate"] == "2019"
    assert organization["numberOfEmployees"]["maxValue"] == 10
    assert organization["sameAs"] == ["https://arunika.itch.example/"]
    assert "geo" not in json.dumps(organization)
    assert product["name"] == "Rintik"
    assert product["@type"] == "VideoGame"


def test_a_link_that_is_no_web_address_is_not_shown(studio):
    StartupLinkFactory(startup=studio, url="javascript:alert(1)")
    assert "javascript:" not in re.sub(r"<script.*?</script>", "", page_of(), flags=re.S)


def test_old_stale_dormant_and_closed_entries_say_so_first(studio):
    for days, text in ((400, "lebih dari setahun lalu"), (600, "tidak ditampilkan dalam daftar")):
        Startup.objects.filter(pk=studio.pk).update(
            last_confirmed_on=timezone.localdate() - timedelta(days=days)
        )
        cache.clear()
        html = page_of()
        assert text in html
        assert html.index("alert-warning") < html.index("Apa yang mereka kerjakan")
    Startup.objects.filter(pk=studio.pk).update(lifecycle="closed", closed_on=date(2026, 1, 5))
    cache.clear()
    html = page_of()
    assert "Tutup sejak 5 Januari 2026" in html
    assert "/kontak/" not in html


def test_an_unclaimed_entry_says_whose_word_it_is(db):
    StartupFactory(slug="arunika", source="imported")
    html = page_of()
    assert "pemiliknya belum mengonfirmasi" in html
    assert "/kontak/" not in html


def test_a_sample_is_marked_and_kept_out_of_search_engines(db):
    StartupFactory(slug="arunika", sample=True)
    html = page_of()
    assert "Entri ini rekaan" in html
    assert '<meta name="robots" content="noindex">' in html
    assert "rekaan" in data_of(html)["@graph"][0]["disambiguatingDescription"]


def test_entries_of_the_same_subsector_are_shown_and_nothing_hidden(studio):
    StartupFactory(slug="serupa-satu", name="Serupa Satu")
    StartupFactory(slug="serupa-draf", name="Serupa Draf", draft=True)
    StartupFactory(slug="serupa-lama", name="Serupa Lama", dormant=True)
    html = page_of()
    assert "Serupa Satu" in html
    assert "Serupa Draf" not in html
    assert "Serupa Lama" not in html


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("rest", ["", "kontak/", "lapor/", "gambar.png"])
def test_earlier_addresses_redirect_for_ever_in_both_languages(studio, prefix, rest):
    StartupAlias.objects.create(slug="nama-lama", startup=studio, reason="renamed")
    StartupFactory(slug="gabungan", lifecycle="merged", merged_into=studio)
    for slug in ("nama-lama", "gabungan"):
        response = Client().get(f"{prefix}/startup/{slug}/{rest}")
        assert response.status_code == 301
        assert response.url == f"{prefix}/startup/arunika/{rest}"


def test_a_chain_of_merged_entries_ends_at_the_last_and_a_circle_at_nothing(studio):
    middle = StartupFactory(slug="tengah", lifecycle="merged", merged_into=studio)
    StartupFactory(slug="awal", lifecycle="merged", merged_into=middle)
    assert Client().get("/startup/awal/").url == "/startup/arunika/"
    circle = StartupFactory(slug="lingkar", lifecycle="merged", merged_into=middle)
    Startup.objects.filter(pk=middle.pk).update(merged_into=circle)
    page_of("/startup/lingkar/", status=404)


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended"])
def test_what_was_never_public_is_not_found(state):
    StartupFactory(slug="rahasia", **{state: True})
    for rest in ("", "kontak/", "lapor/", "gambar.png", "logo-96.webp"):
        page_of(f"/startup/rahasia/{rest}", status=404)


@pytest.mark.parametrize("after", ["suspended", "withdrawn"])
def test_what_has_left_the_directory_is_gone(studio, after):
    by = Actor.COORDINATOR if after == "suspended" else Actor.OWNER
    entries.transition(studio.pk, after, by=by)
    html = page_of(status=410)
    assert "noindex" in html
    assert "Arunika" not in html
    assert Client().get("/startup/arunika/gambar.png").status_code == 410


def logo_file():
    target = io.BytesIO()
    Image.new("RGB", (192, 192), "#d9486e").save(target, "WEBP")
    return ContentFile(target.getvalue())


def test_the_logo_is_sent_locked_in_and_for_long(studio):
    studio.logo_alt = "Matahari terbit"
    studio.logo.save("logo-abc12345.webp", logo_file())
    html = page_of()
    address = re.search(r'<img src="(/startup/arunika/logo-192.webp\?v=[^"]+)" alt="Matahari terbit"', html)[
        1
    ]
    response = Client().get(address)
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"WEBP" in response.getvalue()
    page_of("/startup/arunika/logo-500.webp", status=404)


def picture_of(address):
    response = Client().get(address)
    assert response["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(response.content)) as picture:
        return picture.size, response.content


def test_the_picture_of_a_shared_link_is_drawn_for_every_name(studio):
    html = page_of()
    assert f'content="http://localhost:8000/startup/arunika/gambar.png?v={studio.version}"' in html
    assert html.count('property="og:image"') == 1
    size, first = picture_of("/startup/arunika/gambar.png")
    assert size == (1200, 630)
    assert len(first) < 100_000
    for name in ("x" * 120, "اسم عربي طويل جدا", "🦀🦀🦀", "Kata " * 24, "-"):
        Startup.objects.filter(pk=studio.pk).update(name=name, version=studio.version + len(name) + 1)
        assert picture_of("/startup/arunika/gambar.png")[0] == size


def test_a_picture_changes_with_its_entry_and_marks_samples(studio):
    first = picture_of("/startup/arunika/gambar.png")[1]
    assert picture_of("/startup/arunika/gambar.png")[1] == first
    Startup.objects.filter(pk=studio.pk).update(is_sample=True, source="sample", version=studio.version + 1)
    assert picture_of("/startup/arunika/gambar.png")[1] != first


def test_few_queries_cold_and_none_warm(studio, django_assert_num_queries):
    for number in range(5):
        ProductFactory(startup=studio)
        StartupFactory(name=f"Serupa {number}")
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        page_of()
    queries = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(queries) <= 12, queries
    with django_assert_num_queries(0):
        page_of()
