"""Those who press the last button a moment late: the same page as on the long way, their own data, nothing stale."""

import re
import threading
import uuid
from datetime import timedelta
from time import monotonic
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.utils import timezone

from ecosystem import late_comers
from ecosystem.models import Booking, Occurrence, Space, WaitingPlace
from ecosystem.services import booking_changes
from ecosystem.views import booking as views
from tests.ecosystem.booking_steps import carried
from tests.ecosystem.facility_factories import (
    PolicyFactory,
    UserFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db
TOKEN = "a" * 32


class Portal:
    """One web process: what it keeps is there for everybody who asks it."""

    def __init__(self):
        self.handler = ClientHandler(enforce_csrf_checks=True)
        self.long_ways = 0

    def visitor(self, person):
        client = Client(enforce_csrf_checks=True)
        client.handler = self.handler
        client.force_login(person)
        client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        return client

    def press(self, person, space, start, *, path="", client=None, headers=None, **fields):
        """Send the last button's form as a browser does."""
        sent = {
            "csrfmiddlewaretoken": TOKEN,
            "aksi": "pesan",
            "key": str(uuid.uuid4()),
            "mulai": f"{start:%Y-%m-%dT%H:%M}",
            "selesai": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
            "title": "Rapat",
            "purpose": "meeting",
            "attendees": "2",
            "contact_name": "Sari",
        } | fields
        path = path or f"/fasilitas/{space.facility.slug}/{space.slug}/pesan/"
        form = "application/x-www-form-urlencoded"
        client = client or self.visitor(person)
        return client.post(path, urlencode(sent), content_type=form, headers=headers or {})


@pytest.fixture
def portal(monkeypatch):
    portal = Portal()
    long_way = views._last

    def counted(*args):
        portal.long_ways += 1
        return long_way(*args)

    monkeypatch.setattr(views, "_last", counted)
    return portal


@pytest.fixture
def start():
    return at(10, day=timezone.localdate() + timedelta(days=3))


@pytest.fixture
def room(facility):
    make_space(facility)
    return make_space(facility)


@pytest.fixture
def taken(portal, room, start):
    """The date that somebody else has, after a first one was told so."""
    date = make_occurrence(room, start)
    assert portal.press(UserFactory(email="pertama@example.org"), room, start).status_code == 409
    assert portal.long_ways == 1
    return date


def without_tokens(answer):
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", answer.content.decode())


def steady_headers(answer):
    """Return the headers that are the same whenever a page is drawn; tokens of a drawn page are masked, and longer."""
    others = {"X-Request-Id", "Expires", "Content-Length"}
    return {name: {*text.split(", ")} for name, text in answer.items() if name not in others}


# --- the same page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_short_way_gives_what_the_long_way_draws(portal, room, start, monkeypatch, language):
    make_occurrence(room, start)
    person, path = UserFactory(email="o'neil@example.org"), f"{language}/fasilitas/mcc/{room.slug}/pesan/"
    typed = {"title": '<b>"Rapat" & kopi</b>', "note": "baris 1\nbaris 2", "key": str(uuid.uuid4())}
    with monkeypatch.context() as plain:
        plain.setattr(late_comers, "marked", dict)
        plain.setattr(late_comers, "first", lambda _request, _steps, response: response)
        drawn = Portal().press(person, room, start, path=path, **typed)
    portal.press(UserFactory(), room, start, path=path)
    short = portal.press(person, room, start, path=path, **typed)
    assert (portal.long_ways, drawn.status_code, short.status_code) == (2, 409, 409)
    assert without_tokens(short) == without_tokens(drawn)
    assert "&lt;b&gt;&quot;Rapat&quot; &amp; kopi&lt;/b&gt;" in short.content.decode()
    assert short.content.decode().count(TOKEN) == 3
    assert int(short["Content-Length"]) == len(short.content)
    assert drawn["X-Request-Id"] != short["X-Request-Id"]
    assert steady_headers(short) == steady_headers(drawn)


@pytest.mark.parametrize(
    "field", ["title", "note", "attendees", "seats", "key", "hari", "menit", "orang", "tanggal"]
)
def test_odd_values_read_the_same_on_both_ways(portal, room, start, field):
    make_occurrence(room, start)
    with override_settings(MIDDLEWARE=[one for one in settings.MIDDLEWARE if "late_comers" not in one]):
        without = Portal()
        without.handler.load_middleware()
    person, first = UserFactory(), UserFactory()
    here, there, ahead = portal.visitor(person), without.visitor(person), portal.visitor(first)
    short_ways = 0
    for value in ("", "\x00", "0", "-1", "9" * 20, "é\U0001f600", "<script>", "2026-13-45", "%", "x" * 3000):
        portal.press(first, room, start, client=ahead, **{field: value})
        before = portal.long_ways
        short = portal.press(person, room, start, client=here, **{field: value})
        drawn = without.press(person, room, start, client=there, **{field: value})
        assert (short.status_code, without_tokens(short)) == (drawn.status_code, without_tokens(drawn)), value
        short_ways += portal.long_ways == before + 1
    assert short_ways


def test_nobody_reads_of_another_what_is_theirs(portal, room, start):
    make_occurrence(room, start)
    first = UserFactory(email="wulandari@example.org", name="Wulandari")
    told = portal.press(first, room, start, title="Rahasia dagang", contact_name="Wulandari")
    assert "wulandari@example.org" in told.content.decode()
    second = portal.press(
        UserFactory(email="kedua@example.org"), room, start, title="Rapat RT"
    ).content.decode()
    assert portal.long_ways == 1
    assert "kedua@example.org" in second
    assert "Rapat RT" in second
    assert not {"wulandari", "Wulandari", "Rahasia"} & set(re.findall(r"\w+", second))


def test_a_message_that_waits_for_one_is_not_told_to_all(portal, facility, room, start):
    make_occurrence(room, start)
    first = UserFactory()
    client = portal.visitor(first)
    # "Booked" waits for the next page.
    assert portal.press(first, make_space(facility), start, client=client).status_code == 302
    for person, window in ((first, client), (UserFactory(), None)):
        page = portal.press(person, room, start, client=window).content.decode()
        assert "Baru saja terisi" in page
        assert "Konfirmasinya" not in page
    assert "Konfirmasinya" in client.get("/pesanan/").content.decode()


def test_a_late_comer_costs_two_queries(portal, room, start, taken, django_assert_num_queries):
    person = UserFactory()
    client = portal.visitor(person)
    with django_assert_num_queries(2):
        assert portal.press(person, room, start, client=client).status_code == 409
    assert portal.long_ways == 1


def test_from_the_short_page_another_slot_can_be_had(portal, room, start, taken):
    person = UserFactory()
    client = portal.visitor(person)
    short = portal.press(person, room, start, client=client, title="Rapat RT")
    assert portal.long_ways == 1
    page = short.content.decode()
    picked = re.search(r'name="pilih" value="([^"]+)" formaction="([^"]+)"', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    sent = carried(short) | {"csrfmiddlewaretoken": token[1], "pilih": picked[1]}
    checked = client.post(picked[2], sent)
    assert (checked.status_code, "Rapat RT" in checked.content.decode()) == (200, True)


# --- nothing stale ----------------------------------------------------------------------------------------------


def test_what_was_given_back_can_be_had_at_once(portal, room, start, taken):
    booking_changes.cancel(taken, by=taken.booking.booker, version=taken.version, now=timezone.now())
    assert portal.press(UserFactory(), room, start).status_code == 302
    assert Occurrence.objects.get(state="confirmed").booking.booker.email != taken.booking.booker.email


def test_the_page_is_drawn_anew_after_two_seconds(portal, room, start, taken, monkeypatch):
    monkeypatch.setattr(late_comers, "monotonic", lambda: monotonic() + 1.9)
    portal.press(UserFactory(), room, start)
    assert portal.long_ways == 1
    monkeypatch.setattr(late_comers, "monotonic", lambda: monotonic() + 2.1)
    portal.press(UserFactory(), room, start)
    assert portal.long_ways == 2


def test_other_questions_have_other_answers(portal, room, start, taken):
    person = UserFactory()
    portal.press(person, room, start + timedelta(minutes=30))
    portal.press(person, room, start, attendees="3")
    portal.press(person, room, start, path=f"/en/fasilitas/mcc/{room.slug}/pesan/")
    portal.press(person, room, start, headers={"host": "localhost"})
    assert portal.long_ways == 5
    english = portal.press(UserFactory(), room, start, path=f"/en/fasilitas/mcc/{room.slug}/pesan/")
    assert (portal.long_ways, "Just taken" in english.content.decode()) == (5, True)


def test_a_series_goes_the_long_way(portal, room, start, taken):
    until = f"{start + timedelta(days=7):%Y-%m-%d}"
    portal.press(UserFactory(), room, start, repeats_until=until)
    assert portal.long_ways == 2


def test_a_desk_that_is_given_back_can_be_had_at_once(portal, facility, start):
    area = make_space(facility, kind="desk_area", policy=PolicyFactory(facility=facility))
    desks = [make_space(parent=area, policy=area.policy, kind="desk") for _ in range(2)]
    dates = [make_occurrence(desk, start) for desk in desks]
    assert portal.press(UserFactory(), area, start, seats="1").status_code == 409
    assert portal.press(UserFactory(), area, start, seats="1").status_code == 409
    assert portal.long_ways == 1
    booking_changes.cancel(dates[0], by=dates[0].booking.booker, version=dates[0].version, now=timezone.now())
    assert portal.press(UserFactory(), area, start, seats="1").status_code == 302


def test_a_floor_is_taken_by_one_of_its_rooms_and_two_desks_by_one(portal, facility, start):
    floor = make_space(facility, kind="floor")
    area = make_space(facility, kind="desk_area", policy=PolicyFactory(facility=facility))
    rooms = [make_space(parent=floor) for _ in range(2)]
    desks = [make_space(parent=area, policy=area.policy, kind="desk") for _ in range(3)]
    make_occurrence(rooms[0], start)
    make_occurrence(desks[0], start)
    # Free, but given to nobody.
    Space.objects.filter(pk=desks[1].pk).update(is_active=False)
    for space, seats in ((floor, ""), (area, "2")):
        portal.long_ways = 0
        answers = [portal.press(UserFactory(), space, start, seats=seats) for _ in range(2)]
        assert ([one.status_code for one in answers], portal.long_ways) == ([409, 409], 1)


def test_set_up_of_the_next_use_counts(portal, facility, start):
    policy = PolicyFactory(facility=facility, setup_minutes=30, teardown_minutes=30)
    room = make_space(facility, policy=policy)
    make_occurrence(room, start + timedelta(hours=1))
    for _ in range(2):
        assert portal.press(UserFactory(), room, start).status_code == 409
    assert portal.long_ways == 1


# --- who has more to be told ------------------------------------------------------------------------------------


def test_the_winner_who_presses_again_is_led_to_the_booking(portal, room, start):
    winner, key = UserFactory(), str(uuid.uuid4())
    won = portal.press(winner, room, start, key=key)
    portal.press(UserFactory(), room, start)
    again = portal.press(winner, room, start, key=key)
    assert (again.status_code, again["Location"]) == (302, won["Location"])
    # Back to the form, and another room with the same key.
    other_room = make_space(room.facility)
    make_occurrence(other_room, start)
    portal.press(UserFactory(), other_room, start)
    changed = portal.press(winner, other_room, start, key=key)
    assert (changed.status_code, changed["Location"]) == (302, won["Location"])
    # In another tab, with a key of its own.
    other = portal.press(winner, room, start)
    assert Booking.objects.of(winner.pk).get().code in other.content.decode()


def test_the_first_in_line_is_led_to_the_offer(portal, room, start, taken):
    place = WaitingPlace.objects.create(
        space=room,
        user=UserFactory(),
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        state="offered",
        offer_ends_at=timezone.now() + timedelta(hours=2),
    )
    answer = portal.press(place.user, room, start)
    assert (answer.status_code, answer["Location"]) == (302, f"/pesanan/tunggu/{place.pk}/ambil/")


def test_staff_go_the_long_way_past_the_second_factor(portal, facility, room, start, taken, settings):
    settings.STAFF_NEEDS_MFA = True
    answer = portal.press(make_manager(facility), room, start)
    assert (answer.status_code, portal.long_ways) == (302, 1)
    assert "/2fa/" in answer["Location"]
    assert "/2fa/" in portal.press(UserFactory(is_staff=True), room, start)["Location"]


def test_who_is_not_signed_in_signs_in_first(portal, room, start, taken):
    stranger = Client(enforce_csrf_checks=True)
    stranger.handler = portal.handler
    stranger.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    assert "login" in portal.press(None, room, start, client=stranger)["Location"]
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert "login" in portal.press(None, room, start, client=stranger)["Location"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!lain"}])
def test_a_session_that_no_longer_counts_is_over(portal, room, start, taken, change):
    person = UserFactory()
    client = portal.visitor(person)
    type(person).objects.filter(pk=person.pk).update(**change)
    assert "login" in portal.press(person, room, start, client=client)["Location"]


def test_a_form_from_elsewhere_is_refused(portal, room, start, taken):
    assert portal.press(UserFactory(), room, start, csrfmiddlewaretoken="b" * 32).status_code == 403
    assert (
        portal.press(UserFactory(), room, start, headers={"origin": "https://lain.example"}).status_code
        == 403
    )


def test_what_is_too_long_or_in_another_encoding_meets_the_usual_limits(portal, room, start, taken):
    assert portal.press(UserFactory(), room, start, note="x" * 30_000).status_code == 409
    assert portal.long_ways == 2
    client = portal.visitor(UserFactory())
    path = f"/fasilitas/mcc/{room.slug}/pesan/"
    other = "application/x-www-form-urlencoded; charset=utf-16"
    assert client.post(path, b"aksi=pesan", content_type=other).status_code == 415


# --- turns ------------------------------------------------------------------------------------------------------


def test_who_waits_too_long_for_a_turn_goes_on_without(portal, room, start, monkeypatch):
    held = threading.Lock()
    monkeypatch.setattr(late_comers, "Lock", lambda: held)
    monkeypatch.setattr(late_comers, "PATIENCE", 0.01)
    portal.handler.load_middleware()
    with held:
        assert portal.press(UserFactory(), room, start).status_code == 302
        assert held.locked()
    assert portal.press(UserFactory(), room, start).status_code == 409
    assert not held.locked()
