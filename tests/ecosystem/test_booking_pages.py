"""Booking a space by its pages: the steps, what is kept on the way, and what bad input meets."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from ecosystem import affiliations
from ecosystem.affiliations import Affiliation
from ecosystem.models import AgendaEvent, Allocation, Booking, Facility, Occurrence, Quota, Space
from ecosystem.services import agenda, booking_changes, waiting_list
from tests.ecosystem.booking_steps import carried
from tests.ecosystem.facility_factories import (
    PolicyFactory,
    at,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import SubsectorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    """A day that can be booked, whatever today is."""
    return timezone.localdate() + timedelta(days=3)


@pytest.fixture
def space(facility):
    policy = PolicyFactory(facility=facility, is_commercial_allowed=True, max_occurrences=12)
    return make_space(facility, slug="podcast", name="Studio Podcast", policy=policy, kind="studio")


@pytest.fixture
def url(space):
    return reverse("ecosystem:booking_create", args=["mcc", "podcast"])


def typed(day, hour=10, hours=2, **more):
    """Return what the form sends."""
    values = {
        "mulai": f"{day}T{hour:02}:00",
        "menit": str(hours * 60),
        "title": "Rekaman siniar",
        "purpose": "production",
        "attendees": "4",
        "declares_commercial": "0",
        "contact_name": "Rina",
    }
    return values | more


def press(client, url, action, values, **more):
    return client.post(url, values | {"aksi": action} | more)


def page_of(answer):
    return answer.templates[0].name.rpartition("/")[2].removesuffix(".html")


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def book(client, url, values, **more):
    """Go from the details to the confirmation as a browser does."""
    check = press(client, url, "periksa", values)
    assert page_of(check) == "check", text_of(check)[:800]
    return press(client, url, "pesan", values, key=check.context["key"], **more)


# --- the steps ----------------------------------------------------------------------------------------------


def test_a_resident_books_in_three_steps(founder, client_for, space, url, day):
    client = client_for(founder)
    when = client.get(url, {"tanggal": str(day), "menit": "120"})
    assert f'value="{day}T10:00"' in when.content.decode()
    details = press(client, url, "rincian", {"mulai": f"{day}T10:00", "menit": "120"})
    assert "title" in details.context["form"].fields
    answer = book(client, url, typed(day))
    booking = Booking.objects.get()
    assert answer.url == reverse("ecosystem:booking_detail", args=[booking.code])
    assert (booking.state, booking.title, booking.booker) == ("confirmed", "Rekaman siniar", founder)
    assert (booking.contact_email, booking.attendees) == (founder.email, 4)
    assert booking.occurrences.get().starts_at == at(10, day=day)
    assert Allocation.objects.filter(holds=True).count() == 1


@pytest.mark.parametrize("start", ["{day}T10:00", "{day}T10:00:00+07:00", "{day}T03:00:00Z", "{day} 10:00"])
def test_a_link_with_a_time_leads_to_the_details(founder, client_for, url, day, start):
    answer = client_for(founder).get(
        url, {"mulai": start.format(day=day), "selesai": f"{day}T12:00", "orang": "3"}
    )
    assert page_of(answer) == "details"
    assert answer.context["wish"].starts_at == at(10, day=day)
    assert answer.context["form"]["attendees"].value() == "3"


def test_the_confirm_button_clicked_twice_books_once(founder, client_for, url, day):
    client = client_for(founder)
    key = press(client, url, "periksa", typed(day)).context["key"]
    answers = [press(client, url, "pesan", typed(day), key=key) for _click in range(2)]
    assert answers[0].url == answers[1].url
    assert Booking.objects.count() == 1


def test_nothing_typed_is_lost_while_the_time_is_changed(founder, client_for, url, day):
    client = client_for(founder)
    answer = press(client, url, "waktu", typed(day, note="Bawa drum", repeats_until=str(day + timedelta(7))))
    assert page_of(answer) == "when"
    kept = carried(answer)
    assert (kept["note"], kept["title"]) == ("Bawa drum", "Rekaman siniar")
    answer = client.post(
        url, kept | {"hari": str(day + timedelta(1)), "mulai": f"{day}T10:00", "menit": "120"}
    )
    assert answer.context["wish"].day == day + timedelta(1)
    assert carried(answer)["note"] == "Bawa drum"
    answer = press(client, url, "rincian", kept | {"mulai": f"{day}T15:00", "menit": "120"})
    assert answer.context["form"]["note"].value() == "Bawa drum"


def test_a_stranger_chooses_a_time_and_signs_in_with_it(client, url, day):
    answer = client.get(url, {"tanggal": str(day)})
    assert page_of(answer) == "when"
    answer = client.get(url, {"mulai": f"{day}T10:00", "menit": "120", "aksi": "rincian"})
    assert page_of(answer) == "sign_in"
    assert f"mulai%3D{day}T10%253A00" in answer.content.decode()


def test_the_enter_key_goes_on_with_the_chosen_start_and_a_changed_day_shows_its_times(
    founder, client, url, day
):
    chosen = {"tanggal": str(day), "menit": "120", "mulai": f"{day}T10:00"}
    other = chosen | {"tanggal": str(day + timedelta(1))}
    # Who only asks for the times does not go on, whatever was chosen before.
    assert page_of(client.get(url, chosen | {"aksi": "hari"})) == "when"
    assert page_of(client.get(url, chosen | {"aksi": "lanjut"})) == "sign_in"
    assert page_of(client.get(url, other | {"aksi": "lanjut"})) == "when"
    client.force_login(founder)
    assert page_of(press(client, url, "lanjut", chosen)) == "details"
    assert page_of(press(client, url, "lanjut", {"tanggal": str(day)})) == "when"
    for action in ("lanjut", "rincian"):
        answer = press(client, url, action, other)
        assert (page_of(answer), answer.context["wish"].day) == ("when", day + timedelta(1))
    # A length that the space does not know shows the times of the nearest that it does.
    answer = client.get(url, {"mulai": f"{day}T10:00", "selesai": f"{day}T10:10"})
    assert answer.context["wish"].minutes == 60
    assert answer.context["starts"]


def test_what_was_sent_after_the_session_ended_is_there_after_the_sign_in(founder, client, url, day):
    answer = press(client, url, "periksa", typed(day, note="Bawa drum"))
    assert answer.status_code == 302
    assert "lanjut" in answer.url
    client.force_login(founder)
    answer = client.get(url, {"lanjut": "1"})
    assert page_of(answer) in ("details", "when")
    kept = answer.context["form"]["note"].value() if "form" in answer.context else None
    assert kept == "Bawa drum"
    assert answer.context["wish"].starts_at == at(10, day=day)


def test_commercial_use_and_approval_become_a_request(founder, client_for, space, url, day):
    book(client_for(founder), url, typed(day, declares_commercial="1"))
    booking = Booking.objects.get()
    assert (booking.state, booking.declares_commercial) == ("pending", True)
    text = text_of(client_for(founder).get(f"/pesanan/{booking.code}/"))
    assert booking.answer_by and "Menunggu keputusan" in text


def test_a_startup_is_booked_for_only_by_its_people(founder, client_for, url, day, monkeypatch):
    mine = Affiliation("startup:7", "Gim Brantas", "")
    monkeypatch.setattr(affiliations, "_sources", [lambda user: [mine] if user == founder else []])
    client = client_for(founder)
    book(client, url, typed(day, affiliation="startup:7"))
    assert Booking.objects.get().organization_name == "Gim Brantas"
    answer = press(client, url, "periksa", typed(day, hour=14, affiliation="startup:8"))
    assert "affiliation" in answer.context["form"].errors


def test_an_event_for_the_agenda_needs_an_organiser(founder, client_for, url, day):
    client, subsector = client_for(founder), SubsectorFactory()
    values = typed(day, is_event="on", event_kind="talk", subsector=str(subsector.pk))
    answer = press(client, url, "periksa", values)
    assert "event_organizer" in answer.context["form"].errors
    values |= {"event_organizer": "Komunitas Siniar"}
    unclear = press(client, url, "periksa", values | {"is_event": ""})
    assert list(unclear.context["form"].errors) == ["is_event"]
    assert unclear.context["form"].is_event_open
    for address in ("ftp://daftar.example/", "javascript:alert(1)", "https://"):
        answer = press(client, url, "periksa", values | {"event_registration_url": address})
        assert list(answer.context["form"].errors) == ["event_registration_url"], address
    book(
        client,
        url,
        values | {"event_registration_url": "daftar.example"},
    )
    event = AgendaEvent.objects.get()
    assert (event.title, event.organizer, event.is_published) == ("Rekaman siniar", "Komunitas Siniar", False)
    page = client.get(f"/pesanan/{event.booking.code}/").content.decode()
    assert "pengelola memeriksanya dulu" in page
    agenda.publish(event, is_published=True, now=timezone.now())
    assert f"/agenda/{event.slug}/" in client.get(f"/pesanan/{event.booking.code}/").content.decode()


def test_desks_are_booked_by_number(founder, client_for, space, day):
    area = make_space(space.facility, slug="meja", kind="desk_area", capacity=None)
    for number in range(3):
        make_space(parent=area, slug=f"meja-{number}", kind="desk", capacity=1, policy=area.policy)
    url = reverse("ecosystem:booking_create", args=["mcc", "meja"])
    client = client_for(founder)
    values = typed(day, seats="2", purpose="work", declares_commercial="")
    del values["attendees"]
    book(client, url, values)
    booking = Booking.objects.get()
    assert (booking.seats, booking.attendees, Allocation.objects.count()) == (2, 2, 2)
    answer = press(client, url, "periksa", values)
    assert (page_of(answer), answer.status_code) == ("taken", 409)
    answer = press(client, url, "periksa", values | {"seats": "9"})
    assert answer.status_code in (200, 409)
    assert Booking.objects.count() == 1


# --- taken ----------------------------------------------------------------------------------------------------


def test_a_time_that_was_taken_meanwhile_shows_what_is_free(founder, make_user, client_for, space, url, day):
    other = make_space(
        space.facility, slug="podcast-2", name="Studio Dua", kind="studio", policy=space.policy
    )
    client = client_for(founder)
    key = press(client, url, "periksa", typed(day)).context["key"]
    somebody = make_user("lain@example.org", name="Nama Rahasia")
    make_occurrence(space, at(10, day=day), hours=2, booker=somebody)
    answer = press(client, url, "pesan", typed(day, note="Bawa drum"), key=key)
    assert (answer.status_code, page_of(answer)) == (409, "taken")
    text = answer.content.decode()
    assert "Studio Dua" in text
    assert "Nama Rahasia" not in text
    assert carried(answer)["note"] == "Bawa drum"
    (offer, value, address), *_more = answer.context["offers"]
    assert offer.space == other
    kept = carried(answer)
    check = client.post(address, kept | {"pilih": value})
    assert page_of(check) == "check"
    assert check.context["space"] == other
    assert reverse("ecosystem:waiting_join", args=["mcc", "podcast"]) in answer.context["join_url"]


def test_who_waited_for_the_time_is_led_to_what_is_held_for_them(
    founder, make_user, client_for, space, url, day
):
    date = make_occurrence(space, at(10, day=day), hours=2)
    place = waiting_list.join(space, date.starts_at, date.ends_at, founder, now=timezone.now())
    booking_changes.cancel(date, by=None, now=timezone.now(), version=1)
    for action in ("rincian", "periksa", "pesan"):
        answer = press(client_for(founder), url, action, typed(day))
        assert answer.url == reverse("ecosystem:waiting_take", args=[place.pk])
    stranger = client_for(make_user("lain@example.org"))
    assert page_of(press(stranger, url, "pesan", typed(day))) == "taken"


def test_an_alternative_at_another_time_keeps_the_details(founder, client_for, space, url, day):
    make_occurrence(space, at(10, day=day), hours=2)
    client = client_for(founder)
    answer = press(client, url, "periksa", typed(day))
    assert (answer.status_code, page_of(answer)) == (409, "taken")
    _offer, value, address = answer.context["offers"][0]
    check = client.post(address, carried(answer) | {"pilih": value})
    assert page_of(check) == "check"
    assert carried(check)["title"] == "Rekaman siniar"


# --- a series -------------------------------------------------------------------------------------------------


def test_a_series_shows_its_conflict_and_leaves_it_out(founder, client_for, space, url, day):
    make_occurrence(space, at(11, day=day + timedelta(7)))
    client = client_for(founder)
    values = typed(day, repeats_until=str(day + timedelta(21)))
    check = press(client, url, "periksa", values)
    rows = check.context["rows"]
    assert [bool(row.problems) for row in rows] == [False, True, False, False]
    assert [row.is_left_out for row in rows] == [False, True, False, False]
    key = check.context["key"]
    refused = press(client, url, "pesan", values, key=key)
    assert (refused.status_code, page_of(refused), Booking.objects.of(founder.pk).count()) == (
        409,
        "check",
        0,
    )
    press(client, url, "pesan", values, key=key, skip=[rows[1].value])
    assert Booking.objects.of(founder.pk).get().occurrences.count() == 3


@pytest.mark.parametrize("until", ["9999-12-31", "2300-01-01"])
def test_a_thousand_dates_are_refused_beside_the_field(founder, client_for, url, day, until):
    answer = press(client_for(founder), url, "periksa", typed(day, repeats_until=until))
    assert "repeats_until" in answer.context["form"].errors


def test_a_series_that_ends_before_it_begins_is_refused(founder, client_for, url, day):
    answer = press(client_for(founder), url, "periksa", typed(day, repeats_until=str(day - timedelta(1))))
    assert "repeats_until" in answer.context["form"].errors


# --- bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mulai": "{day}T12:00", "selesai": "{day}T10:00"}, "Akhir"),
        ({"mulai": "{day}T10:00", "selesai": "2031-12-01T10:00"}, ""),
        ({"mulai": "{day}T10:07"}, ""),
        ({"mulai": "2020-01-01T10:00"}, ""),
        ({"mulai": "{day}T03:00"}, ""),
        ({"menit": "15"}, ""),
        ({"menit": "525600"}, ""),
        ({"mulai": "2150-01-01T10:00"}, ""),
        ({"mulai": "besok pagi"}, ""),
        ({"mulai": "9999-12-31T23:59"}, ""),
        ({"mulai": "0001-01-01T00:00"}, ""),
        ({"menit": "-5"}, None),
        ({"menit": "9" * 400}, None),
    ],
)
@pytest.mark.parametrize("action", ["rincian", "periksa", "pesan"])
def test_a_time_that_cannot_be_is_explained(founder, client_for, url, day, change, words, action):
    values = typed(day) | {name: value.format(day=day) for name, value in change.items()}
    answer = press(client_for(founder), url, action, values)
    assert answer.status_code in ((200, 409) if words is not None else (200, 302, 409))
    if words is not None:
        assert page_of(answer) == "when", text_of(answer)[:300]
        assert answer.context["notices"]
        assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"attendees": "11"}, "attendees"),
        ({"attendees": "0"}, "attendees"),
        ({"attendees": "-4"}, "attendees"),
        ({"attendees": "99999999999"}, "attendees"),
        ({"attendees": "empat"}, "attendees"),
        ({"title": ""}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"purpose": "perang"}, "purpose"),
        ({"subsector": "99999"}, "subsector"),
        ({"subsector": "a' OR 1=1"}, "subsector"),
        ({"origin": "-1"}, "origin"),
        ({"declares_commercial": "2"}, "declares_commercial"),
        ({"contact_phone": "rumah"}, "contact_phone"),
        ({"repeats_until": "31-12"}, "repeats_until"),
        ({"is_event": "on", "event_registration_url": "javascript:alert(1)"}, "event_registration_url"),
        ({"note": "x\x00y"}, "note"),
    ],
)
def test_a_value_that_cannot_be_is_explained_beside_its_field(founder, client_for, url, day, change, field):
    answer = press(client_for(founder), url, "periksa", typed(day) | change)
    assert page_of(answer) == "details"
    assert field in answer.context["form"].errors
    assert Booking.objects.count() == 0


def test_a_page_sent_an_hour_later_says_that_the_time_has_passed(founder, client_for, url, day, monkeypatch):
    client = client_for(founder)
    key = press(client, url, "periksa", typed(day)).context["key"]
    later = timezone.now() + timedelta(days=4)
    clock = SimpleNamespace(now=lambda: later, localdate=timezone.localdate)
    monkeypatch.setattr("ecosystem.views.booking.timezone", clock)
    answer = press(client, url, "pesan", typed(day, note="Bawa drum"), key=key)
    assert (answer.status_code, page_of(answer)) == (409, "when")
    assert answer.context["notices"]
    assert carried(answer)["note"] == "Bawa drum"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_space_that_cannot_be_booked_says_why(founder, client_for, space, url, day, method):
    space.is_active = False
    space.save()
    answer = getattr(client_for(founder), method)(url, typed(day) | {"aksi": "pesan"})
    assert page_of(answer) == "cannot"
    assert answer.status_code == (200 if method == "get" else 409)
    Facility.objects.update(stage="planned")
    assert page_of(client_for(founder).get(url)) == "cannot"


def test_the_enter_key_in_the_details_goes_on_and_not_back_to_the_time(founder, client_for, url, day):
    html = press(client_for(founder), url, "rincian", typed(day)).content.decode()
    assert re.findall(r'name="aksi" value="(\w+)"', html)[0] == "periksa"


def test_the_rules_beside_the_form_tell_how_much_one_may_book(founder, client_for, space, url, day):
    Quota.objects.create(facility=space.facility, period="week", max_count=3)
    Quota.objects.create(facility=space.facility, period="week", max_count=1, space_kind="hall")
    assert space.kind != "hall"
    client = client_for(founder)
    for action in ("waktu", "periksa"):
        html = press(client, url, action, typed(day)).content.decode()
        assert (html.count("3 tanggal"), html.count("1 tanggal")) == (1, 0)


def test_a_space_that_is_gone_is_not_found(founder, client_for, space, url, day):
    client = client_for(founder)
    key = press(client, url, "periksa", typed(day)).context["key"]
    Space.objects.filter(pk=space.pk).delete()
    assert press(client, url, "pesan", typed(day), key=key).status_code == 404
    assert client_for(founder).get("/fasilitas/mcc/tidak-ada/pesan/").status_code == 404
    assert client_for(founder).get("/fasilitas/tidak-ada/podcast/pesan/").status_code == 404


def test_a_forged_key_or_left_out_date_does_no_harm(founder, client_for, url, day):
    client = client_for(founder)
    answer = press(client, url, "pesan", typed(day), key="bukan-uuid", skip=["besok", f"{day}T10:00"])
    assert answer.status_code == 302
    assert Occurrence.objects.count() == 1


def test_the_steps_take_few_queries(founder, client_for, space, url, day, django_assert_max_num_queries):
    for number in range(12):
        make_space(space.facility, slug=f"ruang-lain-{number}", policy=space.policy)
        make_occurrence(space, at(8 + number, day=day))
    client = client_for(founder)
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url, {"tanggal": str(day + timedelta(1))})
    with django_assert_max_num_queries(24):
        assert press(client, url, "periksa", typed(day)).status_code == 409
