"""The life of a value: entered, submitted, verified or returned, opened again.

Every change locks the row first and then looks at it, so that of two people who act at once one wins and the other
is told what happened. `version` is what a person saw: a change that starts from an older version is refused.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from ecosystem.models import User
from malangkraf.uploads import CheckedFile
from roadmap import permissions
from roadmap.automatic.registry import Counted
from roadmap.models import Evidence, Indicator, Measurement, MeasurementReopening, Period
from roadmap.periods import wib_date
from roadmap.services import effects
from roadmap.services.periods import saved_period
from roadmap.services.value_checks import Problems, final_value, find_problems

State = Measurement.State
# What the public reads, in Indonesian like all that people write there.
NOTHING_TO_DIVIDE_BY = "Penyebutnya nol pada periode ini, jadi tidak ada rasionya."
NUMBER_FIELDS = ("value", "numerator", "denominator", "missing_reason")
TEXT_FIELDS = (
    "is_provisional",
    "as_of",
    "source_url",
    "is_disputed",
    "note",
    "note_en",
    "supporting",
    "supporting_en",
    "obstacles",
    "obstacles_en",
    "follow_up",
    "follow_up_en",
)
# A planner asked for these values, so the closing date does not lock them.
ASKED_FOR = (State.RETURNED, State.REOPENED)


class LockReason(StrEnum):
    """The five reasons why a form is locked."""

    NOT_OPEN = "not_open"
    CLOSED = "closed"
    VERIFIED = "verified"
    NOT_YOURS = "not_yours"
    AUTOMATIC = "automatic"


LOCK_MESSAGES = {
    LockReason.NOT_OPEN: _("Entry for this period has not opened yet."),
    LockReason.CLOSED: _(
        "Entry for this period is closed. A planner can open it for this value, with a reason."
    ),
    LockReason.VERIFIED: _("The value is verified. A planner can open it again, with a reason."),
    LockReason.NOT_YOURS: _(
        "This indicator is not assigned to you, so you can read the value but not change it."
    ),
    LockReason.AUTOMATIC: _(
        "The portal counts this indicator itself, so nobody enters its values. "
        "A planner can have a counted value counted again, with a reason."
    ),
}


class ValueRefused(Exception):
    """A change to a value that does not happen."""


class NotAllowed(ValueRefused):
    """The person may not do this."""


class StaleVersion(ValueRefused):
    """Somebody changed the value since the person opened it; `current` is how it stands now."""

    def __init__(self, current: Measurement) -> None:
        super().__init__(f"measurement {current.pk} is at version {current.version}")
        self.current = current


class Locked(ValueRefused):
    """The form is locked; `reason` says why, `current` is the value as it stands, None when there is none."""

    def __init__(self, reason: LockReason, current: Measurement | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.current = current


class WrongState(ValueRefused):
    """The step does not follow from the state the value is in."""

    def __init__(self, current: Measurement) -> None:
        super().__init__(current.state)
        self.current = current


class InvalidValue(ValueRefused):
    """What was typed cannot be a value; `problems` maps fields to messages."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def lock_measurement(pk: int) -> Measurement:
    """Return the value with its row and its indicator's row locked until the end of the transaction.

    The indicator's too: its definition must not change between the look and the verification.
    """
    rows = Measurement.objects.select_for_update(of=("self", "indicator"), no_key=True)
    return rows.select_related("indicator", "period").get(pk=pk)


def lock_reason(measurement: Measurement, *, by: User, now: datetime) -> LockReason | None:
    """Return why the person cannot change the value (which may be unsaved), None when it is open to them."""
    is_automatic = bool(measurement.indicator.automatic_source)
    if measurement.state == State.VERIFIED and not is_automatic:
        return LockReason.VERIFIED
    if not permissions.can_enter_value(by, measurement.indicator):
        return LockReason.NOT_YOURS
    if is_automatic:
        return LockReason.AUTOMATIC
    if measurement.state in ASKED_FOR:
        return None
    state = measurement.period.state_on(wib_date(now))
    if state == Period.State.UPCOMING:
        return LockReason.NOT_OPEN
    return LockReason.CLOSED if state == Period.State.CLOSED else None


