"""The badge: what was checked about an entry, until when it counts, and when it ends before its time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ecosystem.models import User
from malangkraf import page_cache
from startups.models import SearchEntry, Startup, Verification
from startups.public import current_verification as current
from startups.rules.fingerprint import fingerprint
from startups.services import entries, listing, notices

__all__ = ["current", "expire", "grant", "lapse_if_changed", "lapse_of_owners", "remind", "revoke"]

YEARS = 2
REMIND_BEFORE = timedelta(days=30)
BATCH = 500


def _until(start: datetime) -> datetime:
    """Return the same time 24 months later; a leap day's is the last of February."""
    local = timezone.localtime(start)
    day = min(local.day, 28) if local.month == 2 else local.day
    return local.replace(year=local.year + YEARS, day=day)


@transaction.atomic
def grant(
    startup: Startup, level: str, domain: str = "", *, by: User | None = None, tells: bool = True
) -> Verification:
    """Give the entry a badge for 24 months, tell its owners unless another mail does, and return it.

    `by` is the coordinator who met them.
    """
    startup = entries.lock(startup.pk)
    now = timezone.now()
    verification = Verification.objects.create(
        startup=startup,
        level=level,
        domain=domain,
        # Of the entry as it stands: whatever the proof was, another name or domain ends it.
        fingerprint=fingerprint(startup.name, startup.website_domain),
        given_at=now,
        expires_at=_until(now),
        given_by=by,
    )
    if tells:
        notices.notify(startup, "verification_given", {"verification": verification})
    entries.changed(startup)
    return verification


@transaction.atomic
def lapse_if_changed(startup: Startup) -> int:
    """End the badges that were given for another name or domain than the entry has now; return how many.

    Called by whatever may change either, after saving the entry.
    """
    startup = entries.lock(startup.pk)
    print_now = fingerprint(startup.name, startup.website_domain)
    rows = Verification.objects.in_force(at=timezone.now()).filter(startup=startup)
    return _lapse(startup, [row.pk for row in rows.exclude(fingerprint=print_now)], "changed")


def lapse_of_owners(startup: Startup) -> int:
    """End the badges of an entry that went to other owners: they were checked, not the new ones; return how many.

    Nobody is told; whoever lost the entry learns that from another mail.
    """
    rows = Verification.objects.in_force(at=timezone.now()).filter(startup=startup)
    return rows.update(lapsed_at=timezone.now(), lapse_reason="owners")


@transaction.atomic
def revoke(verification: Verification, *, note: str) -> bool:
    """Take a badge back, with the reason that its owners read; return whether it was still in force."""
    startup = entries.lock(verification.startup_id)
    rows = Verification.objects.in_force(at=timezone.now()).filter(pk=verification.pk)
    return bool(_lapse(startup, [row.pk for row in rows], "revoked", note=note))


def _lapse(startup: Startup, ids: list[int], reason: str, *, note: str = "") -> int:
    if not ids:
        return 0
    now = timezone.now()
    Verification.objects.filter(pk__in=ids).update(lapsed_at=now, lapse_reason=reason, lapse_note=note)
    has_other = current(startup, now) is not None
    notices.notify(startup, "verification_over", {"reason": reason, "note": note, "has_other": has_other})
    entries.changed(startup)
    return len(ids)


def remind(now: datetime) -> None:
    """Tell the owners 30 days before their last badge ends; each badge once, however often this runs."""
    soon = Verification.objects.in_force(at=now).filter(expires_at__lte=now + REMIND_BEFORE)
    for verification in soon.select_related("startup"):
        latest = current(verification.startup, now + REMIND_BEFORE)
        if latest is None and verification.startup.lifecycle == Startup.Lifecycle.PUBLISHED:
            notices.notify(
                verification.startup,
                "verification_ends_soon",
                {"verification": verification},
                key=f"verification-ends-soon:{verification.pk}",
            )


def expire(now: datetime) -> int:
    """Take badges that have run out off the list, tell the owners once, and return how many entries it was.

    A badge counts to the second anywhere; this only brings the derived rows up to date. May run twice.
    """
    over = SearchEntry.objects.exclude(verification="").filter(verified_until__lte=now)
    ids = list(over.values_list("startup_id", flat=True)[:BATCH])
    for startup in Startup.objects.filter(pk__in=ids):
        last = (
            startup.verifications.filter(lapsed_at=None, expires_at__lte=now).order_by("-expires_at").first()
        )
        if last and current(startup, now) is None:
            notices.notify(
                startup, "verification_over", {"reason": "expired", "note": "", "has_other": False},
                key=f"verification-over:{last.pk}",
            )  # fmt: skip
    if ids:
        listing.refresh(ids)
        page_cache.bump()
    return len(ids)
