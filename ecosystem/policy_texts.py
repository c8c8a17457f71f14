"""The rules of booking in plain words, for the pages of a space and its booking."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecosystem.models import BookingPolicy, Purpose


def length_text(minutes: int) -> str:
    """Return a length as people say it: "1 jam 30 menit"."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if rest or not hours:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(parts)


def decided_text(policy: BookingPolicy) -> str:
    """Return how a request is decided, and how long it takes."""
    if policy.mode == BookingPolicy.Mode.INSTANT:
        return _("Confirmed at once.")
    days = ngettext("within %(count)d working day", "within %(count)d working days", policy.answer_days) % {
        "count": policy.answer_days
    }
    if policy.mode == BookingPolicy.Mode.APPROVAL:
        return _("A manager answers %(days)s; the time is kept for you meanwhile.") % {"days": days}
    return _("Several may ask for the same time. A manager picks one of them and answers %(days)s.") % {
        "days": days
    }


def rules_in_words(policy: BookingPolicy) -> list[str]:
    """Return one sentence for each rule of a space, the most important first."""
    sentences = [
        decided_text(policy),
        _("From %(shortest)s to %(longest)s, beginning every %(grid)s.")
        % {
            "shortest": length_text(policy.min_minutes),
            "longest": length_text(policy.max_minutes),
            "grid": length_text(policy.grid_minutes),
        },
        _when(policy),
        ngettext(
            "You can change or cancel until %(count)d hour before.",
            "You can change or cancel until %(count)d hours before.",
            policy.change_limit_hours,
        )
        % {"count": policy.change_limit_hours},
    ]
    if policy.needs_check_in:
        sentences.append(
            _("Check in at the door: 20 minutes after the start a time without check-in is freed.")
        )
    if policy.who == BookingPolicy.Who.STARTUP:
        sentences.append(_("For members of a published startup, studio or community."))
    if policy.purposes:
        names = ", ".join(str(Purpose(one).label) for one in policy.purposes if one in Purpose.values)
        sentences.append(_("Meant for: %(purposes)s.") % {"purposes": names})
    if policy.is_commercial_allowed:
        sentences.append(_("Free for community use. Commercial use is decided by a manager."))
    else:
        sentences.append(_("Community use only, free of charge; no commercial use."))
    return sentences


def _when(policy: BookingPolicy) -> str:
    days = ngettext("%(count)d day", "%(count)d days", policy.horizon_days) % {"count": policy.horizon_days}
    if not policy.notice_hours:
        return _("At most %(days)s ahead.") % {"days": days}
    hours = length_text(policy.notice_hours * 60)
    return _("At least %(hours)s and at most %(days)s ahead.") % {"hours": hours, "days": days}