@transaction.atomic
def save_measurement(
    indicator: Indicator,
    period: Period,
    *,
    by: User,
    version: int,
    values: Mapping[str, Any],
    submit: bool,
    now: datetime,
) -> Measurement:
    """Return the value as saved, a draft or (`submit`) waiting for verification.

    `version` is what the person saw, 0 for no value yet. The same save twice by one person is one save. Raise
    Locked, StaleVersion or InvalidValue.
    """
    period = saved_period(period)
    found = (
        Measurement.objects.filter(indicator=indicator, period=period).values_list("pk", flat=True).first()
    )
    measurement = lock_measurement(found) if found else _unsaved(indicator, period)
    values = {**values, "value": final_value(indicator, values)}
    if found and measurement.version != version:
        if _is_repeated(measurement, values, by=by, submit=submit):
            return measurement
        if measurement.state != State.VERIFIED:
            raise StaleVersion(measurement)
    if reason := lock_reason(measurement, by=by, now=now):
        raise Locked(reason, measurement if found else None)
    has_evidence = bool(found) and measurement.evidence.exists()
    if problems := find_problems(
        measurement, values, submit=submit, on=wib_date(now), has_evidence=has_evidence
    ):
        raise InvalidValue(problems)
    _fill(measurement, values, by=by, submit=submit, now=now)
    _write(measurement)
    effects.indicator_changed(indicator.pk)
    return measurement


def _unsaved(indicator: Indicator, period: Period) -> Measurement:
    historical, entered = Measurement.Provenance.HISTORICAL, Measurement.Provenance.ENTERED
    provenance = historical if period.is_historical else entered
    return Measurement(indicator=indicator, period=period, version=0, provenance=provenance)


def _is_repeated(measurement: Measurement, values: Mapping[str, Any], *, by: User, submit: bool) -> bool:
    """Return whether this is the save that already happened: a button pressed twice."""
    same = all(getattr(measurement, name) == values.get(name) for name in (*NUMBER_FIELDS, "note"))
    return same and measurement.entered_by_id == by.pk and submit == (measurement.state == State.SUBMITTED)


def _fill(
    measurement: Measurement, values: Mapping[str, Any], *, by: User, submit: bool, now: datetime
) -> None:
    # Whoever last changed the number counts as the person who entered it, and may not verify it.
    changed = any(getattr(measurement, name) != values.get(name) for name in NUMBER_FIELDS)
    if changed or measurement.entered_by_id is None:
        measurement.entered_by = by
    for name in (*NUMBER_FIELDS, *TEXT_FIELDS):
        if name in values:
            setattr(measurement, name, values[name])
    if submit:
        measurement.state = State.SUBMITTED
        measurement.submitted_at = now
        measurement.is_late = measurement.period.state_on(wib_date(now)) in (
            Period.State.DUE,
            Period.State.CLOSED,
        )
    elif measurement.state not in ASKED_FOR:
        measurement.state = State.DRAFT


def _write(measurement: Measurement) -> None:
    """Save under the next version; a row that somebody made in the same moment is a StaleVersion."""
    measurement.version += 1
    if measurement.pk:
        measurement.save()
        return
    try:
        with transaction.atomic():
            measurement.save(force_insert=True)
    except IntegrityError as error:
        current = Measurement.objects.select_related("indicator", "period").filter(
            indicator=measurement.indicator, period=measurement.period
        )
        if row := current.first():
            raise StaleVersion(row) from error
        raise


@transaction.atomic
def verify_measurement(pk: int, *, by: User, version: int, now: datetime) -> tuple[Measurement, bool]:
    """Return (the verified value, whether this call verified it): pressing twice is one verification.

    Raise NotAllowed for the person who entered it, StaleVersion or WrongState.
    """
    measurement = lock_measurement(pk)
    if not permissions.can_verify_value(by, measurement):
        raise NotAllowed
    if measurement.state == State.VERIFIED:
        return measurement, False
    _expect(measurement, State.SUBMITTED, version=version)
    measurement.state = State.VERIFIED
    measurement.verified_by = by
    measurement.verified_at = now
    measurement.review_comment = ""
    _write(measurement)
    effects.indicator_changed(measurement.indicator_id)
    return measurement, True


@transaction.atomic
def return_measurement(pk: int, *, by: User, version: int, comment: str) -> tuple[Measurement, bool]:
    """Return (the returned value, whether this call returned it). Raise NotAllowed, StaleVersion or WrongState."""
    measurement = lock_measurement(pk)
    if not permissions.can_verify_value(by, measurement):
        raise NotAllowed
    if measurement.state == State.RETURNED:
        return measurement, False
    _expect(measurement, State.SUBMITTED, version=version)
    measurement.state = State.RETURNED
    measurement.review_comment = comment
    _write(measurement)
    return measurement, True


