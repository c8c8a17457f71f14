"""Own bookings by their pages: the list, changes and their limits, the waiting list, the calendar, the door."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import AgendaEvent, Booking, BookingStep, CalendarFeed, Occurrence, WaitingPlace
from ecosystem.services import booking_changes, booking_personal, waiting_list
from ecosystem.services.booking_retention import forget
from tests.ecosystem.booking_steps import carried
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    """A day that can be booked, whatever today is."""
    return timezone.localdate() + timedelta(days=3)


@pytest.fixture
def space(facility):
    return make_space(
        facility, slug="podcast", name="Studio Podcast", policy=PolicyFactory(facility=facility)
    )


@pytest.fixture
def date(space, founder, day):
    return make_occurrence(space, at(10, day=day), hours=2, booker=founder)


@pytest.fixture
def stranger(make_user):
    return make_user("lain@example.org", name="Orang Lain")


def at_date(name, date):
    return reverse(f"ecosystem:{name}", args=[date.booking.code, date.pk])


def page_of(answer):
    return answer.templates[0].name.rpartition("/")[2].removesuffix(".html")


def fresh(date):
    return Occurrence.objects.select_related("booking").get(pk=date.pk)


# --- the list and the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("part", ["", "keputusan", "daftar-tunggu", "lewat", "tidak-ada"])
def test_the_list_takes_few_queries_whatever_its_length(
    founder, client_for, space, day, part, prefix, django_assert_max_num_queries
):
    for number in range(25):
        make_occurrence(space, at(8, day=day + timedelta(number)), booker=founder)
        make_occurrence(space, at(8, day=day - timedelta(20 + number)), booker=founder)
    make_occurrence(make_space(), at(8, day=day), booker=founder, state="pending")
    for number in range(5):
        WaitingPlace.objects.create(
            space=space, user=founder, starts_at=at(9 + number, day=day), ends_at=at(10 + number, day=day)
        )
    client = client_for(founder)
    client.get("/pesanan/")
    with django_assert_max_num_queries(10):
        answer = client.get(f"{prefix}/pesanan/", {"bagian": part})
    assert answer.status_code == 200


def test_an_empty_list_leads_to_the_finder(founder, client_for):
    assert reverse("ecosystem:room_finder") in client_for(founder).get("/pesanan/").content.decode()


def test_the_list_can_be_limited_to_a_facility(founder, client_for, date, day):
    other = make_occurrence(make_space(), at(10, day=day), booker=founder)
    answer = client_for(founder).get("/pesanan/", {"fasilitas": "mcc"})
    assert [row.pk for row, *_signs in answer.context["rows"]] == [date.pk]
    answer = client_for(founder).get("/pesanan/", {"fasilitas": "tidak-ada", "page": "999"})
    assert {row.pk for row, *_signs in answer.context["rows"]} == {date.pk, other.pk}


@pytest.mark.parametrize("state", ["pending", "confirmed", "declined", "expired", "withdrawn", "cancelled"])
def test_the_page_opens_in_every_state(founder, client_for, space, day, state):
    date = make_occurrence(space, at(10, day=day), booker=founder, state=state, reason="Karena begitu.")
    answer = client_for(founder).get(f"/pesanan/{date.booking.code.lower()}/")
    assert answer.status_code == 200
    assert ("<svg" in answer.context["qr"]) is (state == "confirmed")


def test_a_booking_of_another_person_does_not_exist(stranger, client_for, client, date):
    code = date.booking.code
    addresses = [f"/pesanan/{code}/", f"/pesanan/{code}/ubah/", f"/pesanan/{code}/batal/"]
    addresses += [at_date(name, date) for name in ("occurrence_cancel", "occurrence_move")]
    for address in addresses:
        assert client_for(stranger).get(address).status_code == 404
        assert client_for(stranger).post(address).status_code in (404, 405)
        assert client.get(address).status_code == 302
    assert fresh(date).state == "confirmed"


def test_a_date_of_another_booking_does_not_exist(founder, client_for, date, space, day):
    other = make_occurrence(space, at(15, day=day), booker=founder)
    address = reverse("ecosystem:occurrence_cancel", args=[date.booking.code, other.pk])
    assert client_for(founder).post(address).status_code == 404


def test_who_manages_the_facility_comes_to_the_managers_page(client_for, date, space):
    manager = make_manager(space.facility)
    answer = client_for(manager).get(f"/pesanan/{date.booking.code}/")
    assert answer.url == reverse("ecosystem:manager_booking", args=["mcc", date.booking.code])


def test_the_trail_keeps_what_is_written_for_managers_from_the_booker(founder, client_for, date):
    BookingStep.objects.create(booking=date.booking, what="moved", note="rules passed over: closed")
    answer = client_for(founder).get(f"/pesanan/{date.booking.code}/")
    assert "rules passed over" not in answer.content.decode()


# --- changes --------------------------------------------------------------------------------------------------


def test_one_date_is_cancelled_and_a_second_click_says_so(founder, client_for, date):
    client, address = client_for(founder), at_date("occurrence_cancel", date)
    version = client.get(address).context["date"].version
    assert client.post(address, {"version": version}).status_code == 302
    assert fresh(date).state == "cancelled"
    again = client.post(address, {"version": version})
    assert (again.status_code, page_of(again)) == (409, "conflict")


@pytest.mark.parametrize("version", ["0", "", "x", "99999999999999"])
def test_a_stale_page_changes_nothing(founder, client_for, date, version):
    answer = client_for(founder).post(at_date("occurrence_cancel", date), {"version": version})
    assert (answer.status_code, fresh(date).state) == (409, "confirmed")


def test_after_the_limit_the_page_says_whom_to_call(founder, client_for, space):
    space.facility.phone = "0341 000"
    space.facility.save()
    soon = make_occurrence(space, timezone.now() + timedelta(minutes=30), booker=founder)
    client = client_for(founder)
    assert "0341 000" in client.get(at_date("occurrence_cancel", soon)).content.decode()
    assert client.post(at_date("occurrence_cancel", soon), {"version": 1}).status_code == 409
    assert client.get(at_date("occurrence_move", soon)).status_code == 409
    assert fresh(soon).state == "confirmed"


def test_all_dates_to_come_are_cancelled(founder, client_for, date, day):
    Occurrence.objects.create(
        booking=date.booking,
        space=date.space,
        starts_at=at(10, day=day + timedelta(7)),
        ends_at=at(12, day=day + timedelta(7)),
        state="confirmed",
    )
    client, address = client_for(founder), f"/pesanan/{date.booking.code}/batal/"
    assert len(client.get(address).context["going"]) == 2
    client.post(address)
    assert set(date.booking.occurrences.values_list("state", flat=True)) == {"cancelled"}
    assert client.post(address).status_code == 409


def test_a_request_is_taken_back(founder, client_for, space, day):
    date = make_occurrence(space, at(10, day=day), booker=founder, state="pending")
    client_for(founder).post(f"/pesanan/{date.booking.code}/batal/", {"permintaan": "1"})
    assert Booking.objects.get().state == "withdrawn"


def test_taking_back_what_waits_leaves_what_is_confirmed(founder, client_for, date, space, day):
    booking, later = date.booking, day + timedelta(days=7)
    waits = booking.occurrences.create(
        space=space, starts_at=at(10, day=later), ends_at=at(12, day=later), state="pending"
    )
    Booking.objects.update(state="pending")
    address = f"/pesanan/{booking.code}/batal/"
    assert client_for(founder).get(address).context["going"] == [waits]
    client_for(founder).post(address, {"permintaan": "1"})
    assert [row.state for row in booking.occurrences.order_by("starts_at")] == ["confirmed", "withdrawn"]


def test_a_booking_is_booked_again_with_what_it_said(founder, client_for, date):
    client = client_for(founder)
    again = client.get(f"/pesanan/{date.booking.code}/").context["again"]
    assert {("title", "Latihan"), ("attendees", "2")} <= carried(client.get(again)).items()


def test_near_the_start_the_page_says_whom_to_call(founder, client_for, space, date):
    client, address = client_for(founder), f"/pesanan/{date.booking.code}/"
    assert client.get(address).context["rows"][0].is_too_late is False
    space.policy.change_limit_hours = 24 * 6
    space.policy.save()
    assert client.get(address).context["rows"][0].is_too_late is True


def test_a_date_moves_to_another_free_time(founder, client_for, space, date, day):
    make_occurrence(space, at(15, day=day))
    client, address = client_for(founder), at_date("occurrence_move", date)
    page = client.get(address)
    assert page.context["wish"].day == day
    assert f"{day}T11:00" in [value for value, *_rest in page.context["starts"]]
    refused = client.post(address, {"aksi": "pindah", "version": 1, "mulai": f"{day}T14:30", "menit": "120"})
    assert (refused.status_code, page_of(refused)) == (409, "move")
    other_day = client.post(address, {"hari": str(day + timedelta(1)), "version": 1, "menit": "120"})
    assert other_day.context["wish"].day == day + timedelta(1)
    client.post(address, {"aksi": "pindah", "version": 1, "mulai": f"{day}T11:00", "menit": "120"})
    assert fresh(date).starts_at == at(11, day=day)
    stale = client.post(address, {"aksi": "pindah", "version": 1, "mulai": f"{day}T17:00", "menit": "60"})
    assert stale.status_code == 409


def test_a_date_moves_to_another_space_that_takes_it(founder, client_for, space, date, day):
    def other(slug, *, capacity=None, **rules):
        policy = PolicyFactory(facility=space.facility, **rules)
        return make_space(space.facility, slug=slug, name=slug, policy=policy, capacity=capacity)

    hall = other("aula", mode="approval", min_minutes=180, max_minutes=240)
    other("lemari", capacity=1)
    other("galeri", purposes=["exhibition"])
    make_space(FacilityFactory(), slug="jauh", policy=PolicyFactory(facility=space.facility))
    client, address = client_for(founder), at_date("occurrence_move", date)
    page = client.get(address)
    assert [slug for slug, _words in page.context["spaces"]] == ["podcast", "aula"]
    there = client.get(f"{address}?ruang=aula&tanggal={day}&menit=60")
    assert (there.context["wish"].minutes, there.context["waits"]) == (180, True)
    values = {"aksi": "pindah", "version": 1, "mulai": f"{day}T14:00", "menit": "180"}
    gone = client.post(address, values | {"ruang": "lemari"})
    assert (page_of(gone), fresh(date).version) == ("move", 1)
    assert gone.context["notice"]
    # Chosen, but its times and who decides there were not shown yet.
    unseen = client.post(address, values | {"ruang": "aula", "dilihat": "podcast"})
    assert (page_of(unseen), unseen.context["waits"], fresh(date).version) == ("move", True, 1)
    assert client.post(address, values | {"ruang": "aula", "aksi": "lanjut"}).status_code == 302
    moved = fresh(date)
    assert (moved.space, moved.starts_at, moved.state) == (hall, at(14, day=day), "pending")


@pytest.mark.parametrize(
    "start", ["", "besok", "2020-01-01T10:00", "2150-01-01T10:00", "{day}T03:00", "{day}T10:07"]
)
def test_a_date_moves_nowhere_impossible(founder, client_for, date, day, start):
    values = {"aksi": "pindah", "version": 1, "mulai": start.format(day=day)}
    answer = client_for(founder).post(at_date("occurrence_move", date), values)
    assert page_of(answer) == "move"
    assert answer.context["notice"]
    assert fresh(date).starts_at == at(10, day=day)


def test_details_are_edited_within_the_rules(founder, client_for, date):
    client, address = client_for(founder), f"/pesanan/{date.booking.code}/ubah/"
    values = {"title": "Judul baru", "purpose": "meeting", "attendees": "5", "contact_name": "Rina"}
    assert client.post(address, values).status_code == 302
    assert Booking.objects.get().title == "Judul baru"
    answer = client.post(address, values | {"attendees": "11"})
    assert "attendees" in answer.context["form"].errors
    # A manager put it right while the form was open: nothing is overwritten unread, nothing typed is lost.
    seen = client.get(address).context["seen"]
    Booking.objects.update(attendees=3)
    answer = client.post(address, values | {"seen": seen, "note": "Butuh kursi"})
    assert (answer.status_code, Booking.objects.get().attendees) == (409, 3)
    assert answer.context["conflict"] and "Butuh kursi" in answer.content.decode()
    assert client.post(address, values | {"seen": answer.context["seen"]}).status_code == 302
    booking_changes.cancel(fresh(date), by=founder, now=timezone.now(), version=1)
    assert client.post(address, values | {"title": "Lagi"}).status_code == 409


def test_what_the_agenda_says_is_changed_and_looked_at_again(founder, client_for, date):
    client, address = client_for(founder), f"/pesanan/{date.booking.code}/ubah/"
    values = {"title": "Latihan", "purpose": "meeting", "attendees": "2", "contact_name": "Rina"}
    event = {"is_event": "on", "event_kind": "workshop", "event_organizer": "Siniar Kita"}
    assert client.post(address, values | {"is_event": "on"}).context["form"].errors.keys() >= {"event_kind"}
    client.post(address, values | event)
    assert AgendaEvent.objects.get().title == "Latihan"
    AgendaEvent.objects.update(is_published=True, looked_at=timezone.now(), title_en="Rehearsal")
    shown = client.get(address).context["form"]
    assert (shown["event_organizer"].value(), shown.is_event_open) == ("Siniar Kita", True)
    client.post(address, values | event | {"attendees": "3"})
    assert AgendaEvent.objects.get().is_published
    client.post(address, values | event | {"event_title": "Kelas siniar"})
    changed = AgendaEvent.objects.get()
    assert (changed.title, changed.title_en) == ("Kelas siniar", "")
    assert (changed.is_published, changed.looked_at) == (False, None)
    AgendaEvent.objects.update(looked_at=timezone.now())
    client.post(address, values | event | {"event_title": "Sekali lagi"})
    assert AgendaEvent.objects.get().looked_at is not None
    client.post(address, values)
    assert not AgendaEvent.objects.exists()


def test_what_was_sent_to_a_small_form_after_the_session_ended_is_there_again(founder, client, date, day):
    base = f"/pesanan/{date.booking.code}/"
    values = {"title": "Geladi", "purpose": "meeting", "attendees": "3", "contact_name": "Rina"}
    for address in (f"{base}ubah/", f"{base}tanggal/{date.pk}/pindah/"):
        client.logout()
        answer = client.post(address, values | {"mulai": f"{day}T15:00", "menit": "60", "aksi": "pindah"})
        assert (answer.status_code, "lanjut" in answer.url) == (302, True)
        client.force_login(founder)
        again = client.get(address, {"lanjut": "1"})
        if "form" in again.context:
            assert again.context["form"]["title"].value() == "Geladi"
            assert client.get(base).context["booking"].title == "Latihan"
        else:
            assert again.context["wish"].starts_at == at(15, day=day)
    assert fresh(date).starts_at == at(10, day=day)


# --- the waiting list -----------------------------------------------------------------------------------------


def join_url(day):
    address = reverse("ecosystem:waiting_join", args=["mcc", "podcast"])
    return f"{address}?mulai={day}T10:00&selesai={day}T12:00"


def test_waiting_for_a_taken_time_and_taking_the_offer(founder, stranger, client_for, date, day):
    client = client_for(stranger)
    assert client.get(join_url(day)).status_code == 200
    for _click in range(2):
        client.post(join_url(day))
    place = WaitingPlace.objects.get()
    take = reverse("ecosystem:waiting_take", args=[place.pk])
    assert (client.get(take).status_code, page_of(client.get(take))) == (409, "waiting_over")
    booking_changes.cancel(fresh(date), by=founder, now=timezone.now(), version=1)
    assert "waiting_take" not in client.get("/pesanan/").content.decode()
    assert take in client.get("/pesanan/").content.decode()
    assert client_for(founder).get(take).status_code == 404
    values = {"title": "Giliran saya", "purpose": "meeting", "attendees": "2", "contact_name": "Sari"}
    key = client.get(take).context["key"]
    assert "title" in client.post(take, values | {"title": "", "key": key}).context["form"].errors
    answer = client.post(take, values | {"key": key, "mulai": "2020-01-01T10:00"})
    made = Booking.objects.get(title="Giliran saya")
    assert answer.url == reverse("ecosystem:booking_detail", args=[made.code])
    assert made.occurrences.get().starts_at == at(10, day=day)
    assert client.post(take, values | {"key": key}).status_code == 409


def test_an_offer_knows_what_was_typed_before_the_time_was_found_taken(founder, stranger, client, date, day):
    said = {"title": "Giliran saya", "purpose": "meeting", "attendees": "2", "note": "Bawa drum"}
    answer = client.post(join_url(day), said)
    assert "lanjut" in answer.url
    client.force_login(stranger)
    assert carried(client.get(f"{join_url(day)}&lanjut=1"))["note"] == "Bawa drum"
    client.post(join_url(day), said)
    place = WaitingPlace.objects.get()
    booking_changes.cancel(fresh(date), by=founder, now=timezone.now(), version=1)
    take = reverse("ecosystem:waiting_take", args=[place.pk])
    form = client.get(take).context["form"]
    assert [form[name].value() for name in ("note", "attendees")] == ["Bawa drum", "2"]
    client.logout()
    client.post(take, said | {"note": "Bawa gitar"})
    client.force_login(stranger)
    assert client.get(take, {"lanjut": "1"}).context["form"]["note"].value() == "Bawa gitar"
    waiting_list.leave(place, now=timezone.now())
    place.refresh_from_db()
    assert place.typed == ""


def test_a_free_time_is_booked_instead_of_waited_for(founder, client_for, space, day):
    answer = client_for(founder).post(join_url(day))
    assert reverse("ecosystem:booking_create", args=["mcc", "podcast"]) in answer.url
    assert not WaitingPlace.objects.exists()


@pytest.mark.parametrize("query", ["", "?mulai=x", "?mulai=2020-01-01T10:00&selesai=2020-01-01T12:00"])
def test_nobody_waits_for_a_time_that_cannot_be(founder, client_for, space, query):
    address = reverse("ecosystem:waiting_join", args=["mcc", "podcast"])
    assert client_for(founder).post(f"{address}{query}").status_code in (302, 409)
    assert not WaitingPlace.objects.exists()


def test_leaving_the_list(stranger, client_for, date, day):
    client = client_for(stranger)
    client.post(join_url(day))
    address = reverse("ecosystem:waiting_leave", args=[WaitingPlace.objects.get().pk])
    assert client.get(address).status_code == 200
    for _click in range(2):
        assert client.post(address).status_code == 302
    assert WaitingPlace.objects.get().state == "withdrawn"


# --- the calendar and the door --------------------------------------------------------------------------------


def test_the_secret_address_is_made_and_renewed(founder, client_for):
    client = client_for(founder)
    client.get("/pesanan/kalender/")
    assert not CalendarFeed.objects.exists()
    client.post("/pesanan/kalender/")
    first = CalendarFeed.objects.get().token
    assert first in client.get("/pesanan/kalender/").content.decode()
    client.post("/pesanan/kalender/")
    second = CalendarFeed.objects.get().token
    assert second != first
    assert client.get(f"/pesanan/kalender/{second}.ics").status_code == 200
    assert "tidak aktif" in client.post("/pesanan/kalender/", {"end": "1"}, follow=True).content.decode()
    for token in (first, second):
        assert client.get(f"/pesanan/kalender/{token}.ics").status_code == 404
    client.post("/pesanan/kalender/", {"end": "1"})  # once more does no harm
    assert not CalendarFeed.objects.exists()


def door(space):
    return reverse("ecosystem:door_check_in", args=["mcc", space.slug, space.door_token])


@pytest.fixture
def running(space, founder):
    return make_occurrence(space, timezone.now() - timedelta(minutes=5), booker=founder)


def test_the_booker_checks_in_with_one_button(founder, client_for, space, running):
    client = client_for(founder)
    assert client.get(door(space)).context["mine"] == running
    assert client.post(door(space), {"milik": "1"}).status_code == 302
    assert fresh(running).checked_in_at is not None


@pytest.mark.parametrize("spelling", ["{code}", " {low} ", "{half}-{rest}"])
def test_anybody_checks_in_with_the_code(client, space, running, spelling):
    code = running.booking.code
    typed = spelling.format(code=code, low=code.lower(), half=code[:4], rest=code[4:])
    assert client.post(door(space), {"code": typed}).status_code == 302
    assert fresh(running).checked_in_at is not None


def test_a_wrong_code_door_or_moment_says_so(founder, client, client_for, space, running, day):
    other = make_space(space.facility, slug="lain", policy=space.policy)
    later = make_occurrence(other, at(10, day=day), booker=founder)
    for address, code in (
        (door(space), "ABCD2345"),
        (door(space), ""),
        (door(space), "x" * 300),
        (door(other), running.booking.code),
        (door(other), later.booking.code),
    ):
        answer = client.post(address, {"code": code})
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert client_for(founder).post(door(other), {"milik": "1"}).context["notice"]
    assert Occurrence.objects.filter(checked_in_at__isnull=False).count() == 0
    assert client.get(door(space).replace(space.door_token, "x" * 32)).status_code == 404


def test_codes_cannot_be_tried_without_end(client, space, running):
    answers = [client.post(door(space), {"code": f"ABCD{number:04}"}).status_code for number in range(32)]
    assert answers[-1] == 429
    assert client.post(door(space), {"code": running.booking.code}).status_code == 429


# --- the work room and personal data --------------------------------------------------------------------------


def test_the_work_room_shows_the_next_dates_and_offers(founder, stranger, client_for, date, day):
    assert "Latihan" in client_for(founder).get("/ruang-kerja/").content.decode()
    waiting_list.join(date.space, date.starts_at, date.ends_at, stranger, now=timezone.now())
    booking_changes.cancel(fresh(date), by=founder, now=timezone.now(), version=1)
    place = WaitingPlace.objects.get()
    assert f"/pesanan/tunggu/{place.pk}/ambil/" in client_for(stranger).get("/ruang-kerja/").content.decode()


def test_the_copy_holds_own_bookings_and_nobody_elses(founder, stranger, date, space, day):
    make_occurrence(space, at(15, day=day), booker=stranger)
    (told,) = booking_personal.copy_of(founder)
    assert (told["code"], told["contact_email"], len(told["dates"])) == (date.booking.code, founder.email, 1)
    assert told["agenda"] == []


def test_my_data_shows_who_looked_at_the_contact_of_a_booking(founder, stranger, date, client_for):
    BookingStep.objects.create(booking=date.booking, what="contact_seen", actor=stranger)
    page = client_for(founder).get("/akun/data-saya/").content.decode()
    assert f"/pesanan/{date.booking.code}/" in page
    assert "Pengelola" in page
    assert stranger.email not in page
    assert date.booking.code not in client_for(stranger).get("/akun/data-saya/").content.decode()


def test_erasing_a_person_frees_what_is_to_come_and_forgets_the_past(founder, date, space, day):
    past = make_occurrence(space, at(10, day=day - timedelta(30)), booker=founder)
    WaitingPlace.objects.create(space=space, user=founder, starts_at=at(15, day=day), ends_at=at(16, day=day))
    assert booking_personal.erase(founder, timezone.now()) == 2
    assert fresh(date).state == "cancelled"
    assert not date.allocations.filter(holds=True).exists()
    for row in (fresh(date).booking, fresh(past).booking):
        assert (row.booker, row.contact_name, row.contact_email, row.title) == (None, "", "", "")
        assert row.attendees == 2
    assert fresh(past).state == "confirmed"
    assert not WaitingPlace.objects.exists()
    assert forget([date.booking_id], now=timezone.now()) == 0
