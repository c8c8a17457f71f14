"""Erasing a person for good (UU 27/2022 articles 8 and 43-44).

What goes: the account, its addresses and factors, memberships, claims, consents, invitations, mails, files, the entries
that the person kept alone, bookings to come, and the history of all of these. What stays: published figures, decisions
and past use of spaces, without the person behind them, and of an erased entry a tombstone, so that copies elsewhere
forget it too.
"""

import logging
import re
from collections.abc import Iterable
from datetime import datetime
from functools import partial

import pgtrigger
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import F, Model, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecosystem.models import OutgoingMail, User
from ecosystem.services import booking_personal
from ecosystem.services.mail_texts import lay_out
from malangkraf import page_cache
from startups import models
from startups.models import (
    ChangeSet,
    Claim,
    ContactPoint,
    DataRequest,
    FreshnessAsk,
    ImportedEntry,
    Invitation,
    ModerationEvent,
    ProblemReport,
    Startup,
    Tombstone,
)
from startups.services import data_copy, data_requests, entries, logos, registration

logger = logging.getLogger(__name__)

State = DataRequest.State
# What stands where a person's address or name stood in somebody's free text; shorter than any address.
GAP = "…"


def execute(request_id: int, *, now: datetime) -> bool:
    """Do an erasure whose day to think again is over; return whether the person was erased.

    May run twice, erases once: the row is locked and then done. When the person meanwhile works for the portal or is
    the only owner of another public entry, the request is refused with the reason, and they are told.
    """
    DataRequest.objects.filter(pk=request_id).update(attempts=F("attempts") + 1)
    with transaction.atomic():
        request = (
            DataRequest.objects.select_for_update(of=("self",))
            .filter(pk=request_id, kind=DataRequest.Kind.ERASURE, state=State.OPEN)
            .filter(received_at__lte=now - data_requests.GRACE)
            .first()
        )
        if request is None or request.user_id is None:
            return False
        user = User.objects.select_for_update().get(pk=request.user_id)
        if refusal := _refusal(user, request):
            request.state, request.answer, request.done_at = State.REFUSED, refusal, now
            request.save(update_fields=["state", "answer", "done_at"])
            data_requests.tell(
                user, "data_request_answered", {"request": request}, key=f"data-request:{request.pk}"
            )
            return False
        address, language = user.email, user.language
        files = _erase(user, now)
        DataRequest.objects.filter(pk=request.pk).update(state=State.DONE, done_at=now)
    for name in files:
        default_storage.delete(name)
    _say_goodbye(address, language)
    return True


def _refusal(user: User, request: DataRequest) -> str:
    if data_requests.is_staff(user):
        with translation.override(user.language):
            return _("The account now belongs to an office of the portal.")
    agreed = set(request.erase_entries or [])
    own = {row.pk for row in data_requests.solely_owned(user) if row.lifecycle in data_requests.PUBLIC_ONCE}
    if own - agreed:
        with translation.override(user.language):
            return _("You have become the only owner of another entry. Pass it on, then ask again.")
    return ""


def _erase(user: User, now: datetime) -> list[str]:
    """Erase the person inside the caller's transaction and return the names of the files to delete."""
    addresses = data_copy.addresses_of(user)
    files = [str(one.file) for one in user.data_requests.exclude(file="")]
    for startup in data_requests.solely_owned(user):
        if Startup.objects.filter(pk=startup.pk).exists():
            files += erase_entry(startup.pk)
    kept = list(Startup.objects.filter(memberships__user=user))
    booking_personal.erase(user, now)
    _erase_traces(user, addresses)
    own_requests = list(user.data_requests.values_list("pk", flat=True))
    # The guards that no author changes would stop even the author's own end; the figures themselves stay.
    with pgtrigger.ignore():
        name, pk = user.name, user.pk
        user.delete()
        DataRequest.objects.filter(pk__in=own_requests).update(
            text="", answer="", file="", erase_entries=None
        )
        _blank_history(pk)
        scrub(addresses, name)
    _end_sessions(pk)
    for startup in kept:
        entries.changed(startup)
    page_cache.bump()
    return files


def erase_entry(startup_id: int) -> list[str]:
    """Delete an entry with its history, and what was merged into it, and return the names of its files.

    If it was public once, a tombstone without any name tells those who hold copies.
    """
    startup = entries.lock(startup_id)
    files = logos.files_of(startup)
    for merged_id in list(startup.merged_from.values_list("pk", flat=True)):
        Startup.objects.filter(pk=merged_id).update(lifecycle="withdrawn", merged_into=None)
        files += erase_entry(merged_id)
    if startup.published_at:
        Tombstone.objects.update_or_create(
            uuid=startup.uuid,
            defaults={"reason": Tombstone.Reason.ERASED, "merged_into": None, "at": timezone.now()},
        )
    startup.delete()
    with pgtrigger.ignore():
        for model in _history_models():
            names = {field.name for field in model._meta.get_fields()}
            if model is models.Startup.pgh_event_model:  # type: ignore[attr-defined]
                model._base_manager.filter(pgh_obj_id=startup_id).delete()
            elif "startup" in names:
                model._base_manager.filter(startup_id=startup_id).delete()
    page_cache.bump()
    return files


