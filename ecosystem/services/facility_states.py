"""Whether facilities are open now, until when, and why not: one query for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from ecosystem.models import Facility
from ecosystem.rules import hours as hour_rules
from ecosystem.rules.hours import JAKARTA
from ecosystem.rules.spans import Span, merge, subtract, utc
from ecosystem.services.hours_rows import ClosedTime, FacilityHours, hours_of, with_hours

# How far ahead the next opening is looked for.
AHEAD = timedelta(days=35)


@dataclass(frozen=True)
class State:
    """How a facility stands at an instant.

    kind: open (until `until`), closed (until `next_open`, None: not within 35 days), not_yet (opens on its first day),
    unknown (nobody has published its hours), planned, construction, ended. `reason` and `reason_en` name the closure
    or the special day behind it ("" on an ordinary day). `is_sample`: its hours are invented.
    """

    kind: str
    until: datetime | None = None
    next_open: datetime | None = None
    reason: str = ""
    reason_en: str = ""
    is_sample: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether people may come in."""
        return self.kind == "open"


def facility_state(facility: Facility, *, now: datetime) -> State:
    """Return how one facility stands; one query."""
    return facility_states([facility], now)[facility.pk]


def facility_states(facilities: Iterable[Facility], now: datetime) -> dict[int, State]:
    """Return how each facility stands, by its key; one query whatever their number."""
    today = now.astimezone(JAKARTA).date()
    pks = [facility.pk for facility in facilities]
    whole = Q(spaces__parent=None)
    rows: QuerySet[Any] = Facility.objects.filter(whole, pk__in=pks).annotate(whole_pk=F("spaces__pk"))
    last = today + AHEAD
    return {
        row.pk: _marked(hours_of(row, row.known_json, today, last), row.whole_pk, utc(now))
        for row in with_hours(rows, today, last)
    }


def _marked(about: FacilityHours, whole: int, now: datetime) -> State:
    is_sample = any(one.is_sample and one.space in (None, whole) for one in about.sets)
    return replace(_state(about, whole, now), is_sample=is_sample)


def _state(about: FacilityHours, whole: int, now: datetime) -> State:
    facility, today = about.facility, now.astimezone(JAKARTA).date()
    if facility.stage in (Facility.Stage.PLANNED, Facility.Stage.CONSTRUCTION):
        return State(facility.stage)
    if facility.stage == Facility.Stage.CLOSED:
        return State("ended")
    if not about.sets:
        return State("unknown")
    closures = [one for one in about.closures if one.space in (None, whole)]
    hours = about.open_time((whole,)).merged
    open_time = subtract(hours, merge((one.starts_at, one.ends_at) for one in closures))
    current = next((span for span in open_time if span[0] <= now < span[1]), None)
    upcoming = next((span[0] for span in open_time if span[0] > now), None)
    special = hour_rules.winning_set(about.sets, (whole,), today)
    name, name_en = (special.name, special.name_en) if special and special.is_special else ("", "")
    if current is not None:
        return State("open", until=current[1], next_open=upcoming, reason=name, reason_en=name_en)
    if facility.opens_on and today < facility.opens_on:
        return State("not_yet", until=upcoming, next_open=upcoming)
    closure = _closure_behind(closures, hours, now)
    if closure is not None:
        name, name_en = closure.reason, closure.reason_en
    return State("closed", until=upcoming, next_open=upcoming, reason=name, reason_en=name_en)


def _closure_behind(closures: list[ClosedTime], hours: Sequence[Span], now: datetime) -> ClosedTime | None:
    """Return the closure that holds now, or the one that takes what would have been the next opening."""
    usual = next((start for start, end in hours if now < end), now)
    moment = max(now, usual)
    return next((one for at in (now, moment) for one in closures if one.starts_at <= at < one.ends_at), None)
