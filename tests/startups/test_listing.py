"""The search table follows the entries."""

from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from startups.models import SearchEntry, Startup
from startups.services import listing
from startups.tasks import rebuild_search
from tests.startups.factories import (
    ProductFactory,
    ServiceTypeFactory,
    StartupFactory,
    TechnologyFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db


def found(words, config="simple"):
    query = SearchQuery(words, config=config)
    return [entry.name for entry in SearchEntry.objects.filter(vector=query).order_by("name")]


def test_only_published_entries_have_a_row():
    shown = StartupFactory()
    for state in ("draft", "submitted", "suspended", "closed"):
        StartupFactory(**{state: True})
    assert [entry.pk for entry in SearchEntry.objects.all()] == [shown.pk]


def test_the_row_follows_a_change_and_goes_with_the_publication():
    startup = StartupFactory(name="Kelas Pintar")
    Startup.objects.filter(pk=startup.pk).update(name="Ruang Cerdas", alternate_names="Café Élan")
    listing.refresh([startup.pk])
    entry = SearchEntry.objects.get()
    assert (entry.name, entry.plain_name) == ("Ruang Cerdas", "ruang cerdas cafe elan")
    Startup.objects.filter(pk=startup.pk).update(lifecycle="suspended")
    listing.refresh([startup.pk])
    assert not SearchEntry.objects.exists()


def test_names_offers_texts_and_place_are_words_and_accents_do_not_matter():
    startup = StartupFactory(
        name="Kotak Éléphant",
        description_en="We are building bridges.",
        services=[ServiceTypeFactory(code="situs", name="Situs web")],
        technologies=[TechnologyFactory(code="godot", name="Godot")],
    )
    ProductFactory(startup=startup, title="Topeng Malangan")
    listing.refresh([startup.pk])
    place = startup.kelurahan.name.split()[0]
    for word in ("elephant", "situs", "godot", "topeng", "bridges", place):
        assert found(word) == ["Kotak Éléphant"], word
    assert found("gedung") == []
    # Stems: "membuat" and "pembuatan" are one word in Indonesian, "build" and "building" in English.
    assert found("pembuatan", "indonesian") == found("build", "english") == ["Kotak Éléphant"]


def test_a_hidden_field_is_neither_a_code_nor_a_word():
    hidden = StartupFactory(legal_name="PT Rahasia", stage="growing", team_band="2-5", public_fields=[])
    shown = StartupFactory(
        legal_name="PT Rahasia",
        stage="growing",
        team_band="2-5",
        public_fields=["legal_name", "stage", "team_band"],
    )
    assert found("rahasia") == [shown.name]
    codes = {entry.pk: set(entry.codes) for entry in SearchEntry.objects.all()}
    assert codes[shown.pk] - codes[hidden.pk] == {"tahap:growing", "tim:2-5"}


def test_the_strongest_verification_in_force_stands_in_the_row():
    startup = StartupFactory()
    VerificationFactory(startup=startup, level="mailbox")
    strong = VerificationFactory(startup=startup, level="in_person")
    VerificationFactory(startup=startup, level="in_person", lapsed_at=timezone.now(), lapse_reason="changed")
    listing.refresh([startup.pk])
    entry = SearchEntry.objects.get()
    assert (entry.verification, entry.verified_until) == ("in_person", strong.expires_at)
    strong.expires_at = timezone.now() - timedelta(seconds=1)
    strong.save()
    listing.refresh([startup.pk])
    assert SearchEntry.objects.get().verification == "mailbox"


def test_the_number_of_queries_does_not_grow_with_the_batch():
    few = [StartupFactory().pk for _ in range(2)]
    many = [StartupFactory(services=[ServiceTypeFactory()]).pk for _ in range(12)]
    for startup in many:
        ProductFactory(startup_id=startup)
    with CaptureQueriesContext(connection) as small:
        listing.refresh(few)
    with CaptureQueriesContext(connection) as large:
        listing.refresh(many)
    assert len(small) == len(large) <= 14


def test_a_rebuild_makes_missing_rows_corrects_wrong_ones_and_drops_the_rest(monkeypatch):
    monkeypatch.setattr(listing, "BATCH", 2)
    missing, wrong, gone = StartupFactory(), StartupFactory(name="Benar"), StartupFactory()
    StartupFactory(draft=True)
    SearchEntry.objects.filter(pk=missing.pk).delete()
    SearchEntry.objects.filter(pk=wrong.pk).update(name="Salah")
    Startup.objects.filter(pk=gone.pk).update(lifecycle="suspended")
    before = SearchEntry.objects.get(pk=wrong.pk).updated_at
    rebuild_search()
    assert set(SearchEntry.objects.values_list("pk", "name")) == {
        (missing.pk, missing.name),
        (wrong.pk, "Benar"),
    }
    # Nobody changed it: who copies changes need not fetch it again.
    assert SearchEntry.objects.get(pk=wrong.pk).updated_at == before
