"""The published facilities: six of them, nothing invented, and nothing of a manager's overwritten."""

import pytest
from django.db.models import Q

from ecosystem.models import Facility, Milestone, OpeningHours, ProgressReport, Space, SpaceLeaf
from ecosystem.services.facility_data import load_facilities
from ecosystem.services.reference import load_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    load_reference(write=True)
    load_facilities()


def test_the_creative_center_and_one_site_in_each_kecamatan_are_loaded(loaded):
    assert Facility.objects.count() == 6
    assert Facility.objects.filter(kind="coworking").values("kecamatan").distinct().count() == 5
    assert Facility.objects.get(stage="planned").kecamatan.name == "Lowokwaru"
    assert {row.operator.slug for row in Facility.objects.all()} == {"diskopindag", "disporapar"}


def test_the_creative_center_has_its_eight_floors_with_the_published_rooms(loaded):
    floors = Space.objects.filter(facility__slug="malang-creative-center", kind="floor")

    assert [floor.floor for floor in floors] == ["B", "1", "2", "3", "4", "5", "6", "7"]
    assert sum(floor.parts.count() for floor in floors) == 15
    assert floors.get(floor="2").area_m2 == 2680
    assert SpaceLeaf.objects.filter(space__facility__slug="malang-creative-center", space__parent=None)


def test_what_nobody_published_is_empty(loaded):
    unknown = Q(capacity=None, policy=None, is_accessible=None, is_sample=False)

    assert not Space.objects.exclude(unknown).exists()
    assert not OpeningHours.objects.exists()
    assert not Facility.objects.exclude(latitude=None).exists()
    assert not Facility.objects.exclude(phone="").exists()


def test_the_progress_of_the_building_has_its_sources(loaded):
    found = list(ProgressReport.objects.values_list("actual_percent", "planned_percent"))

    assert [float(actual) for actual, _ in found] == [22, 92.26, 98.3, 100]
    assert [float(planned) for _, planned in found if planned] == [88.92]
    assert not Milestone.objects.filter(source_url="").exists()


def test_the_days_of_the_timeline_are_the_published_ones(loaded):
    center = Facility.objects.get(slug="malang-creative-center")
    reports = center.progress_reports.values_list("as_of", "source_url")
    steps = center.milestones.order_by("happened_on", "pk").values_list("happened_on", "precision", "kind")

    assert [(f"{day}", url.split("/")[2]) for day, url in reports] == [
        ("2021-10-01", "dpuprpkp.malangkota.go.id"),
        ("2022-06-17", "petisi.co"),
        ("2022-07-14", "surabaya.kompas.com"),
        ("2022-12-16", "www.detik.com"),
    ]
    assert [(f"{day}", precision, kind) for day, precision, kind in steps] == [
        ("2019-11-04", "day", "budget"),
        ("2020-01-01", "year", "budget"),
        ("2020-09-22", "day", "budget"),
        ("2021-05-27", "day", "contract"),
        ("2022-07-20", "day", "contract"),
        ("2022-12-20", "day", "opening"),
        ("2023-01-01", "month", "use"),
        ("2023-09-22", "day", "opening"),
    ]
    contract = center.milestones.get(happened_on="2021-05-27").detail
    for amount in ("Rp97.197.856.626", "Rp25,8 miliar", "Rp71,4 miliar"):
        assert amount in contract


def test_loading_again_keeps_what_a_manager_changed(loaded):
    center = Facility.objects.get(slug="malang-creative-center")
    center.description = "Ditulis pengelola."
    center.save()
    center.milestones.first().delete()
    center.spaces.filter(slug="bioskop").delete()
    before = Milestone.objects.count()

    assert load_facilities() == 0

    center.refresh_from_db()
    assert center.description == "Ditulis pengelola."
    assert Milestone.objects.count() == before
    assert not center.spaces.filter(slug="bioskop").exists()


def test_a_facility_that_is_missing_comes_back(loaded):
    Facility.objects.get(slug="coworking-lowokwaru").spaces.all().delete()
    Facility.objects.get(slug="coworking-lowokwaru").delete()

    assert load_facilities() == 1
