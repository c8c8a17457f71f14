"""The entries that a person may book rooms for."""

from django.db import connection

from ecosystem.affiliations import Affiliation
from ecosystem.models import User
from startups.models import Startup

# Written out, as it runs in every step of a booking: making it from expressions takes longer than the search.
ENTRIES = """
    SELECT entry.id, entry.name, coalesce((
        SELECT subsector.code
        FROM startups_startupsubsector AS chosen
        JOIN ecosystem_subsector AS subsector ON subsector.id = chosen.subsector_id
        WHERE chosen.startup_id = entry.id AND chosen.position = 1
    ), '')
    FROM startups_membership AS kept
    JOIN startups_startup AS entry ON entry.id = kept.startup_id
    WHERE kept.user_id = %s AND entry.lifecycle = %s
    ORDER BY entry.name, entry.id
"""


def entries_of(user: User) -> list[Affiliation]:
    """Return the published entries that a person keeps, with the code of their primary subsector; one query."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [user.pk, Startup.Lifecycle.PUBLISHED])
        return [
            Affiliation(key=f"startup:{pk}", name=name, subsector=code)
            for pk, name, code in cursor.fetchall()
        ]
