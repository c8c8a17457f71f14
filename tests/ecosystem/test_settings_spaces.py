"""A manager keeps spaces, rules, quotas, texts and photos; planners and managers report progress."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from ecosystem.models import (
    Allocation,
    Amenity,
    BookingPolicy,
    FacilityPhoto,
    Milestone,
    Occurrence,
    ProgressReport,
    Quota,
    Space,
)
from ecosystem.policy_words import policy_words, quota_words
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
    noon_in,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db
SOURCE = "https://sumber.example/berita"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


def address(facility, name, *rest):
    return reverse(f"ecosystem:{name}", args=[facility.slug, *rest])


def typed(page):
    """Return what the form of a page would send as it stands."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "") and value is not False}


def new_space(facility, **fields):
    whole = facility.spaces.get(parent=None)
    return {"parent": whole.pk, "kind": "room", "name": "Ruang Teh", "order": "3"} | fields


def test_a_room_is_added_with_what_stands_in_it(client, facility):
    beamer = Amenity.objects.create(code="uji", name="Proyektor uji")
    policy = PolicyFactory(facility=facility)
    values = new_space(facility, capacity="12", area_m2="40,5", is_accessible="true", policy=policy.pk)
    response = client.post(address(facility, "space_create"), values | {f"count_{beamer.pk}": "2"})
    assert response.status_code == 302, response.context["form"].errors
    space = Space.objects.get(slug="ruang-teh")
    assert (space.capacity, str(space.area_m2), space.is_accessible, space.policy) == (
        12,
        "40.5",
        True,
        policy,
    )
    assert list(space.amenity_rows.values_list("amenity", "count")) == [(beamer.pk, 2)]
    assert space.leaf_rows.count() == 1
    page = client.get(address(facility, "space_list")).content.decode()
    assert "Ruang Teh" in page and "40,5" in page


def test_the_same_button_twice_adds_one_room(client, facility):
    codes = [
        client.post(address(facility, "space_create"), new_space(facility)).status_code for _ in range(2)
    ]
    assert codes == [302, 200] and facility.spaces.filter(name="Ruang Teh").count() == 1


def test_a_booked_room_is_not_divided(client, facility):
    room = make_space(facility)
    make_occurrence(room, noon_in(2))
    response = client.post(address(facility, "space_create"), new_space(facility, parent=room.pk))
    assert response.status_code == 200 and str(room) in response.context["form"].errors["parent"][0]
    assert not Space.objects.filter(slug="ruang-teh").exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": ""}, "name"),
        ({"name": "2026"}, "name"),
        ({"name": "Kalender"}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"kind": "building"}, "kind"),
        ({"kind": "kapal"}, "kind"),
        ({"parent": "999999"}, "parent"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "2,5"}, "capacity"),
        ({"capacity": "banyak"}, "capacity"),
        ({"area_m2": "-1"}, "area_m2"),
        ({"policy": "999999"}, "policy"),
        ({"order": "-1"}, "order"),
        ({"order": "99999999"}, "order"),
    ],
)
def test_a_wrong_space_is_explained_and_kept(client, facility, fields, name):
    values = new_space(facility, description="Disimpan") | fields
    response = client.post(address(facility, "space_create"), values)
    form = response.context["form"]
    assert response.status_code == 200 and name in form.errors
    assert form["description"].value() == "Disimpan" and form[name].value() == values[name]


def test_two_managers_change_the_same_space(client, facility):
    room = make_space(facility, name="Lama")
    url = address(facility, "space_edit", room.slug)
    mine = typed(client.get(url)) | {"name": "Punya saya"}
    client.post(url, typed(client.get(url)) | {"name": "Punya lain"})
    stale = client.post(url, mine)
    assert stale.status_code == 409 and stale.context["conflict"][0]["stands"] == "Punya lain"
    assert client.post(url, mine | {"seen": stale.context["form"]["seen"].value()}).status_code == 302
    room.refresh_from_db()
    assert room.name == "Punya saya"


