"""Where a date of a booking may move to, as its booker chooses it: a space of the same facility, and a time there."""

from django.db.models import Q
from django.utils.translation import gettext as _

from ecosystem.models import BookingPolicy, Occurrence, Space
from ecosystem.services import booking
from malangkraf.translated import translated


def spaces_for(date: Occurrence) -> list[Space]:
    """Return the spaces that take the booking of a date, its own among them; one query."""
    row = date.booking
    rows = Space.objects.filter(
        Q(capacity=None) | Q(capacity__gte=row.attendees), facility=row.facility_id, is_active=True
    )
    desks = Q(kind=Space.Kind.DESK_AREA)
    rows = rows.filter(desks if row.seats else ~desks)
    found = rows.select_related("policy", "facility")
    return [
        space for space in found if space.pk == date.space_id or (space.policy and _takes(space.policy, date))
    ]


def _takes(policy: BookingPolicy, date: Occurrence) -> bool:
    row = date.booking
    if row.counts_as_commercial and not policy.is_commercial_allowed:
        return False
    return not (
        booking.purpose_problems(policy, row.purpose)
        or booking.who_problems(policy, has_organization=bool(row.on_behalf_of))
    )


def waits_there(date: Occurrence, space: Space) -> bool:
    """Return whether a manager decides about a date that its booker moves to a space."""
    commercial = date.booking.counts_as_commercial
    return space.policy is not None and booking.needs_decision(space.policy, declares_commercial=commercial)


def choices(date: Occurrence, spaces: list[Space]) -> list[tuple[str, str]]:
    """Return address part and words of each space; said where a manager decides only then."""
    own = waits_there(date, date.space)
    found = []
    for space in spaces:
        name = translated(space, "name")
        if waits_there(date, space) and not own:
            name = _("%(space)s (a manager decides)") % {"space": name}
        found.append((space.slug, name))
    return found
