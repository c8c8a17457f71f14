"""Indicators: a changed definition is a new indicator that supersedes the old one."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from roadmap.models import Indicator, IndicatorAssignment, IndicatorLink, Measurement
from roadmap.models.indicator import DEFINITIONAL_FIELDS
from roadmap.rules import weights_need_warning
from roadmap.services import effects


class DefinitionFrozen(Exception):
    """A verified value stands on the definition, so it cannot change."""


def is_definition_frozen(indicator: Indicator) -> bool:
    """Return whether a verified value stands on the definition; one query."""
    verified = indicator.measurements.filter(state=Measurement.State.VERIFIED)
    return indicator.pk is not None and verified.exists()


def has_values(indicator: Indicator) -> bool:
    """Return whether there is any value, so that who gives the values cannot change any more; one query."""
    return indicator.pk is not None and indicator.measurements.exists()


@transaction.atomic
def save_indicator(indicator: Indicator) -> Indicator:
    """Return the indicator as saved. Raise DefinitionFrozen when a value was verified in the meantime.

    Between a person and an automatic source there is no change once there is any value: drafts would be lost.
    """
    if indicator.pk:
        before = Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)
        changed = any(getattr(before, name) != getattr(indicator, name) for name in DEFINITIONAL_FIELDS)
        if changed and is_definition_frozen(before):
            raise DefinitionFrozen
        if before.automatic_source != indicator.automatic_source and has_values(before):
            raise DefinitionFrozen
    indicator.save()
    effects.indicator_changed(indicator.pk)
    return indicator


@transaction.atomic
def supersede_indicator(old: Indicator, new: Indicator) -> Indicator:
    """Return the new version, linked and assigned like the old one, which ends the day before the new one begins."""
    old = Indicator.objects.select_for_update(no_key=True).get(pk=old.pk)
    new.supersedes = old
    new.save(force_insert=True)
    if new.valid_from and (old.valid_to is None or old.valid_to >= new.valid_from):
        old.valid_to = new.valid_from - timedelta(days=1)
        old.save(update_fields=["valid_to", "updated_at"])
    for link in old.links.all():
        IndicatorLink.objects.create(
            indicator=new,
            phase_id=link.phase_id,
            programme_id=link.programme_id,
            action_id=link.action_id,
            level=link.level,
            weight=link.weight,
        )
    for assignment in old.assignments.all():
        IndicatorAssignment.objects.create(indicator=new, user_id=assignment.user_id, duty=assignment.duty)
    for indicator in (old, new):
        effects.indicator_changed(indicator.pk)
    return new


def sums_to_look_at(links: Iterable[IndicatorLink]) -> dict[int, Decimal]:
    """Return the sum of all weights at a link's phase, programme or action, by the link's key; one query.

    Only where somebody who sets up weights should look again: they differ, and their sum is not 100.
    """
    links = list(links)
    same_parent = Q(phase__in=[link.phase_id for link in links if link.phase_id])
    same_parent |= Q(programme__in=[link.programme_id for link in links if link.programme_id])
    same_parent |= Q(action__in=[link.action_id for link in links if link.action_id])
    weights: dict[tuple[int | None, ...], list[Decimal]] = defaultdict(list)
    # As the roll-up counts: an indicator that is off the public pages is not in it.
    for *parent, weight in IndicatorLink.objects.filter(same_parent, indicator__is_public=True).values_list(
        "phase", "programme", "action", "weight"
    ):
        weights[tuple(parent)].append(weight)
    found = {link.pk: weights[link.phase_id, link.programme_id, link.action_id] for link in links}
    return {key: sum(listed, Decimal(0)) for key, listed in found.items() if weights_need_warning(listed)}
