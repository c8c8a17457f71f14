"""From the first step to the reference number: what an applicant writes about a new entry.

Nothing of it is public before a coordinator publishes it, so the steps leave the search table and cached pages alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ecosystem.models import User
from startups.consents import current_version
from startups.models import (
    ConsentRecord,
    ContactPoint,
    Membership,
    ModerationEvent,
    ModerationItem,
    Role,
    Startup,
    StartupLink,
)
from startups.rules.domains import domain_of
from startups.rules.lifecycle import Actor
from startups.services import entries, moderation, notices, verifications

MOST_DRAFTS = 5
LAST_STEP = 5
Lifecycle = Startup.Lifecycle
Purpose = ConsentRecord.Purpose
# In these states the applicant may change everything: nothing of it is public.
EDITABLE = (Lifecycle.DRAFT, Lifecycle.CHANGES_REQUESTED, Lifecycle.REFUSED, Lifecycle.WITHDRAWN)

# The owner may take it back: sent, or come back, and never published or published no more.
WITHDRAWABLE = (Lifecycle.SUBMITTED, Lifecycle.CHANGES_REQUESTED, Lifecycle.REFUSED)


class RegistrationError(ValueError):
    """What stands in the way of a step; the pages say it in words."""


class TooManyDrafts(RegistrationError):
    """The person has as many unsent drafts as one may have."""


class Locked(RegistrationError):
    """The entry was sent meanwhile, or published, or is no draft for another reason."""


class StaleVersion(RegistrationError):
    """The page that was sent shows an older version than the one that stands."""


class Incomplete(RegistrationError):
    """Something that every entry needs is missing; `steps` says where."""

    def __init__(self, steps: list[int]) -> None:
        super().__init__(steps)
        self.steps = steps


class ConsentMissing(RegistrationError):
    """A consent that this entry needs was not given; `purposes` says which."""

    def __init__(self, purposes: list[str]) -> None:
        super().__init__(purposes)
        self.purposes = purposes


def lock_person(user: User) -> None:
    """Let nobody else begin or count this person's drafts until the transaction ends."""
    User.objects.select_for_update().get(pk=user.pk)


def open_drafts(user: User) -> int:
    """Return how many entries the person began and never sent; one query."""
    return Startup.objects.filter(
        created_by=user, lifecycle=Lifecycle.DRAFT, source=Startup.Source.REGISTERED
    ).count()


@transaction.atomic
def start(user: User, *, uuid: UUID, values: Mapping[str, Any], language: str) -> Startup:
    """Return a new draft that the person owns, with the first step's values.

    `uuid` is the form's own: the same form sent twice gives the same draft. Raise TooManyDrafts.
    """
    lock_person(user)
    found = Startup.objects.filter(uuid=uuid, created_by=user).first()
    if found:
        return found
    if open_drafts(user) >= MOST_DRAFTS:
        raise TooManyDrafts
    startup = Startup(
        uuid=uuid,
        # The name is given its address when it is sent: drafts keep no good address from others.
        slug=f"draf-{uuid.hex}",
        language=language,
        claim=Startup.Claim.CLAIMED,
        public_fields=[],
        created_by=user,
        step=1,
    )
    _write_name(startup, values)
    startup.save()
    Membership.objects.create(startup=startup, user=user, role=Role.OWNER)
    return startup


@transaction.atomic
def save_step(
    startup_id: int, *, step: int, version: int, values: Mapping[str, Any], is_complete: bool = True
) -> Startup:
    """Store one step's values and return the entry; raise Locked or StaleVersion.

    `is_complete` is false for a step that somebody leaves half done: it is not counted as saved.
    """
    startup = entries.lock(startup_id)
    if startup.lifecycle not in EDITABLE:
        raise Locked
    if startup.version != version:
        raise StaleVersion
    _WRITERS[step](startup, values)
    startup.version += 1
    if is_complete:
        startup.step = max(startup.step, step)
    startup.save()
    return startup


def _write_name(startup: Startup, values: Mapping[str, Any]) -> None:
    startup.name, startup.kind = values["name"], values["kind"]
    startup.alternate_names, startup.legal_name = values["alternate_names"], values["legal_name"]


def _write_place(startup: Startup, values: Mapping[str, Any]) -> None:
    startup.kecamatan, startup.kelurahan = values["kecamatan"], values["kelurahan"]
    startup.street = values["street"]
    startup.latitude, startup.longitude = values["point"] or (None, None)
    startup.point_precision = values["point_precision"]


def _write_work(startup: Startup, values: Mapping[str, Any]) -> None:
    for field in (
        "summary", "summary_en", "description", "description_en", "founded", "founded_precision", "stage", "team_band",
        "website", "open_to",
    ):  # fmt: skip
        setattr(startup, field, values[field])
    startup.website_domain = domain_of(startup.website)
    entries.set_subsectors(startup, values["subsector"], values["other_subsectors"])
    startup.services.set(values["services"])
    startup.technologies.set(values["technologies"])
    startup.links.all().delete()
    StartupLink.objects.bulk_create(
        StartupLink(startup=startup, kind=kind, url=url) for kind, url in values["links"]
    )


def _write_contacts(startup: Startup, values: Mapping[str, Any]) -> None:
    startup.takes_messages, startup.public_fields = values["takes_messages"], values["public_fields"]
    startup.contacts.all().delete()
    ContactPoint.objects.bulk_create(
        ContactPoint(startup=startup, kind=kind, value=value, is_public=is_public)
        for kind, (value, is_public) in values["contacts"].items()
    )


