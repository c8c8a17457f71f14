"""A stampede on one slot through the pages: one books, everybody else reads that it is just taken and what is free.

The 500 at once over HTTP are a benchmark's; here the same views run in threads with connections of their own.
"""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ecosystem.models import Booking, Occurrence
from tests.ecosystem.booking_steps import at_once, held, overlaps
from tests.ecosystem.facility_factories import (
    PolicyFactory,
    UserFactory,
    make_space,
)

pytestmark = pytest.mark.django_db(transaction=True)
VISITORS = 40


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


def test_forty_visitors_press_the_button_at_once_and_one_gets_the_room(facility):
    room = make_space(facility)
    make_space(facility)
    answers = at_once(*confirm_buttons(room, UserFactory.create_batch(VISITORS)))
    assert sorted(statuses(answers), key=str) == [302, *[409] * (VISITORS - 1)]
    assert (Booking.objects.count(), held(room).count(), overlaps()) == (1, 1, 0)
    for answer in answers:
        if answer.status_code == 409:
            # The other room at the same time, and how to wait for this one.
            assert b"/ruang-2/pesan/" in answer.content
            assert b"/daftar-tunggu/" in answer.content


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
