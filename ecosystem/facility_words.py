"""What a person reads about a facility or a space: whether it is open, from when to when, and under which rules."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ecosystem.models import BookingPolicy, Facility, Purpose, Space
from ecosystem.rules.spans import Span
from ecosystem.services.availability import State
from malangkraf.translated import translated

USUAL_MINUTES = 60
# State.kind → the badge's tone and sign.
TONES = {
    "open": ("good", "check"),
    "closed": ("neutral", "clock"),
    "not_yet": ("info", "clock"),
    "unknown": ("neutral", "question"),
    "planned": ("info", "flag"),
    "construction": ("info", "flag"),
    "ended": ("bad", "close"),
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a facility stands, for a badge and a sentence beside it ("" for none); a sample rests on invented hours."""

    badge: str
    tone: str
    sign: str
    sentence: str
    is_sample: bool = False


def clock(moment: datetime) -> str:
    """Return the time of day in Malang: "08.30", in English "08:30"."""
    pattern = "H:i" if (get_language() or "id").startswith("en") else "H.i"
    return date_format(timezone.localtime(moment), pattern)


def clock_span(span: Span) -> str:
    """Return "08.00–21.00"; an end at midnight is written 24."""
    start, end = timezone.localtime(span[0]), timezone.localtime(span[1])
    until = "24" + clock(span[1])[2:] if end.time() == time(0) and end > start else clock(span[1])
    return f"{clock(span[0])}–{until}"


def day_words(day: date, *, today: date) -> str:
    """Return "today", "tomorrow", or the day with its weekday."""
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return date_format(day, "l, j F" if day.year == today.year else "l, j F Y")


def state_words(state: State, *, now: datetime) -> StateWords:
    """Return how a facility stands at an instant, in words."""
    tone, sign = TONES[state.kind]
    reason = translated(state, "reason")
    badge, sentence = _state_texts(state, timezone.localtime(now).date())
    whole = f"{sentence} ({reason})" if reason and sentence else sentence or reason
    is_sample = state.is_sample and state.kind in ("open", "closed", "not_yet")
    return StateWords(badge, tone, sign, whole, is_sample)


def _state_texts(state: State, today: date) -> tuple[str, str]:
    if state.kind == "open" and state.until:
        return _("Open now"), _("until %(time)s WIB") % {"time": clock(state.until)}
    if state.kind in ("closed", "not_yet"):
        badge = _("Closed now") if state.kind == "closed" else _("Not open yet")
        return badge, _opens(state.next_open, today)
    texts = {
        "unknown": (_("Hours not published"), _("Nobody has published when it is open.")),
        "planned": (_("Planned"), _("Nothing can be booked here yet.")),
        "construction": (_("Under construction"), _("Nothing can be booked here yet.")),
        "ended": (_("Closed for good"), ""),
    }
    return texts[state.kind]


def _opens(moment: datetime | None, today: date) -> str:
    if moment is None:
        return _("No opening in the next five weeks is known.")
    day = day_words(timezone.localtime(moment).date(), today=today)
    return _("opens %(day)s at %(time)s WIB") % {"day": day, "time": clock(moment)}


def in_use_since(facility: Facility, *, today: date) -> str:
    """Return since when it is in use, to the month, or the day to come on which it opens; "" if nobody knows."""
    if facility.opens_on is None:
        return ""
    if facility.opens_on > today:
        return _("Opens on %(day)s") % {"day": date_format(facility.opens_on, "j F Y")}
    return _("In use since %(month)s") % {"month": date_format(facility.opens_on, "F Y")}


def capacity_words(space: Space) -> str:
    """Return how many people fit; unknown is said."""
    if space.capacity is None:
        return _("capacity not published")
    text = ngettext("%(count)s person at most", "%(count)s people at most", space.capacity)
    return text % {"count": space.capacity}


