"""The directory's part of tests/route_world.py: a published entry and a draft, kept by the owner and the editor."""

from django.utils import timezone

from startups.models import Membership, Role, ServiceType, Startup, SynonymGroup, Technology
from startups.services import listing
from startups.services.entries import set_subsectors


def add_directory(world) -> None:
    now = timezone.now()
    world.registration_step = "nama"
    world.startup = Startup.objects.create(
        slug="studio-contoh", reference="MLG-2026-0001", name="Studio Contoh", kind=Startup.Kind.GAME_STUDIO,
        summary="Membuat gim kecil.", lifecycle=Startup.Lifecycle.PUBLISHED, claim=Startup.Claim.CLAIMED,
        created_by=world.people["owner"], published_at=now, submitted_at=now,
        last_confirmed_on=timezone.localdate(now), kelurahan=world.kelurahan, kecamatan=world.kecamatan,
        website="https://studio.example", website_domain="studio.example",
    )  # fmt: skip
    world.draft_startup = Startup.objects.create(
        slug="draf-contoh", name="Draf Contoh", kind=Startup.Kind.APP_STUDIO,
        created_by=world.people["owner"], claim=Startup.Claim.CLAIMED,
    )  # fmt: skip
    for startup in (world.startup, world.draft_startup):
        set_subsectors(startup, world.subsector)
        Membership.objects.create(startup=startup, user=world.people["owner"], role=Role.OWNER)
    Membership.objects.create(startup=world.startup, user=world.people["editor"], role=Role.EDITOR)
    world.service = ServiceType.objects.create(code="pembuatan-gim", name="Pembuatan gim")
    world.technology = Technology.objects.create(code="godot", name="Godot")
    world.synonyms = SynonymGroup.objects.create(words=["gim", "game"])
    listing.refresh([world.startup.pk])
