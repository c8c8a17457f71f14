"""Dates of bookings that no opening hours cover any more: hours that change delete nothing, a manager looks at it."""

from datetime import datetime

from ecosystem.models import Facility, Occurrence
from ecosystem.rules.spans import covers, merge
from ecosystem.services import spaces
from ecosystem.services.availability import calendars
from ecosystem.services.booking_drafts import all_or_nothing
from ecosystem.working_days import local_day


def flag_outside_hours(facility: Facility, now: datetime) -> list[Occurrence]:
    """Mark each living date to come as outside of the hours or not, and return those that are newly outside.

    To be called after hours were changed, in the same transaction. Four queries, and one for each change.
    """
    with all_or_nothing():
        spaces.lock_for_change(facility.pk)
        dates = list(
            Occurrence.objects.live()
            .filter(space__facility=facility, ends_at__gt=now)
            .select_related("booking", "space")
            .order_by("starts_at", "pk")
        )
        if not dates:
            return []
        found = calendars(
            facility,
            local_day(min(date.starts_at for date in dates)),
            local_day(max(date.ends_at for date in dates)),
        )
        newly = []
        for date in dates:
            outside = not covers(merge(found[date.space_id].openings), (date.starts_at, date.ends_at))
            if outside != date.is_outside_hours:
                Occurrence.objects.filter(pk=date.pk).update(is_outside_hours=outside)
                date.is_outside_hours = outside
                newly += [date] if outside else []
        return newly
