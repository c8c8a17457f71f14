"""Explain this number: the sum with its inputs, both targets, scale, sign-offs and history."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from roadmap.models import Indicator, MeasurementReopening, MeasurementSignoff, RatingBand, RatingScale
from roadmap.services.achievements import recompute
from tests.ecosystem.factories import HelixActorFactory
from tests.roadmap.factories import (
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    RatingScaleFactory,
    TargetFactory,
    TargetRevisionFactory,
)
from tests.roadmap.public_rows import published_roadmap


@pytest.fixture
def rows(db):
    return published_roadmap()


def page(address="/kpi/pertumbuhan-pdrb/2020/"):
    return Client().get(address).content.decode()


def one_value(actual, target, code="2022", **fields):
    indicator = IndicatorFactory(slug="satu", decimals=2, **fields)
    period = PeriodFactory(code=code)
    keys = {f"revision__{name}": Decimal(number) for name, number in target.items()}
    if "low" in target:
        keys["revision__value"] = None
    TargetFactory(indicator=indicator, period=period, **keys)
    MeasurementFactory(indicator=indicator, period=period, historical=True, value=Decimal(actual))
    recompute([indicator])


def test_the_numbers_stand_in_the_formula(rows):
    content = page()
    assert "(−8,85) ÷ 8,20 × 100 = −107,9268 → −107,93%" in content
    assert "makin tinggi makin baik" in content


def test_the_scale_says_that_it_is_attributed_at_second_hand(rows):
    assert "Permendagri 86/2017" in page()


@pytest.mark.parametrize(
    ("direction", "actual", "target", "expected"),
    [
        ("lower", "7.66", {"value": "8"}, "(2 × 8,00 − 7,66) ÷ 8,00 × 100 = 104,2500 → 104,25%"),
        ("range", "6", {"low": "3", "high": "5"}, "(2 × 5,00 − 6,00) ÷ 5,00 × 100 = 80,0000 → 80,00%"),
        ("range", "2", {"low": "4", "high": "5"}, "2,00 ÷ 4,00 × 100 = 50,0000 → 50,00%"),
    ],
)
def test_each_direction_fills_its_own_formula(db, direction, actual, target, expected):
    one_value(actual, target, direction=direction)
    assert expected in page("/kpi/satu/2022/")


def test_inside_a_range_nothing_is_divided(db):
    one_value("4", {"low": "3", "high": "5"}, direction="range")
    content = page("/kpi/satu/2022/")
    assert "100,00%" in content
    assert 'class="formula"' not in content


def test_the_way_from_the_baseline_is_filled_in(db):
    one_value("15", {"value": "20"}, method="baseline", baseline_value=Decimal(10))
    assert "(15,00 − 10,00) ÷ (20,00 − 10,00) × 100 = 50,0000 → 50,00%" in page("/kpi/satu/2022/")


def test_a_zero_target_is_explained_without_dividing(db):
    one_value("0", {"value": "0"}, direction="lower")
    content = page("/kpi/satu/2022/")
    assert "100,00%" in content
    assert "÷ 0" not in content


def test_cannot_compute_says_why_and_never_zero_percent(db):
    indicator = IndicatorFactory(slug="tanpa-target")
    MeasurementFactory(indicator=indicator, historical=True)
    recompute([indicator])
    content = page("/kpi/tanpa-target/2022/")
    assert "Target belum ditetapkan" in content
    assert "0,00%" not in content


def test_both_targets_are_explained(rows):
    target = rows.indicator.targets.get(period__code="2020")
    TargetRevisionFactory(target=target, number=2, value=Decimal("1"), reason="Pandemi.")
    recompute([rows.indicator])
    assert "−885,00%" in page()
    original = page("/kpi/pertumbuhan-pdrb/2020/?dasar=awal")
    assert "(−8,85) ÷ 8,20 × 100" in original
    assert "Pandemi." in original


def test_dissent_of_a_group_is_public_and_persons_are_not(rows, task_force_member):
    value = rows.indicator.measurements.get(period__code="2020")
    MeasurementSignoff.objects.create(
        measurement=value,
        measurement_version=value.version,
        helix_actor=HelixActorFactory(name="Akademisi"),
        member=task_force_member,
        decision="dissent",
        comment="Metodenya berbeda.",
    )
    content = page()
    assert "Akademisi" in content
    assert "Metodenya berbeda." in content
    assert "Tidak setuju" in content
    assert task_force_member.email not in content


def test_a_sign_off_of_an_older_version_is_not_shown(rows, task_force_member):
    value = rows.indicator.measurements.get(period__code="2020")
    MeasurementSignoff.objects.create(
        measurement=value,
        measurement_version=value.version + 1,
        helix_actor=HelixActorFactory(name="Akademisi"),
        decision="approve",
    )
    assert "Akademisi" not in page()


def test_a_re_opening_and_its_reason_stay_public(rows):
    value = rows.indicator.measurements.get(period__code="2020")
    MeasurementReopening.objects.create(
        measurement=value, reason="Salah ketik sumber.", previous_value=value.value
    )
    assert "Salah ketik sumber." in page()


def test_a_span_has_an_address_of_its_own(db):
    one_value("2000", {"value": "1000"}, code="2023-01--2023-08")
    assert "Jan–Agu 2023" in page("/kpi/satu/2023-01--2023-08/")


def test_a_percentage_carried_forward_names_the_value_and_the_period_it_stands_on(db):
    indicator = IndicatorFactory(slug="satu", decimals=2, allow_carry=True)
    MeasurementFactory(
        indicator=indicator, period=PeriodFactory(code="2021"), historical=True, value=Decimal(40)
    )
    TargetFactory(indicator=indicator, period=PeriodFactory(code="2022"), revision__value=Decimal(50))
    recompute([indicator])
    content = page("/kpi/satu/2022/")
    assert "40,00 ÷ 50,00 × 100 = 80,0000 → 80,00%" in content
    assert "Realisasi 2021</strong> 40,00 unit" in content
    assert "memakai angka terakhir yang diketahui" in content
    assert "<strong>40,00 unit</strong> dibanding target 50,00 unit adalah 80,00%" in content
    assert "80,00%" in page("/kpi/satu/")


def test_the_band_begins_where_the_scale_of_the_percentage_says(db):
    RatingScaleFactory()
    old = RatingScale.objects.create(code="lama", name="Skala lama", regulation="-", valid_from="2018-01-01")
    for code, bound in (("high", 60), ("low", 10), ("very_low", -999_999)):
        RatingBand.objects.create(scale=old, code=code, label=code, label_en=code, lower_bound=bound)
    one_value("80", {"value": "100"})
    assert "mulai 60%: Tinggi" in page("/kpi/satu/2022/")


def test_a_percentage_without_any_scale_is_shown_all_the_same(db):
    RatingScale.objects.all().delete()
    phase = PhaseFactory()
    one_value("80", {"value": "100"})
    IndicatorLinkFactory(indicator=Indicator.objects.get(slug="satu"), phase=phase)
    addresses = ("/kpi/satu/2022/", "/kpi/satu/", "/kpi/", "/peta-jalan/fase/malang-mendunia/")
    for address in addresses:
        content = page(address)
        assert "80,00%" in content, address
        assert "Tidak ada skala" in content, address
        assert "Tidak dapat dihitung" not in content, address


def test_the_decree_and_the_document_stand_beside_the_target(rows):
    target = rows.indicator.targets.get(period__code="2020")
    revision = TargetRevisionFactory(
        target=target,
        number=2,
        value=Decimal("8.2"),
        decree_number="188.45/7/2020",
        decree_date=date(2020, 3, 2),
        document=ContentFile(b"%PDF-1.7\n%%EOF\n", name="sk.pdf"),
    )
    recompute([rows.indicator])
    content = page()
    assert "188.45/7/2020 (2 Mar 2020)" in content
    assert f'href="/bukti/target/{revision.pk}/" download' in content
    response = Client().get(f"/bukti/target/{revision.pk}/")
    assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_the_headline_speaks_of_the_target_that_was_asked_for(rows):
    target = rows.indicator.targets.get(period__code="2020")
    TargetRevisionFactory(target=target, number=2, value=Decimal("1"), reason="Pandemi.")
    recompute([rows.indicator])
    assert "dibanding target 1,00% adalah −885,00%" in page()
    original = page("/kpi/pertumbuhan-pdrb/2020/?dasar=awal")
    assert "dibanding target 8,20% adalah −107,93%" in original
    assert "dibanding target 1,00%" not in original
