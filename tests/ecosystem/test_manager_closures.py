"""Closing something: the list of what it touches, a decision about each, and bookings that come in meanwhile."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecosystem.models import Booking, Closure, Occurrence
from tests.ecosystem.booking_steps import written_mails
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/fasilitas/mcc/penutupan/"
NEW = f"{URL}baru/"
DAY = timezone.localdate() + timedelta(days=7)


@pytest.fixture
def floor(facility):
    return make_space(facility, kind="floor", name="Lantai 2")


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


def closing(space=None, **values):
    base = {
        "first_day": DAY.isoformat(),
        "last_day": DAY.isoformat(),
        "kind": "maintenance",
        "reason": "Lampu diganti",
    }
    return base | ({"space": space.pk} if space else {}) | values


def answers(response, choice=None):
    """Return what a manager chooses on the page: the first offer, or `choice` for each booking."""
    found = {"tutup": "1"}
    for row in response.context["rows"]:
        date = row["date"]
        found[f"versi-{date.pk}"] = date.version
        found[f"putusan-{date.pk}"] = choice or row["offers"][0][0]
    return found


def states():
    return list(Occurrence.objects.order_by("pk").values_list("state", flat=True))


def test_a_floor_is_closed_for_a_day_and_the_booking_moves_to_a_free_room(facility, floor, client):
    room, other = make_space(parent=floor), make_space(facility, name="Ruang lain")
    occurrence = make_occurrence(room, at(9, day=DAY))
    response = client.post(NEW, closing(floor))
    assert [row["date"] for row in response.context["rows"]] == [occurrence]
    assert not Closure.objects.exists()
    # Nothing on the closed floor and nothing of the closed day is offered.
    assert {key.split("@")[0] for key, _text in response.context["rows"][0]["offers"]} <= {
        str(other.pk),
        str(room.pk),
    }
    assert "Ruang lain" in response.content.decode()
    response = client.post(NEW, closing(floor) | answers(response))
    assert response["Location"] == URL
    occurrence.refresh_from_db()
    assert (occurrence.space, occurrence.state, occurrence.starts_at) == (other, "confirmed", at(9, day=DAY))
    closure = Closure.objects.get()
    assert (closure.space, closure.starts_at, closure.ends_at) == (floor, at(0, day=DAY), at(24, day=DAY))
    assert "Lampu diganti" in client.get(URL).content.decode()


@pytest.mark.parametrize(("choice", "state"), [("cancel", "cancelled"), ("keep", "confirmed")])
def test_a_booking_is_cancelled_with_the_reason_or_kept(facility, floor, client, choice, state):
    occurrence = make_occurrence(make_space(parent=floor), at(9, day=DAY))
    page = client.post(NEW, closing())
    client.post(NEW, closing() | answers(page, choice))
    occurrence.refresh_from_db()
    assert occurrence.state == state
    assert occurrence.reason == ("Lampu diganti" if choice == "cancel" else "")


def test_no_slot_is_proposed_for_two_bookings(facility, floor, client):
    for _ in range(2):
        make_occurrence(make_space(parent=floor), at(9, day=DAY))
    make_space(facility, name="Ruang lain")
    response = client.post(NEW, closing(floor))
    first, second = (row["chosen"] for row in response.context["rows"])
    # Another time is a choice, but nobody is moved to one by a button pressed without reading.
    assert "@" in first and second == "cancel" and response.context["rows"][1]["offers"]
    chosen = {"tutup": "1"}
    for row in response.context["rows"]:
        chosen |= {f"versi-{row['date'].pk}": 1, f"putusan-{row['date'].pk}": row["chosen"]}
    assert client.post(NEW, closing(floor) | chosen)["Location"] == URL


def test_nothing_closes_before_every_booking_is_decided(facility, floor, client):
    room = make_space(parent=floor)
    first, second = (make_occurrence(room, at(hour, day=DAY)) for hour in (9, 11))
    page = client.post(NEW, closing(floor))
    chosen = answers(page, "cancel")
    del chosen[f"putusan-{second.pk}"]
    response = client.post(NEW, closing(floor) | chosen)
    assert response.context["is_incomplete"]
    for nonsense in (
        "0@kapan",
        "1@0001-01-01T00:00:00+07:00",
        "1@9999-12-31T23:59",
        "²@2027-01-01T00:00+07:00",
    ):
        chosen = answers(page, "cancel") | {f"putusan-{first.pk}": nonsense}
        assert client.post(NEW, closing(floor) | chosen).context["is_incomplete"]
    Occurrence.objects.filter(pk=first.pk).update(version=9)
    assert client.post(NEW, closing(floor) | answers(page, "cancel")).context["is_incomplete"]
    assert not Closure.objects.exists()
    assert states() == ["confirmed", "confirmed"]


def test_a_booking_that_came_in_meanwhile_is_in_the_new_list(facility, floor, client):
    room = make_space(parent=floor)
    make_occurrence(room, at(9, day=DAY))
    chosen = answers(client.post(NEW, closing(floor)), "cancel")
    late = make_occurrence(room, at(11, day=DAY))
    response = client.post(NEW, closing(floor) | chosen)
    assert late in [row["date"] for row in response.context["rows"]]
    assert not Closure.objects.exists()
    assert states() == ["confirmed", "confirmed"]


def test_a_slot_that_is_gone_by_then_closes_nothing(facility, floor, client):
    make_occurrence(make_space(parent=floor), at(9, day=DAY))
    other = make_space(facility, name="Ruang lain")
    chosen = answers(client.post(NEW, closing(floor)))
    make_occurrence(other, at(9, day=DAY))
    response = client.post(NEW, closing(floor) | chosen)
    assert response.status_code == 409
    assert response.context["is_gone"]
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day"),
        ({"starts": "12:00", "ends": "09:00"}, "last_day"),
        ({"last_day": (DAY + timedelta(days=500)).isoformat()}, "last_day"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"kind": "pesta"}, "kind"),
        ({"space": "0"}, "space"),
        ({"starts": "pagi"}, "starts"),
    ],
)
def test_bad_input_is_explained_beside_the_field(client, change, field):
    response = client.post(NEW, closing() | change)
    assert field in response.context["form"].errors
    assert not Closure.objects.exists()


def test_the_calendars_day_and_a_space_fill_the_form(client, floor):
    form = client.get(NEW, {"tanggal": DAY.isoformat(), "ruang": floor.slug}).context["form"]
    assert (form.initial["first_day"], form.initial["last_day"], form.initial["space"]) == (DAY, DAY, floor)
    # A day that has passed cannot be closed.
    form = client.get(NEW, {"tanggal": "2025-01-01", "ruang": "\x00"}).context["form"]
    assert (form.initial["first_day"], form.initial["space"]) == (timezone.localdate(), None)


def test_what_was_typed_stays_when_the_manager_goes_back(client, floor):
    response = client.post(NEW, closing(floor, ubah="1", reason="Cat ulang"))
    assert "Cat ulang" in response.content.decode()
    assert "rows" not in response.context


def test_a_closure_is_lifted_once(facility, client, client_for):
    client.post(NEW, closing() | {"tutup": "1"})
    closure = Closure.objects.get()
    assert client.get(f"{URL}{closure.pk}/buka/").status_code == 200
    assert not Closure.objects.get().lifted_at
    for _ in range(2):
        assert client.post(f"{URL}{closure.pk}/buka/").status_code == 302
    assert Closure.objects.get().lifted_at
    elsewhere = FacilityFactory(slug="lain")
    assert client_for(make_manager(elsewhere)).post(f"{URL}{closure.pk}/buka/").status_code == 404
    other = Closure.objects.create(
        facility=elsewhere, starts_at=closure.starts_at, ends_at=closure.ends_at, reason="Lain"
    )
    assert client.post(f"{URL}{other.pk}/buka/").status_code == 404


def test_the_queries_of_the_lists_do_not_grow(facility, client, django_assert_max_num_queries):
    start = timezone.now()
    Closure.objects.bulk_create(
        Closure(
            facility=facility, starts_at=start, ends_at=start + timedelta(days=1), reason=f"Sebab {number}"
        )
        for number in range(8)
    )
    with django_assert_max_num_queries(9):
        client.get(URL)


def test_a_closure_of_many_bookings_stays_quick(facility, client):
    room = make_space(facility)
    counts = []
    for hours in ((8,), range(9, 18)):
        for hour in hours:
            make_occurrence(room if hour % 2 else make_space(facility), at(hour, day=DAY))
        with CaptureQueriesContext(connection) as queries:
            rows = client.post(NEW, closing()).context["rows"]
        counts.append(len(queries))
        # Each has something to go to, however many there are.
        assert all(row["offers"] for row in rows)
    assert len(rows) == 10
    assert counts[0] == counts[1] < 30


def test_what_is_free_elsewhere_is_said_and_offered_by_mail(facility, floor, client):
    make_occurrence(make_space(parent=floor), at(9, day=DAY))
    elsewhere = FacilityFactory(slug="gajayana", name="Coworking Gajayana")
    make_hours(elsewhere)
    make_space(elsewhere, name="Ruang Gajayana")
    response = client.post(NEW, closing())
    (row,) = response.context["rows"]
    assert "Ruang Gajayana, Coworking Gajayana" in row["elsewhere"][0]
    client.post(NEW, closing() | answers(response, "cancel"))
    assert "Ruang Gajayana, Coworking Gajayana" in written_mails()[0].text


def test_who_has_no_address_is_named_so_that_somebody_calls(facility, floor, client):
    date = make_occurrence(make_space(parent=floor), at(9, day=DAY))
    Booking.objects.update(contact_email="")
    page = client.post(f"/en{NEW}", closing())
    assert "no e-mail address" in page.content.decode()
    done = client.post(NEW, closing() | answers(page, "cancel"), follow=True).content.decode()
    assert date.booking.code in done
