"""How much a person or an organisation may book; advisory locks let parallel requests not pass it together."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext

from ecosystem.models import Occurrence, Quota
from ecosystem.rules.quota import Limit, period_around
from ecosystem.rules.spans import Span
from ecosystem.services.availability import Problem
from ecosystem.services.booking_drafts import Draft
from malangkraf.written_sql import Row, columns, fetch

# What counts: a date that nobody came to has kept others away as well.
COUNTED = (*Occurrence.LIVE, Occurrence.State.NO_SHOW)


QUOTAS = f"""
    SELECT {columns(Quota)} FROM ecosystem_quota
    WHERE facility_id = %s AND space_kind IN ('', %s) ORDER BY holder, period, id
"""  # noqa: S608 (names of columns only)


@dataclass(frozen=True)
class Holder:
    """For whom a quota counts: an account, an organisation's key, or both."""

    facility: int
    person: int | None
    organization: str


def holder_of(draft: Draft) -> Holder:
    """Return for whom a draft counts."""
    return Holder(
        draft.space.facility_id,
        draft.booker.pk if draft.booker else None,
        draft.affiliation.key if draft.affiliation else "",
    )


def lock(draft: Draft) -> None:
    """Let no other request with the same key, or of the same person or organisation, go on until this one ends."""
    names = [f"form {draft.entered_by.pk} {draft.key}", *_names(holder_of(draft))]
    _lock(names)


def lock_holder(holder: Holder) -> None:
    """Let no other request of a person or organisation in a facility go on until this one ends."""
    _lock(_names(holder))


def _names(holder: Holder) -> list[str]:
    names = []
    if holder.person is not None:
        names.append(f"person {holder.facility} {holder.person}")
    if holder.organization:
        names.append(f"organization {holder.facility} {holder.organization}")
    return names


def _lock(names: Iterable[str]) -> None:
    # Sorted, so that two requests never wait for each other in a circle.
    fetch("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [sorted(map(_number, names))])


def _number(name: str) -> int:
    digest = hashlib.blake2b(f"ecosystem.quotas {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def problems(draft: Draft, dates: Sequence[Span], *, now: datetime) -> list[Problem]:
    """Return the quotas that these dates of a draft would pass; managers may pass them, so who asks decides."""
    return passed(holder_of(draft), draft.space.kind, dates, now=now)


def passed(
    holder: Holder,
    space_kind: str,
    dates: Sequence[Span],
    *,
    now: datetime,
    without_occurrence: int | None = None,
) -> list[Problem]:
    """Return the quotas that some more dates would pass; one query, and one for each quota concerned."""
    found = []
    for row in fetch(QUOTAS, [holder.facility, space_kind]):
        quota = Row(row).instance(Quota)
        if _is_passed(quota, holder, dates, now=now, without_occurrence=without_occurrence):
            found.append(Problem("quota", lazy(_say, str)(quota), "starts_at"))
    return found


def _is_passed(
    quota: Quota, holder: Holder, dates: Sequence[Span], *, now: datetime, without_occurrence: int | None
) -> bool:
    mine = _counted(quota, holder)
    if mine is None or not dates:
        return False
    limit = Limit(quota.max_count, quota.max_minutes)
    rows = mine.exclude(pk=without_occurrence).values_list("starts_at", "ends_at")
    if quota.period == Quota.Period.ACTIVE:
        to_come = rows.filter(state__in=Occurrence.LIVE, ends_at__gt=now)
        return limit.is_passed_by([*to_come, *dates])
    periods = {period_around(start, quota.period) for start, _ in dates}
    first, after = min(period[0] for period in periods), max(period[1] for period in periods)
    used = list(rows.filter(state__in=COUNTED, starts_at__gte=first, starts_at__lt=after))
    return any(
        limit.is_passed_by(span for span in (*used, *dates) if begin <= span[0] < end)
        for begin, end in periods
    )


def _counted(quota: Quota, holder: Holder):  # type: ignore[no-untyped-def]
    """Return the dates that count for a quota; None if it does not concern the holder."""
    rows = Occurrence.objects.filter(booking__facility=quota.facility_id)
    if quota.space_kind:
        rows = rows.filter(space__kind=quota.space_kind)
    if quota.holder == Quota.Holder.PERSON:
        return None if holder.person is None else rows.filter(booking__booker=holder.person)
    return rows.filter(booking__on_behalf_of=holder.organization) if holder.organization else None


def _say(quota: Quota) -> str:
    """Return what a quota allows, in the active language."""
    parts = []
    if quota.max_count is not None:
        parts.append(
            ngettext("%(count)d date", "%(count)d dates", quota.max_count) % {"count": quota.max_count}
        )
    if quota.max_minutes is not None:
        parts.append(
            ngettext("%(count)d minute", "%(count)d minutes", quota.max_minutes)
            % {"count": quota.max_minutes}
        )
    kind = f" ({quota.get_space_kind_display()})" if quota.space_kind else ""
    return gettext(
        "With this, more would be booked than is allowed here for %(holder)s %(period)s: %(limit)s%(kind)s. "
        "Give up another booking, or choose another time."
    ) % {
        "holder": quota.get_holder_display(),
        "period": quota.get_period_display(),
        "limit": ", ".join(parts),
        "kind": kind,
    }
