"""Targets: revisions are only ever added, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.models import User
from malangkraf.uploads import CheckedFile
from roadmap import permissions
from roadmap.models import Indicator, Period, Target, TargetRevision
from roadmap.rules import (
    PROBLEM_MESSAGES,
    REASON_LABELS,
    Entry,
    Problem,
    TargetValue,
    target_problem,
    targets_agree,
    validate_value,
)
from roadmap.services import effects
from roadmap.services.periods import is_finer, is_in_life, saved_period
from roadmap.services.value_checks import Problems

NUMBERS = ("value", "low", "high")
FIELDS = (*NUMBERS, "reason", "decree_number", "decree_date", "source_url", "note", "note_en")


class TargetRefused(Exception):
    """A change to a target that does not happen."""


class NotAllowed(TargetRefused):
    """The person may not do this."""


class StaleTarget(TargetRefused):
    """Somebody revised the target since the person opened it; `current` is the revision in force."""

    def __init__(self, current: TargetRevision) -> None:
        super().__init__(f"target {current.target_id} is at revision {current.number}")
        self.current = current


class InvalidTarget(TargetRefused):
    """What was typed cannot be a target; `problems` maps fields to messages."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The targets of some periods do not make the target of the longer one; nobody is stopped by that."""

    whole: Period
    parts: tuple[Period, ...]


def lock_target(indicator: Indicator, period: Period) -> Target:
    """Return the target's row, made if it is new and locked until the end of the transaction."""
    target, _created = Target.objects.get_or_create(indicator=indicator, period=period)
    return Target.objects.select_for_update(of=("self",), no_key=True).get(pk=target.pk)


@transaction.atomic
def revise_target(
    indicator: Indicator,
    period: Period,
    *,
    by: User,
    number: int,
    values: Mapping[str, Any],
    document: CheckedFile | None = None,
) -> tuple[TargetRevision, bool]:
    """Return (the revision in force, whether this call added it): pressing twice adds one.

    `number` is the revision that the person saw, 0 for none. Raise NotAllowed, StaleTarget or InvalidTarget.
    """
    if not permissions.can_edit_indicators(by):
        raise NotAllowed
    target = lock_target(indicator, saved_period(period))
    current = target.revisions.order_by("-number").first()
    if current and current.number != number:
        if current.created_by_id == by.pk and _same(current, values, (*NUMBERS, "reason")):
            return current, False
        raise StaleTarget(current)
    if problems := find_problems(indicator, period, values, current=current):
        raise InvalidTarget(problems)
    revision = TargetRevision(
        target=target,
        number=(current.number if current else 0) + 1,
        created_by=by,
        **{name: values[name] for name in FIELDS if name in values},
    )
    if document:
        revision.document.save(document.name, document.as_file(), save=False)
    revision.save(force_insert=True)
    effects.indicator_changed(indicator.pk)
    return revision, True


def find_problems(
    indicator: Indicator, period: Period, values: Mapping[str, Any], *, current: TargetRevision | None
) -> Problems:
    """Return a message for each field that stops the typed target, empty when it may be added."""
    problems: Problems = {}
    if is_finer(period, indicator):
        problems["period"] = _(
            "The period is shorter than the indicator is measured. Choose one at least as long as its frequency."
        )
    elif not is_in_life(period, indicator):
        problems["period"] = _("The indicator is not measured in this period.")
    problems |= _problems_of_numbers(indicator, values)
    if current and not values.get("reason"):
        problems["reason"] = _("Say why the target changes.")
    if current and not problems and _same(current, values, NUMBERS):
        problems["low" if values.get("value") is None else "value"] = _(
            "This is the target that is in force now."
        )
    return problems


def _problems_of_numbers(indicator: Indicator, values: Mapping[str, Any]) -> Problems:
    is_range = indicator.direction == Indicator.Direction.RANGE
    names = ("low", "high") if is_range else ("value",)
    missing = {name: _("Enter a number.") for name in names if values.get(name) is None}
    if missing:
        return {**missing}
    for name in names:
        if message := _problem_of_number(indicator, values[name]):
            return {name: message}
    if is_range and values["low"] > values["high"]:
        return {"high": _("The upper bound must not be below the lower bound.")}
    target = TargetValue(**{name: values[name] for name in names})
    reason = target_problem(
        target,
        direction=indicator.direction,
        method=indicator.method,
        baseline=indicator.baseline_value,
        value_type=indicator.value_type,
    )
    if reason is None:
        return {}
    text = gettext("With this target no percentage could ever be computed: %(reason)s.")
    return {names[0]: text % {"reason": gettext(REASON_LABELS[reason])}}


def _problem_of_number(indicator: Indicator, number: Decimal) -> str:
    """Return why a target is impossible for the kind of value, "" when it is possible."""
    value_type = indicator.value_type
    if value_type == Indicator.ValueType.RATIO:
        value_type = Indicator.ValueType.DIRECT_PERCENT
    found = validate_value(number, value_type=value_type, is_share=indicator.is_share)
    # The mean of counts over a phase need not be whole.
    serious = [problem for problem in found if problem != Problem.FRACTIONAL_COUNT]
    return gettext(PROBLEM_MESSAGES[serious[0]]) if serious else ""


def _same(revision: TargetRevision, values: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    typed = {"reason": "", **values}
    return all(getattr(revision, name) == typed.get(name) for name in names)


def disagreements(indicator: Indicator) -> list[Disagreement]:
    """Return where the targets of quarters, years and phases do not fit together; three queries at most."""
    targets = list(indicator.targets.select_related("period__phase").prefetch_related("revisions"))
    found = []
    for whole in targets:
        parts = _parts_of(whole, targets)
        entries = [
            Entry(code=part.period.code, end=part.period.end, target=part.current.value)
            for part in parts
            if part.current
        ]
        if not entries or whole.current is None:
            continue
        agree = targets_agree(
            entries, whole.current.value, aggregation=indicator.aggregation, meaning=indicator.entry_meaning
        )
        if agree is False:
            found.append(Disagreement(whole=whole.period, parts=tuple(part.period for part in parts)))
    return found


def _parts_of(whole: Target, targets: list[Target]) -> list[Target]:
    """Return the targets of the next shorter kind that together cover the whole period, [] when they do not."""
    inside = [
        target
        for target in targets
        if target.pk != whole.pk
        and target.period.kind != whole.period.kind
        and whole.period.start <= target.period.start
        and target.period.end <= whole.period.end
    ]
    kinds: dict[str, list[Target]] = {}
    for target in inside:
        kinds.setdefault(target.period.kind, []).append(target)
    days = (whole.period.end - whole.period.start).days + 1
    complete = [
        parts
        for parts in kinds.values()
        if sum((part.period.end - part.period.start).days + 1 for part in parts) == days
    ]
    return min(complete, key=len, default=[])
