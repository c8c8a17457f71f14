"""What the portal counts of its own rows: which rows, up to which day, and which of them may be named."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from roadmap.automatic import SOURCES, Registry, public_rows
from roadmap.models import Action, Measurement
from roadmap.periods import parse_period
from tests.roadmap.factories import (
    ActionFactory,
    IndicatorFactory,
    MeasurementFactory,
    PeriodFactory,
    ProgrammeFactory,
    ProgressUpdateFactory,
)

pytestmark = pytest.mark.django_db
DONE = Action.State.DONE


def count(name, code="2025"):
    counted = SOURCES.find(name).count(parse_period(code))
    assert counted.value == len(counted.rows)
    return [key for _label, key in counted.rows]


def done(day, **fields):
    return ActionFactory(state=DONE, actual_end=day, **fields)


def test_two_sources_cannot_share_a_name():
    registry = Registry()
    source = SOURCES.find("actions-done")
    assert registry.add(source) is registry.find("actions-done")
    with pytest.raises(ValueError, match="two sources"):
        registry.add(source)


@pytest.mark.parametrize("name", ["", "With Space", "-x", "Ä", "x" * 61, "a\n"])
def test_a_source_has_a_plain_name(name):
    with pytest.raises(ValueError, match="not the name"):
        Registry().add(replace(SOURCES.find("actions-done"), name=name))


def test_a_source_says_which_fields_of_an_indicator_it_cannot_serve():
    source = SOURCES.find("actions-done")
    assert source.misfits(value_type="count", entry_meaning="snapshot") == []
    assert source.misfits(value_type="ratio", entry_meaning="increment") == ["value_type", "entry_meaning"]


def test_actions_count_from_their_end_day_on():
    last_day, next_day = done(date(2025, 12, 31)), done(date(2026, 1, 1))
    long_ago = done(date(2019, 1, 1))
    assert count("actions-done") == [last_day.pk, long_ago.pk]
    assert count("actions-done", "2026") == [last_day.pk, next_day.pk, long_ago.pk]


def test_actions_that_are_not_done_not_public_or_without_an_end_day_do_not_count():
    done(None)
    done(date(2025, 5, 1), is_published=False)
    done(date(2025, 5, 1), programme=ProgrammeFactory(is_published=False))
    ActionFactory(state=Action.State.RUNNING, actual_end=date(2025, 5, 1))
    assert count("actions-done") == []


def test_progress_counts_in_the_period_of_its_day():
    first = ProgressUpdateFactory(as_of=date(2025, 1, 1))
    last = ProgressUpdateFactory(as_of=date(2025, 12, 31))
    ProgressUpdateFactory(as_of=date(2024, 12, 31))
    ProgressUpdateFactory(as_of=date(2026, 1, 1))
    ProgressUpdateFactory(as_of=date(2025, 5, 1), is_published=False)
    ProgressUpdateFactory(as_of=date(2025, 5, 1), action=ActionFactory(is_published=False))
    assert count("progress-updates") == [first.pk, last.pk]


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (datetime(2024, 12, 31, 16, 59, 59, tzinfo=UTC), False),  # 23:59:59 of 31 December 2024 in Malang
        (datetime(2024, 12, 31, 17, 0, tzinfo=UTC), True),  # midnight
        (datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC), True),
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), False),
    ],
)
def test_verifications_count_by_the_clock_of_malang(moment, counts):
    value = MeasurementFactory(verified=True, verified_at=moment)
    assert count("values-verified") == ([value.pk] if counts else [])


def test_what_nobody_checked_or_may_see_is_no_verification():
    moment = datetime(2025, 6, 1, tzinfo=UTC)
    MeasurementFactory(historical=True, verified_at=moment)
    MeasurementFactory(verified=True, verified_at=moment, provenance=Measurement.Provenance.AUTOMATIC)
    MeasurementFactory(verified=True, verified_at=moment, indicator=IndicatorFactory(is_public=False))
    MeasurementFactory(submitted=True)
    assert count("values-verified") == []


def test_rows_are_named_only_while_they_are_public(django_assert_num_queries):
    action, hidden = done(date(2025, 1, 1), title="Gedung dibuka"), done(date(2025, 1, 1))
    update = ProgressUpdateFactory(action=action, as_of=date(2025, 3, 1))
    value = MeasurementFactory(verified=True, period=PeriodFactory(code="2025"), value=Decimal(1))
    draft = MeasurementFactory(indicator=IndicatorFactory(name="Rahasia"))
    hidden.is_published = False
    hidden.save()
    references = [
        *(("roadmap.action", row.pk) for row in (action, hidden)),
        ("roadmap.progressupdate", update.pk),
        *(("roadmap.measurement", row.pk) for row in (value, draft)),
        ("ecosystem.user", 1),
    ]
    with django_assert_num_queries(3):
        named = public_rows(references)
    assert [(row.title, row.day) for row in named] == [
        ("Gedung dibuka", date(2025, 1, 1)),
        ("Gedung dibuka", date(2025, 3, 1)),
        (f"{value.indicator.name} · 2025", None),
    ]
    assert named[0].url == f"/peta-jalan/aksi/{action.slug}/"
