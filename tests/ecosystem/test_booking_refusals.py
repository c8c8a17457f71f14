"""Bad wishes: each is refused with a code, a message and the field it stands beside, and nothing is written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ecosystem import affiliations
from ecosystem.affiliations import Affiliation
from ecosystem.models import Booking, Quota, Space
from ecosystem.services import booking
from tests.ecosystem.booking_steps import make_draft
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    UserFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(facility):
    rules = {"notice_hours": 2, "purposes": ["meeting", "training"], "max_occurrences": 4}
    return make_space(facility, policy=PolicyFactory(facility=facility, **rules), capacity=10)


def refused(draft, *, now=NOW):
    with pytest.raises(booking.Refused) as raised:
        booking.book(draft, now=now)
    assert not Booking.objects.exists()
    assert all(str(problem.message) for problem in raised.value.problems)
    return [(problem.code, problem.field) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (at(10), at(9), ("end_before_start", "ends_at")),
        (at(10), at(10), ("end_before_start", "ends_at")),
        (at(9), at(9) + timedelta(days=365), ("too_long", "ends_at")),
        (at(9), at(9, 30), ("too_short", "ends_at")),
        (at(9, 10), at(10, 10), ("off_grid", "starts_at")),
        (at(5), at(6), ("closed", "starts_at")),
        (at(20, 30), at(21, 30), ("closed", "starts_at")),
        (at(9) - timedelta(days=2), at(10) - timedelta(days=2), ("in_past", "starts_at")),
        (at(13, day=NOW.date()), at(14, day=NOW.date()), ("too_soon", "starts_at")),
        (at(9) + timedelta(days=300), at(10) + timedelta(days=300), ("too_late", "starts_at")),
    ],
)  # fmt: skip
def test_a_time_that_the_rules_do_not_know(room, sari, starts_at, ends_at, expected):
    assert expected in refused(make_draft(room, sari, starts_at, ends_at))


def test_a_page_that_is_sent_an_hour_later_is_judged_by_the_hour_it_arrives(room, sari):
    draft = make_draft(room, sari, at(14, 30, day=NOW.date()), at(15, 30, day=NOW.date()))
    assert booking.preview(draft, now=NOW)[0].can_be_booked
    assert refused(draft, now=NOW + timedelta(hours=1)) == [("too_soon", "starts_at")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"attendees": 11}, ("too_many_people", "attendees")),
        ({"attendees": 0}, ("no_people", "attendees")),
        ({"purpose": "exhibition"}, ("purpose", "purpose")),
        ({"seats": 2}, ("no_desks", "seats")),
        ({"declares_commercial": True}, ("commercial", "declares_commercial")),
        ({"affiliation": Affiliation("startup:999", "Bukan Anggota")}, ("affiliation", "affiliation")),
        ({"repeats_until": TUESDAY - timedelta(days=1)}, ("series_ends_early", "repeats_until")),
        ({"repeats_until": TUESDAY + timedelta(days=28)}, ("too_many_dates", "repeats_until")),
        ({"repeats_until": TUESDAY + timedelta(weeks=1000)}, ("too_many_dates", "repeats_until")),
        ({"repeats_until": TUESDAY, "skip": frozenset({at(9)})}, ("no_dates", "repeats_until")),
    ],
)
def test_a_wish_that_the_rules_do_not_know(room, sari, fields, expected):
    assert refused(make_draft(room, sari, **fields)) == [expected]


def test_a_manager_has_no_thousand_dates_either(room, sari, facility):
    draft = make_draft(room, sari, entered_by=make_manager(facility), as_manager=True)
    assert refused(replace(draft, repeats_until=TUESDAY + timedelta(weeks=52))) == [
        ("too_many_dates", "repeats_until")
    ]


def test_a_manager_books_no_year_in_one_piece(room, sari, facility):
    draft = make_draft(room, sari, entered_by=make_manager(facility), as_manager=True)
    assert refused(replace(draft, ends_at=at(9) + timedelta(days=365))) == [("too_long", "ends_at")]


def test_a_space_for_startups_asks_for_which_one(facility, sari, monkeypatch):
    room = make_space(facility, policy=PolicyFactory(facility=facility, who="startup"))
    assert refused(make_draft(room, sari)) == [("startups_only", "affiliation")]
    mine = Affiliation("startup:1", "Karya Kita")
    monkeypatch.setattr(affiliations, "_sources", [lambda user: [mine]])
    made = booking.book(make_draft(room, sari, affiliation=mine), now=NOW)
    assert (made.on_behalf_of, made.organization_name) == ("startup:1", "Karya Kita")


def test_a_space_that_is_gone_meanwhile(room, sari):
    draft = make_draft(room, sari)
    Space.objects.filter(pk=room.pk).delete()
    assert refused(draft) == [("gone", "")]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"is_active": False}, "inactive"), ({"policy": None}, "not_bookable")],
)
def test_a_space_that_was_taken_out_of_use_meanwhile(room, sari, change, code):
    draft = make_draft(room, sari)
    Space.objects.filter(pk=room.pk).update(**change)
    assert refused(draft) == [(code, "")]


@pytest.mark.parametrize(("stage", "code"), [("planned", "planned"), ("closed", "ended")])
def test_a_facility_that_is_not_in_use(room, sari, stage, code):
    room.facility.stage = stage
    room.facility.save()
    assert refused(make_draft(room, sari)) == [(code, "")]


def test_more_desks_than_there_are_and_more_people_than_desks(facility, sari):
    area = make_space(facility, kind="desk_area")
    for _ in range(2):
        make_space(parent=area, policy=area.policy, kind="desk")
    assert refused(make_draft(area, sari, seats=3)) == [("too_many_desks", "seats")]
    assert refused(make_draft(area, sari, seats=1)) == [("too_many_people", "attendees")]


# --- quotas ----------------------------------------------------------------------------------------------


def limit(facility, **fields):
    return Quota.objects.create(facility=facility, **({"period": "week", "max_count": 1} | fields))


@pytest.fixture
def booked(room, sari):
    return make_occurrence(room, at(9), booker=sari)


def try_booking(room, booker, starts_at, **fields):
    draft = make_draft(room, booker, starts_at, starts_at + timedelta(hours=1), **fields)
    return booking.book(draft, now=NOW).state


@pytest.mark.parametrize(
    ("fields", "days"),
    [({"period": "day"}, 1), ({"period": "week"}, 6), ({"period": "month"}, 31)],
)
def test_a_quota_counts_in_its_period_and_not_in_the_next(facility, room, sari, booked, fields, days):
    limit(facility, **fields)
    with pytest.raises(booking.Refused) as raised:
        try_booking(room, sari, at(11))
    assert [(one.code, one.field) for one in raised.value.problems] == [("quota", "starts_at")]
    assert "1" in str(raised.value.problems[0].message)
    assert try_booking(room, sari, at(11, day=TUESDAY + timedelta(days=days))) == "confirmed"


def test_a_date_that_nobody_came_to_counts(facility, room, sari):
    make_occurrence(room, at(9), booker=sari, state="no_show")
    limit(facility)
    with pytest.raises(booking.Refused, match="quota"):
        try_booking(room, sari, at(11))


def test_a_quota_of_minutes(facility, room, sari, booked):
    limit(facility, max_count=None, max_minutes=119)
    with pytest.raises(booking.Refused):
        try_booking(room, sari, at(11))
    limit(facility, period="day", max_count=None, max_minutes=120)
    Quota.objects.filter(max_minutes=119).delete()
    assert try_booking(room, sari, at(11)) == "confirmed"


def test_a_quota_of_what_is_still_to_come(facility, room, sari, booked):
    limit(facility, period="active")
    with pytest.raises(booking.Refused):
        try_booking(room, sari, at(9, day=TUESDAY + timedelta(days=40)))


def test_what_is_over_is_not_still_to_come(facility, room, sari):
    make_occurrence(room, at(9) - timedelta(days=7), booker=sari)
    limit(facility, period="active")
    assert try_booking(room, sari, at(11)) == "confirmed"


def test_a_quota_of_one_kind_of_space_leaves_the_others_alone(facility, room, sari, booked):
    limit(facility, space_kind="studio")
    assert try_booking(room, sari, at(11)) == "confirmed"


def test_other_facilities_do_not_count(facility, room, sari):
    limit(facility)
    make_occurrence(make_space(FacilityFactory()), at(9), booker=sari)
    assert try_booking(room, sari, at(11)) == "confirmed"


def test_other_people_do_not_count(facility, room, booked):
    limit(facility)
    assert try_booking(room, UserFactory(), at(11)) == "confirmed"


def test_what_was_given_up_does_not_count(facility, room, sari):
    make_occurrence(room, at(9), booker=sari, state="cancelled")
    limit(facility)
    assert try_booking(room, sari, at(11)) == "confirmed"


def test_the_members_of_an_organisation_share_its_quota(facility, room, monkeypatch):
    ours = Affiliation("startup:1", "Karya Kita")
    monkeypatch.setattr(affiliations, "_sources", [lambda user: [ours]])
    limit(facility, holder="organization")
    assert try_booking(room, UserFactory(), at(9), affiliation=ours) == "confirmed"
    with pytest.raises(booking.Refused):
        try_booking(room, UserFactory(), at(11), affiliation=ours)
    assert try_booking(room, UserFactory(), at(11)) == "confirmed"


def test_a_series_counts_each_of_its_dates(facility, room, sari):
    limit(facility, period="month", max_count=3)
    draft = make_draft(room, sari, repeats_until=TUESDAY + timedelta(days=21))
    assert refused(draft) == [("quota", "starts_at")]
    assert booking.book(replace(draft, skip=frozenset({at(9)})), now=NOW).occurrences.count() == 3


def test_a_manager_may_pass_a_quota_and_it_is_written_down(facility, room, sari, booked):
    limit(facility)
    manager = make_manager(facility)
    draft = make_draft(room, sari, at(11), at(12), entered_by=manager, as_manager=True)
    assert booking.book(draft, now=NOW).steps.get().note == "rules passed over: quota"
