"""What the page of a space shows: its rules in plain words, and when it is free by day, week or month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ecosystem.calendar_views import (
    DAY,
    MONTH,
    CalendarForm,
    address,
    month_weeks,
    weekday_names,
    window_of,
)
from ecosystem.facility_floors import SpaceLine, lines_inside
from ecosystem.facility_json_ld import space_data
from ecosystem.facility_words import (
    capacity_words,
    clock,
    clock_span,
    day_words,
    length_words,
    lengths_of,
    mode_words,
    policy_sentences,
    usual_length,
)
from ecosystem.models import BookingPolicy, Space, SpaceAmenity
from ecosystem.services.availability import SpaceCalendar, calendars, reason_text
from ecosystem.space_slots import CLOSED, Day, booking_url, day_of
from malangkraf.translated import translated

# So many lengths of a booking are offered at most.
MOST_LENGTHS = 12


@dataclass(frozen=True, slots=True)
class NextFree:
    """The first time that can be booked, and the link to it."""

    text: str
    url: str
    day: date


def shown_at(slug: str, space: str) -> Space:
    """Return the space at an address that has a page: one in use; 404 for others."""
    rows = Space.objects.select_related("facility__kecamatan", "facility__operator", "policy", "parent")
    found = rows.filter(facility__slug=slug, slug=space, is_active=True).first()
    # The whole of a facility is shown on the facility's own page.
    if found is None or (found.parent_id is None and found.policy_id is None):
        raise Http404
    return found


def page_of(space: Space, query: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    """Return the context of the page; the availability takes three queries, whatever is shown."""
    policy = space.policy
    context = {
        "space": space,
        "facility": space.facility,
        "capacity": capacity_words(space),
        "mode": mode_words(policy) if policy else "",
        "rules": policy_sentences(policy) if policy else [],
        **_amenities(space),
        "inside": _inside(space),
        "photos": list(space.photos.all()),
        "json_ld": space_data(space, space.facility),
        "share_url": _share_url(space),
    }
    if policy is None:
        return context | {"reason": reason_text("not_bookable")}
    return context | _availability(space, policy, query, now=now)


def _availability(
    space: Space, policy: BookingPolicy, query: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:
    form = CalendarForm(query, lengths=lengths_of(policy, usual_length(policy), most=MOST_LENGTHS))
    form.is_valid()
    minutes = form.cleaned_data.get("menit") or usual_length(policy)
    today = timezone.localtime(now).date()
    asked = form.cleaned_data.get("tanggal")
    window = window_of(query, asked, now=now)
    horizon = today + timedelta(days=policy.horizon_days)
    calendar = calendars([space], min(window.first, today), max(window.last, horizon))[space.pk]
    free = next_free_of(calendar, minutes, now=now)
    if free and not asked and window.view == DAY:
        # Late in the evening nobody wants to see today; every day until the horizon is loaded.
        window = window_of(query, free.day, now=now)
    days = [
        day_of(
            calendar,
            day,
            minutes,
            now=now,
            is_exact=window.view == DAY,
            url=address(DAY, day, {"menit": str(minutes)}),
        )
        for day in window.days
    ]
    return {
        "form": form,
        "window": window,
        "days": days,
        "weeks": month_weeks(days, window.first) if window.view == MONTH else [],
        "weekdays": weekday_names(),
        "today": today,
        "minutes": minutes,
        "length": length_words(minutes),
        "summary": summary_of([day for day in days if day.day >= today], is_day=window.view == DAY),
        "as_of": clock(now),
        "next_free": free,
        "reason": reason_text(calendar.reason),
        "hours_unknown": not calendar.sets,
        "hours_are_sample": any(one.is_sample for one in calendar.sets),
    }


def next_free_of(calendar: SpaceCalendar, minutes: int, *, now: datetime) -> NextFree | None:
    """Return the first time within the horizon that can be booked; no query."""
    span = calendar.next_free(minutes, now=now)
    if span is None:
        return None
    day = timezone.localtime(span[0]).date()
    words = {"day": day_words(day, today=timezone.localtime(now).date()), "time": clock_span(span)}
    return NextFree(_("%(day)s, %(time)s WIB") % words, booking_url(calendar.space, *span), day)


def summary_of(days: list[Day], *, is_day: bool) -> str:
    """Return in a sentence what the calendar shows of the days that are not over."""
    open_days = [day for day in days if day.state != CLOSED]
    free = [day for day in open_days if day.free_minutes]
    if not open_days:
        return _("Closed on all days shown.")
    if not free:
        return _("Nothing can be booked in this time.")
    if is_day:
        return _("%(hours)s free on this day.") % {"hours": length_words(free[0].free_minutes)}
    return _("Something is free on %(free)s of %(open)s open days.") % {
        "free": len(free),
        "open": len(open_days),
    }


def _amenities(space: Space) -> dict[str, list[str]]:
    """Return what stands in the space, and what else in the whole facility; one query."""
    rows = SpaceAmenity.objects.filter(space__facility=space.facility_id).select_related("amenity", "space")
    own = [translated(row.amenity, "name") for row in rows if row.space_id == space.pk]
    whole = [translated(row.amenity, "name") for row in rows if row.space.parent_id is None]
    return {"amenities": own, "around": [name for name in whole if name not in own]}


def _inside(space: Space) -> list[SpaceLine]:
    """Return the parts of the space that have a page of their own; two queries."""
    rows = space.parts.filter(is_active=True).exclude(kind=Space.Kind.DESK).select_related("policy")
    return lines_inside(list(rows.prefetch_related("amenity_rows__amenity")), space.facility)


def _share_url(space: Space) -> str:
    """Return the address that passes the page on by WhatsApp."""
    path = reverse("ecosystem:space_detail", args=[space.facility.slug, space.slug])
    text = f"{translated(space, 'name')}, {translated(space.facility, 'name')}: {settings.SITE_URL}{path}"
    return f"https://wa.me/?{urlencode({'text': text})}"
