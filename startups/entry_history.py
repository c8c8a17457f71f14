"""What happened to an entry, as its members read it: edits, decisions, members, looks at private data.

Persons are shown as roles: "you", "a member of the entry", "Stasion coordinator".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ecosystem.change_history import SILENT_FIELDS, Change, history_of, steps_of, user_id_of
from ecosystem.models import User
from startups import reasons
from startups.field_texts import field_label
from startups.models import Membership, ModerationEvent, Product, Role, Startup
from startups.timeline import events_for_members, members_ever, role_word, title_of

# What the portal keeps for itself, or what another line says better.
SILENT = SILENT_FIELDS | {
    "uuid", "slug", "website_domain", "step", "lifecycle_note", "logo", "logo_small", "published_at", "created_by",
    "source", "is_sample", "language", "last_confirmed_on", "kecamatan", "founded_precision", "latitude",
    "longitude", "point_precision",
}  # fmt: skip
MOST = 150


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, by which role, what, which fields with before and after, and a text."""

    at: datetime
    who: str
    title: str
    changes: tuple[Change, ...] = ()
    parts: tuple[str, ...] = ()
    note: str = ""


def moments_of(startup: Startup, *, viewer: User) -> list[Moment]:
    """Return what happened, newest first, at most MOST; about eight queries."""
    members = members_ever(startup)

    def name_of(user_id: int | None) -> str:
        return role_word(user_id, members, viewer)

    found = [
        *_edits(startup, name_of),
        *_products(startup, name_of),
        *_decisions(startup, name_of),
        *_members(startup, name_of),
        *_looks(startup, name_of),
    ]
    return sorted(found, key=lambda moment: moment.at, reverse=True)[:MOST]


NameOf = Callable[[int | None], str]


def _edits(startup: Startup, name_of: NameOf) -> list[Moment]:
    found = []
    for line in history_of(startup, limit=MOST, silent=SILENT, name_of=name_of):
        told = {change.label for change in line.changes}
        # Products have lines of their own.
        names = [name for name in line.parts if name != "products"]
        parts = tuple(field_label(name) for name in names if _column_label(name) not in told)
        if line.parts and not (names or line.changes):
            continue
        found.append(Moment(line.at, line.who, line.what, line.changes, parts))
    return found


def _products(startup: Startup, name_of: NameOf) -> list[Moment]:
    titles = {
        "insert": _("Product added: %(title)s"),
        "update": _("Product changed: %(title)s"),
        "delete": _("Product removed: %(title)s"),
    }
    steps = steps_of(Product, startup_id=startup.pk)[-MOST:]
    return [
        Moment(
            event.pgh_created_at,
            name_of(user_id_of(event)),
            titles[event.pgh_label] % {"title": event.title},
            changes,
        )
        for event, changes in steps
        if changes or event.pgh_label != "update"
    ]


def _column_label(name: str) -> str:
    """Return how a line of the history calls a field; a field without a column has no such name."""
    columns = {field.name: field for field in Startup._meta.concrete_fields}
    column = columns.get("kelurahan" if name == "area" else name)
    return str(capfirst(column.verbose_name)) if column else ""


def _decisions(startup: Startup, name_of: NameOf) -> list[Moment]:
    events = events_for_members(startup).exclude(action=ModerationEvent.Action.ESCALATED)
    return [
        Moment(
            event.at,
            name_of(event.by_id),
            title_of(event),
            note="\n".join(text for text in (reasons.label_of(event.reason), event.note) if text),
        )
        for event in events.reverse()[:MOST]
    ]


def _members(startup: Startup, name_of: NameOf) -> list[Moment]:
    model = Membership.pgh_event_model  # type: ignore[attr-defined]
    events = model.objects.filter(startup_id=startup.pk).select_related("pgh_context").order_by("-pgh_id")
    titles = {
        "insert": _("A member joined as %(role)s"),
        "update": _("A member's role is now %(role)s"),
        "delete": _("A member left (%(role)s)"),
    }
    return [
        Moment(
            event.pgh_created_at,
            name_of(user_id_of(event)),
            titles[event.pgh_label] % {"role": Role(event.role).label},
        )
        for event in events[:MOST]
    ]


def _looks(startup: Startup, name_of: NameOf) -> list[Moment]:
    return [
        Moment(look.at, name_of(look.by_id), _("Looked at private data"), note=look.reason)
        for look in startup.contact_accesses.all()[:MOST]
    ]
