"""Which personal data the portal keeps, why and how long: the table of the privacy page.

The periods are those that the retention jobs use, so the page cannot promise something else.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ecosystem.services import booking_retention, mail
from startups.services import data_requests, retention


@dataclass(frozen=True, slots=True)
class PrivacyRow:
    """One kind of data in plain words."""

    data: str
    purpose: str
    seen_by: str
    period: str


# Data, purpose, who sees them, and how long, with the periods by name.
ROWS = (
    (
        _("Account: e-mail address, name if you give one, language, role; the password only as a hash"),
        _("to sign you in and write to you"),
        _("you and administrators"),
        _("until you erase the account"),
    ),
    (
        _("Entry: what you mark as public"),
        _("so that clients, partners and residents find you; it becomes open data"),
        _("everybody"),
        _("while the entry exists"),
    ),
    (
        _("Entry: private contacts, street, NIB"),
        _("to check the entry and to reach you about it"),
        _("the entry's members; a coordinator one by one, each look is logged"),
        _("while the entry exists; the log of looks %(log)s"),
    ),
    (
        _("Unfinished drafts"),
        _("so that you can go on later"),
        _("you"),
        _("%(draft)s after the last change, with a warning before"),
    ),
    (
        _("Consents with the version of the text"),
        _("to prove what you agreed to"),
        _("you"),
        _("until you erase the account"),
    ),
    (
        _("Mails to you"),
        _("to deliver them, again if the mail server was away"),
        _("administrators see the address and the subject of a mail that could not be sent"),
        _("address and text %(mail)s; texts with a code or a secret link go once sent"),
    ),
    (
        _("Your address when you report a problem or we ask whether an entry is right"),
        _("to answer you"),
        _("coordinators"),
        _("reports: %(report)s after they are settled; questions: %(ask)s"),
    ),
    (
        _("Invitations and proofs that were not used"),
        _("to let the right person keep an entry"),
        _("the entry's members and coordinators"),
        _("%(expired)s after they expire"),
    ),
    (
        _("Member lists that a community gives to Stasion: names of entries and a mailbox of each"),
        _("to prepare the entries and invite their people"),
        _("coordinators"),
        _(
            "the file until it was read, a list that nobody applies %(list)s, "
            "a mailbox until its entry has an owner, %(mailbox)s at most"
        ),
    ),
    (
        _("Requests about your data, and the copies we make"),
        _("to do what you ask"),
        _("you and coordinators; the copy only you"),
        _("the copy %(copy)s, the words of a request %(request)s after the answer"),
    ),
    (
        _("Bookings of spaces: who books, contact, title, note"),
        _("to keep the space for you, reach you about it and let the right people in"),
        _("you and the facility's managers, each look at the contact is logged; nobody else sees who booked"),
        _("%(booking)s after the last date; then only what figures of use need stays"),
    ),
    (
        _("Your public events in the agenda: title, organiser, text, address to register at"),
        _("so that people come"),
        _("everybody, once a manager of the facility has looked at them"),
        _("%(booking)s after the date; those of an organisation stay in the archive of the agenda"),
    ),
    (
        _("Places on a waiting list, the secret address of your calendar"),
        _("to offer you a time that becomes free and to show your bookings in your calendar"),
        _("you"),
        _("%(booking)s after the time; the address until you make a new one"),
    ),
    (
        _("History of changes and decisions"),
        _("so that public figures and decisions can be traced"),
        _("members of the entry and staff; the public sees no names"),
        _("kept, and without you once you are erased"),
    ),
)


def _days(number: int) -> str:
    if number % 365 == 0:
        return ngettext("%(number)s year", "%(number)s years", number // 365) % {"number": number // 365}
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def privacy_rows() -> list[PrivacyRow]:
    """Return the rows in the active language; no query."""
    words = {
        "draft": _days(retention.DRAFTS.days),
        "report": _days(retention.REPORT_ADDRESSES.days),
        "expired": _days(retention.EXPIRED.days),
        "mail": _days(mail.KEEP_TEXTS.days),
        "copy": _days(data_requests.COPY_DAYS),
        "log": _days(retention.CONTACT_LOG.days),
        "request": _days(retention.ANSWERED_REQUESTS.days),
        "list": _days(retention.LISTS.days),
        "mailbox": _days(retention.LIST_ADDRESSES.days),
        "booking": _days(booking_retention.KEEP.days),
        "ask": _days(retention.QUESTION_ADDRESSES.days),
    }
    return [PrivacyRow(str(data), str(why), str(who), str(period) % words) for data, why, who, period in ROWS]