def length_words(minutes: int) -> str:
    """Return "30 minutes", "1 hour", "2 hours", "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
    if rest or not hours:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest})
    return " ".join(parts)


def usual_length(policy: BookingPolicy) -> int:
    """Return the length in minutes that is shown unasked: an hour, or the nearest to it that the rules allow."""
    return min(max(USUAL_MINUTES, policy.min_minutes), policy.max_minutes)


def lengths_of(policy: BookingPolicy, chosen: int, *, most: int) -> list[tuple[int, str]]:
    """Return about so many lengths to choose from, in words, the chosen one among them if the rules allow it."""
    step = policy.grid_minutes
    while (policy.max_minutes - policy.min_minutes) // step >= most:
        step *= 2
    found = {*range(policy.min_minutes, policy.max_minutes + 1, step), policy.max_minutes}
    if policy.min_minutes <= chosen <= policy.max_minutes:
        found.add(chosen)
    return [(minutes, length_words(minutes)) for minutes in sorted(found)]


def mode_words(policy: BookingPolicy) -> str:
    """Return how a booking is decided, as a short label."""
    return {
        BookingPolicy.Mode.INSTANT: _("Confirmed at once"),
        BookingPolicy.Mode.APPROVAL: _("A manager decides"),
        BookingPolicy.Mode.CURATED: _("A manager picks one of the requests"),
    }[BookingPolicy.Mode(policy.mode)]


def policy_sentences(policy: BookingPolicy) -> list[str]:
    """Return the rules of booking in plain sentences, the most important first."""
    values = {
        "shortest": length_words(policy.min_minutes),
        "longest": length_words(policy.max_minutes),
        "grid": length_words(policy.grid_minutes),
        "notice": length_words(policy.notice_hours * 60),
        "limit": length_words(policy.change_limit_hours * 60),
        "days": policy.horizon_days,
        "answer": policy.answer_days,
        "setup": length_words(policy.setup_minutes),
        "teardown": length_words(policy.teardown_minutes),
    }
    found = [_how_decided(policy), _who(policy)]
    if policy.min_minutes == policy.max_minutes:
        found.append(_("A booking lasts %(longest)s; starts lie %(grid)s apart."))
    else:
        found.append(_("A booking lasts from %(shortest)s to %(longest)s; starts lie %(grid)s apart."))
    if policy.notice_hours:
        found.append(_("Book at least %(notice)s ahead, and up to %(days)s days ahead."))
    else:
        found.append(_("Book at any time before it begins, up to %(days)s days ahead."))
    found.append(_("You can change or cancel until %(limit)s before it begins."))
    found.append(_buffers(policy))
    if policy.needs_check_in:
        found.append(_("Check in at the door: after 20 minutes without it the space is free for others."))
    found.append(_commercial(policy))
    sentences = [text % values for text in found if text]
    if policy.purposes:
        purposes = ", ".join(str(Purpose(code).label) for code in policy.purposes)
        sentences.append(_("For these purposes: %(purposes)s.") % {"purposes": purposes})
    return sentences


def _how_decided(policy: BookingPolicy) -> str:
    if policy.mode == BookingPolicy.Mode.INSTANT:
        return _("Free slots are confirmed at once.")
    if policy.mode == BookingPolicy.Mode.APPROVAL:
        return _("A manager decides within %(answer)s working days; the slot is held for you meanwhile.")
    return _("Several may ask for the same time; a manager picks one within %(answer)s working days.")


def _who(policy: BookingPolicy) -> str:
    if policy.who == BookingPolicy.Who.STARTUP:
        return _("Members of a startup published in this portal may book.")
    return _("Everybody with an account may book.")


def _buffers(policy: BookingPolicy) -> str:
    if policy.setup_minutes and policy.teardown_minutes:
        return _(
            "%(setup)s before each use and %(teardown)s after it are kept free for setting up and clearing."
        )
    if policy.setup_minutes:
        return _("%(setup)s before each use are kept free for setting up.")
    return _("%(teardown)s after each use are kept free for clearing up.") if policy.teardown_minutes else ""


def _commercial(policy: BookingPolicy) -> str:
    if policy.is_commercial_allowed:
        return _("Community use is free; whether a use is commercial is decided by a manager, with a reason.")
    return _("Free of charge; not for commercial use.")
