"""Models of the ecosystem app."""

from ecosystem.models.mail import OutgoingMail
from ecosystem.models.organization import Organization
from ecosystem.models.reference import HelixActor, Kecamatan, Kelurahan, Subsector
from ecosystem.models.user import User

__all__ = ["HelixActor", "Kecamatan", "Kelurahan", "Organization", "OutgoingMail", "Subsector", "User"]
