"""Everything that the portal holds about a person, as a ZIP of JSON and files (UU 27/2022 articles 7 and 13)."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import DO_NOTHING, DateTimeField, Field, ManyToOneRel, Model, Q
from django.forms.models import model_to_dict
from django.utils import translation
from django.utils.translation import gettext as _

from ecosystem.models import OutgoingMail, User
from ecosystem.services import booking_personal
from startups.consents import consent_text
from startups.models import (
    ContactAccess,
    ContactPoint,
    FreshnessAsk,
    ImportedEntry,
    Invitation,
    Role,
    Startup,
)
from startups.timeline import events_for_members

# What would let somebody else in, or belongs to other people, stays out of the copy.
SECRET_FIELDS = {"password", "data", "token_hash", "secret", "internal_note", "fingerprint", "token"}
# Told in a part of their own below, or no data of the person.
TOLD_ELSEWHERE = {"startups.Startup", "account.EmailAddress", "mfa.Authenticator"}
# A field called "user" says whom a row is about, with one exception; this one holds what the person wrote.
OWN_WORDS = {"startups.ChangeSet.proposed_by"}
ABOUT_OTHERS = {"admin.LogEntry.user"}


def addresses_of(user: User) -> list[str]:
    """Return every mail address of the person in lower case; one query."""
    confirmed = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return sorted({user.email.lower(), *(address.lower() for address in confirmed)})


def as_zip(user: User) -> bytes:
    """Return the ZIP: a text that explains it, data.json, and the files that the person's entries hold."""
    buffer = io.BytesIO()
    with translation.override(user.language), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_("read-me.txt"), _explanation())
        text = json.dumps(collect(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)
        for name, content in _files(user):
            archive.writestr(name, content)
    return buffer.getvalue()


def _explanation() -> str:
    return "\n\n".join(
        [
            _("This is what MalangKraf holds about you."),
            _("data.json can be opened with any text program; the folder “files” holds what you uploaded."),
            _("Passwords, secret keys and other people's data are not in it."),
            f"{settings.SITE_URL}",
        ]
    )


def collect(user: User) -> dict[str, Any]:
    """Return the person's data by kind, plain values only; a query for each table."""
    addresses = addresses_of(user)
    own_entries = entries_of(user)
    return {
        "account": {
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "organization": str(user.organization or ""),
            "roles": sorted(user.role_names),
            "created": user.date_joined,
            "last_sign_in": user.last_login,
            "addresses": [_plain(row) for row in EmailAddress.objects.filter(user=user)],
            "second_factors": [
                {"type": row.type, "created": row.created_at}
                for row in Authenticator.objects.filter(user=user)
            ],
        },
        "entries": [_entry(startup) for startup in own_entries],
        "consents": [
            {**_plain(row), "text": consent_text(row.purpose, row.language, version=row.text_version).agree}
            for row in user.consents.all()
        ],
        "invitations_to_you": _rows(Invitation.objects.filter(email__in=addresses)),
        "questions_to_you": _rows(FreshnessAsk.objects.filter(email__in=addresses)),
        "lists_you_stand_in": _rows(ImportedEntry.objects.filter(email__in=addresses)),
        "mails_to_you": [
            {"subject": row.subject, "written": row.created_at, "sent": row.sent_at}
            for row in OutgoingMail.objects.filter(to__in=addresses)
        ],
        "looks_at_your_contacts": [
            {"entry": row.startup.name, "why": row.reason, "at": row.at}
            for row in ContactAccess.objects.filter(startup__in=own_entries).select_related("startup")
        ],
        "bookings": booking_personal.copy_of(user),
        "what_else_names_you": dict(_related(user)),
    }


def entries_of(user: User) -> list[Startup]:
    """Return the entries that the person made or owns."""
    mine = Q(memberships__user=user, memberships__role=Role.OWNER) | Q(created_by=user, memberships=None)
    return list(Startup.objects.filter(mine).distinct().order_by("pk"))


def _entry(startup: Startup) -> dict[str, Any]:
    return {
        **_plain(startup),
        "uuid": startup.uuid,
        "subsectors": [row.code for row in startup.subsectors.all()],
        "services": [row.code for row in startup.services.all()],
        "technologies": [row.code for row in startup.technologies.all()],
        "contacts": _rows(ContactPoint.objects.filter(startup=startup)),
        "links": _rows(startup.links.all()),
        "products": _rows(startup.products.all()),
        "kbli": _rows(startup.kbli_codes.all()),
        "decisions": [
            {"action": row.action, "note": row.note, "at": row.at} for row in events_for_members(startup)
        ],
    }


def _related(user: User) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every other table that points at the person, of all apps, so that a new one is never forgotten.

    Rows about the person come whole. Where they only had a hand in it (invited, decided, uploaded), the row is about
    somebody else: then the copy says which row it is, and when.
    """
    for field in fields_to(User):
        rows = field.model._base_manager.filter(**{field.name: user})
        name = f"{field.model._meta.label}.{field.name}"
        is_about = (field.name == "user" or name in OWN_WORDS) and name not in ABOUT_OTHERS
        if found := [_plain(row) if is_about else _mark(row) for row in rows]:
            yield name, found


def fields_to(model: type[Model]) -> list["Field[Any, Any]"]:
    """Return the foreign keys of all apps that point at the model, those without a way back too."""
    relations = model._meta.get_fields(include_hidden=True)
    fields = [one.field for one in relations if isinstance(one, ManyToOneRel)]
    # The history's own tables repeat what the rows say, those between two models what the account says.
    return [
        field
        for field in fields
        if field.remote_field.on_delete is not DO_NOTHING
        and not field.model._meta.auto_created
        and field.model._meta.label not in TOLD_ELSEWHERE
    ]


def _rows(rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows]


def _mark(row: Model) -> dict[str, Any]:
    """Return which row it is and when, nothing of what it says."""
    moments = [field for field in row._meta.concrete_fields if isinstance(field, DateTimeField)]
    return {"id": row.pk} | {field.name: field.value_from_object(row) for field in moments}


def _plain(row: Model) -> dict[str, Any]:
    """Return the row's own columns as plain values, without secrets."""
    fields = [field.name for field in row._meta.concrete_fields if field.name not in SECRET_FIELDS]
    values = model_to_dict(row, fields=fields)
    # model_to_dict leaves out what no form could change: the time stamps.
    for field in row._meta.concrete_fields:
        if field.name in fields and field.name not in values:
            values[field.name] = field.value_from_object(row)
    return {name: str(value) if hasattr(value, "storage") else value for name, value in values.items()}


def _files(user: User) -> Iterator[tuple[str, bytes]]:
    for startup in entries_of(user):
        if startup.logo:
            try:
                with startup.logo.open("rb") as file:
                    yield f"files/{startup.slug}-logo.webp", file.read()
            except FileNotFoundError:
                continue
