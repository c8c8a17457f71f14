"""What staff read of the history that database triggers keep: who changed what, when, from what to what."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.models import User
from malangkraf.moments import format_moment
from malangkraf.numbers import format_number

# What says nothing to a reader, or stands in the line anyway.
SILENT_FIELDS = {"id", "version", "created_at", "updated_at", "submitted_at", "verified_at", "order"}
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed: its label, and both contents as text."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event: what happened to the row, when, by whom, and which fields changed."""

    at: datetime
    who: str
    what: str
    changes: tuple[Change, ...]
    # What the same edit changed in other tables: names that the writer put into pghistory's context as "changed".
    parts: tuple[str, ...] = ()


def history_of(
    row: models.Model,
    *,
    limit: int = 200,
    silent: Collection[str] = SILENT_FIELDS,
    name_of: Callable[[int | None], str] | None = None,
) -> list[Line]:
    """Return what happened to a tracked row, newest first; two queries, and one for each kind of linked row.

    `name_of` says who a user's id stands for where persons are not to be named; None is the portal itself.
    """
    events = list(row.events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])  # type: ignore[attr-defined]
    events.reverse()
    names = _names_of_people(events) if name_of is None else {}
    fields = [
        field
        for field in type(row)._meta.concrete_fields
        if field.name not in silent and events and hasattr(events[0], field.attname)
    ]
    reader = _Reader(fields, events)
    lines = []
    for before, event in zip([None, *events], events, strict=False):
        changes = reader.changes(before, event) if before is not None else ()
        parts = _parts(before, event)
        if before is None or changes or parts:
            who = name_of(user_id_of(event)) if name_of else _who(event, names)
            lines.append(Line(event.pgh_created_at, who, _what(event, before), changes, parts))
    return lines[::-1][:limit]


def steps_of(model: type[models.Model], **where: Any) -> list[tuple[Any, tuple[Change, ...]]]:
    """Return the events of all rows of a tracked model that match, oldest first, each with the fields it changed.

    Also of rows that are gone. One query, and one for each kind of linked row.
    """
    rows = model.pgh_event_model.objects.filter(**where)  # type: ignore[attr-defined]
    events = list(rows.select_related("pgh_context").order_by("pgh_id"))
    fields = [field for field in model._meta.concrete_fields if field.name not in SILENT_FIELDS]
    reader, before = _Reader(fields, events), dict[Any, Any]()
    found = []
    for event in events:
        earlier = before.get(event.pgh_obj_id)
        found.append((event, reader.changes(earlier, event) if earlier is not None else ()))
        before[event.pgh_obj_id] = event
    return found


def last_change(row: models.Model) -> tuple[str, datetime]:
    """Return who changed a tracked row last, and when; two queries."""
    event = row.events.select_related("pgh_context").latest("pgh_id")  # type: ignore[attr-defined]
    return _who(event, _names_of_people([event])), event.pgh_created_at


def _what(event: Any, before: Any) -> str:
    if event.pgh_label == "insert" and before is None:
        return gettext("Created")
    return gettext("Removed") if event.pgh_label == "delete" else gettext("Changed")


def _parts(before: Any, event: Any) -> tuple[str, ...]:
    """Return the names that stand with an edit; what else was written in the same request has no new version."""
    if before is None or getattr(before, "version", None) == getattr(event, "version", None):
        return ()
    return tuple(event.pgh_context.metadata.get("changed", ())) if event.pgh_context else ()


def user_id_of(event: Any) -> int | None:
    """Return who made the change, None for a command, an import or raw SQL."""
    context = event.pgh_context
    return context.metadata.get("user") if context else None


def _names_of_people(events: list[Any]) -> dict[int, str]:
    ids = {user_id for event in events if (user_id := user_id_of(event))}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def _who(event: Any, names: dict[int, str]) -> str:
    user_id = user_id_of(event)
    if user_id is None:
        return gettext("The portal itself")
    return names.get(user_id, gettext("a deleted account"))


class _Reader:
    """Turns two events into the fields that differ, with the names of linked rows looked up once per kind."""

    def __init__(self, fields: list[Any], events: list[Any]) -> None:
        self.fields = fields
        self.linked: dict[str, dict[Any, str]] = {}
        for field in fields:
            if not field.is_relation:
                continue
            keys = {getattr(event, field.attname) for event in events} - {None}
            rows = field.related_model._default_manager.filter(pk__in=keys) if len(keys) else []
            self.linked[field.name] = {row.pk: str(row) for row in rows}

    def changes(self, before: Any, after: Any) -> tuple[Change, ...]:
        """Return what differs between two events of a row."""
        found = []
        for field in self.fields:
            old, new = getattr(before, field.attname), getattr(after, field.attname)
            if old != new:
                found.append(
                    Change(str(capfirst(field.verbose_name)), self.text(field, old), self.text(field, new))
                )
        return tuple(found)

    def text(self, field: Any, value: Any) -> str:
        """Return one content as a person reads it."""
        if value is None or value == "":
            return gettext("empty")
        if field.is_relation:
            return self.linked[field.name].get(value, gettext("a deleted account or entry"))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return _plain_text(value)


def _plain_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format_number(value, get_language() or "id")
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, date):
        return date_format(value, "j M Y")
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
