"""What a person asks about their own data, with the 72-hour clock of UU 27/2022 (articles 30-42).

A request is a row first: the copy is made by a worker that the commit wakes, an erasure by a job after a day in which
the person may think again; a sweep each minute finds what was left behind.
"""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from ecosystem.models import User
from ecosystem.services import mail
from startups import tasks
from startups.models import ConsentRecord, DataRequest, Membership, Role, Startup
from startups.rules.lifecycle import Actor, may_follow
from startups.services import data_copy, entries, leaving, registration

logger = logging.getLogger(__name__)

Kind, State = DataRequest.Kind, DataRequest.State
CLOCK = timedelta(hours=72)
# Before an erasure is done the person may cancel it.
GRACE = timedelta(hours=24)
COPY_DAYS = 7
MAX_ATTEMPTS = 3
# What was on the public pages: nobody loses it by mistake, the only owner says so.
PUBLIC_ONCE = ("published", "closed", "suspended", "merged")


class NotPossible(ValueError):
    """What the person's situation does not allow; `code` is "staff" or "last_owner"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_staff(user: User) -> bool:
    """Return whether the account belongs to an office: its rights and duties end with an administrator."""
    return user.is_portal_staff or user.is_staff or user.is_superuser


def solely_owned(user: User) -> list[Startup]:
    """Return the entries that nobody else owns, also those they only began; one query."""
    with_other_owners = Membership.objects.filter(role=Role.OWNER).exclude(user=user).values("startup")
    mine = Q(memberships__user=user, memberships__role=Role.OWNER)
    begun = Q(created_by=user, memberships=None, source=Startup.Source.REGISTERED)
    found = Startup.objects.filter(mine | begun).exclude(pk__in=with_other_owners)
    return list(found.distinct().order_by("name", "pk"))


@transaction.atomic
def ask(user: User, kind: str, *, text: str = "", now: datetime | None = None) -> DataRequest:
    """Return the person's open request of a kind, a new one with its clock if there is none.

    For a copy a worker is woken once the transaction has committed, also for one that could not be made so far.
    """
    User.objects.select_for_update().get(pk=user.pk)
    open_one = DataRequest.objects.filter(user=user, kind=kind, state=State.OPEN).first()
    if open_one and not has_failed(open_one):
        return open_one
    if open_one:
        open_one.attempts = 0
        open_one.save(update_fields=["attempts"])
    now = now or timezone.now()
    request = open_one or DataRequest.objects.create(user=user, kind=kind, text=text, due_at=now + CLOCK)
    if kind == Kind.ACCESS:
        transaction.on_commit(partial(_wake, request.pk), robust=True)
    return request


def has_failed(request: DataRequest) -> bool:
    """Return whether the worker has given up on a copy; the person may ask again."""
    is_open_copy = request.kind == Kind.ACCESS and request.state == State.OPEN
    return is_open_copy and request.attempts >= MAX_ATTEMPTS


def _wake(request_id: int) -> None:
    try:
        tasks.make_data_copy.delay(request_id)
    except OperationalError:
        logger.warning("the broker is away; the sweep will make the copy later")


def make_copy(request_id: int, *, now: datetime) -> bool:
    """Make the ZIP of a request for a copy and mail that it is ready; return whether it was made now.

    May run twice, makes it once: whoever finds the row locked leaves it to the other.
    """
    claimed = DataRequest.objects.filter(
        pk=request_id, kind=Kind.ACCESS, state=State.OPEN, attempts__lt=MAX_ATTEMPTS
    ).update(attempts=F("attempts") + 1)
    if not claimed:
        return False
    with transaction.atomic():
        request = (
            DataRequest.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=request_id, state=State.OPEN, user__isnull=False)
            .select_related("user")
            .first()
        )
        if request is None or request.user is None:
            return False
        request.file.save("data.zip", ContentFile(data_copy.as_zip(request.user)), save=False)
        request.state, request.done_at = State.DONE, now
        request.save(update_fields=["file", "state", "done_at"])
        tell(request.user, "data_copy_ready", {"days": COPY_DAYS}, key=f"data-copy:{request.pk}")
    return True


def is_downloadable(request: DataRequest, *, now: datetime) -> bool:
    """Return whether the copy is there and not older than a week."""
    return (
        bool(request.file)
        and request.done_at is not None
        and now < request.done_at + timedelta(days=COPY_DAYS)
    )


@transaction.atomic
def ask_erasure(user: User, *, erase_entries: bool, now: datetime | None = None) -> DataRequest:
    """Return the person's request to be erased; it is executed a day later unless they cancel it.

    Raise NotPossible for an account of staff, and for the only owner of an entry that was public who did not say that
    it goes too.
    """
    if is_staff(user):
        raise NotPossible("staff")
    own = [startup for startup in solely_owned(user) if startup.lifecycle in PUBLIC_ONCE]
    if own and not erase_entries:
        raise NotPossible("last_owner")
    request = ask(user, Kind.ERASURE, now=now)
    if request.erase_entries is None:
        request.erase_entries = [startup.pk for startup in own]
        request.save(update_fields=["erase_entries"])
        tell(user, "erasure_requested", {"request": request}, key=f"erasure:{request.pk}")
    return request


def cancel_erasure(user: User, *, now: datetime) -> bool:
    """Cancel the person's erasure and return whether there was one to cancel."""
    found = DataRequest.objects.filter(user=user, kind=Kind.ERASURE, state=State.OPEN)
    return bool(found.update(state=State.CANCELLED, done_at=now, erase_entries=None))


