"""The life of a value in the services: who may do what, what is refused, and what stays when it is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from roadmap.models import Achievement, Indicator, IndicatorAssignment, Measurement
from roadmap.periods import wib_date
from roadmap.services import measurements as service
from tests.roadmap.factories import (
    IndicatorFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
State = Measurement.State


def save(indicator, period, by, *, version=0, submit=False, now=NOW, **values):
    fields = {"value": Decimal(5), "missing_reason": "", "note": "Dari rapat.", "source_url": ""} | values
    return service.save_measurement(
        indicator, period, by=by, version=version, values=fields, submit=submit, now=now
    )


@pytest.fixture
def indicator():
    return IndicatorFactory()


@pytest.fixture
def period():
    return PeriodFactory(code="2025")


def test_a_value_goes_from_draft_to_verified_and_its_achievement_follows(
    indicator, period, planner, other_planner, django_capture_on_commit_callbacks
):
    TargetFactory(indicator=indicator, period=period, revision__value=Decimal(10))
    draft = save(indicator, period, planner)
    assert (draft.state, draft.version, draft.entered_by) == (State.DRAFT, 1, planner)
    sent = save(indicator, period, planner, version=1, submit=True)
    assert (sent.state, sent.submitted_at) == (State.SUBMITTED, NOW)
    with django_capture_on_commit_callbacks(execute=True):
        verified, now_verified = service.verify_measurement(sent.pk, by=other_planner, version=2, now=NOW)
    assert now_verified
    assert (verified.state, verified.verified_by) == (State.VERIFIED, other_planner)
    assert Achievement.objects.get(indicator=indicator, basis="current").percent == Decimal("50.00")


def test_zero_is_a_value_and_needs_no_reason(indicator, period, planner):
    assert save(indicator, period, planner, value=Decimal(0), submit=True).value == 0


def test_a_missing_value_needs_its_reason_when_it_is_sent_but_not_as_a_draft(indicator, period, planner):
    assert save(indicator, period, planner, value=None).value is None
    with pytest.raises(service.InvalidValue) as caught:
        save(indicator, period, planner, value=None, version=1, submit=True)
    assert set(caught.value.problems) == {"value"}
    sent = save(
        indicator, period, planner, value=None, version=1, submit=True, missing_reason="Survei ditunda."
    )
    assert sent.state == State.SUBMITTED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": Decimal(-1)}, "value"),
        ({"value": Decimal("1.5")}, "value"),
        ({"value": Decimal(3), "missing_reason": "Tidak ada."}, "missing_reason"),
        ({"value": None, "missing_reason": "Tidak ada.", "is_provisional": True}, "is_provisional"),
        ({"is_provisional": True}, "as_of"),
        ({"as_of": date(2026, 12, 1)}, "as_of"),
        ({"as_of": date(2024, 12, 1)}, "as_of"),
    ],
)
def test_a_draft_may_be_incomplete_but_not_wrong(indicator, period, planner, values, field):
    with pytest.raises(service.InvalidValue) as caught:
        save(indicator, period, planner, **values)
    assert set(caught.value.problems) == {field}
    assert not Measurement.objects.exists()


def test_a_value_is_sent_with_a_source_evidence_or_a_note(indicator, period, planner):
    with pytest.raises(service.InvalidValue) as caught:
        save(indicator, period, planner, note="", submit=True)
    assert set(caught.value.problems) == {"source_url"}
    assert save(indicator, period, planner, note="", source_url="https://example.org/", submit=True).pk


def test_a_ratio_is_computed_from_its_parts_and_needs_both(period, planner):
    ratio = IndicatorFactory(value_type=Indicator.ValueType.RATIO, is_share=True)
    saved = save(ratio, period, planner, value=None, numerator=Decimal(1), denominator=Decimal(3))
    assert saved.value == Decimal("33.333333")
    for parts, field in (
        ({"numerator": Decimal(1), "denominator": None}, "denominator"),
        ({"numerator": Decimal(1), "denominator": Decimal(0)}, "denominator"),
        ({"numerator": Decimal(4), "denominator": Decimal(3)}, "numerator"),
    ):
        with pytest.raises(service.InvalidValue) as caught:
            save(ratio, period, planner, value=None, version=1, **parts)
        assert set(caught.value.problems) == {field}


def test_a_period_outside_the_life_or_of_another_kind_is_refused(planner):
    indicator = IndicatorFactory(valid_from=date(2024, 1, 1))
    for code in ("2023", "2025-Q1"):
        with pytest.raises(service.InvalidValue) as caught:
            save(indicator, PeriodFactory(code=code), planner)
        assert set(caught.value.problems) == {"__all__"}


def test_a_running_total_that_fell_needs_a_word(planner):
    indicator = IndicatorFactory(quarterly=True, entry_meaning=Indicator.EntryMeaning.RUNNING_TOTAL_YEAR)
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2025-Q1"), value=Decimal(9))
    with pytest.raises(service.InvalidValue) as caught:
        save(indicator, PeriodFactory(code="2025-Q2"), planner, note="")
    assert set(caught.value.problems) == {"note"}
    assert save(indicator, PeriodFactory(code="2025-Q2"), planner, note="Dua studio tutup.").pk
    assert save(indicator, PeriodFactory(code="2026-Q1"), planner, note="").pk, "a new year begins at nothing"


def test_a_running_total_of_the_phase_goes_on_through_its_years(planner):
    PhaseFactory()
    indicator = IndicatorFactory(entry_meaning=Indicator.EntryMeaning.RUNNING_TOTAL_PHASE)
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2022"), value=Decimal(9))
    with pytest.raises(service.InvalidValue):
        save(indicator, PeriodFactory(code="2023"), planner, note="")


def test_a_historical_value_needs_its_source(indicator, planner):
    old = PeriodFactory(code="2019", is_historical=True)
    with pytest.raises(service.InvalidValue) as caught:
        save(indicator, old, planner)
    assert set(caught.value.problems) == {"source_url"}
    saved = save(indicator, old, planner, source_url="https://example.org/lkjip")
    assert saved.provenance == Measurement.Provenance.HISTORICAL


def test_the_task_force_enters_only_what_it_is_assigned(indicator, period, task_force_member, founder):
    with pytest.raises(service.Locked) as caught:
        save(indicator, period, task_force_member)
    assert caught.value.reason == service.LockReason.NOT_YOURS
    IndicatorAssignment.objects.create(user=task_force_member, indicator=indicator)
    assert save(indicator, period, task_force_member).entered_by == task_force_member
    with pytest.raises(service.Locked):
        save(IndicatorFactory(), period, founder)


def test_each_lock_says_its_reason(indicator, planner):
    dates = {"opens_at": date(2026, 3, 1), "closes_at": date(2026, 4, 1)}
    early = PeriodFactory(code="2026", **dates)
    closed = PeriodFactory(code="2024", closes_at=date(2025, 3, 1))
    for period, reason in ((early, "not_open"), (closed, "closed")):
        with pytest.raises(service.Locked) as caught:
            save(indicator, period, planner)
        assert caught.value.reason == reason
    verified = MeasurementFactory(indicator=indicator, verified=True)
    with pytest.raises(service.Locked) as caught:
        save(indicator, verified.period, planner, version=1)
    assert caught.value.reason == "verified"


def test_a_late_value_is_marked(indicator, planner):
    late = PeriodFactory(code="2025", due_at=date(2026, 1, 31), closes_at=date(2026, 3, 31))
    assert save(indicator, late, planner, submit=True).is_late


def test_a_stale_save_is_refused_and_changes_nothing(indicator, period, planner, other_planner):
    save(indicator, period, planner)
    save(indicator, period, other_planner, version=1, value=Decimal(6))
    with pytest.raises(service.StaleVersion) as caught:
        save(indicator, period, planner, version=1, value=Decimal(7))
    assert caught.value.current.value == 6
    assert Measurement.objects.get().value == 6


def test_the_same_save_twice_by_one_person_is_one_save(indicator, period, planner):
    first = save(indicator, period, planner)
    again = save(indicator, period, planner)
    assert (again.pk, again.version) == (first.pk, 1)


def test_a_second_person_with_a_new_value_learns_of_the_first(indicator, period, planner, other_planner):
    save(indicator, period, planner)
    with pytest.raises(service.StaleVersion):
        save(indicator, period, other_planner)


def test_who_changed_the_number_last_counts_as_the_person_who_entered_it(
    indicator, period, planner, other_planner
):
    sent = save(indicator, period, planner, submit=True)
    edited = save(indicator, period, other_planner, version=1, submit=True, note="Ejaan diperbaiki.")
    assert edited.entered_by == planner
    changed = save(indicator, period, other_planner, version=2, submit=True, value=Decimal(6))
    assert changed.entered_by == other_planner
    with pytest.raises(service.NotAllowed):
        service.verify_measurement(sent.pk, by=other_planner, version=3, now=NOW)


def test_verifying_is_refused_for_the_wrong_people_versions_and_states(
    indicator, period, planner, other_planner, task_force_member
):
    draft = save(indicator, period, planner)
    with pytest.raises(service.WrongState):
        service.verify_measurement(draft.pk, by=other_planner, version=1, now=NOW)
    save(indicator, period, planner, version=1, submit=True)
    for person in (planner, task_force_member):
        with pytest.raises(service.NotAllowed):
            service.verify_measurement(draft.pk, by=person, version=2, now=NOW)
    with pytest.raises(service.StaleVersion):
        service.verify_measurement(draft.pk, by=other_planner, version=1, now=NOW)


def test_verifying_and_returning_twice_do_it_once(indicator, period, planner, other_planner):
    sent = save(indicator, period, planner, submit=True)
    decide = {"by": other_planner, "version": 1}
    assert service.return_measurement(sent.pk, comment="Sumbernya?", **decide)[1]
    assert not service.return_measurement(sent.pk, comment="Sumbernya?", **decide)[1]
    save(indicator, period, planner, version=2, submit=True)
    decide["version"] = 3
    assert service.verify_measurement(sent.pk, now=NOW, **decide)[1]
    assert not service.verify_measurement(sent.pk, now=NOW, **decide)[1]


def test_a_returned_value_can_be_corrected_after_the_period_closed(indicator, planner):
    closed = PeriodFactory(code="2024", closes_at=date(2025, 3, 1))
    MeasurementFactory(indicator=indicator, period=closed, state=State.RETURNED, entered_by=planner)
    assert save(indicator, closed, planner, version=1, submit=True).state == State.SUBMITTED


def test_opening_again_keeps_the_reason_and_the_old_value(planner, other_planner):
    verified = MeasurementFactory(verified=True, verified_by=planner)
    opened, now_opened = service.reopen_measurement(
        verified.pk, by=planner, version=1, reason="Salah satuan."
    )
    assert now_opened
    assert (opened.state, opened.verified_by) == (State.REOPENED, None)
    assert opened.reopenings.get().previous_value == verified.value
    assert not service.reopen_measurement(verified.pk, by=planner, version=1, reason="Lagi.")[1]
    changed = save(opened.indicator, opened.period, planner, version=2, value=Decimal(7), submit=True)
    assert changed.state == State.SUBMITTED


def test_a_closed_period_opens_for_one_value_with_a_reason(indicator, planner, task_force_member):
    closed = PeriodFactory(code="2024", closes_at=date(2025, 3, 1))
    with pytest.raises(service.NotAllowed):
        service.open_closed_period(indicator, closed, by=task_force_member, reason="Terlambat.")
    opened = service.open_closed_period(indicator, closed, by=planner, reason="Data datang terlambat.")
    assert save(indicator, closed, planner, version=opened.version, submit=True).is_late
    with pytest.raises(service.StaleVersion):
        service.open_closed_period(indicator, closed, by=planner, reason="Sekali lagi.")


def test_what_is_open_until_a_day_closes_itself_after_it(indicator, planner):
    closed = PeriodFactory(code="2024", closes_at=date(2025, 3, 1))
    last = wib_date(NOW)
    opened = service.open_closed_period(indicator, closed, by=planner, reason="Terlambat.", until=last)
    assert service.close_reopenings(NOW) == 0
    save(indicator, closed, planner, version=opened.version)
    assert service.close_reopenings(NOW + timedelta(days=1)) == 1
    assert service.close_reopenings(NOW + timedelta(days=1)) == 0
    value = Measurement.objects.get()
    assert (value.state, value.value, value.version) == (State.DRAFT, 5, 3)
    with pytest.raises(service.Locked) as caught:
        save(indicator, closed, planner, version=3)
    assert caught.value.reason == service.LockReason.CLOSED
    again, now_opened = service.reopen_measurement(value.pk, by=planner, version=3, reason="Sekali lagi.")
    assert now_opened
    assert service.close_reopenings(NOW + timedelta(days=400)) == 0, "the new one has no last day"
    assert save(indicator, closed, planner, version=again.version, submit=True).state == State.SUBMITTED


def test_what_was_sent_in_time_and_what_the_portal_counts_does_not_close(indicator, planner):
    counted = IndicatorFactory(
        automatic_source="startups.active", frequency="year", valid_from=date(2020, 1, 1)
    )
    reopen = {"by": planner, "version": 1, "reason": "Salah.", "until": wib_date(NOW)}
    sent, waits = (MeasurementFactory(indicator=one, verified=True) for one in (indicator, counted))
    for value in (sent, waits):
        service.reopen_measurement(value.pk, **reopen)
    save(indicator, sent.period, planner, version=2, submit=True)
    assert service.close_reopenings(NOW + timedelta(days=9)) == 0


def test_a_verified_value_that_closes_is_still_shown_as_being_checked(indicator, planner):
    value = MeasurementFactory(indicator=indicator, verified=True)
    service.reopen_measurement(value.pk, by=planner, version=1, reason="Salah.", until=wib_date(NOW))
    service.close_reopenings(NOW + timedelta(days=1))
    assert list(Measurement.objects.shown()) == [value]


def test_evidence_is_added_once_and_only_to_an_open_value(indicator, period, planner):
    draft = save(indicator, period, planner)
    fields = {"title": "Berita acara", "url": "https://example.org/ba"}
    add = {"by": planner, "fields": fields, "file": None, "now": NOW}
    assert service.add_evidence(draft.pk, **add)[1]
    assert not service.add_evidence(draft.pk, **add)[1]
    Measurement.objects.filter(pk=draft.pk).update(state=State.VERIFIED, verified_at=NOW)
    with pytest.raises(service.Locked):
        service.add_evidence(draft.pk, **add | {"fields": fields | {"url": "https://example.org/lain"}})
    with pytest.raises(service.Locked):
        service.remove_evidence(draft.evidence.get(), by=planner, now=NOW)
