"""The directory's part of tests/route_world.py: a published entry and a draft, kept by the owner and the editor."""

from django.core.files.base import ContentFile
from django.utils import timezone

from startups.models import (
    ConsentRecord,
    DataRequest,
    ImportBatch,
    Membership,
    PauseNotice,
    ProblemReport,
    Product,
    Role,
    ServiceType,
    Startup,
    SynonymGroup,
    Technology,
)
from startups.services import claims, listing, members, moderation, statistics, verifications
from startups.services.entries import set_subsectors
from startups.services.freshness_mails import new_ask


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
    world.startup.logo_alt = "Sebuah rumah"
    world.startup.logo.save("logo.webp", ContentFile(b"RIFF"))
    world.logo_size = "192"
    listing.refresh([world.startup.pk])
    world.stat_snapshot = statistics.take_snapshot(statistics.month_before(timezone.localdate(now)), now=now)
    add_parts(world)
    add_own_data(world, now)
    add_moderation(world, now)
    add_trust(world, now)
    world.import_batch = ImportBatch.objects.create(
        file=ContentFile(b"name,kind", "anggota.csv"), file_name="anggota.csv", state=ImportBatch.State.READ
    )


def add_parts(world) -> None:
    """What members keep of the entry: a part, a product, the editor, somebody who is invited."""
    world.entry_part, world.editor = "kontak", world.people["editor"]
    world.product = Product.objects.create(startup=world.startup, kind="game", title="Petualangan")
    sent = members.invite(
        world.startup.pk, "undangan@example.org", role=Role.EDITOR, by=world.people["owner"]
    )
    world.invitation, world.invitation_token = sent.invitation, sent.token


def add_own_data(world, now) -> None:
    """A question about the entry, and the owner's consent, copy and request."""
    owner = world.people["owner"]
    _ask, world.freshness_token = new_ask(world.startup, number=0, email=owner.email, user=owner, now=now)
    world.consent = ConsentRecord.objects.create(
        user=owner, startup=world.startup, purpose="directory", text_version="2026-11-22", language="id"
    )
    world.data_copy = DataRequest.objects.create(
        user=owner, kind="access", state="done", due_at=now, done_at=now, file=ContentFile(b"PK", "data.zip")
    )
    world.data_request = DataRequest.objects.create(user=owner, kind="stop", text="Berhenti.", due_at=now)


def add_moderation(world, now) -> None:
    """A report of a visitor about the entry, and a pause."""
    report = ProblemReport.objects.create(startup=world.startup, kind="wrong", text="Alamatnya pindah.")
    world.moderation_item = moderation.open_item(world.startup, "report", report=report)
    world.moderation_decision = "suspend"
    today = timezone.localdate(now)
    world.pause = PauseNotice.objects.create(start=today, end=today, text="Stasion libur.")


def add_trust(world, now) -> None:
    """A badge of the entry, and its owner's claim on another one that nobody keeps."""
    world.verification = verifications.grant(world.startup, "domain", "studio.example")
    world.unclaimed = Startup.objects.create(
        slug="studio-lain", reference="MLG-2026-0002", name="Studio Lain", kind=Startup.Kind.APP_STUDIO,
        summary="Membuat aplikasi.", lifecycle=Startup.Lifecycle.PUBLISHED, published_at=now,
        last_confirmed_on=timezone.localdate(now), website="https://lain.example", website_domain="lain.example",
    )  # fmt: skip
    world.claim = claims.start(world.unclaimed.pk, world.people["owner"], "dns", language="id")
    world.proof = world.claim.proofs.get()
