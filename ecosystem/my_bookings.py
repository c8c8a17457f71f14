"""A person's own bookings as their pages show them: dates, requests, places in line, and the trail of a booking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ecosystem.models import Booking, BookingStep, Facility, Occurrence, Space, User, WaitingPlace
from ecosystem.rules.spans import Span
from ecosystem.services import booking_changes
from malangkraf.translated import translated
from malangkraf.written_sql import fetch

TONES: Mapping[str, str] = {
    "pending": "info",
    "confirmed": "good",
    "declined": "bad",
    "no_show": "warn",
    "offered": "warn",
    "waiting": "info",
}
STATE_ICONS: Mapping[str, str] = {
    "pending": "clock",
    "waiting": "clock",
    "offered": "clock",
    "declined": "close",
}
PART_UPCOMING, PART_PENDING, PART_WAITING, PART_PAST = "", "keputusan", "daftar-tunggu", "lewat"
IN_LINE = (WaitingPlace.State.WAITING, WaitingPlace.State.OFFERED)


def tone_of(state: str) -> str:
    """Return the tone of a state's badge."""
    return TONES.get(state, "neutral")


def icon_of(state: str) -> str:
    """Return the sign of a state's badge, "" for the usual one of its tone."""
    return STATE_ICONS.get(state, "")


def dates_of(user: User, part: str, *, facility: str = "", now: datetime) -> QuerySet[Occurrence]:
    """Return the dates of a person's bookings that a part of the list shows, with all that a row needs."""
    rows = Occurrence.objects.filter(booking__booker=user).select_related("booking", "space__facility")
    if facility:
        rows = rows.filter(space__facility__slug=facility)
    to_come = Q(state__in=Occurrence.LIVE, ends_at__gt=now)
    if part == PART_PENDING:
        return rows.filter(to_come, state=Occurrence.State.PENDING).order_by("starts_at", "pk")
    if part == PART_PAST:
        return rows.exclude(to_come).order_by("-starts_at", "-pk")
    return rows.filter(to_come).order_by("starts_at", "pk")


def places_of(user: User) -> list[WaitingPlace]:
    """Return the lines in which a person stands, offers first; one query."""
    rows = WaitingPlace.objects.filter(user=user, state__in=IN_LINE).select_related("space__facility")
    return sorted(rows, key=lambda row: (row.state != WaitingPlace.State.OFFERED, row.starts_at))


def live_offers(places: Sequence[WaitingPlace], *, now: datetime) -> list[WaitingPlace]:
    """Return those of the places for which a freed time is held now."""
    return [
        row
        for row in places
        if row.state == WaitingPlace.State.OFFERED and row.offer_ends_at and row.offer_ends_at > now
    ]


def offer_of(user: User, space: Space, span: Span, *, now: datetime) -> WaitingPlace | None:
    """Return a person's place in line for which just this time is held now; one query."""
    rows = WaitingPlace.objects.filter(user=user, space=space, starts_at=span[0], ends_at=span[1])
    return next(iter(live_offers(list(rows), now=now)), None)


# Written out: the many who want one slot at once ask it, and making it from expressions takes longer than the search.
PART = """
    SELECT EXISTS (
        SELECT 1 FROM ecosystem_occurrence AS date JOIN ecosystem_booking AS booking ON booking.id = date.booking_id
        WHERE date.space_id = %(space)s AND date.starts_at < %(ends_at)s AND date.ends_at > %(starts_at)s
            AND booking.booker_id = %(user)s
    ) OR EXISTS (
        SELECT 1 FROM ecosystem_waitingplace
        WHERE space_id = %(space)s AND user_id = %(user)s
            AND starts_at = %(starts_at)s AND ends_at = %(ends_at)s
    )
"""


def has_part_in(user: User, space: Space, span: Span) -> bool:
    """Return whether a person has, or had, anything to do with a time of a space; one query.

    If so, `own_date` and `offer_of` say what.
    """
    about = {"space": space.pk, "user": user.pk, "starts_at": span[0], "ends_at": span[1]}
    return bool(fetch(PART, about)[0][0])


def counts_of(user: User, *, now: datetime) -> dict[str, int]:
    """Return how many dates are to come and how many of them wait for a decision; one query."""
    to_come = Occurrence.objects.filter(booking__booker=user, state__in=Occurrence.LIVE, ends_at__gt=now)
    return to_come.aggregate(
        upcoming=Count("pk"), pending=Count("pk", filter=Q(state=Occurrence.State.PENDING))
    )


def facilities_of(user: User) -> list[Facility]:
    """Return the facilities in which a person has booked, to filter by; one query."""
    own = Occurrence.objects.filter(booking__booker=user).values("space__facility")
    return list(Facility.objects.filter(pk__in=own))


def tabs(url: str, part: str, counts: Mapping[str, int], waiting: int) -> list[tuple[str, str, bool]]:
    """Return the parts of the list as tabs."""
    parts = [
        (PART_UPCOMING, _("Coming up (%(count)d)") % {"count": counts["upcoming"]}),
        (PART_PENDING, _("Waiting for a decision (%(count)d)") % {"count": counts["pending"]}),
        (PART_WAITING, _("Waiting list (%(count)d)") % {"count": waiting}),
        (PART_PAST, _("Past")),
    ]
    return [(text, f"{url}?bagian={key}" if key else url, key == part) for key, text in parts]


@dataclass(frozen=True)
class DateRow:
    """One date on the page of its booking, and what may still be done with it."""

    date: Occurrence
    tone: str
    icon: str
    may_change: bool
    # The last moment for that, and whether it has passed while the date is still to come.
    until: datetime
    is_too_late: bool
    reason: str


