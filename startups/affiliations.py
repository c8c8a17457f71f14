"""The entries that a person may book rooms for."""

from django.db.models import Q

from ecosystem.affiliations import Affiliation
from ecosystem.models import User
from startups.models import Startup


def entries_of(user: User) -> list[Affiliation]:
    """Return the published entries that a person keeps, with the code of their primary subsector; one query."""
    found = (
        Startup.objects.filter(memberships__user=user, lifecycle=Startup.Lifecycle.PUBLISHED)
        .filter(Q(subsector_rows__position=1) | Q(subsector_rows=None))
        .order_by("name")
        .values_list("pk", "name", "subsector_rows__subsector__code")
    )
    return [Affiliation(key=f"startup:{pk}", name=name, subsector=code or "") for pk, name, code in found]
