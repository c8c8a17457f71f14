"""The work room's entry page: what waits for whom."""

import pytest

from roadmap.models import IndicatorAssignment, Measurement
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory, PeriodFactory, ReportRunFactory

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_founder_sees_an_honest_empty_state(founder, client_for, prefix):
    response = client_for(founder).get(prefix + URL)
    assert response.status_code == 200
    assert not response.context["groups"]


def test_visitors_are_sent_to_sign_in(client_for):
    response = client_for().get(URL)
    assert response.status_code == 302
    assert "/akun/" in response["Location"]


def test_a_planner_sees_what_others_sent_and_not_what_they_sent_themselves(
    planner, other_planner, client_for
):
    MeasurementFactory(submitted=True, entered_by=other_planner, indicator__name="Milik orang lain")
    MeasurementFactory(
        submitted=True, entered_by=planner, indicator__name="Milik sendiri", period=PeriodFactory(code="2021")
    )
    page = client_for(planner).get(URL).content.decode()
    assert "Milik orang lain" in page
    assert "Milik sendiri" not in page


def test_a_planner_sees_report_drafts_own_drafts_and_what_came_back(planner, client_for):
    ReportRunFactory(draft=True)
    MeasurementFactory(entered_by=planner, indicator__name="Draf saya")
    MeasurementFactory(
        entered_by=planner,
        indicator__name="Kembali ke saya",
        state=Measurement.State.RETURNED,
        review_comment="Periksa lagi.",
    )
    response = client_for(planner).get(URL)
    counts = [group.count for group in response.context["groups"]]
    assert counts == [1, 1, 1]
    assert "Draf saya" in response.content.decode()
    assert "Kembali ke saya" in response.content.decode()


def test_overdue_values_are_those_nobody_began_and_never_historical_ones(
    task_force_member, client_for, settings
):
    from datetime import date, timedelta

    from django.utils import timezone

    today = timezone.localdate()
    dates = {"due_at": today - timedelta(days=3), "closes_at": today + timedelta(days=3)}
    indicator = IndicatorFactory(name="Belum diisi")
    IndicatorAssignment.objects.create(user=task_force_member, indicator=indicator)
    PeriodFactory(code=str(date(today.year - 1, 1, 1).year), **dates)
    PeriodFactory(code=str(today.year - 2), is_historical=True, **dates)
    response = client_for(task_force_member).get(URL)
    (group,) = response.context["groups"]
    assert group.count == 1
    assert group.tasks[0].is_late
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code=str(today.year - 1)))
    assert not client_for(task_force_member).get(URL).context["groups"]


def test_the_number_of_queries_does_not_grow_with_what_waits(
    planner, other_planner, client_for, django_assert_max_num_queries
):
    for year in range(2012, 2022):
        MeasurementFactory(submitted=True, entered_by=other_planner, period=PeriodFactory(code=str(year)))
    client = client_for(planner)
    client.get(URL)
    with django_assert_max_num_queries(23):
        client.get(URL)
