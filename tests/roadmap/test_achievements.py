"""Stored achievements follow from verified values and targets, and a rebuild never changes what is right."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import (
    Achievement,
    Measurement,
    MeasurementReopening,
    RatingBand,
    RatingScale,
    TargetRevision,
)
from roadmap.services.achievements import recompute, reconcile
from roadmap.services.rollups import rollup_details, rollup_for
from tests.roadmap.factories import (
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    ProgrammeFactory,
    TargetFactory,
)

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def measured(actual, target, *, indicator=None, code="2022", **options):
    """Make a value and a target, compute, and return the achievement against the current target."""
    indicator = indicator or IndicatorFactory(**options)
    period = PeriodFactory(code=code)
    if actual is not None:
        MeasurementFactory(indicator=indicator, period=period, value=actual, verified=True)
    if target is not None:
        TargetFactory(indicator=indicator, period=period, revision__value=target)
    recompute([indicator], on=TODAY)
    return Achievement.objects.get(indicator=indicator, period=period, basis="current")


def test_raw_percent_capped_and_band_are_stored():
    found = measured(Decimal("10.01"), Decimal("8.70"), growth=True)
    assert (found.percent, found.capped, found.band, found.reason) == (
        Decimal("115.06"),
        100,
        "very_high",
        "",
    )
    assert found.raw == Decimal("115.057471264368")
    assert found.scale.code == "permendagri-86-2017"


@pytest.mark.parametrize(("actual", "percent"), [(5, 150), (15, 50), (25, -50), (0, 200)])
def test_lower_is_better(actual, percent):
    assert measured(actual, 10, lower=True).percent == percent


def test_zero_is_a_value_and_not_missing():
    assert measured(0, 10).percent == 0


def test_the_way_from_the_baseline_counts_when_the_indicator_says_so():
    assert measured(75, 100, method="baseline", baseline_value=50).percent == 50


def test_a_ratio_is_computed_from_its_parts():
    indicator = IndicatorFactory(value_type="ratio")
    period = PeriodFactory()
    MeasurementFactory(
        indicator=indicator,
        period=period,
        value=None,
        numerator=1,
        denominator=4,
        missing_reason="dihitung",
        verified=True,
    )
    TargetFactory(indicator=indicator, period=period, revision__value=50)
    recompute([indicator.pk], on=TODAY)
    assert set(Achievement.objects.values_list("percent", flat=True)) == {50}


def test_the_largest_numbers_fit():
    found = measured(Decimal("999999999999999999.999999"), Decimal("0.000001"), value_type="currency")
    assert found.percent == Decimal("99999999999999999999999900.00")


@pytest.mark.parametrize(
    ("actual", "target", "code", "reason"),
    [
        (10, None, "2022", "no_target"),
        (None, 10, "2022", "no_actual"),
        (None, 10, "2030", "not_due"),
        (None, 10, "2026", "not_due"),
    ],
)
def test_without_a_percentage_there_is_a_reason(actual, target, code, reason):
    found = measured(actual, target, code=code)
    assert (found.percent, found.raw, found.reason, found.band) == (None, None, reason, "")


def test_a_figure_is_not_due_until_its_due_date():
    indicator, period = IndicatorFactory(), PeriodFactory(code="2025", due_at=date(2026, 1, 31))
    TargetFactory(indicator=indicator, period=period)
    for day, reason in [(date(2026, 1, 31), "not_due"), (date(2026, 2, 1), "no_actual")]:
        recompute([indicator], on=day)
        assert set(Achievement.objects.values_list("reason", flat=True)) == {reason}


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_a_value_that_nobody_verified_does_not_count(state):
    indicator, period = IndicatorFactory(), PeriodFactory()
    MeasurementFactory(indicator=indicator, period=period, state=state)
    TargetFactory(indicator=indicator, period=period)
    recompute([indicator], on=TODAY)
    assert set(Achievement.objects.values_list("reason", "measurement")) == {("no_actual", None)}


def test_a_value_that_was_opened_again_loses_its_percentage_until_it_is_verified():
    found = measured(80, 100)
    value = Measurement.objects.get()
    MeasurementReopening.objects.create(
        measurement=value, reason="Sumber berubah.", previous_value=value.value
    )
    Measurement.objects.update(state="reopened")
    recompute([found.indicator], on=TODAY)
    found.refresh_from_db()
    assert (found.percent, found.reason) == (None, "under_review")


def test_the_original_target_keeps_its_own_percentage():
    found = measured(80, 100)
    TargetRevision.objects.create(
        target=found.target_revision.target, number=2, value=160, reason="Dinaikkan"
    )
    assert recompute([found.indicator], on=TODAY) == 1
    assert dict(Achievement.objects.values_list("basis", "percent")) == {"current": 50, "original": 80}


def test_a_value_is_carried_forward_only_where_the_indicator_allows_it():
    for allow, expected in [(True, ("carried", Decimal(80))), (False, ("", None))]:
        indicator = IndicatorFactory(allow_carry=allow)
        measured(80, 100, indicator=indicator, code="2021")
        found = measured(None, 100, indicator=indicator, code="2022")
        assert (found.note, found.percent) == expected


def test_nothing_is_carried_into_a_period_that_is_not_due_or_from_another_kind():
    indicator = IndicatorFactory(allow_carry=True, frequency="irregular")
    measured(80, 100, indicator=indicator, code="2021")
    assert measured(None, 100, indicator=indicator, code="2027").reason == "not_due"
    assert measured(None, 100, indicator=indicator, code="2022-Q1").reason == "no_actual"


def test_old_periods_keep_the_scale_that_was_in_force():
    new = RatingScale.objects.create(code="baru", name="Baru", regulation="x", valid_from=date(2023, 1, 1))
    RatingBand.objects.create(scale=new, code="semua", label="s", label_en="s", lower_bound=0)
    RatingScale.objects.exclude(pk=new.pk).update(valid_to=date(2022, 12, 31))
    indicator = IndicatorFactory()
    assert measured(80, 100, indicator=indicator, code="2022").band == "high"
    assert measured(80, 100, indicator=indicator, code="2023").band == "semua"


def test_a_second_computation_changes_nothing_and_a_lost_ground_is_removed():
    found = measured(80, 100)
    assert recompute([found.indicator], on=TODAY) == 0
    TargetFactory(indicator=found.indicator, period=PeriodFactory(code="2021"))
    assert recompute([found.indicator], on=TODAY) == 2
    Measurement.objects.all().delete()
    assert recompute([found.indicator], on=TODAY) == 2
    assert Achievement.objects.filter(percent__isnull=False).count() == 0


def test_other_indicators_are_left_alone():
    found = measured(80, 100)
    Achievement.objects.update(percent=1)
    recompute([IndicatorFactory()], on=TODAY)
    found.refresh_from_db()
    assert found.percent == 1


def test_reconcile_reports_what_a_rebuild_would_change_and_changes_nothing():
    found = measured(80, 100)
    assert reconcile(NOW) == []
    Achievement.objects.filter(pk=found.pk).update(percent=1)
    Achievement.objects.filter(basis="original").delete()
    differences = {one.basis: one for one in reconcile(NOW)}
    assert differences["current"].stored != differences["current"].computed
    assert differences["original"].stored is None
    assert Achievement.objects.get().percent == 1


def test_the_number_of_queries_does_not_grow_with_indicators_and_periods():
    def queries(count):
        indicators = [IndicatorFactory() for _ in range(count)]
        for indicator in indicators:
            for year in range(2018, 2018 + count):
                period = PeriodFactory(code=str(year))
                MeasurementFactory(indicator=indicator, period=period, verified=True)
                TargetFactory(indicator=indicator, period=period)
        with CaptureQueriesContext(connection) as captured:
            recompute(indicators, on=TODAY)
        return len(captured)

    assert queries(1) == queries(6)


# --- roll-ups --------------------------------------------------------------------------------------------


@pytest.fixture
def phase():
    return PhaseFactory()


def linked(phase, actual, target, *, code="2022", weight=1, **options):
    found = measured(actual, target, code=code, **options)
    IndicatorLinkFactory(indicator=found.indicator, phase=phase, weight=weight)
    return found.indicator


def test_a_phase_rolls_up_its_indicators_capped(phase):
    for actual in (300, 100, 20):
        linked(phase, actual, 100)
    rollup = rollup_for(phase, on=TODAY)
    assert (rollup.percent, rollup.included, rollup.expected, rollup.band) == (
        Decimal("73.33"),
        3,
        3,
        "medium",
    )


def test_weights_count_in_a_phase(phase):
    linked(phase, 100, 100, weight=3)
    linked(phase, 0, 100, weight=1)
    assert rollup_for(phase, on=TODAY).percent == 75


def test_the_latest_period_with_a_percentage_counts_the_longest_of_equals(phase):
    indicator = linked(phase, 10, 100, code="2022", frequency="irregular")
    measured(50, 100, indicator=indicator, code="2023-Q4")
    measured(90, 100, indicator=indicator, code="2023")
    measured(None, 100, indicator=indicator, code="2023-12-31")
    measured(1, 100, indicator=indicator, code="2024")
    details = rollup_details(phase, on=TODAY)
    assert details.rollup.percent == 90
    assert details.figures[indicator.code].row.period.code == "2023"


def test_what_is_missing_is_named_and_under_half_there_is_no_number(phase):
    linked(phase, 100, 100, code="2022")
    without_target = linked(phase, 5, None)
    without_actual = linked(phase, None, 100)
    rollup = rollup_for(phase, on=TODAY)
    assert (rollup.percent, rollup.reason, rollup.included, rollup.expected) == (
        None,
        "below_completeness",
        1,
        3,
    )
    assert {(one.code, one.reason) for one in rollup.excluded} == {
        (without_target.code, "no_target"),
        (without_actual.code, "no_actual"),
    }


def test_what_is_not_due_is_left_out_without_counting_as_missing():
    later = PhaseFactory(slug="nanti", name="Nanti", start=date(2026, 1, 1), end=date(2027, 12, 31))
    linked(later, 80, 100, code="2026")
    linked(later, None, 100, code="2027")
    rollup = rollup_for(later, on=TODAY)
    assert (rollup.percent, rollup.included, rollup.expected) == (80, 1, 1)


def test_hidden_indicators_and_those_of_other_scopes_do_not_count(phase):
    linked(phase, 80, 100)
    linked(phase, 0, 100, is_public=False)
    linked(PhaseFactory(empowered=True), 0, 100, code="2021")
    assert rollup_for(phase, on=TODAY).percent == 80


def test_a_programme_reaches_over_its_phases_and_the_roadmap_over_all(phase):
    earlier = PhaseFactory(empowered=True)
    programme = ProgrammeFactory(phases=[earlier, phase])
    for code, actual in (("2020", 60), ("2023", 80)):
        found = measured(actual, 100, code=code)
        IndicatorLinkFactory(indicator=found.indicator, programme=programme)
    linked(phase, 100, 100)
    assert rollup_for(programme, on=TODAY).percent == 70
    assert rollup_for(None, on=TODAY).percent == 80


def test_an_empty_scope_has_a_reason(phase):
    assert rollup_for(phase, on=TODAY).reason == "no_actual"


def test_a_roll_up_takes_a_fixed_number_of_queries(phase, django_assert_num_queries):
    for _ in range(4):
        linked(phase, 80, 100)
    with django_assert_num_queries(4):
        rollup_for(phase, on=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["reopened", "draft", "submitted", "returned"])
def test_a_reopened_value_stays_under_review_until_it_is_verified_again(state):
    measurement = MeasurementFactory(verified=True)
    TargetFactory(indicator=measurement.indicator, period=measurement.period)
    MeasurementReopening.objects.create(
        measurement=measurement, reason="Angka sumber diperbaiki.", previous_value=measurement.value
    )
    Measurement.objects.filter(pk=measurement.pk).update(state=state)
    recompute([measurement.indicator])
    assert set(Achievement.objects.values_list("reason", "percent")) == {("under_review", None)}
