"""Write the sample entries, and what waits in the coordinators' queue."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from ecosystem.models import Kelurahan, Subsector, User
from malangkraf import page_cache
from startups.models import (
    ContactPoint,
    Membership,
    ModerationItem,
    ProblemReport,
    Product,
    Role,
    ServiceType,
    Startup,
    StartupLink,
    StartupSubsector,
    Technology,
    Verification,
)
from startups.rules.fingerprint import fingerprint
from startups.sampling.logos import sample_logo
from startups.sampling.plan import DOMAIN, Sample, planned_samples
from startups.services import entries, listing, moderation, statistics

# Nobody can sign in with it: it has no password and its mailbox cannot exist.
KEEPER = f"penjaga-contoh@{DOMAIN}"
NOON = time(12, tzinfo=UTC)
# The first so many belong to the founder's demo account, if there is one.
OF_THE_FOUNDER = 2
WAITING = (
    (
        "Pelita Gim Mandiri",
        Startup.Kind.GAME_STUDIO,
        "pengembang-permainan",
        "Membuat gim edukasi untuk sekolah dasar.",
    ),
    (
        "Tempe Data Lab",
        Startup.Kind.STARTUP,
        "aplikasi",
        "Membaca data penjualan warung dan memberi saran belanja.",
    ),
    (
        "STUDIO HURUF BESAR",
        Startup.Kind.AGENCY,
        "periklanan",
        "KAMI AGENSI IKLAN TERBAIK UNTUK SEMUA USAHA DI MALANG",
    ),
)


@transaction.atomic
def load_samples(founder: User | None = None) -> int:
    """Write the samples that are not there yet and return how many entries were made."""
    today = timezone.localdate()
    keeper, _ = User.objects.get_or_create(
        email=KEEPER, defaults={"name": "Penjaga contoh", "is_active": False}
    )
    known = set(Startup.objects.values_list("slug", flat=True))
    areas = list(Kelurahan.objects.select_related("kecamatan"))
    codes = _Codes()
    made = []
    for number, sample in enumerate(planned_samples(on=today)):
        if sample.fields["slug"] in known:
            continue
        startup = _write(number, sample, areas[sample.area % len(areas)], codes)
        if sample.is_claimed:
            owner = founder if founder and number < OF_THE_FOUNDER else keeper
            Membership.objects.create(startup=startup, user=owner, role=Role.OWNER)
        made.append(startup)
    listing.refresh([startup.pk for startup in made])
    if made:
        _fill_the_queue(made, keeper)
        statistics.take_sample_snapshots(timezone.now())
        page_cache.bump()
    return len(made)


class _Codes:
    """Rows of the code lists by their code."""

    def __init__(self) -> None:
        self.subsectors = {row.code: row for row in Subsector.objects.all()}
        self.services = {row.code: row for row in ServiceType.objects.all()}
        self.technologies = {row.code: row for row in Technology.objects.all()}


def _noon(day: Any) -> datetime:
    return datetime.combine(day, NOON) - timedelta(hours=7)


def _write(number: int, sample: Sample, area: Kelurahan, codes: _Codes) -> Startup:
    """Make one published entry with what belongs to it."""
    fields = dict(sample.fields)
    published = _noon(fields.pop("published"))
    alt = f"Gambar contoh {fields['name']}: bentuk sederhana di atas bidang berwarna"
    startup = Startup(
        **{name: value for name, value in fields.items() if name != "confirmed"},
        kelurahan=area,
        kecamatan=area.kecamatan,
        lifecycle=Startup.Lifecycle.PUBLISHED,
        claim=Startup.Claim.CLAIMED if sample.is_claimed else Startup.Claim.UNCLAIMED,
        source=Startup.Source.SAMPLE,
        is_sample=True,
        step=5,
        submitted_at=published - timedelta(days=2),
        published_at=published,
        last_confirmed_on=fields["confirmed"],
        logo_alt=alt,
        logo_alt_en=f"Sample picture of {fields['name']}: a simple figure on a coloured ground",
        **_point(number, area),
    )
    startup.logo.save(f"sample-{number}-192.webp", ContentFile(sample_logo(number)), save=False)
    startup.logo_small.save(f"sample-{number}-96.webp", ContentFile(sample_logo(number, 96)), save=False)
    startup.save()
    StartupSubsector.objects.bulk_create(
        StartupSubsector(startup=startup, subsector=codes.subsectors[code], position=position)
        for position, code in enumerate(sample.subsectors, 1)
    )
    startup.services.set([codes.services[code] for code in sample.services])
    startup.technologies.set([codes.technologies[code] for code in sample.technologies])
    Product.objects.create(startup=startup, **sample.product)
    ContactPoint.objects.create(
        startup=startup,
        kind=ContactPoint.Kind.EMAIL,
        value=f"halo@{startup.slug}.{DOMAIN}",
        is_public=sample.is_claimed and number % 2 == 0,
    )
    if sample.link:
        StartupLink.objects.create(startup=startup, kind=StartupLink.Kind.INSTAGRAM, url=sample.link)
    if sample.verification:
        _verify(startup, sample.verification, number)
    return startup


def _point(number: int, area: Kelurahan) -> dict[str, Any]:
    """Return the place of every fifth sample: near its kelurahan's centroid, so that it lies on no real house."""
    if number % 5 or area.latitude is None or area.longitude is None:
        return {}
    shift = Decimal((number * 31) % 41 - 20) / 10000
    return {
        "latitude": area.latitude + shift,
        "longitude": area.longitude - shift / 2,
        "point_precision": Startup.PointPrecision.EXACT,
    }


def _verify(startup: Startup, level: str, number: int) -> None:
    given = timezone.now() - timedelta(days=20 + number % 200)
    Verification.objects.create(
        startup=startup,
        level=level,
        domain=startup.website_domain,
        fingerprint=fingerprint(startup.name, startup.website_domain),
        given_at=given,
        expires_at=given + timedelta(days=730),
    )


def _fill_the_queue(made: list[Startup], keeper: User) -> None:
    """Let the coordinators find something to do: three new entries, a visitor's report and a change to look at."""
    subsectors = {row.code: row for row in Subsector.objects.all()}
    for name, kind, subsector, summary in WAITING:
        startup = Startup.objects.create(
            slug=entries.free_slug(name), reference=f"CONTOH-{9000 + Startup.objects.count()}", name=name, kind=kind,
            summary=summary, lifecycle=Startup.Lifecycle.SUBMITTED, claim=Startup.Claim.CLAIMED,
            source=Startup.Source.SAMPLE, is_sample=True, step=5, created_by=keeper, submitted_at=timezone.now(),
            kelurahan=made[0].kelurahan, kecamatan=made[0].kecamatan,
        )  # fmt: skip
        entries.set_subsectors(startup, subsectors[subsector])
        Membership.objects.create(startup=startup, user=keeper, role=Role.OWNER)
        moderation.open_item(startup, ModerationItem.Kind.NEW, by=keeper)
    report = ProblemReport.objects.create(
        startup=made[4], kind=ProblemReport.Kind.WRONG, text="Contoh laporan: alamat situsnya sudah berganti."
    )
    moderation.open_item(made[4], ModerationItem.Kind.REPORT, report=report)
    moderation.open_item(
        made[3],
        ModerationItem.Kind.AFTER_CHECK,
        by=keeper,
        change={"summary": ["Contoh ringkasan yang lama.", made[3].summary]},
    )
