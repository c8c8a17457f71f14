"""Models of the ecosystem app."""

from ecosystem.models.agenda import AgendaEvent
from ecosystem.models.booking import (
    Allocation,
    Booking,
    BookingStep,
    Closure,
    Occurrence,
    WaitingPlace,
)
from ecosystem.models.facility import (
    CalendarFeed,
    Facility,
    FacilityManager,
    FacilityPhoto,
    Milestone,
    ProgressReport,
)
from ecosystem.models.hours import OpeningHours, OpeningSpan
from ecosystem.models.mail import OutgoingMail
from ecosystem.models.organization import Organization
from ecosystem.models.reference import HelixActor, Kecamatan, Kelurahan, Subsector
from ecosystem.models.space import (
    Amenity,
    BookingPolicy,
    Purpose,
    Quota,
    Space,
    SpaceAmenity,
    SpaceLeaf,
)
from ecosystem.models.user import User

__all__ = [
    "AgendaEvent",
    "Allocation",
    "Amenity",
    "Booking",
    "BookingPolicy",
    "BookingStep",
    "CalendarFeed",
    "Closure",
    "Facility",
    "FacilityManager",
    "FacilityPhoto",
    "HelixActor",
    "Kecamatan",
    "Kelurahan",
    "Milestone",
    "Occurrence",
    "OpeningHours",
    "OpeningSpan",
    "Organization",
    "OutgoingMail",
    "ProgressReport",
    "Purpose",
    "Quota",
    "Space",
    "SpaceAmenity",
    "SpaceLeaf",
    "Subsector",
    "User",
    "WaitingPlace",
]
