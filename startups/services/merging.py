"""Joining two entries of the same startup: one stays, the other's address leads to it for ever."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from startups.models import (
    ChangeSet,
    Claim,
    ContactPoint,
    FreshnessAsk,
    Membership,
    ModerationItem,
    Role,
    Startup,
    StartupAlias,
    StartupLink,
    StartupSubsector,
    Tombstone,
)
from startups.rules.lifecycle import Actor
from startups.services import claims, entries, notices, verifications

# Taken over where the entry that stays has nothing; what the owner did not show is left behind.
PLAIN_FIELDS = (
    "alternate_names",
    "summary_en",
    "description",
    "description_en",
    "website",
    "kelurahan",
)
CHOSEN_FIELDS = ("legal_name", "founded", "stage", "team_band", "street")
MOST_SUBSECTORS = 3


class CannotMerge(ValueError):
    """Two entries that cannot be joined; `args[0]` says why."""


@dataclass(slots=True)
class Takeover:
    """What goes from one entry to the other."""

    source: Startup
    target: Startup
    members: list[Membership] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    links: list[StartupLink] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    contacts: list[ContactPoint] = field(default_factory=list)
    # The other entry is kept by somebody already: they are told who joins, and read nobody's private contacts.
    has_owner: bool = False

    @property
    def field_labels(self) -> list[str]:
        """Return the names of the fields in the active language."""
        return [str(Startup._meta.get_field(name).verbose_name) for name in self.fields]  # type: ignore[union-attr]


def takeover(source: Startup, target: Startup) -> Takeover:
    """Return what would be taken over; about nine queries, nothing is changed. Raise CannotMerge."""
    if source.pk == target.pk:
        raise CannotMerge(_("An entry cannot be merged with itself."))
    if target.lifecycle != Startup.Lifecycle.PUBLISHED:
        raise CannotMerge(_("Choose an entry that is published: the address must lead somewhere."))
    if source.is_sample != target.is_sample:
        raise CannotMerge(_("A sample and a real entry cannot be merged."))
    there = set(target.memberships.values_list("user_id", flat=True))
    urls = set(target.links.values_list("url", flat=True))
    titles = {title.casefold() for title in target.products.values_list("title", flat=True)}
    kinds = set(target.contacts.values_list("kind", flat=True))
    offered = set(target.services.values_list("pk", flat=True))
    has_owner = target.memberships.filter(role=Role.OWNER).exists()
    return Takeover(
        source,
        target,
        members=[row for row in source.memberships.select_related("user") if row.user_id not in there],
        claims=list(source.claims.select_related("user")),
        fields=[name for name in PLAIN_FIELDS if getattr(source, name) and not getattr(target, name)]
        + [
            name
            for name in CHOSEN_FIELDS
            if source.shows(name) and getattr(source, name) and not getattr(target, name)
        ],
        links=[link for link in source.links.all() if link.url not in urls],
        products=[row.title for row in source.products.all() if row.title.casefold() not in titles],
        services=[str(row) for row in source.services.all() if row.pk not in offered],
        contacts=[
            contact
            for contact in source.contacts.all()
            if contact.kind not in kinds and (contact.is_public or not has_owner)
        ],
        has_owner=has_owner,
    )


@transaction.atomic
def merge(source_id: int, target_id: int) -> Startup:
    """Join the first entry into the second and return the second.

    The first one's address redirects, its members and claims move, its badge lapses, everything open about it is
    settled. Raise CannotMerge or StateConflict.
    """
    for pk in sorted((source_id, target_id)):
        entries.lock(pk)
    source, target = Startup.objects.get(pk=source_id), Startup.objects.get(pk=target_id)
    plan = takeover(source, target)
    now = timezone.now()
    _move_people(plan)
    _move_content(plan)
    _redirect(plan)
    source.verifications.filter(lapsed_at=None).update(lapsed_at=now, lapse_reason="merged")
    source.invitations.filter(answered_at=None).update(answered_at=now)
    FreshnessAsk.objects.filter(startup=source, answer="", expires_at__gt=now).update(expires_at=now)
    source.change_sets.pending().update(state=ChangeSet.State.WITHDRAWN, decided_at=now)
    entries.transition(source.pk, "merged", by=Actor.COORDINATOR, into=target)
    target.version += 1
    target.save()
    verifications.lapse_if_changed(target)
    entries.changed(target)
    return target


def _move_people(plan: Takeover) -> None:
    source, target = plan.source, plan.target
    for member in plan.members if plan.has_owner else ():
        facts = {"event": "joined", "member": member.user, "role": member.role}
        notices.notify(target, "startup_members_changed", facts)
    for member in plan.members:
        member.startup = target
        member.save(update_fields=["startup"])
    if target.claims.filter(state=Claim.State.OPEN).exists():
        for claim in source.claims.filter(state=Claim.State.OPEN).select_related("user"):
            claims.deny_by_merge(claim, target)
    source.proofs.update(startup=target)
    moved = list(source.claims.filter(state=Claim.State.OPEN))
    source.claims.update(startup=target)
    # What a coordinator has to decide goes along with the claim.
    ModerationItem.objects.open().filter(claim__in=moved).update(startup=target)
    claims.settle_axis(target)


def _move_content(plan: Takeover) -> None:
    source, target = plan.source, plan.target
    for name in plan.fields:
        setattr(target, name, getattr(source, name))
    if "website" in plan.fields:
        target.website_domain = source.website_domain
    if "kelurahan" in plan.fields:
        target.kecamatan = source.kecamatan
    if "founded" in plan.fields:
        target.founded_precision = source.founded_precision
    shown = [name for name in CHOSEN_FIELDS if name in plan.fields and not target.shows(name)]
    target.public_fields = [*target.public_fields, *shown]
    source.links.filter(pk__in=[link.pk for link in plan.links]).update(startup=target)
    for product in source.products.filter(title__in=plan.products):
        product.startup = target
        product.save(update_fields=["startup"])
    source.contacts.filter(pk__in=[contact.pk for contact in plan.contacts]).update(startup=target)
    target.services.add(*source.services.all())
    target.technologies.add(*source.technologies.all())
    have = list(target.subsector_rows.values_list("subsector_id", flat=True))
    for row in source.subsector_rows.exclude(subsector_id__in=have)[: MOST_SUBSECTORS - len(have)]:
        have.append(row.subsector_id)
        StartupSubsector.objects.create(startup=target, subsector_id=row.subsector_id, position=len(have))


def _redirect(plan: Takeover) -> None:
    """Let every address that ever led to the first entry lead to the second, in one step."""
    source, target = plan.source, plan.target
    source.aliases.update(startup=target, reason="merged")
    if source.published_at:
        StartupAlias.objects.get_or_create(slug=source.slug, defaults={"startup": target, "reason": "merged"})
    Startup.objects.filter(merged_into=source).update(merged_into=target)
    Tombstone.objects.filter(merged_into=source.uuid).update(merged_into=target.uuid)
