"""A stampede on one slot: one books, everybody else reads that it is just taken and what is free."""

import os
import uuid
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks import booking, pages
from ecosystem.models import Booking, Occurrence
from tests.ecosystem.booking_steps import held, overlaps
from tests.ecosystem.facility_factories import (
    PolicyFactory,
    UserFactory,
    make_space,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 500


def confirm_buttons(space, people, **fields):
    """Return what sends the last page of a booking for each person: the same slot in three days, at nine o'clock."""
    nine = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
    sent = {
        "aksi": "pesan",
        "mulai": f"{nine:%Y-%m-%dT%H:%M}",
        "selesai": f"{nine + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "title": "Rapat",
        "purpose": "meeting",
        "attendees": "2",
        "contact_name": "Sari",
    }
    path = f"/fasilitas/{space.facility.slug}/{space.slug}/pesan/"

    def button(client):
        form = sent | {"key": str(uuid.uuid4())} | fields
        return lambda: client.post(path, form)

    buttons = []
    for person in people:
        client = Client()
        client.force_login(person)
        buttons.append(button(client))
    return buttons


def statuses(answers):
    return [getattr(answer, "status_code", answer) for answer in answers]


def test_as_many_visitors_get_a_desk_as_there_are_desks(facility):
    area = make_space(facility, kind="desk_area", policy=PolicyFactory(facility=facility))
    for _ in range(5):
        make_space(parent=area, policy=area.policy, kind="desk")
    answers = at_once(*confirm_buttons(area, UserFactory.create_batch(20), seats="1"))
    assert sorted(statuses(answers), key=str) == [302] * 5 + [409] * 15
    assert (Occurrence.objects.filter(state="confirmed").count(), held().count(), overlaps()) == (5, 5, 0)


def test_one_visitor_who_presses_eight_times_has_one_booking(facility):
    room = make_space(facility)
    person, key = UserFactory(), str(uuid.uuid4())
    answers = at_once(*confirm_buttons(room, [person] * 8, key=key))
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"/pesanan/{Booking.objects.get().code}/")
    }


@pytest.mark.processes
def test_of_500_visitors_over_http_one_gets_the_room(facility, monkeypatch):
    room = make_space(facility)
    make_space(facility)
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    monkeypatch.setenv("DATABASE_URL", url.geturl())
    # A portal of a developer: its style sheets need not be built.
    monkeypatch.setenv("DEBUG", "1")
    nine = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
    buttons = [booking.button((room, nine), cookie) for cookie in booking.make_people(CROWD)]
    with pages.server(workers=booking.WORKERS) as port:
        answers = booking.press_together(port, buttons)
    assert Counter(status for status, _seconds, _answer in answers) == {302: 1, 409: CROWD - 1}
    for status, _seconds, text in answers:
        # The other room at the same time, and how to wait for this one.
        assert status == 302 or (b"/ruang-2/pesan/" in text and b"/daftar-tunggu/" in text)
    assert (Booking.objects.count(), held(room).count(), overlaps()) == (1, 1, 0)
