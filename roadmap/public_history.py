"""What changed in an indicator's public figures and when; persons are never named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap import messages
from roadmap.models import Indicator, Measurement, MeasurementReopening, Period
from roadmap.presentation import Series, facts_of, label_of


@dataclass(frozen=True, slots=True)
class PublicChange:
    """One public change: the instant and a sentence."""

    at: datetime
    text: str


def public_history(series: Series, periods: Iterable[Period] | None = None) -> list[PublicChange]:
    """Return the changes that the public could see, newest first; two queries.

    Drafts, submissions and returned values are not public. `periods` narrows it down to some periods.
    """
    wanted = {row.period.pk: row.period for row in series.rows}
    if periods is not None:
        wanted = {period.pk: period for period in periods}
    changes = [*_value_changes(series.indicator, wanted), *_target_changes(series, wanted)]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _value_changes(indicator: Indicator, periods: dict[int, Period]) -> Iterator[PublicChange]:
    """Yield when values were published and opened again, from the database's own history."""
    event_model = apps.get_model("roadmap", "MeasurementEvent")
    events = (
        event_model.objects.filter(indicator=indicator, period__in=periods)
        .exclude(pgh_label="delete")
        .order_by("pgh_id")
        .values("pgh_obj_id", "pgh_created_at", "period_id", "state", "value", "provenance")
    )
    reasons = _reasons(indicator)
    facts, language = facts_of(indicator), get_language() or "id"
    states: dict[int, str] = {}
    for event in events:
        key, now = event["pgh_obj_id"], event["state"]
        was = states.get(key, "")
        states[key] = now
        # A closed period that was opened for a first value has a reason too, which is nobody's but the work room's.
        opened = now == Measurement.State.REOPENED != was
        reason = next(reasons.get(key, iter(())), "") if opened else ""
        sentence = _sentence(was, now, event["provenance"])
        if not sentence:
            continue
        words = {
            "period": label_of(periods[event["period_id"]]),
            "value": messages.format_value(event["value"], facts, language),
            "reason": reason,
        }
        yield PublicChange(event["pgh_created_at"], sentence % words)


def _reasons(indicator: Indicator) -> dict[int, Iterator[str]]:
    """Return the reasons of the re-openings in order, by the key of the value."""
    found: dict[int, list[str]] = {}
    for reopening in MeasurementReopening.objects.filter(measurement__indicator=indicator).order_by("at"):
        found.setdefault(reopening.measurement_id, []).append(reopening.reason)
    return {key: iter(reasons) for key, reasons in found.items()}


def _sentence(was: str, now: str, provenance: str) -> str:
    """Return the sentence with its gaps for a step from one state to another, "" for a step nobody sees."""
    if now == was:
        return ""
    if now == Measurement.State.REOPENED and was == Measurement.State.VERIFIED:
        return _("%(period)s: the value was opened again. Reason: %(reason)s")
    if now != Measurement.State.VERIFIED:
        return ""
    if provenance == Measurement.Provenance.HISTORICAL:
        return _("%(period)s: %(value)s taken over from its published source")
    if provenance == Measurement.Provenance.AUTOMATIC:
        return _("%(period)s: %(value)s counted by the portal")
    return _("%(period)s: %(value)s verified by a second person and published")


def _target_changes(series: Series, periods: dict[int, Period]) -> Iterator[PublicChange]:
    for row in series.rows:
        for revision in row.revisions if row.period.pk in periods else ():
            words = {
                "period": row.label,
                "target": messages.format_target(revision.as_value, row.facts, get_language() or "id"),
                "reason": revision.reason,
            }
            first = _("%(period)s: target %(target)s set")
            later = _("%(period)s: target changed to %(target)s. Reason: %(reason)s")
            yield PublicChange(revision.created_at, (later if revision.number > 1 else first) % words)
