"""Rows of the startups app for tests: small, valid by default, state by traits.

StartupFactory() is published, confirmed today, with a primary subsector and its search row; StartupFactory(draft=True),
(submitted=True), (suspended=True), (closed=True), (dormant=True) and (sample=True) are what they say. `owner=user`
makes the user its owner, `subsectors=[…]`, `services=[…]` and `technologies=[…]` set the lists.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone

from startups.models import (
    Claim,
    ContactPoint,
    Membership,
    ModerationItem,
    PauseNotice,
    ProblemReport,
    Product,
    Role,
    ServiceType,
    Startup,
    StartupLink,
    SynonymGroup,
    Technology,
    Verification,
)
from startups.rules.fingerprint import fingerprint
from startups.services import listing
from startups.services.entries import set_subsectors
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory, UserFactory

A_MOMENT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


class ServiceTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ServiceType
        django_get_or_create = ("code",)

    code = factory.Sequence("layanan-{}".format)
    name = factory.LazyAttribute(lambda row: f"Layanan {row.code}")
    name_en = factory.LazyAttribute(lambda row: f"Service {row.code}")


class TechnologyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Technology
        django_get_or_create = ("code",)

    code = factory.Sequence("teknologi-{}".format)
    name = factory.LazyAttribute(lambda row: f"Teknologi {row.code}")


class SynonymGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SynonymGroup

    words = ("gim", "game", "permainan")


class StartupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Startup
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(
            lifecycle="draft", reference="", submitted_at=None, published_at=None, last_confirmed_on=None
        )
        submitted = factory.Trait(lifecycle="submitted", published_at=None, last_confirmed_on=None)
        suspended = factory.Trait(lifecycle="suspended")
        closed = factory.Trait(lifecycle="closed")
        dormant = factory.Trait(
            last_confirmed_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=600))
        )
        sample = factory.Trait(is_sample=True, source="sample")

    slug = factory.Sequence("studio-{}".format)
    name = factory.LazyAttribute(lambda row: row.slug.replace("-", " ").title())
    reference = factory.Sequence("MLG-2026-{:04d}".format)
    kind = Startup.Kind.GAME_STUDIO
    summary = "Membuat gim kecil untuk anak sekolah."
    lifecycle = Startup.Lifecycle.PUBLISHED
    submitted_at = A_MOMENT
    published_at = A_MOMENT
    last_confirmed_on = factory.LazyFunction(timezone.localdate)
    kelurahan = factory.SubFactory(KelurahanFactory, code="35.73.02.1001")
    kecamatan = factory.LazyAttribute(lambda row: row.kelurahan.kecamatan if row.kelurahan else None)

    @factory.post_generation
    def subsectors(self, create: bool, extracted: list[Any] | None, **_kwargs: Any) -> None:
        if create:
            chosen = [SubsectorFactory(code="pengembang-permainan")] if extracted is None else extracted
            set_subsectors(self, *chosen[:1] or [None], chosen[1:])

    @factory.post_generation
    def services(self, create: bool, extracted: list[Any] | None, **_kwargs: Any) -> None:
        if create and extracted:
            self.services.set(extracted)

    @factory.post_generation
    def technologies(self, create: bool, extracted: list[Any] | None, **_kwargs: Any) -> None:
        if create and extracted:
            self.technologies.set(extracted)

    @factory.post_generation
    def owner(self, create: bool, extracted: Any, **_kwargs: Any) -> None:
        if create and extracted:
            Membership.objects.create(startup=self, user=extracted, role=Role.OWNER)
            Startup.objects.filter(pk=self.pk).update(claim=Startup.Claim.CLAIMED)
            self.claim = Startup.Claim.CLAIMED

    @factory.post_generation
    def search_row(self, create: bool, _extracted: Any, **_kwargs: Any) -> None:
        """The last step, because the row shows what the others made."""
        if create:
            listing.refresh([self.pk])


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    startup = factory.SubFactory(StartupFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


class ContactPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactPoint

    startup = factory.SubFactory(StartupFactory)
    kind = ContactPoint.Kind.EMAIL
    value = factory.Sequence("halo-{}@studio.example".format)


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    startup = factory.SubFactory(StartupFactory)
    kind = Product.Kind.GAME
    title = factory.Sequence("Petualangan {}".format)


class StartupLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StartupLink

    startup = factory.SubFactory(StartupFactory)
    kind = StartupLink.Kind.ITCH
    url = factory.Sequence("https://itch.example/studio-{}".format)


class VerificationFactory(factory.django.DjangoModelFactory):
    """A domain verification in force for 24 months from now."""

    class Meta:
        model = Verification

    startup = factory.SubFactory(StartupFactory)
    level = Verification.Level.DOMAIN
    domain = "studio.example"
    fingerprint = factory.LazyAttribute(lambda row: fingerprint(row.startup.name, row.domain))
    given_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.given_at + timedelta(days=730))


class ClaimFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Claim

    startup = factory.SubFactory(StartupFactory)
    user = factory.SubFactory(UserFactory)
    method = Claim.Method.DNS
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class ProblemReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProblemReport

    startup = factory.SubFactory(StartupFactory)
    kind = ProblemReport.Kind.WRONG
    text = "Alamatnya sudah pindah."


class ModerationItemFactory(factory.django.DjangoModelFactory):
    """An open item about a new entry, due in three days."""

    class Meta:
        model = ModerationItem

    startup = factory.SubFactory(StartupFactory, submitted=True)
    kind = ModerationItem.Kind.NEW
    created_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyAttribute(lambda row: row.created_at + timedelta(days=3))


class PauseNoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PauseNotice

    start = factory.LazyFunction(timezone.localdate)
    end = factory.LazyAttribute(lambda row: row.start + timedelta(days=4))
    text = "Stasion libur sampai Senin."
