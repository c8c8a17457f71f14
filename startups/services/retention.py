"""What is not needed any more goes by itself, once a day; the privacy page names the same periods."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import (
    ContactAccess,
    DataRequest,
    FreshnessAsk,
    ImportBatch,
    ImportedEntry,
    Invitation,
    ModerationItem,
    ProblemReport,
    Proof,
    Startup,
)
from startups.services import data_requests, entries, erasure, notices

DRAFTS = timedelta(days=180)
DRAFT_WARNING = timedelta(days=14)
REPORT_ADDRESSES = timedelta(days=90)
# Invitations, proofs and questions after they have expired.
EXPIRED = timedelta(days=30)
QUESTION_ADDRESSES = timedelta(days=365)
CONTACT_LOG = timedelta(days=730)
ANSWERED_REQUESTS = timedelta(days=365)
# Member lists that nobody applied, and the mailboxes from those that were: these still get an invitation and, half a
# year after the entry was published, the question whether it is right.
LISTS = timedelta(days=30)
LIST_ADDRESSES = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many of each kind a run dealt with."""

    warned: int
    drafts: int
    addresses: int
    expired: int
    copies: int
    lists: int


def run(now: datetime) -> Cleaned:
    """Erase what has passed its period and warn of drafts that will; harmless to run twice."""
    return Cleaned(
        warned=warn_of_drafts(now),
        drafts=erase_drafts(now),
        addresses=erase_addresses(now),
        expired=erase_expired(now),
        copies=erase_copies(now),
        lists=erase_lists(now),
    )


def _old_drafts(now: datetime, *, age: timedelta) -> list[Startup]:
    drafts = Startup.objects.filter(
        lifecycle=Startup.Lifecycle.DRAFT, source=Startup.Source.REGISTERED, updated_at__lt=now - age
    )
    return list(drafts.order_by("pk")[:500])


def _warning_key(startup: Startup) -> str:
    # A draft that was touched again gets a new period and a new warning.
    return f"draft-expiry:{startup.pk}:{timezone.localdate(startup.updated_at)}"


def warn_of_drafts(now: datetime) -> int:
    """Mail the people whose drafts have 14 days left, once for each draft and its last change; return how many."""
    warned = 0
    for startup in _old_drafts(now, age=DRAFTS - DRAFT_WARNING):
        day = timezone.localdate(max(startup.updated_at + DRAFTS, now + DRAFT_WARNING))
        warned += len(notices.notify(startup, "draft_expires", {"day": day}, key=_warning_key(startup)))
    return warned


def erase_drafts(now: datetime) -> int:
    """Erase drafts untouched for 180 days whose people were warned 14 days ago (or that nobody keeps)."""
    erased = 0
    for startup in _old_drafts(now, age=DRAFTS):
        warnings = OutgoingMail.objects.filter(key__startswith=f"{_warning_key(startup)}:")
        was_warned = warnings.filter(created_at__lte=now - DRAFT_WARNING).exists()
        if was_warned or not notices.people_to_tell(startup):
            erased += _erase_draft(startup, now)
    return erased


def _erase_draft(startup: Startup, now: datetime) -> bool:
    with transaction.atomic():
        current = entries.lock(startup.pk)
        if current.lifecycle != Startup.Lifecycle.DRAFT or current.updated_at >= now - DRAFTS:
            return False
        files = erasure.erase_entry(current.pk)
    for name in files:
        default_storage.delete(name)
    return True


def erase_addresses(now: datetime) -> int:
    """Erase the mail addresses of settled reports and of questions that are long over; return how many."""
    waiting = ModerationItem.objects.filter(report=OuterRef("pk")).filter(
        Q(settled_at=None) | Q(settled_at__gte=now - REPORT_ADDRESSES)
    )
    reports = ProblemReport.objects.filter(~Exists(waiting), created_at__lt=now - REPORT_ADDRESSES)
    erased = reports.exclude(reply_to="").update(reply_to="")
    asks = FreshnessAsk.objects.filter(expires_at__lt=now - QUESTION_ADDRESSES).exclude(email="")
    # Two mailboxes may have got the same question; without an address the rows would be the same.
    for ask in asks.values("pk", "startup", "cycle", "round")[:500]:
        same = FreshnessAsk.objects.filter(
            startup=ask["startup"], cycle=ask["cycle"], round=ask["round"], email=""
        )
        if same.exists():
            FreshnessAsk.objects.filter(pk=ask["pk"]).delete()
        else:
            FreshnessAsk.objects.filter(pk=ask["pk"]).update(email="")
        erased += 1
    return erased


def erase_expired(now: datetime) -> int:
    """Erase expired invitations and proofs, the words of old data requests and the contact log; return how many."""
    settled = DataRequest.objects.exclude(state=DataRequest.State.OPEN).exclude(text="", answer="")
    rows = (
        Invitation.objects.filter(expires_at__lt=now - EXPIRED),
        Proof.objects.filter(expires_at__lt=now - EXPIRED),
        ContactAccess.objects.filter(at__lt=now - CONTACT_LOG),
    )
    erased = sum(found.delete()[0] for found in rows)
    return erased + settled.filter(done_at__lt=now - ANSWERED_REQUESTS).update(text="", answer="")


def erase_copies(now: datetime) -> int:
    """Delete the ZIPs that were made a week ago; return how many."""
    week = timedelta(days=data_requests.COPY_DAYS)
    old = DataRequest.objects.filter(done_at__lt=now - week).exclude(file="")
    names = dict(old.values_list("pk", "file"))
    for name in names.values():
        default_storage.delete(name)
    return DataRequest.objects.filter(pk__in=names).update(file="")


def erase_lists(now: datetime) -> int:
    """Drop member lists that nobody applied, files left behind, and mailboxes that are old or have an owner."""
    state = ImportBatch.State
    waiting = ImportBatch.objects.filter(state__in=(state.UPLOADED, state.READ))
    erased = waiting.filter(created_at__lt=now - LISTS).update(state=state.DISCARDED, rows=[])
    left = dict(ImportBatch.objects.exclude(state=state.UPLOADED).exclude(file="").values_list("pk", "file"))
    for name in left.values():
        default_storage.delete(name)
    ImportBatch.objects.filter(pk__in=left).update(file="")
    done = Q(batch__applied_at__lt=now - LIST_ADDRESSES) | Q(startup__claim=Startup.Claim.CLAIMED)
    return erased + ImportedEntry.objects.filter(done).exclude(email="").update(email="")
