"""The confirmation letter of a booking as PDF (PDF/UA-1, PDF/A-2a), with a code under which anybody can check it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ecosystem.models import Booking, Occurrence, Purpose
from malangkraf.drawing.qr import qr_svg
from malangkraf.moments import format_moment
from malangkraf.translated import translated
from malangkraf.typesetting.pdf import typeset

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
State = Occurrence.State


def is_valid(booking: Booking) -> bool:
    """Return whether there is a letter of a booking: somebody or the rules confirmed it, and it was not given up.

    A date that was moved and waits for a decision again takes nothing from the others.
    """
    if booking.anonymized_at is not None:
        return False
    if booking.state == Booking.State.PENDING:
        return bool(booking.occurrences.filter(state=State.CONFIRMED).exists())
    return booking.state == Booking.State.CONFIRMED


def check_url(booking: Booking) -> str:
    """Return the whole address under which the letter is checked, in the active language."""
    return f"{settings.SITE_URL}{reverse('ecosystem:letter_verify', args=[booking.letter_code])}"


def dates_of(booking: Booking) -> list[Occurrence]:
    """Return the confirmed dates of a booking, those to come and those that are over."""
    return list(booking.occurrences.filter(state=State.CONFIRMED).select_related("space"))


def render_letter(booking: Booking, *, language: str) -> bytes:
    """Return the letter in a language; the same booking gives the same bytes.

    Raise malangkraf.typesetting.pdf.TypesettingError when the PDF cannot be made.
    """
    with translation.override(language):
        address = check_url(booking)
        inputs = {"letter": _letter(booking, address=address, language=language), "code": qr_svg(address)}
    return typeset(TEMPLATE, inputs, moment=_decided_at(booking).isoformat())


def _decided_at(booking: Booking) -> datetime:
    """Return when it was decided; Typst takes no parts of seconds."""
    return (booking.decided_at or booking.created_at).replace(microsecond=0)


def _letter(booking: Booking, *, address: str, language: str) -> dict[str, Any]:
    facility, dates = booking.facility, dates_of(booking)
    return {
        "language": language,
        "title": _("Confirmation of a booking"),
        "number": booking.code,
        "day": date_format(timezone.localtime(_decided_at(booking)), "j F Y"),
        "facility": translated(facility, "name"),
        "address": ", ".join(part for part in (facility.address, "Kota Malang") if part),
        "sample": _("Sample: this space or booking is invented and shows how the portal works.")
        if is_sample(booking, dates)
        else "",
        "opening": _opening(booking),
        "facts": _facts(booking),
        "date_head": [_("Day"), _("Time (WIB)"), _("Space")],
        "dates": [_row(date) for date in dates],
        "setup": _setup(dates),
        "use": _use(booking),
        "use_reason": booking.commercial_reason,
        "rules": [line.strip() for line in translated(facility, "rules").splitlines() if line.strip()],
        "decided": _decided(booking),
        "contact": _contact(booking),
        "check_note": _(
            "This letter is valid without a signature. Whether it still counts, for which space and on which days, is"
            " said by the portal: scan the code, or open the address below."
        ),
        "check_url": address,
        "code_alt": _("QR code of the address %(address)s") % {"address": address},
        "letter_code": grouped(booking.letter_code),
        "words": _words(),
    }


def grouped(code: str) -> str:
    """Return a code in groups of four, as people read it aloud."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def _words() -> dict[str, str]:
    return {
        "portal": "MalangKraf",
        "number": _("Booking"),
        "day": _("Date of the decision"),
        "booking": _("What is booked"),
        "dates": _("Dates"),
        "use": _("Kind of use"),
        "rules": _("House rules"),
        "decided": _("Decided by"),
        "check": _("Check this letter"),
        "letter_code": _("Code of the letter"),
        "page": _("Page %(page)s of %(pages)s"),
    }


def is_sample(booking: Booking, dates: list[Occurrence]) -> bool:
    """Return whether a booking, or a space that it is for, is invented."""
    return booking.is_sample or any(date.space.is_sample for date in dates)


def _opening(booking: Booking) -> str:
    text = _("The facility confirms to %(who)s that it may use the space below on the dates below.")
    who = booking.contact_name
    if booking.organization_name:
        who = f"{who} ({booking.organization_name})" if who else booking.organization_name
    return text % {"who": who}


def _facts(booking: Booking) -> list[tuple[str, str]]:
    people = str(booking.attendees)
    if booking.seats:
        people = _("%(people)s, at %(desks)s desks") % {"people": people, "desks": booking.seats}
    rows = [
        (_("Title"), booking.title),
        (_("Name"), booking.contact_name),
        (_("On behalf of"), booking.organization_name),
        (_("Space"), f"{translated(booking.space, 'name')}, {translated(booking.facility, 'name')}"),
        (_("Purpose"), str(Purpose(booking.purpose).label)),
        (_("Subsector"), translated(booking.subsector, "name") if booking.subsector else ""),
        (_("People"), people),
    ]
    return [(label, value) for label, value in rows if value]


def _row(date: Occurrence) -> list[str]:
    start, end = timezone.localtime(date.starts_at), timezone.localtime(date.ends_at)
    clock = "H:i" if (translation.get_language() or "id").startswith("en") else "H.i"
    until = date_format(end, clock)
    if end.date() != start.date():
        until = f"{until} ({date_format(end, 'j F')})"
    return [
        date_format(start, "l, j F Y"),
        f"{date_format(start, clock)}–{until}",
        translated(date.space, "name"),
    ]


def _setup(dates: list[Occurrence]) -> str:
    """Return how early people may come to prepare, and how long they may stay to clear up."""
    before = max((date.setup_minutes for date in dates), default=0)
    after = max((date.teardown_minutes for date in dates), default=0)
    texts = []
    if before:
        texts.append(_("To prepare, the space is yours %(minutes)s minutes before.") % {"minutes": before})
    if after:
        texts.append(_("To clear up, it is yours %(minutes)s minutes after.") % {"minutes": after})
    return " ".join(texts)


def _use(booking: Booking) -> str:
    if booking.is_commercial:
        return _("Commercial use; the office says what it costs.")
    if booking.is_commercial is None:
        # Nobody had to decide, so nobody has promised a price.
        price = translated(booking.facility, "price_note")
        return " ".join([_("Not commercial, as the booker declared."), price]).strip()
    return _("Community use, free of charge.")


def _decided(booking: Booking) -> str:
    """Return which office decided; the person stays unnamed."""
    office = (
        booking.facility.operator.name if booking.facility.operator else translated(booking.facility, "name")
    )
    if booking.decided_by_id is None:
        text = _("%(office)s, by the booking rules of the space, on %(moment)s WIB.")
    else:
        text = _("%(office)s, on %(moment)s WIB.")
    return text % {"office": office, "moment": format_moment(_decided_at(booking))}


def _contact(booking: Booking) -> str:
    ways = [way for way in (booking.facility.phone, booking.facility.email) if way]
    return _("Questions: %(ways)s.") % {"ways": ", ".join(ways)} if ways else ""


# --- the check -------------------------------------------------------------------------------------------


def initials(name: str) -> str:
    """Return a person's initials, "S. R.": enough to compare with the letter in one's hand."""
    return " ".join(f"{word[0].upper()}." for word in name.split()[:4])


def holder(booking: Booking) -> str:
    """Return to whom the letter was given, only as much as is needed: the organisation, else initials."""
    return booking.organization_name or initials(booking.contact_name)


def is_over(dates: list[Occurrence], *, now: datetime) -> bool:
    """Return whether the last date lies behind."""
    return bool(dates) and max(date.ends_at for date in dates) <= now
