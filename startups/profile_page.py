"""What the page of one entry shows, in the reader's language; optional fields come from the public record alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ecosystem import wards
from startups.cards import tile_of
from startups.logos import logo_url
from startups.models import ContactPoint, Startup
from startups.presentation import founded_words


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that the owner shows: what kind, its words, and where a click leads."""

    kind: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the entry elsewhere: its name, and the host that the reader will land on."""

    text: str
    host: str
    url: str


def facts(startup: Startup, record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the short facts with their labels, only those that the owner shows."""
    stages, bands = dict(Startup.Stage.choices), dict(Startup.TeamBand.choices)
    found = [
        (_("Legal name"), record["legal_name"]),
        (_("Also known as"), record["alternate_names"]),
        (_("Stage"), str(stages.get(record["stage"], ""))),
        (_("Team size"), str(bands.get(record["team_band"], ""))),
        (_("Founded"), founded_words(startup) if record["founded"] else ""),
        (_("KBLI codes"), ", ".join(f"{row['code']} ({row['scheme']})" for row in record["kbli"])),
    ]
    return [(str(label), value) for label, value in found if value]


def contacts(startup: Startup) -> list[Contact]:
    """Return the contacts that the owner made public; one query."""
    rows = startup.contacts.filter(is_public=True)
    return [Contact(row.kind, _contact_text(row), _contact_url(row, startup)) for row in rows]


def _contact_text(row: ContactPoint) -> str:
    # A number would be gathered by programs: the button opens the chat, and nothing else shows it.
    return _("Chat on WhatsApp") if row.kind == ContactPoint.Kind.WHATSAPP else row.value


def _contact_url(row: ContactPoint, startup: Startup) -> str:
    if row.kind == ContactPoint.Kind.EMAIL:
        return f"mailto:{quote(row.value, safe='@+')}"
    digits = "".join(char for char in row.value if char.isascii() and char.isdigit())
    international = f"62{digits[1:]}" if digits.startswith("0") else digits
    if row.kind == ContactPoint.Kind.PHONE:
        return f"tel:+{international}"
    text = _("Hello %(name)s, I found you on MalangKraf.") % {"name": startup.name}
    return f"https://wa.me/{international}?text={quote(text)}"


def links(record: dict[str, Any], startup: Startup) -> list[Link]:
    """Return the website and the other pages of the entry; no query when its links are loaded."""
    found = [Link(_("Website"), host_of(record["website"]), record["website"])] if record["website"] else []
    found += [Link(str(row.get_kind_display()), host_of(row.url), row.url) for row in startup.links.all()]
    # Forms take nothing else; an import or the admin might.
    return [link for link in found if link.url.startswith(("https://", "http://"))]


def host_of(url: str) -> str:
    """Return the host of an address as people know it, without "www."."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def place_map(record: dict[str, Any]) -> SafeString:
    """Return the small map of where the entry is, "" for an unknown place; one query."""
    code = record["kelurahan"] or record["kecamatan"]
    name = record["kelurahan_name"] or record["kecamatan_name"]
    return wards.locate(code, name) if code else mark_safe("")


def signs(startups: Sequence[Startup]) -> list[dict[str, Any]]:
    """Return the entries of a short list, each with its logo or drawn sign."""
    return [
        {"startup": startup, "logo_url": logo_url(startup, 96), "tile": tile_of(startup)}
        for startup in startups
    ]
