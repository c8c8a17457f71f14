"""Who may do what with facilities and bookings (design.md section 11)."""

from ecosystem import roles
from ecosystem.models import Booking, Facility, User
from ecosystem.models.facility import FacilityQuerySet


def manages(user: User, facility: Facility) -> bool:
    """Return whether a person keeps a facility's hours, spaces and bookings: its own managers and administrators."""
    if not user.is_active:
        return False
    return user.is_superuser or (
        user.has_role(roles.FACILITY_MANAGER) and facility.managers.filter(user=user.pk).exists()
    )


def is_booker(user: User, booking: Booking) -> bool:
    """Return whether a booking is a person's own; others of the same startup are not."""
    return user.is_active and booking.booker_id == user.pk


def sees_booking(user: User, booking: Booking) -> bool:
    """Return whether a person may know who booked: the booker, and who manages the facility."""
    return is_booker(user, booking) or manages(user, booking.facility)


def reports_progress(user: User, facility: Facility) -> bool:
    """Return whether a person enters milestones and physical progress: planners and the facility's managers."""
    return user.has_role(roles.PLANNER) or manages(user, facility)


def facilities_reported_by(user: User) -> FacilityQuerySet:
    """Return the facilities whose progress a person enters."""
    if user.has_role(roles.PLANNER):
        return Facility.objects.all()
    return (
        Facility.objects.managed_by(user.pk)
        if user.has_role(roles.FACILITY_MANAGER)
        else Facility.objects.none()
    )
