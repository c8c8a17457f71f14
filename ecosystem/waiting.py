"""What waits for a person in the work room: each app says what its part is, this app only shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ecosystem import my_bookings, roles
from ecosystem.models import Booking, OutgoingMail, User
from malangkraf.moments import format_span
from malangkraf.translated import translated

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: what it is, a line of detail, where it is done, since when, and whether it is late."""

    title: str
    detail: str
    url: str
    since: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Things of one kind: `count` of them, the first ones in `tasks`, all of them at `url`."""

    title: str
    tasks: tuple[Task, ...]
    count: int
    url: str


Source = Callable[[User, date], list[TaskGroup]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add an app's part; apps do so when they are ready."""
    if source not in _sources:
        _sources.append(source)


def groups_for(user: User, *, on: date) -> list[TaskGroup]:
    """Return what waits for the person on a day of Asia/Jakarta, without the groups that are empty."""
    return [group for source in _sources for group in source(user, on) if group.count]


def parked_mail(user: User, on: date) -> list[TaskGroup]:
    """Return this app's own part, for administrators: mails that could not be sent; one or two queries."""
    if not user.is_superuser:
        return []
    parked = OutgoingMail.objects.filter(sent_at=None, parked_at__isnull=False).exclude(to="")
    url = reverse("ecosystem:mail_list")
    tasks = tuple(
        Task(title=row.subject, detail=row.error, url=url, since=timezone.localdate(row.created_at))
        for row in parked.only("subject", "error", "created_at")[:6]
    )
    return [TaskGroup(_("Mails that could not be sent"), tasks, parked.count(), url)]


def own_bookings(user: User, on: date) -> list[TaskGroup]:
    """Return the person's freed times that are held now, and the next dates of their bookings; three queries."""
    now = timezone.now()
    url = reverse("ecosystem:my_bookings")
    offers = my_bookings.live_offers(my_bookings.places_of(user), now=now)
    held = tuple(
        Task(
            title=_("Free for you: %(space)s") % {"space": translated(place.space, "name")},
            detail=format_span(place.starts_at, place.ends_at),
            url=reverse("ecosystem:waiting_take", args=[place.pk]),
        )
        for place in offers[:SHOWN]
    )
    dates, count = my_bookings.next_dates(user, now=now, most=SHOWN)
    booked = tuple(
        Task(
            title=row.booking.title or row.booking.get_purpose_display(),
            detail=f"{format_span(row.starts_at, row.ends_at)} · {translated(row.space, 'name')}",
            url=my_bookings.detail_url(row.booking),
        )
        for row in dates
    )
    return [
        TaskGroup(_("Kept for you"), held, len(offers), url),
        TaskGroup(_("Your bookings"), booked, count, url),
    ]


def requests_to_decide(user: User, on: date) -> list[TaskGroup]:
    """Return the requests that wait for a manager of their facility, the next promised answer first; two queries."""
    if not user.has_role(roles.FACILITY_MANAGER):
        return []
    rows = Booking.objects.filter(state=Booking.State.PENDING)
    if not user.is_superuser:
        rows = rows.filter(facility__managers__user=user.pk)
    now = timezone.now()
    first = rows.select_related("facility", "space").order_by("answer_by", "created_at", "pk")[:SHOWN]
    tasks = tuple(
        Task(
            title=row.title or row.organization_name or row.contact_name or row.code,
            detail=f"{translated(row.facility, 'name')} · {translated(row.space, 'name')}",
            url=reverse("ecosystem:manager_booking", args=[row.facility.slug, row.code]),
            since=timezone.localdate(row.created_at),
            is_late=row.answer_by is not None and row.answer_by < now,
        )
        for row in first
    )
    return [TaskGroup(_("Requests to decide"), tasks, rows.count(), reverse("ecosystem:manager_home"))]