@transaction.atomic
def reopen_measurement(
    pk: int, *, by: User, version: int, reason: str, until: date | None = None
) -> tuple[Measurement, bool]:
    """Return (the value, open again, whether this call opened it); the public sees that it is being checked.

    Works for a verified value, and for one whose period closed before it was finished. After the day `until` it
    closes by itself, see `close_reopenings`. Raise NotAllowed, StaleVersion or WrongState.
    """
    measurement = lock_measurement(pk)
    if not permissions.can_reopen_value(by):
        raise NotAllowed
    if measurement.state in ASKED_FOR:
        return measurement, False
    if measurement.version != version:
        raise StaleVersion(measurement)
    if measurement.state == State.SUBMITTED:
        raise WrongState(measurement)
    # Only what was public has a value before it: the public reads why that one is being checked again.
    previous = measurement.value if measurement.state == State.VERIFIED else None
    MeasurementReopening.objects.create(
        measurement=measurement, reason=reason, previous_value=previous, until=until, by=by
    )
    measurement.state = State.REOPENED
    measurement.verified_by = None
    measurement.verified_at = None
    _write(measurement)
    effects.indicator_changed(measurement.indicator_id)
    return measurement, True


@transaction.atomic
def open_closed_period(
    indicator: Indicator, period: Period, *, by: User, reason: str, until: date | None = None
) -> Measurement:
    """Return an empty value that may be filled in although its period is closed, up to the day `until`.

    Raise NotAllowed, Locked for what the portal counts itself, or StaleVersion.
    """
    if not permissions.can_reopen_value(by):
        raise NotAllowed
    if indicator.automatic_source:
        raise Locked(LockReason.AUTOMATIC, None)
    measurement = _unsaved(indicator, saved_period(period))
    # A historical value needs a source from its first row on, which an empty one cannot have.
    measurement.provenance = Measurement.Provenance.ENTERED
    measurement.state = State.REOPENED
    _write(measurement)
    MeasurementReopening.objects.create(measurement=measurement, reason=reason, until=until, by=by)
    return measurement


@transaction.atomic
def close_reopenings(now: datetime) -> int:
    """Return how many values were open until a day that is over: they become drafts, and their periods' dates hold.

    The public goes on to read that a value which it knew is being checked again. Automatic ones wait for a count.
    """
    latest = MeasurementReopening.objects.filter(measurement=OuterRef("pk")).order_by("-at", "-pk")
    over = Measurement.objects.annotate(until=Subquery(latest.values("until")[:1])).filter(
        state=State.REOPENED, until__lt=wib_date(now), indicator__automatic_source=""
    )
    keys = list(over.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    return Measurement.objects.filter(pk__in=keys).update(state=State.DRAFT, version=F("version") + 1)


@transaction.atomic
def save_counted(indicator: Indicator, period: Period, *, counted: Counted, now: datetime) -> Measurement:
    """Return the value that the portal counted itself, verified at once.

    Two persons stand behind an entered value; behind this one no person does, but the list of its rows. The caller
    holds the indicator's row and computes the achievements.
    """
    rows = Measurement.objects.filter(indicator=indicator, period=period)
    measurement = rows.select_for_update(no_key=True).first() or _unsaved(indicator, period)
    measurement.provenance = Measurement.Provenance.AUTOMATIC
    is_impossible = counted.denominator == 0
    measurement.value = None if is_impossible else counted.value
    measurement.missing_reason = NOTHING_TO_DIVIDE_BY if is_impossible else ""
    measurement.numerator, measurement.denominator = counted.numerator, counted.denominator
    measurement.state = State.VERIFIED
    measurement.submitted_at = measurement.verified_at = now
    _write(measurement)
    return measurement


def _expect(measurement: Measurement, state: str, *, version: int) -> None:
    if measurement.version != version:
        raise StaleVersion(measurement)
    if measurement.state != state:
        raise WrongState(measurement)


@transaction.atomic
def add_evidence(
    pk: int, *, by: User, fields: Mapping[str, Any], file: CheckedFile | None, now: datetime
) -> tuple[Evidence, bool]:
    """Return (the evidence, whether it is new): the same file or address twice is one piece. Raise Locked."""
    measurement = lock_measurement(pk)
    if reason := lock_reason(measurement, by=by, now=now):
        raise Locked(reason, measurement)
    same = {"sha256": file.sha256} if file else {"url": fields["url"], "file": ""}
    if known := measurement.evidence.filter(**same).first():
        return known, False
    evidence = Evidence(measurement=measurement, added_by=by, **fields)
    attach(evidence, file)
    evidence.save()
    effects.pages_changed()
    return evidence, True


def attach(evidence: Evidence, file: CheckedFile | None) -> None:
    """Put a checked file into an unsaved piece of evidence."""
    if file:
        evidence.file.save(file.name, file.as_file(), save=False)
        evidence.sha256 = file.sha256
        evidence.content_type = file.content_type


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User, now: datetime) -> None:
    """Remove a piece of evidence from a value that is open to the person; its history stays. Raise Locked."""
    measurement = lock_measurement(evidence.measurement_id or 0)
    if reason := lock_reason(measurement, by=by, now=now):
        raise Locked(reason, measurement)
    evidence.delete()
    effects.pages_changed()