def date_rows(booking: Booking, *, now: datetime) -> list[DateRow]:
    """Return the dates of a booking in their order; one query."""
    dates = booking.occurrences.select_related("space__policy", "space__facility").order_by("starts_at", "pk")
    return [_date_row(date, booking, now=now) for date in dates]


def _date_row(date: Occurrence, booking: Booking, *, now: datetime) -> DateRow:
    may_change = booking_changes.may_change(date, now=now)
    to_come = date.state == Occurrence.State.CONFIRMED and now < date.starts_at
    return DateRow(
        date,
        tone_of(date.state),
        icon_of(date.state),
        may_change=may_change,
        until=booking_changes.change_limit(date),
        is_too_late=to_come and not may_change,
        reason=date.reason if date.reason != booking.reason else "",
    )


@dataclass(frozen=True)
class TrailRow:
    """One step of a booking: what happened, when, by whom, and on which date of a series."""

    step: BookingStep
    who: str
    note: str


def trail_of(booking: Booking, user: User) -> list[TrailRow]:
    """Return what happened to a booking, the newest first; one query."""
    steps = booking.steps.select_related("occurrence").order_by("-at", "-pk")
    return [TrailRow(step, _who(step, user), _note(step, booking)) for step in steps]


def _who(step: BookingStep, user: User) -> str:
    if step.actor_id is None:
        return _("at the door") if step.what == BookingStep.What.CHECKED_IN else _("the portal")
    return _("you") if step.actor_id == user.pk else _("a manager")


def _note(step: BookingStep, booking: Booking) -> str:
    """Return the reason that the booker was given; what is written for managers stays with them."""
    told = BookingStep.What
    if step.what == told.DECLINED:
        return booking.reason
    if step.what in (told.CANCELLED, told.WITHDRAWN) and step.occurrence:
        return step.occurrence.reason
    return booking.commercial_reason if step.what == told.COMMERCIAL else ""


def about_rows(booking: Booking) -> list[tuple[str, str]]:
    """Return label and text of what a booking says, empty fields left out."""
    commercial = booking.is_commercial if booking.is_commercial is not None else booking.declares_commercial
    rows: list[tuple[Any, str]] = [
        (_("Purpose"), booking.get_purpose_display()),
        (_("People"), str(booking.attendees)),
        (_("Desks"), str(booking.seats or "")),
        (_("On behalf of"), booking.organization_name),
        (_("Subsector"), translated(booking.subsector, "name") if booking.subsector else ""),
        (_("Kecamatan of origin"), translated(booking.origin, "name") if booking.origin else ""),
        (_("Kind of use"), _("Commercial") if commercial else _("Community")),
        (_("Contact"), ", ".join(filter(None, (booking.contact_name, booking.contact_phone)))),
        (_("Note to the manager"), booking.note),
    ]
    return [(label, text) for label, text in rows if text]


def current_date(user: User, space_pk: int, *, now: datetime, before: Any) -> Occurrence | None:
    """Return the person's own date in a space that runs now or begins within `before`; None if there is none."""
    rows = Occurrence.objects.filter(
        booking__booker=user,
        space=space_pk,
        state=Occurrence.State.CONFIRMED,
        starts_at__lte=now + before,
        ends_at__gt=now,
    )
    return rows.select_related("booking", "space__facility").order_by("checked_in_at", "starts_at").first()


def own_date(user: User, space: Space, starts_at: datetime, ends_at: datetime) -> Occurrence | None:
    """Return the person's own date that takes a space at a time; None if it is somebody else's."""
    rows = Occurrence.objects.live().overlapping(starts_at, ends_at).filter(booking__booker=user, space=space)
    rows = rows.select_related("booking").only("starts_at", "ends_at", "booking__code")
    # Several desks may be theirs: any of them says so.
    return next(iter(rows.order_by()[:1]), None)


def next_dates(user: User, *, now: datetime, most: int) -> tuple[list[Occurrence], int]:
    """Return a person's next confirmed dates and how many there are; one query, two when there are more."""
    rows = dates_of(user, PART_UPCOMING, now=now).filter(state=Occurrence.State.CONFIRMED)
    first = list(rows[: most + 1])
    return first[:most], rows.count() if len(first) > most else len(first)


def booking_of(user: User, code: str) -> Booking | None:
    """Return a person's own booking by its code, None for that of somebody else; one query."""
    related = ("facility", "space__policy", "space__facility", "subsector", "origin")
    return Booking.objects.of(user.pk).filter(code=code.upper()).select_related(*related).first()


def again_url(booking: Booking) -> str:
    """Return the page that books the space of a booking once more, with what it says filled in; "" if none does."""
    if not booking.space.is_active or booking.space.policy is None:
        return ""
    said = {
        "title": booking.title,
        "purpose": booking.purpose,
        "attendees": "" if booking.seats else booking.attendees,
        "seats": booking.seats,
        "subsector": booking.subsector_id,
        "origin": booking.origin_id,
        "affiliation": booking.on_behalf_of,
        "contact_phone": booking.contact_phone,
    }
    url = reverse("ecosystem:booking_create", args=[booking.facility.slug, booking.space.slug])
    return f"{url}?{urlencode({name: value for name, value in said.items() if value})}"


def detail_url(booking: Booking) -> str:
    """Return the page of a booking for its booker."""
    return reverse("ecosystem:booking_detail", args=[booking.code])
