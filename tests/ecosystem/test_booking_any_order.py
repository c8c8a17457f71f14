"""Whatever people do in whatever order: nothing is held twice, and exactly what counts is held."""

import itertools
import random
from contextlib import suppress
from datetime import timedelta

import pytest

from ecosystem.models import Allocation, Booking, Closure, Occurrence, WaitingPlace
from ecosystem.rules import booking_state
from ecosystem.services import (
    allocations,
    booking,
    booking_changes,
    booking_decisions,
    check_in,
    closures,
    waiting_list,
)
from tests.ecosystem.booking_steps import make_draft, overlaps
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    UserFactory,
    at,
    make_hours,
    make_manager,
    make_space,
)

pytestmark = pytest.mark.django_db
REFUSALS = (booking.Refused, booking.Taken, booking.StateConflict, closures.Undecided)
SEEDS = 5
STEPS = (
    *("book", "book", "series", "cancel", "move", "approve", "decline", "withdraw"),
    *("close", "lift", "join", "take", "expire", "late"),
)


class World:
    """A facility with a floor of rooms, a hall and desks, and what people do with it at one moment after another."""

    def __init__(self):
        self.facility = FacilityFactory()
        make_hours(self.facility)
        rules = {"instant": {"setup_minutes": 30}, "approval": {}, "curated": {}}
        policies = {
            mode: PolicyFactory(facility=self.facility, mode=mode, **more) for mode, more in rules.items()
        }
        floor = make_space(self.facility, kind="floor", policy=policies["approval"])
        rooms = [make_space(parent=floor, policy=policies["instant"]) for _ in range(2)]
        hall = make_space(parent=floor, policy=policies["curated"], kind="hall")
        area = make_space(self.facility, kind="desk_area", policy=policies["instant"])
        for _ in range(3):
            make_space(parent=area, policy=area.policy, kind="desk")
        self.spaces = [floor, *rooms, hall, area]
        self.people = UserFactory.create_batch(3)
        self.manager = make_manager(self.facility)
        self.now = NOW

    def do(self, what, one, two, hour):
        """Take a step; a refusal is an answer like any other."""
        with suppress(*REFUSALS):
            getattr(self, what)(one, two, hour)
        self.now += timedelta(minutes=7)

    def draft(self, one, two, hour, **fields):
        space = self.spaces[one % len(self.spaces)]
        seats = 1 + two % 3 if space.kind == "desk_area" and two % 2 else None
        fields = {"seats": seats, "attendees": 1} | fields
        return make_draft(space, self.people[two % 3], at(hour), at(hour + 1 + two % 2), **fields)

    def book(self, one, two, hour):
        booking.book(self.draft(one, two, hour, as_manager=two == 5), now=self.now)

    def series(self, one, two, hour):
        booking.book(self.draft(one, two, hour, repeats_until=TUESDAY + timedelta(days=8)), now=self.now)

    def date(self, one):
        dates = list(Occurrence.objects.select_related("booking", "space"))
        return dates[one % len(dates)] if dates else None

    def cancel(self, one, two, hour):
        if date := self.date(one):
            options = {"as_manager": two % 2 == 0, "reason": "Sebab"}
            booking_changes.cancel(date, by=self.manager, now=self.now, version=date.version, **options)

    def move(self, one, two, hour):
        if date := self.date(one):
            space = date.space if date.booking.seats else self.spaces[two % 4]
            booking_changes.move(
                date,
                space=space,
                starts_at=at(hour),
                ends_at=at(hour + 1),
                by=self.manager,
                now=self.now,
                version=date.version,
                as_manager=two % 2 == 0,
            )

    def approve(self, one, two, hour):
        if date := self.date(one):
            options = {"is_commercial": False, "decline_rivals": two % 2 == 0}
            booking_decisions.approve(date.booking, by=self.manager, now=self.now, **options)

    def decline(self, one, two, hour):
        if date := self.date(one):
            booking_decisions.decline(date.booking, by=self.manager, now=self.now, reason="Penuh")

    def withdraw(self, one, two, hour):
        if date := self.date(one):
            booking_changes.withdraw(date.booking, by=date.booking.booker, now=self.now)

    def close(self, one, two, hour):
        draft = closures.ClosureDraft(
            facility=self.facility,
            space=[None, *self.spaces][one % 6],
            kind="other",
            starts_at=at(hour),
            ends_at=at(hour + 3),
            reason="Cat",
        )
        found = closures.affected(self.facility, draft.space, draft.starts_at, draft.ends_at, now=self.now)
        answers = itertools.cycle(["keep", "cancel", "keep"] if two % 2 else ["cancel"])
        decisions = {date.pk: answer for date, answer in zip(found, answers, strict=False)}
        closures.close(draft, decisions, by=self.manager, now=self.now)

    def lift(self, one, two, hour):
        if closure := Closure.objects.filter(lifted_at=None).first():
            closures.lift(closure, by=self.manager, now=self.now)

    def join(self, one, two, hour):
        space = self.spaces[one % len(self.spaces)]
        waiting_list.join(space, at(hour), at(hour + 1), self.people[two % 3], now=self.now)

    def take(self, one, two, hour):
        if place := WaitingPlace.objects.filter(state="offered").first():
            seats = 1 if place.space.kind == "desk_area" else None
            draft = make_draft(
                place.space, place.user, place.starts_at, place.ends_at, attendees=1, seats=seats
            )
            waiting_list.take(place, draft, now=self.now)

    def expire(self, one, two, hour):
        self.now += timedelta(hours=2)
        waiting_list.expire_offers(self.now)
        booking_decisions.expire_unanswered(self.now)

    def late(self, one, two, hour):
        if one == 0:
            self.now = max(self.now, at(9, 30))
            check_in.mark_no_shows(self.now)