def executes_at(request: DataRequest) -> datetime:
    """Return the instant from which the erasure is done."""
    return request.received_at + GRACE


@transaction.atomic
def answer(request_id: int, *, state: str, text: str, now: datetime) -> DataRequest | None:
    """Answer a request to correct or to stop, mail the answer, and return it; None when it was answered before."""
    request = DataRequest.objects.select_for_update(of=("self",)).select_related("user").get(pk=request_id)
    if request.state != State.OPEN or request.kind not in (Kind.CORRECTION, Kind.STOP):
        return None
    request.state, request.answer, request.done_at = state, text, now
    request.save(update_fields=["state", "answer", "done_at"])
    if request.user:
        tell(request.user, "data_request_answered", {"request": request}, key=f"data-request:{request.pk}")
    return request


def tell(user: User, template: str, context: dict[str, object], *, key: str) -> None:
    """Mail the person about a request, with the address of their own page."""
    with translation.override(user.language):
        address = settings.SITE_URL + reverse("startups:data_overview")
    mail.queue_mail(
        user.email,
        template=template,
        context={"person": user, "address": address, **context},
        language=user.language,
        key=key,
    )


@transaction.atomic
def withdraw_consent(consent: ConsentRecord, *, now: datetime) -> Startup | None:
    """Note that the person takes a consent back, do what follows, and return the entry that it was about.

    Without the consent to publish the entry leaves the public pages; without that to show contact data every contact
    of the entry becomes private; unless another owner's consent to the same still stands, or the person keeps the
    entry no longer and others do. Taken back twice, it is taken back once.
    """
    changed = ConsentRecord.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=now)
    if not changed or consent.startup_id is None:
        return None
    startup = entries.lock(consent.startup_id)
    while startup.merged_into_id:
        # What was shown by this consent stands with the entry that stays.
        startup = entries.lock(startup.merged_into_id)
    if not has_effect(consent, startup):
        return startup
    if consent.purpose == ConsentRecord.Purpose.CONTACT:
        startup.contacts.update(is_public=False)
        entries.changed(startup)
    elif leaving.may_withdraw(startup):
        startup = leaving.withdraw(startup.pk, user=consent.user)
    elif may_follow(startup.lifecycle, Startup.Lifecycle.WITHDRAWN, by=Actor.OWNER):
        startup = entries.transition(startup.pk, Startup.Lifecycle.WITHDRAWN, by=Actor.OWNER)
        registration.settle_withdrawn(startup, by=consent.user)
    return startup


def has_effect(consent: ConsentRecord, startup: Startup) -> bool:
    """Return whether taking a consent back changes the entry: its author owns it or nobody does, and no other owner's
    consent to the same stands; two queries.
    """
    owners = set(startup.memberships.filter(role=Role.OWNER).values_list("user_id", flat=True))
    if owners and consent.user_id not in owners:
        return False
    others = ConsentRecord.objects.filter(
        Q(startup=startup) | Q(startup__merged_into=startup), purpose=consent.purpose, withdrawn_at=None
    )
    return not others.exclude(pk=consent.pk).filter(user__in=owners).exists()


def copies_to_make() -> list[int]:
    """Return the requests for a copy that no worker has answered yet."""
    waiting = DataRequest.objects.filter(kind=Kind.ACCESS, state=State.OPEN, attempts__lt=MAX_ATTEMPTS)
    return list(waiting.values_list("pk", flat=True)[:100])


def erasures_due(now: datetime) -> list[int]:
    """Return the erasures whose day to think again is over."""
    waiting = DataRequest.objects.filter(
        kind=Kind.ERASURE, state=State.OPEN, received_at__lte=now - GRACE, attempts__lt=MAX_ATTEMPTS
    )
    return list(waiting.values_list("pk", flat=True)[:100])
