"""Which reports are due when, and that several beats make one."""

from datetime import UTC, date, datetime

import pytest

from roadmap.models import Period, ReportRun
from roadmap.services import schedule
from tests.roadmap.factories import PhaseFactory, ReportRunFactory

BEFORE_DUE = datetime(2024, 2, 4, 16, 59, tzinfo=UTC)  # 23:59 WIB on 4 February
ON_DUE = datetime(2024, 2, 4, 17, 1, tzinfo=UTC)  # 00:01 WIB on 5 February


def codes(now):
    return {span.code for span, _phase in schedule.due_spans(now)}


@pytest.mark.django_db
def test_a_year_is_due_five_days_after_its_values_are():
    assert "2023" not in codes(BEFORE_DUE)
    assert "2023" in codes(ON_DUE)


@pytest.mark.django_db
def test_a_phase_is_due_once_it_is_over():
    PhaseFactory()
    assert "malang-mendunia" not in codes(datetime(2023, 12, 30, tzinfo=UTC))
    assert "malang-mendunia" in codes(datetime(2024, 3, 1, tzinfo=UTC))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2024, 3, 14, 16, 59, tzinfo=UTC), None),
        (datetime(2024, 3, 14, 17, 1, tzinfo=UTC), "2024-02"),
        (datetime(2024, 1, 14, 17, 1, tzinfo=UTC), "2023-12"),
    ],
)
def test_months_change_at_midnight_in_malang(now, month):
    found = {code for code in codes(now) if len(code) == 7 and "Q" not in code}
    assert found == ({month} if month else set())


@pytest.mark.django_db
def test_due_reports_are_requested_once():
    PhaseFactory()
    now = datetime(2024, 3, 20, tzinfo=UTC)
    first = schedule.request_due_reports(now)
    assert {run.report.slug for run in first} == {"malang-mendunia", "2023", "2023-q4", "2024-02"}
    assert all(run.trigger == ReportRun.Trigger.SCHEDULE for run in first)
    assert schedule.request_due_reports(now) == []


@pytest.mark.django_db
def test_a_report_that_a_planner_made_before_is_not_made_again():
    period = schedule.ensure_period(
        next(span for span, _phase in schedule.due_spans(ON_DUE) if span.code == "2023")
    )
    ReportRunFactory(report__period=period, draft=True)
    assert "2023" not in {run.report.slug for run in schedule.request_due_reports(ON_DUE)}


@pytest.mark.django_db
def test_a_beat_that_stood_still_leaves_no_gap(monkeypatch):
    """Three months without a beat: every report since the portal's first day follows, each once."""
    monkeypatch.setattr(schedule, "go_live", lambda: date(2023, 11, 20))
    now = datetime(2024, 3, 20, tzinfo=UTC)
    made = {run.report.slug for run in schedule.request_due_reports(now)}
    assert made == {"2023", "2023-q4", "2023-11", "2023-12", "2024-01", "2024-02"}
    assert schedule.request_due_reports(now) == []


@pytest.mark.django_db
def test_a_day_without_new_reports_costs_the_same_however_many_were_made(
    monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(schedule, "go_live", lambda: date(2019, 1, 1))
    now = datetime(2024, 3, 20, tzinfo=UTC)
    assert len(schedule.request_due_reports(now)) > 60
    with django_assert_max_num_queries(3):
        schedule.request_due_reports(now)


@pytest.mark.django_db(transaction=True)
def test_without_the_slot_row_beats_would_do_the_work_twice(monkeypatch):
    """The negative control: with the guard off the same work is offered again."""
    monkeypatch.setattr(schedule, "take_slot", lambda name, due_at: True)
    schedule.request_due_reports(ON_DUE)
    ReportRun.objects.all().delete()
    assert schedule.request_due_reports(ON_DUE) != []


@pytest.mark.django_db
def test_the_first_reports_are_five_years_and_three_phases():
    for phase in (PhaseFactory(synergy=True), PhaseFactory(empowered=True), PhaseFactory()):
        Period.objects.create(code=phase.slug, kind="phase", start=phase.start, end=phase.end, phase=phase)
    for year in range(2017, 2026):
        Period.objects.create(code=str(year), kind="year", start=f"{year}-01-01", end=f"{year}-12-31")
    runs = schedule.request_first_reports()
    assert len(runs) == 8
    assert schedule.request_first_reports() == []


@pytest.mark.django_db
def test_current_periods_appear_by_themselves_and_once():
    now = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    assert {period.code for period in schedule.roll_periods(now)} == {"2026-11", "2026-Q4", "2026-S2", "2026"}
    assert schedule.roll_periods(now) == []


@pytest.mark.django_db
def test_reportable_spans_end_before_today():
    PhaseFactory()
    spans = {span.code for span, _phase in schedule.reportable_spans(datetime(2024, 1, 1, 1, 0, tzinfo=UTC))}
    assert {"malang-mendunia", "2023", "2022-Q1", "2023-12"} <= spans
    assert "2024" not in spans
    assert "2021" not in spans
