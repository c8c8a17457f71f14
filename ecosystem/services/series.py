"""The dates that a draft asks for: one, or weekly until a day without those that are left out."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ecosystem.models import BookingPolicy
from ecosystem.rules import recurrence
from ecosystem.rules.spans import Span
from ecosystem.services.booking_drafts import Draft, refusal


def _too_many(most: int) -> str:
    text = ngettext(
        "A series has at most %(count)d date. Choose an earlier last day, and book the rest later.",
        "A series has at most %(count)d dates. Choose an earlier last day, and book the rest later.",
        most,
    )
    return text % {"count": most}


def dates(draft: Draft) -> list[Span]:
    """Return the dates, sorted; raise Refused when the series ends before it begins, or has too many or none."""
    if draft.repeats_until is None:
        return [(draft.starts_at, draft.ends_at)]
    policy = BookingPolicy.objects.filter(spaces=draft.space.pk).first() or BookingPolicy()
    count = recurrence.count_until(draft.starts_at, draft.repeats_until)
    most = recurrence.MOST if draft.as_manager else min(recurrence.MOST, policy.max_occurrences)
    if count == 0:
        raise refusal(
            "series_ends_early", _("The last day of the series is before its first date."), "repeats_until"
        )
    if count > most:
        raise refusal("too_many_dates", lazy(_too_many, str)(most), "repeats_until")
    left = [
        span for span in recurrence.weekly(draft.starts_at, draft.ends_at, count) if span[0] not in draft.skip
    ]
    if not left:
        raise refusal(
            "no_dates", _("Every date of the series is left out. Keep at least one."), "repeats_until"
        )
    return left
