"""What a manager sees of one booking: its dates with what can be done to each, its trail, and what else there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ecosystem.models import Booking, BookingStep, Facility, Occurrence
from ecosystem.services.availability import Offer, alternatives
from ecosystem.services.check_in import can_be_put_right, can_check_in
from malangkraf.moments import format_span
from malangkraf.translated import translated

WAIVED = "rules passed over: "
MOST_OTHERS = 10
MOST_OFFERS = 4
# Nobody plans further ahead.
FURTHEST = timedelta(days=366 * 3)
What = BookingStep.What
STEP_TONES = {
    What.CONFIRMED: ("good", "check"),
    What.CHECKED_IN: ("good", "check"),
    What.REQUESTED: ("info", "question"),
    What.MOVED: ("info", "right"),
    What.CHANGED: ("info", "edit"),
    What.DECLINED: ("bad", "close"),
    What.CANCELLED: ("bad", "close"),
    What.EXPIRED: ("warn", "clock"),
    What.NO_SHOW: ("warn", "clock"),
}
STATE_TONES = {
    "pending": ("info", "clock"),
    "confirmed": ("good", "check"),
    "declined": ("bad", "close"),
    "expired": ("warn", "clock"),
    "withdrawn": ("neutral", "left"),
    "cancelled": ("bad", "close"),
    "no_show": ("warn", "warning"),
}


@dataclass(frozen=True)
class DateRow:
    """One date and what a manager may do to it now."""

    occurrence: Occurrence
    tone: str
    sign: str
    can_move: bool
    can_cancel: bool
    can_check_in: bool
    can_be_missed: bool
    can_be_put_right: bool
    can_stand_in_agenda: bool


def waiting(rows: Iterable[DateRow]) -> list[Occurrence]:
    """Return the dates that wait for a decision."""
    return [row.occurrence for row in rows if row.occurrence.state == Occurrence.State.PENDING]


@dataclass(frozen=True)
class StepRow:
    """One line of the trail."""

    step: BookingStep
    tone: str
    sign: str
    note: str
    passed_over: str


def name_of(booking: Booking) -> str:
    """Return what a manager calls a booking: its title, or for whom it is, or its code."""
    return booking.title or booking.organization_name or booking.contact_name or booking.code


def date_rows(booking: Booking, *, now: datetime) -> list[DateRow]:
    """Return the dates in their order; one query."""
    rows = booking.occurrences.select_related("space__policy", "agenda_event").order_by("starts_at", "pk")
    return [_date_row(row, now=now) for row in rows]


def _date_row(row: Occurrence, *, now: datetime) -> DateRow:
    has_event = hasattr(row, "agenda_event")
    is_live, is_confirmed = row.state in Occurrence.LIVE, row.state == Occurrence.State.CONFIRMED
    return DateRow(
        row,
        *STATE_TONES[row.state],
        can_move=is_live and now < row.starts_at and row.checked_in_at is None,
        can_cancel=is_live and now < row.ends_at,
        can_check_in=can_check_in(row, now=now),
        can_be_missed=is_confirmed and row.checked_in_at is None and row.starts_at <= now,
        can_be_put_right=can_be_put_right(row, now=now),
        can_stand_in_agenda=is_confirmed and now < row.starts_at and not has_event,
    )


def step_rows(booking: Booking) -> list[StepRow]:
    """Return the trail, the newest first; one query."""
    return [
        _step_row(step) for step in booking.steps.select_related("actor", "occurrence").order_by("-at", "-pk")
    ]


def _step_row(step: BookingStep) -> StepRow:
    lines = step.note.splitlines()
    codes = next((line.removeprefix(WAIVED) for line in lines if line.startswith(WAIVED)), "")
    told = "\n".join(line for line in lines if not line.startswith(WAIVED))
    passed = ", ".join(waived_words(code.strip()) for code in codes.split(",")) if codes else ""
    return StepRow(step, *STEP_TONES.get(What(step.what), ("neutral", "minus")), told, passed)


def waived_words(code: str) -> str:
    """Return which rule a manager passed over, in words; an unknown code as it is."""
    return {
        "too_short": _("shortest length"),
        "too_long": _("longest length"),
        "off_grid": _("start times"),
        "in_past": _("already begun"),
        "too_soon": _("notice"),
        "too_late": _("how far ahead"),
        "closed": _("opening hours"),
        "quota": _("quota"),
    }.get(code, code)


def others(booking: Booking, facility: Facility) -> Sequence[Booking]:
    """Return the newest other bookings of the same organisation, or else of the same person; two queries."""
    if booking.on_behalf_of:
        same = Q(on_behalf_of=booking.on_behalf_of)
    elif booking.booker_id:
        same = Q(booker=booking.booker_id)
    else:
        return []
    rows = facility.bookings.filter(same).exclude(pk=booking.pk).select_related("space")
    return list(rows.prefetch_related("occurrences")[:MOST_OTHERS])


def offers_for(occurrence: Occurrence, *, now: datetime) -> list[Offer]:
    """Return what else is free in the same facility; none for a time that has passed."""
    if occurrence.starts_at <= now:
        return []
    people = occurrence.booking.seats or occurrence.booking.attendees
    found = alternatives(
        occurrence.space,
        occurrence.starts_at,
        occurrence.ends_at,
        attendees=people,
        now=now,
        most=MOST_OFFERS * 2,
    )
    return [one for one in found if one.space.facility_id == occurrence.space.facility_id][:MOST_OFFERS]


def offer_key(offer: Offer) -> str:
    """Return the value of a choice of an offer: the space and the start."""
    return f"{offer.space.pk}@{offer.starts_at.isoformat()}"


def read_offer(key: str) -> tuple[int, datetime] | None:
    """Return the space and the start of a choice of an offer, None for nonsense."""
    space, _at, start = key.partition("@")
    if not (space.isascii() and space.isdecimal() and len(space) < 10):
        return None
    try:
        moment = datetime.fromisoformat(start).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (int(space), moment) if abs(moment - timezone.now()) <= FURTHEST else None


def offer_words(offer: Offer, *, with_facility: bool = False) -> str:
    """Return an offer as a choice reads it."""
    place = translated(offer.space, "name")
    if with_facility:
        place = f"{place}, {translated(offer.space.facility, 'name')}"
    return f"{place}, {format_span(offer.starts_at, offer.ends_at)}"


def with_offers(reason: str, offers: Sequence[Offer], *, language: str) -> str:
    """Return a reason with what is offered instead, in the language of who reads it."""
    if not offers:
        return reason
    with override(language):
        lines = [_("Still free at this moment:"), *(f"– {offer_words(offer)}" for offer in offers)]
    return "\n".join([reason, "", *lines])