def test_a_space_moves_in_the_tree_while_nothing_is_booked_there(client, facility):
    floor, other = (make_space(facility, kind="floor") for _ in range(2))
    room, neighbour = make_space(parent=floor), make_space(parent=other)
    url = address(facility, "space_edit", room.slug)

    def sent(**fields):
        return client.post(url, typed(client.get(url)) | fields)

    booked = [make_occurrence(room, noon_in(2)), make_occurrence(other, noon_in(3))]
    for date, space in zip(booked, (room, other), strict=True):
        assert str(space) in sent(parent=other.pk).context["form"].errors["parent"][0]
        Allocation.objects.filter(occurrence=date).update(holds=False)
    assert sent(parent=other.pk).status_code == 302
    assert set(other.leaf_rows.values_list("leaf", flat=True)) == {room.pk, neighbour.pk}
    assert set(floor.leaf_rows.values_list("leaf", flat=True)) == {floor.pk}
    # Nothing lies in itself, nor in what lies in it.
    assert "parent" in sent(parent=room.pk).context["form"].errors
    inner = make_space(parent=make_space(parent=room))
    assert "parent" in sent(parent=inner.pk).context["form"].errors


def test_rules_that_no_space_has_are_removed(client, facility):
    free, used = (PolicyFactory(facility=facility) for _ in range(2))
    room = make_space(facility, policy=used)
    for policy in (free, used):
        client.get(address(facility, "policy_remove", policy.pk))
        assert client.post(address(facility, "policy_remove", policy.pk)).status_code == 302
    assert list(facility.policies.all()) == [used] and Space.objects.get(pk=room.pk).policy == used


def test_closing_a_facility_for_good_names_the_bookings_that_are_left(client, facility):
    make_hours(facility)
    make_occurrence(make_space(facility), noon_in(2))
    url = address(facility, "facility_edit")
    page = client.post(f"/en{url}", typed(client.get(url)) | {"stage": "closed"}, follow=True)
    assert "1 booking lies outside" in page.content.decode()


def test_a_sample_stays_one_until_a_manager_says_that_it_is_real(client, facility):
    policy = PolicyFactory(facility=facility, is_sample=True)
    area = make_space(facility, kind="desk_area", policy=policy)
    desk = make_space(parent=area, kind="desk", is_sample=True)
    for row, url in (
        (policy, address(facility, "policy_edit", policy.pk)),
        (desk, address(facility, "space_edit", area.slug)),
    ):
        for is_real in ({}, {"is_real": "on"}):
            assert client.post(url, typed(client.get(url)) | is_real).status_code == 302
            row.refresh_from_db()
            assert row.is_sample is not bool(is_real)
        assert "is_real" not in client.get(url).context["form"].fields


def test_a_space_goes_out_of_use_with_its_bookings_listed_and_kept(client, facility):
    make_hours(facility)
    room = make_space(facility)
    date = make_occurrence(room, noon_in(3))
    url = address(facility, "space_retire", room.slug)
    assert date.booking.code in client.get(url).content.decode()
    assert [client.post(url, {"in_use": "0"}).status_code for _ in range(2)] == [302, 302]
    room.refresh_from_db()
    date.refresh_from_db()
    assert not room.is_active and date.state == Occurrence.State.CONFIRMED and date.is_outside_hours
    client.post(url, {"in_use": "1"})
    room.refresh_from_db()
    assert room.is_active


def test_the_poster_shows_the_code_and_a_new_one_is_made_once(client, facility):
    room = make_space(facility)
    poster = client.get(address(facility, "door_poster", room.slug))
    assert poster["Cache-Control"] == "no-store"
    text = poster.content.decode()
    assert room.door_token in poster.context["address"] and "<svg" in text
    # It promises what the check-in does.
    assert "30 menit sebelum" in text and "20 menit setelah" in text
    BookingPolicy.objects.update(needs_check_in=False)
    assert "20 menit" not in client.get(address(facility, "door_poster", room.slug)).content.decode()
    url = address(facility, "door_token_renew", room.slug)
    old = room.door_token
    sent = {"token": old[:8]}
    client.post(url, sent)
    room.refresh_from_db()
    first = room.door_token
    client.post(url, sent)
    room.refresh_from_db()
    assert old != first == room.door_token


