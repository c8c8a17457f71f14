"""Booking rules and quotas in plain words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecosystem.models import BookingPolicy, Quota, Space
from ecosystem.models.space import Purpose


def length(minutes: int) -> str:
    """Return minutes as people say them: "90 minutes", "2 hours"."""
    if minutes and minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def days(number: int) -> str:
    """Return a number of days."""
    return ngettext("%(count)s day", "%(count)s days", number) % {"count": number}


def _buffers(policy: BookingPolicy) -> str:
    values = {"before": length(policy.setup_minutes), "after": length(policy.teardown_minutes)}
    if not policy.teardown_minutes:
        return _("The space is kept free %(before)s before.") % values
    if not policy.setup_minutes:
        return _("The space is kept free %(after)s after.") % values
    return _("The space is kept free %(before)s before and %(after)s after.") % values


def policy_words(policy: BookingPolicy) -> list[str]:
    """Return the rules as sentences, the most important first."""
    least, most = length(policy.min_minutes), length(policy.max_minutes)
    lines = [
        {
            "instant": _("Confirmed at once, if the slot is free."),
            "approval": _("A manager decides within %(days)s (working days); the slot is held meanwhile."),
            "curated": _("Requests compete; a manager picks one within %(days)s (working days)."),
        }[policy.mode]
        % {"days": days(policy.answer_days)},
        _("Only members of a published startup may book.")
        if policy.who == BookingPolicy.Who.STARTUP
        else _("Everybody with an account may book."),
        _("A booking lasts from %(least)s to %(most)s and begins every %(grid)s.")
        % {"least": least, "most": most, "grid": length(policy.grid_minutes)},
        _("It can be made up to %(days)s ahead.") % {"days": days(policy.horizon_days)}
        if not policy.notice_hours
        else _("It can be made up to %(days)s ahead, at the latest %(hours)s before it begins.")
        % {"days": days(policy.horizon_days), "hours": length(policy.notice_hours * 60)},
    ]
    if policy.setup_minutes or policy.teardown_minutes:
        lines.append(_buffers(policy))
    if policy.change_limit_hours:
        limit = length(policy.change_limit_hours * 60)
        lines.append(_("It can be changed or cancelled until %(limit)s before.") % {"limit": limit})
    lines.append(
        ngettext("A weekly series has at most %(count)s date.", "A weekly series has at most %(count)s dates.",
                 policy.max_occurrences) % {"count": policy.max_occurrences}
    )  # fmt: skip
    if policy.purposes:
        names = dict(Purpose.choices)
        told = ", ".join(str(names[one]) for one in policy.purposes if one in names)
        lines.append(_("Only for: %(purposes)s.") % {"purposes": told})
    lines.append(
        _("Commercial use is possible; a manager decides with a reason.")
        if policy.is_commercial_allowed
        else _("Not for commercial use.")
    )
    if policy.needs_check_in:
        lines.append(_("Nobody there after 20 minutes: the space becomes free."))
    return lines


def quota_words(quota: Quota) -> str:
    """Return a quota as one sentence."""
    kinds = dict(Space.Kind.choices)
    limits = []
    if quota.max_count is not None:
        limits.append(
            ngettext("%(count)s date", "%(count)s dates", quota.max_count) % {"count": quota.max_count}
        )
    if quota.max_minutes is not None:
        limits.append(length(quota.max_minutes))
    values = {
        "holder": quota.get_holder_display(),
        "limit": _(" and ").join(limits),
        "period": quota.get_period_display(),
        "kind": str(kinds[quota.space_kind]) if quota.space_kind else _("spaces of every kind together"),
    }
    return _("%(kind)s: %(limit)s at most for %(holder)s, %(period)s.") % values