_WRITERS: dict[int, Callable[[Startup, Mapping[str, Any]], None]] = {
    1: _write_name,
    2: _write_place,
    3: _write_work,
    4: _write_contacts,
}


def missing_steps(startup: Startup) -> list[int]:
    """Return the steps that still lack what every entry needs; one query."""
    lacking = {
        1: not (startup.name and startup.kind),
        2: startup.kecamatan_id is None,
        3: not startup.summary or not startup.subsector_rows.exists(),
        # Nothing there is required, but everybody must have seen who may see what.
        4: startup.step < 4,
    }
    return [step for step, is_missing in lacking.items() if is_missing]


def consents_needed(startup: Startup) -> list[str]:
    """Return the purposes that the entry needs a consent for; one query."""
    shows_contact = startup.contacts.filter(is_public=True).exists()
    return [Purpose.DIRECTORY, *([Purpose.CONTACT] if shows_contact else [])]


def consents_given(startup: Startup, user: User) -> set[str]:
    """Return the purposes for which today's text was agreed to and the consent stands; one query."""
    rows = ConsentRecord.objects.filter(startup=startup, user=user, withdrawn_at=None)
    return {
        purpose
        for purpose, version in rows.values_list("purpose", "text_version")
        if version == current_version(purpose)
    }


def latest_item(startup: Startup) -> ModerationItem | None:
    """Return the newest thing in the queue about the registration; one query."""
    items = ModerationItem.objects.filter(startup=startup, kind=ModerationItem.Kind.NEW)
    return items.order_by("-created_at", "-pk").first()


@transaction.atomic
def submit(
    startup_id: int,
    *,
    user: User,
    version: int,
    consents: Collection[str],
    language: str,
    note: str = "",
) -> Startup:
    """Send an entry to the coordinators, for the first time or again, and return it; sent twice, it is sent once.

    It gets its address, its reference number, the consents given and a place in the queue; its owners get a mail.
    Raise Locked, StaleVersion, Incomplete or ConsentMissing.
    """
    startup = entries.lock(startup_id)
    if startup.lifecycle == Lifecycle.SUBMITTED:
        return startup
    if startup.lifecycle not in EDITABLE:
        raise Locked
    if startup.version != version:
        raise StaleVersion
    if lacking := missing_steps(startup):
        raise Incomplete(lacking)
    _keep_consents(startup, user, consents, language)
    startup = entries.transition(startup_id, Lifecycle.SUBMITTED, by=Actor.OWNER)
    startup.step = LAST_STEP
    entries.rename_address(startup)
    # Who sends it says that it is right today; of an entry that was public before, an older day would count.
    startup.last_confirmed_on = timezone.localdate()
    startup.save(update_fields=["step", "slug", "last_confirmed_on"])
    verifications.lapse_if_changed(startup)
    item = latest_item(startup)
    if item is None:
        item = moderation.open_item(startup, ModerationItem.Kind.NEW, by=user)
    else:
        moderation.record(item, ModerationEvent.Action.SENT_AGAIN, by=user, note=note)
    notices.notify(startup, "registration_sent", {"due_at": item.due_at, "note": note})
    return startup


def _keep_consents(startup: Startup, user: User, consents: Collection[str], language: str) -> None:
    given = consents_given(startup, user)
    needed = consents_needed(startup)
    missing = [purpose for purpose in needed if purpose not in given and purpose not in consents]
    if missing:
        raise ConsentMissing(missing)
    keep_consents(startup, user, [purpose for purpose in needed if purpose not in given], language=language)


def keep_consents(startup: Startup, user: User, purposes: Iterable[str], *, language: str) -> None:
    """Note that the person agreed to today's texts for some purposes, as they read them in a language."""
    ConsentRecord.objects.bulk_create(
        ConsentRecord(
            user=user,
            startup=startup,
            purpose=purpose,
            text_version=current_version(purpose),
            language=language,
        )
        for purpose in purposes
    )


@transaction.atomic
def withdraw(startup_id: int, *, user: User) -> Startup:
    """Take an entry back that was sent and is not published, and return it; its owners get a mail.

    Raise entries.StateConflict when it cannot be taken back any more; taken back twice, it is taken back once.
    """
    startup = entries.lock(startup_id)
    if startup.lifecycle == Lifecycle.WITHDRAWN:
        return startup
    if startup.lifecycle not in WITHDRAWABLE:
        raise entries.StateConflict(startup.lifecycle)
    startup = entries.transition(startup_id, Lifecycle.WITHDRAWN, by=Actor.OWNER)
    settle_withdrawn(startup, by=user)
    notices.notify(startup, "registration_withdrawn", {})
    return startup


def settle_withdrawn(startup: Startup, *, by: User) -> None:
    """Take everything about an entry that its owner took back out of the queue, and note it in the entry's way."""
    moderation.settle_all(startup, ModerationEvent.Action.WITHDRAWN, by=by)
    item = latest_item(startup)
    last = item.events.last() if item else None
    if item and (last is None or last.action != ModerationEvent.Action.WITHDRAWN):
        moderation.record(item, ModerationEvent.Action.WITHDRAWN, by=by)


def may_delete(startup: Startup) -> bool:
    """Return whether an entry is a draft of its founder alone: never sent, and not from a member list."""
    is_own = startup.source == Startup.Source.REGISTERED
    return startup.lifecycle == Lifecycle.DRAFT and is_own and not startup.reference


def mail_way_back(startup: Startup, *, now: datetime | None = None) -> None:
    """Mail the owners the address where they go on; at most one such mail an hour."""
    hour = f"{now or timezone.now():%Y%m%d%H}"
    notices.notify(startup, "registration_continue", {}, key=f"registration-continue:{startup.pk}:{hour}")