def test_rules_are_written_and_said_in_plain_words(client, facility):
    url = address(facility, "policy_create")
    values = typed(client.get(url)) | {"name": "Studio", "min_minutes": "60", "max_minutes": "120"}
    response = client.post(url, values)
    assert response.status_code == 302, response.context["form"].errors
    policy = BookingPolicy.objects.get(name="Studio")
    words = " ".join(policy_words(policy))
    assert "1 jam" in words and "2 jam" in words
    assert words.split(".")[0] in client.get(address(facility, "policy_list")).content.decode()
    again = client.post(url, values)
    assert again.status_code == 200 and "name" in again.context["form"].errors


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"min_minutes": "5"}, "min_minutes"),
        ({"max_minutes": "1500"}, "max_minutes"),
        ({"min_minutes": "120", "max_minutes": "60"}, "max_minutes"),
        ({"grid_minutes": "0"}, "grid_minutes"),
        ({"horizon_days": "0"}, "horizon_days"),
        ({"max_occurrences": "1000"}, "max_occurrences"),
        ({"setup_minutes": "-5"}, "setup_minutes"),
        ({"notice_hours": "40000"}, "notice_hours"),
        ({"mode": "undian"}, "mode"),
        ({"purposes": ["tidur"]}, "purposes"),
    ],
)
def test_impossible_rules_are_explained(client, facility, fields, name):
    url = address(facility, "policy_create")
    response = client.post(url, typed(client.get(url)) | {"name": "Studio"} | fields)
    assert response.status_code == 200 and name in response.context["form"].errors
    assert response.context["form"]["name"].value() == "Studio"


def test_quotas_limit_something_and_stand_once(client, facility):
    url = address(facility, "quota_create")
    values = {"space_kind": "", "holder": "person", "period": "week"}
    assert "max_count" in client.post(url, values).context["form"].errors
    assert client.post(url, values | {"max_count": "3"}).status_code == 302
    assert "period" in client.post(url, values | {"max_count": "4"}).context["form"].errors
    quota = Quota.objects.get()
    assert "3" in quota_words(quota)
    remove = address(facility, "quota_remove", quota.pk)
    assert client.get(remove).status_code == 200
    assert [client.post(remove).status_code for _ in range(2)] == [302, 302]
    assert not Quota.objects.exists()


def test_texts_contacts_and_place(client, facility):
    url = address(facility, "facility_edit")
    values = typed(client.get(url)) | {
        "description": "Gedung baru", "point": "-7.97712, 112.63405", "phone": "0341 123456", "email": "a@contoh.id",
    }  # fmt: skip
    assert client.post(url, values).status_code == 302
    facility.refresh_from_db()
    assert (facility.description, facility.phone) == ("Gedung baru", "+62341123456")
    assert str(facility.latitude) == "-7.97712"
    wrong = client.post(url, values | {"point": "di sana", "website": "javascript:alert(1)", "phone": "abc"})
    assert {"point", "website", "phone"} <= wrong.context["form"].errors.keys()
    assert wrong.context["form"]["point"].value() == "di sana"
    stale = client.post(url, values | {"description": "Lain"})
    assert stale.status_code == 409


def picture(colour="red", kind="JPEG"):
    target = io.BytesIO()
    Image.new("RGB", (2000, 1000), colour).save(target, kind)
    return SimpleUploadedFile("gambar.jpg", target.getvalue(), content_type="image/jpeg")


