"""A phase that is not published yet: no public page names it, links to it or shows a figure of it."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from roadmap import permissions
from roadmap.models import Phase, TargetRevision
from roadmap.services.achievements import recompute
from roadmap.services.schedule import due_spans
from tests.roadmap.factories import (
    ActionFactory,
    EvidenceFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    TargetFactory,
)
from tests.roadmap.public_rows import addresses, published_roadmap

HIDDEN = "Malang Rahasia"
FIGURE = "77,77"


@pytest.fixture
def rows(db):
    found = published_roadmap()
    hidden = PhaseFactory(
        slug="malang-rahasia",
        name=HIDDEN,
        name_en="",
        start="2024-01-01",
        end="2025-12-31",
        colour=Phase.Colour.PLUM,
        is_published=False,
    )
    hidden.refresh_from_db()
    found.programme.phases.add(hidden)
    ActionFactory(programme=found.programme, phase=hidden, slug="aksi-dini", title="Aksi dini")
    period = PeriodFactory(phase=hidden)
    TargetFactory(indicator=found.indicator, period=period, revision__value=Decimal("77.77"))
    value = MeasurementFactory(
        indicator=found.indicator, period=period, historical=True, value=Decimal("77.77")
    )
    EvidenceFactory(measurement=value)
    recompute([found.indicator])
    return found


def test_no_page_names_the_phase_or_shows_its_figures(rows):
    pages = [*addresses(rows), "/peta-jalan/aksi/aksi-dini/", f"/kpi/{rows.indicator.slug}/data.csv"]
    for address in [*pages, "/kpi/data.csv"]:
        response = Client().get(address)
        content = response.content.decode()
        assert response.status_code == 200, address
        for secret in (HIDDEN, "malang-rahasia", FIGURE, FIGURE.replace(",", ".")):
            assert secret not in content, (address, secret)


def test_the_explanation_of_its_figure_is_404(rows):
    assert Client().get(f"/kpi/{rows.indicator.slug}/malang-rahasia/").status_code == 404


def test_its_evidence_and_documents_are_not_given_out(rows):
    TargetRevision.objects.filter(target__period__phase__slug="malang-rahasia").update(document="sk.pdf")
    stranger = AnonymousUser()
    assert not permissions.evidence_visible_to(stranger).exists()
    assert not permissions.target_documents_visible_to(stranger).exists()
    Phase.objects.update(is_published=True)
    assert permissions.evidence_visible_to(stranger).exists()
    assert permissions.target_documents_visible_to(stranger).exists()


def test_no_report_is_asked_for_by_itself(rows):
    now = datetime(2026, 11, 22, 6, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert HIDDEN not in [phase.name for _span, phase in due_spans(now) if phase]
    Phase.objects.update(is_published=True)
    assert HIDDEN in [phase.name for _span, phase in due_spans(now) if phase]


def test_once_it_is_published_everything_stands_there(rows):
    Phase.objects.update(is_published=True)
    assert FIGURE in Client().get(f"/kpi/{rows.indicator.slug}/").content.decode()
    assert Client().get(f"/kpi/{rows.indicator.slug}/malang-rahasia/").status_code == 200
    assert HIDDEN in Client().get("/peta-jalan/aksi/aksi-dini/").content.decode()
    assert HIDDEN in Client().get("/peta-jalan/program/malang-creative-center/").content.decode()
