"""A small published roadmap for the tests of the public pages."""

from decimal import Decimal
from types import SimpleNamespace

from roadmap.services.achievements import recompute
from tests.roadmap.factories import (
    ActionFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    ProgrammeFactory,
    ProgressUpdateFactory,
    RatingScaleFactory,
    TargetFactory,
)

GROWTH = {"2020": ("-8.85", "8.20"), "2021": ("2.91", "8.44"), "2022": ("10.01", "8.70")}


def growth_indicator(**fields):
    """Return "Pertumbuhan PDRB ekonomi kreatif" with its published targets and values."""
    indicator = IndicatorFactory(
        growth=True,
        **{
            "code": "MK-07",
            "slug": "pertumbuhan-pdrb",
            "name": "Pertumbuhan PDRB ekonomi kreatif",
            "name_en": "Growth of creative-economy GRDP",
            "is_headline": True,
        }
        | fields,
    )
    for code, (actual, target) in GROWTH.items():
        period = PeriodFactory(code=code)
        TargetFactory(indicator=indicator, period=period, revision__value=Decimal(target))
        MeasurementFactory(indicator=indicator, period=period, historical=True, value=Decimal(actual))
    recompute([indicator])
    return indicator


def published_roadmap():
    """Return one phase, programme, action with an update, and the growth indicator that counts for them."""
    RatingScaleFactory()
    phase = PhaseFactory(outcome="Gedung dibuka pada 2023.")
    programme = ProgrammeFactory(
        slug="malang-creative-center", title="Malang Creative Center", phases=[phase]
    )
    action = ActionFactory(
        slug="gedung-mcc", title="Pembangunan gedung MCC", programme=programme, phase=phase, delayed=True
    )
    update = ProgressUpdateFactory(action=action, planned_percent=Decimal("88.92"))
    indicator = growth_indicator()
    IndicatorLinkFactory(indicator=indicator, phase=phase)
    IndicatorLinkFactory(indicator=indicator, programme=programme)
    IndicatorLinkFactory(indicator=indicator, action=action)
    return SimpleNamespace(
        phase=phase, programme=programme, action=action, update=update, indicator=indicator
    )


def addresses(rows):
    """Return the address of every public page of these rows, without language prefix."""
    indicator = f"/kpi/{rows.indicator.slug}/"
    return [
        "/",
        "/cari/",
        "/cari/?q=pdrb",
        "/privasi/",
        "/aksesibilitas/",
        "/peta-jalan/",
        f"/peta-jalan/fase/{rows.phase.slug}/",
        f"/peta-jalan/program/{rows.programme.slug}/",
        f"/peta-jalan/aksi/{rows.action.slug}/",
        "/kpi/",
        "/kpi/metode/",
        indicator,
        f"{indicator}2022/",
    ]
