"""How the work room writes periods, values, targets and states."""

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.numbers import format_number
from malangkraf.translated import translated
from roadmap.models import Action, Indicator, Measurement, Period, TargetRevision
from roadmap.presentation import label_of

register = template.Library()

STATE_TONES = {
    Measurement.State.DRAFT: ("neutral", "edit"),
    Measurement.State.SUBMITTED: ("info", "clock"),
    Measurement.State.VERIFIED: ("good", "check"),
    Measurement.State.RETURNED: ("warn", "warning"),
    Measurement.State.REOPENED: ("warn", "question"),
    Action.State.PLANNED: ("neutral", "clock"),
    Action.State.RUNNING: ("info", "right"),
    Action.State.DONE: ("good", "check"),
    Action.State.DELAYED: ("warn", "warning"),
    Action.State.CANCELLED: ("bad", "close"),
}


@register.filter
def period_name(period: Period) -> str:
    """Return the name of a period in the active language."""
    return label_of(period)


@register.filter
def value_text(measurement: Measurement) -> str:
    """Return a value with its unit, or that there is none."""
    if measurement.value is None:
        return _("no value")
    indicator = measurement.indicator
    if indicator.value_type == Indicator.ValueType.YES_NO:
        return _("Yes") if measurement.value else _("No")
    number = format_number(measurement.value, get_language() or "id")
    return f"{number} {translated(indicator, 'unit')}".strip()


@register.filter
def target_text(revision: TargetRevision | None) -> str:
    """Return a target as people read it: "8,2", "1–3" for a range, "–" for none."""
    language = get_language() or "id"
    if revision is None or revision.value is not None:
        return format_number(revision.value if revision else None, language)
    return f"{format_number(revision.low, language)}–{format_number(revision.high, language)}"


@register.inclusion_tag("components/_badge.html")
def state_badge(row: Any) -> dict[str, Any]:
    """Show the state of a value or an action as sign and word."""
    tone, icon = STATE_TONES[row.state]
    return {"text": row.get_state_display(), "tone": tone, "icon": icon}


@register.filter
def account_name(user: Any) -> str:
    """Return the name of the person behind a change, also when the account is gone."""
    return str(user) if user else _("a deleted account")