def check(world):
    """Compare what is held with what the dates, closures and offers say."""
    assert overlaps() == 0
    for date in Occurrence.objects.select_related("space__policy", "booking"):
        rows = [
            (row.leaf_id, row.during.lower, row.during.upper) for row in date.allocations.filter(holds=True)
        ]
        if booking_state.holds(date.state, date.space.policy.mode):
            leaves = allocations.leaves_of(date.space)
            count = date.booking.seats or len(leaves)
            assert len(rows) == count
            assert {row[0] for row in rows} <= set(leaves)
            assert {row[1:] for row in rows} == {allocations.padded(date)}
        elif date.state == "no_show":
            assert all(row[2] <= world.now for row in rows)
        else:
            assert not rows
    for row in Booking.objects.all():
        assert row.state == booking_state.state_of(row.occurrences.values_list("state", flat=True))
        assert (row.answer_by is not None) == (row.state == "pending")
    held = Allocation.objects.filter(holds=True)
    assert set(held.exclude(waiting_place=None).values_list("waiting_place", flat=True)) == set(
        WaitingPlace.objects.filter(state="offered").values_list("pk", flat=True)
    )
    for closure in Closure.objects.filter(lifted_at=None):
        check_closed(closure)


def check_closed(closure):
    """Nothing of a closure's time is free: it is the closure's own, a kept date's or another closure's."""
    leaves = allocations.leaves_of(closure.space or closure.facility.spaces.get(parent=None))
    for leaf in leaves:
        rows = Allocation.objects.filter(leaf=leaf, holds=True).order_by("during")
        moment = closure.starts_at
        for row in rows:
            if row.during.lower <= moment < row.during.upper:
                moment = row.during.upper
        assert moment >= closure.ends_at, (leaf, moment)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_exactly_what_counts_is_held(seed):
    dice, world = random.Random(seed), World()
    for number in range(28):
        world.do(dice.choice(STEPS), dice.randrange(10), dice.randrange(6), dice.randrange(8, 15))
        if number % 7 == 6:
            check(world)
