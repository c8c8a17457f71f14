"""Sample bookings: three months back and two weeks ahead, of invented organisations, the same on every day it is run.

Written as rows at once, for there are hundreds; what the database demands of bookings holds for them too.
"""

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ecosystem.models import (
    AgendaEvent,
    Allocation,
    Booking,
    BookingPolicy,
    BookingStep,
    Facility,
    Kecamatan,
    Occurrence,
    Space,
    Subsector,
    User,
)
from ecosystem.rules.hours import JAKARTA
from ecosystem.rules.spans import Span, overlaps
from ecosystem.services.availability import SpaceCalendar, calendars

PLAN = Path(__file__).with_name("bookings.json")
BACK, AHEAD = timedelta(days=91), timedelta(days=14)
SEED = 4
CONTACT = "kontak-contoh@contoh.malangkraf.test"
# How likely an open day of a space is to be booked at all, and how likely once more.
USED, AGAIN = 0.5, 0.35
NO_SHOW, CANCELLED = 0.08, 0.14
MOST_MINUTES = 240
Row = dict[str, Any]


@dataclass(frozen=True)
class Wish:
    """A date to be written: where, when and for whom."""

    space: Space
    start: datetime
    end: datetime
    organization: str
    subsector: str
    leaves: tuple[int, ...]
    booker: User | None = None
    event: Row | None = None


