"""The reference data comes from the files, as often as one likes, and nothing doubtful comes with it."""

from io import StringIO

import pytest
from django.core.management import call_command

from ecosystem.models import HelixActor, Kecamatan, Kelurahan, Organization, Subsector
from ecosystem.services.reference import load_reference

pytestmark = pytest.mark.django_db


def load(**options):
    output = StringIO()
    call_command("load_reference", stdout=output, **options)
    return output.getvalue()


def test_without_write_it_says_what_would_change_and_changes_nothing():
    output = load()
    assert "17 created" in output
    assert "--write" in output
    assert not Subsector.objects.exists()


def test_all_places_subsectors_and_actors_are_there():
    load(write=True)
    assert Subsector.objects.count() == 17
    assert Kecamatan.objects.count() == 5
    assert Kelurahan.objects.count() == 57
    assert HelixActor.objects.count() == 6
    klojen = Kecamatan.objects.get(code="35.73.02")
    assert klojen.name == "Klojen"
    assert klojen.kelurahan.filter(name="Samaan", postal_code="65112").exists()
    assert all(
        ward.code.startswith(ward.kecamatan.code) for ward in Kelurahan.objects.select_related("kecamatan")
    )


def test_a_second_load_changes_nothing():
    load(write=True)
    assert all(not outcome.created and not outcome.updated for outcome in load_reference(write=True))


def test_a_row_that_was_changed_by_hand_is_brought_back():
    load(write=True)
    Subsector.objects.filter(code="kriya").update(name="Salah")
    load(write=True)
    assert Subsector.objects.get(code="kriya").name == "Kriya"


def test_organizations_name_their_source_and_are_no_companies():
    load(write=True)
    for organization in Organization.objects.all():
        assert organization.source_url.startswith("https://")
        assert organization.kind != Organization.Kind.COMPANY
    assert Organization.objects.filter(slug__in=["bappeda", "stasion", "universitas-brawijaya"]).count() == 3
