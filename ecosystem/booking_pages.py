"""The steps of a booking: when, what for, check; everything typed travels in the form, so no step loses it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.cache import cache
from django.http import Http404, QueryDict
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.affiliations import affiliations_of
from ecosystem.booking_forms import BookingForm
from ecosystem.facility_words import lengths_of, usual_length
from ecosystem.models import BookingPolicy, Purpose, Quota, Space, User
from ecosystem.policy_words import quota_words
from ecosystem.rules import recurrence
from ecosystem.rules.hours import DAY, JAKARTA
from ecosystem.services import availability, booking
from ecosystem.services.availability import Problem, SpaceCalendar, calendars
from ecosystem.services.spaces import lock_for_booking_at
from malangkraf.translated import translated

# What says when; everything else that a step carries along is a field of BookingForm.
WHEN_FIELDS = ("tanggal", "menit", "mulai", "selesai")
MOST_LENGTHS = 24
# What most people do in a space of a kind: chosen at first.
USUAL_PURPOSE: Mapping[str, str] = {
    Space.Kind.STUDIO: Purpose.PRODUCTION,
    Space.Kind.DESK: Purpose.WORK,
    Space.Kind.DESK_AREA: Purpose.WORK,
    Space.Kind.HALL: Purpose.EXHIBITION,
}
# A page's status when what it wants is gone.
NOT_ANY_MORE = 409
# So long the answer to "what else is free?" counts.
OTHERS_SECONDS = 2
FIRST_YEAR, LAST_YEAR = 2000, 2200
LONGEST_MINUTES = 60 * 24 * 400


def space_at(slug: str, space: str) -> Space:
    """Return the space at an address, with its facility and rules; 404 for none."""
    rows = Space.objects.select_related("facility", "policy")
    try:
        return rows.get(facility__slug=slug, slug=space)
    except Space.DoesNotExist as error:
        raise Http404 from error


def read_instant(text: str | None) -> datetime | None:
    """Return the instant that an address or form names ("2026-12-01T10:00", Malang's clocks); None if it names none."""
    for spelling in ((text or "").strip(), (text or "").strip().replace(" ", "+")):
        try:
            found = datetime.fromisoformat(spelling)
        except ValueError:
            continue
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            aware = found if found.tzinfo else found.replace(tzinfo=JAKARTA)
            return aware.astimezone(UTC)
    return None


def read_day(text: str | None) -> date | None:
    """Return the day that an address or form names; None if it names none."""
    try:
        found = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def write_instant(moment: datetime) -> str:
    """Return an instant as addresses and forms name it, on Malang's clocks."""
    return moment.astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M")


@dataclass(frozen=True)
class Wish:
    """When somebody wants a space: a day and a length, and the time itself once it is chosen."""

    day: date
    minutes: int
    starts_at: datetime | None = None
    # A time was named that cannot be read.
    is_garbled: bool = False

    @property
    def ends_at(self) -> datetime | None:
        """Return the end of the chosen time."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


def read_wish(data: Mapping[str, str], policy: BookingPolicy | None, *, now: datetime) -> Wish:
    """Return what an address or form says about when; the first day that can be booked if it says nothing."""
    policy = policy or BookingPolicy()
    digits = data.get("menit", "").strip()
    usual = usual_length(policy)
    minutes = (
        min(int(digits), LONGEST_MINUTES)
        if digits.isascii() and digits.isdigit() and digits < "9" * 9
        else usual
    )
    # A button that leads to another day leaves the chosen time.
    other_day = read_day(data.get("hari"))
    starts_at, ends_at = read_instant(data.get("mulai")), read_instant(data.get("selesai"))
    if starts_at and ends_at:
        minutes = max(
            -LONGEST_MINUTES, min(LONGEST_MINUTES, int((ends_at - starts_at).total_seconds() // 60))
        )
    first = (now + timedelta(hours=policy.notice_hours)).astimezone(JAKARTA).date()
    if other_day:
        return Wish(other_day, minutes if minutes > 0 else usual)
    day = read_day(data.get("tanggal"))
    if starts_at and day in (None, starts_at.astimezone(JAKARTA).date()):
        return Wish(starts_at.astimezone(JAKARTA).date(), minutes, starts_at)
    if starts_at and day:
        # Another day was typed after the start was chosen: its times come first.
        return Wish(day, minutes if minutes > 0 else usual)
    is_garbled = bool(data.get("mulai") or (data.get("tanggal") and day is None))
    return Wish(day or first, minutes, is_garbled=is_garbled)


def times_on(
    calendar: SpaceCalendar, wish: Wish, *, seats: int | None, chosen: datetime | None, now: datetime
) -> dict[str, Any]:
    """Return what _when_fields.html and _starts.html show of the wished day: lengths, free starts, the days around."""
    space = calendar.space
    if space.policy:
        # What the space does not know becomes the nearest that it does.
        minutes = min(max(wish.minutes, space.policy.min_minutes), space.policy.max_minutes)
        wish = replace(wish, minutes=minutes)
    starts = calendar.starts(wish.day, wish.minutes, now=now, seats=seats or 1)
    nearest = None if starts else availability.next_free(space, wish.minutes, now=now, attendees=seats)
    return {
        "wish": wish,
        "lengths": lengths_of(space.policy, wish.minutes, most=MOST_LENGTHS) if space.policy else [],
        "day_view": calendar.day(wish.day),
        "day_before": wish.day - DAY if wish.day > now.astimezone(JAKARTA).date() else None,
        "day_after": wish.day + DAY,
        "starts": [(write_instant(start), start, start == chosen) for start in starts],
        "nearest": nearest,
    }


def others_free(
    wish: Wish, space: Space, *, attendees: int | None, now: datetime
) -> list[availability.Offer]:
    """Return what else is free; the many who want one slot at once get the answer that the first of them got."""
    starts_at, ends_at = wish.starts_at, wish.ends_at
    if starts_at is None or ends_at is None:
        return []
    key = f"booking:others:{space.pk}:{write_instant(starts_at)}:{wish.minutes}:{attendees}"
    found: list[availability.Offer] | None = cache.get(key)
    if found is None:
        found = availability.alternatives(space, starts_at, ends_at, attendees=attendees, now=now)
        cache.set(key, found, OTHERS_SECONDS)
    return found


def read_key(data: Mapping[str, str]) -> UUID:
    """Return the key that the last button sends, a new one if it sends none."""
    try:
        return UUID(data.get("key", ""))
    except ValueError:
        return uuid4()


def carried_in(data: QueryDict) -> list[tuple[str, str]]:
    """Return the details typed so far, which each step carries along."""
    names = [*BookingForm.base_fields, "orang"]
    return [(name, value) for name in names for value in data.getlist(name) if value]


def hidden(fields: Iterable[tuple[str, str]]) -> SafeString:
    """Return the hidden fields of a form."""
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)


def calendar_on(space: Space, day: date, *, without_occurrence: int | None = None) -> SpaceCalendar:
    """Return the space's calendar of one day; three queries."""
    return calendars([space], day, day, without_occurrence=without_occurrence)[space.pk]


@dataclass(frozen=True)
class DateRow:
    """One date of the check page: free, or why not, and whether it is left out."""

    starts_at: datetime
    ends_at: datetime
    value: str
    problems: list[str]
    is_left_out: bool


def usual(space: Space, user: User) -> dict[str, Any]:
    """Return what the form of a booking says before anything was typed."""
    return {"contact_name": user.name, "purpose": USUAL_PURPOSE.get(space.kind, Purpose.MEETING)}


@dataclass
class Steps:
    """One booking on its way: who books what, when, and what was typed so far."""

    space: Space
    user: User | None
    data: QueryDict
    now: datetime

    @cached_property
    def wish(self) -> Wish:
        return read_wish(self.data.dict(), self.space.policy, now=self.now)  # type: ignore[arg-type]

    @cached_property
    def calendar(self) -> SpaceCalendar:
        return calendar_on(self.space, self.wish.day)

    @property
    def desks(self) -> int | None:
        """Return how many desks the space has, None if it is booked as a whole."""
        return len(self.calendar.leaves) if self._has_desks else None

    @property
    def _has_desks(self) -> bool:
        # The kind first: of most spaces no calendar needs to be read for it.
        return self.space.kind == Space.Kind.DESK_AREA and self.calendar.is_by_seats

    @property
    def seats(self) -> int | None:
        """Return how many desks are asked for so far; 1 where none are counted."""
        typed = self.data.get("seats") or self.data.get("orang") or "1"
        digits = typed.isascii() and typed.isdigit() and len(typed) < 5
        return max(1, int(typed)) if digits and self._has_desks else 1

    def quotas(self) -> list[str]:
        """Return how much one person or organisation may book of such a space; one query."""
        rows = Quota.objects.filter(facility=self.space.facility_id, space_kind__in=("", self.space.kind))
        return [quota_words(row) for row in rows]

    def time_problems(self) -> list[Problem]:
        """Return what stands against the chosen time."""
        starts_at, ends_at = self.wish.starts_at, self.wish.ends_at
        if starts_at is None or ends_at is None:
            return []
        return self.calendar.problems(starts_at, ends_at, now=self.now, seats=self.seats)

    @property
    def is_just_taken(self) -> bool:
        """Return whether somebody has the one date that is asked for; of a series each date is looked at."""
        is_series = bool(self.data.get("repeats_until"))
        return not is_series and [problem.code for problem in self.time_problems()] == ["taken"]

    def form(self, *, is_sent: bool) -> BookingForm:
        """Return the form of the details: checked, or with what was typed and what is known of the person."""
        user = self.user
        assert user is not None  # strangers never come to the details
        affiliations = affiliations_of(user)
        typed = self.data if is_sent else None
        return BookingForm(
            typed,
            space=self.space,
            desks=self.desks,
            affiliations=affiliations,
            initial=self._known(user) | self._typed(),
        )

    def _known(self, user: User) -> dict[str, Any]:
        return usual(self.space, user) | {"attendees": self.data.get("orang") or None, "seats": self.seats}

    def _typed(self) -> dict[str, Any]:
        return {name: self.data[name] for name in BookingForm.base_fields if name in self.data}

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Return the chosen time for hidden fields."""
        starts_at = self.wish.starts_at
        if starts_at is None:
            return []
        return [("mulai", write_instant(starts_at)), ("menit", str(self.wish.minutes))]

    @cached_property
    def key(self) -> UUID:
        """Return the key that the confirm button sends again, or a new one."""
        return read_key(self.data)

    @property
    def skip(self) -> frozenset[datetime]:
        """Return the dates of a series that are ticked to be left out."""
        read = (read_instant(value) for value in self.data.getlist("skip")[: recurrence.MOST])
        return frozenset(found for found in read if found)

    def draft(self, form: BookingForm, *, skip: frozenset[datetime] = frozenset()) -> booking.Draft:
        """Return what a checked form and the chosen time ask for."""
        found, user = form.cleaned_data, self.user
        starts_at, ends_at = self.wish.starts_at, self.wish.ends_at
        assert user is not None
        assert starts_at is not None
        assert ends_at is not None
        return booking.Draft(
            space=self.space,
            starts_at=starts_at,
            ends_at=ends_at,
            booker=user,
            entered_by=user,
            key=self.key,
            attendees=found.get("attendees") or found["seats"],
            seats=found.get("seats"),
            purpose=found["purpose"],
            title=found["title"],
            subsector=found["subsector"],
            origin=found["origin"],
            affiliation=form.affiliations.get(found.get("affiliation") or ""),
            note=found["note"],
            declares_commercial=found.get("declares_commercial") == "1",
            repeats_until=found.get("repeats_until"),
            skip=skip,
            contact_name=found["contact_name"],
            contact_email=user.email,
            contact_phone=found["contact_phone"],
            language=(get_language() or "id")[:2],
            event=form.event,
        )


def steps_behind_lock(slug: str, space: str, user: User, data: QueryDict, *, now: datetime) -> Steps:
    """Return the booking that a last button asks for; 404 where no space is. Two queries and a lock.

    The facility is locked before anything is read: what it says counts until the transaction ends.
    """
    lock_for_booking_at(slug)
    day = read_wish(data.dict(), None, now=now).day  # type: ignore[arg-type]
    calendar = availability.calendar_at(slug, space, day, day)
    if calendar is None:
        raise Http404
    steps = Steps(calendar.space, user, data, now)
    steps.calendar = calendar
    return steps


def rows_of(draft: booking.Draft, plans: Iterable[booking.DatePlan], *, is_first_look: bool) -> list[DateRow]:
    """Return every date of a draft, those left out among them; at the first look what cannot be booked is left out."""
    rows = [
        DateRow(
            plan.starts_at,
            plan.ends_at,
            write_instant(plan.starts_at),
            [str(one.message) for one in plan.problems]
            or ([_("This time is taken.")] if plan.is_taken else []),
            is_first_look and not plan.can_be_booked,
        )
        for plan in plans
    ]
    if draft.repeats_until:
        count = recurrence.count_until(draft.starts_at, draft.repeats_until)
        for starts_at, ends_at in recurrence.weekly(
            draft.starts_at, draft.ends_at, min(count, recurrence.MOST)
        ):
            if starts_at in draft.skip:
                rows.append(DateRow(starts_at, ends_at, write_instant(starts_at), [], is_left_out=True))
    return sorted(rows, key=lambda row: row.starts_at)


def tell_form(form: forms.Form, problems: Iterable[Problem]) -> list[str]:
    """Write each problem beside its field and return those about the time, which the form does not ask."""
    about_time = []
    for problem in problems:
        field = "seats" if problem.field == "attendees" and "attendees" not in form.fields else problem.field
        if field in ("starts_at", "ends_at"):
            about_time.append(str(problem.message))
        else:
            form.add_error(field if field in form.fields else None, str(problem.message))
    return about_time


def readable(form: forms.Form) -> list[tuple[str, str]]:
    """Return label and text of what a checked form says, empty fields left out."""
    rows = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value in (None, "", False):
            continue
        if isinstance(field.field, forms.ModelChoiceField):
            text = translated(value, "name")
        elif isinstance(field.field, forms.ChoiceField):
            text = str(dict(field.field.choices).get(value, value))  # type: ignore[arg-type]
        elif isinstance(value, date):
            text = date_format(value, "l, j F Y")
        else:
            text = _("Yes") if value is True else str(value)
        rows.append((str(field.label), text))
    return rows
