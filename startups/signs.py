"""Automatic signs of a thing in the queue, as plain sentences with why they matter; a person weighs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from startups.models import ModerationItem, Startup
from startups.rules import text_signs
from startups.rules.domains import FREE_MAIL, domain_of, domain_of_mailbox, is_own
from startups.services.duplicates import Similar, similar_entries

MANY_LINKS = 6
MANY_ENTRIES = 3
NEW_ACCOUNT = timedelta(days=1)
# A box around Kota Malang with a margin of some 500 m (degrees).
SOUTH, NORTH, WEST, EAST = -8.06, -7.90, 112.56, 112.70
TEXT_FIELDS = ("name", "alternate_names", "summary", "summary_en", "description", "description_en")


@dataclass(frozen=True, slots=True)
class Sign:
    """One observation: the tone of its badge, what was seen, and why it may matter."""

    tone: str
    text: str
    why: str
    startup: Startup | None = None


def signs_of(item: ModerationItem) -> list[Sign]:
    """Return what stands out about an item, the gravest first; about four queries."""
    startup = _as_proposed(item)
    return sorted(
        [*_duplicates(startup), *_own(startup), *_many_entries(startup)],
        key=lambda sign: ("bad", "warn", "info", "good").index(sign.tone),
    )


def signs_at_a_glance(item: ModerationItem) -> list[Sign]:
    """Return what the row itself shows, for lists: no query when `startup__links` and `created_by` are loaded."""
    return _own(item.startup)


def _own(startup: Startup) -> list[Sign]:
    return [*_texts(startup), *_links(startup), *_place(startup), *_account(startup)]


def _as_proposed(item: ModerationItem) -> Startup:
    """Return the entry with the plain texts of a proposed change, which is what the signs are about; not saved."""
    startup = item.startup
    if item.change_set is None:
        return startup
    proposed = Startup.objects.get(pk=startup.pk)
    for name, value in item.change_set.proposed.items():
        if name in (*TEXT_FIELDS, "website") and isinstance(value, str):
            setattr(proposed, name, value)
    proposed.website_domain = domain_of(proposed.website)
    return proposed


def _duplicates(startup: Startup) -> Iterator[Sign]:
    for similar in similar_entries(
        startup.name, domain=startup.website_domain, kelurahan=startup.kelurahan, exclude=startup.pk, limit=3
    ):
        yield Sign(
            "bad" if similar.score >= 1 else "warn",
            _similarity(similar),
            _("Perhaps it is the same startup. Then merge them, so that one page stays."),
            similar.startup,
        )


def _similarity(similar: Similar) -> str:
    facts = {"name": similar.startup.name, "state": similar.startup.get_lifecycle_display()}
    if "domain" in similar.reasons:
        return _("The same web domain as “%(name)s” (%(state)s)") % facts
    if "alias" in similar.reasons:
        return _("The name is another name of “%(name)s” (%(state)s)") % facts
    return _("The name is like “%(name)s” (%(state)s)") % facts


def _texts(startup: Startup) -> Iterator[Sign]:
    texts = [getattr(startup, name) for name in TEXT_FIELDS]
    whole = "\n".join(texts)
    if words := text_signs.suspicious_words(whole):
        yield Sign(
            "bad",
            ngettext(
                "%(count)d suspicious word: %(words)s", "%(count)d suspicious words: %(words)s", len(words)
            )
            % {"count": len(words), "words": ", ".join(words[:5])},
            _(
                "Such words stand in advertising for gambling, loans and the like more often than in honest entries."
            ),
        )
    if any(map(text_signs.is_shouted, texts)):
        yield Sign(
            "warn",
            _("A text is written in capitals"),
            _("It reads like shouting, and screen readers may spell it. Ask for ordinary writing."),
        )
    if any(map(text_signs.is_repeated, texts)):
        yield Sign("warn", _("Signs or words are repeated"), _("Typical of tests, spam and stuck keys."))
    if hidden := text_signs.hidden_signs(whole):
        yield Sign(
            "warn",
            ngettext("%(count)d sign cannot be seen", "%(count)d signs cannot be seen", hidden)
            % {"count": hidden},
            _("Invisible signs can make one name look like another."),
        )


def _links(startup: Startup) -> Iterator[Sign]:
    in_texts = text_signs.links_in(f"{startup.summary}\n{startup.description}\n{startup.description_en}")
    count = in_texts + len(startup.links.all())
    if count >= MANY_LINKS or in_texts > 2:
        yield Sign(
            "warn",
            ngettext("%(count)d link", "%(count)d links", count) % {"count": count},
            _("Many links in one entry are often advertising. Do they belong to the startup?"),
        )


def _place(startup: Startup) -> Iterator[Sign]:
    if startup.kelurahan_id is None:
        yield Sign(
            "warn",
            _("No kelurahan of Kota Malang"),
            _("The directory is for those who work in the city. Is there another sign that they do?"),
        )
    if startup.latitude is not None and startup.longitude is not None:
        inside = SOUTH <= startup.latitude <= NORTH and WEST <= startup.longitude <= EAST
        if not inside:
            yield Sign(
                "warn",
                _("The point on the map lies outside Kota Malang"),
                _("Perhaps a slip of the finger, perhaps another city."),
            )


def _account(startup: Startup) -> Iterator[Sign]:
    person = startup.created_by
    if person is None:
        return
    mailbox, domain = domain_of_mailbox(person.email), startup.website_domain
    if is_own(domain) and mailbox == domain:
        yield Sign(
            "good",
            _("The applicant's mailbox is at the website's domain"),
            _("Who has a mailbox there most likely belongs to the startup."),
        )
    elif mailbox in FREE_MAIL:
        yield Sign(
            "info",
            _("The applicant uses a free mailbox (%(domain)s)") % {"domain": mailbox},
            _("Quite usual for young studios. It only says nothing about who they are."),
        )
    elif is_own(domain):
        yield Sign(
            "warn",
            _("The applicant's mailbox (%(mailbox)s) is not at the website's domain (%(domain)s)")
            % {"mailbox": f"@{mailbox}", "domain": domain},
            _("Perhaps an agency wrote for a client, perhaps somebody registers what is not theirs."),
        )
    begun = startup.submitted_at or startup.created_at
    if begun - person.date_joined < NEW_ACCOUNT:
        yield Sign(
            "info",
            _("The account was new when the entry was sent"),
            _("As for most honest applicants; together with other signs it counts."),
        )


def _many_entries(startup: Startup) -> Iterator[Sign]:
    person = startup.created_by
    if person is None:
        return
    entries = person.created_startups.exclude(pk=startup.pk).count() + 1
    if entries >= MANY_ENTRIES:
        yield Sign(
            "warn",
            ngettext("%(count)d entry of this account", "%(count)d entries of this account", entries)
            % {"count": entries},
            _("One person rarely founds so many. Perhaps somebody collects entries."),
        )
