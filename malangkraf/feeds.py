"""Atom feeds whose date tells when something changed."""

from datetime import UTC, datetime

from django.utils.feedgenerator import Atom1Feed

# A feed without entries has never changed; the time of the request would look like news with each visit.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class AtomFeed(Atom1Feed):
    """Django's feed, which stands still while it is empty."""

    def latest_post_date(self) -> datetime:
        """Return when its latest entry changed, `NEVER` without one."""
        return super().latest_post_date() if self.num_items() else NEVER