def test_a_photo_is_stored_small_and_once_and_shown_to_everybody(client, facility):
    url = address(facility, "photo_create")
    values = {"caption": "Ruang depan", "credit": "Pemkot"}
    assert "picture" in client.post(url, values).context["form"].errors
    assert "credit" in client.post(url, {"picture": picture(), "caption": "a"}).context["form"].errors
    bad = client.post(url, values | {"picture": SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>")})
    assert "picture" in bad.context["form"].errors
    for _ in range(2):
        assert client.post(url, values | {"picture": picture()}).status_code == 302
    photo = FacilityPhoto.objects.get()
    assert (photo.width, photo.height) == (1280, 640)
    client.logout()
    whole = client.get(reverse("ecosystem:facility_photo", args=[photo.pk]))
    narrow = client.get(reverse("ecosystem:facility_photo", args=[photo.pk]), {"lebar": "480"})
    assert whole["Content-Type"] == narrow["Content-Type"] == "image/webp"
    sizes = [Image.open(io.BytesIO(one.getvalue())).size for one in (whole, narrow)]
    assert sizes == [(1280, 640), (480, 240)]


def test_photos_change_their_order_and_go(client, facility, django_capture_on_commit_callbacks, tmp_path):
    for colour in ("red", "blue"):
        values = {"caption": colour, "credit": "Pemkot", "picture": picture(colour)}
        client.post(address(facility, "photo_create"), values)
    first, second = facility.photos.all()
    client.post(address(facility, "photo_up", second.pk))
    assert list(facility.photos.all()) == [second, first]
    edit = address(facility, "photo_edit", first.pk)
    client.post(edit, typed(client.get(edit)) | {"caption": "Merah"})
    first.refresh_from_db()
    assert first.caption == "Merah"
    url = address(facility, "photo_remove", first.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert [client.post(url).status_code for _ in range(2)] == [302, 302]
    assert facility.photos.count() == 1
    assert len(list(tmp_path.rglob("*.webp"))) == 2


@pytest.fixture
def planner(client):
    user = UserFactory()
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    return user


REPORT = {"as_of": "2022-06-17", "actual_percent": "92,26", "planned_percent": "88,92", "source_url": SOURCE,
          "is_published": "on"}  # fmt: skip


@pytest.mark.parametrize("who", ["manager", "planner"])
def test_planners_and_managers_report_progress(client, facility, who, request):
    request.getfixturevalue(who)
    response = client.post(address(facility, "progress_create"), REPORT)
    assert response.status_code == 302, response.context["form"].errors
    row = ProgressReport.objects.get()
    assert (str(row.actual_percent), str(row.planned_percent)) == ("92.26", "88.92") and row.entered_by
    twice = client.post(address(facility, "progress_create"), REPORT)
    assert twice.status_code == 200 and "as_of" in twice.context["form"].errors
    assert "92,26" in client.get(address(facility, "progress_list")).content.decode()
    assert facility.name in client.get(reverse("ecosystem:progress_home")).content.decode()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"actual_percent": "101"}, "actual_percent"),
        ({"actual_percent": ""}, "actual_percent"),
        ({"actual_percent": "1,234"}, "actual_percent"),
        ({"planned_percent": "-1"}, "planned_percent"),
        ({"as_of": "2999-01-01"}, "as_of"),
        ({"source_url": ""}, "source_url"),
        ({"source_url": "bukan alamat"}, "source_url"),
    ],
)
def test_a_report_without_source_or_sense_is_explained(client, facility, planner, fields, name):
    response = client.post(address(facility, "progress_create"), REPORT | fields)
    assert response.status_code == 200 and name in response.context["form"].errors
    assert response.context["form"][name].value() == fields[name]


def test_a_corrected_figure_says_so_in_public(client, facility):
    client.post(address(facility, "progress_create"), REPORT)
    url = address(facility, "progress_edit", ProgressReport.objects.get().pk)
    page = reverse("ecosystem:facility_detail", args=[facility.slug])
    for fields, is_told in (({"note": "Laporan mingguan"}, False), ({"actual_percent": "91,5"}, True)):
        client.post(url, typed(client.get(url)) | fields)
        text = client.get(f"/en{page}").content.decode()
        assert ("before: 92.26% (planned 88.92%)" in text) is is_told


def test_milestones_are_entered_changed_and_removed(client, facility, planner):
    values = {
        "happened_on": "2023-09-22",
        "precision": "day",
        "kind": "opening",
        "title": "Dibuka",
        "source_url": SOURCE,
    }
    url = address(facility, "milestone_create")
    assert client.post(url, values).status_code == 302
    assert "title" in client.post(url, values).context["form"].errors
    row = Milestone.objects.get()
    edit = address(facility, "milestone_edit", row.pk)
    client.post(edit, typed(client.get(edit)) | {"title": "Diresmikan"})
    assert Milestone.objects.get().title == "Diresmikan"
    remove = address(facility, "milestone_remove", row.pk)
    assert client.get(remove).status_code == 200
    assert [client.post(remove).status_code for _ in range(2)] == [302, 302]
    assert not Milestone.objects.exists()


HIDDEN = ["space_list", "space_create", "policy_list", "policy_create", "quota_create", "facility_edit", "photo_list",
          "photo_create"]  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_strangers_planners_and_other_managers_find_nothing(client, facility, planner, name):
    assert client.get(address(facility, name)).status_code == 404
    client.force_login(make_manager(FacilityFactory()))
    assert client.get(address(facility, name)).status_code == 404
    assert client.get(address(facility, "progress_list")).status_code == 404


@pytest.mark.parametrize("name", ["space_list", "policy_list", "photo_list", "progress_list"])
def test_the_number_of_queries_does_not_grow(client, facility, name, django_assert_max_num_queries):
    client.get(address(facility, name))
    policy = PolicyFactory(facility=facility)
    for number in range(6):
        make_space(facility, policy=policy)
        FacilityPhoto.objects.create(
            facility=facility, image=f"x{number}.webp", width=1, height=1, caption="a", credit="b"
        )
        ProgressReport.objects.create(
            facility=facility, as_of=f"2022-06-1{number}", actual_percent=1, source_url=SOURCE
        )
    with django_assert_max_num_queries(12):
        client.get(address(facility, name))
