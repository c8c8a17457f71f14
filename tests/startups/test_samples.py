"""The demonstration directory: 120 entries that say what they are, and their removal to the last row."""

import io

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from ecosystem.models import Kelurahan, User
from startups.models import ModerationItem, SearchEntry, Startup
from startups.rules.freshness import Freshness, freshness
from startups.sampling.logos import FIGURES, sample_logo
from startups.sampling.plan import days_since_confirmed, planned_samples
from tests.ecosystem.factories import UserFactory
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings, tmp_path):
    settings.DEMO, settings.DATA_DIR, settings.MEDIA_ROOT = True, tmp_path, tmp_path / "media"
    call_command("load_reference", write=True, verbosity=0)
    call_command("load_directory_reference", verbosity=0)
    return tmp_path


def load(**options):
    call_command("load_samples", verbosity=0, **options)


def test_there_are_120_and_each_says_that_it_is_a_sample(demonstration):
    load()
    published = Startup.objects.filter(lifecycle="published")
    assert published.count() == SearchEntry.objects.count() == 120
    assert set(Startup.objects.values_list("is_sample", "source")) == {(True, "sample")}
    assert set(SearchEntry.objects.values_list("is_sample", flat=True)) == {True}


def test_they_are_varied(demonstration):
    load()
    published = Startup.objects.filter(lifecycle="published")
    assert set(published.values_list("kind", flat=True)) == set(Startup.Kind.values)
    assert published.values("kecamatan").distinct().count() == 5
    assert published.values("kelurahan").distinct().count() > 40 <= Kelurahan.objects.count()
    assert set(published.values_list("stage", flat=True)) == set(Startup.Stage.values)
    assert set(published.values_list("claim", flat=True)) == {"claimed", "unclaimed"}
    today = timezone.localdate()
    levels = {freshness(day, on=today) for day in published.values_list("last_confirmed_on", flat=True)}
    assert levels == set(Freshness)
    assert published.exclude(description_en="").count() == 80
    assert len({startup.summary for startup in published}) == 120


def test_no_sample_has_an_address_that_could_be_somebodys(demonstration):
    load()
    for startup in Startup.objects.prefetch_related("links", "contacts"):
        assert startup.website == "" or startup.website.endswith(".malangkraf.test/")
        assert all(".test/" in link.url for link in startup.links.all())
        assert all(contact.value.endswith(".malangkraf.test") for contact in startup.contacts.all())


def test_the_first_two_belong_to_the_demo_founder(demonstration):
    founder = UserFactory(email="pendiri@demo.malangkraf.test")
    load(founder=founder.email)
    assert Startup.objects.of(founder.pk).count() == 2


def test_coordinators_find_something_to_do(demonstration):
    load()
    kinds = ModerationItem.objects.waiting_for_us().values_list("kind", flat=True)
    assert sorted(kinds) == ["after_check", "new", "new", "new", "report"]


def test_a_second_load_changes_nothing(demonstration):
    load()
    load()
    assert Startup.objects.filter(lifecycle="published").count() == 120


def test_samples_stay_away_once_removed(demonstration):
    load()
    call_command("remove_samples", verbosity=0)
    load()
    assert Startup.objects.count() == 0
    load(again=True)
    assert Startup.objects.filter(lifecycle="published").count() == 120


def rows_of_the_directory():
    """Count the rows of every table of the app but the code lists."""
    lists = {"ServiceType", "Technology", "SynonymGroup"}
    models = [model for model in apps.get_app_config("startups").get_models() if model.__name__ not in lists]
    return {model.__name__: model._base_manager.count() for model in models if model._base_manager.exists()}


def test_removal_leaves_no_row_and_no_picture(demonstration, django_capture_on_commit_callbacks):
    load()
    before = rows_of_the_directory()
    assert before["Startup"] == 123 and before["StartupEvent"] >= 120
    picture = Startup.objects.exclude(logo="").first().logo.name
    assert default_storage.exists(picture)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remove_samples", verbosity=0)
    assert rows_of_the_directory() == {}
    assert not default_storage.exists(picture)
    assert not User.objects.filter(email__contains="contoh").exists()


def test_removal_leaves_what_is_real(demonstration):
    real = StartupFactory(owner=UserFactory())
    load()
    call_command("remove_samples", verbosity=0)
    assert list(Startup.objects.all()) == [real]
    assert rows_of_the_directory()["Membership"] == 1


def test_outside_the_demonstration_no_sample_is_made(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="MALANGKRAF_DEMO"):
        load()


def test_the_plan_is_the_same_each_time():
    today = timezone.localdate()
    assert list(planned_samples(on=today)) == list(planned_samples(on=today))
    assert min(map(days_since_confirmed, range(120))) >= 0


def test_logos_are_small_squares_and_differ():
    pictures = [sample_logo(number, 96) for number in range(64)]
    assert {Image.open(io.BytesIO(picture)).size for picture in pictures} == {(96, 96)}
    assert max(map(len, pictures)) < 4000
    assert len(set(pictures)) >= len(FIGURES) * 6
