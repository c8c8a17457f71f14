"""Rows of the roadmap app for tests: small, valid by default, state by traits.

Phases and periods exist once per slug and code, as in the city's calendar:
PhaseFactory() is Malang Mendunia 2022-2023, PhaseFactory(empowered=True) the phase before it;
PeriodFactory(code="2022-Q3") takes its kind and days from the code, PeriodFactory(phase=phase) from the phase.
"""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from django.db.migrations.recorder import MigrationRecorder

from roadmap.models import (
    Action,
    Evidence,
    Indicator,
    IndicatorLink,
    Measurement,
    Period,
    Phase,
    Programme,
    ProgressUpdate,
    RatingBand,
    RatingScale,
    Report,
    ReportRun,
    Target,
    TargetRevision,
)
from roadmap.periods import parse_period
from roadmap.services.reports import canonical
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.snapshots import empty_snapshot

A_MOMENT = datetime(2024, 2, 1, 3, 0, tzinfo=UTC)


def go_live_on(day: date) -> None:
    """Let the portal's first day be another one: what ended before it is historical."""
    noon = datetime(day.year, day.month, day.day, 5, 0, tzinfo=UTC)
    MigrationRecorder.Migration.objects.update(applied=noon)


class PhaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Phase
        django_get_or_create = ("slug",)

    class Params:
        synergy = factory.Trait(
            slug="malang-bersinergi",
            name="Malang Bersinergi",
            start=date(2018, 1, 1),
            end=date(2019, 12, 31),
            colour=Phase.Colour.TEAL,
        )
        empowered = factory.Trait(
            slug="malang-berdaya",
            name="Malang Berdaya",
            start=date(2020, 1, 1),
            end=date(2021, 12, 31),
            colour=Phase.Colour.BRICK,
        )

    slug = "malang-mendunia"
    name = "Malang Mendunia"
    start = date(2022, 1, 1)
    end = date(2023, 12, 31)
    colour = Phase.Colour.SAFFRON
    promise = "Produk digital Malang dikenal di luar negeri."
    promise_en = "Digital products from Malang are known abroad."


class ProgrammeFactory(factory.django.DjangoModelFactory):
    """ProgrammeFactory(phases=[phase]) runs in the phases."""

    class Meta:
        model = Programme
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    slug = factory.Sequence("program-{}".format)
    title = factory.LazyAttribute(lambda row: f"Program {row.slug}")
    promise = "Ruang kerja bersama di lima kecamatan."
    lead_organization = factory.SubFactory(OrganizationFactory)

    @factory.post_generation
    def phases(self, create, extracted, **_kwargs):
        if create and extracted:
            self.phases.set(extracted)


class ActionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Action

    class Params:
        delayed = factory.Trait(state=Action.State.DELAYED, reason="Ditunda karena pandemi.")

    slug = factory.Sequence("aksi-{}".format)
    programme = factory.SubFactory(ProgrammeFactory)
    phase = factory.SubFactory(PhaseFactory)
    title = factory.LazyAttribute(lambda row: f"Aksi {row.slug}")
    promise = "Gedung selesai dibangun."
    lead_organization = factory.SelfAttribute("programme.lead_organization")


class ProgressUpdateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgressUpdate

    action = factory.SubFactory(ActionFactory)
    as_of = date(2022, 6, 17)
    text = "Pembangunan berjalan."
    percent = Decimal("92.26")
    source_url = "https://example.org/kabar"


class PeriodFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Period
        django_get_or_create = ("code",)

    phase = None
    code = factory.LazyAttribute(lambda row: row.phase.slug if row.phase else "2022")
    kind = factory.LazyAttribute(
        lambda row: Period.Kind.PHASE if row.phase else str(parse_period(row.code).kind)
    )
    start = factory.LazyAttribute(lambda row: row.phase.start if row.phase else parse_period(row.code).start)
    end = factory.LazyAttribute(lambda row: row.phase.end if row.phase else parse_period(row.code).end)


