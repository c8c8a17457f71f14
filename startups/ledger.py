"""The public account of the moderation: how fast, what was decided, for which reasons. No entry, no person.

Samples are never counted. Months are those of Asia/Jakarta.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from ecosystem import working_days
from ecosystem.working_days import DAYS_TO_ANSWER, JAKARTA, Span
from startups.models import ModerationEvent, ModerationItem, PauseNotice

MONTHS = 12
Action = ModerationEvent.Action
# In the order in which the table shows them; what is only the coordinators' own work is left out.
DECISIONS = (
    Action.PUBLISHED,
    Action.APPLIED,
    Action.ASKED,
    Action.REFUSED,
    Action.MERGED,
    Action.SUSPENDED,
    Action.RESTORED,
    Action.CLOSED,
    Action.REVERTED,
    Action.ANSWERED,
)
WITH_REASON = (Action.ASKED, Action.REFUSED, Action.SUSPENDED, Action.CLOSED)


@dataclass(slots=True)
class Month:
    """A month: the working days to each first answer, and how often each decision was made."""

    first_day: date
    days: list[int] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    paused_days: int = 0

    @property
    def median_days(self) -> Decimal | None:
        """Return the median of the working days to the first answer, None without an answer."""
        return middle(self.days)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Twelve months, the oldest first, and how the queue stands now."""

    months: Sequence[Month]
    reasons: Counter[tuple[str, str]]
    open_now: int
    late_now: int

    @property
    def days(self) -> list[int]:
        """Return the working days to every first answer of the twelve months."""
        return [days for month in self.months for days in month.days]

    @property
    def median_days(self) -> Decimal | None:
        """Return the median over the twelve months, None without an answer."""
        return middle(self.days)

    @property
    def in_time(self) -> int:
        """Return how many first answers came within the promised three working days."""
        return sum(days <= DAYS_TO_ANSWER for days in self.days)

    @property
    def paused_days(self) -> int:
        """Return how many working days were paused in the twelve months."""
        return sum(month.paused_days for month in self.months)


def middle(days: Sequence[int]) -> Decimal | None:
    """Return the median of numbers of days, None for none."""
    return Decimal(str(median(days))) if days else None


def make_ledger(now: datetime) -> Ledger:
    """Return the account of the month at hand and the eleven before it; four queries."""
    months = {first: Month(first) for first in _first_days(working_days.local_day(now))}
    since = datetime.combine(min(months), datetime.min.time(), tzinfo=JAKARTA)
    paused = tuple(PauseNotice.objects.values_list("start", "end"))
    real = ModerationItem.objects.filter(startup__is_sample=False).exclude(
        kind=ModerationItem.Kind.AFTER_CHECK
    )
    # What Stasion began itself has nobody who waits for an answer.
    real = real.exclude(kind=ModerationItem.Kind.REPORT, report=None)
    answered = real.filter(first_answered_at__gte=since, first_answered_at__lte=now)
    for created_at, answered_at in answered.values_list("created_at", "first_answered_at"):
        if answered_at is not None:
            month = months[working_days.local_day(answered_at).replace(day=1)]
            month.days.append(working_days.working_days_between(created_at, answered_at, paused=paused))
    reasons = _count_decisions(months, since=since, now=now)
    for month in months.values():
        month.paused_days = _paused_days(month.first_day, paused, until=working_days.local_day(now))
    waiting = real.waiting_for_us().aggregate(
        open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now, first_answered_at=None))
    )
    return Ledger(list(months.values()), reasons, waiting["open"], waiting["late"])


def _first_days(today: date) -> list[date]:
    """Return the first days of the last twelve months, the oldest first."""
    days = [today.replace(day=1)]
    while len(days) < MONTHS:
        days.append((days[-1] - timedelta(days=1)).replace(day=1))
    return days[::-1]


def _count_decisions(
    months: dict[date, Month], *, since: datetime, now: datetime
) -> Counter[tuple[str, str]]:
    """Count the decisions into the months and return how often each reason was given."""
    reasons: Counter[tuple[str, str]] = Counter()
    rows = (
        ModerationEvent.objects.filter(
            at__gte=since, at__lte=now, action__in=DECISIONS, item__startup__is_sample=False
        )
        .annotate(month=TruncMonth("at", tzinfo=JAKARTA))
        .order_by()
        .values_list("month", "action", "reason")
        .annotate(count=Count("pk"))
    )
    for month, action, reason, count in rows:
        months[month.date()].decisions[action] += count
        if action in WITH_REASON:
            reasons[action, reason or "other"] += count
    return reasons


def _paused_days(first: date, paused: Sequence[Span], *, until: date) -> int:
    """Return how many working days of a month were paused, up to a day."""
    following = (first + timedelta(days=31)).replace(day=1)
    days = (first + timedelta(days=number) for number in range((following - first).days))
    return sum(
        day <= until
        and working_days.is_working_day(day)
        and not working_days.is_working_day(day, paused=paused)
        for day in days
    )
