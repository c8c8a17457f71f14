"""Rows of the ecosystem app for tests: small, valid by default."""

from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from ecosystem.models import HelixActor, Kecamatan, Kelurahan, Organization, Subsector, User


class HelixActorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HelixActor
        django_get_or_create = ("code",)

    code = "government"
    name = "Pemerintah"
    name_en = "Government"


class SubsectorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subsector
        django_get_or_create = ("code",)

    code = factory.Sequence("subsektor-{}".format)
    name = factory.LazyAttribute(lambda row: f"Subsektor {row.code}")


class KecamatanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Kecamatan
        django_get_or_create = ("code",)

    code = "35.73.02"
    name = "Klojen"


class KelurahanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Kelurahan
        django_get_or_create = ("code",)

    kecamatan = factory.SubFactory(KecamatanFactory)
    code = factory.LazyAttributeSequence(lambda row, n: f"{row.kecamatan.code}.{1001 + n % 8000}")
    name = factory.LazyAttribute(lambda row: f"Kelurahan {row.code[-4:]}")


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization
        django_get_or_create = ("slug",)

    slug = factory.Sequence("organisasi-{}".format)
    name = factory.LazyAttribute(lambda row: f"Organisasi {row.slug}")
    kind = Organization.Kind.CITY_OFFICE


class UserFactory(factory.django.DjangoModelFactory):
    """An account with a confirmed address; UserFactory(roles=["planner"]) puts it into the groups."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("orang-{}@example.org".format)
    name = factory.Sequence("Orang {}".format)
    password = factory.django.Password("kata-sandi-uji-2024")

    @factory.post_generation
    def confirmed(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def roles(self, create: bool, extracted: list[str] | None, **_kwargs: Any) -> None:
        if create and extracted:
            self.groups.set([Group.objects.get_or_create(name=name)[0] for name in extracted])
