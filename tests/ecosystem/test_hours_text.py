"""Opening hours as people type them."""

from datetime import time

import pytest

from ecosystem.rules.hours_text import HoursTextError, hours_text, parse_hours


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("08.00-21.00", "08:00–21:00"),
        ("8-21", "08:00–21:00"),
        ("8:30 s/d 12.00", "08:30–12:00"),
        ("13.00-17.00, 08.00-12.00", "08:00–12:00, 13:00–17:00"),
        ("08-12 dan 13-17", "08:00–12:00, 13:00–17:00"),
        ("18.00–02.00", "18:00–02:00"),
        ("20.00-24.00", "20:00–24:00"),
        ("20.00-00.00", "20:00–24:00"),
        ("00.00-24.00", "00:00–24:00"),
        ("08-12, 12-14", "08:00–12:00, 12:00–14:00"),
    ],
)
def test_hours_are_read_and_written_back(text, written):
    assert hours_text(parse_hours(text)) == written
    assert parse_hours(hours_text(parse_hours(text))) == parse_hours(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pagi", "unreadable"),
        ("08.00", "unreadable"),
        ("08.00-09.00-10.00", "unreadable"),
        ("25-26", "no_time"),
        ("08.60-09.00", "no_time"),
        ("24.00-02.00", "no_time"),
        ("08-08", "same"),
        ("08-12, 11-13", "overlap"),
        ("18-02, 20-22", "overlap"),
        (",".join(f"{hour}-{hour + 1}" for hour in range(7)), "too_many"),
    ],
)
def test_what_is_wrong_has_a_name(text, code):
    with pytest.raises(HoursTextError) as error:
        parse_hours(text)
    assert error.value.code == code


def test_a_span_past_midnight_says_so():
    assert parse_hours("18-02") == ((time(18), time(2), True),)
