"""Achievements: computed from verified values and targets, stored, and checked at night."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.db import transaction
from django.utils import timezone

from roadmap import rules
from roadmap.models import (
    Achievement,
    AchievementDifference,
    Indicator,
    Measurement,
    Period,
    RatingScale,
    Target,
    TargetRevision,
)
from roadmap.periods import wib_date

# Beside a percentage that rests on an earlier value, where the indicator allows that.
CARRIED = "carried"
BATCH = 5_000
# As many decimals as the column keeps.
RAW = Decimal(1).scaleb(-12)
COMPUTED_FIELDS = (
    "measurement_id",
    "target_revision_id",
    "scale_id",
    "raw",
    "percent",
    "capped",
    "band",
    "reason",
    "note",
)
UPDATED_FIELDS = [name.removesuffix("_id") for name in COMPUTED_FIELDS] + ["computed_at"]

Key = tuple[int, int, str]


@dataclass(frozen=True)
class Difference:
    """A stored achievement that a rebuild would change: `stored` or `computed` is None when only one exists."""

    indicator_id: int
    period_id: int
    basis: str
    stored: tuple[object, ...] | None
    computed: tuple[object, ...] | None


@transaction.atomic
def recompute(indicators: Iterable[Indicator | int], *, on: date | None = None) -> int:
    """Bring the stored achievements of the indicators up to date and return how many rows changed.

    One row per basis for every period with a verified value, a value under review or a target, historical ones
    too. `on` is the day in Malang that decides what is due, today without it. The number of queries does not
    depend on the number of rows (a batch of 5,000 changed rows apart). Running twice changes nothing.
    """
    keys = sorted({item if isinstance(item, int) else item.pk for item in indicators})
    # Two computations at once would each write what the other has just corrected.
    list(
        Indicator.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk")
    )
    stored = _stored(keys)
    wanted = {_key(row): row for row in _compute(keys, on or wib_date(timezone.now()))}
    changed = [
        row for key, row in wanted.items() if key not in stored or _figures(stored[key]) != _figures(row)
    ]
    surplus = [row.pk for key, row in stored.items() if key not in wanted]
    changed.sort(key=_key)
    Achievement.objects.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["indicator", "period", "basis"],
        update_fields=UPDATED_FIELDS,
    )
    if surplus:
        Achievement.objects.filter(pk__in=surplus).delete()
    AchievementDifference.objects.filter(indicator__in=keys).delete()
    return len(changed) + len(surplus)


def recompute_due(now: datetime) -> int:
    """Compute anew the indicators with a figure that fell due by the passing of time; return how many rows changed."""
    day = wib_date(now)
    waiting = Achievement.objects.filter(reason=rules.Reason.NOT_DUE).select_related("period")
    return recompute({row.indicator_id for row in waiting if is_due(row.period, day)}, on=day)


def reconcile(now: datetime) -> list[Difference]:
    """Return every stored achievement that a rebuild at this moment would change; change nothing."""
    keys = list(Indicator.objects.order_by("pk").values_list("pk", flat=True))
    stored = _stored(keys)
    wanted = {_key(row): row for row in _compute(keys, wib_date(now))}
    return [
        Difference(*key, stored=_figures(stored.get(key)), computed=_figures(wanted.get(key)))
        for key in sorted(stored.keys() | wanted.keys())
        if _figures(stored.get(key)) != _figures(wanted.get(key))
    ]


@transaction.atomic
def keep_differences(now: datetime) -> list[Difference]:
    """Return what `reconcile` finds, kept for the planners' work room in place of what it found before."""
    found = reconcile(now)
    AchievementDifference.objects.all().delete()
    AchievementDifference.objects.bulk_create(
        [
            AchievementDifference(
                indicator_id=one.indicator_id,
                period_id=one.period_id,
                basis=one.basis,
                stored=_percent_in(one.stored),
                computed=_percent_in(one.computed),
                found_at=now,
            )
            for one in found
        ],
        batch_size=BATCH,
    )
    return found


def _percent_in(figures: tuple[object, ...] | None) -> Decimal | None:
    percent = figures[COMPUTED_FIELDS.index("percent")] if figures else None
    return percent if isinstance(percent, Decimal) else None


def _stored(keys: list[int]) -> dict[Key, Achievement]:
    return {_key(row): row for row in Achievement.objects.filter(indicator__in=keys)}


def _key(row: Achievement) -> Key:
    return row.indicator_id, row.period_id, row.basis


def _figures(row: Achievement | None) -> tuple[object, ...] | None:
    """Return what was computed, without the moment at which it was."""
    return None if row is None else tuple(getattr(row, name) for name in COMPUTED_FIELDS)


# --- computing -------------------------------------------------------------------------------------------


