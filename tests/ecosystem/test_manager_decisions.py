"""What managers do to bookings: decide, move, cancel, check in, book by phone; and what the second click is told."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from ecosystem.models import Allocation, Booking, BookingStep, Occurrence
from ecosystem.services import booking_changes
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/fasilitas/mcc/"
DAY = timezone.localdate() + timedelta(days=7)


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


@pytest.fixture
def policy(facility):
    return PolicyFactory(facility=facility, mode="approval", is_commercial_allowed=True)


@pytest.fixture
def request_(facility, policy):
    return make_occurrence(
        make_space(facility, policy=policy), at(9, day=DAY), state="pending", declares_commercial=False
    )


def address(occurrence, what=""):
    return f"{URL}pesanan/{occurrence.booking.code}/{what}"


def of_date(occurrence, what):
    return f"{URL}tanggal/{occurrence.pk}/{what}"


def state_of(occurrence):
    occurrence.refresh_from_db()
    return occurrence.state


# --- the page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_shows_all_but_the_contact(client, request_, prefix, django_assert_max_num_queries):
    with django_assert_max_num_queries(36):
        page = client.get(prefix + address(request_)).content.decode()
    assert request_.booking.contact_name in page
    assert request_.booking.contact_email not in page


def test_a_look_at_the_contact_is_written_down(client, manager, request_):
    page = client.post(address(request_, "kontak/")).content.decode()
    assert request_.booking.contact_email in page
    step = request_.booking.steps.get(what="contact_seen")
    assert step.actor == manager
    assert client.get(address(request_, "kontak/")).status_code == 405


def test_a_booking_of_another_facility_is_not_there(client):
    elsewhere = make_occurrence(make_space(FacilityFactory(slug="lain")), at(9, day=DAY), state="pending")
    for what in ("", "batalkan/"):
        assert client.get(address(elsewhere, what)).status_code == 404
    for what in ("kontak/", "setujui/", "tolak/"):
        assert client.post(address(elsewhere, what)).status_code == 404
    for what in ("pindah/", "batalkan/", "hadir/", "tidak-hadir/"):
        assert client.post(of_date(elsewhere, what)).status_code == 404


def test_the_other_bookings_of_an_organisation_stand_on_the_page(facility, client, request_):
    Booking.objects.update(on_behalf_of="startup:1", organization_name="Arunika")
    space = make_space(facility)
    other = make_occurrence(space, at(11, day=DAY), on_behalf_of="startup:1", organization_name="Arunika")
    make_occurrence(space, at(13, day=DAY))
    response = client.get(address(request_))
    assert [row.pk for row in response.context["others"]] == [other.booking.pk]


# --- deciding --------------------------------------------------------------------------------------------


def test_a_manager_approves_community_use(client, manager, request_):
    response = client.post(address(request_, "setujui/"), {"setuju-is_commercial": "no"})
    assert response["Location"] == address(request_)
    booking = Booking.objects.get()
    assert (booking.state, booking.is_commercial, booking.decided_by) == ("confirmed", False, manager)


def test_a_plain_request_is_approved_in_the_queue_and_the_next_one_waits(facility, client, policy, request_):
    other = make_occurrence(
        make_space(facility, policy=policy), at(9, day=DAY), state="pending", declares_commercial=True
    )
    page = client.get(f"{URL}permintaan/").content.decode()
    assert address(request_, "setujui/") in page and address(other, "setujui/") not in page
    values = {"antrean": "1", "page": "1", "setuju-is_commercial": "no"}
    response = client.post(address(request_, "setujui/"), values)
    assert (response["Location"], state_of(request_)) == (
        f"{URL}permintaan/?page=1&berikut={other.booking.code}",
        "confirmed",
    )
    # The keyboard goes on where the list goes on.
    assert page.count("autofocus") == 0
    assert f'{address(other)}" autofocus' in client.get(response["Location"]).content.decode()
    assert client.get(address(request_)).context["next_request"] == other.booking
    # Pressed twice: the second press is told that it was decided.
    assert client.post(address(request_, "setujui/"), values).status_code == 409


@pytest.mark.parametrize("what", ["people", "time"])
def test_nobody_approves_what_they_have_not_read(facility, client, request_, what):
    seen = re.findall(r'name="seen" value="([^"]+)"', client.get(f"{URL}permintaan/").content.decode())
    (in_page,) = re.findall(r'name="seen" value="([^"]+)"', client.get(address(request_)).content.decode())
    assert seen == [in_page]
    if what == "people":
        booking_changes.edit(
            request_.booking, {"attendees": 9}, by=request_.booking.booker, now=timezone.now()
        )
    else:
        Occurrence.objects.update(version=F("version") + 1)
    values = {"antrean": "1", "setuju-is_commercial": "no", "seen": in_page}
    response = client.post(f"/en{address(request_, 'setujui/')}", values)
    text = response.content.decode()
    assert (response.status_code, state_of(request_)) == (409, "pending")
    assert "The booker changed the request after you opened it." in text
    # Read again, it is approved.
    (now_seen,) = re.findall(r'name="seen" value="([^"]+)"', text)
    client.post(address(request_, "setujui/"), values | {"seen": now_seen})
    assert state_of(request_) == "confirmed"


def test_of_two_managers_who_change_the_details_the_second_is_told(facility, client, client_for, request_):
    url = f"/en{address(request_, 'ubah/')}"
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', client.get(url).content.decode())
    mine = {"title": "Latihan", "attendees": "2", "purpose": "meeting", "note": "Butuh kursi", "seen": seen}
    other = client_for(make_manager(facility))
    assert other.post(url, mine | {"attendees": "7", "note": ""}).status_code == 302
    response = client.post(url, mine)
    text = response.content.decode()
    assert (response.status_code, Booking.objects.get().attendees) == (409, 7)
    assert "Somebody saved this entry after you opened it." in text and "Butuh kursi" in text
    # Pressed once more, it is a decision; the same press again changes nothing.
    (now_seen,) = re.findall(r'name="seen" value="([^"]+)"', text)
    for _press in range(2):
        assert client.post(url, mine | {"seen": now_seen}).status_code == 302
    assert (Booking.objects.get().attendees, Booking.objects.get().note) == (2, "Butuh kursi")


def test_who_has_no_address_is_to_be_called(client, request_):
    Booking.objects.update(contact_email="")
    values = {"setuju-is_commercial": "no"}
    page = client.post(f"/en{address(request_, 'setujui/')}", values, follow=True).content.decode()
    assert "call the person" in page and "told by mail" not in page


def test_commercial_use_needs_a_reason(client, request_):
    response = client.post(address(request_, "setujui/"), {"setuju-is_commercial": "yes"})
    assert response.context["approve_form"].errors["reason"]
    assert state_of(request_) == "pending"
    values = {"setuju-is_commercial": "yes", "setuju-reason": "Tiket dijual."}
    client.post(address(request_, "setujui/"), values)
    booking = Booking.objects.get()
    assert (booking.is_commercial, booking.commercial_reason) == (True, "Tiket dijual.")


@pytest.mark.parametrize(
    "values", [{}, {"setuju-is_commercial": "mungkin"}, {"setuju-is_commercial": "\x00"}]
)
def test_nonsense_decides_nothing(client, request_, values):
    response = client.post(address(request_, "setujui/"), values)
    assert response.status_code == 200
    assert state_of(request_) == "pending"


def test_declining_needs_a_reason_and_offers_what_is_free(facility, client, request_):
    make_space(facility, name="Ruang lain", policy=PolicyFactory(facility=facility))
    assert client.post(address(request_, "tolak/")).context["decline_form"].errors["reason"]
    offers = client.get(address(request_)).context["decline_form"].fields["offers"].choices
    values = {"tolak-reason": "Ada pameran.", "tolak-offers": [offers[0][0]]}
    response = client.post(address(request_, "tolak/"), values)
    assert response["Location"] == f"{URL}permintaan/"
    booking = Booking.objects.get()
    assert booking.state == "declined"
    assert booking.reason.startswith("Ada pameran.")
    assert "Ruang lain" in booking.reason


@pytest.mark.parametrize("first", ["setujui/", "tolak/"])
@pytest.mark.parametrize("second", ["setujui/", "tolak/"])
def test_who_comes_second_is_told_who_decided(client, client_for, facility, request_, first, second):
    values = {"setuju-is_commercial": "no", "tolak-reason": "Ada pameran."}
    client.post(address(request_, first), values)
    decided = Booking.objects.get().state
    response = client_for(make_manager(facility)).post(address(request_, second), values)
    assert response.status_code == 409
    assert "Bu Ratna" in response.content.decode()
    assert Booking.objects.get().state == decided


def test_requests_that_compete_stand_together_and_one_is_picked(facility, client):
    hall = make_space(facility, policy=PolicyFactory(facility=facility, mode="curated"))
    # Requests that compete hold nothing.
    rows = [make_occurrence(hall, at(9, day=DAY), hours=2, state="cancelled") for _ in range(3)]
    Occurrence.objects.update(state="pending")
    Booking.objects.update(state="pending")
    page = client.get(f"{URL}permintaan/")
    (group,) = page.context["page_obj"]
    assert [one.booking.pk for one in group.requests] == [row.booking_id for row in rows]
    assert len(client.get(address(rows[1])).context["rivals"]) == 2
    values = {"setuju-is_commercial": "no", "setuju-decline_rivals": "on"}
    client.post(address(rows[1], "setujui/"), values)
    assert [state_of(row) for row in rows] == ["declined", "confirmed", "declined"]


def test_desks_and_other_times_do_not_compete(facility, client, policy):
    area = make_space(facility, kind="desk_area", policy=policy)
    make_occurrence(area, at(9, day=DAY), state="pending", seats=1)
    Allocation.objects.all().delete()
    make_occurrence(area, at(9, day=DAY), state="pending", seats=1)
    room = make_space(facility, policy=policy)
    make_occurrence(room, at(9, day=DAY), state="pending")
    make_occurrence(room, at(10, day=DAY), state="pending")
    assert [len(group.requests) for group in client.get(f"{URL}permintaan/").context["page_obj"]] == [
        1,
        1,
        1,
        1,
    ]


def test_the_queries_of_the_requests_do_not_grow(facility, client, policy, django_assert_max_num_queries):
    for number in range(6):
        make_occurrence(make_space(facility, policy=policy), at(8 + number, day=DAY), state="pending")
    with django_assert_max_num_queries(11):
        assert len(client.get(f"{URL}permintaan/").context["page_obj"]) == 6


# --- single dates ----------------------------------------------------------------------------------------


def moving(space, hour, **values):
    base = {"space": space.pk, "day": DAY.isoformat(), "starts": f"{hour:02}:00", "ends": f"{hour + 1:02}:00"}
    return base | values


def test_a_date_moves_and_its_booker_reads_why(facility, client):
    occurrence = make_occurrence(make_space(facility), at(9, day=DAY))
    other = make_space(facility)
    client.post(of_date(occurrence, "pindah/"), moving(other, 21, version=1, reason="Lampu rusak."))
    occurrence.refresh_from_db()
    assert (occurrence.space, occurrence.starts_at, occurrence.is_outside_hours) == (
        other,
        at(21, day=DAY),
        True,
    )
    page = client.get(f"/en{address(occurrence)}").content.decode()
    assert "Lampu rusak." in page
    assert "Rules that did not count: opening hours" in page


def test_a_taken_time_is_said_with_what_is_free(facility, client):
    space = make_space(facility)
    occurrence, rival = make_occurrence(space, at(9, day=DAY)), make_occurrence(space, at(11, day=DAY))
    response = client.post(of_date(occurrence, "pindah/"), moving(space, 11, version=1, reason="Tolong"))
    assert response.status_code == 409
    assert response.context["offers"]
    assert "Tolong" in response.content.decode()
    assert state_of(rival) == "confirmed"


def test_a_free_slot_fills_the_form(facility, client):
    occurrence = make_occurrence(make_space(facility), at(9, day=DAY))
    (key, _text), *_rest = client.get(of_date(occurrence, "pindah/")).context["offers"]
    form = client.get(of_date(occurrence, "pindah/"), {"ke": key}).context["form"]
    assert str(form.initial["space"]) == key.split("@")[0]
    assert client.get(of_date(occurrence, "pindah/"), {"ke": "\x00@kapan"}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"space": "0"},
        {"space": "\x00"},
        {"day": "9999-12-31"},
        {"day": "x"},
        {"starts": "25:00"},
        {"ends": ""},
    ],
)
def test_bad_input_of_a_move_is_explained_beside_the_field(facility, client, change):
    occurrence = make_occurrence(make_space(facility), at(9, day=DAY))
    response = client.post(of_date(occurrence, "pindah/"), moving(occurrence.space, 10, version=1) | change)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == set(change)


def test_an_old_page_moves_and_cancels_nothing(facility, client):
    occurrence = make_occurrence(make_space(facility), at(9, day=DAY))
    Occurrence.objects.update(version=2)
    assert (
        client.post(of_date(occurrence, "pindah/"), moving(occurrence.space, 12, version=1)).status_code
        == 409
    )
    response = client.post(of_date(occurrence, "batalkan/"), {"reason": "Lampu rusak.", "version": "x"})
    assert response.status_code == 409
    assert "Lampu rusak." in response.content.decode()
    assert state_of(occurrence) == "confirmed"


def test_cancelling_needs_a_reason(facility, client):
    occurrence = make_occurrence(make_space(facility), at(9, day=DAY))
    assert client.post(of_date(occurrence, "batalkan/"), {"version": 1}).context["form"].errors["reason"]
    client.post(of_date(occurrence, "batalkan/"), {"version": 1, "reason": "Lampu rusak."})
    assert state_of(occurrence) == "cancelled"
    client.post(address(occurrence, "batalkan/"), {"reason": "Lagi."})
    assert Booking.objects.get().state == "cancelled"


def test_a_manager_checks_in_by_hand_and_twice_changes_nothing(facility, client):
    start = timezone.now() - timedelta(minutes=10)
    occurrence = make_occurrence(make_space(facility), start)
    for _ in range(2):
        assert client.post(of_date(occurrence, "hadir/")).status_code == 302
    assert Occurrence.objects.get().checked_in_at
    assert BookingStep.objects.filter(what="checked_in").count() == 1
    assert client.post(of_date(occurrence, "tidak-hadir/")).status_code == 409


def test_a_manager_marks_a_missed_date(facility, client, manager):
    soon = make_occurrence(make_space(facility), timezone.now() + timedelta(minutes=5))
    client.post(of_date(soon, "tidak-hadir/"))
    assert state_of(soon) == "confirmed"
    missed = make_occurrence(make_space(facility), timezone.now() - timedelta(minutes=5))
    client.post(of_date(missed, "tidak-hadir/"))
    assert state_of(missed) == "no_show"
    assert missed.booking.steps.get(what="no_show").actor == manager
    # The mail says that the facility can put it right.
    assert "hadir/" in client.get(address(missed)).content.decode()
    client.post(of_date(missed, "hadir/"))
    assert state_of(missed) == "confirmed" and missed.checked_in_at


def test_the_queue_waits_in_the_work_room(client, client_for, request_):
    Booking.objects.update(answer_by=timezone.now() - timedelta(hours=1), title="Siaran perdana")
    (group,) = client.get("/ruang-kerja/").context["groups"]
    assert (group.count, group.tasks[0].title, group.tasks[0].is_late) == (1, "Siaran perdana", True)
    assert not client_for(UserFactory()).get("/ruang-kerja/").context["groups"]
