"""What the public reads of an entry's freshness and badge: a sign with a word, and a sentence that explains it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from startups.models import Startup, Verification
from startups.rules.freshness import Freshness, freshness


@dataclass(frozen=True, slots=True)
class Sign:
    """A badge: its words, its tone and icon (malangkraf.templatetags), and what it means in one sentence."""

    text: str
    tone: str
    icon: str
    sentence: str = ""


def freshness_sign(startup: Startup, *, on: date) -> Sign:
    """Return how fresh an entry is on a day; "dormant" for one that nobody ever confirmed."""
    level = freshness(startup.last_confirmed_on, on=on)
    day = formats.date_format(startup.last_confirmed_on, "j F Y") if startup.last_confirmed_on else "–"
    month = formats.date_format(startup.last_confirmed_on, "M Y") if startup.last_confirmed_on else "–"
    names = {"day": day, "month": month}
    if level is Freshness.FRESH:
        return Sign(_("Confirmed %(month)s") % names, "good", "check", _fresh_sentence(startup) % names)
    if level is Freshness.DUE:
        sentence = _("Last confirmed on %(day)s, more than six months ago: small things may have changed.")
        return Sign(_("Confirmed %(month)s") % names, "neutral", "clock", sentence % names)
    if level is Freshness.STALE:
        sentence = _(
            "Nobody has confirmed this since %(day)s, more than a year ago. Ask before you rely on it."
        )
        return Sign(_("Unconfirmed since %(month)s") % names, "warn", "warning", sentence % names)
    sentence = _(
        "Nobody has confirmed this since %(day)s. It is left out of the list until somebody says that it is right."
    )
    return Sign(_("Dormant"), "neutral", "minus", sentence % names)


def _fresh_sentence(startup: Startup) -> str:
    if startup.claim == Startup.Claim.UNCLAIMED:
        return _("Stasion entered this on %(day)s; its owners have not confirmed it yet.")
    return _("The people who keep this entry said on %(day)s that everything here is right.")


def verification_sign(verification: Verification | None, startup: Startup) -> Sign | None:
    """Return the badge of a verification in force, None without one."""
    if verification is None:
        return None
    names = {
        "given": _day(verification.given_at),
        "until": _day(verification.expires_at),
        # A domain that the entry does not show is not named here either.
        "domain": verification.domain
        if verification.domain and verification.domain == startup.website_domain
        else "",
    }
    return Sign(
        str(verification.get_level_display()), "info", "check", _badge_sentence(verification.level, names)
    )


def _badge_sentence(level: str, names: dict[str, str]) -> str:
    if level == Verification.Level.IN_PERSON:
        text = _(
            "Stasion met the people behind this entry on %(given)s. The badge counts until %(until)s and ends at once"
            " when name or domain change; it says nothing about the quality of their work."
        )
    elif level == Verification.Level.DOMAIN and names["domain"]:
        text = _(
            "On %(given)s the portal checked that the people behind this entry control %(domain)s. The badge counts"
            " until %(until)s and ends at once when name or domain change; it says nothing about the quality of their"
            " work."
        )
    elif level == Verification.Level.DOMAIN:
        text = _(
            "On %(given)s the portal checked that the people behind this entry control its domain. The badge counts"
            " until %(until)s and ends at once when name or domain change; it says nothing about the quality of their"
            " work."
        )
    else:
        text = _(
            "On %(given)s the portal checked that the people behind this entry read mail at its domain. The badge"
            " counts until %(until)s and ends at once when name or domain change; it says nothing about the quality"
            " of their work."
        )
    return text % names


def listed_verification_sign(level: str, until: datetime | None, *, now: datetime) -> Sign | None:
    """Return the badge of a search row, None when its level has run out."""
    if not level or until is None or until <= now:
        return None
    return Sign(str(Verification.Level(level).label), "info", "check")


def founded_words(startup: Startup) -> str:
    """Return the founding day no more exactly than it is known: "2019", "May 2019", "20 May 2019"; "" for none."""
    if not startup.founded:
        return ""
    patterns = {"year": "Y", "month": "F Y", "day": "j F Y"}
    return str(formats.date_format(startup.founded, patterns[startup.founded_precision]))


def _day(moment: datetime) -> str:
    return str(formats.date_format(timezone.localtime(moment), "j F Y"))
