"""The figures that the city published stand in the portal as they were published, and only once."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from roadmap.models import (
    Achievement,
    Action,
    Indicator,
    Measurement,
    MeasurementReopening,
    Period,
    Phase,
    Programme,
    ProgressUpdate,
    Target,
    TargetRevision,
)
from roadmap.services.published import load_published
from tests.roadmap.factories import go_live_on

TODAY = date(2026, 11, 22)

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    go_live_on(TODAY)
    call_command("load_reference", write=True, verbosity=0)
    return load_published(on=TODAY)


def test_without_reference_data_it_says_what_to_do():
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_published_kpi")


def test_everything_published_is_there(loaded):
    assert loaded.added_figures == 38
    assert Phase.objects.count() == 3
    assert Programme.objects.count() == 4
    assert Indicator.objects.count() == 15
    assert Measurement.objects.count() == 30
    assert TargetRevision.objects.count() == Target.objects.count() == 8
    assert Action.objects.filter(programme__slug="coworking-lima-kecamatan").count() == 5


def test_the_pandemic_year_is_shown_as_it_was(loaded):
    growth = Indicator.objects.get(name="Pertumbuhan PDRB ekonomi kreatif")
    achievement = growth.achievements.get(period__code="2020", basis=Achievement.Basis.CURRENT)
    assert achievement.target_revision.value == Decimal("8.20")
    assert achievement.measurement.value == Decimal("-8.85")
    assert achievement.percent == Decimal("-107.93")
    assert achievement.capped == 0
    assert achievement.band == "very_low"
    assert achievement.reason == ""


def test_a_target_without_a_figure_has_a_reason_and_no_percentage(loaded):
    achievement = Achievement.objects.get(
        indicator__slug="pertumbuhan-pdrb-ekonomi-kreatif", period__code="2019", basis="current"
    )
    assert achievement.percent is None
    assert achievement.reason == "no_actual"


def test_published_figures_that_disagree_are_flagged_with_both_in_the_note(loaded):
    disputed = Measurement.objects.filter(is_disputed=True)
    assert set(disputed.values_list("indicator__slug", "period__code")) == {
        ("perusahaan-aplikasi-dan-gim", "2021"),
        ("coworking-space-semua-pengelola", "2017"),
        ("pertumbuhan-pdrb-ekonomi-kreatif", "2021"),
    }
    growth = disputed.get(indicator__slug="pertumbuhan-pdrb-ekonomi-kreatif")
    assert "3,47" in growth.note
    assert "3.47" in growth.note_en


def test_every_figure_is_historical_verified_and_names_its_source(loaded):
    for value in Measurement.objects.select_related("period"):
        assert value.state == Measurement.State.VERIFIED
        assert value.verified_at is not None
        assert value.provenance == Measurement.Provenance.HISTORICAL
        assert value.source_url.startswith("https://")
        assert value.period.is_historical
    assert all(revision.source_url for revision in TargetRevision.objects.all())


def test_published_days_and_spans_keep_their_own_period(loaded):
    assert Period.objects.get(code="2022-06-17").kind == Period.Kind.DATE
    span = Period.objects.get(code="2023-01/2023-08")
    assert (span.kind, span.address) == (Period.Kind.SPAN, "2023-01--2023-08")
    assert Measurement.objects.get(period__code="2022-06-17").as_of == date(2022, 6, 17)


def test_every_phase_has_its_period_and_the_current_year_is_not_historical(loaded):
    assert all(phase.period.code == phase.slug for phase in Phase.objects.select_related("period"))
    assert Period.objects.get(code="2025-Q4").is_historical
    assert not Period.objects.get(code="2026").is_historical
    assert Period.objects.get(code="2026").due_at == date(2027, 1, 31)


def test_delayed_actions_say_why_and_updates_name_their_source(loaded):
    delayed = Action.objects.filter(state=Action.State.DELAYED)
    assert set(delayed.values_list("slug", flat=True)) == {"mcc-anggaran-2020", "coworking-lowokwaru"}
    assert all(action.reason and action.reason_en for action in delayed)
    assert all(update.source_url for update in ProgressUpdate.objects.all())
    building = ProgressUpdate.objects.get(as_of=date(2022, 6, 17))
    assert (building.percent, building.planned_percent) == (Decimal("92.26"), Decimal("88.92"))


def test_every_text_is_there_in_both_languages(loaded):
    for model in (Phase, Programme, Action, Indicator, ProgressUpdate):
        names = {field.name for field in model._meta.fields}
        pairs = [name for name in names if f"{name}_en" in names]
        for row in model.objects.all():
            for name in pairs:
                assert bool(getattr(row, name)) == bool(getattr(row, f"{name}_en")), (row, name)


def test_the_baseline_stands_in_the_definition_and_leaves_the_method_alone(loaded):
    companies = Indicator.objects.get(code="MK-01")
    assert companies.baseline_value == 92
    assert companies.baseline_period.code == "2017"
    assert companies.method == Indicator.Method.RATIO


def test_a_second_load_adds_nothing(loaded):
    before = Achievement.objects.count()
    again = load_published(on=TODAY)
    assert again.added_figures == 0
    assert again.counts == loaded.counts
    assert Achievement.objects.count() == before


def test_a_load_leaves_alone_what_a_planner_has_changed(loaded):
    Phase.objects.filter(slug="malang-berdaya").update(outcome="Ditulis ulang.")
    value = Measurement.objects.get(indicator__code="MK-01", period__code="2021")
    MeasurementReopening.objects.create(measurement=value, reason="Angka lain lebih baru.")
    value.state = Measurement.State.REOPENED
    value.save()
    value.state, value.value = Measurement.State.VERIFIED, 128
    value.save()
    target = Target.objects.get(indicator__code="MK-07", period__code="2023")
    TargetRevision.objects.create(target=target, number=2, value=9, reason="Keputusan baru.")

    load_published(on=TODAY)

    value.refresh_from_db()
    assert value.value == 128
    assert target.current.value == 9
    assert Phase.objects.get(slug="malang-berdaya").outcome == "Ditulis ulang."


def test_the_command_says_what_it_added():
    call_command("load_reference", write=True, verbosity=0)
    output = StringIO()
    call_command("load_published_kpi", stdout=output)
    assert "38 figures added" in output.getvalue()
