"""The entries that a person may book rooms for."""

from ecosystem.affiliations import Affiliation
from ecosystem.models import User
from malangkraf.written_sql import fetch
from startups.models import Startup

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
    rows = fetch(ENTRIES, [user.pk, Startup.Lifecycle.PUBLISHED])
    return [Affiliation(key=f"startup:{pk}", name=name, subsector=code) for pk, name, code in rows]
