"""The directory's filters as the API has them."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from startups.filters import StartupFilter


class ChangedFilter(StartupFilter):
    """The page's parameters, and what changed since an instant."""

    updated_since = django_filters.IsoDateTimeFilter(
        label=_("Changed since"),
        help_text=_("Only entries that changed after this instant; `removed` then names those that left."),
    )

    @property
    def conditions(self) -> dict[str, Q]:
        """Return the page's conditions and that of the change."""
        since = self.values.get("updated_since")
        changed = {"updated_since": Q(updated_at__gt=since)} if since else {}
        return {**super().conditions, **changed}
