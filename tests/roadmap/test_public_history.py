"""Why a value was opened again is public when the value was, and nobody's business before."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from roadmap.models import Measurement
from roadmap.services import measurements as service
from roadmap.services.achievements import recompute
from tests.roadmap.factories import (
    A_MOMENT,
    IndicatorFactory,
    MeasurementFactory,
    PeriodFactory,
    TargetFactory,
)

LATE, WRONG = "Data terlambat dikirim.", "Satuan di sumber keliru."


@pytest.fixture
def indicator(db):
    found = IndicatorFactory(slug="uji")
    TargetFactory(indicator=found, period=PeriodFactory(code="2024", closes_at=date(2025, 3, 1)))
    return found


def pages():
    # Nothing is committed here, so nothing throws the kept pages away.
    cache.clear()
    return "".join(Client().get(address).content.decode() for address in ("/kpi/uji/", "/kpi/uji/2024/"))


def verify(value):
    Measurement.objects.filter(pk=value.pk).update(
        state="verified", value=Decimal(80), verified_at=A_MOMENT, version=5
    )
    recompute([value.indicator_id])


def test_a_closed_period_opened_for_a_first_value_is_no_public_change(indicator, planner):
    period = PeriodFactory(code="2024")
    value = service.open_closed_period(indicator, period, by=planner, reason=LATE)
    assert LATE not in pages()
    verify(value)
    assert LATE not in pages()
    service.reopen_measurement(value.pk, by=planner, version=5, reason=WRONG)
    content = pages()
    assert f"dibuka kembali. Alasan: {WRONG}" in content
    assert LATE not in content


def test_a_draft_that_is_opened_in_a_closed_period_is_not_told_either(indicator, planner):
    value = MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2024"), version=1)
    service.reopen_measurement(value.pk, by=planner, version=1, reason=LATE)
    recompute([indicator])
    content = pages()
    assert LATE not in content
    assert "diperiksa kembali" not in content


@pytest.mark.parametrize(
    ("state", "word"), [("verified", "halaman publik"), ("missing", "tetap di ruang kerja")]
)
def test_the_form_says_who_will_read_the_reason(indicator, planner, client_for, state, word):
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2024"), **{state: True})
    page = client_for(planner).get("/ruang-kerja/indikator/uji/nilai/2024/buka/").content.decode()
    assert word in page