@dataclass
class Facts:
    """All that the achievements of one indicator are computed from, each by period."""

    indicator: Indicator
    measurements: dict[int, Measurement]
    targets: dict[int, Target]
    periods: dict[int, Period]


def _compute(keys: list[int], on: date) -> Iterator[Achievement]:
    """Yield the unsaved achievements of the indicators; seven queries."""
    scales = [(scale, scale.as_scale()) for scale in RatingScale.objects.prefetch_related("bands")]
    facts = {pk: Facts(row, {}, {}, {}) for pk, row in Indicator.objects.in_bulk(keys).items()}
    for measurement in Measurement.objects.shown().filter(indicator__in=keys):
        facts[measurement.indicator_id].measurements[measurement.period_id] = measurement
    for target in Target.objects.filter(indicator__in=keys).prefetch_related("revisions"):
        facts[target.indicator_id].targets[target.period_id] = target
    wanted = {period for one in facts.values() for period in one.measurements.keys() | one.targets.keys()}
    periods = Period.objects.in_bulk(wanted)
    for one in facts.values():
        one.periods = {pk: periods[pk] for pk in one.measurements.keys() | one.targets.keys()}
        yield from _achievements(one, scales, on)


def _achievements(
    facts: Facts, scales: list[tuple[RatingScale, rules.Scale]], on: date
) -> Iterator[Achievement]:
    for period in facts.periods.values():
        measurement, note = facts.measurements.get(period.pk), ""
        if measurement is None and facts.indicator.allow_carry and is_due(period, on):
            measurement = _carried(facts, period)
            note = CARRIED if measurement else ""
        blocked = _blocked(measurement, period, on)
        row, scale = scale_of(scales, period.end)
        for basis in Achievement.Basis:
            revision = _revision(facts.targets.get(period.pk), basis)
            result = rules.achieve(
                actual_of(measurement),
                revision.as_value if revision else None,
                direction=facts.indicator.direction,
                method=facts.indicator.method,
                baseline=facts.indicator.baseline_value,
                scale=scale,
                blocked=blocked,
            )
            yield Achievement(
                indicator=facts.indicator,
                period=period,
                basis=basis,
                measurement=measurement,
                target_revision=revision,
                scale=row,
                raw=None if result.raw is None else _stored_raw(result.raw),
                percent=result.percent,
                capped=result.capped,
                band=result.band or "",
                reason=result.reason or "",
                note=note or result.note or "",
            )


def is_due(period: Period, on: date) -> bool:
    """Return whether a figure is expected by that day in Malang: past its due date, or over if it has none."""
    if period.is_historical or period.due_at is None:
        return on > period.end
    return on > period.due_at


def actual_of(measurement: Measurement | None) -> Decimal | None:
    """Return the value that is compared with the target: as entered, or numerator by denominator in percent."""
    if measurement is None or measurement.value is not None:
        return measurement.value if measurement else None
    return rules.ratio_value(measurement.numerator, measurement.denominator).value


def _blocked(measurement: Measurement | None, period: Period, on: date) -> rules.Reason | None:
    """Return why there cannot be a percentage whatever the figures are, or None."""
    if measurement is None:
        return None if is_due(period, on) else rules.Reason.NOT_DUE
    return rules.Reason.UNDER_REVIEW if measurement.state != Measurement.State.VERIFIED else None


def _carried(facts: Facts, period: Period) -> Measurement | None:
    """Return the latest verified value of an earlier period of the same kind, None if there is none."""
    earlier = [
        (facts.periods[pk].end, measurement)
        for pk, measurement in facts.measurements.items()
        if facts.periods[pk].kind == period.kind
        and facts.periods[pk].end < period.end
        and measurement.state == Measurement.State.VERIFIED
        and actual_of(measurement) is not None
    ]
    return max(earlier, key=lambda pair: pair[0])[1] if earlier else None


def _revision(target: Target | None, basis: str) -> TargetRevision | None:
    if target is None:
        return None
    return target.current if basis == Achievement.Basis.CURRENT else target.original


def scale_of(
    scales: list[tuple[RatingScale, rules.Scale]], day: date
) -> tuple[RatingScale, rules.Scale] | tuple[None, None]:
    """Return the scale in force on the day, the newest of several, so that old periods keep theirs."""
    valid = [
        pair
        for pair in scales
        if pair[0].valid_from <= day and (pair[0].valid_to is None or pair[0].valid_to >= day)
    ]
    return max(valid, key=lambda pair: pair[0].valid_from) if valid else (None, None)


def _stored_raw(raw: Decimal) -> Decimal:
    """Return the percentage with the decimals that the column keeps."""
    with localcontext(prec=80, rounding=ROUND_HALF_UP):
        return raw.quantize(RAW)