@transaction.atomic
def delete_draft(startup_id: int) -> None:
    """Delete a draft that its founder began and never sent, with its history and files.

    Raise registration.Locked for anything else.
    """
    if not registration.may_delete(entries.lock(startup_id)):
        raise registration.Locked
    for name in erase_entry(startup_id):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _history_models() -> list[type[Model]]:
    tracked = (getattr(models, name) for name in models.__all__)
    return [model.pgh_event_model for model in tracked if hasattr(model, "pgh_event_model")]


def _erase_traces(user: User, addresses: list[str]) -> None:
    """Erase what names the person outside the account: invitations, questions, lists, contacts, reports, mails."""
    own = f"^({'|'.join(re.escape(address) for address in addresses)})$"
    Invitation.objects.filter(email__iregex=own).delete()
    FreshnessAsk.objects.filter(Q(user=user) | Q(email__iregex=own)).delete()
    ImportedEntry.objects.filter(email__iregex=own).update(email="")
    ContactPoint.objects.filter(value__iregex=own).delete()
    ProblemReport.objects.filter(reply_to__iregex=own).update(reply_to="")
    # A mail to somebody else that only names the person still goes out, without the name (scrub).
    OutgoingMail.objects.filter(Q(to__iregex=own) | Q(reply_to__iregex=own)).delete()
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr=GAP, change_message="")
    # An entry whose claim ends here can be claimed by others again.
    for before, after in (("claim_open", "unclaimed"), ("disputed", "claimed")):
        open_claims = user.startup_claims.filter(state=Claim.State.OPEN)
        Startup.objects.filter(claims__in=open_claims, claim=before).update(claim=after)
    # What the person wrote to the coordinators.
    ChangeSet.objects.filter(proposed_by=user).update(reason="")
    with pgtrigger.ignore("startups.ModerationEvent:append_only"):
        ModerationEvent.objects.filter(by=user).update(note="", internal_note="")


def _blank_history(user_id: int) -> None:
    """Empty the person's own words in the append-only history; the caller has lifted its guard."""
    claim_events = Claim.pgh_event_model  # type: ignore[attr-defined]
    claim_events.objects.filter(user_id=user_id).update(statement="", answer="")
    change_events = ChangeSet.pgh_event_model  # type: ignore[attr-defined]
    change_events.objects.filter(proposed_by_id=user_id).update(reason="")


def scrub(addresses: Iterable[str], name: str) -> None:
    """Replace the addresses in every text of the database, and the full name in what people wrote to each other.

    The caller has lifted the guards. A name of one word, or one that is short, is nobody's alone and stays.
    """
    for address in addresses:
        # Not inside a longer address: budi@a.id stands in abudi@a.id too.
        pattern = rf"(?<![[:alnum:]._%+-]){re.escape(address)}(?![[:alnum:]-]|\.[[:alnum:]])"
        for table, column, kind in _text_columns():
            _replace(table, column, kind=kind, pattern=pattern, hint=address)
    if len(name) >= 6 and " " in name.strip():
        for table, column in NOTES:
            _replace(table, column, kind="text", pattern=rf"\m{re.escape(name)}\M", hint=name)


# Where coordinators, visitors and applicants write about persons.
NOTES = (
    ("startups_moderationevent", "note"),
    ("startups_moderationevent", "internal_note"),
    ("startups_startup", "lifecycle_note"),
    ("startups_startupevent", "lifecycle_note"),
    ("startups_problemreport", "text"),
    ("startups_changeset", "reason"),
    ("startups_changesetevent", "reason"),
    ("startups_claim", "statement"),
    ("startups_claim", "answer"),
    ("startups_claimevent", "statement"),
    ("startups_claimevent", "answer"),
    ("startups_contactaccess", "reason"),
    ("startups_datarequest", "text"),
    ("ecosystem_outgoingmail", "subject"),
    ("ecosystem_outgoingmail", "text"),
    ("ecosystem_outgoingmail", "html"),
    ("django_admin_log", "object_repr"),
    ("django_admin_log", "change_message"),
)


def _text_columns() -> list[tuple[str, str, str]]:
    """Return (table, column, type) of every column that can hold words, in all of the portal's tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " AND c.is_generated = 'NEVER'"
            " AND c.data_type IN ('text', 'character varying', 'jsonb', 'json')"
        )
        return list(cursor.fetchall())


def _replace(table: str, column: str, *, kind: str, pattern: str, hint: str) -> None:
    quote = connection.ops.quote_name
    cast = "::" + kind if kind in ("jsonb", "json") else ""
    like = "%" + hint.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(table)} SET {quote(column)} ="  # noqa: S608 (names of our own tables, quoted)
            f" regexp_replace({quote(column)}::text, %s, %s, 'gi'){cast} WHERE {quote(column)}::text ILIKE %s",
            [pattern, GAP, like],
        )


def _end_sessions(user_id: int) -> None:
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user_id):
            session.delete()


def _say_goodbye(address: str, language: str) -> None:
    """Send the last mail past the outbox, for a row there would keep the address; a lost one is not sent again."""
    with translation.override(language):
        written = lay_out(
            _("Your data have been erased"),
            _(
                "Your account at MalangKraf and what belonged to it have been erased. This is the last mail to you."
            )
            + "\n\n-- \nMalangKraf",
            language=language,
        )
    try:
        EmailMessage(written.subject, written.text, to=[address]).send()
    except OSError:
        logger.warning("the last mail of an erasure was not sent")
