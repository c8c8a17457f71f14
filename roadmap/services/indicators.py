"""Indicators: a changed definition is a new indicator that supersedes the old one."""

from datetime import timedelta

from django.db import transaction

from roadmap.models import Indicator, IndicatorAssignment, IndicatorLink, Measurement
from roadmap.models.indicator import DEFINITIONAL_FIELDS
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