class IndicatorFactory(factory.django.DjangoModelFactory):
    """A yearly count where more is better; growth=True is a yearly percentage."""

    class Meta:
        model = Indicator

    class Params:
        growth = factory.Trait(
            unit="persen", unit_en="percent", value_type=Indicator.ValueType.DIRECT_PERCENT, decimals=2
        )
        lower = factory.Trait(direction=Indicator.Direction.LOWER)
        quarterly = factory.Trait(frequency=Indicator.Frequency.QUARTER)

    code = factory.Sequence("UJI-{:03}".format)
    slug = factory.LazyAttribute(lambda row: row.code.lower())
    name = factory.LazyAttribute(lambda row: f"Indikator {row.code}")
    name_en = factory.LazyAttribute(lambda row: f"Indicator {row.code}")
    unit = "unit"
    unit_en = "units"
    value_type = Indicator.ValueType.COUNT
    owner_organization = factory.SubFactory(OrganizationFactory)


class IndicatorLinkFactory(factory.django.DjangoModelFactory):
    """Give exactly one of phase, programme and action."""

    class Meta:
        model = IndicatorLink

    indicator = factory.SubFactory(IndicatorFactory)
    weight = Decimal(1)


class TargetRevisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TargetRevision

    target = factory.SubFactory("tests.roadmap.factories.TargetFactory", revision=None)
    number = 1
    value = Decimal(100)
    reason = factory.LazyAttribute(lambda row: "" if row.number == 1 else "Target disesuaikan.")
    source_url = "https://example.org/target"


class TargetFactory(factory.django.DjangoModelFactory):
    """A target with its first revision: TargetFactory(revision__value=Decimal("8.2")); revision=None leaves it out."""

    class Meta:
        model = Target
        skip_postgeneration_save = True

    indicator = factory.SubFactory(IndicatorFactory)
    period = factory.SubFactory(PeriodFactory)
    revision = factory.RelatedFactory(TargetRevisionFactory, factory_related_name="target")


class MeasurementFactory(factory.django.DjangoModelFactory):
    """A draft; verified=True is checked, historical=True is checked and published before the portal."""

    class Meta:
        model = Measurement

    class Params:
        submitted = factory.Trait(state=Measurement.State.SUBMITTED, submitted_at=A_MOMENT)
        verified = factory.Trait(state=Measurement.State.VERIFIED, verified_at=A_MOMENT)
        historical = factory.Trait(
            state=Measurement.State.VERIFIED,
            verified_at=A_MOMENT,
            provenance=Measurement.Provenance.HISTORICAL,
            source_url="https://example.org/angka",
        )
        missing = factory.Trait(value=None, missing_reason="Belum ada angka yang diterbitkan.")

    indicator = factory.SubFactory(IndicatorFactory)
    period = factory.SubFactory(PeriodFactory)
    value = Decimal(80)


class EvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evidence

    measurement = factory.SubFactory(MeasurementFactory)
    title = "Berita acara"
    url = "https://example.org/bukti"


class RatingScaleFactory(factory.django.DjangoModelFactory):
    """The scale that a migration loads; tests with real transactions find it emptied and make it anew."""

    class Meta:
        model = RatingScale
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "permendagri-86-2017"
    name = "Skala Permendagri 86/2017"
    regulation = "Permendagri 86/2017"
    valid_from = date(2017, 1, 1)

    @factory.post_generation
    def bands(self, create, extracted, **_kwargs):
        bounds = [("very_high", 91), ("high", 76), ("medium", 66), ("low", 51), ("very_low", -999_999)]
        if create and not self.bands.exists():
            for code, lower in bounds:
                RatingBand.objects.create(
                    scale=self, code=code, label=code, label_en=code, lower_bound=Decimal(lower)
                )


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Report
        django_get_or_create = ("slug",)

    period = factory.SubFactory(PeriodFactory)
    slug = factory.LazyAttribute(lambda row: row.period.address.lower())


class ReportRunFactory(factory.django.DjangoModelFactory):
    """A queued run; draft=True and published=True carry a small snapshot with its true hash."""

    class Meta:
        model = ReportRun

    class Params:
        draft = factory.Trait(
            state=ReportRun.State.DRAFT,
            cut_off=A_MOMENT,
            snapshot=factory.LazyFunction(lambda: canonical(empty_snapshot())),
            sha256=factory.LazyAttribute(lambda row: hashlib.sha256(row.snapshot.encode()).hexdigest()),
        )
        published = factory.Trait(draft=True, state=ReportRun.State.PUBLISHED, published_at=A_MOMENT)

    report = factory.SubFactory(ReportFactory)
    number = 1
    trigger = ReportRun.Trigger.MANUAL
