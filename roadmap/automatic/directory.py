"""What the startup directory can tell; samples are never counted.

An entry's row knows the days on which it was published, closed and last confirmed, and no others. So a past period
is counted as far as these days reach (StartupQuerySet.listed_when_ended says what that leaves out); the regular count,
made right after the period, is exact.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Subsector
from roadmap.automatic.registry import SOURCES, Counted, Source, count_rows
from roadmap.automatic.sources import AT_THE_END, COUNT
from roadmap.periods import PeriodSpan
from startups.models import Startup


def listed(span: PeriodSpan) -> QuerySet[Startup]:
    """Return the real entries that stood on the directory's list at the end of the period."""
    return Startup.objects.filter(is_sample=False).listed_when_ended(span.end)


def startups_listed(span: PeriodSpan) -> Counted:
    """Return the entries on the list, of every kind."""
    return count_rows(listed(span))


def game_studios_listed(span: PeriodSpan) -> Counted:
    """Return the game studios on the list."""
    return count_rows(listed(span).filter(kind=Startup.Kind.GAME_STUDIO))


def app_studios_listed(span: PeriodSpan) -> Counted:
    """Return the app studios on the list."""
    return count_rows(listed(span).filter(kind=Startup.Kind.APP_STUDIO))


def subsectors_with_startups(span: PeriodSpan) -> Counted:
    """Return the subsectors that an entry on the list belongs to, by what the entries say of themselves now."""
    return count_rows(Subsector.objects.filter(startup_rows__startup__in=listed(span)).distinct())


SOURCES.add(
    Source(
        name="startups-listed",
        label=_("Entries on the directory's list, without samples"),
        unit=_("entries"),
        value_types=COUNT,
        entry_meanings=AT_THE_END,
        count=startups_listed,
    )
)
SOURCES.add(
    Source(
        name="game-studios-listed",
        label=_("Game studios on the directory's list, without samples"),
        unit=_("studios"),
        value_types=COUNT,
        entry_meanings=AT_THE_END,
        count=game_studios_listed,
    )
)
SOURCES.add(
    Source(
        name="app-studios-listed",
        label=_("App studios on the directory's list, without samples"),
        unit=_("studios"),
        value_types=COUNT,
        entry_meanings=AT_THE_END,
        count=app_studios_listed,
    )
)
SOURCES.add(
    Source(
        name="subsectors-with-startups",
        label=_("Subsectors with at least one entry on the directory's list, without samples"),
        unit=_("subsectors"),
        value_types=COUNT,
        entry_meanings=AT_THE_END,
        count=subsectors_with_startups,
    )
)
