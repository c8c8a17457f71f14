"""Who and what most tests of bookings begin with; read before Django is set up, so models are imported inside."""

import pytest


@pytest.fixture
def facility(db: None):
    """A facility at /fasilitas/mcc/ that is open from 08:00 to 21:00 each day."""
    from tests.ecosystem.facility_factories import FacilityFactory, make_hours

    facility = FacilityFactory(slug="mcc", name="MCC")
    make_hours(facility)
    return facility


@pytest.fixture
def manager(facility):
    """Bu Ratna, who looks after the facility."""
    from tests.ecosystem.facility_factories import make_manager

    return make_manager(facility, name="Bu Ratna")


@pytest.fixture
def sari(db: None):
    """Somebody with an account."""
    from tests.ecosystem.factories import UserFactory

    return UserFactory()