class Writer:
    """Collects sample bookings and writes them together; `busy` keeps what holds a place, by leaf."""

    def __init__(self, facility: Facility, *, now: datetime, founder: User | None) -> None:
        self.facility, self.now, self.founder = facility, now, founder
        self.plan: Row = json.loads(PLAN.read_text(encoding="utf-8"))
        self.dice = random.Random(f"{SEED} {facility.slug}")  # noqa: S311 (samples, no secrets)
        self.subsectors = dict(Subsector.objects.values_list("code", "pk"))
        self.origins = list(Kecamatan.objects.order_by("code").values_list("pk", flat=True))
        self.busy: dict[int, list[Span]] = defaultdict(list)
        self.bookings: list[Booking] = []
        self.occurrences: list[Occurrence] = []
        self.allocations: list[Allocation] = []
        self.steps: list[BookingStep] = []
        self.events: list[AgendaEvent] = []

    def fill(self) -> int:
        """Write the bookings of the facility and return how many."""
        today = self.now.astimezone(JAKARTA).date()
        spaces = Space.objects.filter(facility=self.facility, policy__isnull=False)
        found = sorted(
            calendars(spaces, today - BACK, today + AHEAD).values(), key=lambda one: one.space.slug
        )
        for calendar in found:
            for leaf in calendar.leaves:
                self.busy[leaf] += calendar.holdings.get(leaf, [])
        for calendar in found:
            self._events(calendar, today)
        for calendar in found:
            for number in range((calendar.last - calendar.first).days + 1):
                self._day(calendar, calendar.first + timedelta(days=number), today)
        self._save()
        return len(self.bookings)

    def _day(self, calendar: SpaceCalendar, day: date, today: date) -> None:
        """Book a day of a space once or several times, as the dice fall; the days just ahead are left roomy."""
        if day == today:
            return
        tries = 4 if calendar.is_by_seats else 2
        for _number in range(tries):
            if self.dice.random() < (USED if _number == 0 else AGAIN):
                self._book(calendar, day)

    def _book(self, calendar: SpaceCalendar, day: date) -> None:
        policy = calendar.space.policy
        openings = [span for span in calendar.openings if span[0].astimezone(JAKARTA).date() == day]
        if policy is None or not openings:
            return
        opens, closes = self.dice.choice(openings)
        length = self._length(policy)
        steps = int((closes - opens - length) / timedelta(minutes=policy.grid_minutes))
        if steps < 0:
            return
        start = opens + timedelta(minutes=policy.grid_minutes * self.dice.randint(0, steps))
        name, subsector = self.dice.choice(self.plan["organizations"])
        leaves = (self.dice.choice(calendar.leaves),) if calendar.is_by_seats else calendar.leaves
        mine = self.founder if start > self.now and self.dice.random() < 0.04 else None
        self._write(Wish(calendar.space, start, start + length, name, subsector, leaves, mine))

    def _length(self, policy: BookingPolicy) -> timedelta:
        longest = min(policy.max_minutes, max(MOST_MINUTES, policy.min_minutes))
        steps = (longest - policy.min_minutes) // policy.grid_minutes
        return timedelta(minutes=policy.min_minutes + policy.grid_minutes * self.dice.randint(0, steps))

    def _events(self, calendar: SpaceCalendar, today: date) -> None:
        """Book the spaces of the sample events first, so that they find their place."""
        for event in self.plan["events"]:
            if event["space"] != calendar.space.slug:
                continue
            day = today + timedelta(days=event["in_days"])
            start = datetime(day.year, day.month, day.day, event["hour"], tzinfo=JAKARTA)
            name, subsector = self.plan["organizations"][event["organization"]]
            end = start + timedelta(hours=event["hours"])
            self._write(Wish(calendar.space, start, end, name, subsector, calendar.leaves, None, event))

    def _write(self, wish: Wish) -> None:
        """Note down a booking unless somebody has the place."""
        policy = wish.space.policy
        if policy is None:
            return
        padded = (
            wish.start - timedelta(minutes=policy.setup_minutes),
            wish.end + timedelta(minutes=policy.teardown_minutes),
        )
        if any(overlaps(sorted(self.busy[leaf]), padded) for leaf in wish.leaves):
            return
        state, checked = self._fate(wish, policy)
        booking = self._booking(wish, policy, state)
        occurrence = Occurrence(
            booking=booking, space=wish.space, starts_at=wish.start, ends_at=wish.end, state=state,
            setup_minutes=policy.setup_minutes, teardown_minutes=policy.teardown_minutes,
            checked_in_at=wish.start + timedelta(minutes=3) if checked else None,
        )  # fmt: skip
        self.bookings.append(booking)
        self.occurrences.append(occurrence)
        self._trail(booking, occurrence)
        if state == "confirmed" or (state == "pending" and policy.mode != BookingPolicy.Mode.CURATED):
            for leaf in sorted(wish.leaves):
                self.busy[leaf].append(padded)
                self.allocations.append(
                    Allocation(leaf_id=leaf, during=DateTimeTZRange(*padded), occurrence=occurrence)
                )
        if wish.event:
            self._event(wish, wish.event, booking, occurrence)

    def _fate(self, wish: Wish, policy: BookingPolicy) -> tuple[str, bool]:
        """Return what became of a date, and whether somebody checked in."""
        if wish.event:
            return "confirmed", wish.end < self.now
        luck = self.dice.random()
        if wish.end >= self.now:
            is_asked = policy.mode != BookingPolicy.Mode.INSTANT and luck < 0.4
            return ("pending" if is_asked else "confirmed"), False
        if luck < NO_SHOW and policy.needs_check_in:
            return "no_show", False
        return ("cancelled", False) if luck < CANCELLED else ("confirmed", policy.needs_check_in)

    def _booking(self, wish: Wish, policy: BookingPolicy, state: str) -> Booking:
        purpose = self.dice.choice(self.plan["purposes"][wish.space.kind])
        if policy.purposes and purpose not in policy.purposes:
            purpose = policy.purposes[0]
        is_desk = len(wish.leaves) == 1 and wish.leaves[0] != wish.space.pk
        made = min(wish.start, self.now) - timedelta(
            days=self.dice.randint(2, 8), hours=self.dice.randint(1, 9)
        )
        decided = state != "pending" and policy.mode != BookingPolicy.Mode.INSTANT
        return Booking(
            facility=self.facility, space=wish.space, seats=1 if is_desk else None, booker=wish.booker,
            entered_by=wish.booker, contact_name=wish.booker.name if wish.booker else "Kontak contoh",
            contact_email=wish.booker.email if wish.booker else CONTACT,
            organization_name=wish.organization, title=self.plan["titles"][purpose], purpose=purpose,
            subsector_id=self.subsectors.get(wish.subsector), origin_id=self.dice.choice(self.origins),
            attendees=1 if is_desk else self.dice.randint(2, wish.space.capacity or 20),
            state="confirmed" if state == "no_show" else state, mode=policy.mode,
            is_commercial=False if decided else None,
            answer_by=self.now + timedelta(days=policy.answer_days) if state == "pending" else None,
            decided_at=made + timedelta(hours=20) if decided else None, is_sample=True, created_at=made,
        )  # fmt: skip

    def _trail(self, booking: Booking, occurrence: Occurrence) -> None:
        What = BookingStep.What
        found = [(What.REQUESTED, booking.created_at)]
        if booking.state != "pending":
            found.append((What.CONFIRMED, booking.decided_at or booking.created_at))
        if occurrence.state == "cancelled":
            found.append((What.CANCELLED, booking.created_at + timedelta(hours=30)))
        if occurrence.state == "no_show":
            found.append((What.NO_SHOW, occurrence.starts_at + timedelta(minutes=20)))
        if occurrence.checked_in_at:
            found.append((What.CHECKED_IN, occurrence.checked_in_at))
        for what, moment in found:
            is_of_date = what in (What.NO_SHOW, What.CHECKED_IN)
            step = BookingStep(
                booking=booking, occurrence=occurrence if is_of_date else None, what=what, at=moment
            )
            self.steps.append(step)

    def _event(self, wish: Wish, event: Row, booking: Booking, occurrence: Occurrence) -> None:
        booking.title = event["title"]
        self.events.append(
            AgendaEvent(
                slug=f"contoh-{wish.space.slug}-{len(self.events) + 1}", facility=self.facility, space=wish.space,
                booking=booking, occurrence=occurrence, kind=event["kind"], title=event["title"],
                title_en=event["title_en"], organizer=wish.organization, is_free=True,
                subsector_id=self.subsectors.get(wish.subsector), summary=self.plan["summary"],
                summary_en=self.plan["summary_en"], starts_at=wish.start, ends_at=wish.end,
                is_published=True, is_sample=True,
            )
        )  # fmt: skip

    def _save(self) -> None:
        """Write all of it; what a row's own clock would overwrite is set afterwards."""
        moments = [booking.created_at for booking in self.bookings]
        times = [step.at for step in self.steps]
        Booking.objects.bulk_create(self.bookings)
        Occurrence.objects.bulk_create(self.occurrences)
        Allocation.objects.bulk_create(self.allocations)
        BookingStep.objects.bulk_create(self.steps)
        AgendaEvent.objects.bulk_create(self.events)
        for booking, moment in zip(self.bookings, moments, strict=True):
            booking.created_at = moment
        for step, moment in zip(self.steps, times, strict=True):
            step.at = moment
        Booking.objects.bulk_update(self.bookings, ["created_at"], batch_size=500)
        BookingStep.objects.bulk_update(self.steps, ["at"], batch_size=500)
